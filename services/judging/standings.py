"""What a target comes to over a period, from its tallies (MEANING §5, §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import NamedTuple, Protocol, TypedDict, TypeVar

from domain import figures
from domain.commitments import Commitment
from domain.figures import Segment, Tally
from domain.kept_up import Place
from domain.kinds.faces import face
from domain.occurrences import Verdict
from domain.periods import Period
from domain.sums import Amount, Values, aggregated, good_share, seconds
from domain.terms import Criterion, Target
from domain.times import Instant
from domain.versions import CommitmentVersion
from services.history.databases import Transaction
from services.judging.kept_parts import PartId
from services.judging.kept_windows import KeptWindow
from services.judging.sums import numbers_of, put_together, time_sums, values_of

R = TypeVar("R")


class StoredFigure(TypedDict):
    """A figure as it is kept when its period closes: as JSON, with all that a later change could be seen by. Amounts of a measure are
    None; `judged`, `exact` and `mean` are exact numbers as text, or `None`."""

    good: Amount | None
    total: Amount | None
    value: str | None
    status: figures.Status
    position: int
    counts: dict[str, int]
    raw: list[Amount | None]
    judged: str
    exact: str
    mean: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a target comes to over a period now."""

    segments: tuple[Segment, ...]
    tally: Tally
    status: figures.Status
    criterion: Criterion

    def as_final(self, position: int) -> StoredFigure:
        """The figure as it is kept when the period closes: counts and the exact value too, so that any later change is seen."""
        good, total = self.adjusted
        value = self.value
        return {
            "good": good,
            "total": total,
            "value": self.shown(value, self.segments[-1].target) if value is not None else None,
            "status": self.status,
            "position": position,
            "counts": {verdict.value: count for verdict, count in self.tally.counts.items()},
            "raw": list(self.raw),
            "judged": str(self.judged),
            "exact": str(value),
            "mean": str(self.mean),
        }

    def shown(self, value: Fraction, target: Target) -> str:
        """Shows the value as text, beside the target that it is compared with."""
        values = next((one.values() for one in self.segments if one.values is not None), None)
        return figures.shown(value, target, values.unit if values is not None and target.of == "time" else 1)

    @property
    def judged(self) -> Amount:
        """The amount that was judged: occurrences, items, seconds of service time."""
        return (
            self._time("total")
            if self.is_of_time
            else sum(one.tally.total + one.tally.measured for one in self.segments)
        )

    @property
    def unknown(self) -> Amount:
        """The amount that there was and cannot be judged, counted as `judged` is."""
        return self._time("unknown") if self.is_of_time else self.tally.counts[Verdict.UNKNOWN]

    @property
    def adjusted(self) -> tuple[Amount | None, Amount | None]:
        """(good, total), excuses left out; a measure has neither."""
        if self.is_measure:
            return None, None
        if self.is_of_time:
            return self._time("good"), self._time("total")
        return self.tally.good, self.tally.total

    @property
    def raw(self) -> tuple[Amount | None, Amount | None]:
        """(good, total) with the verdict under each excuse."""
        if self.is_measure:
            return None, None
        return (self._time("raw_good"), self._time("raw_total")) if self.is_of_time else self.tally.raw

    @property
    def expected(self) -> Amount | None:
        """Occurrences known to fall due, or seconds of service time; None where those have no end."""
        if not self.is_of_time:
            return self.tally.known
        lengths = [one.time.expected for one in self.segments if one.time is not None]
        return None if None in lengths else seconds(sum(one for one in lengths if one is not None))

    @property
    def value(self) -> Fraction | None:
        """The value that the target is about, over all segments; None when nothing, or too little, was judged."""
        if self.judged == 0 or self.judged < self.criterion.min_count:
            return None
        target = self.segments[-1].target
        is_share = target.form == "at_least" and target.of == "share"
        if not is_share and any(one.values is not None for one in self.segments):
            return self.mean
        return self.share

    @property
    def share(self) -> Fraction | None:
        """The good share of what was judged; None where nothing was, and for measures."""
        return good_share(*self.adjusted)

    @property
    def mean(self) -> Fraction | None:
        """The value that all measures or scores of all segments come to; None where there are none."""
        found = [one.values() for one in self.segments if one.values is not None]
        if not found:
            return None
        if len(found) == 1:
            return found[0].together()
        return aggregated(found[-1].aggregate, sorted(number for one in found for number in one.numbers))

    @property
    def is_measure(self) -> bool:
        return face(self.criterion.indicator).counts == "values"

    @property
    def is_of_time(self) -> bool:
        return any(one.time is not None for one in self.segments)

    def _time(self, name: str) -> Amount:
        return seconds(sum(getattr(one.time, name) for one in self.segments if one.time is not None))


Rows = Callable[[], Transaction]
"""Gives where rows are read, once all of them are written."""


class Reading(NamedTuple):
    """Where what tallies do not tell is read: rows, or what is `kept` of them."""

    rows: Rows
    kept: Kept | None = None


