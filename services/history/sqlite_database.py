"""The port of services/history/databases.py on SQLite: WAL, synchronous=FULL, short write transactions begun as writes.

Connections are kept and lent, so that there are as many as threads that read at once. Writers of one process queue
on a lock: SQLite's own waiting polls, and is for other processes.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from services.errors import EntenteError, Invalid, Unavailable
from services.history.databases import BUSY_SECONDS, Database, Row, Transaction

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
    types = {"text": "TEXT", "bigint": "BIGINT", "blob": "BLOB", "clustered": "WITHOUT ROWID"}  # noqa: RUF012

    def __init__(self, path: str):
        super().__init__(f"sqlite:///{path}" if path != ":memory:" else "sqlite://:memory:")
        self.path = path
        self._is_memory = path == ":memory:"
        self._is_closed = False
        self._turn = threading.RLock()
        self._idle: deque[sqlite3.Connection] = deque()
        self._held: set[str] = set()
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
    def _reading(self) -> Iterator[SQLiteTransaction]:
        with self._errors(), self._taking_turns(self._is_memory), self._lent() as connection:
            yield SQLiteTransaction(connection)

    @contextmanager
    def _frozen(self, held: str | None) -> Iterator[SQLiteTransaction]:
        with self._errors(), self._taking_turns(self._is_memory), self._lent() as connection:
            connection.execute("BEGIN")
            try:
                yield SQLiteTransaction(connection)
            finally:
                _roll_back(connection)

    @contextmanager
    def _writing(self) -> Iterator[SQLiteTransaction]:
        with self._errors(), self._taking_turns(True), self._lent() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SQLiteTransaction(connection)
                connection.execute("COMMIT")
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
    def _lent(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._open()
        if self._is_memory:
            self._idle.append(connection)
            yield connection
            return
        try:
            yield connection
        finally:
            if self._is_closed or connection.in_transaction:
                connection.close()
            else:
                self._idle.append(connection)

    def _open(self) -> sqlite3.Connection:
        if self._is_closed:
            raise Unavailable("the store was closed", place=self.place)
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=BUSY_SECONDS, cached_statements=256
        )
        try:
            if not self._is_memory:
                _use_log(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
            connection.execute(f"PRAGMA journal_size_limit = {LOG_BYTES}")
        except BaseException:
            connection.close()
            raise
        return connection

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


def _locked(place: str) -> Unavailable:
    return Unavailable(
        f"another program has kept the store locked for {BUSY_SECONDS} s", place=place, mend="end it, or try again"
    )


def understood(error: sqlite3.Error, place: str) -> EntenteError | None:
    """The error as one line for people, when it is not a fault of the program. Codes:
    https://sqlite.org/rescode.html"""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    match code:
        case sqlite3.SQLITE_FULL:
            return Unavailable(
                "the disk is full; this batch was not stored", place=place, mend="make room and try again"
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _locked(place)
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return Unavailable(
                "the file cannot be opened or created", place=place, mend="check that its folder exists and is writable"
            )
        case sqlite3.SQLITE_READONLY:
            return Unavailable("the file may not be written", place=place, mend="check its permissions and its disk")
        case sqlite3.SQLITE_IOERR:
            return Unavailable("the disk does not answer as it should", place=place, mend="check the disk")
        case sqlite3.SQLITE_CORRUPT:
            return Unavailable("the file is damaged", place=place, mend="restore it from a backup")
        case sqlite3.SQLITE_NOTADB:
            return Invalid("the file is not an Entente store", place=place, mend="name another", slug="store-invalid")
    return None


class FileLock:
    """`flock` on a file beside the database: the kernel gives it back when the process ends."""

    def __init__(self, path: Path):
        self._path = path
        self._file: Any = None

    def try_acquire(self) -> bool:
        if self._file is not None:
            return True
        try:
            file = self._path.open("a")
        except OSError as error:
            raise Unavailable(
                f"the judge's lock cannot be opened: {error.strerror}", place=str(self._path), mend="check its folder"
            ) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def is_held(self) -> bool:
        return self._file is not None

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class NameLock:
    """The same among the threads of one process, for a store in memory."""

    def __init__(self, held: set[str], name: str):
        self._all = held
        self._name = name
        self._is_mine = False

    def try_acquire(self) -> bool:
        if not self._is_mine:
            before = len(self._all)
            self._all.add(self._name)
            self._is_mine = len(self._all) > before
        return self._is_mine

    def is_held(self) -> bool:
        return self._is_mine

    def release(self) -> None:
        if self._is_mine:
            self._all.discard(self._name)
            self._is_mine = False


def _check(transaction: SQLiteTransaction) -> Transaction:
    """The type checker's proof that the port is kept."""
    return transaction
