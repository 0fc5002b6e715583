"""Figures as they are shown: one row per commitment, target and period (INTERFACE §3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple, TypedDict

import msgspec

from domain import figures
from domain.commitments import Commitment
from domain.durations import HOUR
from domain.figures import Tally
from domain.kinds.faces import face
from domain.margins import floor, kept_to_reach, time_allowed, time_to_spare
from domain.occurrences import Verdict
from domain.periods import Period
from domain.sums import Amount, seconds
from domain.target_periods import TargetPeriods
from domain.terms import Target
from domain.times import Instant, show, zone
from domain.versions import CommitmentVersion
from services.figures.rows import FigureRow
from services.figures.shapes import FinalFigure, Segment, Share, State
from services.history.databases import Row, Transaction, column_list
from services.judging.ledger import TALLY_COUNTS, tally_of
from services.judging.period_rows import decode_final
from services.judging.standings import Reading, Standing, StoredFigure, standing_of
from services.judging.sums import rolling_tallies
from services.seeing.known import Known


class _Budget(TypedDict):
    time_allowed: Amount | None
    time_left: Amount | None


class _StoredPeriod(NamedTuple):
    """What is asked of a row of `view_period`."""

    target_index: int
    start_at: Instant
    period: str
    end_at: Instant | None
    state: State
    final: str | None
    causes: str


WEEK = 7 * 24 * HOUR
_PERIODS = column_list(_StoredPeriod)


def figure_rows(
    reads: Transaction, commitment: Commitment, known: Known, *, period: str | None = None
) -> Iterator[FigureRow]:
    """What is shown of `figures_of`."""
    return (row for row, _ in figures_of(reads, commitment, known, period=period))


def figures_of(
    reads: Transaction, commitment: Commitment, known: Known, *, period: str | None = None, only_current: bool = False
) -> Iterator[tuple[FigureRow, Standing]]:
    """Every listed period of every target, ascending: from the start of validity to the one that holds the watermark,
    and later ones where a case or an item falls. `only_current`: of each target the last one that has begun, else the first."""
    known = known.about(commitment.id)
    tallies = _tallies(reads, [commitment.id]).get(commitment.id, {})
    sql = (
        f"SELECT {_PERIODS} FROM view_period WHERE commitment = ?"
        + (" AND period = ?" if period is not None else "")
        + " ORDER BY target_index, start_at"
    )
    params: list[object] = [commitment.id, *([period] if period is not None else [])]
    yield from _rolling_rows(reads, commitment, known, period)
    rows = [_StoredPeriod._make(row) for row in reads.query(sql, params)]
    done: set[int] = set()
    for row in _newest_first(rows, known.watermark) if only_current else rows:
        if row.target_index in done:
            continue
        counted = tallies.get((row.target_index, row.start_at), {})
        if (found := _figure(reads, commitment, row, counted, known)) is not None:
            yield found
            if only_current:
                done.add(row.target_index)


def current_figures_of(
    reads: Transaction, commitments: Sequence[Commitment], known: Known
) -> dict[str, list[tuple[FigureRow, Standing]]]:
    """By commitment what `figures_of` gives of it with `only_current`, in any order; in a few queries for all of them."""
    begun = _newest_begun(reads, commitments, known)
    ids = [(commitment, row.target_index, row.start_at) for commitment, rows in begun.items() for row in rows]
    tallies = _tallies(reads, ids)
    found = {}
    for one in commitments:
        mine = list(_of_rows(reads, one, begun.get(one.id, ()), tallies.get(one.id, {}), known.about(one.id)))
        if {row.target_index for row, _ in mine} == one.targets.keys() - one.rolling.keys():
            found[one.id] = [*_rolling_rows(reads, one, known.about(one.id), None), *mine]
        else:  # a target that has not begun, or whose last period says nothing
            found[one.id] = list(figures_of(reads, one, known, only_current=True))
    return found


def _newest_begun(
    reads: Transaction, commitments: Sequence[Commitment], known: Known
) -> dict[str, list[_StoredPeriod]]:
    """By commitment the last period of each target that has begun."""
    by_time: dict[Instant, list[str]] = {}
    for one in commitments:
        if (watermark := known.about(one.id).watermark) is not None:
            by_time.setdefault(watermark, []).append(one.id)
    newest: list[Row] = []
    for watermark, ids in by_time.items():
        sql = "SELECT commitment, target_index, MAX(start_at) FROM view_period WHERE start_at <= ? AND"
        after = "GROUP BY commitment, target_index"
        newest += reads.select_in(sql, "commitment", ids, params=[watermark], after=after)
    found: dict[str, list[_StoredPeriod]] = {}
    sql = f"SELECT commitment, {_PERIODS} FROM view_period WHERE"
    for id, *row in reads.select_in(sql, ("commitment", "target_index", "start_at"), newest):
        found.setdefault(id, []).append(_StoredPeriod._make(row))
    return found


def _of_rows(
    reads: Transaction,
    commitment: Commitment,
    rows: Iterable[_StoredPeriod],
    tallies: Mapping[tuple[int, int], dict[int, Tally]],
    known: Known,
) -> Iterator[tuple[FigureRow, Standing]]:
    for row in rows:
        counted = tallies.get((row.target_index, row.start_at), {})
        if (found := _figure(reads, commitment, row, counted, known)) is not None:
            yield found


def _figure(
    reads: Transaction, commitment: Commitment, row: _StoredPeriod, counted: dict[int, Tally], known: Known
) -> tuple[FigureRow, Standing] | None:
    """Of a period; None where it is not listed."""
    index, start, name, end, state, final, causes = row
    span = Period(name, start, end)
    if state != "restated" and not is_listed(commitment, index, span, counted, known.watermark):
        return None
    standing = standing_of(Reading(lambda: reads), commitment, index, span, known.watermark, counted)
    if not standing.segments and _is_within_validity(commitment, span):
        return None  # closed under a wording that another one has replaced from the start
    kept = decode_final(final) if final and state == "restated" else None
    return _row(commitment, index, span, standing, state, kept, tuple(msgspec.json.decode(causes)), known), standing


def _is_within_validity(commitment: Commitment, period: Period) -> bool:
    first, last = commitment.versions[0].start, commitment.versions[-1].end
    return (period.end is None or period.end > first) and (last is None or period.start < last)


def _newest_first(rows: Sequence[_StoredPeriod], watermark: Instant | None) -> list[_StoredPeriod]:
    """Those that have begun, the newest first; then those to come, the next one first."""
    begun = [row for row in rows if watermark is not None and row.start_at <= watermark]
    to_come = [row for row in rows if watermark is None or row.start_at > watermark]
    return [*reversed(begun), *to_come]


def _rolling_rows(
    reads: Transaction, commitment: Commitment, known: Known, period: str | None
) -> Iterator[tuple[FigureRow, Standing]]:
    """One for each rolling target, once time has been declared; of one that was taken away, as long as its window holds
    time in which it was in force."""
    for index, window in commitment.rolling.items():
        if known.watermark is None or period not in (None, window.id):
            continue
        span = window.at(known.watermark)
        tallies = rolling_tallies(reads, commitment, span)
        standing = standing_of(Reading(lambda: reads), commitment, index, span, known.watermark, tallies)
        if standing.segments:
            yield _row(commitment, index, span, standing, "open", None, (), known), standing


def rolling_trend(reads: Transaction, commitment: Commitment, known: Known, steps: int) -> Iterator[FigureRow]:
    """What the rolling windows were that ended whole weeks before the watermark, oldest first: the verdicts are those known
    now. The last one ends at the watermark; none before validity."""
    known = known.about(commitment.id)
    if known.watermark is None:
        return
    for weeks in range(steps - 1, -1, -1):
        then = known.watermark - weeks * WEEK
        if then > commitment.versions[0].start:
            yield from (row for row, _ in _rolling_rows(reads, commitment, replace(known, watermark=then), None))


def is_listed(
    commitment: Commitment, target_index: int, period: Period, counted: Mapping[int, Tally], watermark: Instant | None
) -> bool:
    """The first period, and those in which time has come to a version with this target; others where a case or an item
    falls. Dated occurrences are known ahead, but their periods are not listed before they begin."""
    lines = [
        one
        for version in commitment.versions
        if target_index < len(version.periods) and isinstance(one := version.periods[target_index], TargetPeriods)
    ]
    has_begun = watermark is not None and period.start <= watermark
    if any(one.first().start == period.start or (has_begun and one.is_reached(period, watermark)) for one in lines[:1]):
        return True
    is_counted = any(tally.is_counted for tally in counted.values())
    return is_counted and (has_begun or not commitment.all_are_known)


def _tallies(
    reads: Transaction, ids: Sequence[str] | Sequence[tuple[str, int, int]]
) -> dict[str, dict[tuple[int, int], dict[int, Tally]]]:
    """By commitment, target and start, and segment: of whole commitments, or of periods of them."""
    found: dict[str, dict[tuple[int, int], dict[int, Tally]]] = {}
    columns = "commitment" if ids and isinstance(ids[0], str) else ("commitment", "target_index", "start_at")
    sql = f"SELECT commitment, target_index, start_at, segment, {TALLY_COUNTS} FROM view_tally WHERE"
    for id, index, start, segment, *counts in reads.select_in(sql, columns, ids):
        found.setdefault(id, {}).setdefault((index, start), {})[segment] = tally_of(counts)
    return found


def _row(
    commitment: Commitment,
    index: int,
    period: Period,
    standing: Standing,
    state: State,
    final: StoredFigure | None,
    causes: tuple[int, ...],
    known: Known,
) -> FigureRow:
    tally, criterion, value = standing.tally, standing.criterion, standing.value
    current = _current_segment(standing, commitment, known.watermark)
    target = current.target if current is not None else _first_target(commitment, index)
    is_open = state == "open"
    is_scored = face(criterion.indicator).is_scored
    return FigureRow(
        commitment=commitment.id,
        target_index=index,
        period=period.id,
        state=state,
        start=period.start,
        until=period.end,
        counts={verdict.value: tally.counts[verdict] for verdict in Verdict},
        expected=standing.expected if period.end is not None else None,
        judged=standing.judged,
        raw=standing.raw,
        adjusted=standing.adjusted,
        value=standing.shown(value, target) if value is not None else None,
        target=str(target),
        status=standing.status,
        outlook=figures.outlook(standing.segments, criterion.min_count) if is_open else None,
        segments=tuple(_segment_rows(commitment, period, standing)),
        final=_final(final) if state == "restated" else None,
        causes=causes,
        position=known.position,
        watermark=known.watermark,
        misses_left=figures.misses_left(current) if is_open and current is not None else None,
        must_keep=kept_to_reach(current) if is_open and current is not None else None,
        without_due=tally.without_due,
        counted="values" if standing.is_measure else "seconds" if standing.is_of_time else "occurrences",
        exact=value,
        share=_shown(standing.share, target if target.of == "share" else None) if is_scored else None,
        mean=_shown(standing.mean, target if target.of != "share" else None) if is_scored else None,
        unit=face(criterion.indicator).unit(criterion.indicator),
        unknown=standing.unknown,
        was_counts=dict(final["counts"]) if final is not None and state == "restated" else None,
        **_time_budget(current),
    )


def _time_budget(segment: figures.Segment | None) -> _Budget:
    if segment is None or (allowed := time_allowed(segment)) is None:
        return {"time_allowed": None, "time_left": None}
    return {"time_allowed": seconds(floor(allowed)), "time_left": seconds(time_to_spare(segment) or 0)}


def _shown(value: Fraction | None, target: Target | None) -> str | None:
    return figures.shown(value, target) if value is not None else None


def _final(final: StoredFigure | None) -> FinalFigure | None:
    if final is None:
        return None
    return {
        "good": final["good"],
        "position": final["position"],
        "status": final["status"],
        "total": final["total"],
        "value": final["value"],
    }


def _first_target(commitment: Commitment, index: int) -> Target:
    return next(one.criterion.targets[index] for one in commitment.versions if index < len(one.criterion.targets))


def _current_segment(standing: Standing, commitment: Commitment, watermark: Instant | None) -> figures.Segment | None:
    """The segment whose wording holds now: the one in force at the watermark, else the last; None where nothing is left."""
    version = commitment.version_at(watermark) if watermark is not None else None
    for segment in standing.segments:
        if version is not None and segment.version == version.segment:
            return segment
    return standing.segments[-1] if standing.segments else None


def _segment_rows(commitment: Commitment, period: Period, standing: Standing) -> Iterator[Segment]:
    for segment in standing.segments:
        versions = [one for one in commitment.versions if one.segment == segment.version]
        here = zone(versions[0].terms.timezone)
        begins, ends = span_of(versions, period.start, period.end) or (None, None)
        yield {
            "version": segment.version,
            "from": show(begins, here) if begins is not None else None,
            "until": show(ends, here) if ends is not None else None,
            **_good_and_total(segment, standing),
        }


def span_of(
    versions: Sequence[CommitmentVersion], start: Instant, end: Instant | None
) -> tuple[Instant, Instant | None] | None:
    """When in [start, end) these versions, which follow each other, were in force; None where they only reach into it with
    cases that straddle."""
    begins = max(start, versions[0].start)
    ends = min((one for one in (end, versions[-1].end) if one is not None), default=None)
    return (begins, ends) if ends is None or begins < ends else None


def _good_and_total(segment: figures.Segment, standing: Standing) -> Share:
    if standing.is_measure:
        return {"good": None, "total": None}
    if segment.time is not None:
        return {"good": seconds(segment.time.good), "total": seconds(segment.time.total)}
    return {"good": segment.tally.good, "total": segment.tally.total}
