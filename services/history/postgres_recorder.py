"""The history's recorder on PostgreSQL. Every append takes the stock recorder's table lock: without it positions
would become visible out of order, and a reader would pass over entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from struct import Struct
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, ProgrammingError
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg import errors
from psycopg.rows import dict_row, tuple_row

from services.errors import Unavailable
from services.history.databases import BUSY_SECONDS, Row
from services.history.entries import EVENT
from services.history.postgres_arrays import LENGTH, uuid_array
from services.history.postgres_database import PostgresDatabase, translated
from services.history.postgres_locks import CREATING, SessionLock, wait_for
from services.history.recorders import Appended, Entry, Fact, HistoryRecorder, Instead, Offset

COPY = b"COPY public.stored_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)"
KNOWN = """
SELECT originator_id, notification_id, state FROM public.stored_events
WHERE originator_version = 1 AND originator_id = ANY(%b::uuid[])
"""
LAST = "SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM public.stored_events_notification_id_seq"
"""The last position given away. Whoever holds the table's lock is alone in taking some, so that they follow each other."""
ASKS = 100
"""Batches that ask first what is there, after one was refused: a refused one leaves its rows behind as dead ones."""
RARE_INDEX = (
    f"CREATE INDEX IF NOT EXISTS stored_rare ON public.stored_events (notification_id) WHERE topic <> '{EVENT}'"
)


class _Pool:
    """The pool that the stock datastore asks for, made of ours: its connections give rows as dicts, and raise our errors."""

    def __init__(self, database: PostgresDatabase):
        self._database = database

    def open(self, wait: bool = False, timeout: float = 0) -> None: ...

    def close(self) -> None: ...

    @contextmanager
    def connection(self) -> Iterator[Any]:
        with self._database.connection() as connection:
            lent: Any = connection
            lent.row_factory = dict_row
            try:
                yield lent
            finally:
                lent.row_factory = tuple_row


class _Datastore(PostgresDatastore):
    def __init__(self, database: PostgresDatabase):
        super().__init__("", "", "", "", "", lock_timeout=BUSY_SECONDS)
        self.pool: Any = _Pool(database)


