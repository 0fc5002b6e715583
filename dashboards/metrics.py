"""Metrics as a view: what reads say at this moment, in the words of OpenMetrics (INTERFACE §5).

Prometheus shows live state and never holds the contractual figure (DESIGN §6). Contracts that are no longer in force
have no series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboards import metric_names as names
from dashboards.metric_series import StoreState, charter_series, commitment_series, empty_series, store_series
from dashboards.metrics_lately import Lately
from dashboards.metrics_text import END, Encode, Series, Writer, without_end
from domain.saying import said
from services.access import ADMINISTRATOR
from services.actions.laddering import count_steps
from services.arrivals.reading import count_quarantine
from services.breaches.effects import count_effects
from services.contracts.reading import read_contracts
from services.costs.budgets import read_corridors
from services.directory.feeds import Awaited
from services.directory.reading import read_awaited, read_services, source_last_events
from services.errors import NotAllowed
from services.figures.reading import read_commitments
from services.holding import HOLDERS, Held
from services.matches.reading import count_unmatched
from services.reviews.reading import count_reviews
from services.seeing.known import Known
from services.seeing.progress import oldest_unjudged
from services.seeing.seen import Seeing, Seen

if TYPE_CHECKING:
    from fastapi import APIRouter, Request, Response

JUDGING_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class KafkaState(Protocol):
    """By partition: messages that wait, the last stored offset, messages that were set aside."""

    def lags(self) -> Mapping[int, int]: ...
    def stored(self) -> Mapping[int, int]: ...
    def rejected(self) -> Mapping[int, int]: ...


class ProgramRegistry(CollectorRegistry):
    """All there is, and apart what the program counts itself: that is encoded by the library, the rest by `metrics_text`."""

    def __init__(self) -> None:
        super().__init__()
        self.program = CollectorRegistry()
        self.shown: list[CommitmentCollector] = []


class Notices(NamedTuple):
    """How many letters with notices wait, and what became of the others, by channel and result."""

    waiting: int
    counts: Mapping[tuple[str, str], int]


class ProgramMetrics(Collector):
    """Counts what the program knows of itself. Its registry is its own: one per application, one per test.

    `answered` gives how many items were answered how, by channel and result, as `ingestion.door.Door.answered` does;
    `kafka`, once it is set, how far each partition of Kafka is read, `restarts` how often each loop was started again,
    `held` what keeps time from passing, where this program lets it pass, and `awaited` what waits for files; `notices` how many letters
    with notices wait and went; `ending_keys` how many access keys end soon; `damage`
    what the last look through the store found, None before the first.
    """

    def __init__(self, answered: Callable[[], Mapping[Any, int]] = dict):
        self.kafka: KafkaState | None = None
        self.restarts: Callable[[], Mapping[str, int]] = dict
        self.held: Callable[[], Held | None] | None = None
        self.awaited: Callable[[], Iterable[Awaited]] = tuple
        self.notices: Callable[[], Notices] | None = None
        self.ending_keys: Callable[[], int] | None = None
        self.damage: Callable[[], list[str] | None] = lambda: None
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = ProgramRegistry()
        self._answered = answered
        judging = names.JUDGING_SECONDS
        self._judging = Histogram(judging.name, judging.help, buckets=JUDGING_BUCKETS, registry=None)
        for registry in (self.registry, self.registry.program):
            registry.register(self._judging)
            registry.register(self)

    def judged_in(self, seconds: float) -> None:
        """Notes how long judging one batch took."""
        self._judging.observe(seconds)

    @contextmanager
    def judging(self) -> Iterator[None]:
        """Measures the judging of one batch; one that fails is measured too."""
        started = perf_counter()
        try:
            yield
        finally:
            self.judged_in(perf_counter() - started)

    def describe(self) -> Iterable[Metric]:
        gauges = [empty_series(metric).head for metric in names.KAFKA_METRICS]
        return [
            self._received(),
            *gauges,
            _counter(names.KAFKA_REJECTED),
            _counter(names.LOOP_RESTARTS),
            empty_series(names.TIME_HELD).head,
            empty_series(names.STORE_DAMAGED).head,
            empty_series(names.TIME_WAITS).head,
            empty_series(names.ACCESS_KEYS_ENDING).head,
            empty_series(names.NOTICES_WAITING).head,
            _counter(names.NOTICES),
        ]

    def collect(self) -> Iterable[Metric]:
        received = self._received()
        for (channel, result), count in sorted(self._answered().items()):
            received.add_metric([channel, result], count)
        restarts = _counter(names.LOOP_RESTARTS)
        for loop, count in sorted(self.restarts().items()):
            restarts.add_metric([loop], count)
        return [
            received,
            *self._of_kafka(),
            restarts,
            *self._of_time(),
            *self._of_store(),
            *self._of_keys(),
            *self._of_notices(),
        ]

    def _of_store(self) -> list[Metric]:
        if (damage := self.damage()) is None:
            return []
        family = empty_series(names.STORE_DAMAGED)
        family.add((), 1 if damage else 0)
        return [family.family]

    def _of_keys(self) -> list[Metric]:
        if self.ending_keys is None:
            return []
        family = empty_series(names.ACCESS_KEYS_ENDING)
        family.add((), self.ending_keys())
        return [family.family]

    def _of_notices(self) -> list[Metric]:
        if self.notices is None:
            return []
        found, waiting, counts = self.notices(), empty_series(names.NOTICES_WAITING), _counter(names.NOTICES)
        waiting.add((), found.waiting)
        for (channel, result), count in sorted(found.counts.items()):
            counts.add_metric([channel, result], count)
        return [waiting.family, counts]

    def _of_time(self) -> list[Metric]:
        if self.held is None:
            return []
        keeps, family = self.held(), empty_series(names.TIME_HELD)
        for by in HOLDERS:
            family.add((by,), keeps.seconds if keeps is not None and keeps.by == by else 0)
        waits = empty_series(names.TIME_WAITS)
        waiting = {*(keeps.waiting if keeps is not None else ()), *(awaited.contract for awaited in self.awaited())}
        for contract in sorted(waiting):
            waits.add((contract,), 1)
        return [family.family, waits.family]

    def _of_kafka(self) -> list[Metric]:
        if (kafka := self.kafka) is None:
            return []
        rejected = _counter(names.KAFKA_REJECTED)
        for partition, count in sorted(kafka.rejected().items()):
            rejected.add_metric([str(partition)], count)
        families: list[Metric] = [rejected]
        for metric, values in ((names.KAFKA_LAG, kafka.lags()), (names.KAFKA_STORED, kafka.stored())):
            family = empty_series(metric)
            for partition, value in sorted(values.items()):
                family.add((str(partition),), value)
            families.append(family.family)
        return families

    def _received(self) -> CounterMetricFamily:
        return _counter(names.EVENTS_RECEIVED)


def _counter(metric: names.Metric) -> CounterMetricFamily:
    return CounterMetricFamily(metric.name, metric.help, labels=metric.labels)


class CommitmentCollector(Collector):
    """The state of commitments and of the store, read when asked for. What was collected is kept until the history or
    the judging moves, for everything shown follows from them."""

    def __init__(self, seeing: Seeing):
        self._seeing = seeing
        self._kept: dict[str | None, tuple[tuple[Known, int], list[Series]]] = {}
        self._written: dict[tuple[str, str | None], tuple[tuple[Known, int], bytes]] = {}
        self._writer = Writer()

    def describe(self) -> Iterable[Metric]:
        return [
            empty_series(metric).head
            for metric in (*names.COMMITMENT_METRICS, *names.CHARTER_METRICS, *names.STORE_METRICS)
        ]

    def collect(self) -> Iterable[Metric]:
        _, every = self._series()
        return [series.family for series in every]

    def text(self, encode: Encode, form: str, service: str | None = None) -> bytes:
        """The collected series as that encoder writes them, without the end of the page. With a service: only the commitments that it
        owes; with "" only what belongs to no commitment. Raises NotFound for a service of no contract."""
        moment, series = self._series(service)
        then, written = self._written.get((form, service), (None, b""))
        if then != moment:
            written = self._writer.text(series, encode, form)
            self._written[form, service] = moment, written
        return written

    def _series(self, service: str | None = None) -> tuple[tuple[Known, int], list[Series]]:
        with self._seeing.seen(ADMINISTRATOR) as seen:
            position = seen.history.last_position()
            moment = seen.known, position
            then, series = self._kept.get(service, (None, []))
            if then != moment:
                series = read_series(seen, position, service)
                self._kept[service] = moment, series
            return moment, series


def read_series(seen: Seen, position: int, service: str | None) -> list[Series]:
    """The series of that state, whose history ends at `position`; `service` as for `CommitmentCollector.text`."""
    series: list[Series] = []
    if service != "":
        effects, steps = count_effects(seen, service), count_steps(seen, service)
        reviews = count_reviews(seen, service)
        series += commitment_series(read_contracts(seen), read_commitments(seen), service, effects, steps, reviews)
        series += charter_series(read_corridors(seen, service))
    if not service:
        series += store_series(
            StoreState(
                known=seen.known,
                position=position,
                oldest_unjudged=oldest_unjudged(seen.history, seen.known.position),
                quarantined=count_quarantine(seen),
                unmatched=count_unmatched(seen),
                last_events=source_last_events(seen),
                services=read_services(seen).values(),
                awaited=read_awaited(seen),
            )
        )
    return series


def metrics_registry(seeing: Seeing, program: ProgramMetrics) -> CollectorRegistry:
    """The program's registry, showing the reads too."""
    shown = CommitmentCollector(seeing)
    program.registry.register(shown)
    program.registry.shown.append(shown)
    return program.registry


