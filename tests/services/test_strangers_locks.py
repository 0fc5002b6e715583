"""Whoever may sign in to the server can take advisory locks: that stops no program of ours, and is told."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

import psycopg
import pytest

from entente.doctor_store import store_findings
from services.errors import Unavailable
from services.history.opening import open_database
from services.history.postgres_database import PostgresDatabase
from services.history.postgres_locks import CHANGING, CREATING, JUDGING, LOCKS, PRESENT, SessionLock, strangers
from services.opening import open_store
from services.report_readers import grant_reports
from services.report_views import create_reports
from tests.forks import ROOT
from tests.given import contract, criterion, event, punctuality, structured
from tests.services.judged import Life, living

Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def life(postgres_url: str) -> Iterator[Life]:
    with living(postgres_url) as life:
        life.sign(contract(criterion(punctuality())))
        yield life


@pytest.fixture
def reader(life: Life) -> Iterator[Connection]:
    """Somebody with a role of reports, who keeps every number of ours that is free."""
    database = life.store.history.database
    create_reports(database)
    grant_reports(database, "reads_and_locks", ["supplier"])
    with psycopg.connect(life.store.url, user="reads_and_locks", autocommit=True) as reader:
        for number in (CREATING, JUDGING, PRESENT, CHANGING):
            assert _tries(reader, LOCKS, number)
        yield reader


def _tries(connection: Connection, first: int, number: int) -> bool:
    return connection.execute("SELECT pg_try_advisory_lock(%s, %s)", [first, number]).fetchone() == (True,)


def _database(life: Life) -> PostgresDatabase:
    database = life.store.history.database
    assert isinstance(database, PostgresDatabase)
    return database


def test_a_reader_of_reports_stops_neither_judging_nor_the_start_nor_a_change_of_the_shards(
    life: Life, reader: Connection
) -> None:
    life.happen(event("report", "2026-01-05 09:00", date="2026-01-05"))
    life.advance("2026-02-01 00:00")
    assert life.store.judging.catch_up(timeout=0) == life.store.history.last_position()
    assert life.verdicts()["2026-01-05"] == "met"
    open_store(life.store.url).close()
    _database(life).create(["CREATE TABLE IF NOT EXISTS view_position (shard {bigint})"])
    assert life.store.judging.divide(2)
    assert life.verdicts()["2026-01-05"] == "met"


def test_of_two_programs_one_holds_the_lock_that_a_reader_keeps(life: Life, reader: Connection) -> None:
    theirs = open_database(life.store.url)
    try:
        for _ in range(5):
            first, second = _database(life).judge_lock(), theirs.judge_lock()
            assert (first.try_acquire(), second.try_acquire(), first.is_held()) == (True, False, True)
            first.release()
            assert second.try_acquire()
            second.release()
    finally:
        theirs.close()


def test_who_stands_for_a_lock_counts_also_once_the_reader_has_let_go(life: Life, reader: Connection) -> None:
    first, second = _database(life).judge_lock(), _database(life).judge_lock()
    assert first.try_acquire()
    reader.execute("SELECT pg_advisory_unlock_all()")
    assert not second.try_acquire()
    assert first.is_held()
    first.release()
    assert second.try_acquire()
    second.release()


def test_a_program_of_an_earlier_release_never_judges_beside_a_newer_one(life: Life, reader: Connection) -> None:
    lock = _database(life).judge_lock()
    with psycopg.connect(life.store.url, autocommit=True) as earlier:
        assert lock.try_acquire()
        assert not _tries(earlier, LOCKS, JUDGING)
        reader.execute("SELECT pg_advisory_unlock_all()")
        assert lock.is_held(), "and takes the number that was let go"
        assert not _tries(earlier, LOCKS, JUDGING)
        lock.release()
        assert _tries(reader, LOCKS, JUDGING)
        assert lock.try_acquire()
        reader.execute("SELECT pg_advisory_unlock_all()")
        assert _tries(earlier, LOCKS, JUDGING)
        assert not lock.is_held(), "an earlier one was faster"
        assert not lock.try_acquire()


def test_a_reader_is_not_counted_among_the_programs_that_judge(life: Life, postgres_url: str) -> None:
    database = _database(life)
    create_reports(database)
    grant_reports(database, "counts_as_one", ["supplier"])
    here, there = database.judges(), database.judges()
    with psycopg.connect(postgres_url, user="counts_as_one", autocommit=True) as reader:
        reader.execute("SELECT pg_advisory_lock_shared(%s, %s)", [LOCKS, PRESENT])
        assert here.count() == 1
        assert there.count() == 2
    here.release()
    assert there.count() == 1
    there.release()


def test_of_many_that_want_it_at_once_never_two_hold_it(life: Life, reader: Connection) -> None:
    holding, most = 0, 0
    turn, gate = threading.Lock(), threading.Barrier(4)

    def want() -> None:
        nonlocal holding, most
        lock = SessionLock(_database(life), JUDGING)
        gate.wait()
        for _ in range(15):
            if lock.try_acquire():
                with turn:
                    holding += 1
                    most = max(most, holding)
                with turn:
                    holding -= 1
                lock.release()

    wanting = [threading.Thread(target=want) for _ in range(4)]
    for one in wanting:
        one.start()
    for one in wanting:
        one.join()
    assert most <= 1
    alone = SessionLock(_database(life), JUDGING)
    assert alone.try_acquire()
    alone.release()


def test_who_waits_for_another_thread_that_judges_waits_no_longer_than_it_is_told_to(life: Life) -> None:
    loop = life.store.judging
    life.append([structured(event("report", "2026-01-05 09:00", date="2026-01-05"))])
    raised: list[Unavailable] = []
    with loop.leading():

        def wait() -> None:
            try:
                loop.catch_up(timeout=0)
            except Unavailable as error:
                raised.append(error)

        other = threading.Thread(target=wait, daemon=True)
        other.start()
        other.join(20)
    assert len(raised) == 1


def test_doctor_names_who_keeps_our_locks(life: Life, reader: Connection) -> None:
    with _database(life).connection() as connection:
        assert strangers(connection) == ["reads_and_locks"]
    told = [one for one in store_findings(_database(life), life.store.clock) if one.check == "locks"]
    assert [one.state for one in told] == ["warning"]
    assert "reads_and_locks keeps locks of ours" in str(told[0].says)
    reader.execute("SELECT pg_advisory_unlock_all()")
    assert "locks" not in {one.check for one in store_findings(_database(life), life.store.clock)}


def test_the_program_listens_to_no_channel_that_anybody_may_wake() -> None:
    """`pg_notify` is everybody's, a role of reports included: what waits for the history looks, and is told by its own process."""
    listening = re.compile(r"\bLISTEN\b|\.notifies\(|add_notify_handler|Subscription\b")
    files = [
        file
        for name in ("domain", "services", "ingestion", "dashboards", "entente")
        for file in (ROOT / name).rglob("*.py")
    ]
    assert len(files) > 500
    assert [str(file) for file in files if listening.search(file.read_text("utf-8"))] == []
