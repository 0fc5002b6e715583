"""The port of services/history/databases.py on SQLite: WAL, synchronous=FULL, short write transactions begun as writes.

Connections are kept and lent, so that there are as many as threads that read at once. Writers of one process queue
on a lock: SQLite's own waiting polls, and is for other processes.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from domain.saying import said
from services.errors import EntenteError, Invalid, Unavailable
from services.history.databases import BUSY_SECONDS, Database, Row, Transaction
from services.history.judge_locks import FileLock, NameLock
from services.history.sqlite_files import (
    Identity,
    WatchedConnection,
    files_at,
    make_private,
    what_is_lost,
)

KEYS_AT_ONCE = 1000
"""Values in one `IN (…)`: old builds allow 32,766 variables in a statement."""

CACHE_KIBIBYTES = 32_768
LOG_BYTES = 64 << 20
"""The write-ahead log is cut back to this after a checkpoint."""


class SQLiteTransaction:
    def __init__(self, connection: sqlite3.Connection):
        self.connection = connection

    def execute(self, sql: str, params: Sequence[Any] = (), /) -> None:
        self.connection.execute(sql, params)

    def insert(
        self, table: str, columns: Sequence[str], rows: Collection[Sequence[Any]], on_conflict: str = ""
    ) -> None:
        conflict = f"ON CONFLICT {on_conflict}" if on_conflict else ""
        places = ", ".join("?" * len(columns))
        self.connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) {conflict}", rows)

    def query(self, sql: str, params: Sequence[Any] = (), /) -> list[Row]:
        return self.connection.execute(sql, params).fetchall()

    def select_in(
        self,
        before: str,
        columns: str | Sequence[str],
        keys: Collection[Any],
        *,
        params: Sequence[Any] = (),
        after: str = "",
    ) -> list[Row]:
        rows: list[Row] = []
        wanted = list(keys)
        for start in range(0, len(wanted), KEYS_AT_ONCE):
            chunk = wanted[start : start + KEYS_AT_ONCE]
            if isinstance(columns, str):
                values: list[object] = chunk
                condition = f"{columns} IN ({','.join('?' * len(chunk))})"
            else:
                values = [value for key in chunk for value in key]
                one = f"({','.join('?' * len(columns))})"
                # The inner SELECT matters: with a bare VALUES, SQLite walks the whole table instead of its index.
                condition = f"({','.join(columns)}) IN (SELECT * FROM (VALUES {','.join([one] * len(chunk))}))"
            rows += self.query(f"{before} {condition} {after}", [*params, *values])
        return rows


class SQLiteDatabase(Database):
    kind = SQLiteTransaction
    types = {"text": "TEXT", "bigint": "BIGINT", "blob": "BLOB", "clustered": "WITHOUT ROWID"}  # noqa: RUF012

    def __init__(self, path: str):
        super().__init__(f"sqlite:///{path}" if path != ":memory:" else "sqlite://:memory:")
        self.path = path
        self._is_memory = path == ":memory:"
        self._unemptied = Path(f"{path}.erased")
        self._is_closed = False
        self._turn = threading.RLock()
        self._idle: deque[WatchedConnection] = deque()
        self._held: set[str] = set()
        self._file: Identity = None
        with self._errors():
            self._idle.append(self._open())

    def has_table(self, name: str) -> bool:
        with self.connect() as reads:
            return bool(reads.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [name]))

    def judge_lock(self, shard: int = 0) -> FileLock | NameLock:
        name = f"{self.path}.{shard}.lock" if shard else f"{self.path}.lock"
        return NameLock(self._held, name) if self._is_memory else FileLock(Path(name))

    def close(self) -> None:
        """Closes what is idle; connections in use are closed when they are given back."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def erasing(self) -> Iterator[Transaction]:
        """What is deleted is overwritten (https://sqlite.org/pragma.html#pragma_secure_delete), and the write-ahead log, which holds
        pages from before, is emptied. While somebody reads these it cannot be: a file beside the store says so until it is."""
        if not self._is_memory:
            self._unemptied.touch(0o600)  # before, since the program may end in between
        with self.transaction() as writes:
            writes.execute("PRAGMA secure_delete = ON")  # some builds do so anyway; it stays so on this connection
            yield writes
        self.empty_log()

    def keeps_erased(self) -> bool:
        return not self._is_memory and self._unemptied.exists()

    def empty_log(self) -> None:
        if self._is_memory:
            return
        with self.connect() as reads:
            [(is_busy, *_)] = reads.query("PRAGMA wal_checkpoint(TRUNCATE)")
        if is_busy:
            self._unemptied.touch(0o600)
        else:
            self._unemptied.unlink(missing_ok=True)

    @contextmanager
    def _reading(self) -> Iterator[SQLiteTransaction]:
        with self._errors(), self._taking_turns(self._is_memory), self._lent() as connection:
            yield self.kind(connection)

    @contextmanager
    def _frozen(self, held: str | None) -> Iterator[SQLiteTransaction]:
        with self._errors(), self._taking_turns(self._is_memory), self._lent() as connection:
            connection.execute("BEGIN")
            try:
                yield self.kind(connection)
            finally:
                _roll_back(connection)

    @contextmanager
    def _writing(self) -> Iterator[SQLiteTransaction]:
        with self._errors(), self._taking_turns(True), self._lent() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.kind(connection)
                self._require_its_files(connection)
                connection.execute("COMMIT")
                self._require_its_files(connection)
            finally:
                _roll_back(connection)

    @contextmanager
    def _taking_turns(self, is_needed: bool) -> Iterator[None]:
        if not is_needed:
            yield
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise _locked(self.place)
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _lent(self) -> Iterator[WatchedConnection]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        if self._is_memory:
            self._idle.append(connection)
            yield connection
            return
        try:
            self._require_its_files(connection)
            yield connection
        finally:
            if self._is_closed or connection.in_transaction:
                connection.close()
            else:
                self._idle.append(connection)

    def _require_its_files(self, connection: WatchedConnection) -> None:
        """Raises Unavailable where what is open is not what others find under the store's name."""
        if not self._is_memory and (lost := what_is_lost(self.path, connection.files)) is not None:
            raise _lost(lost, self.place)

    def _open(self) -> WatchedConnection:
        if self._is_closed:
            raise Unavailable(said("the store was closed"), place=self.place)
        if not self._is_memory and self._file is None:
            make_private(self.path)
        connection = sqlite3.connect(
            self.path,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_SECONDS,
            cached_statements=256,
            factory=WatchedConnection,
        )
        try:
            self._use_journal(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
            connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
            if not self._is_memory:
                self._watch(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _use_journal(self, connection: sqlite3.Connection) -> None:
        """Says how changes are made safe; in memory nothing is."""
        if not self._is_memory:
            _use_log(connection)

    def _watch(self, connection: WatchedConnection) -> None:
        """Once it has read, all its files are open, and stay while it is. All connections have the same database open."""
        connection.execute("SELECT COUNT(*) FROM sqlite_master")
        connection.files = files_at(self.path)
        if self._file is None:
            self._file = connection.files[0]
        if self._file is None or connection.files[0] != self._file:
            raise _lost(self.path, self.place)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            known = understood(error, self.place)
            if known is None:
                raise
            raise known from error


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


def _use_log(connection: sqlite3.Connection) -> None:
    """Switches to the write-ahead log; SQLite does not wait here when another process is doing the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _lost(file: str, place: str) -> Unavailable:
    return Unavailable(
        said("{path} was removed or replaced while it was open: nothing is stored any more", path=Path(file).name),
        place=place,
        mend=said("end every program on this store, put the right files in their place, start again"),
        slug="store-lost",
    )


def _locked(place: str) -> Unavailable:
    return Unavailable(
        said("another program has kept the store locked for {busy_seconds} s", busy_seconds=BUSY_SECONDS),
        place=place,
        mend=said("end it, or try again"),
    )


def understood(error: sqlite3.Error, place: str) -> EntenteError | None:
    """The error as one line for people, when it is not a fault of the program. Codes:
    https://sqlite.org/rescode.html"""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match code:
        case sqlite3.SQLITE_FULL:
            return Unavailable(
                said("the disk is full; this batch was not stored"), place=place, mend=said("make room and try again")
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _locked(place)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return Unavailable(
                said("the file cannot be opened or created"),
                place=place,
                mend=said("check that its folder exists and is writable"),
            )
        case sqlite3.SQLITE_READONLY:
            return Unavailable(
                said("the file may not be written"), place=place, mend=said("check its permissions and its disk")
            )
        case sqlite3.SQLITE_IOERR:
            return Unavailable(said("the disk does not answer as it should"), place=place, mend=said("check the disk"))
        case sqlite3.SQLITE_CORRUPT:
            return Unavailable(
                said("the file is damaged"), place=place, mend=said("restore it from a backup"), slug="store-damaged"
            )
        case sqlite3.SQLITE_NOTADB:
            return Invalid(
                said("the file is not an Entente store"), place=place, mend=said("name another"), slug="store-invalid"
            )
    return None


def _check(transaction: SQLiteTransaction) -> Transaction:
    """The type checker's proof that the port is kept."""
    return transaction
