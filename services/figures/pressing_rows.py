"""What presses of commitments: what is missing, down or out of date, and what is at risk; kept of each while it cannot change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from domain.commitments import Commitment
from domain.durations import HOUR
from domain.times import Instant
from services.figures.kept_rows import Held, KeptRows
from services.figures.risks import Risks, RisksHere
from services.figures.rows import PressingRow
from services.history.databases import Transaction
from services.seeing.known import Known

LOOK_BACK: Final = 14 * 24 * HOUR
"""Microseconds: what has been missing for longer is for the review, no more for this morning."""
LOOK_AHEAD: Final = 2 * 24 * HOUR
"""Microseconds: what is at risk for its debtor's lateness alone is so at all times, and is shown when it is this near."""


class Presses(NamedTuple):
    """Of one commitment. `late`: missing, down or out of date, what has been so for the shortest time first; `risk`: the first limit
    first."""

    late: tuple[PressingRow, ...]
    risk: tuple[PressingRow, ...]


class KeptPresses(KeptRows[Presses]):
    """What one reader of one store keeps of what presses."""


_COLUMNS = "commitment, key, verdict, anchor, version, period, due, limit_at, is_strict, wake, risk_from"


class _Stored(NamedTuple):
    """The columns of `view_occurrence` by which it is seen whether something presses, and that are said of it."""

    commitment: str
    key: str
    verdict: str
    anchor: Instant
    version: int
    period: str | None
    due: Instant | None
    limit: Instant | None
    is_strict: int
    wake: Instant | None
    risk_from: Instant | None


def presses_of(
    reads: Transaction, commitments: Sequence[Commitment], known: Known, kept: KeptPresses, risks: RisksHere
) -> dict[str, Presses]:
    """By commitment, in their order. Nothing is kept of one that has a time of its own: two clocks say what presses of it."""
    level = [one for one in commitments if known.about(one.id).watermark == known.watermark]
    held = kept.still_true(reads, level, known)
    anew = [one for one in commitments if one.id not in held]
    if anew:
        made = _made(reads, anew, known, risks)
        kept.by_id |= {one.id: made[one.id] for one in level if one.id in made}
        held |= made
    return {one.id: held[one.id].row for one in commitments}


def _made(
    reads: Transaction, commitments: Sequence[Commitment], known: Known, risks: RisksHere
) -> dict[str, Held[Presses]]:
    stored = _stored(reads, commitments, known)
    moments = _moments(reads, commitments, known)
    found = {}
    for one in commitments:
        rows, until = stored.get(one.id, ()), None
        if known.watermark is not None:
            ends = (it.anchor + LOOK_BACK + 1 for it in rows if it.verdict == "missing")
            until = min([*moments[one.id], *ends], default=None)
        row = _presses(risks.of(one), rows, is_of_time=one.is_of_time)
        found[one.id] = Held(row, one, known.about(one.id), until)
    return found


def _stored(reads: Transaction, commitments: Iterable[Commitment], known: Known) -> dict[str, list[_Stored]]:
    """By commitment what is missing, goes on, or may be at risk, by when it stands and key."""
    now = known.watermark or 0
    signalled = [one.id for one in commitments if one.is_of_time]
    dated = [one.id for one in commitments if not one.is_of_time]
    sql = f"SELECT {_COLUMNS} FROM view_occurrence WHERE standing = 'owed' AND"
    missing = f"{sql} verdict = 'missing' AND anchor >= ? AND"
    rows = reads.select_in(missing, "commitment", [*dated, *signalled], params=[now - LOOK_BACK])
    goes_on = f"{sql} verdict IN ('failed', 'pending') AND closed IS NULL AND"
    rows += reads.select_in(goes_on, "commitment", signalled)
    # in two, for SQLite then looks at what pends alone, by its own index, and not at all that a commitment ever had
    pending = f"{sql} wake IS NOT NULL AND verdict = 'pending' AND"
    near = f"{pending} risk_from IS NOT NULL AND (risk_from <= ? OR due < ?) AND"
    rows += reads.select_in(near, "commitment", dated, params=[now, now + LOOK_AHEAD])
    rows += reads.select_in(
        f"{pending} risk_from IS NULL AND due < ? AND", "commitment", dated, params=[now + LOOK_AHEAD]
    )
    found: dict[str, list[_Stored]] = {}
    for it in sorted(map(_Stored._make, rows), key=lambda row: (row.anchor, row.key)):
        found.setdefault(it.commitment, []).append(it)
    return found


def _moments(reads: Transaction, commitments: Sequence[Commitment], known: Known) -> dict[str, list[Instant]]:
    """By commitment those behind the watermark at which time alone may change what presses: where something pending is at risk, is near
    enough, or where an occurrence falls that says how late its debtor is."""
    now, ids = known.watermark or 0, [one.id for one in commitments]
    found: dict[str, list[Instant]] = {id: [] for id in ids}
    for what, where, more in (
        ("MIN(risk_from)", "wake IS NOT NULL AND verdict = 'pending' AND risk_from > ?", 0),
        ("MIN(due)", "wake IS NOT NULL AND verdict = 'pending' AND risk_from IS NOT NULL AND due >= ?", LOOK_AHEAD),
        ("MIN(due)", "wake IS NOT NULL AND verdict = 'pending' AND risk_from IS NULL AND due >= ?", LOOK_AHEAD),
        ("MIN(anchor)", "anchor > ?", 0),
    ):
        sql = f"SELECT commitment, {what} FROM view_occurrence WHERE {where} AND"
        for id, moment in reads.select_in(sql, "commitment", ids, params=[now + more], after="GROUP BY commitment"):
            found[id].append(moment - more + (more > 0))
    return found


def _presses(risks: Risks, rows: Iterable[_Stored], *, is_of_time: bool) -> Presses:
    late: list[PressingRow] = []
    risk: list[PressingRow] = []
    for it in rows:
        is_pending = it.verdict == "pending"
        at_risk = is_pending and it.wake is not None and risks.is_at_risk(it)
        if at_risk or not is_pending or is_of_time:
            row = PressingRow(it.commitment, it.key, it.period or "", it.due, it.limit, it.verdict, at_risk)
            (risk if at_risk else late).append(row)
    return Presses(tuple(sorted(late, key=lambda row: -limit_of(row))), tuple(sorted(risk, key=limit_of)))


def limit_of(one: PressingRow) -> Instant:
    """From when on it is late."""
    return one.limit or one.due or 0
