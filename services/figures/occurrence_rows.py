"""Occurrences as they are shown."""

from __future__ import annotations

from typing import cast

from domain.occurrences import Verdict
from domain.times import show, zone
from services.figures.risks import Risks, risk_json
from services.figures.rows import OccurrenceRow
from services.figures.shapes import Occurrence
from services.figures.shapes import Verdict as VerdictName
from services.judging.ledger import StoredOccurrence, evidence_of_row, judgement_of

VERDICTS = frozenset(one.value for one in Verdict)
"""What an occurrence that is owed may be; a measure, and what counts nowhere, has none of them."""


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


def shown_verdict(verdict: str | None) -> VerdictName | None:
    """None for what has none: a measure, and what counts nowhere."""
    return cast(VerdictName, verdict) if verdict in VERDICTS else None


def occurrence_json(row: OccurrenceRow, zone_name: str) -> Occurrence:
    """The object of `occurrences --json` (INTERFACE §3), and what else is known of it."""
    here = zone(zone_name)
    due, limit, closed, opened = (
        None if moment is None else show(moment, here) for moment in (row.due, row.limit, row.closed, row.opened)
    )
    return {
        "commitment": row.commitment,
        "key": row.key,
        "period": row.period,
        "due": due,
        "limit": limit,
        "opened": opened,
        "closed": closed,
        "underlying": shown_verdict(row.underlying),
        "verdict": shown_verdict(row.verdict),
        "version": row.version,
        "flags": list(row.flags),
        "reason": row.reason,
        "at_risk": row.at_risk,
        "risk": risk_json(row.risk),
        "evidence": list(row.evidence),
        "value": row.value,
    }
