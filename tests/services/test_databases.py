"""The port of services/history/databases.py, the same on every kind of store."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest

from services.errors import Invalid, Unavailable
from services.history import sqlite_database
from services.history.databases import Database, replacing
from services.history.opening import open_database
from services.history.postgres_database import PostgresDatabase
from tests.servers import free_port
from tests.services.programs import appender, line

TABLE = """CREATE TABLE IF NOT EXISTS things (name {text} NOT NULL, number {bigint} NOT NULL, content {blob},
PRIMARY KEY (name, number)) {clustered}"""
UPSERT = """INSERT INTO things (name, number, content) VALUES (?, ?, ?)
ON CONFLICT (name, number) DO UPDATE SET content = excluded.content"""

COLUMNS = ("name", "number", "content")


@pytest.fixture
def database(any_store_url: str) -> Iterator[Database]:
    database = open_database(any_store_url)
    database.create([TABLE])
    yield database
    database.close()


def names(database: Database) -> list[str]:
    with database.connect() as reads:
        return [name for (name,) in reads.query("SELECT name FROM things ORDER BY name")]


def fill(database: Database, *rows: tuple[str, int]) -> None:
    with database.transaction() as writes:
        contents = [(name, number, b"\x00\xff") for name, number in rows]
        writes.insert("things", COLUMNS, contents, replacing(COLUMNS, 2))


def test_values_come_back_as_they_went(database: Database) -> None:
    fill(database, ("é %s ?", 2**63 - 1))
    with database.connect() as reads:
        assert reads.query("SELECT name, number, content FROM things") == [("é %s ?", 2**63 - 1, b"\x00\xff")]


def test_an_upsert_replaces(database: Database) -> None:
    fill(database, ("a", 1))
    with database.transaction() as writes:
        writes.execute(UPSERT, ["a", 1, b"new"])
        assert writes.query("SELECT content FROM things") == [(b"new",)]


def test_many_rows_are_inserted_and_replaced(database: Database) -> None:
    many = [(f"é{number % 100}", number, b"%d" % number) for number in range(12_000)]
    with database.transaction() as writes:
        writes.insert("things", COLUMNS, many)
        writes.insert("things", COLUMNS, [("é0", 0, b""), ("new", -(2**63), b"\x00")], replacing(COLUMNS, 2))
        writes.insert("things", COLUMNS, [])
    with database.connect() as reads:
        found = reads.query("SELECT name, number, content FROM things ORDER BY number")
    assert found == [("new", -(2**63), b"\x00"), ("é0", 0, b""), *many[1:]]


def test_nothing_is_said_where_a_row_says_nothing(database: Database) -> None:
    database.create(["CREATE TABLE gaps (id {bigint}, a {text}, b {bigint}, c {blob}, d {bigint})"])
    rows = [(1, None, 5, None, None), (2, "", None, b"", None), (3, "x", -1, b"y", None)]
    with database.transaction() as writes:
        writes.insert("gaps", ("id", "a", "b", "c", "d"), rows)
        assert writes.query("SELECT * FROM gaps ORDER BY id") == rows


def test_texts_are_in_the_order_of_their_code_points(database: Database) -> None:
    fill(database, *[(name, 1) for name in ("é", "Z", "a", "B", "_", "-", "ab", "a-b", "a b", "𝄞", "\uff5e")])
    assert names(database) == sorted(names(database))
    with database.connect() as reads:
        assert reads.query("SELECT COUNT(*) FROM things WHERE name > ?", ["Z"]) == [(8,)]


def test_an_exception_leaves_nothing_behind(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as writes:
            writes.execute(UPSERT, ["a", 1, b""])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert names(database) == []


def test_transactions_do_not_nest(database: Database) -> None:
    with database.transaction(), pytest.raises(RuntimeError), database.transaction():
        pass


def test_reading_inside_a_transaction_sees_what_it_wrote(database: Database) -> None:
    with database.transaction() as writes:
        writes.execute(UPSERT, ["a", 1, b""])
        assert names(database) == ["a"]
        with database.snapshot() as reads:
            assert reads.query("SELECT number FROM things") == [(1,)]


def test_a_snapshot_stays_the_same_while_others_write(store_url: str) -> None:
    database = open_database(store_url)
    database.create([TABLE])
    with database.snapshot() as reads:
        assert reads.query("SELECT COUNT(*) FROM things") == [(0,)]
        writer = threading.Thread(target=fill, args=(database, ("a", 1)))
        writer.start()
        writer.join()
        assert reads.query("SELECT COUNT(*) FROM things") == [(0,)]
        assert names(database) == []
    assert names(database) == ["a"]
    database.close()


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 1001, 40_000])
def test_any_number_of_keys_can_be_looked_up(database: Database, count: int) -> None:
    fill(database, ("a", 1), ("b", 1), ("b", 2))
    keys = ["b", *map(str, range(count - 1))] if count else []
    with database.connect() as reads:
        found = reads.select_in("SELECT number FROM things WHERE number < ? AND", "name", keys, params=[9])
        assert sorted(found) == ([(1,), (2,)] if count else [])
        assert reads.select_in("SELECT name FROM things WHERE", "number", range(2, count)) in ([], [("b",)])


@pytest.mark.parametrize("count", [0, 1, 1001])
def test_keys_of_several_columns_can_be_looked_up(database: Database, count: int) -> None:
    fill(database, ("a", 1), ("b", 1), ("b", 2))
    keys = [("b", 1), *((str(n), n) for n in range(count - 1))] if count else []
    with database.connect() as reads:
        found = reads.select_in(
            "SELECT name, number FROM things WHERE content = ? AND", ("name", "number"), keys, params=[b"\x00\xff"]
        )
    assert found == ([("b", 1)] if count else [])


@pytest.mark.parametrize("any_store_url", ["memory", "sqlite"], indirect=True)
def test_threads_take_turns_writing(database: Database) -> None:
    def count_up() -> None:
        for _ in range(50):
            with database.transaction() as writes:
                ((number,),) = writes.query("SELECT COALESCE(MAX(number), 0) FROM things WHERE name = 'count'")
                writes.execute("DELETE FROM things")
                writes.execute(UPSERT, ["count", number + 1, None])

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.connect() as reads:
        assert reads.query("SELECT number FROM things") == [(200,)]


def test_a_table_can_be_asked_for(database: Database) -> None:
    assert database.has_table("things")
    assert not database.has_table("nothing")


def test_one_judge_holds_the_lock_of_a_shard(database: Database) -> None:
    first, second, other_shard = database.judge_lock(), database.judge_lock(), database.judge_lock(1)
    assert first.try_acquire()
    assert first.try_acquire()
    assert not second.try_acquire()
    assert other_shard.try_acquire()
    assert (first.is_held(), second.is_held()) == (True, False)
    first.release()
    assert not first.is_held()
    assert second.try_acquire()
    second.release()
    other_shard.release()


def test_the_judges_lock_is_given_back_when_its_process_is_killed(store_url: str) -> None:
    database = open_database(store_url)
    lock = database.judge_lock()
    with appender(store_url, "--lock") as other:
        assert line(other) == "True\n"
        assert not lock.try_acquire()
    deadline = threading.Event()
    while not lock.try_acquire():
        assert not deadline.wait(0.05)
    assert lock.is_held()
    lock.release()
    database.close()


def test_a_lock_whose_connection_was_cut_is_no_longer_held(postgres_url: str) -> None:
    database = open_database(postgres_url)
    lock = database.judge_lock()
    assert lock.try_acquire()
    cut_connections(postgres_url)
    assert not lock.is_held()
    assert lock.try_acquire()
    lock.release()
    database.close()


def test_a_cut_connection_is_replaced(postgres_url: str) -> None:
    database = open_database(postgres_url)
    database.create([TABLE])
    cut_connections(postgres_url)
    fill(database, ("a", 1))

    def write_on_a_connection_that_is_cut() -> None:
        with database.transaction() as writes:
            writes.execute(UPSERT, ["b", 1, None])
            cut_connections(postgres_url)
            writes.execute(UPSERT, ["c", 1, None])

    with pytest.raises(Unavailable, match="terminating connection"):
        write_on_a_connection_that_is_cut()
    assert names(database) == ["a"]
    database.close()


def cut_connections(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_server_that_is_not_there_is_unavailable_without_telling_the_password() -> None:
    with pytest.raises(Unavailable) as caught:
        open_database(f"postgresql://anna:secret@127.0.0.1:{free_port()}/entente?application_name=x")
    assert "refused" in str(caught.value)
    assert "anna@127.0.0.1" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_database_that_is_not_there_is_unavailable(postgres_url: str) -> None:
    with pytest.raises(Unavailable, match="does not exist"):
        open_database(postgres_url + "_not")


def test_a_folder_that_is_not_there_is_unavailable(sqlite_url: str) -> None:
    with pytest.raises(Unavailable, match="its folder exists"):
        open_database(sqlite_url + "/below/entente.db")


def test_a_file_of_another_kind_is_refused(sqlite_url: str) -> None:
    with open(sqlite_url.removeprefix("sqlite:///"), "w") as file:  # noqa: PTH123
        file.write("a letter\n" * 1000)
    with pytest.raises(Invalid, match="not an Entente store"):
        open_database(sqlite_url)


@pytest.mark.parametrize("url", ["", "entente.db", "mysql://host/db", "sqlite://", "sqlite:///", "sqlite:x"])
def test_an_address_of_no_store_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        open_database(url)


def test_a_store_locked_for_too_long_is_unavailable(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = open_database(sqlite_url)
    other.create([TABLE])
    monkeypatch.setattr(sqlite_database, "BUSY_SECONDS", 0.1)
    database = open_database(sqlite_url)
    with other.transaction() as writes:
        writes.execute(UPSERT, ["a", 1, None])
        assert names(database) == []
        with pytest.raises(Unavailable, match="locked for"), database.transaction():
            pass
    fill(database, ("b", 1))
    assert names(database) == ["a", "b"]
    database.close()
    other.close()


def test_a_closed_store_is_unavailable(any_store_url: str) -> None:
    database = open_database(any_store_url)
    database.close()
    with pytest.raises(Unavailable, match="closed"), database.connect():
        pass


def test_every_write_reaches_the_disk_before_it_is_answered(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.transaction() as writes:
        assert writes.query("PRAGMA journal_mode") == [("wal",)]
        assert writes.query("PRAGMA synchronous") == [(2,)]
        assert writes.query("PRAGMA busy_timeout") == [(30_000,)]
        assert writes.query("PRAGMA foreign_keys") == [(0,)]
    database.close()


def test_a_server_that_is_gone_without_a_word_is_missed_unless_the_address_says_otherwise(postgres_url: str) -> None:
    for address, idle in ((postgres_url, "15"), (f"{postgres_url}?keepalives_idle=7", "7")):
        database = PostgresDatabase(address)
        with database.dedicated() as connection:
            told = connection.info.get_parameters()
        database.close()
        assert (told["keepalives_idle"], told["keepalives_count"], told["tcp_user_timeout"]) == (idle, "3", "30000")
