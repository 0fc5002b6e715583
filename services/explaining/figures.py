"""Why a figure is what it is (DESIGN §3.17): what was counted under which wording, how it compares with the target as exact
fractions, and what would have changed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from domain import figures
from domain.commitments import Commitment
from domain.figures import Segment, is_of_values
from domain.margins import floor, is_reached, misses_to_spare, reached_by, time_allowed, time_to_spare
from domain.saying import said
from domain.sums import rank_of, seconds
from domain.target_periods import RollingWindow, TargetPeriods
from domain.versions import CommitmentVersion
from services.errors import NotFound
from services.explaining.occurrences import calendar_name
from services.explaining.rows import (
    ByBadTime,
    ByMisses,
    ByValue,
    FigureChange,
    FigureExplanation,
    MissRow,
    MoreJudged,
    SegmentRow,
    ValuesRow,
)
from services.explaining.rule_values import rule_of
from services.figures.commitment_rows import current_figures
from services.figures.figure_rows import figures_of, span_of
from services.figures.rows import FigureRow
from services.history.databases import Transaction
from services.judging.standings import Standing
from services.seeing.seen import Seen

LISTED = 20
"""How many misses are named; the ledger has them all."""


def explain_figure(seen: Seen, commitment: str, period: str | None = None) -> list[FigureExplanation]:
    """One for each target: of that period, or of the one under way. Raises NotFound for what is not there or not to be
    seen."""
    found = seen.commitment_in_force(commitment)
    known = seen.known
    pairs = list(figures_of(seen.reads, found, known, period=period))
    if period is None:
        current = current_figures([row for row, _ in pairs], known)
        pairs = [(row, standing) for row, standing in pairs if row in current]
    if not pairs:
        raise NotFound(
            said("{commitment} has no figure for {period}", commitment=commitment, period=period)
            if period
            else said("{commitment} has no figure yet", commitment=commitment),
            mend=said("entente figures shows the periods"),
        )
    return [_explained(seen.reads, found, row, standing) for row, standing in pairs]


def _explained(reads: Transaction, commitment: Commitment, row: FigureRow, standing: Standing) -> FigureExplanation:
    misses = list(_misses(reads, commitment, row))
    judged = sum((Fraction(one.judged) for one in standing.segments), Fraction(0))
    least = standing.criterion.min_count
    return FigureExplanation(
        row,
        tuple(_segment(commitment, row, one) for one in standing.segments),
        tuple(misses[:LISTED]),
        len(misses),
        least,
        max(least - judged, Fraction(0)),
        standing.criterion.indicator.kind,
    )


def _segment(commitment: Commitment, row: FigureRow, segment: Segment) -> SegmentRow:
    versions = [one for one in commitment.versions if one.segment == segment.version]
    begins, ends = span_of(versions, row.start, row.until) or (None, None)
    reached = reached_by(segment)
    time = time_to_spare(segment)
    holds = _newest_by(versions, row)
    return SegmentRow(
        holds.number,
        begins,
        ends,
        rule_of(holds),
        calendar_name(holds),
        str(segment.target),
        segment.target.form,
        {verdict.value: count for verdict, count in segment.tally.counts.items() if count},
        reached,
        segment.target.bound,
        is_reached(segment, reached),
        time if time is not None else misses_to_spare(segment),
        seconds(floor(allowed)) if (allowed := time_allowed(segment)) is not None else None,
        segment.more_may_come,
        _values(segment),
    )


def _newest_by(versions: Sequence[CommitmentVersion], row: FigureRow) -> CommitmentVersion:
    """Of versions that say the same of this commitment the last one that was in force in the period, as far as it is judged: the one
    that its verdicts name."""
    ends = [one for one in (row.until, row.watermark) if one is not None]
    began = [one for one in versions if not ends or one.start < min(ends)]
    return began[-1] if began else versions[0]


def _values(segment: Segment) -> ValuesRow | None:
    """Of a target that bounds what values come to."""
    if segment.values is None or not is_of_values(segment.target):
        return None
    found = segment.values()
    count = len(found.numbers)
    rank = rank_of(found.aggregate, count) if found.aggregate.startswith("p") and count else None
    return ValuesRow(found.aggregate, count, sum(found.numbers, Fraction(0)), rank)


def _misses(reads: Transaction, commitment: Commitment, row: FigureRow) -> Iterator[MissRow]:
    """What counts against the figure, by due and key; of availability and freshness the bad stretches that began in it."""
    sql = (
        "SELECT key, verdict, due, closed, version, anchor FROM view_occurrence WHERE commitment = ? AND standing = 'owed' "
        "AND verdict IN ('late', 'missing', 'failed') ORDER BY anchor, key"
    )
    for key, verdict, due, closed, number, anchor in reads.query(sql, [commitment.id]):
        periods = commitment.version(number).periods
        if row.target_index < len(periods) and _holds(periods[row.target_index], row, anchor):
            yield MissRow(key, verdict, due, closed)


def _holds(periods: TargetPeriods | RollingWindow, row: FigureRow, anchor: int) -> bool:
    if isinstance(periods, TargetPeriods):
        return periods.of(anchor).start == row.start
    return row.start <= anchor and (row.until is None or anchor < row.until)


def changes(one: FigureExplanation) -> Iterator[FigureChange]:
    """What would have changed it: of each wording, since each is judged against its own target."""
    if one.needed:
        yield MoreJudged(one.needed, one.min_count)
    for segment in one.segments:
        version = segment.version if len(one.segments) > 1 else None
        if segment.spare is None:
            if segment.reached is not None and segment.is_reached is not None:
                yield ByValue(version, segment.form, segment.bound, is_kept=segment.is_reached)
        elif segment.allowed is not None:
            yield ByBadTime(version, segment.spare, segment.allowed)
        else:
            yield ByMisses(version, segment.spare, in_a_row=segment.form == "max_consecutive_misses")


def four_places(value: Fraction) -> str:
    """Exact where it ends, else with four places."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(exact) != value:
        return figures.shown(value)
    return f"{exact:f}".rstrip("0").rstrip(".") if value.denominator != 1 else str(value.numerator)
