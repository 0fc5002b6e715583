"""Breaches, actions, reviews and excuses, as they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from domain.excuses import is_within
from domain.saying import Said
from domain.times import Instant
from services.access import Principal
from services.reading import decision_rows, excuse_rows
from services.reading.decision_rows import Asked
from services.reading.near_keys import mend_key
from services.reading.paging import filled
from services.reading.rows import (
    ActionRow,
    BreachRow,
    ExcuseRow,
    OccurrenceRow,
    ReviewRow,
)
from services.reading.scoped import Scoped, the


class DecisionReading(Scoped):
    """What follows from a miss, and what people decided."""

    # Breaches, actions, reviews

    def breaches(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[BreachRow]:
        with self._reading() as (reads, catalogue):
            asked = Asked.of(contract=contract, commitment=commitment, state=state)
            rows = decision_rows.breaches(reads, catalogue, asked)
        return [row for row in rows if self._sees_commitment(who, row.commitment, catalogue)]

    def page_of_breaches(
        self,
        who: Principal,
        limit: int,
        after: str | None = None,
        *,
        contract: str | None = None,
        commitment: str | None = None,
        state: str | None = None,
    ) -> list[BreachRow]:
        """The first ones of `breaches` behind the one of that id. Raises NotFound."""
        first = self.breach(who, after) if after is not None else None
        asked = Asked.of(contract=contract, commitment=commitment, state=state)
        with self._reading() as (reads, catalogue):
            return filled(
                limit,
                lambda last, many: decision_rows.breaches(reads, catalogue, asked, after=last, limit=many),
                lambda row: self._sees_commitment(who, row.commitment, catalogue),
                first,
            )

    def page_of_actions(
        self,
        who: Principal,
        limit: int,
        after: str | None = None,
        *,
        contract: str | None = None,
        commitment: str | None = None,
        state: str | None = None,
    ) -> list[ActionRow]:
        """The first ones of `actions` behind the one of that id. Raises NotFound."""
        if after is not None:
            self.action(who, after)
        with self._reading() as (reads, catalogue):
            order = decision_rows.action_order(reads, Asked.of(contract=contract, commitment=commitment, state=state))
            ids = [id for id, of in order if self._sees_commitment(who, of, catalogue)]
            ids = ids[ids.index(after) + 1 if after in ids else 0 :][:limit]
            known = self._known(reads)
            return [decision_rows.actions(reads, catalogue, known, Asked.of(id=id))[0] for id in ids]

    def page_of_excuses(
        self,
        who: Principal,
        limit: int,
        after: str | None = None,
        *,
        contract: str | None = None,
        commitment: str | None = None,
        state: str | None = None,
    ) -> list[ExcuseRow]:
        """The first ones of `excuses` behind the one of that id. Raises NotFound."""
        first = self.excuse(who, after) if after is not None else None

        def is_wanted(row: ExcuseRow) -> bool:
            is_meant = contract in (None, row.contract) and (commitment is None or is_within(row.scope, commitment))
            return is_meant and who.sees(row.supplier, row.client)

        with self._reading() as (reads, _):
            return filled(
                limit,
                lambda last, many: excuse_rows.excuses(
                    reads, state, before=last.position if last is not None else None, limit=many
                ),
                is_wanted,
                first,
            )

    def breach(self, who: Principal, breach: str) -> BreachRow:
        with self._reading() as (reads, catalogue):
            rows = decision_rows.breaches(reads, catalogue, Asked.of(id=breach))
        return the([row for row in rows if self._sees_commitment(who, row.commitment, catalogue)], breach, "breach")

    def unexplained(
        self, who: Principal, commitments: Collection[str], *, most: int
    ) -> tuple[list[tuple[BreachRow, int]], int]:
        """Of these commitments those that the asker's services owe and of which an open breach has no explanation: the newest
        breach of each and how many there are, the newest first; and how many commitments that are in all."""
        with self._reading() as (reads, catalogue):
            found = [
                (-newest, id, count)
                for id, (count, newest) in decision_rows.unexplained(reads).items()
                if id in commitments
                and self._sees_commitment(who, id, catalogue)
                and (commitment := catalogue.commitments.get(id)) is not None
                and who.acts_for(commitment.newest.debtor)
            ]
            found.sort()
            first = [
                (decision_rows.unexplained_at(reads, catalogue, id, -newest), count)
                for newest, id, count in found[:most]
            ]
        return first, len(found)

    def actions(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[ActionRow]:
        with self._reading() as (reads, catalogue):
            asked = Asked.of(contract=contract, commitment=commitment, state=state)
            rows = decision_rows.actions(reads, catalogue, self._known(reads), asked)
        return [row for row in rows if self._sees_commitment(who, row.commitment, catalogue)]

    def overdue(self, who: Principal, commitments: Collection[str], *, most: int) -> tuple[list[ActionRow], int]:
        """Of these commitments the open actions of the asker's services whose day is over, the first due first; and how many
        they are in all."""
        with self._reading() as (reads, catalogue):
            known = self._known(reads)
            found = [
                id
                for _, _, id, commitment, owner in decision_rows.overdue(reads, catalogue, known)
                if commitment in commitments
                and self._sees_commitment(who, commitment, catalogue)
                and who.acts_for(owner)
            ]
            first = [decision_rows.actions(reads, catalogue, known, Asked.of(id=id))[0] for id in found[:most]]
        return first, len(found)

    def action(self, who: Principal, action: str) -> ActionRow:
        with self._reading() as (reads, catalogue):
            rows = decision_rows.actions(reads, catalogue, self._known(reads), Asked.of(id=action))
        return the([row for row in rows if self._sees_commitment(who, row.commitment, catalogue)], action, "action")

    def reviews(self, who: Principal, *, contract: str | None = None) -> list[ReviewRow]:
        """Held ones and the next one of each contract, by time."""
        with self._reading() as (reads, catalogue):
            rows = decision_rows.reviews(reads, catalogue, self._known(reads), self._kept)
            seen = {one.id for one in self._seen(who, catalogue, contract)}
        return [row for row in rows if row.contract in seen]

    def review(self, who: Principal, review: str) -> ReviewRow:
        return the(self.reviews(who), review, "review")

    # Excuses

    def excuses(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[ExcuseRow]:
        """Newest first; `commitment`: those that concern it, also by its contract or deliverable."""
        with self._reading() as (reads, _):
            rows = excuse_rows.excuses(reads, state)
        return [
            row
            for row in rows
            if who.sees(row.supplier, row.client)
            and contract in (None, row.contract)
            and (commitment is None or is_within(row.scope, commitment))
        ]

    def excuse(self, who: Principal, excuse: str) -> ExcuseRow:
        return the(self.excuses(who), excuse, "excuse")

    def excused_by(self, who: Principal, excuse: str) -> list[OccurrenceRow]:
        """What the excuse hides, or would hide if it were accepted."""
        row = self.excuse(who, excuse)
        with self._reading() as (reads, catalogue):
            return excuse_rows.covered(reads, row, catalogue.contracts[row.contract].commitments, self._known(reads))

    def excuse_touches_final(self, row: ExcuseRow) -> bool:
        with self._reading() as (reads, catalogue):
            return excuse_rows.touches_final(reads, row, catalogue.contracts[row.contract].commitments)

    def owes_within(self, who: Principal, commitments: Sequence[str], since: Instant, until: Instant) -> bool:
        """Whether anything that these commitments have stands in [since, until)."""
        with self._reading() as (reads, catalogue):
            ids = [self._commitment(who, catalogue, one).id for one in commitments]
            sql = "SELECT 1 FROM view_occurrence WHERE anchor >= ? AND anchor < ? AND standing IN ('owed', 'measured') AND"
            return bool(reads.select_in(sql, "commitment", ids, params=[since, until], after="LIMIT 1"))

    def mend_key(self, who: Principal, commitment: str, key: str) -> Said:
        """What a key that the commitment does not have may have been meant for."""
        with self._reading() as (reads, catalogue):
            return mend_key(reads, self._commitment(who, catalogue, commitment).id, key)

    def is_owed(self, who: Principal, commitment: str, key: str) -> bool:
        """Whether the commitment has that occurrence."""
        with self._reading() as (reads, catalogue):
            one = self._commitment(who, catalogue, commitment)
            sql = (
                "SELECT key FROM view_occurrence WHERE commitment = ? AND key = ? AND standing IN ('owed', 'measured')"
            )
            return bool(reads.query(sql, [one.id, key]))
