"""One effect check as the rows now say: its windows, whether the target is kept, and the verdict (MEETING §5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from domain.commitments import Commitment
from domain.effect import EffectVerdict, WhyIncomparable, at_most, p_better, p_worse, verdict_of
from domain.effect_kept import is_kept
from domain.effect_windows import FEWEST, OF_PERIODS, Cut, Unit, Window, Windows, default_after, windows
from domain.kinds.faces import face
from domain.periods import shifted
from domain.target_periods import TargetPeriods
from domain.times import Instant, day_start, local_date
from domain.versions import CommitmentVersion
from services.history.databases import Transaction, first_value
from services.judging.effect_triggers import Trigger, breach_of_action, trigger_of
from services.judging.effect_units import Around, StatusOf, is_by_periods, place_of, target_of, units_around
from services.tables.documents import StoredEffect, StoredUnit, StoredWindow


@dataclass(frozen=True, slots=True)
class Asked:
    """How many units are looked at, and how sure one wants to be; None: as many as the check takes by itself."""

    after: int | None
    before: int | None
    sure: Fraction


@dataclass(slots=True)
class Check:
    """Number `number` of an action. `change`: from when on it is to help. `until`: the watermark when people opened the action, or
    when it was reopened; `is_cut`: the units before end there, else in front of the trigger. `key`: the trigger as it was
    called when the action was opened; `period`: that of the breach it was opened for. `wake`: the watermark from which on
    time alone may change it; `reach`: nothing behind that instant changes it; `found`: the position of its finding. As it was
    judged last: `lacks` so many units after the change, `pending`: those that were not decided yet; `touched`: what has changed
    since, by its key; `asks_as_many`: nothing of it before the change."""

    action: str
    number: int
    commitment: str
    change: Instant
    until: Instant | None
    is_cut: bool
    asked: Asked
    key: str | None
    period: str | None
    wake: Instant | None = None
    reach: Instant | None = None
    found: int | None = None
    lacks: int = 0
    pending: frozenset[str] = frozenset()
    touched: set[str] = field(default_factory=set)
    asks_as_many: bool = False

    def stays(self, commitment: Commitment, look: Look) -> bool:
        """Says whether it is as it was, waiting or found, whatever the windows now hold: then it is enough to judge it once, when all
        entries of the batch are in their places. True only where that is certain."""
        now = look.watermark
        if self.wake is not None and now is not None and now >= self.wake:
            return False
        if self.found is not None:
            return True
        if look.place is None or commitment.is_of_time or is_by_periods(commitment):
            return False
        self.touched |= look.keys
        self.asks_as_many = self.asks_as_many and look.place >= self.change
        asks_as_many = self.asks_as_many or self._asks_for(commitment) is not None
        if asks_as_many and not self.pending <= self.touched:
            return True
        return self.lacks > TOGETHER * len(self.touched)

    def judged(self, found: Concluded) -> None:
        after = found.windows.after
        self.wake, self.reach = found.wake, found.reach
        self.lacks = after.of - len(after.units)
        self.pending = frozenset(one.key for one in after.units if one.missed is None)
        self.touched, self.asks_as_many = set(), True

    def _asks_for(self, commitment: Commitment) -> int | None:
        """How many units it looks at after the change, whatever there is before it; None where that depends on it."""
        return self.asked.after or (None if commitment.all_are_known else default_after(None))


class Look(NamedTuple):
    """`place`: the first instant at which something changed; None: anything may have. `keys`: of which occurrences."""

    watermark: Instant | None
    place: Instant | None
    keys: frozenset[str]


TOGETHER = 2
"""By so many units one occurrence brings a window nearer to its end, at most: it may be one more, and one fewer may be asked for."""


@dataclass(frozen=True, slots=True)
class Concluded:
    verdict: EffectVerdict
    windows: Windows
    document: StoredEffect
    wake: Instant | None
    reach: Instant | None


def conclude(
    reads: Transaction, commitment: Commitment, check: Check, watermark: Instant | None, status: StatusOf
) -> Concluded:
    """`reads`: where all rows are written."""
    breach = breach_of_action(reads, check.action, check.period)
    index = breach.target_index or 0 if breach is not None else 0
    called = trigger_of(reads, commitment, breach) if breach is not None else Trigger(None, check.change)
    trigger = called.unit
    if trigger is None and check.key is not None:
        trigger = place_of(reads, commitment, check.key, index)
    cut = Cut(trigger, check.until if check.is_cut else None)
    expected = _expected(reads, commitment, check, index)
    after = check.asked.after or (OF_PERIODS if is_by_periods(commitment) else default_after(expected))
    before = check.asked.before or 2 * after
    place, key = trigger or (None, None)
    edge = cut.until if check.is_cut else place
    around = Around(check.change, edge, before + 1, after + 1, index, watermark)
    found = windows(units_around(reads, commitment, around, status), check.change, cut, after, before)
    verdict, why, kept = _judged(commitment, check, found, index, expected, watermark)
    document = _document(check, found, (place, key), verdict, why, kept)
    wake = _wake(commitment, check, found, watermark) if verdict == "waiting" else None
    return Concluded(verdict, found, document, wake, _reach(found.after, called))


def year_after(commitment: Commitment, change: Instant) -> Instant:
    """When a check has waited for too long: 00:00 local of the day one year after the change."""
    here = commitment.newest.zone
    return day_start(shifted(local_date(change, here), 1, "year"), here)


def _expected(reads: Transaction, commitment: Commitment, check: Check, index: int) -> int | None:
    """How many units the last whole period of the target before the change held; None where nobody knows."""
    periods = commitment.targets.get(index)
    if not commitment.all_are_known or not isinstance(periods, TargetPeriods):
        return None
    period = periods.of(check.change - 1)
    if period.end is None or period.end > check.change:
        period = periods.of(period.start - 1)
    start, end = periods.reach(period)
    if (start, end) != (period.start, period.end) or start < commitment.versions[0].start:
        return None
    sql = (
        "SELECT COUNT(*) FROM view_occurrence WHERE commitment = ? AND anchor >= ? AND anchor < ? AND standing = 'owed'"
    )
    return int(first_value(reads.query(sql, [commitment.id, start, end]), 0)) or None


def _judged(
    commitment: Commitment,
    check: Check,
    found: Windows,
    index: int,
    expected: int | None,
    watermark: Instant | None,
) -> tuple[EffectVerdict, WhyIncomparable | None, bool | None]:
    """The verdict, why nothing can be compared, and whether the target is kept."""
    if not found.after.is_whole or found.before.pends:
        why = _too_late(commitment, check, found.after, watermark)
        return ("incomparable" if why is not None else "waiting"), why, None
    version = _version_at(commitment, found.after.units[-1])
    kept = _is_kept(commitment, version, found.after, index, expected)
    if not found.before.units:
        return "incomparable", "no-unit-before", kept
    if any(one.segment != version.segment for one in found.before.units):
        return "incomparable", "wording-changed", kept
    return verdict_of(found.before.counted, found.after.counted, check.asked.sure, is_kept=kept), None, kept


def _too_late(commitment: Commitment, check: Check, after: Window, watermark: Instant | None) -> WhyIncomparable | None:
    """Why it is not waited for any longer."""
    end = commitment.newest.end
    if watermark is None or len(after.units) == after.of:
        return None
    if end is not None and watermark >= end:
        return "contract-ended"
    limit = year_after(commitment, check.change)
    within = sum(one.place < limit for one in after.units)
    return "too-few-after" if watermark >= limit and within < min(FEWEST, after.of) else None


def _version_at(commitment: Commitment, unit: Unit) -> CommitmentVersion:
    """The wording that judges the last unit."""
    return next(one for one in reversed(commitment.versions) if one.segment == unit.segment)


def _is_kept(
    commitment: Commitment, version: CommitmentVersion, after: Window, index: int, expected: int | None
) -> bool:
    indicator = version.criterion.indicator
    put_together = face(indicator).put_together
    periods = commitment.targets.get(index)
    target = target_of(version, index) if index < len(version.criterion.targets) else None
    return is_kept(
        after.units,
        target,
        periods,
        expected,
        (lambda numbers: put_together(indicator, numbers)) if put_together is not None else None,
    )


def _wake(commitment: Commitment, check: Check, found: Windows, watermark: Instant | None) -> Instant | None:
    """The next watermark at which time alone changes it: a day or a period that pends is over, the contract ends, a year has
    passed."""
    now = watermark if watermark is not None else check.change
    coming = [year_after(commitment, check.change)]
    if (end := commitment.newest.end) is not None:
        coming.append(end)
    if commitment.is_of_time or is_by_periods(commitment):
        units = (*found.before.units, *found.between, *found.after.units)
        coming += [_over(commitment, one) for one in units if one.missed is None]
    return min((one for one in coming if one > now), default=None)


def _over(commitment: Commitment, unit: Unit) -> Instant:
    """When the day, or the period, is over."""
    if unit.ends is not None:
        return unit.ends + 1
    here = commitment.newest.zone
    return day_start(shifted(date.fromisoformat(unit.key), 1, "day"), here)


def _reach(after: Window, called: Trigger) -> Instant | None:
    """Behind it nothing is looked at; None while units are awaited."""
    if len(after.units) < after.of or called.reach is None:
        return None
    last = (max(one.place, one.counts_at or one.place, one.ends or one.place) for one in after.units)
    return max(called.reach, *last)


def _document(
    check: Check,
    found: Windows,
    trigger: tuple[Instant | None, str | None],
    verdict: EffectVerdict,
    why: WhyIncomparable | None,
    kept: bool | None,
) -> StoredEffect:
    before, after = found.before.counted, found.after.counted
    place, key = trigger
    is_compared = kept is not None and bool(before.judged)
    none_missed = at_most(after) if kept is not None else None
    return {
        "verdict": verdict,
        "why": why,
        "kept": kept,
        "before": _window(found.before),
        "between": _units(found.between),
        "after": _window(found.after),
        "trigger": key,
        "trigger_at": place,
        "p_better": str(p_better(before, after)) if is_compared else None,
        "p_worse": str(p_worse(before, after)) if is_compared else None,
        "at_most": str(none_missed) if none_missed is not None else None,
        "sure": str(check.asked.sure),
    }


def _window(window: Window) -> StoredWindow:
    counted = window.counted
    return {
        "missed": counted.missed,
        "judged": counted.judged,
        "of": window.of,
        "units": _units(window.units),
    }


def _units(units: Iterable[Unit]) -> list[StoredUnit]:
    return [(one.key, one.place, one.missed) for one in units]
