"""What a target comes to over a period, from its tallies (MEANING §5, §7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from domain import figures
from domain.commitments import Commitment
from domain.figures import Segment, Tally
from domain.occurrences import Verdict
from domain.periods import Period
from domain.terms import Criterion
from domain.times import Instant
from domain.versions import CommitmentVersion
from services.history.databases import Transaction

Figure = dict[str, Any]
"""A figure as it is kept: good, total, value, status, position, counts."""

VerdictsOf = Callable[[int], Sequence[Verdict]]
"""The verdicts of a segment, by (due, key)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a target comes to over a period now."""

    segments: tuple[Segment, ...]
    tally: Tally
    status: figures.Status
    criterion: Criterion

    def as_final(self, position: int) -> Figure:
        """The figure as it is kept when the period closes: counts too, so that any later change is seen."""
        good, total = self.tally.good, self.tally.total
        return {
            "good": good,
            "total": total,
            "value": figures.shown_value(good, total, self.criterion.min_count),
            "status": self.status,
            "position": position,
            "counts": {verdict.value: count for verdict, count in self.tally.counts.items()},
            "raw": list(self.tally.raw),
        }


def standing_of(
    commitment: Commitment,
    target_index: int,
    period: Period,
    watermark: Instant | None,
    tallies: dict[int, Tally],
    verdicts: VerdictsOf,
) -> Standing:
    """The figure of a period, from its tallies."""
    parts: dict[int, list[CommitmentVersion]] = {}
    for version in commitment.versions:
        overlaps = (period.end is None or version.start < period.end) and (
            version.end is None or version.end > period.start
        )
        if (overlaps or version.segment in tallies) and target_index < len(version.criterion.targets):
            parts.setdefault(version.segment, []).append(version)
    segments = []
    total = Tally()
    for number, versions in parts.items():
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
                verdicts=_bound(verdicts, number),
            )
        )
    criterion = version_of_period(commitment, period).criterion
    status = figures.status(segments, criterion.min_count, criterion.when_no_data)
    return Standing(tuple(segments), total, status, criterion)


def _bound(verdicts: VerdictsOf, segment: int) -> Any:
    def read() -> Sequence[Verdict]:
        found: Sequence[Verdict] = verdicts(segment)
        return found

    return read


def version_of_period(commitment: Commitment, period: Period) -> CommitmentVersion:
    """The last version in force within the period; the newest for a period after validity."""
    within = [one for one in commitment.versions if period.end is None or one.start < period.end]
    return within[-1] if within else commitment.versions[0]


def verdicts_of(reads: Transaction, commitment: Commitment, period: Period, segment: int) -> list[Verdict]:
    """The verdicts of a segment of a period by (due, key), for what counts misses in a row. What is met without a due
    stands at its opening."""
    numbers = [one.number for one in commitment.versions if one.segment == segment]
    sql = (
        "SELECT verdict, version FROM view_occurrence WHERE commitment = ? AND standing = 'owed' AND anchor >= ?"
        + (" AND anchor < ?" if period.end is not None else "")
        + " ORDER BY anchor, key"
    )
    params: list[object] = [commitment.id, period.start, *([period.end] if period.end is not None else [])]
    return [Verdict(verdict) for verdict, version in reads.query(sql, params) if version in numbers]