def standing_of(
    reading: Reading,
    commitment: Commitment,
    target_index: int,
    period: Period,
    watermark: Instant | None,
    tallies: dict[int, Tally],
) -> Standing:
    """The figure of a period, from its tallies, and from what is read where tallies do not tell. A rolling window ends at the
    watermark, so that nothing more may come."""

    def rows(read: Callable[..., R], *what: object) -> Callable[[], R]:
        @cache
        def found() -> R:
            return read(reading.rows, commitment, *what)

        return found

    segments = []
    total = Tally()
    for number, versions in _parts(commitment, target_index, period, tallies).items():
        tally = tallies.get(number, Tally())
        total.add(tally)
        ends = [one for one in (period.end, versions[-1].end) if one is not None]
        end = min(ends, default=None)
        segments.append(
            Segment(
                number,
                versions[-1].criterion.targets[target_index],
                tally,
                more_may_come=watermark is None or end is None or watermark < end,
                all_are_known=commitment.all_are_known and end is not None,
                is_in_force=any(_is_in_force(one, period) for one in versions),
                verdicts=rows(_verdicts, number, target_index, period, reading.kept),
                time=time_sums(reading.rows(), commitment, versions, period, watermark)
                if commitment.is_of_time
                else None,
                values=rows(_values, tuple(versions), target_index, period, reading.kept)
                if face(versions[-1].criterion.indicator).put_together is not None
                else None,
            )
        )
    criterion = version_of_period(commitment, period).criterion
    status = figures.status(segments, criterion.min_count, criterion.when_no_data)
    return Standing(tuple(segments), total, status, criterion)


def _parts(
    commitment: Commitment, target_index: int, period: Period, tallies: Mapping[int, Tally]
) -> dict[int, list[CommitmentVersion]]:
    """Gives, by segment, the versions with this target that are in force in the period, or of which something counts in it."""
    parts: dict[int, list[CommitmentVersion]] = {}
    for version in commitment.versions:
        has_counted = version.segment in tallies and tallies[version.segment].is_counted
        if (_is_in_force(version, period) or has_counted) and target_index < len(version.criterion.targets):
            parts.setdefault(version.segment, []).append(version)
    return parts


def _is_in_force(version: CommitmentVersion, period: Period) -> bool:
    """At some time of the period."""
    return (period.end is None or version.start < period.end) and (version.end is None or version.end > period.start)


def reach_of(commitment: Commitment, target_index: int, period: Period) -> tuple[Instant, Instant | None]:
    """Between which instants something falls in the period of that target, [from, until)."""
    return commitment.targets[target_index].reach(period)


def version_of_period(commitment: Commitment, period: Period) -> CommitmentVersion:
    """The last version in force within the period; the newest for a period after validity."""
    within = [one for one in commitment.versions if period.end is None or one.start < period.end]
    return within[-1] if within else commitment.versions[0]


def verdicts_of(
    reads: Transaction, commitment: Commitment, segment: int, target_index: int, period: Period
) -> list[Verdict]:
    """The verdicts of a segment of a period by (due, key), for what counts misses in a row. What is met without a due
    stands at its opening."""
    return [verdict for _, verdict in _placed(reads, commitment, segment, target_index, period)]


def _placed(
    reads: Transaction, commitment: Commitment, segment: int, target_index: int, period: Period
) -> list[tuple[Place, Verdict]]:
    start, end = reach_of(commitment, target_index, period)
    numbers = [one.number for one in commitment.versions if one.segment == segment]
    sql = (
        "SELECT anchor, key, verdict, version FROM view_occurrence WHERE commitment = ? AND standing = 'owed' AND anchor >= ?"
        + (" AND anchor < ?" if end is not None else "")
        + " ORDER BY anchor, key"
    )
    params: list[object] = [commitment.id, start, *([end] if end is not None else [])]
    found = reads.query(sql, params)
    return [((anchor, key), Verdict(verdict)) for anchor, key, verdict, version in found if version in numbers]


class Kept(Protocol):
    """What is kept in memory of a period, or of a window, so that the rows need not be read."""

    def verdicts(self, id: PartId, read: Callable[[], Iterable[tuple[Place, Verdict]]]) -> Sequence[Verdict]:
        """In their order; `read` from the rows."""

    def numbers(self, id: PartId, read: Callable[[], Iterable[Fraction]]) -> Sequence[Fraction]:
        """Ascending; `read` from the rows."""


class InWindow:
    """What is kept of the window of a rolling target."""

    def __init__(self, window: KeptWindow):
        self._window = window

    def verdicts(self, id: PartId, read: object) -> Sequence[Verdict]:
        return self._window.verdicts(id[-1])

    def numbers(self, id: PartId, read: object) -> Sequence[Fraction]:
        return self._window.numbers(id[-1])


def _verdicts(
    reads: Rows, commitment: Commitment, segment: int, target_index: int, period: Period, kept: Kept | None
) -> Sequence[Verdict]:
    if kept is None:
        return verdicts_of(reads(), commitment, segment, target_index, period)
    id = (commitment.id, target_index, period.start, segment)
    return kept.verdicts(id, lambda: _placed(reads(), commitment, segment, target_index, period))


def _values(
    reads: Rows,
    commitment: Commitment,
    versions: Sequence[CommitmentVersion],
    target_index: int,
    period: Period,
    kept: Kept | None,
) -> Values:
    start, end = reach_of(commitment, target_index, period)
    if kept is None:
        return values_of(reads(), commitment, versions, start, end)
    id = (commitment.id, target_index, period.start, versions[-1].segment)
    numbers = kept.numbers(id, lambda: numbers_of(reads(), commitment, versions, start, end))
    return put_together(versions, numbers)
