"""The Kafka worker: reads a topic as a member of a consumer group and appends, each batch with its offset in one transaction.

    poll → decode → check → append, with the offset → commit to the group

Where a partition goes on is read from the store whenever it is given to this worker. A batch that does not begin where the store
is (another worker has stored it, since this one was paused past its session; or the store was restored, or failed over to a
server that was behind) is refused by the store, dropped, and read again from where the store is. While the store cannot be had,
partitions are paused and the batch is kept: nothing is dropped, and the membership lives on. Where nothing arrives although
the broker has something, twice in a row, the client has lost its way: it is begun anew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from kafka import ConsumerRebalanceListener, KafkaConsumer  # type: ignore[import-untyped]
from kafka.errors import (  # type: ignore[import-untyped]
    AuthorizationError,
    CorruptRecordError,
    KafkaError,
    LogTruncationError,
    OffsetOutOfRangeError,
    RetriableError,
    UnsupportedCodecError,
)
from kafka.structs import OffsetAndMetadata  # type: ignore[import-untyped]

from ingestion.cloudevents import Bad, Decoded
from ingestion.door import Answer, Door
from ingestion.kafka_broker import Kafka, Topic, tell_troubles
from ingestion.kafka_letters import DeadLetters
from ingestion.kafka_messages import Message, decode_message, is_tombstone, place_of, untouched
from ingestion.kafka_progress import Progress
from services.access import Principal
from services.errors import EntenteError, Invalid, Refused, Unavailable
from services.history.attempts import Attempts
from services.history.history import History, Offset

log = structlog.get_logger()

POLL_SECONDS: Final = 0.5
COMMIT_SECONDS: Final = 1.0
LONGEST_PAUSE: Final = 30.0
LOOK_SECONDS: Final = 10.0
"""How long nothing may arrive before the broker is asked whether there is something; how often the store is asked whether it is
still where this worker left it."""


@dataclass
class _Careful:
    """A partition that was just taken over: what ended the process before may be in front. `left` messages are taken one
    by one; None means the first batch was never tried."""

    left: int | None = None


class Worker:
    """One member of the group, in one thread; `stop` may be called from anywhere. `decode` is what a message goes through
    first, `batch` the most messages of one transaction, `attempts` how often one may end the process, `looks_after` how many
    seconds nothing may arrive before the broker is asked."""

    def __init__(
        self,
        kafka: Kafka,
        history: History,
        door: Door,
        who: Principal,
        *,
        batch: int = 1_000,
        attempts: int = 3,
        begins_anew: bool = False,
        looks_after: float = LOOK_SECONDS,
        decode: Callable[[Message], Decoded | Bad] = decode_message,
    ):
        self._kafka = kafka
        self._history = history
        self._door = door
        self._who = who
        self._batch = batch
        self._attempts = attempts
        self._decode = decode
        self._tried = Attempts(history.database)
        self._stopping = threading.Event()
        self._mine: set[Any] = set()
        self._fresh: set[Any] = set()
        self._careful: dict[Any, _Careful] = {}
        self._next: dict[Any, int] = {}  # the offset behind the last one that is stored
        self._committed: dict[Any, int] = {}
        self._commits_after = 0.0
        self.trouble: str | None = None
        """Why nothing could be read or stored lately; None once a round went well."""
        self._is_well = True
        self._topic = Topic(kafka)
        self._progress = Progress(history, self._topic, begins_anew=begins_anew)
        self._letters = DeadLetters(kafka)
        self._looks_after = looks_after
        self._arrived = self._compared = time.monotonic()
        self._lacks = False
        self._join()

    def run(self, *, until_drained: bool = False) -> None:
        """Until `stop`, or until everything the broker has is stored. Raises Refused when going on would lose or repeat
        something."""
        tell_troubles()
        try:
            while not self._stopping.is_set():
                self._is_well = True
                batches = self._poll()
                self._take_over()
                for partition, messages in batches.items():
                    self._store(partition, messages)
                if batches:
                    self._arrived, self._lacks = time.monotonic(), False
                else:
                    self._note_what_is_empty()
                    self._look_whether_it_reads()
                self._look_whether_the_store_went_back()
                self._commit()
                self.trouble = self.trouble if not self._is_well else None
                if until_drained and not batches and not self._fresh and self._is_drained():
                    break
        finally:
            self._close()

    def stop(self) -> None:
        self._stopping.set()

    # What the group gives and takes; called from the client's thread while `poll` waits for it.

    def given(self, partitions: Iterable[Any]) -> None:
        for partition in partitions:
            self._consumer.pause(partition)
            self._consumer.seek(partition, 0)  # until `_take_over` says where; it keeps the client from choosing
            self._mine.add(partition)
            self._fresh.add(partition)

    def taken(self, partitions: Iterable[Any]) -> None:
        for partition in partitions:
            for known in (self._mine, self._fresh):
                known.discard(partition)
            for noted in (self._careful, self._next, self._committed):
                noted.pop(partition, None)

    # Reading

    def _join(self) -> None:
        with self._kafka.understood_errors():
            self._consumer: Any = KafkaConsumer(**_reading(self._kafka, self._batch))
            self._consumer.subscribe([self._kafka.topic], listener=_Listener(self))

    def _look_whether_it_reads(self) -> None:
        """Raises Refused where the topic was created again, though nothing has come of it."""
        if time.monotonic() < self._arrived + self._looks_after:
            return
        self._arrived = time.monotonic()
        had_lacked, self._lacks = self._lacks, False
        try:
            lags = self._progress.lags()
            lacks = any(lags.get(partition.partition) for partition in self._mine - self._fresh)
            self._lacks = lacks and not had_lacked
            if lacks and had_lacked:
                log.warning("nothing arrives of what the broker has; the client is begun anew", topic=self._kafka.topic)
                with suppress(KafkaError):
                    self._consumer.close(timeout_ms=5_000)
                self.taken([*self._mine])
                self._join()
        except Unavailable as error:
            self._wait(1, str(error))

    def _look_whether_the_store_went_back(self) -> None:
        """Where messages arrive the next append tells; this is for partitions of which none do."""
        if time.monotonic() < self._compared + self._looks_after:
            return
        self._compared = time.monotonic()
        try:
            stored = self._progress.all_stored()
        except Unavailable as error:
            self._wait(1, str(error))
            return
        here = {one: at for one, at in self._next.items() if one not in self._fresh}
        moved = [one for one, behind in here.items() if stored.get(one.partition, -1) + 1 != behind]
        if moved:
            log.warning(
                "the store is not where this worker left it; it reads again", partitions=sorted(map(str, moved))
            )
            self._read_again(moved)

    def _poll(self) -> dict[Any, list[Message]]:
        try:
            batches = dict(self._consumer.poll(timeout_ms=int(POLL_SECONDS * 1_000), max_records=self._batch))
            if batches:
                self._progress.require_same()
        except (OffsetOutOfRangeError, LogTruncationError):
            self._fresh |= self._mine  # `_take_over` looks what has happened, and says it
            return {}
        except Unavailable as error:
            self._read_again(batches)
            self._wait(1, str(error))
            return {}
        except KafkaError as error:
            if isinstance(error, CorruptRecordError | UnsupportedCodecError):
                raise self._unreadable(error) from error
            if isinstance(error, AuthorizationError) or not isinstance(error, RetriableError):
                with self._kafka.understood_errors():
                    raise
            self._read_again(self._mine)  # the client may have passed over what it then did not hand over
            self._wait(1, str(error))
            return {}
        except EntenteError:
            raise
        except Exception as error:  # a batch, taken apart by one of many libraries, is not what it should be
            raise self._unreadable(error) from error
        return batches

    def _unreadable(self, error: Exception) -> Invalid:
        """The client has handed over everything before that batch, so it is where one of these partitions goes on."""
        ends = [
            f"{one.topic}[{one.partition}]:{self._consumer.position(one, timeout_ms=1_000)}"
            for one in sorted(self._mine - self._fresh)
        ]
        return self._kafka.unreadable(error, " or ".join(ends))

    def _read_again(self, partitions: Iterable[Any]) -> None:
        """What was read and cannot be stored now is read again from where the store is."""
        for partition in self._mine & self._consumer.assignment() & set(partitions):
            self._consumer.pause(partition)
            self._fresh.add(partition)

    def _take_over(self) -> None:
        """Finds in the store where each partition given to this worker goes on."""
        for partition in sorted(self._fresh & self._mine):
            try:
                self._history.lineage()
                start, stored = self._progress.start(partition.partition)
                tried = self._tried.of(self._progress.name(partition.partition), stored)
            except Unavailable as error:
                self._wait(1, str(error))
                return
            if partition not in self._mine:
                continue
            self._next[partition] = stored
            self._careful[partition] = _Careful(self._batch if tried else None)
            self._consumer.seek(partition, start)
            self._consumer.resume(partition)
            self._fresh.discard(partition)
            self._arrived, self._lacks = time.monotonic(), False
            log.info("reading", topic=partition.topic, partition=partition.partition, offset=start)

    # Storing

    def _store(self, partition: Any, messages: Sequence[Message]) -> None:
        careful = self._careful.get(partition)
        if careful is None:
            self._keep(partition, messages)
        elif careful.left is None:
            self._note(partition, self._next[partition], 1)
            if self._keep(partition, messages):
                self._careful.pop(partition, None)
        else:
            self._one_by_one(partition, messages, careful)

    def _one_by_one(self, partition: Any, messages: Sequence[Message], careful: _Careful) -> None:
        assert careful.left is not None
        name = self._progress.name(partition.partition)
        for message in messages:
            if self._stopping.is_set():
                return
            tried = self._tried.of(name, message.offset)
            if tried < self._attempts:
                self._note(partition, message.offset, tried + 1)
                is_kept = self._keep(partition, [message])
            else:
                is_kept = self._keep(partition, [message], set_aside=tried)
            if not is_kept:
                return
            careful.left -= 1
        if careful.left <= 0:
            self._careful.pop(partition, None)

    def _note(self, partition: Any, offset: int, attempts: int) -> None:
        name = self._progress.name(partition.partition)
        self._patiently(partition, lambda: self._tried.note(name, offset, attempts))

    def _keep(self, partition: Any, messages: Sequence[Message], set_aside: int = 0) -> bool:
        """Whether the messages are stored; else they were dropped, to be read again by whoever has the partition."""
        last = messages[-1].offset
        told = [message for message in messages if not is_tombstone(message)]
        passed_over, messages = len(messages) - len(told), told
        if set_aside:
            items: list[Decoded | Bad] = [untouched(message, set_aside) for message in messages]
        else:
            items = [self._decode(message) for message in messages]
        bad = [(message, item) for message, item in zip(messages, items, strict=True) if isinstance(item, Bad)]
        if (behind := self._next.get(partition)) is None:
            return False
        offset = self._moved(partition, behind, last)
        try:
            if bad:
                self._patiently(partition, lambda: self._letters.send(bad))
            answers: list[Answer] = []
            done = self._patiently(partition, lambda: answers.extend(self._append(partition, messages, items, offset)))
        except Refused as error:
            if error.slug != "offset-moved":
                raise
            log.warning("this batch is not what the store needs next; it is dropped here", says=str(error), offset=last)
            self._read_again(self._mine)
            return False
        if not done:
            return False
        self._next[partition] = last + 1
        self._door.pass_over("kafka", passed_over)
        self._send_reused(messages, items, answers)
        return True

    def _append(
        self, partition: Any, messages: Sequence[Message], items: list[Decoded | Bad], offset: Offset
    ) -> list[Answer]:
        return self._door.submit(
            items,
            self._who,
            "kafka",
            f"{partition.topic}[{partition.partition}]",
            [message.offset for message in messages],
            place=lambda index: place_of(messages[index]),
            offset=offset,
        )

    def _moved(self, partition: Any, behind: int, last: int) -> Offset:
        """To `last`, from where this worker left the store."""
        return Offset(self._progress.name(partition.partition), last, behind - 1 if behind else None)

    def _send_reused(
        self, messages: Sequence[Message], items: Sequence[Decoded | Bad], answers: Sequence[Answer]
    ) -> None:
        """What only the store could tell to be bad follows; it is in quarantine already."""
        letters = [
            (message, Bad(item.raw, answer.slug, answer.problem or ""))
            for message, item, answer in zip(messages, items, answers, strict=True)
            if answer.slug is not None and isinstance(item, Decoded)
        ]
        try:
            self._letters.send(letters)
        except Unavailable as error:
            log.warning("dead letters could not be sent", says=str(error))

    def _patiently(self, partition: Any, act: Callable[[], object]) -> bool:
        """Tries until it can be done, with all partitions paused meanwhile: they stay this worker's, and nothing more is
        read. False when it was given up: this worker stops, or the partition is somebody else's now."""
        pause, has_paused = 0.1, False
        try:
            while partition in self._mine and partition not in self._fresh:
                try:
                    act()
                except Unavailable as error:
                    if self._stopping.is_set():
                        return False
                    self._is_well, self.trouble = False, str(error)
                    log.warning("cannot store; reading is paused", says=str(error), seconds=pause)
                    has_paused = True
                    self._stay_without_reading(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)
                else:
                    return True
            return False
        finally:
            if has_paused:  # however it ended: what nobody resumes is never read again
                self._consumer.resume(*(self._mine - self._fresh))

    def _stay_without_reading(self, seconds: float) -> None:
        self._consumer.pause(*self._consumer.assignment())
        until = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := until - time.monotonic()) > 0:
            try:
                self._read_again(self._consumer.poll(timeout_ms=max(1, int(min(left, POLL_SECONDS) * 1_000))))
            except KafkaError as error:
                log.warning("Kafka cannot be reached either", says=str(error))
                self._stopping.wait(left)

    # Progress

    def _note_what_is_empty(self) -> None:
        """Offsets that hold no message (ends of transactions) are stored too, so that the partition counts as drained."""
        for partition in self._mine - self._fresh:
            try:
                at = self._consumer.position(partition, timeout_ms=1_000)
            except KafkaError:
                self._read_again([partition])  # where it goes on, or why it cannot, is looked up
                continue
            behind = self._next.get(partition)
            if at is None or behind is None or at <= behind:
                continue
            try:
                self._history.append_facts([], offset=self._moved(partition, behind, at - 1))
                self._next[partition] = at
            except Refused:
                self._read_again([partition])
            except Unavailable as error:
                self._wait(1, str(error))

    def _commit(self, *, at_once: bool = False) -> None:
        """Tells the group how far this worker is: for those who watch it, and at most once a second."""
        now = time.monotonic()
        if now < self._commits_after and not at_once:
            return
        self._commits_after = now + COMMIT_SECONDS
        moved = {place: at for place, at in self._next.items() if self._committed.get(place) != at}
        offsets = {place: OffsetAndMetadata(at, "", -1) for place, at in moved.items() if at > 0}
        if not offsets:
            return
        self._committed.update(moved)
        try:
            if at_once:
                self._consumer.commit(offsets, timeout_ms=2_000)
            else:
                self._consumer.commit_async(offsets)
        except KafkaError as error:
            log.warning("the group was not told", says=str(error))

    def _is_drained(self) -> bool:
        try:
            return self._progress.is_drained()
        except Unavailable as error:
            self._wait(1, str(error))
            return False

    def _wait(self, seconds: float, why: str) -> None:
        self._is_well, self.trouble = False, why
        log.warning("waiting", says=why, seconds=seconds)
        self._stopping.wait(seconds)

    def _close(self) -> None:
        self._commit(at_once=True)
        self._consumer.close(timeout_ms=5_000)
        self._letters.close()
        self._topic.close()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, worker: Worker):
        self._worker = worker

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        self._worker.taken(revoked)

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        self._worker.given(assigned)


def _reading(kafka: Kafka, batch: int) -> dict[str, Any]:
    return {
        **kafka.client(),
        "group_id": kafka.group,
        "enable_auto_commit": False,
        "auto_offset_reset": "none",
        "isolation_level": "read_committed",
        "allow_auto_create_topics": False,
        "session_timeout_ms": round(kafka.session * 1_000),
        "heartbeat_interval_ms": round(kafka.session * 1_000 / 5),
        "max_poll_records": batch,
        "fetch_max_bytes": 16 << 20,
        "max_partition_fetch_bytes": 4 << 20,
        "metrics_enabled": False,
    }