def exposition(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    """The page and its media type, OpenMetrics or text as the `Accept` header prefers."""
    encode, media_type = choose_encoder(accept)
    if not isinstance(registry, ProgramRegistry):
        return encode(registry), media_type
    own = encode(registry.program)
    parts = [without_end(own), *(shown.text(encode, media_type) for shown in registry.shown)]
    return b"".join([*parts, END] if own.endswith(END) else parts), media_type


def _page(registry: CollectorRegistry, accept: str, service: str | None, lately: Lately) -> tuple[bytes, str]:
    if not isinstance(registry, ProgramRegistry):
        return exposition(registry, accept)
    encode, media_type = choose_encoder(accept)
    own = encode(registry.program)
    parts = [] if service else [without_end(own)]
    for shown in registry.shown:
        text, age = lately.get((media_type, service), partial(shown.text, encode, media_type, service))
        parts += [text, b"" if service else _aged(age, encode, media_type)]
    return b"".join([*parts, END] if own.endswith(END) else parts), media_type


def _aged(age: float, encode: Encode, form: str) -> bytes:
    series = empty_series(names.READ_AGE)
    series.add((), age)
    return Writer().text([series], encode, form)


def metrics_routes(registry: CollectorRegistry, only_of: Callable[[Request], str | None] | None = None) -> APIRouter:
    """`GET /metrics`, and `?service=ID` for the commitments that one service owes: those of all services, and `?service=` for
    what belongs to none, are the whole. Where the store does not answer in time, the program's own metrics and what was read
    last, with its age. `only_of`: the service whose commitments alone whoever asks may have; where it gives none, all."""
    from fastapi import APIRouter, Response  # the web framework is loaded only by programs that serve

    lately = Lately()

    def metrics(request: Request) -> Response:
        asked = request.query_params.get("service")
        own = only_of(request) if only_of is not None else None
        if own is not None and asked not in (None, own):
            what = said("this key shows the metrics of {service}", service=own)
            raise NotAllowed(what, mend=said("leave the service out of the address"))
        service = asked if own is None else own
        content, media_type = _page(registry, request.headers.get("accept", ""), service, lately)
        return Response(content, headers={"content-type": media_type})

    routes = APIRouter()
    routes.add_route("/metrics", metrics, include_in_schema=False)
    return routes
