"""Figures cut into slices, on the reading side only: the slices of a figure sum to it (INTERFACE §1 `slices`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from fractions import Fraction
from itertools import starmap
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain import figures
from domain.commitments import Commitment
from domain.durations import UNITS
from domain.figures import Tally
from domain.kinds.faces import face
from domain.occurrences import Verdict
from domain.periods import Period
from domain.saying import said
from domain.slicing import BY_TIME, WEEKDAYS, field_group, group_order, telling_event, time_group
from domain.sums import Amount, aggregated, good_share
from domain.target_periods import TargetPeriods
from domain.terms import Aggregate, Target
from domain.times import Instant, day_start, from_local, local_date
from services.errors import Invalid
from services.figures.rows import FigureRow
from services.history.databases import Transaction, column_list
from services.history.history import History
from services.history.stored_events import event_of
from services.judging.ledger import decode_evidence
from services.judging.standings import Reading, standing_of

_PAGE = 5_000


@dataclass(slots=True)
class Sums:
    """What a group comes to: verdicts, the numbers of measures and scores, or service time in seconds."""

    tally: Tally = field(default_factory=Tally)
    numbers: list[Fraction] = field(default_factory=list)
    seconds: dict[str, Amount] | None = None  # good, total, raw_good, raw_total, expected, unknown

    def add(self, other: Sums) -> None:
        self.tally.add(other.tally)
        self.numbers += other.numbers
        if other.seconds is not None:
            mine = self.seconds or dict.fromkeys(other.seconds, 0)
            self.seconds = {name: mine[name] + amount for name, amount in other.seconds.items()}


@dataclass(frozen=True, slots=True)
class SliceRow:
    """One group of a figure. `group` is None for what has no such field. Amounts are as in the figure: occurrences, seconds;
    a measure has no good and total."""

    figure: FigureRow
    by: str
    group: str | None
    sums: Sums
    target: Target
    aggregate: Aggregate | None = None

    @property
    def tally(self) -> Tally:
        return self.sums.tally

    @property
    def adjusted(self) -> tuple[Amount | None, Amount | None]:
        if self.figure.counted == "values":
            return None, None
        if self.sums.seconds is not None:
            return self.sums.seconds["good"], self.sums.seconds["total"]
        return self.tally.good, self.tally.total

    @property
    def raw(self) -> tuple[Amount | None, Amount | None]:
        if self.figure.counted == "values":
            return None, None
        if self.sums.seconds is not None:
            return self.sums.seconds["raw_good"], self.sums.seconds["raw_total"]
        return self.tally.raw

    @property
    def judged(self) -> Amount:
        if self.sums.seconds is not None:
            return self.sums.seconds["total"]
        return self.tally.total + self.tally.measured

    @property
    def unknown(self) -> Amount:
        return self.sums.seconds["unknown"] if self.sums.seconds is not None else self.tally.counts[Verdict.UNKNOWN]

    @property
    def expected(self) -> Amount | None:
        if self.figure.expected is None:
            return None
        return self.sums.seconds["expected"] if self.sums.seconds is not None else self.tally.known

    @property
    def share(self) -> Fraction | None:
        return good_share(*self.adjusted)

    @property
    def mean(self) -> Fraction | None:
        return aggregated(self.aggregate, sorted(self.sums.numbers)) if self.aggregate is not None else None

    @property
    def value(self) -> Fraction | None:
        """What the target is about, of this group; smallness is for the reader to judge."""
        is_share = self.figure.target.endswith("%")
        return self.mean if self.aggregate is not None and not is_share else self.share

    @property
    def shown(self) -> str | None:
        """The value as text beside the figure's target, as the figure shows its own."""
        return self._beside(self.value)

    def shown_share(self) -> str | None:
        return self._beside(self.share) if self.target.of == "share" else _shown(self.share)

    def shown_mean(self) -> str | None:
        return self._beside(self.mean) if self.target.of != "share" else _shown(self.mean)

    def _beside(self, value: Fraction | None) -> str | None:
        unit = UNITS[self.figure.unit or "s"] if self.target.of == "time" else 1
        return figures.shown(value, self.target, unit) if value is not None else None


def may_be_cut(commitment: Commitment, by: str) -> bool:
    """By weekday and hour always, by a field that a version of the criterion names; but no second of service time is of one
    event."""
    if by in BY_TIME:
        return True
    return not commitment.is_of_time and any(by in one.criterion.slices for one in commitment.versions)


def require_slice(commitments: Sequence[Commitment], by: str) -> list[Commitment]:
    """The commitments that can be cut so. Raises Invalid where none can."""
    found = [one for one in commitments if may_be_cut(one, by)]
    if not found:
        named = {path for one in commitments for version in one.versions for path in version.criterion.slices}
        known = ", ".join([*BY_TIME, *sorted(named - set(BY_TIME))])
        raise Invalid(
            said("no criterion here is cut by “{by}”", by=by),
            mend=said("{known}, or a field that its `slices` name", known=known),
        )
    return found


def slice_rows(
    reads: Transaction, history: History, commitment: Commitment, rows: Iterable[FigureRow], by: str
) -> Iterator[SliceRow]:
    """The groups of each of these figures of the commitment, in their order."""
    shown = list(rows)
    if not commitment.is_of_time:
        found = _counted(reads, history, commitment, shown, by)
    else:
        found = {(row.target_index, row.start): _timed(reads, commitment, row, by) for row in shown}
    indicator = commitment.newest.criterion.indicator
    aggregate = face(indicator).aggregate(indicator)
    for row in shown:
        groups = found.get((row.target_index, row.start), {})
        for group in sorted(groups, key=group_order):
            yield SliceRow(row, by, group, groups[group], _target(commitment, row), aggregate)


