"""Occurrences as they are shown."""

from __future__ import annotations

from services.figures.risks import Risks
from services.figures.rows import OccurrenceRow
from services.judging.ledger import StoredOccurrence, evidence_of_row, judgement_of


def occurrence_row(row: StoredOccurrence, risks: Risks) -> OccurrenceRow:
    """Being at risk follows the watermark; it is a flag, not a verdict."""
    it = judgement_of(row)
    risk = risks.of(row.key, it)
    at_risk = risk is not None and risk.because is not None
    return OccurrenceRow(
        commitment=row.commitment,
        key=row.key,
        period=row.period or "",
        due=it.due,
        limit=it.limit,
        closed=it.closed,
        opened=it.opened,
        verdict=it.verdict.value if it.standing == "owed" else it.standing.replace("_", "-"),
        version=it.version,
        flags=(*it.flags, *(("at-risk",) if at_risk else ())),
        reason=it.reason,
        at_risk=at_risk,
        underlying=it.underlying.value if it.underlying is not None else None,
        risk=risk,
        evidence=tuple(dict.fromkeys(one.position for one in evidence_of_row(row) if one.position)),
        value=it.value,
    )
