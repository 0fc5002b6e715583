"""What made somebody act: the unit that an action's first breach is about, as rows now say (MEETING §5 "Windows")."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from domain.commitments import Commitment
from domain.effect_trigger import lost_by
from domain.figures import is_of_values
from domain.intervals import Interval
from domain.periods import Period
from domain.target_periods import RollingWindow
from domain.terms import Target
from domain.times import Instant, day_start, local_date
from services.history.databases import Transaction
from services.judging.effect_units import is_by_periods, place_of, target_of
from services.judging.standings import reach_of
from services.judging.sums import service_time

Order = tuple[Instant, str]
"""Where a unit stands, and its key."""


class Trigger(NamedTuple):
    """`reach`: nothing behind that instant changes which it is; None where anything may. `unit` None: nothing is found any
    more."""

    unit: Order | None
    reach: Instant | None


class BreachOfAction(NamedTuple):
    """The first breach that an action was opened for, those that stand before those that were withdrawn."""

    key: str | None
    target_index: int | None
    period: str
    cause: str
    opened_at: Instant


def breach_of_action(reads: Transaction, action: str, period: str | None) -> BreachOfAction | None:
    """`period`: of the action. Breaches of other periods joined it later: which they are depends on when it was open."""
    sql = (
        "SELECT key, target_index, period, cause, opened_at FROM view_breach WHERE action = ? AND period = ? "
        "ORDER BY CASE state WHEN 'withdrawn' THEN 1 ELSE 0 END, opened_at, id LIMIT 1"
    )
    return next((BreachOfAction._make(row) for row in reads.query(sql, [action, period or ""])), None)


def trigger_of(reads: Transaction, commitment: Commitment, breach: BreachOfAction) -> Trigger:
    index = breach.target_index or 0
    if breach.key is not None:
        found = _unit_of(reads, commitment, breach.key, index)
        return Trigger(found, found[0] if found is not None else None)
    period = _period_of(reads, commitment, breach, index)
    if period is None:
        return Trigger(None, None)
    _, until = reach_of(commitment, index, period)
    return Trigger(_lost_with(reads, commitment, breach, index, period), until)


def _lost_with(
    reads: Transaction, commitment: Commitment, breach: BreachOfAction, index: int, period: Period
) -> Order | None:
    """The unit with which the target was lost in that period."""
    if is_by_periods(commitment):
        return period.start, period.id
    target = target_of(commitment.newest, index)
    misses = list(_counted(reads, commitment, index, period))
    if target is None or not misses:
        return None
    at = _place(commitment, target, period, misses, breach)
    return _unit_of(reads, commitment, misses[at].key, index) if at is not None else None


class _Counted(NamedTuple):
    key: str
    verdict: str
    anchor: Instant
    closed: Instant | None


def _place(
    commitment: Commitment, target: Target, period: Period, found: list[_Counted], breach: BreachOfAction
) -> int | None:
    """Which of what counts in the period it is: of a value, and where data is wanting, the last."""
    if breach.cause == "no-data" or is_of_values(target):
        return len(found) - 1
    if commitment.is_of_time and target.form == "at_least":
        return _lost_time_by(commitment, target, period, found)
    return lost_by(target, [one.verdict in ("late", "missing", "failed") for one in found])


def _lost_time_by(commitment: Commitment, target: Target, period: Period, found: list[_Counted]) -> int | None:
    """The stretch by which too much of the service time of the period was lost; of a period without end the first."""
    if period.end is None:
        return 0
    version = commitment.version_at(period.start) or commitment.newest
    whole, lost = service_time(version, period.start, period.end), 0
    for at, one in enumerate(found):
        if one.verdict == "failed":
            begins, ends = _within(one, period.start, period.end)
            lost += service_time(version, begins, ends)
            if whole and Fraction(whole - lost, whole) < target.bound:
                return at
    return None


def _within(one: _Counted, start: Instant, end: Instant) -> Interval:
    begins = max(one.anchor, start)
    return begins, max(begins, end if one.closed is None else min(one.closed, end))


def _counted(reads: Transaction, commitment: Commitment, index: int, period: Period) -> Iterator[_Counted]:
    """What counts in the period, by anchor and key: as figures count it."""
    start, end = reach_of(commitment, index, period)
    sql = (
        "SELECT key, verdict, anchor, closed FROM view_occurrence WHERE commitment = ? AND anchor >= ? "
        + ("AND anchor < ? " if end is not None else "")
        + "AND standing IN ('owed', 'measured') AND verdict NOT IN ('excused', 'unknown') ORDER BY anchor, key"
    )
    params = [commitment.id, start, *([end] if end is not None else [])]
    return (_Counted._make(row) for row in reads.query(sql, params))


def _period_of(reads: Transaction, commitment: Commitment, breach: BreachOfAction, index: int) -> Period | None:
    periods = commitment.targets.get(index)
    if isinstance(periods, RollingWindow):
        return periods.at(breach.opened_at + 1)
    sql = "SELECT start_at FROM view_period WHERE commitment = ? AND target_index = ? AND period = ? ORDER BY start_at"
    for (start,) in reads.query(sql, [commitment.id, index, breach.period]):
        return periods.of(start) if periods is not None else None
    return None


def _unit_of(reads: Transaction, commitment: Commitment, key: str, index: int) -> Order | None:
    """The unit that the occurrence is, or of service time the local day on which it began."""
    found = place_of(reads, commitment, key, index)
    if found is None or not commitment.is_of_time:
        return found
    day = local_date(found[0], commitment.newest.zone)
    return day_start(day, commitment.newest.zone), day.isoformat()
