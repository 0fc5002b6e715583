"""The history's recorder on PostgreSQL. Every append takes the stock recorder's table lock: without it positions
would become visible out of order, and a reader would pass over entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from struct import Struct
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg.rows import dict_row, tuple_row

from services.history.databases import BUSY_SECONDS, Row
from services.history.entries import EVENT
from services.history.postgres_database import CREATING, LOCKS, PostgresDatabase
from services.history.recorders import Appended, Entry, Fact, HistoryRecorder, Instead

COPY = b"COPY public.stored_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT BINARY)"
KNOWN = """
SELECT originator_id, notification_id, state FROM public.stored_events
WHERE originator_version = 1 AND originator_id = ANY(%b::uuid[])
"""
LAST = "SELECT last_value - CASE WHEN is_called THEN 0 ELSE 1 END FROM public.stored_events_notification_id_seq"
"""The last position given away. Whoever holds the table's lock is alone in taking some, so that they follow each other."""
RARE_INDEX = (
    f"CREATE INDEX IF NOT EXISTS stored_rare ON public.stored_events (notification_id) WHERE topic <> '{EVENT}'"
)


class _Pool:
    """What the stock datastore asks of its pool, from ours: connections whose rows are dicts, and our errors."""

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

    def __init__(self, database: PostgresDatabase):
        self.database = database
        super().__init__(
            _Datastore(database), events_table_name="stored_events", tracking_table_name="notification_tracking"
        )

    def prepare(self) -> None:
        # The stock statements need transactions of their own: a lock of the session keeps two processes apart.
        with self.database.dedicated() as guard:
            guard.execute("SELECT pg_advisory_lock(%s, %s)", [LOCKS, CREATING])
            if not self.database.has_table("stored_events"):
                self.create_table()
        self.database.create([RARE_INDEX])

    def append_facts(
        self, facts: Sequence[Fact], tracking: Tracking | None, instead: Instead | None = None
    ) -> list[Appended]:
        with self.datastore.get_connection() as connection, connection.transaction():
            answers = self._append(connection, facts, tracking)
            return self._replaced(answers, instead, lambda others: self._append(connection, others, None))

    def _append(self, connection: Any, facts: Sequence[Fact], tracking: Tracking | None) -> list[Appended]:
        """All questions travel together; then what is new, in one stream."""
        first: dict[UUID, Fact] = {}
        for fact in facts:
            first.setdefault(fact.stream, fact)
        with connection.cursor() as cursor, connection.cursor(row_factory=tuple_row, binary=True) as asked:
            with connection.pipeline():
                self._lock_table(cursor)
                self._notify_channel(cursor)
                if tracking is not None:
                    self._insert_tracking(cursor, tracking)
                asked.execute(KNOWN, [list(first)], prepare=True)
                found: list[Row] = asked.fetchall()
            stored = {stream: (position, state) for stream, position, state in found}
            fresh = [fact for stream, fact in first.items() if stream not in stored] if stored else [*first.values()]
            new = dict(zip((fact.stream for fact in fresh), self._copied(asked, fresh), strict=True))
        return [_answer(fact, first, new, stored) for fact in facts]

    def _copied(self, cursor: Any, facts: Sequence[Fact]) -> Iterable[int]:
        """Appends rows that are not there yet; their positions. The caller holds the table's lock."""
        if not facts:
            return ()
        [(before,)] = cursor.execute(LAST, prepare=True).fetchall()
        with cursor.copy(COPY) as rows:
            rows.write(_rows(facts))
        [(after,)] = cursor.execute(LAST, prepare=True).fetchall()
        if after - before != len(facts):
            raise RuntimeError(
                f"{after - before} positions were given away to {len(facts)} rows under the table's lock"
            )
        return range(before + 1, after + 1)

    def _key(self, stream: UUID) -> object:
        return stream

    def _entries(self, rows: list[Row]) -> list[Entry]:
        return [Entry(*row) for row in rows]


def _answer(
    fact: Fact, first: dict[UUID, Fact], new: dict[UUID, int], stored: dict[UUID, tuple[int, bytes]]
) -> Appended:
    """For each fact in turn: the first of a new stream turns it into a stored one for those that repeat it."""
    stream = fact.stream
    if (position := new.pop(stream, None)) is None:
        return Appended(stored[stream][0], False, stored[stream][1])
    stored[stream] = (position, first[stream].state)
    return Appended(position, True)


def _rows(facts: Sequence[Fact]) -> bytes:
    """PostgreSQL's binary COPY format: per row the number of columns, then each with its length before it."""
    parts: list[bytes] = [HEADER]
    append = parts.append
    for fact in facts:
        append(START)
        append(fact.stream.bytes)
        append(_version_and_topic(fact.topic))
        append(LENGTH(len(fact.state)))
        append(fact.state)
    append(END)
    return b"".join(parts)


LENGTH = Struct(">i").pack
HEADER = b"PGCOPY\n\xff\r\n\0" + LENGTH(0) * 2
START = Struct(">hi").pack(4, 16)
END = Struct(">h").pack(-1)


@lru_cache(maxsize=64)
def _version_and_topic(topic: str) -> bytes:
    text = topic.encode()
    return LENGTH(8) + Struct(">q").pack(1) + LENGTH(len(text)) + text
