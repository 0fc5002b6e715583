"""What guards the way of an event into the history and on into the figures: the code without which a named test fails."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.guards.guards import ROOT


class Guarding(NamedTuple):
    """`code` stands in `file` exactly once; with `instead` in its place `test`, as pytest names it, fails."""

    taken: str
    file: str
    code: str
    instead: str
    test: str

    def patched(self, root: Path = ROOT) -> str:
        """The file without the guard. Raises ValueError when the code has moved."""
        source = (root / self.file).read_text(encoding="utf-8")
        if (found := source.count(self.code)) != 1:
            raise ValueError(f"{self.taken}: {self.file} has {self.code!r} {found} times, not once")
        return source.replace(self.code, self.instead)


DOOR, ENTRIES, PROGRESS, LETTERS = (
    "ingestion/door.py",
    "services/history/entries.py",
    "ingestion/kafka/progress.py",
    "ingestion/kafka/letters.py",
)
WORKER, READING, STORING, PRESSURE, CAUTION = (
    "ingestion/kafka/worker.py",
    "ingestion/kafka/reading.py",
    "ingestion/kafka/storing.py",
    "ingestion/kafka/pressure.py",
    "ingestion/kafka/caution.py",
)
RECORDER, SQLITE, DATABASE = (
    "services/history/postgres_recorder.py",
    "services/history/sqlite_recorder.py",
    "services/history/postgres_database.py",
)
LOCKS = "services/history/postgres_locks.py"
JUDGE, SEATS, BREACHES = "services/judging/judge.py", "services/judging/seats.py", "domain/breaches.py"
IN_HISTORY, IN_DATABASES = "tests/services/test_history.py::test_", "tests/services/test_databases.py::test_"
IN_SEATS = "tests/services/test_seats.py::test_"
AT_THE_DOOR, ON_KAFKA, WITH_WORKERS = (
    "tests/ingestion/test_door.py::test_",
    "tests/kafka/test_consume.py::test_",
    "tests/kafka/test_workers.py::test_",
)
_OFFSET = f"{IN_HISTORY}an_offset_is_stored_with_its_records_or_neither_is"

STREAMING = (
    Guarding("the id of an event is its source and id", ENTRIES,
             "return digest[:6] + _VERSION_5[digest[6]]", "return __import__(\"os\").urandom(16) or digest[:6] + _VERSION_5[digest[6]]",
             f"{AT_THE_DOOR}the_same_content_again_is_a_duplicate_in_whatever_form"),
    Guarding("what an id stands for", DOOR,
             "return there.existing is not None and is_same_content(item, there.existing, self._history.opener, state)",
             "return True", f"{AT_THE_DOOR}another_content_under_a_used_id_goes_to_quarantine"),
    Guarding("what is in the table is not stored again, on PostgreSQL", RECORDER,
             "if not isinstance(error.__cause__, errors.UniqueViolation):", "if True:",
             f"{IN_HISTORY}a_fact_that_is_there_is_answered_with_what_stands_there"),
    Guarding("what is in the table is not stored again, in a file", SQLITE,
             "if (known := stored.get(key)) is not None:", "if (known := None) is not None:",
             f"{IN_HISTORY}a_fact_that_is_there_is_answered_with_what_stands_there"),
    Guarding("the offset in the transaction, on PostgreSQL", RECORDER,
             "self._move(asked, offset)", "pass", f"{_OFFSET}"),
    Guarding("the offset in the transaction, in a file", SQLITE, "self._move(cursor, offset)", "pass", f"{_OFFSET}"),
    Guarding("the table's lock", RECORDER, "self._lock_table(cursor)", "pass",
             f"{IN_HISTORY}a_reader_passes_over_nothing_while_processes_append[postgresql]"),
    Guarding("the exact bytes", DOOR, "self._front(item.source) + item.raw)",
             "self._front(item.source) + item.raw.replace(b\": \", b\":\"))",
             f"{AT_THE_DOOR}an_accepted_event_is_stored_with_its_exact_bytes_and_who_pushed_it"),
    Guarding("fencing: who was late stores nothing", STORING,
             "            offset=offset,\n", "",
             f"{WITH_WORKERS}a_worker_paused_past_its_session_stores_nothing_of_its_old_batch[sqlite]"),
    Guarding("reading pauses while nothing can be stored", READING,
             "        self._client.pause(*self._client.assignment())\n", "",
             f"{WITH_WORKERS}reading_pauses_while_the_store_cannot_be_had"),
    Guarding("what was paused is read again", PRESSURE,
             "                self._holding.resume()", "                pass",
             f"{WITH_WORKERS}reading_pauses_while_the_store_cannot_be_had"),
    Guarding("the attempts that outlive the process", CAUTION,
             "self._patiently(partition, lambda: self._attempts.note(name, offset, attempts))", "pass",
             f"{WITH_WORKERS}a_message_that_ends_the_process_is_set_aside_unread[sqlite]"),
    Guarding("a client that reads nothing is begun anew", WORKER,
             "            if self._liveness.is_lost(lacks=lacks):\n", "            if False:\n",
             "tests/kafka/test_lost_client.py::test_a_client_that_reads_nothing_of_what_is_there_is_begun_anew[sqlite]"),
    Guarding("dead letters go on after one was given up", LETTERS, "enable_idempotence=False", "enable_idempotence=True",
             "tests/kafka/test_letters.py::"
             "test_letters_go_on_after_one_was_given_up_while_the_broker_was_silent"),
    Guarding("a topic created again", PROGRESS, "if (id := self._topic.id()) != self.id:", "if (id := self.id) != self.id:",
             f"{ON_KAFKA}a_topic_recreated_under_a_running_worker_stops_it"),
    Guarding("a log that became shorter", PROGRESS, "if stored >= end:", "if False:",
             f"{ON_KAFKA}a_log_that_became_shorter_stops_the_worker[sqlite]"),
    Guarding("records that are gone", PROGRESS, "if stored + 1 < first and not self._begins_anew:", "if False:",
             f"{ON_KAFKA}records_that_are_gone_are_not_passed_over"),
    Guarding("the lock of a shard's judge", LOCKS, "        if not is_taken:\n            self.release()\n        return is_taken\n",
             "        return True\n",
             f"{IN_DATABASES}one_judge_holds_the_lock_of_a_shard"),
    Guarding("who does not hold a shard's lock does not judge it", SEATS, "return self._lock.try_acquire()",
             "return self._lock.try_acquire() or True", f"{IN_SEATS}a_seat_is_taken_by_one_at_a_time"),
    Guarding("each shard of each cut has a lock of its own", SEATS, "database.judge_lock(layout.lock(share.shard))",
             "database.judge_lock(share.shard)", f"{IN_SEATS}each_shard_of_each_layout_has_a_seat_of_its_own"),
    Guarding("a judge that was overtaken", JUDGE,
             "        stored, slices = self._stored_position(writes)\n",
             "        stored, slices = self.position, self.slices\n",
             "tests/services/test_overtaken.py::test_an_overtaken_judge_writes_nothing"),
    Guarding("the shape that this program knows", JUDGE, "        keep_shape(writes, self.database.place)\n", "",
             "tests/services/test_upgrading.py::test_a_judge_that_runs_stops_when_a_newer_program_has_replaced_its_tables"),
    Guarding("what the platform does has an id of its cause", BREACHES, "return uuid5(NAMESPACE_URL, f\"entente:action:",
             "return __import__(\"uuid\").uuid4() or uuid5(NAMESPACE_URL, f\"entente:action:",
             "tests/services/test_edges_of_periods.py::"
             "test_a_date_of_an_endless_period_is_forgotten_when_its_early_delivery_is_voided"),
)  # fmt: skip
