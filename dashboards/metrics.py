"""Metrics as a view: what reads say at this moment, in the words of OpenMetrics (INTERFACE §5).

Prometheus shows live state and never holds the contractual figure (DESIGN §6). Contracts that are no longer in force
have no series.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from fractions import Fraction
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboards import metric_names as names
from dashboards.metrics_lately import Lately
from dashboards.metrics_text import END, Encode, Series, Writer, without_end
from dashboards.values import bound_of
from domain.durations import SECOND
from domain.saying import said
from domain.terms import Target
from services.access import ADMINISTRATOR, Principal
from services.errors import NotFound
from services.holding import HOLDERS, Held
from services.reading.feeding import Awaited
from services.reading.rows import CommitmentRow, ContractRow, FigureRow, Known, ServiceRow

if TYPE_CHECKING:
    from fastapi import APIRouter, Request, Response

JUDGING_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class MetricsReading(Protocol):
    """The reads that metrics are made from; `services.reading.reading.Reading` is one."""

    def one_state(self) -> AbstractContextManager[None]: ...
    def known(self) -> Known: ...
    def contracts(self, who: Principal) -> Sequence[ContractRow]: ...
    def commitments(self, who: Principal) -> Sequence[CommitmentRow]: ...
    def services(self, who: Principal) -> Mapping[str, ServiceRow]: ...
    def count_quarantine(self, who: Principal) -> int: ...
    def count_unmatched(self, who: Principal) -> int: ...
    def last_position(self) -> int: ...
    def oldest_unjudged(self) -> int | None: ...
    def source_last_events(self) -> Mapping[str, int]: ...
    def awaited(self, who: Principal) -> Sequence[Awaited]: ...


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


class ProgramMetrics(Collector):
    """What the program counts about itself. Its registry is its own: one per application, one per test.

    `answered` gives how many items were answered how, by channel and result, as `ingestion.door.Door.answered` does;
    `kafka`, once it is set, how far each partition of Kafka is read, `restarts` how often each loop was started again,
    `held` what keeps time from passing, where this program lets it pass, and `awaited` what waits for files; `damage` what the
    last look through the store found, None before the first.
    """

    def __init__(self, answered: Callable[[], Mapping[Any, int]] = dict):
        self.kafka: KafkaState | None = None
        self.restarts: Callable[[], Mapping[str, int]] = dict
        self.held: Callable[[], Held | None] | None = None
        self.awaited: Callable[[], Iterable[Awaited]] = tuple
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
        gauges = [_series(metric).head for metric in names.KAFKA_METRICS]
        return [
            self._received(),
            *gauges,
            _counter(names.KAFKA_REJECTED),
            _counter(names.LOOP_RESTARTS),
            _series(names.TIME_HELD).head,
            _series(names.STORE_DAMAGED).head,
            _series(names.TIME_WAITS).head,
        ]

    def collect(self) -> Iterable[Metric]:
        received = self._received()
        for (channel, result), count in sorted(self._answered().items()):
            received.add_metric([channel, result], count)
        restarts = _counter(names.LOOP_RESTARTS)
        for loop, count in sorted(self.restarts().items()):
            restarts.add_metric([loop], count)
        return [received, *self._of_kafka(), restarts, *self._of_time(), *self._of_store()]

    def _of_store(self) -> list[Metric]:
        if (found := self.damage()) is None:
            return []
        family = _series(names.STORE_DAMAGED)
        family.add((), 1 if found else 0)
        return [family.family]

    def _of_time(self) -> list[Metric]:
        if self.held is None:
            return []
        keeps, family = self.held(), _series(names.TIME_HELD)
        for by in HOLDERS:
            family.add((by,), keeps.seconds if keeps is not None and keeps.by == by else 0)
        waits = _series(names.TIME_WAITS)
        waiting = {*(keeps.waiting if keeps is not None else ()), *(one.contract for one in self.awaited())}
        for contract in sorted(waiting):
            waits.add((contract,), 1)
        return [family.family, waits.family]

    def _of_kafka(self) -> list[Metric]:
        if (kafka := self.kafka) is None:
            return []
        rejected = _counter(names.KAFKA_REJECTED)
        for partition, count in sorted(kafka.rejected().items()):
            rejected.add_metric([str(partition)], count)
        found: list[Metric] = [rejected]
        for metric, values in ((names.KAFKA_LAG, kafka.lags()), (names.KAFKA_STORED, kafka.stored())):
            family = _series(metric)
            for partition, value in sorted(values.items()):
                family.add((str(partition),), value)
            found.append(family.family)
        return found

    def _received(self) -> CounterMetricFamily:
        return _counter(names.EVENTS_RECEIVED)


def _counter(metric: names.Metric) -> CounterMetricFamily:
    return CounterMetricFamily(metric.name, metric.help, labels=metric.labels)


class CommitmentCollector(Collector):
    """The state of commitments and of the store, read when asked for. What was collected is kept until the history or
    the judging moves, for everything shown follows from them."""

    def __init__(self, reading: MetricsReading):
        self._reading = reading
        self._kept: dict[str | None, tuple[tuple[Known, int], list[Series]]] = {}
        self._written: dict[tuple[str, str | None], tuple[tuple[Known, int], bytes]] = {}
        self._writer = Writer()

    def describe(self) -> Iterable[Metric]:
        return [_series(metric).head for metric in (*names.COMMITMENT_METRICS, *names.STORE_METRICS)]

    def collect(self) -> Iterable[Metric]:
        return [one.family for one in self._series()[1]]

    def text(self, encode: Encode, form: str, service: str | None = None) -> bytes:
        """What is collected, as that encoder writes it, without the end of the page. Of a service: only the commitments that it
        owes; of "" only what belongs to no commitment. Raises NotFound for a service of no contract."""
        moment, series = self._series(service)
        written = self._written.get((form, service))
        if written is None or written[0] != moment:
            written = self._written[form, service] = moment, self._writer.text(series, encode, form)
        return written[1]

    def _series(self, service: str | None = None) -> tuple[tuple[Known, int], list[Series]]:
        with self._reading.one_state():
            moment = self._reading.known(), self._reading.last_position()
            kept = self._kept.get(service)
            if kept is None or kept[0] != moment:
                found = self._of_commitments(service) if service != "" else []
                found += self._of_store(*moment) if not service else []
                kept = self._kept[service] = moment, found
            return kept

    def _of_commitments(self, service: str | None) -> list[Series]:
        if service and not any(service in (row.supplier, row.client) for row in self._reading.contracts(ADMINISTRATOR)):
            raise NotFound(
                said("no contract has a service {service}", service=service),
                mend=said("the id of a service, or none for all"),
            )
        in_force = {row.id for row in self._reading.contracts(ADMINISTRATOR) if row.state == "in force"}
        families = {metric.name: _series(metric) for metric in names.COMMITMENT_METRICS}
        for row in self._reading.commitments(ADMINISTRATOR):
            if row.contract in in_force and (service is None or row.debtor == service):
                _add_commitment(families, row)
        return list(families.values())

    def _of_store(self, known: Known, position: int) -> list[Series]:
        families = {metric.name: _series(metric) for metric in names.STORE_METRICS}

        def add(metric: names.Metric, value: float, *labels: str) -> None:
            families[metric.name].add(labels, value)

        add(names.HISTORY_POSITION, position)
        add(names.JUDGED_POSITION, known.position)
        if (oldest := self._reading.oldest_unjudged()) is not None:
            add(names.OLDEST_UNJUDGED, oldest / SECOND)
        if known.watermark is not None:
            add(names.WATERMARK, known.watermark / SECOND)
        add(names.QUARANTINE_SIZE, self._reading.count_quarantine(ADMINISTRATOR))
        add(names.UNMATCHED_SIZE, self._reading.count_unmatched(ADMINISTRATOR))
        for source, at in sorted(self._reading.source_last_events().items()):
            add(names.SOURCE_LAST_EVENT, at / SECOND, source)
        for source, every in _expected_every(self._reading.services(ADMINISTRATOR).values()):
            add(names.SOURCE_EXPECTED_EVERY, every / SECOND, source)
        expected = {one.feed.source: one.feed.expected_by for one in self._reading.awaited(ADMINISTRATOR)}
        for source, at in sorted(expected.items()):
            add(names.FILE_EXPECTED, at / SECOND, source)
        return list(families.values())


def metrics_registry(reading: MetricsReading, program: ProgramMetrics) -> CollectorRegistry:
    """The program's registry, showing the reads too."""
    shown = CommitmentCollector(reading)
    program.registry.register(shown)
    program.registry.shown.append(shown)
    return program.registry


