"""Explanations as JSON, for `entente explain --json` and `/v1/explain`."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from domain.faults import Fault
from domain.sums import seconds
from domain.terms import TargetForm
from domain.times import Instant, show, zone
from services.api.sealed import sealed_json
from services.arrivals.comparing import Compared, Plain, Unmet, kind_of, plain, shown
from services.excuses.rows import ExcuseRow
from services.explaining.figures import changes, four_places
from services.explaining.rows import (
    ByBadTime,
    ByMisses,
    ByScore,
    ByTime,
    ByValue,
    ByVolume,
    Change,
    CountedTime,
    EventRow,
    ExplanationRow,
    FigureChange,
    FigureExplanation,
    MoreJudged,
    RecomputedRow,
    SegmentRow,
    ValuesRow,
)
from services.explaining.shapes import (
    AgreedExcuse,
    ChangedBy,
    Comparison,
    Counted,
    ExplainedSegment,
    ExplainingEvent,
    FigureChangedBy,
    LeftOut,
    LookedUp,
    OfVersion,
    Recomputed,
    Sign,
    Together,
    WhyFigure,
    WhyOccurrence,
)
from services.figures.rows import FigureRow
from services.figures.shown import VERDICTS, figure_json, shown_verdict

LEFT_OUT: Final = ("pending", "excused", "unknown")
"""Verdicts that are in no total."""
SIGNS: Final[dict[TargetForm, Sign]] = {
    "at_least": "≥",
    "at_most": "≤",
    "max_misses": "≤",
    "max_consecutive_misses": "≤",
}


def explanation_json(row: ExplanationRow, zone_name: str) -> WhyOccurrence:
    """The explanation with every instant as text, local to the contract's zone."""
    it, here = row.occurrence, zone(zone_name)
    return {
        "commitment": it.commitment,
        "key": it.key,
        "verdict": shown_verdict(it.verdict),
        "standing": "owed" if it.verdict in VERDICTS else it.verdict,
        "value": it.value,
        "underlying": shown_verdict(it.underlying),
        "period": it.period,
        "version": row.contract_version,
        "rule": row.rule,
        "calendar": row.calendar,
        "due": row.due_local,
        "due_utc": row.due_utc,
        "limit": row.limit_local,
        "closed": _moment(it.closed, here),
        "reason": it.reason,
        "flags": list(it.flags),
        "events": [_event_json(one, here) for one in row.events],
        "summed": row.summed,
        "bad_seconds": row.bad_time,
        "changed_by": [_change_json(one, here) for one in row.changed_by],
        "counted": _counted_json(row.counted, here) if row.counted is not None else None,
        "excuses": [_excuse_json(one, here) for one in row.excuses],
        "closures": [_excuse_json(one, here) for one in row.closures],
        "recomputed": [_recomputed_json(one, here) for one in row.recomputed],
    }


def _moment(moment: Instant | None, here: ZoneInfo) -> str | None:
    return None if moment is None else show(moment, here)


def _event_json(row: EventRow, here: ZoneInfo) -> ExplainingEvent:
    matched = row.matched
    return {
        "position": row.position,
        "role": row.role,
        "type": row.type,
        "source": row.source,
        "id": row.id,
        "time": show(row.time, here),
        "recorded": _moment(row.recorded, here),
        "received": _moment(row.received, here),
        "value": row.value,
        "decided": row.decided,
        "sealed": sealed_json(row.sealed),
        "matched": {"by": matched.by, "at": show(matched.at, here), "text": matched.text} if matched else None,
    }


def _change_json(change: Change, here: ZoneInfo) -> ChangedBy:
    match change:
        case ByTime():
            return {"code": change.code, "limit": show(change.limit, here)}
        case ByScore():
            return {"code": "score", "satisfied": str(change.satisfied), "found": change.found}
        case ByVolume():
            return {"code": change.code, "low": f"{change.low:f}", "high": f"{change.high:f}", "found": change.found}
        case Unmet() | Fault():
            return comparison_json(change)
        case _:
            assert_never(change)


def _text(operand: Plain) -> str:
    return ("true" if operand else "false") if isinstance(operand, bool) else str(operand)


def comparison_json(one: Compared) -> Comparison:
    """What is said of it wherever events are compared with contracts."""
    if isinstance(one, Unmet):
        operand = plain(one.condition.operand)
        texts = [_text(each) for each in (operand if isinstance(operand, list) else [operand])]
        return {
            "code": "good",
            "path": one.path,
            "expected": f"{one.condition.operator} {', '.join(texts)}",
            "found": "absent" if one.is_absent else shown(one.found),
            "is": kind_of(one.found),
            "operator": one.condition.operator,
            "operand": operand,
            "wants": one.wants,
        }
    if one.is_absent:
        return {"code": "absent", "path": one.path, "wants": one.wants, "is": "absent"}
    return {
        "code": "mistyped",
        "path": one.path,
        "wants": one.wants,
        "is": kind_of(one.found),
        "found": shown(one.found),
    }


