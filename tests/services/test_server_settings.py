"""Settings of a server, a database, a role or an address, one by one: each connection sets what the program relies on, and
what cannot be set is one sentence, with nothing made."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest

from domain.action import Action
from ingestion.cloudevents import decode_structured
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.contracts.reading import read_contracts
from services.errors import EntenteError, Invalid, Unavailable
from services.history import postgres_sessions
from services.history.entries import EVENT
from services.history.history import open_history
from services.history.opening import open_database
from services.history.postgres_database import CONNECTIONS, OF_A_SHARD, PostgresDatabase
from services.history.postgres_locks import LOCKS
from services.judging.judge import Judge
from services.judging.views import create_views
from tests.servers import postgres_cluster
from tests.services.judged import living

EVENT_BYTES = (
    '{"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-01-05T09:00:00+01:00",'
    '"data":{"said":"a\\\\\\\\b\'é€\\u0001"}}'
).encode()

OTHERS = {
    "standard_conforming_strings": "off",
    "bytea_output": "escape",
    "datestyle": "German, DMY",
    "intervalstyle": "sql_standard",
    "timezone": "'Australia/Lord_Howe'",
    "extra_float_digits": "-15",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "default_transaction_isolation": "serializable",
    "default_transaction_read_only": "on",
    "default_transaction_deferrable": "on",
    "row_security": "on",
    "statement_timeout": "500",
    "lock_timeout": "500",
    "idle_in_transaction_session_timeout": "500",
    "idle_session_timeout": "500",
    "client_encoding": "LATIN1",
    "search_path": "nowhere",
    "backslash_quote": "off",
    "quote_all_identifiers": "on",
    "default_tablespace": "pg_default",
    "plan_cache_mode": "force_generic_plan",
    "enable_indexscan": "off",
    "jit_above_cost": "0",
    "synchronous_commit": "off",
    "client_min_messages": "debug5",
    "check_function_bodies": "off",
    "password_encryption": "md5",
}


def test_every_setting_that_is_relied_on_is_tried() -> None:
    ours = {*postgres_sessions.RELIED_ON, *postgres_sessions.SINCE, "search_path", "client_encoding"}
    assert {one for one in ours if not one.startswith("tcp_")} - {"transaction_timeout"} <= OTHERS.keys()


@pytest.mark.parametrize("name", OTHERS)
def test_a_setting_of_the_database_changes_nothing_of_what_is_stored(postgres_url: str, name: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as server:
        known = server.execute("SELECT 1 FROM pg_settings WHERE lower(name) = %s", [name]).fetchall()
        if not known:
            pytest.skip(f"this server has no {name}")
        database = server.info.dbname
        server.execute(f"ALTER DATABASE {database} SET {name} = {OTHERS[name]}".encode())
    assert_stores(postgres_url)


@pytest.mark.parametrize(
    "told",
    [
        f"options={quote('-c standard_conforming_strings=off -c search_path=nowhere')}",
        f"options={quote('-c client_encoding=LATIN1')}",
        "client_encoding=SQL_ASCII",
    ],
)
def test_nor_does_one_of_the_address(postgres_url: str, told: str) -> None:
    assert_stores(f"{postgres_url}?{told}")


def assert_stores(url: str) -> None:
    """An event is stored byte for byte, found again, and judged, and so is what people decide, by a store that is made so."""
    action = Action(
        action=str(uuid4()), commitment="c/d/k", period="2026-01", cause="late", text="a\\x41\\n'é€", owner="lab", person=None,
        due=None, by="lab/anna", at=1,
    )  # fmt: skip
    with closing(open_history(url)) as history:
        [first] = Door(history, lambda: 1).submit([decode_structured(EVENT_BYTES)], ADMINISTRATOR, "http")
        [again] = Door(history, lambda: 1).submit([decode_structured(EVENT_BYTES)], ADMINISTRATOR, "http")
        assert (first.result, again.result) == ("accepted", "duplicate")
        history.save(action)
        create_views(history.database)
        Judge(history, history.database).catch_up()
        with history.database.snapshot() as reads:
            assert reads.query("SELECT type, source, events FROM view_seen") == [("t", "s", 1)]
            assert reads.query("SELECT ?::text", ["a\\b'é€"]) == [("a\\b'é€",)]
    with closing(open_history(url)) as history:
        assert history.get(action.id, Action).text == "a\\x41\\n'é€"
        [entry] = history.read(0, 10, [EVENT])
        assert entry.state.partition(b"\n")[2] == EVENT_BYTES


def test_every_connection_is_set_those_of_the_locks_and_of_the_shards_too(postgres_url: str) -> None:
    expected = {**postgres_sessions.RELIED_ON, "idle_in_transaction_session_timeout": "1min"}
    with (
        closing(PostgresDatabase(postgres_url)) as database,
        closing(database.schema("entente_1_0")) as shard,
        database.connection() as pooled,
        shard.connection() as other,
        closing(database.dedicated()) as own,
    ):
        for connection, path in ((pooled, "public"), (other, "entente_1_0"), (own, "public")):
            assert {name: _show(connection, name) for name in expected} == expected
            assert (_show(connection, "search_path"), _show(connection, "client_encoding")) == (path, "UTF8")


def _show(connection: psycopg.Connection[tuple[object, ...]], name: str) -> object:
    row = connection.execute(f"SHOW {name}".encode()).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def a_database(server_url: str, how: str) -> Iterator[str]:
    name = f"odd_{uuid4().hex[:10]}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 {how}".encode())
    yield server_url.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_keep_every_text_is_refused(postgres_server_url: str, encoding: str) -> None:
    locale = "LOCALE_PROVIDER libc LOCALE 'C'"
    with a_database(postgres_server_url, f"ENCODING '{encoding}' {locale}") as url:
        assert_refused(url, Invalid, f"the database keeps its texts as {encoding} (create it with ENCODING 'UTF8')")


def test_a_database_without_a_schema_public_is_refused(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("DROP SCHEMA public")
    assert_refused(postgres_url, Invalid, "the database has no schema public (CREATE SCHEMA public)")


def test_a_role_that_may_not_use_public_is_told_so(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE ROLE outsider LOGIN")
        try:
            server.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            assert_refused(postgres_url.replace("entente@", "outsider@"), Invalid, "may not use the schema public")
        finally:
            server.execute("DROP ROLE outsider")


def assert_refused(url: str, kind: type[EntenteError], says: str) -> None:
    """In one sentence, and nothing is made."""
    with pytest.raises(kind) as caught:
        open_history(url)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    with psycopg.connect(url.replace("outsider@", "entente@")) as server:
        made = server.execute("SELECT relname FROM pg_class WHERE relname LIKE 'stored%' OR relname LIKE 'entente%'")
        assert made.fetchall() == []


def test_a_server_that_takes_no_more_connections_says_so_and_what_to_do() -> None:
    few = {"max_connections": "5", "superuser_reserved_connections": "0"}
    with postgres_cluster(few) as server, closing(PostgresDatabase(server.url)) as ours, ExitStack() as taken:
        while (one := _taken(server.url)) is not None:
            taken.enter_context(closing(one))
        with pytest.raises(Unavailable, match=r"takes no more connections .*raise max_connections, or run fewer"):
            open_database(server.url)
        assert _who_waits_for_one_more(ours) == "takes no more connections"


def _taken(url: str) -> psycopg.Connection[tuple[object, ...]] | None:
    """One more; None where the server takes none."""
    try:
        return psycopg.connect(url)
    except psycopg.OperationalError:
        return None


def _who_waits_for_one_more(database: PostgresDatabase) -> str:
    database._pool.timeout = 1
    with database.connection(), pytest.raises(Unavailable) as caught, database.connection():
        pass
    return str(caught.value).partition("the server ")[2].partition(" (")[0]


def test_who_finds_every_connection_of_the_program_in_use_is_told_so(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(PostgresDatabase(postgres_url)) as database:
        database._pool.timeout = 0.2
        held = [database._pool.getconn(timeout=30) for _ in range(CONNECTIONS)]
        with (
            pytest.raises(Unavailable, match="all 12 connections of this program have been in use"),
            database.connect(),
        ):
            pass
        for one in held:
            database._pool.putconn(one)


def test_who_reads_does_not_wait_for_long_for_what_another_one_has_locked(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgres_sessions.RELIED_ON, "lock_timeout", "100ms")
    with living(postgres_url) as life, psycopg.connect(postgres_url) as other:
        other.execute("LOCK TABLE view_contract IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(Unavailable, match="has kept the store locked for too long"):
            life.store.read(ADMINISTRATOR, read_contracts)


def test_how_many_connections_a_process_takes_is_what_the_operator_is_told() -> None:
    told = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert f"each process {CONNECTIONS} for its questions" in told
    assert "three (a lock, and two to\nits tables)" in told
    assert OF_A_SHARD == 2


def test_a_judge_of_all_shards_takes_no_more_connections_than_it_is_said_to(postgres_url: str) -> None:
    with living(postgres_url) as life:
        life.store.judging.divide(3)
        serving = threading.Thread(target=life.store.judging.serve)
        serving.start()
        try:
            while serving.is_alive() and _held(postgres_url) < 4:
                time.sleep(0.05)
            with psycopg.connect(postgres_url) as server:
                rows = server.execute(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'entente'"
                ).fetchall()
        finally:
            life.store.judging.stop()
            serving.join()
    assert rows[0][0] <= CONNECTIONS + 2 + 3 * (1 + OF_A_SHARD)


def _held(url: str) -> int:
    """Locks of judges, and their presence."""
    with psycopg.connect(url) as server:
        rows = server.execute(
            "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [LOCKS]
        ).fetchall()
    return int(rows[0][0])
