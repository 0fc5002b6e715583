"""Breaches, actions, reviews and excuses, as they are asked for."""

from __future__ import annotations

from domain.excuses import is_within
from services.access import Principal
from services.reading import decision_rows, excuse_rows
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
            rows = decision_rows.breaches(reads, catalogue)
        return [row for row in rows if self._is_asked_for(who, row, contract, commitment, state)]

    def breach(self, who: Principal, breach: str) -> BreachRow:
        return the(self.breaches(who), breach, "breach")

    def actions(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[ActionRow]:
        with self._reading() as (reads, catalogue):
            rows = decision_rows.actions(reads, catalogue, self._known(reads))
        return [row for row in rows if self._is_asked_for(who, row, contract, commitment, state)]

    def action(self, who: Principal, action: str) -> ActionRow:
        return the(self.actions(who), action, "action")

    def _is_asked_for(
        self,
        who: Principal,
        row: BreachRow | ActionRow,
        contract: str | None,
        commitment: str | None,
        state: str | None,
    ) -> bool:
        return (
            self._sees_commitment(who, row.commitment)
            and contract in (None, row.commitment.partition("/")[0])
            and commitment in (None, row.commitment)
            and state in (None, row.state)
        )

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
            rows = excuse_rows.excuses(reads)
        return [
            row
            for row in rows
            if who.sees(row.supplier, row.client)
            and contract in (None, row.contract)
            and (commitment is None or is_within(row.scope, commitment))
            and state in (None, row.state)
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

    def is_owed(self, who: Principal, commitment: str, key: str) -> bool:
        """Whether the commitment has that occurrence."""
        with self._reading() as (reads, catalogue):
            one = self._commitment(who, catalogue, commitment)
            sql = (
                "SELECT key FROM view_occurrence WHERE commitment = ? AND key = ? AND standing IN ('owed', 'measured')"
            )
            return bool(reads.query(sql, [one.id, key]))
