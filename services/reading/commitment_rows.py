"""Commitments as they are shown: what is agreed, the current figures, what is pending, breached, to be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from domain.commitments import Commitment
from domain.times import Instant, local_date, zone
from services.history.databases import Transaction
from services.reading.figure_rows import figures_of
from services.reading.risks import Risks
from services.reading.rows import CommitmentRow, FigureRow, Known


def commitment_rows(reads: Transaction, commitments: Sequence[Commitment], known: Known) -> list[CommitmentRow]:
    facts = _Facts(reads, known)
    return [_row(reads, one, known, facts) for one in commitments]


class _Facts:
    """What all commitments need, asked in one query each. Grouped by an expression, so that SQLite looks through the index of what
    waits for time, where it would else walk through every occurrence that there ever was, in the order of commitments."""

    def __init__(self, reads: Transaction, known: Known):
        watermark = known.watermark if known.watermark is not None else -(2**62)
        self.pending: dict[str, tuple[int, Instant | None]] = {
            row[0]: (row[1], row[2])
            for row in reads.query(
                "SELECT commitment || '', CAST(SUM(CASE WHEN risk_from <= ? THEN 1 ELSE 0 END) AS BIGINT), MIN(due) "
                "FROM view_occurrence WHERE wake IS NOT NULL AND verdict = 'pending' GROUP BY commitment || ''",
                [watermark],
            )
        }
        self.breaches: dict[str, int] = {
            row[0]: row[1]
            for row in reads.query(
                "SELECT commitment, COUNT(*) FROM view_breach WHERE state = 'open' GROUP BY commitment"
            )
        }
        self.actions: dict[str, list[dict[str, Any]]] = {}
        for commitment, document in reads.query("SELECT commitment, document FROM view_action WHERE state = 'open'"):
            self.actions.setdefault(commitment, []).append(msgspec.json.decode(document))
        self.last_events: dict[str, Instant] = {
            row[0]: row[1] for row in reads.query("SELECT type, MAX(last_time) FROM view_seen GROUP BY type")
        }


def _row(reads: Transaction, commitment: Commitment, known: Known, facts: _Facts) -> CommitmentRow:
    known = known.about(commitment.id)
    version = commitment.version_at(known.watermark) if known.watermark is not None else None
    version = version or commitment.newest
    rows = [row for row, _ in figures_of(reads, commitment, known, only_current=True)]
    current = current_figures(rows, known)
    at_risk, next_due = facts.pending.get(commitment.id, (0, None))
    is_usually_late = False
    if commitment.id in facts.pending and (risks := Risks(reads, commitment, known)).may_be_late:
        at_risk, is_usually_late = risks.count()
    if commitment.schedule is not None and next_due is None and known.watermark is not None:
        due = commitment.schedule.next_after(known.watermark)
        next_due = due.due if due is not None else None
    today = local_date(known.watermark, zone(version.terms.timezone)) if known.watermark is not None else None
    actions = facts.actions.get(commitment.id, [])
    last_event = max((facts.last_events[kind] for kind in commitment.types if kind in facts.last_events), default=None)
    because = _unmonitored_because(reads, commitment, version.criterion.owner, last_event)
    return CommitmentRow(
        id=commitment.id,
        contract=commitment.contract,
        debtor=version.debtor,
        creditor=version.terms.creditor(version.deliverable),
        terms=version.terms,
        deliverable=version.deliverable,
        criterion=version.criterion,
        current=tuple(current),
        next_due=next_due,
        pending=current[0].counts["pending"] if current else 0,
        overdue=current[0].counts["missing"] if current else 0,
        at_risk=at_risk,
        breaches_open=facts.breaches.get(commitment.id, 0),
        actions_open=len(actions),
        actions_overdue=sum(_is_overdue(one, today) for one in actions),
        last_event=last_event,
        is_monitored=because is None,
        unmonitored_because=because,
        is_usually_late=is_usually_late,
    )


def current_figures(rows: list[FigureRow], known: Known) -> list[FigureRow]:
    """Of each target the period that holds the watermark, else the last one that has begun, else the first."""
    current: dict[int, FigureRow] = {}
    for row in rows:
        has_begun = known.watermark is not None and row.start <= known.watermark
        if row.target_index not in current or has_begun:
            current[row.target_index] = row
    return [current[index] for index in sorted(current)]


def unmonitored_because(reads: Transaction, commitment: Commitment, known: Known) -> str | None:
    """Why nobody monitors the commitment; None where somebody does."""
    watermark = known.about(commitment.id).watermark
    version = (commitment.version_at(watermark) if watermark is not None else None) or commitment.newest
    found = reads.select_in("SELECT MAX(last_time) FROM view_seen WHERE", "type", commitment.types)
    last = max((row[0] for row in found if row[0] is not None), default=None)
    return _unmonitored_because(reads, commitment, version.criterion.owner, last)


def _unmonitored_because(
    reads: Transaction, commitment: Commitment, owner: str | None, last_event: Instant | None
) -> str | None:
    """DESIGN §3.15: a clause without owner or events is shown as such."""
    if owner is None:
        return "no owner"
    if last_event is None:
        return "no event yet"
    sql = (
        "SELECT position FROM view_signal WHERE commitment = ? LIMIT 1"
        if commitment.signals is not None
        else "SELECT key FROM view_occurrence WHERE commitment = ? "
        "AND (closed IS NOT NULL OR opened IS NOT NULL OR value IS NOT NULL) LIMIT 1"
    )
    return None if reads.query(sql, [commitment.id]) else "no event yet"


def _is_overdue(action: dict[str, Any], today: date | None) -> bool:
    return today is not None and action["due"] is not None and date.fromisoformat(action["due"]) < today
