"""The one small door to SQLite and PostgreSQL. SQL is written once, in what both understand.

    sqlite:///entente.db            a file, relative to where the program runs; four slashes for an absolute path
    sqlite://:memory:               one connection that all threads take turns on; gone when closed
    postgresql://user@host/name     anything libpq understands

Rules for the SQL: `?` for every value and never otherwise, no `%`; booleans are passed as 0 and 1; `CAST(SUM(x) AS
BIGINT)` (PostgreSQL sums into decimals); no NUL characters in texts (PostgreSQL refuses them); `INSERT … ON
CONFLICT (…) DO UPDATE SET x = excluded.x`. In `create`, types are written `{text}`, `{bigint}` and `{blob}`:
`{text}` orders by code point in both (`COLLATE "C"` in PostgreSQL), and `{clustered}` after the last parenthesis
keeps a table with a short row in the order of its key.

Errors: `Unavailable` when the disk is full, the store is locked for longer than BUSY_SECONDS, or the server is
gone; all other errors of the drivers are faults of the program and pass through.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

from domain.saying import said
from services.errors import Invalid

BUSY_SECONDS = 30
"""Seconds that a write waits for another one before it gives up."""

Row = tuple[Any, ...]


class Transaction(Protocol):
    """An open connection. For one thread, inside the `with` that gave it."""

    def execute(self, sql: str, params: Sequence[object] = (), /) -> None: ...

    def insert(
        self, table: str, columns: Sequence[str], rows: Collection[Sequence[Any]], on_conflict: str = ""
    ) -> None:
        """Many rows, in few statements. `on_conflict` is what stands behind ON CONFLICT; then no two rows have the same key."""
        ...

    def query(self, sql: str, params: Sequence[object] = (), /) -> list[Row]: ...

    def select_in(
        self,
        before: str,
        columns: str | Sequence[str],
        keys: Collection[Any],
        *,
        params: Sequence[object] = (),
        after: str = "",
    ) -> list[Row]:
        """`{before} {columns} IN (keys) {after}` for any number of keys; `params` are those of `before`, and `before`
        ends where a condition may stand (`SELECT … WHERE`, `… AND`).

        With several columns each key is a tuple. The rows come in no order (`after` may narrow them further, or group them by
        the columns).
        """
        ...


def column_list(row: type[NamedTuple]) -> str:
    """The columns of a SELECT whose rows are made into `row`: those that its fields name, in their order."""
    return ", ".join(row._fields)


def first_value(rows: Sequence[Row], otherwise: Any = None) -> Any:
    """Gives the value in the only column of the first row; `otherwise` where there is no row."""
    return next((value for (value,) in rows), otherwise)


def replacing(columns: Sequence[str], key: int) -> str:
    """For `insert`: of a row whose key, the first `key` columns, is there, the others are taken."""
    others = ", ".join(f"{name} = excluded.{name}" for name in columns[key:])
    return f"({', '.join(columns[:key])}) DO UPDATE SET {others}"


class JudgeLock(Protocol):
    """A lock whose holder is the one judge of its shard. Given back when the process ends, however it ends."""

    def try_acquire(self) -> bool:
        """Takes it if nobody has it; True also when this object already holds it."""
        ...

    def is_held(self) -> bool:
        """Says whether this object still holds the lock (a server may have dropped the connection that carried it)."""
        ...

    def release(self) -> None: ...


class Presence(Protocol):
    """A sign that this program judges, seen by the others that do; gone when the process ends, however it ends."""

    def count(self) -> int:
        """Counts the programs that judge now; this one, from the first call on, among them."""
        ...

    def release(self) -> None: ...


class Database(ABC):
    """A store's tables. Safe for several threads and processes; one transaction per thread at a time."""

    place: str
    """The address, without its password: for messages."""
    types: Mapping[str, str]
    has_schemas = False
    """True where several sets of tables of the same names can stand beside each other."""

    def __init__(self, place: str):
        self.place = place
        self._here = threading.local()

    @contextmanager
    def connect(self) -> Iterator[Transaction]:
        """For reading, statement by statement. Inside `transaction` or `snapshot` it is that one."""
        if (current := self._current()) is not None:
            yield current
            return
        with self._reading() as reads:
            yield reads

    @contextmanager
    def snapshot(self, held: str | None = None) -> Iterator[Transaction]:
        """For several reads that must agree with each other. Inside `transaction` it is that one. `held`: the table by which
        those who change the shape of tables are kept out meanwhile."""
        if (current := self._current()) is not None:
            yield current
            return
        with self._frozen(held) as reads, self._as_current(reads):
            yield reads

    @contextmanager
    def erasing(self) -> Iterator[Transaction]:
        """A transaction whose deletions leave as little behind as the program can see to. A server keeps what is deleted in its log
        and its pages for as long as it is told to (docs/data-protection.md)."""
        with self.transaction() as writes:
            yield writes

    def keeps_erased(self) -> bool:
        """Says whether a log of the store's own may still hold what was deleted."""
        return False

    def empty_log(self) -> None:  # noqa: B027  a server sees to its own
        """Takes out of it what was deleted, unless somebody still reads what was there before."""

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """For writing: all or nothing; what an exception leaves is rolled back. Does not nest."""
        if self.is_in_transaction():
            raise RuntimeError("this thread already has a transaction open")
        with self._writing() as writes, self._as_current(writes):
            yield writes

    def is_in_transaction(self) -> bool:
        """Says whether this thread is inside `transaction` or `snapshot`."""
        return self._current() is not None

    def create(self, statements: Iterable[str]) -> None:
        """Runs `CREATE … IF NOT EXISTS` statements with their types filled in; several processes may do so at once."""
        with self.creating() as writes:
            for statement in statements:
                writes.execute(statement.format_map(self.types))

    @contextmanager
    def creating(self) -> Iterator[Transaction]:
        """A transaction in which tables are created; processes do so one after the other."""
        with self.transaction() as writes:
            self._guard_creation(writes)
            yield writes

    @abstractmethod
    def has_table(self, name: str) -> bool: ...

    @abstractmethod
    def judge_lock(self, shard: int = 0) -> JudgeLock: ...

    def judges(self) -> Presence:
        """For programs that share shards among themselves. Raises Invalid where there is one shard only."""
        raise Invalid(said("a store in a file is judged in one shard"), place=self.place, slug="store-invalid")

    def change_lock(self) -> JudgeLock:
        """Makes the lock whose holder is alone in changing how the judging is cut. Raises Invalid where it is never cut."""
        raise Invalid(said("a store in a file is judged in one shard"), place=self.place, slug="store-invalid")

    def schema(self, name: str) -> Database:
        """Opens the same database so that only that schema is seen and written; the caller closes it. Raises Invalid
        where there are no schemas."""
        raise Invalid(
            said("a store in a file has no schemas"),
            place=self.place,
            mend=said("postgresql://…"),
            slug="store-invalid",
        )

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def _reading(self) -> ContextTransaction: ...

    @abstractmethod
    def _frozen(self, held: str | None) -> ContextTransaction: ...

    @abstractmethod
    def _writing(self) -> ContextTransaction: ...

    def _guard_creation(self, writes: Transaction) -> None:  # noqa: B027
        """Keeps two processes from creating the same table at once, where the database itself does not."""

    def _current(self) -> Transaction | None:
        return getattr(self._here, "transaction", None)

    @contextmanager
    def _as_current(self, transaction: Transaction) -> Iterator[None]:
        self._here.transaction = transaction
        try:
            yield
        finally:
            self._here.transaction = None


class ContextTransaction(Protocol):
    def __enter__(self) -> Transaction: ...

    def __exit__(self, *error: Any) -> bool | None: ...
