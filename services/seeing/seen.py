"""One state of the store as somebody sees it, how far it is known, and the one place that says which rows are theirs
(DESIGN §1).

All reads are functions over a `Seen`. One request has one of them, so that whatever it says belongs together; one that decides has
two, what it decided on and what it shows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from domain.commitments import Commitment
from domain.saying import heard, said
from services.access import ADMINISTRATOR, Principal
from services.errors import NotFound
from services.history.databases import Database, Transaction
from services.history.history import History
from services.judging.catalogue import Catalogue, InForce
from services.judging.layouts import in_force
from services.judging.views import SHAPE
from services.seeing.catalogues import Catalogues
from services.seeing.known import Known, known_in
from services.seeing.showing import Showing, shown_besides

T = TypeVar("T")
P = ParamSpec("P")


class Seen:
    """One state of a store as `who` sees it. For the thread that opened it, until its block ends; nothing can be decided in it."""

    def __init__(self, seeing: Seeing, reads: Transaction, who: Principal, store: _Store):
        self.seeing = seeing
        self._store = store
        self.reads = reads
        self.who = who
        self._once: dict[object, Any] = {}

    @property
    def history(self) -> History:
        return self.seeing.history

    @cached_property
    def known(self) -> Known:
        """How far this state is judged."""
        return known_in(self.seeing.database, self.reads, self._store.lineage)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Every contract in force, seen or not."""
        return self.kept(Catalogues).of(self.seeing.database, self.reads)

    def by(self, who: Principal) -> Seen:
        """Gives the same state as somebody else sees it."""
        return self if who == self.who else self.seeing.here(who)

    def once(self, read: Callable[[Seen], T]) -> T:
        """Gives the result of `read`, which is read once in this state however often it is asked for."""
        if read not in self._once:
            self._once[read] = read(self)
        return cast(T, self._once[read])

    def kept(self, sort: type[T]) -> T:
        """Gives the object of that sort that is kept of this store from one read to the next (see `Seeing.kept`)."""
        return self._store.kept(sort)

    def until_judged_further(self, read: Callable[[Seen], Sequence[T]]) -> Sequence[T] | None:
        """Gives the result of `read` for who sees everything, kept until the judging moves, for all of it follows from
        how far that is. None where this program keeps nothing."""
        if not self.seeing.keeps:
            return None
        known, rows = self._store.lists.get(read, (None, ()))
        if known != self.known:
            rows = read(self.by(ADMINISTRATOR))
            self._store.lists[read] = self.known, rows
        return rows

    # Which rows are seen

    def sees(self, *parties: str) -> bool:
        """Says whether what concerns any of these services is seen."""
        return self.who.sees(*parties)

    def sees_contract(self, contract: str, *parties: str) -> bool:
        """Says whether a contract of these parties is seen: by a party, or because it is shown to the parts of one."""
        return self.who.sees(*parties) or contract in self.shown

    @cached_property
    def shown(self) -> frozenset[str]:
        """The contracts of others that are read besides (trust §3): they are shown to the parts of a party, and who asks is of one.
        What may be done in a contract is asked of the rights in a party, which this gives nobody."""
        return shown_besides(
            self.kept(Showing),
            self.who,
            self.history,
            self.catalogue,
            lambda contract: self.known.of(contract).watermark,
        )

    @property
    def sees_everything(self) -> bool:
        return self.who.sees_everything

    def sees_commitment(self, commitment: str) -> bool:
        """Says whether a commitment of that id in force, or once in force, is seen."""
        contract = self.catalogue.contracts.get(commitment.partition("/")[0])
        return contract is not None and self.sees_contract(contract.id, contract.supplier, contract.client)

    def contracts_in_force(self, contract: str | None = None) -> list[InForce]:
        """The one that is named (none, while nothing of it is signed), else all that are seen. Raises NotFound for a contract that
        is not there, or not theirs to see."""
        if contract is None:
            every = self.catalogue.contracts.values()
            return [each for each in every if self.sees_contract(each.id, each.supplier, each.client)]
        named = self.catalogue.contracts.get(contract)
        if named is not None and self.sees_contract(named.id, named.supplier, named.client):
            return [named]
        self.require_contract(contract)
        return []

    def require_contract(self, contract: str) -> None:
        """Raises NotFound for a contract that was never proposed, or is not theirs to see."""
        sql = "SELECT supplier, client FROM view_contract WHERE id = ?"
        parties = self.reads.query(sql, [contract]) if "\0" not in contract else []  # PostgreSQL refuses it in a text
        if not parties or not self.sees_contract(contract, *parties[0]):
            raise no_contract(contract)

    def commitment_in_force(self, commitment: str) -> Commitment:
        """Raises NotFound for what is not there, or not theirs to see."""
        found = self.catalogue.commitments.get(commitment)
        if found is None or not self.sees_commitment(found.id):
            raise NotFound(
                said("there is no commitment “{commitment}”", commitment=commitment),
                mend=said("contract/deliverable/criterion"),
            )
        return found

    def commitments_in_force(self, contract: str | None = None, commitment: str | None = None) -> list[Commitment]:
        """The one that is named, else those of the contract, else all that are seen. Raises NotFound."""
        if commitment is not None:
            return [self.commitment_in_force(commitment)]
        return [each for one in self.contracts_in_force(contract) for each in one.commitments]