def _target(commitment: Commitment, row: FigureRow) -> Target:
    """The one that the figure names, of the version that words it."""
    worded = (target for version in commitment.versions for target in version.criterion.targets)
    return next(target for target in worded if str(target) == row.target)


Groups = dict[str | None, Sums]
FigureId = tuple[int, int]
"""Target index, start of the period."""


class _Judged(NamedTuple):
    """An occurrence. `evidence` is read where it tells the group."""

    verdict: str
    version: int
    anchor: Instant
    underlying: str | None
    standing: str
    value: str | None
    evidence: bytes = b""


def _counted(
    reads: Transaction, history: History, commitment: Commitment, rows: Sequence[FigureRow], by: str
) -> dict[FigureId, Groups]:
    """From occurrences: verdicts, and numbers where they have some."""
    wanted = {(row.target_index, row.start) for row in rows}
    rolling = [(row.target_index, row.start, row.until) for row in rows if row.period.startswith("rolling-")]
    columns = column_list(_Judged).removesuffix(", evidence" if by in BY_TIME else "")
    sql = (
        f"SELECT {columns} FROM view_occurrence WHERE commitment = ? AND standing IN ('owed', 'measured') "
        "ORDER BY anchor, key"
    )
    found: dict[FigureId, Groups] = {}
    counted = []
    for row in starmap(_Judged, reads.query(sql, [commitment.id])):
        ids = _ids(commitment, row) & wanted
        at = row.anchor
        ids |= {(index, start) for index, start, until in rolling if start <= at and (not until or at < until)}
        if ids:
            counted.append((row, ids))
    for first in range(0, len(counted), _PAGE):
        page = counted[first : first + _PAGE]
        groups = _groups(history, commitment, [row for row, _ in page], by)
        for (row, ids), group in zip(page, groups, strict=True):
            for id in ids:
                _add(found.setdefault(id, {}).setdefault(group, Sums()), row)
    return found


def _add(sums: Sums, row: _Judged) -> None:
    if row.standing == "measured":
        sums.tally.measured += 1
    else:
        sums.tally.count(Verdict(row.verdict), Verdict(row.underlying) if row.underlying else None)
    if row.value is not None and row.verdict != "excused":
        sums.numbers.append(Fraction(row.value))


def _timed(reads: Transaction, commitment: Commitment, row: FigureRow, by: str) -> Groups:
    """From service time: the period in days or hours on the wall, each put to its group."""
    found: Groups = {}
    end = row.until if row.until is not None else row.watermark
    for group, start, until in _spans(row.start, end or row.start, commitment.newest.zone, by):
        part = standing_of(
            Reading(lambda: reads), commitment, row.target_index, Period("", start, until), row.watermark, {}
        )
        if not part.segments:
            continue
        (good, total), (raw_good, raw_total) = part.adjusted, part.raw
        names = ("good", "total", "raw_good", "raw_total", "expected", "unknown")
        amounts = [amount or 0 for amount in (good, total, raw_good, raw_total, part.expected, part.unknown)]
        found.setdefault(group, Sums()).add(Sums(seconds=dict(zip(names, amounts, strict=True))))
    return found


def _spans(start: Instant, end: Instant, zone: ZoneInfo, by: str) -> Iterator[tuple[str, Instant, Instant]]:
    """The local days, or the hours of each, that [start, end) is made of. An hour that the clocks repeat is one of two."""
    day = local_date(start, zone)
    while (first := day_start(day, zone)) < end:
        following = day_start(day + timedelta(days=1), zone)
        hours = range(24) if by == "hour" else (0,)
        bounds = [from_local(datetime.combine(day, time(hour)), zone) for hour in hours]
        for hour, opens, closes in zip(hours, bounds, [*bounds[1:], following], strict=True):
            begins, ends = max(opens, first, start), min(closes, following, end)
            if begins < ends:
                yield f"{hour:02d}:00" if by == "hour" else WEEKDAYS[day.weekday()], begins, ends
        day += timedelta(days=1)


def _ids(commitment: Commitment, row: _Judged) -> set[FigureId]:
    """The figures that an occurrence is counted in."""
    periods = commitment.version(row.version).periods
    return {(index, one.of(row.anchor).start) for index, one in enumerate(periods) if isinstance(one, TargetPeriods)}


def _groups(history: History, commitment: Commitment, rows: Sequence[_Judged], by: str) -> list[str | None]:
    if by in BY_TIME:
        return [time_group(by, row.anchor, commitment.version(row.version).zone) for row in rows]
    positions = [telling_event(decode_evidence(bytes(row.evidence)), row.anchor) for row in rows]
    entries = history.entries({one for one in positions if one is not None})
    groups = {position: field_group(event_of(entry.state, position), by) for position, entry in entries.items()}
    return [groups.get(position) if position is not None else None for position in positions]


def summed(rows: Iterable[SliceRow]) -> list[SliceRow]:
    """The groups of several figures of one target together, in their order, each beside the last of the figures."""
    found: dict[str | None, SliceRow] = {}
    for row in rows:
        sums = Sums()
        if row.group in found:
            sums.add(found[row.group].sums)
        sums.add(row.sums)
        found[row.group] = replace(row, sums=sums)
    return [found[group] for group in sorted(found, key=group_order)]


def _shown(value: Fraction | None) -> str | None:
    return figures.shown(value) if value is not None else None
