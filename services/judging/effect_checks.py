"""One effect check as the rows now say: its windows, whether the target is kept, and the verdict (MEETING §5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from domain.commitments import Commitment
from domain.effect import EffectVerdict, WhyIncomparable, at_most, p_better, p_worse, verdict_of
from domain.effect_kept import is_kept
from domain.effect_windows import FEWEST, OF_PERIODS, Cut, Unit, Window, Windows, default_after, windows
from domain.kinds.faces import face
from domain.occurrences import Judgement
from domain.periods import shifted
from domain.target_periods import TargetPeriods
from domain.times import Instant, day_start, local_date
from domain.versions import CommitmentVersion
from services.history.databases import Transaction, first_value
from services.judging.effect_triggers import Trigger, breach_of_action, trigger_of
from services.judging.effect_units import (
    Around,
    Place,
    StatusOf,
    is_by_periods,
    place_of,
    target_of,
    unit_of,
    units_around,
)
from services.judging.effect_waiting import Ahead, over_at
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
    time alone may change what is shown of it; `reach`: nothing behind that instant changes it; `found`: the position of its
    finding. Known since it was judged: before the watermark `sure_until` it waits, and as long as what is `ahead` does; `target`:
    the index of the one that it is about."""

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
    sure_until: Instant | None = None
    ahead: Ahead | None = None
    target: int = 0

    @property
    def turns_at(self) -> Instant | None:
        """The next watermark at which time alone may decide it; None where none does, and where it was found."""
        if self.found is not None or self.wake is None:
            return None
        return self.wake if self.sure_until is None else max(self.wake, self.sure_until)

    def forget(self) -> None:
        """Something is otherwise of which all else depends: its commitment, or the breach that it is about."""
        self.sure_until = self.ahead = None

    def stays(self, commitment: Commitment, look: Look) -> bool:
        """Says whether it is as it was, waiting or found, whatever the windows now hold: then it is enough to judge it once, when all
        entries of the batch are in their places. True only where that is certain."""
        if self.found is not None:
            return True
        if self.sure_until is None or (look.watermark is not None and look.watermark >= self.sure_until):
            return False
        if self.ahead is None or not look.changed:
            return True
        if look.place is not None and look.place < self.change and commitment.all_are_known and not self.asked.after:
            return False
        return all(self._follow(commitment, key, judged) for key, judged in look.changed.items()) and self.ahead.waits

    def _follow(self, commitment: Commitment, key: str, judged: Judgement) -> bool:
        """Whether it is known what became of the units ahead by that."""
        assert self.ahead is not None
        unit = unit_of(commitment, key, judged, self.target)
        place = unit.order if unit is not None and unit.place >= self.change else None
        return self.ahead.put(key, place, pends=unit is not None and unit.missed is None)

    def judged(self, found: Concluded) -> None:
        self.wake, self.reach = found.wake, found.reach
        self.sure_until, self.ahead, self.target = found.sure_until, found.ahead, found.target


class Look(NamedTuple):
    """`place`: the first instant at which something changed; None: anything may have. `changed`: what is judged of occurrences
    that did."""

    watermark: Instant | None
    place: Instant | None
    changed: dict[str, Judgement]


@dataclass(frozen=True, slots=True)
class Concluded:
    verdict: EffectVerdict
    windows: Windows
    document: StoredEffect
    wake: Instant | None
    reach: Instant | None
    target: int
    sure_until: Instant | None
    ahead: Ahead | None


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
    units = units_around(reads, commitment, around, status)
    found = windows(units, check.change, cut, after, before)
    verdict, why, kept = _judged(commitment, check, found, index, expected, watermark)
    document = _document(check, found, (place, key), verdict, why, kept)
    wake = _wake(commitment, check, found, watermark) if verdict == "waiting" else None
    reach = _reach(found.after, called)
    if verdict != "waiting":
        return Concluded(verdict, found, document, wake, reach, index, None, None)
    sure_until = _sure_until(commitment, check, index, after)
    ahead = _ahead(commitment, check, units, after, trigger, called)
    return Concluded(verdict, found, document, wake, reach, index, sure_until, ahead)


def _sure_until(commitment: Commitment, check: Check, index: int, after: int) -> Instant:
    """Before that watermark time alone does not decide it, and of days and periods nothing does."""
    year, end = year_after(commitment, check.change), commitment.newest.end
    limits = [year if end is None else min(year, end)]
    if _is_by_time(commitment):
        limits += [one for one in [over_at(commitment, check.change, index, after)] if one is not None]
    return min(limits)


def _ahead(
    commitment: Commitment, check: Check, units: Sequence[Unit], after: int, trigger: Place | None, called: Trigger
) -> Ahead | None:
    """None where the units are days or periods."""
    if _is_by_time(commitment):
        return None
    is_before = called.reach is not None and called.reach <= check.change
    place, key = trigger or (None, "")
    is_before = is_before and (place is None or place < check.change)
    behind = [(one.order, one.missed is None) for one in units if one.place >= check.change]
    return Ahead.of_units(after, behind, key if is_before else None)


def _is_by_time(commitment: Commitment) -> bool:
    """Whether its units are days or periods."""
    return commitment.is_of_time or is_by_periods(commitment)


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
    if _is_by_time(commitment):
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