class PostgresHistoryRecorder(PostgresProcessRecorder, HistoryRecorder):
    database: PostgresDatabase
    _table = "public.stored_events"
    _position = "notification_id"
    _tracking = "public.notification_tracking"
    _rare_source = _table
    _is_plain = (
        "SELECT relkind = 'r' AND NOT relhasrules AND NOT relrowsecurity AND NOT EXISTS "
        "(SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal) "
        "FROM pg_class WHERE oid = 'public.stored_events'::regclass"
    )
    _is_whole = "to_regclass('public.stored_rare') IS NOT NULL"

    def __init__(self, database: PostgresDatabase):
        self.database = database
        self._asks = 0
        super().__init__(
            _Datastore(database), events_table_name="stored_events", tracking_table_name="notification_tracking"
        )

    def prepare(self) -> None:
        # The stock statements need transactions of their own: a lock of the session keeps two processes apart.
        guard = SessionLock(self.database, CREATING)
        with self.database.understood_errors():
            wait_for(guard.try_acquire)
        try:
            if not self.database.has_table("stored_events"):
                self.create_table()
        finally:
            guard.release()
        self.database.create([RARE_INDEX])

    def max_tracking_id(self, application_name: str) -> int | None:
        """Reads as the stock recorder does, which calls this to find out whether there is a table."""
        try:
            last: int | None = super().max_tracking_id(application_name)
            return last
        except Unavailable as error:
            if isinstance(error.__cause__, errors.UndefinedTable):
                raise ProgrammingError(str(error)) from error
            raise

    def append_facts(
        self, facts: Sequence[Fact], offset: Offset | None, instead: Instead | None = None
    ) -> list[Appended]:
        """Hardly ever is a fact there before: rows are sent without asking, and the table's key refuses them if one is.
        Then the same begins again with a question first, and so do the next batches."""
        if self._asks <= 0:
            try:
                return self._appended(facts, offset, instead, asks=False)
            except IntegrityError as error:
                if not isinstance(error.__cause__, errors.UniqueViolation):
                    raise
                self._asks = ASKS
        self._asks -= 1
        return self._appended(facts, offset, instead, asks=True)

    def _appended(
        self, facts: Sequence[Fact], offset: Offset | None, instead: Instead | None, *, asks: bool
    ) -> list[Appended]:
        with self.datastore.get_connection() as connection, connection.transaction():
            answers = self._append(connection, facts, offset, asks)
            return self._replaced(answers, instead, lambda others: self._append(connection, others, None, True))

    def _append(self, connection: Any, facts: Sequence[Fact], offset: Offset | None, asks: bool) -> list[Appended]:
        """All questions travel together; then what is new, in one stream. The lock is held from the first on."""
        keys = [fact.key for fact in facts]
        first = dict(zip(reversed(keys), reversed(facts), strict=True)) if len(set(keys)) < len(keys) else None
        with connection.cursor() as cursor, connection.cursor(row_factory=tuple_row, binary=True) as asked:
            with connection.pipeline():
                self._lock_table(cursor)
                if offset is not None:
                    self._move(asked, offset)
                found: list[Row] = asked.execute(KNOWN, [uuid_array(keys)], prepare=True).fetchall() if asks else []
                [(last,)] = asked.execute(LAST, prepare=True).fetchall()
            if not found and first is None:
                return [Appended(position, True) for position in self._copied(asked, keys, facts, last)]
            stored = {stream.bytes: (position, state) for stream, position, state in found}
            once = first or dict(zip(keys, facts, strict=True))
            fresh = {key: once[key] for key in keys if key not in stored}
            new = dict(zip(fresh, self._copied(asked, [*fresh], [*fresh.values()], last), strict=True))
        return [_answer(key, once, new, stored) for key in keys]

    def _move(self, cursor: Any, offset: Offset) -> None:
        statement, values = self._moving(offset)
        self._require_moved(cursor.execute(translated(statement), values, prepare=True).fetchall(), offset)

    def _copied(self, cursor: Any, keys: Sequence[bytes], facts: Sequence[Fact], last: int) -> Iterable[int]:
        """Appends rows that are not there yet; their positions. The caller holds the table's lock."""
        if not facts:
            return ()
        with cursor.copy(COPY) as rows:
            rows.write(copied_rows(keys, facts))
        [(after,)] = cursor.execute(LAST, prepare=True).fetchall()
        if after - last != len(facts):
            raise RuntimeError(f"{after - last} positions were given away to {len(facts)} rows under the table's lock")
        return range(last + 1, after + 1)

    @property
    def _stored_columns(self) -> str:
        """A UUID is made in longer than all else of a row takes."""
        return f"{self._position}, topic, uuid_send(originator_id), originator_version, state"

    def _key(self, stream: UUID) -> object:
        return stream

    def _entries(self, rows: list[Row]) -> list[Entry]:
        return [Entry(*row) for row in rows]


def _answer(
    key: bytes, first: dict[bytes, Fact], new: dict[bytes, int], stored: dict[bytes, tuple[int, bytes]]
) -> Appended:
    """For each fact in turn: the first of a new stream turns it into a stored one for those that repeat it."""
    if (position := new.pop(key, None)) is None:
        there, state = stored[key]
        return Appended(there, False, state)
    stored[key] = (position, first[key].state)
    return Appended(position, True)


def copied_rows(keys: Sequence[bytes], facts: Sequence[Fact]) -> bytes:
    """PostgreSQL's binary COPY format: per row the number of columns, then each with its length before it."""
    parts: list[bytes] = [HEADER]
    for key, fact in zip(keys, facts, strict=True):
        state = fact.state
        parts += (START, key, _version_and_topic(fact.topic), LENGTH(len(state)), state)
    parts.append(END)
    return b"".join(parts)


HEADER = b"PGCOPY\n\xff\r\n\0" + LENGTH(0) * 2
START = Struct(">hi").pack(4, 16)
END = Struct(">h").pack(-1)


@lru_cache(maxsize=64)
def _version_and_topic(topic: str) -> bytes:
    text = topic.encode()
    return LENGTH(8) + Struct(">q").pack(1) + LENGTH(len(text)) + text
