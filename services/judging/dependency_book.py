"""Misses that the other party had its part in (DESIGN §3.14, MEANING §5 "Excuses"): an excuse is proposed for them, once, and
their breach says so (`needs.py`: what the other party owed first)."""

from __future__ import annotations

from domain.commitments import Commitment
from domain.excuses import proposal_id
from domain.occurrences import MISSES, Judgement
from services.judging.breach_book import BreachBook
from services.judging.ledger import Ledger, Occurrence
from services.judging.needs import Needs
from services.judging.outbox import put_in_outbox, said_at
from services.judging.turn import Turn

_MISSES = ", ".join(f"'{one.value}'" for one in sorted(MISSES))


class DependencyBook:
    """Looks at a commitment when it misses, and again when what it depends on changes: the order plays no part."""

    def __init__(self, needs: Needs, ledger: Ledger, breaches: BreachBook):
        self._needs = needs
        self._ledger = ledger
        self._breaches = breaches

    def look(
        self,
        turn: Turn,
        commitment: Commitment,
        key: str,
        before: Judgement,
        after: Judgement,
    ) -> list[tuple[Commitment, str, Occurrence]]:
        """After an occurrence was judged: proposes the excuse that it asks for, and those of the misses that depended on
        it, which are returned."""
        if self._needs.has_some(commitment.id):
            self._propose(turn, commitment, key, after)
        dependents = []
        if before != after and self._needs.is_needed(commitment.id):
            for other, other_key in dict.fromkeys(self._needs.dependents(commitment, key, (before, after))):
                row = self._ledger.row(turn.writes, other.id, other_key)
                if row.judgement.is_miss:
                    self._propose(turn, other, other_key, row.judgement)
                    dependents.append((other, other_key, row))
        return dependents

    def settle(self, turn: Turn, commitment: Commitment) -> None:
        """After a rebuild: the same for every miss of the commitment, and of those that depend on it."""
        concerned = [commitment] if self._needs.has_some(commitment.id) else []
        for one in [*concerned, *self._needs.those_that_need(commitment.id)]:
            sql = (
                "SELECT key FROM view_occurrence WHERE commitment = ? AND standing = 'owed' "
                f"AND verdict IN ({_MISSES}) ORDER BY anchor, key"
            )
            for (key,) in turn.writes.query(sql, [one.id]):
                row = self._ledger.row(turn.writes, one.id, key)
                self._propose(turn, one, key, row.judgement)
                if one.has_breaching_misses:
                    self._breaches.sync_occurrence(turn, one, key, row.judgement, row.period, was_miss=True)

    def _propose(
        self,
        turn: Turn,
        commitment: Commitment,
        key: str,
        judgement: Judgement,
    ) -> None:
        writes = turn.writes
        opening = self._breaches.opening(commitment.contract, turn.watermark, judgement.anchor)
        if not judgement.is_miss or opening.is_past:
            return
        found = list(self._needs.owed_late(writes, commitment, key, judgement))
        if not found:
            return
        mine = self._ledger.row(writes, commitment.id, key)
        rows = [mine, *(one.row for one in found)]
        evidence = {event.position for row in rows for event in row.evidence}
        if not all(row.evidence for row in rows):
            evidence.add(turn.at)  # what never came is known by the entry that says that all has been received
        id = proposal_id(commitment.id, key)
        content = {
            "excuse": id,
            "scope": commitment.id,
            "keys": [key],
            "since": None,
            "until": None,
            "category": "dependency",
            "text": ", ".join(f"{one.commitment.id} {one.key}: {one.row.judgement.verdict}" for one in found),
            "evidence": sorted(evidence),
            "party": commitment.version(judgement.version).deliverable.owed_by,
            "moment": opening.moment,
        }
        put_in_outbox(writes, f"excuse:{id}", turn.at, "propose-excuse", content, said_at(writes, "view_excuse", id))
