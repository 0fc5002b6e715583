"""Figures as they are shown: one row per commitment, target and period (INTERFACE §3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from domain import figures
from domain.commitments import Commitment
from domain.figures import Tally
from domain.occurrences import Verdict
from domain.periods import Period
from domain.times import Instant, show, zone
from services.history.databases import Transaction
from services.judging.ledger import TALLY_COUNTS, tally_of
from services.judging.standings import Standing, standing_of, verdicts_of
from services.reading.rows import FigureRow, Known


def figure_rows(
    reads: Transaction, commitment: Commitment, known: Known, *, period: str | None = None
) -> Iterator[FigureRow]:
    """Every listed period of every target, ascending: from the start of validity to the one that holds the watermark,
    and later ones where a case or an item falls."""
    tallies = _tallies(reads, commitment)
    sql = (
        "SELECT target_index, start_at, period, end_at, state, final, causes FROM view_period WHERE commitment = ?"
        + (" AND period = ?" if period is not None else "")
        + " ORDER BY target_index, start_at"
    )
    params: list[object] = [commitment.id, *([period] if period is not None else [])]
    for index, start, name, end, state, final, causes in reads.query(sql, params):
        span = Period(name, start, end)
        counted = tallies.get((index, start), {})
        if state != "restated" and not is_listed(commitment, index, span, counted, known.watermark):
            continue
        standing = standing_of(
            commitment, index, span, known.watermark, counted, partial(verdicts_of, reads, commitment, span)
        )
        if not standing.segments:  # closed under a wording that another one has replaced from the start
            continue
        kept = msgspec.json.decode(final) if final else None
        yield _row(commitment, index, span, standing, state, kept, tuple(msgspec.json.decode(causes)), known)


def is_listed(
    commitment: Commitment, target_index: int, period: Period, counted: Mapping[int, Tally], watermark: Instant | None
) -> bool:
    """The periods of validity that have begun, and the first; others where a case or an item falls. Dated occurrences
    are known ahead, but their periods are not listed before they begin."""
    lines = [one.periods[target_index] for one in commitment.versions if target_index < len(one.periods)]
    has_begun = watermark is not None and period.start <= watermark
    if any(one.is_in_force(period) and (has_begun or one.first().start == period.start) for one in lines[:1]):
        return True
    is_counted = any(tally.known or tally.without_due for tally in counted.values())
    return is_counted and (has_begun or not commitment.all_are_known)


def _tallies(reads: Transaction, commitment: Commitment) -> dict[tuple[int, int], dict[int, Tally]]:
    found: dict[tuple[int, int], dict[int, Tally]] = {}
    sql = f"SELECT target_index, start_at, segment, {TALLY_COUNTS} FROM view_tally WHERE commitment = ?"
    for index, start, segment, *counts in reads.query(sql, [commitment.id]):
        found.setdefault((index, start), {})[segment] = tally_of(counts)
    return found


def _row(
    commitment: Commitment,
    index: int,
    period: Period,
    standing: Standing,
    state: str,
    final: dict[str, Any] | None,
    causes: tuple[int, ...],
    known: Known,
) -> FigureRow:
    tally, criterion = standing.tally, standing.criterion
    current = _current_segment(standing, commitment, known.watermark)
    is_open = state == "open"
    return FigureRow(
        commitment=commitment.id,
        target_index=index,
        period=period.id,
        state=state,
        start=period.start,
        until=period.end,
        counts={verdict.value: tally.counts[verdict] for verdict in Verdict},
        expected=tally.known if period.end is not None else None,
        judged=tally.total,
        raw=tally.raw,
        adjusted=(tally.good, tally.total),
        value=figures.shown_value(tally.good, tally.total, criterion.min_count),
        target=str(current.target),
        status=standing.status,
        outlook=figures.outlook(standing.segments, criterion.min_count) if is_open else None,
        segments=tuple(_segment_rows(commitment, period, standing)),
        final=_final(final) if state == "restated" else None,
        causes=causes,
        position=known.position,
        watermark=known.watermark,
        misses_left=figures.misses_left(current) if is_open else None,
        without_due=tally.without_due,
    )


def _final(final: dict[str, Any] | None) -> dict[str, Any] | None:
    return (
        {name: value for name, value in final.items() if name not in ("counts", "raw")} if final is not None else None
    )


def _current_segment(standing: Standing, commitment: Commitment, watermark: Instant | None) -> figures.Segment:
    """The segment whose wording holds now: the one in force at the watermark, else the last."""
    version = commitment.version_at(watermark) if watermark is not None else None
    for segment in standing.segments:
        if version is not None and segment.version == version.segment:
            return segment
    return standing.segments[-1]


def _segment_rows(commitment: Commitment, period: Period, standing: Standing) -> Iterator[dict[str, object]]:
    for segment in standing.segments:
        versions = [one for one in commitment.versions if one.segment == segment.version]
        here = zone(versions[0].terms.timezone)
        start = max(period.start, versions[0].start)
        ends = [one for one in (period.end, versions[-1].end) if one is not None]
        yield {
            "version": segment.version,
            "from": show(start, here),
            "until": show(min(ends), here) if ends else None,
            "good": segment.tally.good,
            "total": segment.tally.total,
        }


def figure_json(row: FigureRow, zone_name: str) -> dict[str, object]:
    """The object of `figures --json`, field by field."""
    here = zone(zone_name)
    return {
        "commitment": row.commitment,
        "target_index": row.target_index,
        "period": row.period,
        "slice": None,
        "state": row.state,
        "from": show(row.start, here),
        "until": show(row.until, here) if row.until is not None else None,
        "counts": row.counts,
        "expected": row.expected,
        "judged": row.judged,
        "raw": {"good": row.raw[0], "total": row.raw[1]},
        "adjusted": {"good": row.adjusted[0], "total": row.adjusted[1]},
        "value": row.value,
        "target": row.target,
        "status": row.status,
        "outlook": row.outlook,
        "segments": list(row.segments),
        "final": row.final,
        "causes": list(row.causes),
        "without_due": row.without_due,
        "misses_left": row.misses_left,
        "position": row.position,
        "watermark": show(row.watermark) if row.watermark is not None else None,
    }