def exposition(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    """The page and its media type, OpenMetrics or text as the `Accept` header prefers."""
    encode, media_type = choose_encoder(accept)
    if not isinstance(registry, ProgramRegistry):
        return encode(registry), media_type
    own = encode(registry.program)
    parts = [without_end(own), *(one.text(encode, media_type) for one in registry.shown)]
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
    series = _series(names.READ_AGE)
    series.add((), age)
    return Writer().text([series], encode, form)


def metrics_routes(registry: CollectorRegistry) -> APIRouter:
    """`GET /metrics`, and `?service=ID` for the commitments that one service owes: those of all services, and `?service=` for
    what belongs to none, are the whole. Where the store does not answer in time, the program's own metrics and what was read
    last, with its age."""
    from fastapi import APIRouter, Response  # the web framework is loaded only by programs that serve

    lately = Lately()

    def metrics(request: Request) -> Response:
        service = request.query_params.get("service")
        content, media_type = _page(registry, request.headers.get("accept", ""), service, lately)
        return Response(content, headers={"content-type": media_type})

    routes = APIRouter()
    routes.add_route("/metrics", metrics, include_in_schema=False)
    return routes


def target_label(target: Target) -> str:
    """The target in the contract's words: `at_least 95 % per quarter`."""
    return f"{target} per {target.per}"


def _series(metric: names.Metric) -> Series:
    empty = (
        InfoMetricFamily(metric.name.removesuffix("_info"), metric.help)
        if metric.name.endswith("_info")
        else GaugeMetricFamily(metric.name, metric.help)
    )
    return Series(metric.name, tuple(metric.labels), empty)


def _add_commitment(families: Mapping[str, Series], row: CommitmentRow) -> None:
    commitment = row.contract, row.deliverable.id, row.criterion.id

    def add(metric: names.Metric, value: float, *labels: str) -> None:
        families[metric.name].add((*commitment, *labels), value)

    parties = row.terms.supplier, row.terms.client, row.debtor, row.creditor
    add(names.COMMITMENT_INFO, 1, *parties, row.criterion.indicator.kind)
    add(names.BREACHES_OPEN, row.breaches_open)
    add(names.UNMONITORED, not row.is_monitored)
    add(names.ACTIONS_OPEN, row.actions_overdue, "true")
    add(names.ACTIONS_OPEN, row.actions_open - row.actions_overdue, "false")
    if row.next_due is not None:
        add(names.NEXT_DUE, row.next_due / SECOND)
    for figure in row.current:
        if figure.target_index < len(row.criterion.targets):
            _add_figure(families, commitment, row.criterion.targets[figure.target_index], figure)
        if figure.target_index == 0:
            for verdict in names.VERDICTS:
                add(names.OCCURRENCES, figure.counts.get(verdict, 0), verdict)


def _add_figure(
    families: Mapping[str, Series], commitment: tuple[str, str, str], target: Target, figure: FigureRow
) -> None:
    def add(metric: names.Metric, value: float, *labels: str) -> None:
        families[metric.name].add((*commitment, target_label(target), *labels), value)

    bound = bound_of(str(target), figure.unit) if target.of == "time" else target.bound
    add(names.COMMITMENT_TARGET, float(bound if bound is not None else target.bound))
    if figure.value is not None:
        add(names.COMMITMENT_RATIO, float(figure.exact if figure.exact is not None else Fraction(figure.value)))
    if figure.misses_left is not None:
        add(names.MISSES_LEFT, figure.misses_left)
    add(names.UNKNOWN, float(figure.unknown))
    for status in names.STATUSES:
        add(names.COMMITMENT_STATUS, figure.status == status, status)
    for state in names.PERIOD_STATES:
        add(names.PERIOD_STATE, figure.state == state, state)


def _expected_every(services: Iterable[ServiceRow]) -> list[tuple[str, int]]:
    return sorted((source, every) for service in services for source, every in service.sources if every is not None)
