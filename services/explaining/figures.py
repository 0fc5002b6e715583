"""Why a figure is what it is (DESIGN §3.17): what was counted under which wording, how it compares with the target as exact
fractions, and what would have changed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from domain import figures
from domain.commitments import Commitment
from domain.figures import Segment, is_of_values
from domain.margins import floor, is_reached, misses_to_spare, reached_by, time_allowed, time_to_spare
from domain.saying import said
from domain.sums import Amount, rank_of, seconds
from domain.times import show, zone
from services.errors import NotFound
from services.explaining.occurrences import calendar_name
from services.explaining.rule_values import rule_of
from services.figures.commitment_rows import current_figures
from services.figures.figure_rows import figure_json, figures_of, span_of
from services.figures.rows import FigureRow
from services.history.databases import Transaction
from services.judging.standings import Standing
from services.seeing.seen import Seen

LISTED = 20
"""How many misses are named; the ledger has them all."""
SIGNS = {"at_least": "≥", "at_most": "≤", "max_misses": "≤", "max_consecutive_misses": "≤"}


@dataclass(frozen=True, slots=True)
class ValuesRow:
    """The numbers that a value was put together from: how many, what they add up to, and, of percentiles, which one of them
    in ascending order (from 1) it is."""

    aggregate: str
    count: int
    total: Fraction
    rank: int | None


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """The part of a period under one wording. `reached` and `bound` are compared: shares, values in the target's unit, or
    numbers of misses, exact. `spare`: how many more misses (or microseconds of bad time) it could bear; below 0, how many
    fewer it needed; None where that has no number. `allowed`: the seconds that may be bad in all, what is to come included."""

    version: int
    start: int | None
    until: int | None
    rule: dict[str, object]
    calendar: str | None
    target: str
    form: str
    counts: dict[str, int]
    reached: Fraction | None
    bound: Fraction
    is_reached: bool | None
    spare: int | None
    is_time: bool
    allowed: Amount | None
    more_may_come: bool
    values: ValuesRow | None


@dataclass(frozen=True, slots=True)
class MissRow:
    key: str
    verdict: str
    due: int | None
    closed: int | None


@dataclass(frozen=True, slots=True)
class FigureExplanation:
    """`misses`: the first of those that count against it, of `miss_count`. `needed`: how many more must be judged before it
    counts (`min_count`)."""

    figure: FigureRow
    segments: tuple[SegmentRow, ...]
    misses: tuple[MissRow, ...]
    miss_count: int
    min_count: int
    needed: Fraction
    kind: str


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
    return SegmentRow(
        segment.version,
        begins,
        ends,
        rule_of(versions[-1]),
        calendar_name(versions[-1]),
        str(segment.target),
        segment.target.form,
        {verdict.value: count for verdict, count in segment.tally.counts.items() if count},
        reached,
        segment.target.bound,
        is_reached(segment, reached),
        time if time is not None else misses_to_spare(segment),
        time is not None,
        seconds(floor(allowed)) if (allowed := time_allowed(segment)) is not None else None,
        segment.more_may_come,
        _values(segment),
    )


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


def _holds(periods: Any, row: FigureRow, anchor: int) -> bool:
    of = getattr(periods, "of", None)
    if of is None:  # a window that rolls
        return row.start <= anchor and (row.until is None or anchor < row.until)
    return bool(of(anchor).start == row.start)


def changes(one: FigureExplanation) -> list[dict[str, object]]:
    """What would have changed it, as codes: of each wording, since each is judged against its own target."""
    found: list[dict[str, object]] = []
    if one.needed:
        found.append({"code": "needs_judged", "count": _plain(one.needed), "min_count": one.min_count})
    for segment in one.segments:
        version: dict[str, object] = {"version": segment.version} if len(one.segments) > 1 else {}
        if segment.spare is None:
            if segment.reached is not None and segment.is_reached is not None:
                code = "value_kept" if segment.is_reached else "value_needed"
                found.append({"code": code, **version, "sign": SIGNS[segment.form], "bound": _plain(segment.bound)})
        elif segment.is_time:
            code = "can_bear_time" if segment.spare >= 0 else "too_much_time"
            allowed = {"allowed": str(segment.allowed)} if segment.allowed is not None else {}
            found.append({"code": code, **version, "seconds": str(seconds(abs(segment.spare))), **allowed})
        else:
            in_a_row = "_in_a_row" if segment.form == "max_consecutive_misses" else ""
            code = ("can_bear" if segment.spare >= 0 else "too_many") + in_a_row
            found.append({"code": code, **version, "misses": abs(segment.spare)})
    return found


def figure_explanation_json(one: FigureExplanation, zone_name: str) -> dict[str, Any]:
    here = zone(zone_name)

    def local(moment: int | None) -> str | None:
        return None if moment is None else show(moment, here)

    return {
        "commitment": one.figure.commitment,
        "target_index": one.figure.target_index,
        "period": one.figure.period,
        "status": one.figure.status,
        "figure": figure_json(one.figure, zone_name),
        "exact": _fraction(one.figure.exact),
        "segments": [
            {
                "version": segment.version,
                "from": local(segment.start),
                "until": local(segment.until),
                "rule": segment.rule,
                "calendar": segment.calendar,
                "target": segment.target,
                "counts": segment.counts,
                "reached": _fraction(segment.reached),
                "sign": SIGNS[segment.form],
                "bound": _fraction(segment.bound),
                "is_reached": segment.is_reached,
                "values": _values_json(segment.values),
            }
            for segment in one.segments
        ],
        "left_out": {
            name: one.figure.counts[name] for name in ("pending", "excused", "unknown") if one.figure.counts[name]
        }
        | ({"without_due": one.figure.without_due} if one.figure.without_due else {}),
        "misses": [
            {"key": miss.key, "verdict": miss.verdict, "due": local(miss.due), "closed": local(miss.closed)}
            for miss in one.misses
        ],
        "miss_count": one.miss_count,
        "min_count": one.min_count,
        "changed_by": changes(one),
    }


def _fraction(value: Fraction | None) -> str | None:
    """`8/9`, or a whole number."""
    return None if value is None else str(value)


def _plain(value: Fraction) -> str:
    """Exact where it ends, else with four places."""
    if value.denominator == 1:
        return str(value.numerator)
    shown = figures.shown(value)
    return shown if Fraction(shown) != value else shown.rstrip("0").rstrip(".")


def _values_json(values: ValuesRow | None) -> dict[str, object] | None:
    if values is None:
        return None
    return {
        "aggregate": values.aggregate,
        "count": values.count,
        "total": _fraction(values.total),
        "rank": values.rank,
    }
