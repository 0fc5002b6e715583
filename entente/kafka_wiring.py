"""Kafka as one of the doors: what the settings say of it, and whether it is drained.

Kafka's client is loaded only where it is used: it takes longer to load than most commands take.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from domain.saying import said
from entente.settings import Settings
from ingestion.kafka.progress import PREFIX, Progress
from services.arrivals.ways import UNKNOWN, Ways
from services.errors import EntenteError, Invalid
from services.history.entries import QUARANTINED, header_of
from services.history.history import History
from services.judging.catalogue import InForce

if TYPE_CHECKING:
    from ingestion.kafka.broker import Kafka, Topic


def kafka_of(settings: Settings) -> Kafka:
    """Raises Invalid where no broker or no topic is set."""
    from ingestion.kafka.broker import Kafka

    for value, name in (
        (settings.kafka_servers, "ENTENTE_KAFKA_SERVERS"),
        (settings.kafka_topic, "ENTENTE_KAFKA_TOPIC"),
    ):
        if not value:
            raise Invalid(said("is not set"), place=name, mend=said("for example localhost:9092 and events"))
    _require_secured(settings)
    return Kafka(
        servers=settings.kafka_servers,
        topic=settings.kafka_topic,
        group=settings.kafka_group,
        dead_letter=settings.kafka_dead_letter,
        session=settings.kafka_session,
        security=settings.kafka_security,
        mechanism=settings.kafka_mechanism,
        username=settings.kafka_username,
        password=settings.kafka_password.get_secret_value(),
        ca=settings.kafka_ca,
        certificate=settings.kafka_certificate,
        key=settings.kafka_key,
        key_password=settings.kafka_key_password.get_secret_value(),
    )


def _require_secured(settings: Settings) -> None:
    """Raises Invalid where what the broker is to be shown lacks its other half."""
    password = settings.kafka_password.get_secret_value()
    needed: list[tuple[object, str, str]] = []
    if settings.kafka_security.startswith("SASL"):
        needed += [
            (settings.kafka_mechanism, "ENTENTE_KAFKA_MECHANISM", "ENTENTE_KAFKA_SECURITY"),
            (settings.kafka_username, "ENTENTE_KAFKA_USERNAME", "ENTENTE_KAFKA_SECURITY"),
            (password, "ENTENTE_KAFKA_PASSWORD", "ENTENTE_KAFKA_SECURITY"),
        ]
    if settings.kafka_certificate:
        needed.append((settings.kafka_key, "ENTENTE_KAFKA_KEY", "ENTENTE_KAFKA_CERTIFICATE"))
    for value, name, by in needed:
        if not value:
            raise Invalid(said("is not set"), place=name, mend=said("{by} needs it", by=by))


def kafka_holds(settings: Settings, history: History) -> Callable[[], str | None]:
    """Why time may not pass because of Kafka, if it may not: asked each time before it passes (MEANING §2).

    A store that has read from Kafka, in a program that cannot ask Kafka, holds time too: nobody could tell what is on
    its way. An empty ENTENTE_KAFKA_TOPIC says that no topic is read any more.
    """
    if not settings.kafka_topic:
        return lambda: None
    if not settings.kafka_servers:
        return lambda: _UNASKED if history.offsets(PREFIX) else None
    return Asked(kafka_of(settings), history)


def kafka_waits(history: History) -> Callable[[Iterable[InForce]], set[str]]:
    """Makes the function that tells which of these contracts wait while Kafka holds time: those of whose newest events
    some came from Kafka, and those of which nobody can tell, since nothing has come yet or is only kept as a sum. What
    has always come another way waits for nothing."""
    ways = Ways(history)

    def waiting(contracts: Iterable[InForce]) -> set[str]:
        of_each = {one.id: [commitment.id for commitment in one.commitments] for one in contracts}
        found = ways.of(id for ids in of_each.values() for id in ids)
        known = {name: frozenset().union(*(found[id] for id in ids)) for name, ids in of_each.items()}
        return {name for name, channels in known.items() if not channels or channels & {"kafka", UNKNOWN}}

    return waiting


_UNASKED = said(
    "this store has read from Kafka, and ENTENTE_KAFKA_SERVERS is not set: nobody can tell what is "
    "still to be read (set it, or empty ENTENTE_KAFKA_TOPIC if Kafka is no longer read)"
)


class Watch:
    """Looks every few seconds how far the topic is read, for `/metrics` and `/readyz`; `run` is a loop of
    `serving.serve`."""

    EVERY = 5.0
    STANDS_STILL = 30.0
    """Seconds in which nothing is stored although something is there, or in which the broker does not answer, after which
    nobody can be said to read."""

    def __init__(self, settings: Settings, history: History, clock: Callable[[], float] = time.monotonic):
        self._history = history
        self._asked = Asked(kafka_of(settings), history)
        self._clock = clock
        self._lags: dict[int, int] = {}
        self._stored: dict[int, int] = {}
        self._moved = clock()
        self._why: str | None = None
        self._lineage = 0
        self._counted = 0
        self._rejected: Counter[int] = Counter()

    def run(self, stopping: threading.Event, beat: Callable[[], None]) -> None:
        while not stopping.is_set():
            self.look()
            beat()
            stopping.wait(self.EVERY)
        self.close()

    def look(self) -> None:
        """Once. Raises what the store raises."""
        self._count_rejected()
        try:
            lags, stored = self._asked.lags(), self._asked.stored()
        except EntenteError as error:  # the series are absent meanwhile
            self._lags, self._stored, self._why = {}, {}, str(error)
            return
        if stored != self._stored or not any(lags.values()):
            self._moved = self._clock()
        self._lags, self._stored, self._why = lags, stored, None

    def lags(self) -> dict[int, int]:
        """Messages of each partition that are not stored."""
        return self._lags

    def stored(self) -> dict[int, int]:
        """The offset of each partition that was stored last."""
        return self._stored

    def rejected(self) -> dict[int, int]:
        """Messages of each partition that were set aside, in the whole history."""
        return dict(self._rejected)

    def trouble(self) -> str | None:
        """Why nobody can be said to read the topic."""
        still = self._clock() - self._moved
        if still < self.STANDS_STILL:
            return None
        if self._why is not None:
            return said("{why} (for {still} s)", why=self._why, still=f"{still:.0f}")
        return said(
            "messages that wait: {sum}, and none was stored for {still} s: does a worker run?",
            sum=sum(self._lags.values()),
            still=f"{still:.0f}",
        )

    def close(self) -> None:
        self._asked.close()

    def _count_rejected(self) -> None:
        if (lineage := self._history.lineage()) != self._lineage:
            self._lineage, self._counted = lineage, 0
            self._rejected.clear()
        while entries := self._history.read(self._counted, 1_000, [QUARANTINED]):
            for entry in entries:
                partition = header_of(entry.state).get("partition")
                if partition is not None:
                    self._rejected[partition] += 1
            self._counted = entries[-1].position


class Asked:
    """Keeps its connection while the broker answers."""

    def __init__(self, kafka: Kafka, history: History):
        self._kafka = kafka
        self._history = history
        self._topic: Topic | None = None
        self._progress: Progress | None = None

    def __call__(self) -> str | None:
        try:
            return (
                said("{topic} is not read to its end", topic=self._kafka.topic) if any(self.lags().values()) else None
            )
        except EntenteError as error:
            return str(error)

    def lags(self) -> dict[int, int]:
        """Raises what the broker's answer raises."""
        from ingestion.kafka.broker import Topic, hush_client

        hush_client()
        try:
            if self._progress is None:
                self._topic = Topic(self._kafka)
                self._progress = Progress(self._history, self._topic)
            return self._progress.lags()
        except EntenteError:
            self.close()
            raise

    def stored(self) -> dict[int, int]:
        """After `lags`: the last stored offset of each partition that has one."""
        assert self._progress is not None
        return self._progress.all_stored()

    def close(self) -> None:
        if self._topic is not None:
            self._topic.close()
        self._topic = self._progress = None
