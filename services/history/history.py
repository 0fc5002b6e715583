"""The history: everything that was received and decided, append-only, in one order.

A *fact* (an event, time passed…) is a stream of one entry whose id is derived from what it is about: appending it
again stores nothing and answers with what is there. What people *decide* are aggregates of `eventsourcing`. Both
share one table and one order: positions ascend, become visible in order, and may have gaps on PostgreSQL.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, DomainEventProtocol
from eventsourcing.persistence import ApplicationRecorder, IntegrityError, StoredEvent
from eventsourcing.utils import Environment, EnvType, TopicError

from domain.access import ACCESS, Access
from domain.decisions import stream_of
from domain.saying import said, said_by
from domain.service import Service
from services.errors import Invalid, NotFound, Refused, StoreTooNew
from services.history.attempts import ATTEMPTS
from services.history.databases import Database, Row, first_value
from services.history.lineage import Lineage, not_whole
from services.history.opener import Closed, Opener
from services.history.opening import open_database, recorder_for
from services.history.recorders import Appended, Census, Entry, Fact, HistoryRecorder, Instead, Offset
from services.people import require_people, with_above

__all__ = ["Appended", "Entry", "Fact", "History", "Offset", "open_history", "prepare"]

STORE_VERSION = 2
"""Raised when stored data changes its shape; `prepare` then brings older stores forward."""
SEALING_VERSION = 3
"""The version of a store in which values are sealed, which programs that know none must not append to."""

A = TypeVar("A", bound=Aggregate)


class History:
    """One store's history. Safe for several threads, and for several processes on the same store."""

    def __init__(self, database: Database, recorder: HistoryRecorder):
        self.database = database
        self.appended = threading.Condition()
        """Notified after every append of this process; `wait_beyond` is the easy way to use it."""
        self._recorder = recorder
        self._aggregates = _Aggregates(recorder)
        self._last = 0
        self._lineage = Lineage(recorder)
        self._is_of = 0
        self._owns_database = False
        self.opener: Opener = Closed()
        """Opens what is sealed, where the program has the keys."""
        self._is_sealing = False

    def lineage(self) -> int:
        """Numbers the stores that have stood at this address since it was opened: the number is another one once the
        store was restored, or its server failed over to one that was behind. Whatever was read under another number may
        be true no more. Raises Unavailable while the store is not whole."""
        number = self._lineage.look()
        if number != self._is_of:
            with self.appended:
                self._is_of, self._last = number, 0
        return number

    # Facts

    def append_facts(
        self, facts: Sequence[Fact], *, offset: Offset | None = None, instead: Instead | None = None
    ) -> list[Appended]:
        """Stores, in one transaction and in this order, the facts that are not there yet; answers for each in turn.

        For each that is there, `instead` may give another fact, which is stored behind them in the same transaction.
        `offset` is stored with them, even if nothing else is. Where the partition is not stored up to where this batch begins,
        all of it is Refused with slug `offset-moved`: somebody else has taken the batch, or the store is not the one that was
        read before, which lacks what lies between (it was restored, or its server failed over to one that was behind).
        """
        if not facts and offset is None:
            return []
        try:
            answers = self._recorder.append_facts(facts, offset, instead)
        except IntegrityError as error:
            raise Refused(
                said_by(error), mend=said("read again from where the store is"), slug="offset-moved"
            ) from error
        stored = (answer.position if answer.is_new else answer.instead or 0 for answer in answers)
        self._announce(max(stored, default=0))
        return answers

    def last_offset(self, name: str) -> int | None:
        """The offset last stored under that name."""
        return self._recorder.offsets(name).get(name)

    def offsets(self, prefix: str) -> dict[str, int]:
        """The offsets last stored under all names that begin so."""
        return self._recorder.offsets(prefix)

    # Reading

    def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Entry]:
        """Up to `limit` entries with positions above `after`, ascending; only those topics, if any are named."""
        return self._recorder.read(after, limit, topics)

    def rows(self, after: object, limit: int) -> list[Row]:
        """What `read` reads, each as the columns position, topic, key, version, state, with whatever somebody has put there.
        The key is what the store keeps: the digits of an id, or its sixteen bytes."""
        return self._recorder.rows(after, limit)

    def census(self) -> Census:
        """Counts the rows that there are, by which those are found that nobody reads."""
        return self._recorder.census()

    def last_position(self) -> int:
        """0 while the history is empty."""
        return self._recorder.max_notification_id() or 0

    def find(self, stream: UUID) -> Entry | None:
        """The first entry of that stream: the fact itself, or an aggregate's creation."""
        return self._recorder.find(stream)

    def founding(self, streams: Collection[bytes]) -> dict[bytes, Entry]:
        """The first entries of these streams (the sixteen bytes of their ids), of those that exist."""
        return {entry.stream.bytes: entry for entry in self._recorder.founding(streams)}

    def at(self, position: int) -> Entry | None:
        return self.entries([position]).get(position)

    def entries(self, positions: Collection[int]) -> dict[int, Entry]:
        """Reads the entries at those positions, by position, in as few queries as possible; a position without an entry
        is left out."""
        return self._recorder.entries(positions)

    def count(self, after: int, before: int) -> int:
        """Counts the entries between two positions, themselves not counted."""
        return self._recorder.count(after, before)

    def wait_beyond(self, position: int, timeout: float) -> bool:
        """True as soon as this process has appended beyond `position`; False after `timeout` seconds: look then,
        another process may have."""
        with self.appended:
            return self.appended.wait_for(lambda: self._last > position, timeout)

    # Decisions

    def get(self, aggregate_id: UUID, kind: type[A]) -> A:
        """Raises NotFound, also when another kind of thing has that id."""
        try:
            found: object = self._aggregates.repository.get(aggregate_id)
        except AggregateNotFoundError as error:
            raise NotFound(
                said("there is no {name} {aggregate_id}", name=kind.__name__.lower(), aggregate_id=aggregate_id)
            ) from error
        if not isinstance(found, kind):
            raise NotFound(
                said("there is no {name} {aggregate_id}", name=kind.__name__.lower(), aggregate_id=aggregate_id)
            )
        return found

    def aggregate_at(self, aggregate_id: UUID, version: int) -> Aggregate:
        """The aggregate as it was right after the entry of that version in its stream. Raises NotFound."""
        try:
            found: Aggregate = self._aggregates.repository.get(aggregate_id, version=version)
        except AggregateNotFoundError as error:
            raise NotFound(said("there is no aggregate {aggregate_id}", aggregate_id=aggregate_id)) from error
        return found

    def save(self, *aggregates: Aggregate) -> int:
        """Stores what happened to all of them in one transaction; the position of the last entry, 0 if nothing
        happened.

        Raises Refused with slug `conflict` when somebody else changed or created one of them meanwhile; the
        aggregates given are then to be thrown away, and got again. Raises NotAllowed where one of them was decided by a person
        whom the service does not know.
        """
        self.require_people(str(getattr(one, "by", "")) for each in aggregates for one in each.pending_events)
        try:
            recordings = self._aggregates.save(*aggregates)
        except IntegrityError as error:
            raise Refused(
                said("somebody else has just decided on the same thing"),
                mend=said("look again, then repeat"),
                slug="conflict",
            ) from error
        last = max((recording.notification.id for recording in recordings), default=0)
        self._announce(last)
        return last

    def require_people(self, names: Iterable[str]) -> None:
        """Raises NotAllowed for a person who is none of the service's own, as its last description has them."""
        require_people(names, self._described, self._access)

    def above(self, services: Collection[str]) -> frozenset[str]:
        """These services and those that they are part of, at any height."""
        return frozenset(one for service in services for one, _ in with_above(service, self._described))

    def _access(self) -> str | None:
        try:
            return self.get(ACCESS, Access).document
        except NotFound:
            return None

    def _described(self, service: str) -> str | None:
        try:
            return self.get(stream_of("service", service), Service).document
        except NotFound:
            return None

    # Sealed values

    def is_sealing(self) -> bool:
        """Says whether values of this store may be sealed. What was begun does not end."""
        if not self._is_sealing:
            self._is_sealing = _version(self.database) == SEALING_VERSION
        return self._is_sealing

    def begin_sealing(self) -> None:
        """Raises the version of the store to that in which values are sealed: programs that know nothing of it stop (StoreTooNew)
        instead of appending in clear what was declared personal."""
        if not self.is_sealing():
            with self.database.transaction() as writes:
                writes.execute("INSERT INTO entente_store (version) VALUES (?)", [SEALING_VERSION])

    def decode(self, entry: Entry) -> DomainEventProtocol[UUID]:
        """Decodes what happened to an aggregate from an entry with one of its topics. Raises StoreTooNew for an unknown
        topic."""
        stored = StoredEvent(entry.stream, entry.version, entry.topic, entry.state)
        try:
            return self._aggregates.mapper.to_domain_event(stored)
        except TopicError as error:
            raise StoreTooNew(
                said(
                    "entry {position} is a “{topic}”, which this program does not know",
                    position=entry.position,
                    topic=entry.topic,
                ),
                place=self.database.place,
                mend=said("use a newer entente"),
            ) from error

    def close(self) -> None:
        """Closes the database too if `open_history` opened it."""
        self._aggregates.close()
        if self._owns_database:
            self.database.close()

    def _announce(self, position: int) -> None:
        if position:
            with self.appended:
                self._last = max(self._last, position)
                self.appended.notify_all()


