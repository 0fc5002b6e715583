"""The recorders of `eventsourcing` on our databases, with a faster way in for facts and a faster way out for
everything.

Same tables, same meaning as the stock ones, in whose place they stand: what one saves the other reads. What
differs: facts are looked up and stored by the batch while the write lock is held, so that no race is left to retry;
reading is plain SQL on the key of the order; connections are those of services/history/databases.py, so that errors and
addresses are the same everywhere.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from eventsourcing.persistence import IntegrityError, ProcessRecorder

from services.history.databases import Database, Row, Transaction, first_value
from services.history.entries import EVENT, Position


class Fact(msgspec.Struct, frozen=True, gc=False):
    """One thing that was received, and the stream (of one entry) that it is: its id, or the sixteen bytes of it."""

    stream: UUID | bytes
    topic: str
    state: bytes

    @property
    def key(self) -> bytes:
        return self.stream if isinstance(self.stream, bytes) else self.stream.bytes


class Offset(NamedTuple):
    """Says up to where the records of a partition are stored. `last`, that of the last record in a batch, takes the
    place of `before`, behind which the batch begins (None: nothing of the partition was stored)."""

    name: str
    last: int
    before: int | None


class Appended(msgspec.Struct, frozen=True, gc=False):
    """The place of a fact. When it was there before, `existing` is the state that stands there, and `instead` the
    position of the fact that was stored in the place of this one, if one was."""

    position: int
    is_new: bool
    existing: bytes | None = None
    instead: int | None = None


class End(NamedTuple):
    """An entry and how its state begins: it says when the entry was received."""

    position: int
    stream: object
    version: int
    state: bytes


class Ends(NamedTuple):
    """An entry that was asked for, and the last one. None where there is none."""

    is_whole: bool
    then: End | None
    last: End | None


Instead = Callable[[int, Appended], Fact | None]
"""Asked about every fact whose stream was there before, by its index: another fact to store in its place, if any. It is
asked inside the transaction."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry of the history; `version` counts within its stream, from 1. `key` is the stream's id as the store gives
    it: it is made a UUID only for those who ask, since most entries are never asked."""

    position: Position
    topic: str
    key: UUID | str
    version: int
    state: bytes

    @property
    def stream(self) -> UUID:
        return self.key if isinstance(self.key, UUID) else UUID(self.key)

    @property
    def row(self) -> tuple[int, str, UUID | str, int, bytes]:
        return self.position, self.topic, self.key, self.version, self.state


class Census(NamedTuple):
    """How many rows the table of entries has, and how many of them stand where nobody looks for one: before the first position, or
    at none. `first`: the least position of these, None where they have none. `is_plain`: a table answers, and nothing in its place
    or for it (a view, a rule, a trigger, a policy), which could show another history to who judges than to who verifies."""

    rows: int
    outside: int
    first: object
    is_plain: bool


class HistoryRecorder(ProcessRecorder):
    """The recorder as the history needs it; `_position` names the column of the order, `_rare_source` the entries with an
    index.

    All topics but operational events are rare: reading only those must not cost a walk through all events.
    """

    database: Database
    _table: str
    _position: str
    _tracking: str
    _rare_source: str
    """The table as it must be named for a query to use the index of rare entries."""
    _is_plain: str
    """SQL: whether a table alone stands under its name."""
    _is_whole = "1"
    """SQL: whether the store is whole; while a backup is restored the indexes come last."""

    @abstractmethod
    def prepare(self) -> None:
        """Creates what is absent; several processes may do so at once."""

    @abstractmethod
    def append_facts(
        self, facts: Sequence[Fact], offset: Offset | None, instead: Instead | None = None
    ) -> list[Appended]:
        """Raises IntegrityError when what is stored of the partition is not `offset.before`."""

    def _moving(self, offset: Offset) -> tuple[str, list[object]]:
        """The statement, with its values, that moves the offset from where it must be, and gives a row where it was there."""
        if offset.before is None:
            return (
                f"INSERT INTO {self._tracking} (application_name, notification_id) VALUES (?, ?) "
                "ON CONFLICT (application_name) DO NOTHING RETURNING notification_id",
                [offset.name, offset.last],
            )
        return (
            f"UPDATE {self._tracking} SET notification_id = ? WHERE application_name = ? AND notification_id = ? "
            "RETURNING notification_id",
            [offset.last, offset.name, offset.before],
        )

    @staticmethod
    def _require_moved(rows: Sequence[object], offset: Offset) -> None:
        if not rows:
            raise IntegrityError(f"{offset.name} is not stored up to {offset.before}")

    @staticmethod
    def _replaced(
        answers: list[Appended], instead: Instead | None, append: Callable[[list[Fact]], list[Appended]]
    ) -> list[Appended]:
        """The answers, once what `instead` gives was appended too."""
        if instead is None:
            return answers
        asked = [(at, instead(at, answer)) for at, answer in enumerate(answers) if not answer.is_new]
        given = [(at, fact) for at, fact in asked if fact is not None]
        if given:
            for (at, _), there in zip(given, append([fact for _, fact in given]), strict=True):
                answers[at] = Appended(answers[at].position, False, answers[at].existing, there.position)
        return answers

    @abstractmethod
    def _key(self, stream: UUID) -> object: ...

    @abstractmethod
    def _entries(self, rows: list[Row]) -> list[Entry]: ...

    def read(self, after: int, limit: int, topics: Sequence[str]) -> list[Entry]:
        with self.database.connect() as reads:
            return self._entries(self._rows(reads, self._columns, after, limit, topics))

    def rows(self, after: object, limit: int) -> list[Row]:
        """The columns of what `read` gives, as they are stored; the key as sixteen bytes, where the store does not keep digits."""
        with self.database.connect() as reads:
            return self._rows(reads, self._stored_columns, after, limit)

    def _rows(
        self, reads: Transaction, columns: str, after: object, limit: int, topics: Sequence[str] = ()
    ) -> list[Row]:
        source, condition = self._table, ""
        if topics:
            condition = f"topic IN ({','.join('?' * len(topics))}) AND"
            if EVENT not in topics:
                source, condition = self._rare_source, f"topic <> '{EVENT}' AND {condition}"
        sql = f"SELECT {columns} FROM {source} WHERE {condition} {self._position} > ? ORDER BY {self._position} LIMIT ?"
        return reads.query(sql, [*topics, after, limit])

    def census(self) -> Census:
        outside = f"FROM {self._table} WHERE {self._position} <= 0 OR {self._position} IS NULL"
        with self.database.connect() as reads:
            [(rows,)] = reads.query(f"SELECT COUNT(*) FROM {self._table}")
            [(count, first)] = reads.query(f"SELECT COUNT(*), MIN({self._position}) {outside}")
            [(is_plain,)] = reads.query(self._is_plain)
        return Census(rows, count, first, bool(is_plain))

    def find(self, stream: UUID) -> Entry | None:
        sql = f"SELECT {self._columns} FROM {self._table} WHERE originator_id = ? AND originator_version = 1"
        with self.database.connect() as reads:
            found = self._entries(reads.query(sql, [self._key(stream)]))
        return found[0] if found else None

    def founding(self, streams: Collection[bytes]) -> list[Entry]:
        """The first entries of these streams, of those that exist."""
        keys = [self._key(UUID(bytes=one)) for one in streams]
        with self.database.connect() as reads:
            sql = f"SELECT {self._columns} FROM {self._table} WHERE originator_version = 1 AND"
            return self._entries(reads.select_in(sql, "originator_id", keys))

    def ends(self, position: int) -> Ends:
        """In one statement, so that both are of one state."""
        entry = f"{self._position} AS position, originator_id, originator_version, SUBSTR(state, 1, 200)"
        sql = (
            f"SELECT {self._is_whole}, one.*, last.* FROM (SELECT 1) AS it LEFT JOIN (SELECT {entry} FROM {self._table} "
            f"WHERE {self._position} = ?) AS one ON 1 = 1 LEFT JOIN (SELECT {entry} FROM {self._table} "
            f"ORDER BY {self._position} DESC LIMIT 1) AS last ON 1 = 1"
        )
        with self.database.connect() as reads:
            [(is_whole, *found)] = reads.query(sql, [position])
        then, last = End(*found[:4]), End(*found[4:])
        return Ends(
            bool(is_whole), then if then.position is not None else None, last if last.position is not None else None
        )

    def offsets(self, prefix: str) -> dict[str, int]:
        sql = f"SELECT application_name, notification_id FROM {self._tracking} WHERE SUBSTR(application_name, 1, ?) = ?"
        with self.database.connect() as reads:
            return dict(reads.query(sql, [len(prefix), prefix]))

    def entries(self, positions: Collection[int]) -> dict[int, Entry]:
        with self.database.connect() as reads:
            rows = reads.select_in(f"SELECT {self._columns} FROM {self._table} WHERE", self._position, positions)
        return {entry.position: entry for entry in self._entries(rows)}

    def count(self, after: int, before: int) -> int:
        """Counts the entries at positions above `after` and below `before`."""
        sql = f"SELECT COUNT(*) FROM {self._table} WHERE {self._position} > ? AND {self._position} < ?"
        with self.database.connect() as reads:
            found: int = first_value(reads.query(sql, [after, before]))
        return found

    @property
    def _stored_columns(self) -> str:
        return self._columns

    @property
    def _columns(self) -> str:
        return f"{self._position}, topic, originator_id, originator_version, state"
