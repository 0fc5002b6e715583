"""The needs of a commitment of others (`depends_on`), as the catalogue says them now: what the other party owed first.

Of a deliverable that depends on another one: what the other party owed first is its last occurrence that fell due after
the previous due of this commitment and not after this one; of cases and items the one with the same key.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from domain.commitments import Commitment
from domain.excuses import kept_late
from domain.occurrences import Judgement
from domain.terms import deliverable_of
from services.history.databases import Transaction, first_value
from services.judging.catalogue import Catalogue
from services.judging.ledger import Ledger, Occurrence
from services.judging.shares import needed_deliverables

CLIENT_OBLIGATION = "client-obligation"


class Owed(NamedTuple):
    """An occurrence that the other party owed first."""

    commitment: Commitment
    key: str
    row: Occurrence


class Needs:
    """Follows the catalogue by itself: what is asked is always of the wording in force."""

    def __init__(self, ledger: Ledger, catalogue: Catalogue):
        self._ledger = ledger
        self._catalogue = catalogue
        self._edition, self._taken = -1, 0
        self._concerned: dict[str, set[str]] = {}
        """The commitments to be looked at again when a contract changes, by contract: its own and those that name one
        of its deliverables."""
        self._needs: dict[str, list[Commitment]] = {}
        self._needed_by: dict[str, list[Commitment]] = {}

    def cause(self, writes: Transaction, commitment: Commitment, key: str, judgement: Judgement) -> str | None:
        """Why the breach of a missed occurrence opens, where it is not the miss alone."""
        if commitment.version(judgement.version).deliverable.owed_by != "supplier":
            return None
        return CLIENT_OBLIGATION if any(self.owed_late(writes, commitment, key, judgement)) else None

    def has_some(self, commitment: str) -> bool:
        """Says whether the commitment needs another one."""
        self.follow()
        return commitment in self._needs

    def is_needed(self, commitment: str) -> bool:
        """Says whether another commitment needs this one."""
        self.follow()
        return commitment in self._needed_by

    def those_that_need(self, commitment: str) -> list[Commitment]:
        self.follow()
        return self._needed_by.get(commitment, [])

    def owed_late(self, writes: Transaction, commitment: Commitment, key: str, judgement: Judgement) -> Iterator[Owed]:
        """Gives what the other party owed first and missed, or met only after this occurrence was due."""
        self.follow()
        version = commitment.version(judgement.version)
        names = {deliverable_of(one, commitment.contract) for one in version.deliverable.depends_on}
        creditor = version.terms.creditor(version.deliverable)
        for other in self._needs.get(commitment.id, ()):
            if other.id.rpartition("/")[0] not in names:
                continue
            other_key = self._counting_key(writes, commitment, key, judgement, other)
            row = self._ledger.row(writes, other.id, other_key) if other_key is not None else None
            if row is None or other_key is None or not kept_late(row.judgement, judgement.due):
                continue
            if other.version(row.judgement.version).debtor == creditor:
                yield Owed(other, other_key, row)

    def _counting_key(
        self, writes: Transaction, commitment: Commitment, key: str, judgement: Judgement, other: Commitment
    ) -> str | None:
        """The key of the other's occurrence that counts."""
        mine = commitment.schedule.named(key) if commitment.schedule is not None else None
        if mine is None:
            return key
        if other.schedule is not None:
            dues = [one for one in other.schedule.through(mine.due) if one.due > mine.previous]
            return dues[-1].key if dues else None
        self._ledger.write(writes)
        sql = (
            "SELECT key FROM view_occurrence WHERE commitment = ? AND standing = 'owed' AND due > ? AND due <= ? "
            "ORDER BY due DESC, key DESC LIMIT 1"
        )
        found: str | None = first_value(writes.query(sql, [other.id, mine.previous, mine.due]))
        return found

    def dependents(
        self, commitment: Commitment, key: str, judged: tuple[Judgement, Judgement]
    ) -> Iterator[tuple[Commitment, str]]:
        """The occurrences for which this one may be the one that counts."""
        for other in self._needed_by[commitment.id]:
            if other.schedule is None:
                yield other, key
                continue
            dues = [one.due for one in judged if one.is_owed and one.due is not None]
            for following in (other.schedule.next_after(due - 1) for due in dues):
                if following is not None:
                    yield other, following.key

    def follow(self) -> None:
        """Anew whenever the catalogue was read anew; where it took single contracts, only what they concern."""
        catalogue = self._catalogue
        if self._edition != catalogue.edition:
            self._edition, self._taken = catalogue.edition, 0
            self._needs, self._needed_by, self._concerned = {}, {}, {}
            self._find(catalogue.commitments.values())
        for contract in catalogue.taken[self._taken :]:
            again = self._concerned.pop(contract, set())
            for id in again:
                self._forget(id)
            own = (one.id for one in catalogue.contracts[contract].commitments)
            ids = sorted({*again, *own})
            self._find([catalogue.commitments[id] for id in ids if id in catalogue.commitments])
        self._taken = len(catalogue.taken)

    def _find(self, commitments: Iterable[Commitment]) -> None:
        for one in commitments:
            names = needed_deliverables(one) if self._catalogue.share.owns(one.id) else []
            for contract in {name.partition("/")[0] for name in names} | ({one.contract} if names else set()):
                self._concerned.setdefault(contract, set()).add(one.id)
            for other in (each for name in names for each in self._of(name)):
                if _parties(other) != _parties(one):
                    continue  # what others agreed is not for both parties to see: as if it did not exist
                self._needs.setdefault(one.id, []).append(other)
                insort(self._needed_by.setdefault(other.id, []), one, key=_id_of)

    def _of(self, deliverable: str) -> list[Commitment]:
        contract = self._catalogue.contracts.get(deliverable.partition("/")[0])
        every = contract.commitments if contract is not None else ()
        mine = (self._catalogue.commitments.get(one.id) for one in every if one.id.rpartition("/")[0] == deliverable)
        return sorted((one for one in mine if one is not None), key=_id_of)

    def _forget(self, commitment: str) -> None:
        for other in self._needs.pop(commitment, ()):
            left = [one for one in self._needed_by[other.id] if one.id != commitment]
            if left:
                self._needed_by[other.id] = left
            else:
                del self._needed_by[other.id]


def _id_of(commitment: Commitment) -> str:
    return commitment.id


def _parties(commitment: Commitment) -> frozenset[str]:
    return frozenset((commitment.newest.terms.supplier, commitment.newest.terms.client))