def open_history(store: str | Database) -> History:
    """Opens the history at that address (see services/history/databases.py), or in that open database, and creates what is
    absent.

    Raises StoreTooNew, Invalid, Unavailable.
    """
    if isinstance(store, Database):
        return History(store, _prepared(store))
    database = open_database(store)
    try:
        history = History(database, _prepared(database))
    except BaseException:
        database.close()
        raise
    history._owns_database = True
    return history


def prepare(url: str) -> int:
    """Creates the store, or brings an older one forward; the version it then has."""
    history = open_history(url)
    try:
        return SEALING_VERSION if history.is_sealing() else STORE_VERSION
    finally:
        history.close()


def grant_rights(database: Database, role: str, schemas: Sequence[str] = ("public",)) -> None:
    """Gives a role of the database what a program needs that creates nothing, in all schemas of the store. Raises Invalid
    where there are no roles, or none of that name."""
    from services.history.postgres_database import PostgresDatabase

    if not isinstance(database, PostgresDatabase):
        raise Invalid(said("a store in a file has no roles"), place=database.place, mend=said("the file's own rights"))
    database.grant(role, dict.fromkeys(("public", *schemas)))


def _prepared(database: Database) -> HistoryRecorder:
    recorder = recorder_for(database)
    found = _version(database)
    if found is not None and found > SEALING_VERSION:
        raise StoreTooNew(
            said(
                "the store has version {found}, and this program knows none above {store_version}",
                found=found,
                store_version=SEALING_VERSION,
            ),
            place=database.place,
            mend=said("use a newer entente"),
        )
    if found not in (STORE_VERSION, SEALING_VERSION):
        if database.has_table("entente_store") and _version(database) is None:  # asked last: others may be creating it
            raise not_whole(database.place)
        recorder.prepare()
        with database.creating() as store:
            store.execute("CREATE TABLE IF NOT EXISTS entente_store (version BIGINT NOT NULL)")
            store.execute(ATTEMPTS.format_map(database.types))
            store.execute("INSERT INTO entente_store (version) VALUES (?)", [STORE_VERSION])
    return recorder


def _version(database: Database) -> int | None:
    """The newest that was noted: two processes that created the store at once may both have done so."""
    if not database.has_table("entente_store"):
        return None
    with database.connect() as store:
        version: int | None = first_value(store.query("SELECT MAX(version) FROM entente_store"))
    return version


class _Aggregates(Application[UUID]):
    """The one application of `eventsourcing`, on our recorder; nothing of it is set from the environment."""

    name = "entente"

    def __init__(self, recorder: HistoryRecorder):
        self._given = recorder
        super().__init__()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        return Environment(name, dict(env or {}))

    def construct_recorder(self) -> ApplicationRecorder:
        return self._given
