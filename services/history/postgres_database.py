"""The port of services/history/databases.py on PostgreSQL, through psycopg and a small pool."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import islice
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from domain.saying import heard, said
from services.errors import Invalid, Unavailable, first_line
from services.history.databases import BUSY_SECONDS, Database, Row, Transaction
from services.history.poolers import require_sessions
from services.history.postgres_arrays import array_of, know_arrays
from services.history.postgres_errors import ENDED, understood
from services.history.postgres_locks import CHANGING, JUDGING, PRESENT, SessionLock, SharedLock, guard_creation
from services.history.postgres_sessions import FROZEN, PATIENT, require_usable, settle

CONNECTIONS = 12
WAIT_SECONDS = 10
"""Seconds that a thread waits for a free connection, and the program for a server that does not answer."""
KEPT_ALIVE = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
"""A server that is gone without a word is missed after half a minute also by who waits for its answer (the system's own
defaults: two hours)."""
OF_A_SHARD = 2
"""Connections to the tables of a shard: its judge writes by one, and asks by another."""

ROWS_AT_ONCE = 5_000
"""In one statement."""

PgConnection = psycopg.Connection[Row]


@lru_cache(maxsize=2048)
def translated(statement: str) -> bytes:
    if "%" in statement:
        raise ValueError(f"SQL with a percent sign: {statement}")
    return statement.replace("?", "%s").encode()


class PostgresTransaction:
    def __init__(self, connection: PgConnection):
        self.connection = connection

    def execute(self, sql: str, params: Sequence[object] = (), /) -> None:
        self.connection.execute(translated(sql), params)

    def insert(
        self, table: str, columns: Sequence[str], rows: Collection[Sequence[Any]], on_conflict: str = ""
    ) -> None:
        conflict = f"ON CONFLICT {on_conflict}" if on_conflict else ""
        for some in _pages(rows):
            arrays = [array_of(values) for values in zip(*some, strict=True)]
            filled = [one for one in arrays if one is not None]
            names = ", ".join("NULL" if one is None else f"a{at}" for at, one in enumerate(arrays))
            aliases = ", ".join(f"a{at}" for at, one in enumerate(arrays) if one is not None)
            typed = ", ".join(f"?::{kind}" for kind, _ in filled)
            self.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {names} FROM unnest({typed}) AS t ({aliases}) {conflict}",
                [values for _, values in filled],
            )

    def query(self, sql: str, params: Sequence[object] = (), /) -> list[Row]:
        with self.connection.cursor(binary=True) as cursor:
            return cursor.execute(translated(sql), params).fetchall()

    def select_in(
        self,
        before: str,
        columns: str | Sequence[str],
        keys: Collection[Any],
        *,
        params: Sequence[object] = (),
        after: str = "",
    ) -> list[Row]:
        if not keys:
            return []
        if isinstance(columns, str):
            return self.query(f"{before} {columns} = ANY(?) {after}", [*params, list(keys)])
        arrays = [one for values in zip(*keys, strict=True) if (one := array_of(values)) is not None]
        typed = ",".join(f"?::{kind}" for kind, _ in arrays)
        return self.query(
            f"{before} ({','.join(columns)}) IN (SELECT * FROM unnest({typed})) {after}",
            [*params, *(values for _, values in arrays)],
        )


class PostgresDatabase(Database):
    has_schemas = True
    types = {"text": 'TEXT COLLATE "C"', "bigint": "BIGINT", "blob": "BYTEA", "clustered": ""}  # noqa: RUF012

    def __init__(self, url: str, schema: str | None = None):
        super().__init__(_without_password(url))
        self._url = url
        self._conninfo = _conninfo(url)
        if schema is None:
            self._check_server()
        self._pool = ConnectionPool(
            self._conninfo,
            kwargs={"autocommit": True},
            min_size=1,
            max_size=CONNECTIONS if schema is None else OF_A_SHARD,
            timeout=WAIT_SECONDS,
            configure=partial(_configure, schema=schema or "public"),
            check=ConnectionPool.check_connection,
            name="entente",
            open=True,
        )

    def has_table(self, name: str) -> bool:
        with self.connect() as reads:
            return reads.query("SELECT to_regclass(?)::oid::bigint", [name]) != [(None,)]

    def judge_lock(self, shard: int = 0) -> SessionLock:
        return SessionLock(self, JUDGING + shard)

    def judges(self) -> SharedLock:
        return SharedLock(self, PRESENT)

    def change_lock(self) -> SessionLock:
        return SessionLock(self, CHANGING)

    def schema(self, name: str) -> PostgresDatabase:
        return PostgresDatabase(self._url, name)

    def grant(self, role: str, schemas: Iterable[str] = ("public",)) -> None:
        """Reading and writing all tables of the schemas, not creating or dropping any. Raises Invalid for no such role."""
        name = sql.Identifier(role)
        with self.connection() as connection, connection.transaction():
            for schema in map(sql.Identifier, schemas):
                try:
                    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, name))
                except errors.UndefinedObject as error:
                    raise Invalid(
                        heard(first_line(error)), place=self.place, mend=said("CREATE ROLE … LOGIN first")
                    ) from error
                rights = "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES", "USAGE, SELECT ON ALL SEQUENCES"
                for right in rights:
                    connection.execute(sql.SQL(f"GRANT {right} IN SCHEMA {{}} TO {{}}").format(schema, name))

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def connection(self) -> Iterator[PgConnection]:
        """A connection in autocommit. Raises Unavailable for whatever the server or the way to it does wrong."""
        with self.understood_errors(), self._lent() as connection:
            yield connection

    @contextmanager
    def _lent(self) -> Iterator[PgConnection]:
        try:
            connection = self._pool.getconn()
        except PoolTimeout as error:
            self.dedicated().close()  # says why there is none, where the server is the reason
            raise Unavailable(
                said(
                    "all {max_size} connections of this program have been in use for {wait_seconds} s",
                    max_size=self._pool.max_size,
                    wait_seconds=WAIT_SECONDS,
                ),
                place=self.place,
                mend=said("try again; several processes share more connections"),
            ) from error
        try:
            with connection:
                yield connection
        finally:
            self._pool.putconn(connection)

    def dedicated(self) -> PgConnection:
        """A connection of its own, outside the pool, set as all are; the caller closes it."""
        with self.understood_errors():
            connection = psycopg.connect(self._conninfo, autocommit=True)
            try:
                settle(connection)
            except BaseException:
                connection.close()
                raise
            return connection

    @contextmanager
    def understood_errors(self) -> Iterator[None]:
        try:
            yield
        except errors.InsufficientPrivilege as error:
            mend = said(
                "create or upgrade the store with `entente migrate`, as a role that may; docs/operations.md says "
                "which rights"
            )
            raise Invalid(heard(first_line(error)), place=self.place, mend=mend, slug="store-rights") from error
        except errors.DependentObjectsStillExist as error:
            mend = said("drop what was built on it, and build on report_* (docs/reporting.md)")
            raise Invalid(heard(first_line(error)), place=self.place, mend=mend, slug="store-built-on") from error
        except errors.UndefinedTable as error:
            mend = said(
                "let the restore that is under way come to its end; where none is, restore the store, or "
                "`entente migrate`"
            )
            raise Unavailable(heard(first_line(error)), place=self.place, mend=mend) from error
        except (*ENDED, psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise understood(error, self.place) from error

    @contextmanager
    def _reading(self) -> Iterator[PostgresTransaction]:
        with self.connection() as connection:
            yield PostgresTransaction(connection)

    @contextmanager
    def _frozen(self, held: str | None) -> Iterator[PostgresTransaction]:
        with self.connection() as connection, connection.transaction(force_rollback=True):
            connection.execute(FROZEN)
            if held is not None:  # before the first question, which is what freezes
                connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(sql.Identifier(held)))
            yield PostgresTransaction(connection)

    @contextmanager
    def _writing(self) -> Iterator[PostgresTransaction]:
        with self.connection() as connection, connection.transaction():
            connection.execute(PATIENT)
            yield PostgresTransaction(connection)

    def _guard_creation(self, writes: Transaction) -> None:
        assert isinstance(writes, PostgresTransaction)
        guard_creation(writes.connection)

    def _check_server(self) -> None:
        """Says at once and clearly what a pool would only tell after its time is over."""
        with self.understood_errors(), self.dedicated() as connection:
            require_usable(connection, self.place)
            require_sessions(connection, self.dedicated, self.place)


def _conninfo(url: str) -> str:
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise Invalid(
            heard(first_line(error)), mend=said("postgresql://user@host/name"), slug="store-invalid"
        ) from error
    ours: dict[str, Any] = {
        "connect_timeout": WAIT_SECONDS,
        "application_name": "entente",
        "tcp_user_timeout": BUSY_SECONDS * 1000,
        **KEPT_ALIVE,
    }
    wanted = {name: value for name, value in ours.items() if name not in given}
    return make_conninfo(url, **wanted, client_encoding="UTF8")


def _pages(rows: Collection[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    left = iter(rows)
    while some := list(islice(left, ROWS_AT_ONCE)):
        yield some


def _configure(connection: PgConnection, schema: str = "public") -> None:
    know_arrays(connection.adapters)
    settle(connection, schema)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    who, at, where = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{who.partition(':')[0]}{at}{where}", query="", fragment=""))


def _check(transaction: PostgresTransaction) -> Transaction:
    """The type checker's proof that the port is kept."""
    return transaction
