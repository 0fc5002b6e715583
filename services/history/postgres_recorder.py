"""The history's recorder on PostgreSQL. Every append takes the stock recorder's table lock: without it positions
would become visible out of order, and a reader would pass over entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresProcessRecorder
from psycopg.rows import dict_row, tuple_row

from services.history.databases import BUSY_SECONDS, Row
from services.history.entries import EVENT
from services.history.postgres_database import CREATING, LOCKS, PostgresDatabase
from services.history.recorders import Appended, Entry, Fact, HistoryRecorder

INSERT = """
INSERT INTO public.stored_events (originator_id, originator_version, topic, state)
SELECT id, 1, topic, state FROM unnest(%b::uuid[], %b::text[], %b::bytea[]) AS facts (id, topic, state)
ON CONFLICT DO NOTHING RETURNING originator_id, notification_id
"""
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

    def append_facts(self, facts: Sequence[Fact], tracking: Tracking | None) -> list[Appended]:
        first: dict[UUID, Fact] = {}
        for fact in facts:
            first.setdefault(fact.stream, fact)
        columns = [list(first), [fact.topic for fact in first.values()], [fact.state for fact in first.values()]]
        with self.datastore.get_connection() as connection, connection.transaction():
            with connection.pipeline(), connection.cursor() as cursor:
                self._lock_table(cursor)
                self._notify_channel(cursor)
            if tracking is not None:
                with connection.cursor() as cursor:
                    self._insert_tracking(cursor, tracking)
            with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
                new: dict[UUID, int] = dict(cursor.execute(INSERT, columns).fetchall())
                known = [stream for stream in first if stream not in new]
                stored = {stream: (position, state) for stream, position, state in self._stored(cursor, known)}
        return [_answer(fact, first, new, stored) for fact in facts]

    def _stored(self, cursor: Any, streams: list[UUID]) -> list[Row]:
        if not streams:
            return []
        before = "SELECT originator_id, notification_id, state FROM public.stored_events"
        rows: list[Row] = cursor.execute(
            f"{before} WHERE originator_version = 1 AND originator_id = ANY(%b)", [streams]
        ).fetchall()
        return rows

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
