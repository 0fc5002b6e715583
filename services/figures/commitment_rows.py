"""Commitments as they are shown: what is agreed, the current figures, what is pending, breached, to be done.

A row is kept while nothing of its commitment was touched, its contract says the same, and time has not reached the moment from which
on it would be another one (`_until`); what only says how far everything is known is put in anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

import msgspec

from domain.commitments import Commitment
from domain.times import Instant, day_start, local_date, zone
from services.figures.figure_rows import current_figures_of
from services.figures.kept_rows import Held, KeptRows
from services.figures.risks import Risks, RisksHere
from services.figures.rows import CommitmentRow, FigureRow
from services.history.databases import Transaction
from services.seeing.known import Known
from services.tables.documents import StoredAction


class KeptCommitments(KeptRows[CommitmentRow]):
    """What one reader of one store keeps of the rows of commitments."""


def commitment_rows(
    reads: Transaction, commitments: Sequence[Commitment], known: Known, kept: KeptCommitments, risks: RisksHere
) -> list[CommitmentRow]:
    """In the order of the commitments."""
    last_events: dict[str, Instant] = dict(reads.query("SELECT type, MAX(last_time) FROM view_seen GROUP BY type"))
    held = _still_true(reads, commitments, known, kept, last_events)
    anew = [one for one in commitments if one.id not in held]
    if anew:
        facts = _Facts(reads, anew, known, last_events)
        made = {one.id: _row(reads, one, known.about(one.id), facts, risks.of(one)) for one in anew}
        kept.by_id.update(made)
        held |= {id: one.row for id, one in made.items()}
    return [held[one.id] for one in commitments]


def _still_true(
    reads: Transaction,
    commitments: Sequence[Commitment],
    known: Known,
    kept: KeptCommitments,
    last_events: Mapping[str, Instant],
) -> dict[str, CommitmentRow]:
    """By commitment the rows that were kept and hold, as of what is known now."""
    found = {}
    for id, it in kept.still_true(reads, commitments, known).items():
        now, last = known.about(id), _last_event(it.commitment, last_events)
        if (last is None) != (it.row.last_event is None):
            continue
        if (now.position, now.watermark, last) != (it.known.position, it.known.watermark, it.row.last_event):
            it = kept.by_id[id] = Held(_as_of(it.row, now, last), it.commitment, now, it.until)
        found[id] = it.row
    return found


_FIGURE = [one.name for one in fields(FigureRow)]
_ROW = [one.name for one in fields(CommitmentRow)]
_of_figure, _of_row = attrgetter(*_FIGURE), attrgetter(*_ROW)
_POSITION, _WATERMARK = _FIGURE.index("position"), _FIGURE.index("watermark")
_CURRENT, _LAST_EVENT = _ROW.index("current"), _ROW.index("last_event")


def _as_of(row: CommitmentRow, known: Known, last_event: Instant | None) -> CommitmentRow:
    """The same row, which still holds, as of what is known now. `dataclasses.replace` takes four times as long, for a thousand
    rows at once."""
    values = list(_of_row(row))
    values[_CURRENT] = tuple(_figure_as_of(one, known) for one in row.current)
    values[_LAST_EVENT] = last_event
    return CommitmentRow(*values)


def _figure_as_of(figure: FigureRow, known: Known) -> FigureRow:
    values = list(_of_figure(figure))
    values[_POSITION], values[_WATERMARK] = known.position, known.watermark
    return FigureRow(*values)


class _Pending(NamedTuple):
    """Of what pends: how many are at risk, the first due, and when the next one is at risk."""

    at_risk: int
    due: Instant | None
    risk: Instant | None

    def and_also(self, other: _Pending) -> _Pending:
        return _Pending(self.at_risk + other.at_risk, _first(self.due, other.due), _first(self.risk, other.risk))


_NOTHING_PENDS = _Pending(0, None, None)


class _Facts:
    """What many commitments need, asked in one query each."""

    def __init__(
        self,
        reads: Transaction,
        commitments: Sequence[Commitment],
        known: Known,
        last_events: Mapping[str, Instant],
    ):
        ids = [one.id for one in commitments]
        self.last_events = last_events
        self.figures = current_figures_of(reads, commitments, known)
        self.pending: dict[str, _Pending] = {}
        self.next_period: dict[str, Instant] = {}
        for watermark, some in _by_watermark(commitments, known).items():
            reached = watermark if watermark is not None else -(2**62)
            for id, it in _pending(reads, some, reached):
                self.pending[id] = self.pending.get(id, _NOTHING_PENDS).and_also(it)
            sql = "SELECT commitment, MIN(start_at) FROM view_period WHERE start_at > ? AND"
            after = "GROUP BY commitment"
            self.next_period |= dict(reads.select_in(sql, "commitment", some, params=[reached], after=after))
        self.breaches: dict[str, int] = dict(
            reads.select_in(
                "SELECT commitment, COUNT(*) FROM view_breach WHERE state = 'open' AND",
                "commitment",
                ids,
                after="GROUP BY commitment",
            )
        )
        self.actions: dict[str, list[StoredAction]] = {}
        sql = "SELECT commitment, document FROM view_action WHERE state = 'open' AND"
        for commitment, document in reads.select_in(sql, "commitment", ids):
            self.actions.setdefault(commitment, []).append(msgspec.json.decode(document))


def _pending(reads: Transaction, ids: Sequence[str], reached: Instant) -> Iterator[tuple[str, _Pending]]:
    """Of each commitment what is at risk some time, and what never is: SQLite then looks at what pends alone, by its own index, and
    not at all that a commitment ever had."""
    sql = (
        "SELECT commitment, CAST(SUM(CASE WHEN risk_from <= ? THEN 1 ELSE 0 END) AS BIGINT), MIN(due), "
        "MIN(CASE WHEN risk_from > ? THEN risk_from END) "
        "FROM view_occurrence WHERE wake IS NOT NULL AND verdict = 'pending' AND"
    )
    params, after = [reached, reached], "GROUP BY commitment"
    for which in ("risk_from IS NOT NULL AND", "risk_from IS NULL AND"):
        for id, *found in reads.select_in(f"{sql} {which}", "commitment", ids, params=params, after=after):
            yield id, _Pending._make(found)


def _first(*moments: Instant | None) -> Instant | None:
    return min((one for one in moments if one is not None), default=None)


def _by_watermark(commitments: Iterable[Commitment], known: Known) -> dict[Instant | None, list[str]]:
    found: dict[Instant | None, list[str]] = {}
    for one in commitments:
        found.setdefault(known.about(one.id).watermark, []).append(one.id)
    return found


def _last_event(commitment: Commitment, last_events: Mapping[str, Instant]) -> Instant | None:
    return max((last_events[kind] for kind in commitment.types if kind in last_events), default=None)


def _row(reads: Transaction, commitment: Commitment, known: Known, facts: _Facts, risks: Risks) -> Held[CommitmentRow]:
    """`known`: of this commitment."""
    version = commitment.version_at(known.watermark) if known.watermark is not None else None
    version = version or commitment.newest
    current = current_figures([row for row, _ in facts.figures[commitment.id]], known)
    at_risk, next_due, next_risk = facts.pending.get(commitment.id, _NOTHING_PENDS)
    is_usually_late = False
    if commitment.id in facts.pending and risks.may_be_late:
        at_risk, is_usually_late = risks.count()
    if commitment.schedule is not None and next_due is None and known.watermark is not None:
        due = commitment.schedule.next_after(known.watermark)
        next_due = due.due if due is not None else None
    here = zone(version.terms.timezone)
    today = local_date(known.watermark, here) if known.watermark is not None else None
    actions = facts.actions.get(commitment.id, [])
    last_event = _last_event(commitment, facts.last_events)
    because = _unmonitored_because(reads, commitment, version.criterion.owner, last_event, known.watermark)
    row = CommitmentRow(
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
        begins=commitment.versions[0].start if _is_to_begin(commitment, known.watermark) else None,
    )
    moments = [next_due, next_risk, facts.next_period.get(commitment.id), *(one.until for one in current)]
    if today is not None and actions:
        moments.append(day_start(today + timedelta(days=1), here))
    return Held(row, commitment, known, _until(reads, commitment, known.watermark, moments))


def _until(
    reads: Transaction, commitment: Commitment, watermark: Instant | None, moments: Iterable[Instant | None]
) -> Instant | None:
    """The first of these moments behind the watermark, and of others at which time alone may change the row: where a version
    begins or ends, and where an occurrence falls that says how late its debtor is. The next microsecond, where every moment
    changes a figure: a rolling window, service time."""
    if watermark is None:
        return None
    if commitment.is_of_time or commitment.rolling:
        return watermark + 1
    sql = "SELECT MIN(anchor) FROM view_occurrence WHERE commitment = ? AND anchor > ?"
    [(following,)] = reads.query(sql, [commitment.id, watermark])
    ends = [one for version in commitment.versions for one in (version.start, version.end)]
    return min((one for one in (*moments, following, *ends) if one is not None and one > watermark), default=None)


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
    last = max((last for (last,) in found if last is not None), default=None)
    return _unmonitored_because(reads, commitment, version.criterion.owner, last, watermark)


def _is_to_begin(commitment: Commitment, watermark: Instant | None) -> bool:
    return watermark is not None and watermark < commitment.versions[0].start


def _unmonitored_because(
    reads: Transaction,
    commitment: Commitment,
    owner: str | None,
    last_event: Instant | None,
    watermark: Instant | None,
) -> str | None:
    """DESIGN §3.15: a clause without owner or events is shown as such. Before its first day no event is missing."""
    if owner is None:
        return "no owner"
    if _is_to_begin(commitment, watermark):
        return None
    if last_event is None:
        return "no event yet"
    sql = (
        "SELECT position FROM view_signal WHERE commitment = ? LIMIT 1"
        if commitment.is_of_time
        else "SELECT key FROM view_occurrence WHERE commitment = ? "
        "AND (closed IS NOT NULL OR opened IS NOT NULL OR value IS NOT NULL) LIMIT 1"
    )
    return None if reads.query(sql, [commitment.id]) else "no event yet"


def _is_overdue(action: StoredAction, today: date | None) -> bool:
    return today is not None and action["due"] is not None and date.fromisoformat(action["due"]) < today
