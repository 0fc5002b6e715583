"""Behind a pooler: one that keeps a connection for its client is as good as none; any other one is refused at the start."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
import pytest

from services.errors import Invalid
from services.history.opening import open_database
from services.history.postgres_database import PostgresDatabase
from tests.given import contract, criterion, event, punctuality
from tests.lacking import lacking
from tests.pooler import pgbouncer, program
from tests.services.judged import living

Addresses = Mapping[str, str]
SHARING = pytest.mark.parametrize("mode", ["transaction", "statement"])


@pytest.fixture(scope="module")
def pooled(postgres_server_url: str) -> Iterator[Addresses]:
    if program() is None:
        lacking("no pgbouncer: a store behind a pooler is not tried (the Debian package pgbouncer has it)")
    with psycopg.connect(postgres_server_url, autocommit=True) as server:
        server.execute("CREATE DATABASE pooled TEMPLATE template0")
    with pgbouncer(postgres_server_url, "pooled") as addresses:
        yield addresses
    with psycopg.connect(postgres_server_url, autocommit=True) as server:
        server.execute("DROP DATABASE pooled WITH (FORCE)")


@contextmanager
def crowd(address: str) -> Iterator[None]:
    """Others that use the pooler all the time."""
    is_over = threading.Event()

    def use() -> None:
        with psycopg.connect(address, autocommit=True, prepare_threshold=None) as connection:
            while not is_over.is_set():
                connection.execute("SELECT pg_sleep(random() / 500)")

    others = [threading.Thread(target=use) for _ in range(6)]
    for one in others:
        one.start()
    try:
        yield
    finally:
        is_over.set()
        for one in others:
            one.join()


@SHARING
def test_a_pooler_that_gives_each_transaction_another_connection_is_refused(pooled: Addresses, mode: str) -> None:
    for _ in range(5):
        with pytest.raises(Invalid, match="a pooler on the way gives each transaction another connection") as caught:
            open_database(pooled[mode])
        assert caught.value.slug == "store-pooled"
        assert "pool_mode = session for this database, or the server's own address" in str(caught.value)


@SHARING
def test_it_is_refused_among_others_that_use_it(pooled: Addresses, mode: str) -> None:
    with crowd(pooled[mode]):
        for _ in range(10):
            with pytest.raises(Invalid, match="a pooler on the way"):
                open_database(pooled[mode])


def test_one_that_keeps_the_connection_is_never_refused(pooled: Addresses) -> None:
    with crowd(pooled["session"]):
        for _ in range(10):
            open_database(pooled["session"]).close()


def test_behind_one_that_keeps_the_connection_everything_works(pooled: Addresses) -> None:
    with living(pooled["session"]) as ours, living(pooled["session"]) as theirs:
        ours.sign(contract(criterion(punctuality())))
        theirs.happen(event("report", "2026-01-05 09:00", date="2026-01-05"))
        ours.advance("2026-02-01 00:00")
        assert ours.verdicts()["2026-01-05"] == "met"
        assert theirs.dump() == ours.judged_again()
        first, second = (one.store.history.database.judge_lock() for one in (ours, theirs))
        assert (first.try_acquire(), second.try_acquire(), first.is_held()) == (True, False, True)
        first.release()
        assert second.try_acquire()
        second.release()


def test_a_lock_that_is_let_go_can_be_taken_at_once(pooled: Addresses) -> None:
    """The server ends a connection, and a pooler cleans it, after its client has hung up and gone on."""
    ours, theirs = open_database(pooled["session"]), open_database(pooled["session"])
    try:
        for _ in range(40):
            for one, other in ((ours, theirs), (theirs, ours)):
                lock = one.judge_lock()
                assert lock.try_acquire()
                assert not other.judge_lock().try_acquire()
                lock.release()
    finally:
        ours.close()
        theirs.close()


def test_a_lock_whose_connection_was_given_to_another_is_not_held(pooled: Addresses) -> None:
    """Should the pooler be told another mode while programs run."""
    database = open_database(pooled["session"])
    assert isinstance(database, PostgresDatabase)
    try:
        database._conninfo = database._conninfo.replace("dbname=session", "dbname=transaction")
        lock = database.judge_lock()
        assert lock.try_acquire()
        with psycopg.connect(pooled["transaction"]) as other:
            other.execute("SELECT 1")  # in a transaction that has taken the connection
            assert not lock.is_held()
            other.execute("SELECT pg_advisory_unlock_all()")
    finally:
        database.close()
