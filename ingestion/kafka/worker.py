"""The Kafka worker: reads a topic as a member of a consumer group and appends, each batch with its offset in one transaction.

    poll → decode → check → append, with the offset → commit to the group

Where a partition goes on is read from the store whenever it is given to this worker, or its batch was refused. While the store
cannot be had, partitions are paused and the batch is kept: nothing is dropped, and the membership lives on. Where nothing arrives
although the broker has something, or the group gives a partition to nobody, twice in a row, the client has lost its way: it is
begun anew.

Here the parts are put together, each of which keeps one thing: which partitions are whose (`assignment`), what may have ended the
process (`caution`), whether the client still reads (`liveness`), back-pressure (`pressure`), what the group was told (`telling`),
what is wrong just now (`health`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog
from kafka.errors import KafkaError  # type: ignore[import-untyped]

from ingestion.cloudevents import Bad, Decoded
from ingestion.door import Door
from ingestion.kafka.assignment import Assignment, Partition
from ingestion.kafka.broker import Kafka, Topic, tell_troubles
from ingestion.kafka.caution import Caution
from ingestion.kafka.every import Every
from ingestion.kafka.health import Health
from ingestion.kafka.letters import DeadLetters
from ingestion.kafka.liveness import Liveness
from ingestion.kafka.messages import Message, decode_message
from ingestion.kafka.pressure import Pressure
from ingestion.kafka.progress import Progress
from ingestion.kafka.reading import Reading
from ingestion.kafka.storing import Storing
from ingestion.kafka.telling import Telling
from services.access import Principal
from services.errors import Unavailable
from services.history.attempts import Attempts
from services.history.history import History

log = structlog.get_logger()

LOOK_SECONDS: Final = 10.0
"""How long nothing may arrive before the broker is asked whether there is something; how often the store is asked whether it is
still where this worker left it, and the broker which partitions there are."""


class Worker:
    """One member of the group, in one thread; `stop` may be called from anywhere, and `trouble` read. `decode` is what a
    message goes through first, `batch` the most messages of one transaction, `attempts` how often one may end the process,
    `looks_after` how many seconds nothing may arrive before the broker is asked."""

    def __init__(
        self,
        kafka: Kafka,
        history: History,
        door: Door,
        who: Principal | None,
        *,
        batch: int = 1_000,
        attempts: int = 3,
        begins_anew: bool = False,
        looks_after: float = LOOK_SECONDS,
        decode: Callable[[Message], Decoded | Bad] = decode_message,
    ):
        self._history = history
        self._topic = Topic(kafka)
        self._progress = Progress(history, self._topic, begins_anew=begins_anew)
        self._letters = DeadLetters(kafka)
        now = time.monotonic()
        self._liveness, self._comparing = Liveness(looks_after, now), Every(looks_after, now)
        self._assignment, self._health, self._telling = Assignment(), Health(), Telling()
        self._reading = Reading(kafka, self._assignment, self._health, self, batch=batch, looks_after=looks_after)
        pressure = Pressure(self._assignment, self._reading, self._health)
        self._storing = Storing(
            history,
            door,
            who,
            self._letters,
            assignment=self._assignment,
            pressure=pressure,
            rereading=self._reading,
            name=self._progress.name,
            decode=decode,
        )
        self._caution = Caution(
            Attempts(history.database),
            keep=self._storing.keep,
            patiently=pressure.patiently,
            is_stopping=self._health.stopping.is_set,
            name=self._progress.name,
            batch=batch,
            most=attempts,
        )

    def run(self, *, until_drained: bool = False) -> None:
        """Until `stop`, or until everything the broker has is stored. Raises Refused when going on would lose or repeat
        something."""
        tell_troubles()
        try:
            while not self._health.stopping.is_set():
                has_read = self._round()
                if until_drained and not has_read and not self._assignment.fresh and self._is_drained():
                    break
        finally:
            self._close()

    def stop(self) -> None:
        self._health.stopping.set()

    @property
    def trouble(self) -> str | None:
        """Why nothing could be read or stored lately; None once a round went well."""
        return self._health.trouble

    # What the group gives and takes; called from the client's thread while `poll` waits for it.

    def given(self, partitions: Iterable[Partition]) -> None:
        for partition in partitions:
            self._reading.hold(partition)
            self._assignment.given([partition])

    def taken(self, partitions: Iterable[Partition]) -> None:
        partitions = [*partitions]
        self._assignment.taken(partitions)
        self._caution.taken(partitions)
        self._telling.taken(partitions)

    # Reading

    def _round(self) -> bool:
        """One round of the loop; True where something was read."""
        self._health.begin_round()
        batches = self._poll()
        self._take_over()
        for partition, messages in batches.items():
            self._store(partition, messages)
        if batches:
            self._liveness.arrived(time.monotonic())
        else:
            self._note_what_is_empty()
            self._look_whether_it_reads()
        self._look_whether_the_store_went_back()
        self._tell()
        self._health.end_round()
        return bool(batches)

    def _poll(self) -> dict[Any, list[Message]]:
        """Reads, of the topic that this worker began with. Raises Refused where it was created again."""
        batches = self._reading.poll()
        try:
            if batches:
                self._progress.require_same()
        except Unavailable as error:
            self._reading.again(batches)
            self._health.wait(str(error))
            return {}
        return batches

    def _take_over(self) -> None:
        """Finds in the store where each partition given to this worker goes on."""
        for partition in sorted(self._assignment.fresh):
            try:
                self._history.lineage()
                start, stored = self._progress.start(partition.partition)
                self._caution.take_over(partition, stored)
            except Unavailable as error:
                self._health.wait(str(error))
                return
            self._assignment.take_over(partition, stored)
            self._reading.go_on(partition, start)
            self._liveness.arrived(time.monotonic())
            log.info("reading", topic=partition.topic, partition=partition.partition, offset=start)

    def _look_whether_it_reads(self) -> None:
        """Begins the client anew where it has lost its way. Raises Refused where the topic was created again, though nothing
        has come of it."""
        if not self._liveness.is_due(time.monotonic()):
            return
        try:
            lags = self._progress.lags()
            lacks = any(lags.get(partition.partition) for partition in self._assignment.read)
            lacks = lacks or bool(self._topic.given_to_nobody())
            if self._liveness.is_lost(lacks=lacks):
                log.warning("nothing arrives of what the broker has; the client is begun anew", topic=self._topic.name)
                self._reading.begin_anew()
        except Unavailable as error:
            self._liveness.is_lost(lacks=False)
            self._health.wait(str(error))

    def _look_whether_the_store_went_back(self) -> None:
        """Reads again where it did. Where messages arrive the next append tells; this is for partitions of which none do."""
        if not self._comparing.is_due(time.monotonic()):
            return
        try:
            moved = self._assignment.elsewhere(self._progress.all_stored())
        except Unavailable as error:
            self._health.wait(str(error))
            return
        if moved:
            log.warning(
                "the store is not where this worker left it; it reads again", partitions=sorted(map(str, moved))
            )
            self._reading.again(moved)

    # Storing

    def _store(self, partition: Partition, messages: list[Message]) -> None:
        behind = self._assignment.behind(partition)
        if behind is not None and self._assignment.is_read(partition):
            self._caution.store(partition, behind, messages)

    def _note_what_is_empty(self) -> None:
        """Stores offsets that hold no message too, so that the partition counts as drained."""
        for partition in self._assignment.read:
            try:
                at = self._reading.position(partition)
            except KafkaError:
                self._reading.again([partition])  # where it goes on, or why it cannot, is looked up
                continue
            try:
                if at is not None:
                    self._storing.keep_empty(partition, at)
            except Unavailable as error:
                self._health.wait(str(error))

    def _tell(self, *, at_once: bool = False) -> None:
        """Tells the group how far this worker is."""
        if self._telling.is_due(time.monotonic()) or at_once:
            news = self._telling.news(self._assignment.ends())
            if news:
                self._reading.tell(news, at_once=at_once)

    def _is_drained(self) -> bool:
        try:
            return self._progress.is_drained()
        except Unavailable as error:
            self._health.wait(str(error))
            return False

    def _close(self) -> None:
        self._tell(at_once=True)
        self._reading.leave()
        self._letters.close()
        self._topic.close()
