"""Who sees what, in one place (DESIGN §1): a member sees the contracts of its services, nothing else. And how far what is shown
knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol, TypeVar

from domain.commitments import Commitment
from domain.saying import heard, said
from domain.times import Instant
from services.access import Principal
from services.errors import NotFound
from services.history.databases import Database, Transaction
from services.history.history import History
from services.history.received import received_at
from services.judging.catalogue import Catalogue, InForce, everything, together
from services.judging.layouts import Layout, in_force, inside
from services.judging.tables import TABLES
from services.judging.views import SHAPE
from services.reading.commitment_rows import commitment_rows
from services.reading.contract_rows import contract_rows
from services.reading.feeding import Feeding
from services.reading.kept import Kept
from services.reading.rows import (
    CommitmentRow,
    ContractRow,
    Known,
)

_STAMP = ", ".join(
    f"(SELECT {what} FROM {{0}}{table.name} WHERE {table.stamps})"
    for table in TABLES
    if table.stamps is not None
    for what in ("COUNT(*)", "MAX(changed)")
)
"""SQL: what changes whenever the catalogue does; closed time is of it. `{0}`: the schema."""


class Scoped:
    """What every read needs: one consistent state, and of it what the asker may see."""

    def __init__(self, database: Database, history: History):
        self.database = database
        self.history = history
        self._catalogue: tuple[Catalogue, tuple[object, ...]] = Catalogue(), ()
        """The last one that was made, and of what."""
        self._kept = Kept()
        self._feeding = Feeding(history)
        self._lineage = 0

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """What this thread reads within the block is one state of the store, however far the judging goes meanwhile. Nothing can
        be written in it, and one within another is that one."""
        self._same_store()
        with self.database.snapshot(SHAPE):
            yield

    # How far what is shown knows

    def known(self) -> Known:
        lineage = self._same_store()
        if in_force(self.database).shards > 1:
            with self.database.snapshot(SHAPE) as reads:
                return replace(self._known(reads), lineage=lineage)
        with self.database.connect() as reads:
            return replace(_known_in(reads, ""), lineage=lineage)

    def _same_store(self) -> int:
        """The number of the store; what was kept of another one is forgotten."""
        lineage = self.history.lineage()
        if lineage != self._lineage:
            self._lineage = lineage
            self._catalogue, self._kept = (Catalogue(), ()), Kept()
        return lineage

    def last_position(self) -> int:
        return self.history.last_position()

    def oldest_unjudged(self) -> Instant | None:
        """When the first entry behind what is judged was received; None while everything is judged."""
        following = self.history.read(self.known().position, 1)
        return received_at(self.history, following[0]) if following else None

    def rules(self) -> str | None:
        """The judging rules and time zone data in force, in words; None before the first judgement."""
        with self.database.connect() as reads:
            found = reads.query("SELECT rules FROM view_position WHERE shard = 0")
        return found[0][0] if found else None

    # Contracts and commitments

    def catalogue(self) -> Catalogue:
        """The contracts in force; the same object until one changes. While shards stand at different positions each commitment is
        worded as its shard knows it, so that it fits its rows."""
        self._same_store()
        if in_force(self.database).shards > 1:
            with self.database.snapshot(SHAPE) as reads:
                return self._catalogue_of(reads, in_force(self.database))
        with self.database.connect() as reads:
            return self._kept_catalogue(
                reads.query(f"SELECT {_STAMP.format('')}")[0], lambda fresh: fresh.load(reads, everything)
            )

    def _catalogue_of(self, reads: Transaction, layout: Layout) -> Catalogue:
        stamps = tuple(reads.query(f"SELECT {_STAMP.format(f'{schema}.')}")[0] for schema in layout.schemas)

        def load(fresh: Catalogue) -> None:
            fresh.load(reads, everything)
            if all(one == stamps[0] for one in stamps):
                return
            parts = []
            for share in layout.shares:
                with inside(reads, layout.schema(share.shard)):
                    parts.append(part := Catalogue())
                    part.load(reads, share.owns)
            together(fresh, parts)

        return self._kept_catalogue(stamps, load)

    def _kept_catalogue(self, stamp: tuple[object, ...], load: Callable[[Catalogue], None]) -> Catalogue:
        """The one of that stamp: another thread may look at another state and keep another one meanwhile."""
        catalogue, kept = self._catalogue
        if kept != stamp:
            catalogue = catalogue.again()
            load(catalogue)
            self._catalogue = catalogue, stamp
        return catalogue

    def contracts(self, who: Principal) -> list[ContractRow]:
        with self._reading() as (reads, catalogue):
            rows = contract_rows(reads, catalogue, self._known(reads), self._kept)
        return [row for row in rows if who.sees(row.supplier, row.client)]

    def contract(self, who: Principal, contract: str) -> ContractRow:
        for row in self.contracts(who):
            if row.id == contract:
                return row
        raise NotFound(
            said("there is no contract “{contract}”", contract=contract), mend=said("entente contracts list")
        )

    def commitments(self, who: Principal, contract: str | None = None) -> list[CommitmentRow]:
        with self._reading() as (reads, catalogue):
            wanted = [one for seen in self._seen(who, catalogue, contract) for one in seen.commitments]
            return commitment_rows(reads, wanted, self._known(reads), self._kept.rows)

    def commitment(self, who: Principal, commitment: str) -> CommitmentRow:
        with self._reading() as (reads, catalogue):
            wanted = [self._commitment(who, catalogue, commitment)]
            return commitment_rows(reads, wanted, self._known(reads), self._kept.rows)[0]

    def _known(self, reads: Transaction) -> Known:
        """The least of all shards, and where they stand at different positions what each of them knows."""
        layout = in_force(self.database)
        if layout.shards == 1:
            return _known_in(reads, "")
        every = [_known_in(reads, f"{schema}.") for schema in layout.schemas]
        least = min(every, key=lambda one: one.position)
        return least if all(one.position == least.position for one in every) else replace(least, shards=tuple(every))

    # Who sees what

    @contextmanager
    def _reading(self) -> Iterator[tuple[Transaction, Catalogue]]:
        self._same_store()
        with self.database.snapshot(SHAPE) as reads:
            yield reads, self.catalogue()

    def _seen(self, who: Principal, catalogue: Catalogue, contract: str | None) -> list[InForce]:
        """The one place where reads are scoped. Raises NotFound for a contract that is named and not seen."""
        if contract is None:
            return [one for one in catalogue.contracts.values() if who.sees(one.supplier, one.client)]
        named = catalogue.contracts.get(contract)
        if named is not None and who.sees(named.supplier, named.client):
            return [named]
        self.contract(who, contract)  # proposed, not signed yet: nothing is judged; else NotFound
        return []

    def _commitment(self, who: Principal, catalogue: Catalogue, commitment: str) -> Commitment:
        found = catalogue.commitments.get(commitment)
        if found is None or not self._sees_commitment(who, found.id, catalogue):
            raise NotFound(
                said("there is no commitment “{commitment}”", commitment=commitment),
                mend=said("contract/deliverable/criterion"),
            )
        return found

    def _wanted(
        self, who: Principal, catalogue: Catalogue, contract: str | None, commitment: str | None
    ) -> list[Commitment]:
        """The one that is named, else those of the contract, else all that are seen. Raises NotFound."""
        if commitment is not None:
            return [self._commitment(who, catalogue, commitment)]
        return [one for seen in self._seen(who, catalogue, contract) for one in seen.commitments]

    def _sees_commitment(self, who: Principal, commitment: str, catalogue: Catalogue) -> bool:
        contract = catalogue.contracts.get(commitment.partition("/")[0])
        return contract is not None and who.sees(contract.supplier, contract.client)


def _known_in(reads: Transaction, schema: str) -> Known:
    found = reads.query(f"SELECT position, watermark FROM {schema}view_position")
    position, watermark = found[0] if found else (0, None)
    return Known(position, watermark, dict(reads.query(f"SELECT contract, watermark FROM {schema}view_own_time")))


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def the(rows: list[N], id: str, what: str) -> N:
    for row in rows:
        if row.id == id:
            return row
    raise NotFound(said("there is no {what} “{id}”", what=heard(what), id=id))
