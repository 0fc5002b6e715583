"""Locks that a PostgreSQL server keeps for programs and gives back when their connection ends, whoever else may sign in there.

They are advisory locks, which every role that may connect can take, whatever rights it has, and see in `pg_locks`. What counts is
therefore who holds one: only programs that may write the history are asked about (`OURS`). Where somebody else keeps the number
that a program needs, the program announces itself by another that nobody can foresee, and looks afterwards whether another
program has done either: of two, at most one finds nobody else. Where nobody does so, the number alone is taken, as earlier
programs do, which therefore never judge beside a newer one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Final, Protocol

import psycopg
from psycopg import errors

from services.history.databases import BUSY_SECONDS, Row
from services.history.poolers import server_side

LOCKS: Final = 0x454E54
"""First half of our advisory locks ("ENT"); the second is CREATING, PRESENT, CHANGING, or JUDGING + shard."""
ANNOUNCED: Final = range(0x45000000, 0x46000000)
"""First halves by which a program announces itself where somebody else keeps LOCKS; far more than a server keeps locks."""
CREATING: Final = 0
JUDGING: Final = 1
PRESENT: Final = 2**31 - 1
CHANGING: Final = PRESENT - 1
LOOK_AGAIN: Final = 0.02
"""Seconds from one try of who waits for a lock to the next."""

PgConnection = psycopg.Connection[Row]

_HELD: Final = f"""
FROM pg_catalog.pg_locks held JOIN pg_catalog.pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND objsubid = 2 AND granted
AND held.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
AND (classid::bigint = {LOCKS} OR classid::bigint BETWEEN {ANNOUNCED.start} AND {ANNOUNCED.stop - 1})
"""
OURS: Final = """(usename = session_user OR COALESCE(
    pg_catalog.has_table_privilege(usesysid, pg_catalog.to_regclass('public.stored_events')::oid, 'INSERT'), FALSE))"""
"""Whether the role of a connection is one of a program of this store; readers of reports may write nothing."""
_PROGRAMS: Final = f"SELECT DISTINCT pid {_HELD} AND objid::bigint = %s AND {OURS}"
_OTHERS: Final = f"SELECT DISTINCT usename::text {_HELD} AND NOT {OURS} ORDER BY 1"


class Server(Protocol):
    """What a lock asks of the database that it belongs to."""

    def dedicated(self) -> PgConnection: ...

    def connection(self) -> AbstractContextManager[PgConnection]: ...

    def understood_errors(self) -> AbstractContextManager[None]: ...


def programs(connection: PgConnection, number: int) -> set[int]:
    """The server's processes that hold this lock for a program of ours."""
    return {pid for (pid,) in connection.execute(_PROGRAMS, [number]).fetchall()}


def strangers(connection: PgConnection) -> list[str]:
    """The roles that keep numbers of our locks and are those of no program of this store."""
    return [role for (role,) in connection.execute(_OTHERS).fetchall()]


def _try(connection: PgConnection, function: str, first: int, number: int) -> bool:
    [(is_taken,)] = connection.execute(f"SELECT {function}(%s, %s)", [first, number]).fetchall()
    return bool(is_taken)


def announced(connection: PgConnection, function: str, number: int) -> bool:
    """Holds the number, or a substitute where somebody else keeps it; says whether it is the number."""
    if _try(connection, function, LOCKS, number):
        return True
    while not _try(connection, function, random.SystemRandom().choice(ANNOUNCED), number):
        pass
    return False


def guard_creation(connection: PgConnection) -> None:
    """Keeps other programs from creating until the end of the transaction. Raises LockNotAvailable after BUSY_SECONDS."""

    def is_taken() -> bool:
        with suppress(psycopg.Rollback), connection.transaction():  # what is rolled back gives its locks back
            announced(connection, "pg_try_advisory_xact_lock", CREATING)
            if programs(connection, CREATING) == {server_side(connection)}:
                return True
            raise psycopg.Rollback
        return False

    wait_for(is_taken)


def wait_for(is_taken: Callable[[], bool]) -> None:
    """Tries until it is. Raises LockNotAvailable after BUSY_SECONDS."""
    deadline = time.monotonic() + BUSY_SECONDS
    while not is_taken():
        if time.monotonic() > deadline:
            raise errors.LockNotAvailable
        time.sleep(LOOK_AGAIN)


class SessionLock:
    """A lock on a connection of its own: the server gives it back when that connection ends."""

    take = "pg_try_advisory_lock"

    def __init__(self, database: Server, number: int):
        self._database = database
        self._number = number
        self._connection: PgConnection | None = None
        self._process = 0
        self._has_number = False
        """False where somebody else keeps the number, and a substitute stands for it."""

    def try_acquire(self) -> bool:
        if self.is_held():
            return True
        self._connection = self._database.dedicated()
        try:
            with self._database.understood_errors():
                self._process = server_side(self._connection)
                is_taken = self._is_taken(self._connection)
        except BaseException:
            self._hang_up()
            raise
        if not is_taken:
            self.release()
        return is_taken

    def _is_taken(self, connection: PgConnection) -> bool:
        if programs(connection, self._number):
            return False
        self._has_number = announced(connection, self.take, self._number)
        return self._is_alone(connection)

    def _is_alone(self, connection: PgConnection) -> bool:
        return programs(connection, self._number) == {self._process}

    def is_held(self) -> bool:
        if self._connection is None:
            return False
        try:
            is_same = server_side(self._connection) == self._process and self._is_still(self._connection)
        except psycopg.Error:
            is_same = False
        if not is_same:  # the lock is that of a connection of the server, which may have gone behind a pooler
            self._hang_up()
        return is_same

    def _is_still(self, connection: PgConnection) -> bool:
        """Takes the number as soon as it is let go: a program of an earlier release knows no substitute."""
        if not self._has_number:
            self._has_number = _try(connection, self.take, LOCKS, self._number)
        return self._has_number or self._is_alone(connection)

    def release(self) -> None:
        """Another may take it as soon as this returns: the server and a pooler end a connection in their own time."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.execute("SELECT pg_advisory_unlock_all()")
        self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None


class SharedLock(SessionLock):
    """One that any number may hold; who holds it can count the others."""

    take = "pg_try_advisory_lock_shared"

    def _is_taken(self, connection: PgConnection) -> bool:
        self._has_number = announced(connection, self.take, self._number)
        return True

    def _is_alone(self, connection: PgConnection) -> bool:
        return True

    def count(self) -> int:
        self.try_acquire()
        with self._database.connection() as connection:
            return len(programs(connection, self._number))
