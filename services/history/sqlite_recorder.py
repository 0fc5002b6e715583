"""The history's recorder on SQLite. Positions are row ids: entries are never deleted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import cast
from uuid import UUID

from eventsourcing.persistence import DatabaseError, IntegrityError, OperationalError
from eventsourcing.sqlite import SQLiteCursor, SQLiteDatastore, SQLiteProcessRecorder

from services.history.databases import Row
from services.history.entries import EVENT
from services.history.recorders import Appended, Entry, Fact, HistoryRecorder, Instead, Offset
from services.history.sqlite_database import SQLiteDatabase, SQLiteTransaction

INSERT = "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state) VALUES (?, ?, 1, ?, ?)"
RARE_INDEX = f"CREATE INDEX IF NOT EXISTS stored_rare ON stored_events (topic) WHERE topic <> '{EVENT}'"


class _Datastore(SQLiteDatastore):
    """Lends the transactions of our database. Inside one that is open in this thread, it is that one."""

    def __init__(self, database: SQLiteDatabase):
        self.database = database
        self.single_row_tracking = True
        self.originator_id_type = "uuid"

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        is_new = commit and not self.database.is_in_transaction()
        try:
            with (
                self.database.transaction() if is_new else self.database.connect() as given,
                closing(cast(SQLiteTransaction, given).connection.cursor()) as cursor,
            ):
                cursor.row_factory = sqlite3.Row
                yield SQLiteCursor(cursor)
        except sqlite3.IntegrityError as error:
            raise IntegrityError(error) from error
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error
        except sqlite3.Error as error:
            raise DatabaseError(error) from error

    def close(self) -> None:
        """The database is closed by who opened it."""


class SQLiteHistoryRecorder(SQLiteProcessRecorder, HistoryRecorder):
    _table = "stored_events"
    _position = "rowid"
    _tracking = "tracking"
    _rare_source = "stored_events INDEXED BY stored_rare"
    _is_plain = (
        "SELECT COUNT(*) = 1 AND MIN(type) = 'table' FROM sqlite_master "
        "WHERE name = 'stored_events' OR (type = 'trigger' AND tbl_name = 'stored_events')"
    )

    def __init__(self, database: SQLiteDatabase):
        self.database = database
        super().__init__(_Datastore(database))

    def prepare(self) -> None:
        with self.database.transaction() as writes:
            if not self.database.has_table("stored_events"):
                self.create_table()
            writes.execute(RARE_INDEX)

    def append_facts(
        self, facts: Sequence[Fact], offset: Offset | None, instead: Instead | None = None
    ) -> list[Appended]:
        with self.datastore.transaction(commit=True) as cursor:
            if offset is not None:
                self._move(cursor, offset)
            answers = self._append(cursor, facts)
            return self._replaced(answers, instead, lambda others: self._append(cursor, others))

    def _move(self, cursor: SQLiteCursor, offset: Offset) -> None:
        statement, values = self._moving(offset)
        cursor.execute(statement, values)
        self._require_moved(cursor.fetchall(), offset)

    def _append(self, cursor: SQLiteCursor, facts: Sequence[Fact]) -> list[Appended]:
        keys = [fact.key.hex() for fact in facts]
        answers: list[Appended] = []
        new: list[Row] = []
        stored = self._stored(keys)
        last = self._max_notification_id(cursor) or 0
        for key, fact in zip(keys, facts, strict=True):
            if (known := stored.get(key)) is not None:
                position, state = known
                answers.append(Appended(position, False, state))
                continue
            last += 1
            stored[key] = (last, fact.state)
            new.append((last, key, fact.topic, fact.state))
            answers.append(Appended(last, True))
        cursor.executemany(INSERT, new)
        return answers

    def _stored(self, keys: Sequence[str]) -> dict[str, tuple[int, bytes]]:
        before = "SELECT originator_id, rowid, state FROM stored_events WHERE originator_version = 1 AND"
        with self.database.connect() as reads:
            return {key: (position, state) for key, position, state in reads.select_in(before, "originator_id", keys)}

    def rows(self, after: object, limit: int) -> list[Row]:
        """A text that is none, since a bit of it was changed in the file, stands there as bytes."""
        with self.database.connect() as reads:
            try:
                return self._rows(reads, self._columns, after, limit)
            except sqlite3.OperationalError as error:
                if "decode" not in str(error):
                    raise
            connection = cast(SQLiteTransaction, reads).connection
            connection.text_factory = _text_or_bytes
            try:
                return self._rows(reads, self._columns, after, limit)
            finally:
                connection.text_factory = str

    def _key(self, stream: UUID) -> object:
        return stream.hex

    def _entries(self, rows: list[Row]) -> list[Entry]:
        return [Entry(*row) for row in rows]


def _text_or_bytes(stored: bytes) -> str | bytes:
    try:
        return stored.decode()
    except UnicodeDecodeError:
        return stored