def _recomputed_json(row: RecomputedRow, here: ZoneInfo) -> Recomputed:
    return {
        "calendar": row.calendar,
        "version": row.version,
        "by": row.by,
        "at": show(row.at, here),
        "before": _moment(row.before, here),
        "after": _moment(row.after, here),
        "rebaseline": row.rebaseline,
    }


def _counted_json(it: CountedTime, here: ZoneInfo) -> Counted:
    return {
        "start": _moment(it.start, here),
        "duration": it.duration,
        "nominal": it.nominal.isoformat() if it.nominal is not None else None,
        "closed_days": [{"day": day.isoformat(), "because": why} for day, why in it.closed],
        "more_closed_days": it.more_closed,
        "opening_hours": [{"day": day.isoformat(), "hours": hours} for day, hours in it.hours],
        "more_open_days": it.more_hours,
        "by": _looked_up_json(it.by),
        "due_without_pauses": _moment(it.due_without_pauses, here),
        "pauses": [
            {"from": show(start, here), "until": _moment(end, here), "reason": reason, "due": show(due, here)}
            for start, end, reason, due in it.pauses
        ],
    }


def _looked_up_json(by: tuple[str, str | None, bool] | None) -> LookedUp | None:
    if by is None:
        return None
    path, value, is_named = by
    return {"path": path, "value": value, "named": is_named}


def _excuse_json(row: ExcuseRow, here: ZoneInfo) -> AgreedExcuse:
    accepted = row.answers[-1]
    return {
        "id": row.id,
        "reason": row.reason,
        "text": row.text,
        "keys": list(row.keys),
        "from": _moment(row.since, here),
        "until": _moment(row.until, here),
        "accepted_by": accepted.by,
        "accepted_at": show(accepted.at, here),
    }


def figure_explanation_json(one: FigureExplanation, zone_name: str) -> WhyFigure:
    here = zone(zone_name)
    return {
        "commitment": one.figure.commitment,
        "target_index": one.figure.target_index,
        "period": one.figure.period,
        "status": one.figure.status,
        "figure": figure_json(one.figure, zone_name),
        "exact": _fraction(one.figure.exact),
        "segments": [_segment_json(segment, here) for segment in one.segments],
        "left_out": _left_out_json(one.figure),
        "misses": [
            {
                "key": miss.key,
                "verdict": miss.verdict,
                "due": _moment(miss.due, here),
                "closed": _moment(miss.closed, here),
            }
            for miss in one.misses
        ],
        "miss_count": one.miss_count,
        "min_count": one.min_count,
        "changed_by": [_figure_change_json(change) for change in changes(one)],
    }


def _segment_json(segment: SegmentRow, here: ZoneInfo) -> ExplainedSegment:
    return {
        "version": segment.version,
        "from": _moment(segment.start, here),
        "until": _moment(segment.until, here),
        "rule": segment.rule,
        "calendar": segment.calendar,
        "target": segment.target,
        "counts": segment.counts,
        "reached": _fraction(segment.reached),
        "sign": SIGNS[segment.form],
        "bound": str(segment.bound),
        "is_reached": segment.is_reached,
        "values": _values_json(segment.values),
    }


def _left_out_json(figure: FigureRow) -> LeftOut:
    left_out: LeftOut = {}
    for name in LEFT_OUT:
        if count := figure.counts[name]:
            left_out[name] = count
    if figure.without_due:
        left_out["without_due"] = figure.without_due
    return left_out


def _figure_change_json(change: FigureChange) -> FigureChangedBy:
    match change:
        case MoreJudged():
            return {"code": change.code, "count": four_places(change.count), "min_count": change.min_count}
        case ByValue():
            sign, bound = SIGNS[change.form], four_places(change.bound)
            return {"code": change.code, **_of_version(change.version), "sign": sign, "bound": bound}
        case ByBadTime():
            spare, allowed = str(seconds(abs(change.spare))), str(change.allowed)
            return {"code": change.code, **_of_version(change.version), "seconds": spare, "allowed": allowed}
        case ByMisses():
            return {"code": change.code, **_of_version(change.version), "misses": abs(change.spare)}
        case _:
            assert_never(change)


def _of_version(version: int | None) -> OfVersion:
    return {"version": version} if version is not None else {}


def _fraction(value: Fraction | None) -> str | None:
    """`8/9`, or a whole number."""
    return None if value is None else str(value)


def _values_json(values: ValuesRow | None) -> Together | None:
    if values is None:
        return None
    return {
        "aggregate": values.aggregate,
        "count": values.count,
        "total": str(values.total),
        "rank": values.rank,
    }