class _Store:
    """The objects that are kept of one store, for as long as it is that one: its number is another one after a restore,
    or a failover to a server that was behind (services/history/lineage.py). Positions say nothing then."""

    def __init__(self, lineage: int):
        self.lineage = lineage
        self.lists: dict[Callable[[Seen], Any], tuple[Known, Any]] = {}
        self._by_sort: dict[type, Any] = {}

    def kept(self, sort: type[T]) -> T:
        """One object of that sort, made at first."""
        found = self._by_sort.get(sort)
        if found is None:
            found = self._by_sort.setdefault(sort, sort())
        return cast(T, found)


class Seeing:
    """Opens the states of one store for those who ask. Safe for several threads.

    `keeps`: lists of all that there is are kept until the judging moves, as a program does that is asked again and again.
    """

    def __init__(self, history: History, database: Database | None = None, *, keeps: bool = False):
        self.history = history
        self.database = database or history.database
        self.keeps = keeps
        self._here = threading.local()
        self._store = _Store(0)

    @contextmanager
    def state(self) -> Iterator[None]:
        """Opens one state of the store for this thread: what it sees within the block stays, however far the judging
        goes meanwhile. Within a state that is open already, it is that one."""
        if self._open() is not None:
            yield
            return
        store = self._same_store()
        with self.database.snapshot(SHAPE) as reads:
            self._here.reads, self._here.seen, self._here.store = reads, {}, store
            try:
                yield
            finally:
                self._here.reads = self._here.seen = self._here.store = None

    def here(self, who: Principal) -> Seen:
        """Gives what `who` sees in the state that this thread has open: within one, each is the same object again.
        Raises RuntimeError outside of one."""
        reads = self._open()
        if reads is None:
            raise RuntimeError("no state of the store is open here")
        seen: dict[Principal, Seen] = self._here.seen
        if who not in seen:
            seen[who] = Seen(self, reads, who, self._here.store)
        return seen[who]

    @contextmanager
    def seen(self, who: Principal) -> Iterator[Seen]:
        """A state as `who` sees it, until the block ends."""
        with self.state():
            yield self.here(who)

    def read(self, who: Principal, read: Callable[Concatenate[Seen, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One read by itself, in a state of its own."""
        with self.seen(who) as seen:
            return read(seen, *args, **kwargs)

    def known(self) -> Known:
        """Looks up by itself how far the store is judged: for those who wait until it has moved."""
        lineage = self._same_store().lineage
        with self._lightly() as reads:
            return known_in(self.database, reads, lineage)

    def catalogue(self) -> Catalogue:
        """The contracts in force, looked up by themselves."""
        catalogues = self._same_store().kept(Catalogues)
        with self._lightly() as reads:
            return catalogues.of(self.database, reads)

    def _lightly(self) -> AbstractContextManager[Transaction]:
        """For one look: a snapshot, which waits while the shape of tables is changed, only where shards have to agree."""
        return self.database.snapshot(SHAPE) if in_force(self.database).shards > 1 else self.database.connect()

    def kept(self, sort: type[T]) -> T:
        """Gives the one object of that sort that is kept of this store from one read to the next, made at first. All
        objects go where the store is another one than before."""
        return self._same_store().kept(sort)

    def _open(self) -> Transaction | None:
        return cast("Transaction | None", getattr(self._here, "reads", None))

    def _same_store(self) -> _Store:
        lineage = self.history.lineage()
        if lineage != self._store.lineage:
            self._store = _Store(lineage)
        return self._store


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def named(rows: Sequence[N], id: str, what: str) -> N:
    """The row of that id. Raises NotFound where none of those that are seen has it; `what` it would be, in English."""
    for row in rows:
        if row.id == id:
            return row
    raise NotFound(said("there is no {what} “{id}”", what=heard(what), id=id))


def no_contract(contract: str) -> NotFound:
    return NotFound(said("there is no contract “{contract}”", contract=contract), mend=said("entente contracts list"))
