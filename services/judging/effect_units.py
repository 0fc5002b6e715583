"""The units of a commitment around a change, as its rows now say (MEETING §5 "Units"): occurrences, days of service time, or
the periods of a target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from domain.commitments import Commitment
from domain.effect_windows import Unit
from domain.figures import Status, in_target_unit, is_within
from domain.kinds.faces import face
from domain.occurrences import Judgement, Verdict
from domain.periods import Period
from domain.target_periods import TargetPeriods
from domain.terms import Target
from domain.times import LAST_INSTANT, Instant, day_start, local_date
from domain.versions import CommitmentVersion
from services.history.databases import Transaction, column_list
from services.judging.sums import time_sums

Place = tuple[Instant, str]
"""Where a unit stands, and its key: by these they follow each other."""
StatusOf = Callable[[int, Period], Status]
"""What a target, by its index, comes to over a period now."""
BY_PERIODS = ("sum", "count", "min", "max")
"""Aggregates of which a single item says nothing: their units are periods."""
_DAY = timedelta(days=1)
_MOVED = 62 * 86_400_000_000
"""Microseconds by which a closed day moves a due, at most."""
MOST_DAYS = 3_700
"""Local days that are looked through for those with service time."""
_COUNTS = "commitment = ? AND standing IN ('owed', 'measured') AND verdict NOT IN ('excused', 'unknown')"


@dataclass(frozen=True, slots=True)
class Around:
    """Of which units one asks: at least `before` that lie before `edge`, and `after` that stand at or behind `change`; all that
    stand between both. `target`: its index. None for the edge: nothing lies before."""

    change: Instant
    edge: Instant | None
    before: int
    after: int
    target: int
    watermark: Instant | None

    @property
    def begins(self) -> Instant:
        """Where what lies between begins."""
        return self.change if self.edge is None else min(self.edge, self.change)


def target_of(version: CommitmentVersion, index: int) -> Target | None:
    """The target of that index, else the first; None where the version has none."""
    targets = version.criterion.targets
    return targets[index] if index < len(targets) else next(iter(targets), None)


def is_by_periods(commitment: Commitment) -> bool:
    """Says whether its units are the periods of its target."""
    indicator = commitment.newest.criterion.indicator
    return not commitment.is_of_time and face(indicator).aggregate(indicator) in BY_PERIODS


def units_around(reads: Transaction, commitment: Commitment, around: Around, status: StatusOf) -> list[Unit]:
    """In no order, each once."""
    if commitment.is_of_time:
        return _days(reads, commitment, around)
    if is_by_periods(commitment):
        return _periods(commitment, around, status)
    rows = {row.key: row for row in map(_Row._make, _rows(reads, commitment, around))}
    return [_unit(commitment, row, around.target) for row in rows.values()]


def unit_of(commitment: Commitment, key: str, judged: Judgement, target: int) -> Unit | None:
    """The unit that an occurrence is by what is judged of it now; None where it counts nowhere."""
    if judged.standing not in ("owed", "measured") or judged.verdict in (Verdict.EXCUSED, Verdict.UNKNOWN):
        return None
    named = (
        judged.standing,
        judged.verdict.value,
        judged.version,
        judged.anchor,
        judged.opened,
        judged.closed,
        judged.value,
    )
    return _unit(commitment, _Row(key, *named), target)


def place_of(reads: Transaction, commitment: Commitment, key: str, target: int) -> tuple[Instant, str] | None:
    """Where the occurrence stands among units, whatever became of it; None where there is no such row."""
    sql = f"SELECT {column_list(_Row)} FROM view_occurrence WHERE commitment = ? AND key = ?"
    for row in reads.query(sql, [commitment.id, key]):
        return _unit(commitment, _Row._make(row), target).order
    return None


def _rows(reads: Transaction, commitment: Commitment, around: Around) -> Iterator[Sequence[object]]:
    """Rows of occurrences that may be in a window, some of them twice. Where a closed day moves dues, or a unit is a period, the
    row stands elsewhere than the unit: more of them are read."""
    is_of_cases = any(rule.is_of_cases for rule in commitment.rules)
    place = "COALESCE(opened, anchor)" if is_of_cases else "anchor"
    moves = commitment.is_of_sums or (commitment.schedule is not None and commitment.schedule.moves)
    slack = _MOVED if moves else 0
    first, last = around.begins - slack, around.change + slack
    select = f"SELECT {column_list(_Row)} FROM view_occurrence WHERE {_COUNTS} AND "
    reaches = f"COALESCE(closed >= {around.change}, verdict = 'pending')" if is_of_cases else "1 = 0"
    before, after = (around.before, around.after) if not commitment.is_of_sums else (1_000, 1_000)
    parts: list[tuple[str, list[int]]] = [
        (f"{place} >= ? AND {place} < ?", [first, last]),
        (f"{place} >= ? ORDER BY {place}, key LIMIT {after}", [last]),
    ]
    if around.edge is not None:
        parts.append((f"{place} < ? AND NOT {reaches} ORDER BY {place} DESC, key DESC LIMIT {before}", [first]))
    if is_of_cases:
        parts.append((f"{place} < ? AND {reaches}", [first]))
    for condition, params in parts:
        yield from reads.query(select + condition, [commitment.id, *params])


class _Row(NamedTuple):
    key: str
    standing: str
    verdict: str
    version: int
    anchor: Instant
    opened: Instant | None
    closed: Instant | None
    value: str | None


def _unit(commitment: Commitment, row: _Row, target: int) -> Unit:
    key, anchor = row.key, row.anchor
    version = commitment.version(row.version)
    place, ends, is_lasting = anchor, row.closed, row.opened is not None
    if row.opened is not None:
        place = row.opened
    elif (dates := commitment.schedule) is not None and dates.moves and (due := dates.named(key)) is not None:
        place = due.nominal_due
    elif commitment.counted is not None and (period := commitment.counted.named(key)) is not None:
        place, ends, is_lasting = period.start, period.end - 1, True
    number = Fraction(row.value) if row.value is not None and not commitment.is_of_sums else None
    missed = row.verdict != "met" if row.verdict != "pending" else None
    if row.standing == "measured":
        missed = not _is_within(version, target, number)
    return Unit(key, place, missed, version.segment, ends, is_lasting, value=number, counts_at=anchor)


def _is_within(version: CommitmentVersion, index: int, number: Fraction | None) -> bool:
    """Says whether one number keeps the bound of the target."""
    target, put_together = target_of(version, index), face(version.criterion.indicator).put_together
    if target is None or number is None or put_together is None:
        return True
    return is_within(target, in_target_unit(put_together(version.criterion.indicator, (number,)), target))


def _days(reads: Transaction, commitment: Commitment, around: Around) -> list[Unit]:
    """Local days with service time of which something is known, as far as the windows reach; those to come pend."""
    here = commitment.newest.zone
    begins = local_date(around.begins, here)
    change = max(local_date(around.change, here), begins)
    days = [begins + _DAY * n for n in range((change - begins).days)]
    found = [unit for day in days if (unit := _day(reads, commitment, day, around)) is not None]
    found += islice(_each_day(reads, commitment, change, _DAY, around), around.after)
    if around.edge is not None:
        found += islice(_each_day(reads, commitment, begins - _DAY, -_DAY, around), around.before)
    return found


def _each_day(
    reads: Transaction, commitment: Commitment, first: date, step: timedelta, around: Around
) -> Iterator[Unit]:
    """From that day on, forwards or backwards, within the validity of the contract."""
    here, end = commitment.newest.zone, commitment.newest.end
    for n in range(MOST_DAYS):
        day = first + step * n
        starts = day_start(day, here)
        if starts < commitment.versions[0].start - 86_400_000_000 or (end is not None and starts >= end):
            return
        if (unit := _day(reads, commitment, day, around)) is not None:
            yield unit


def _day(reads: Transaction, commitment: Commitment, day: date, around: Around) -> Unit | None:
    """None without service time, and where nothing is known of it or all is excused."""
    here = commitment.newest.zone
    start, end = day_start(day, here), day_start(day + _DAY, here)
    version = commitment.version_at(start) or commitment.version_at(end - 1)
    if version is None:
        return None
    sums = time_sums(reads, commitment, [version], Period(day.isoformat(), start, end), around.watermark)
    is_over = around.watermark is not None and around.watermark >= end
    if is_over and not sums.total and not sums.pending:
        return None
    if not is_over and not sums.expected:
        return None
    missed = None if not is_over or (sums.pending and sums.good == sums.total) else sums.good < sums.total
    return Unit(day.isoformat(), start, missed, version.segment, good=sums.good, total=sums.total)


def _periods(commitment: Commitment, around: Around, status: StatusOf) -> list[Unit]:
    """The periods of the target; a target that rolls has none."""
    periods = commitment.targets.get(around.target)
    if not isinstance(periods, TargetPeriods):
        return []
    earlier = [one for one in periods.until(around.change) if one.start < around.change]
    kept = [one for one in earlier if one.start >= around.begins]
    if around.edge is not None:
        known = [one for one in earlier if one.start < around.begins]
        found = (_period(commitment, one, around, status) for one in reversed(known))
        before = list(islice((one for one in found if one is not None), around.before))
    else:
        before = []
    after = (_period(commitment, one, around, status) for one in following(commitment, periods, around.change))
    between = (_period(commitment, one, around, status) for one in kept)
    return [*before, *_given(between), *islice(_given(after), around.after)]


def _given(units: Iterable[Unit | None]) -> Iterator[Unit]:
    return (one for one in units if one is not None)


def following(commitment: Commitment, periods: TargetPeriods, change: Instant) -> Iterator[Period]:
    """The periods that begin at the change or later, within the validity of the contract, and to the end of the years."""
    end = commitment.newest.end
    every = periods.over(change, LAST_INSTANT if end is None else end - 1)
    return (one for one in every if one.start >= change)


def _period(commitment: Commitment, period: Period, around: Around, status: StatusOf) -> Unit | None:
    """None of a period without data."""
    is_over = period.end is not None and around.watermark is not None and around.watermark >= period.end
    found = status(around.target, period) if is_over else "open"
    if found == "no_data":
        return None
    missed = None if found == "open" else found == "breached"
    within = [one for one in commitment.versions if period.end is None or one.start < period.end]
    segment = (within[-1] if within else commitment.newest).segment
    return Unit(period.id, period.start, missed, segment, None if period.end is None else period.end - 1, True)
