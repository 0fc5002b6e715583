"""The rule of a clause as plain values, and what would have made a verdict another one, kind by kind (DESIGN §3.17)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from domain.durations import show_duration
from domain.events import OperationalEvent
from domain.faults import UNREAD
from domain.occurrences import Judgement, Verdict
from domain.terms import (
    Availability,
    Conformity,
    Deadline,
    DurationTable,
    Freshness,
    Indicator,
    Measure,
    Punctuality,
    Satisfaction,
    Target,
    Turnaround,
    Volume,
)
from domain.versions import CommitmentVersion
from services.arrivals.comparing import not_good, plain, unreadable
from services.explaining.rows import ByScore, ByTime, ByVolume, Change
from services.explaining.rule_shapes import PunctualityRule, RuleOfKind, TurnaroundRule
from services.explaining.shapes import TimeCode


def rule_of(version: CommitmentVersion) -> RuleOfKind:
    """The rule of the clause as plain values, for those who check it."""
    it, zone = version.criterion.indicator, version.terms.timezone
    match it:
        case Punctuality():
            return _of_punctuality(it, zone)
        case Deadline():
            return {
                "kind": it.kind,
                "zone": zone,
                "due": it.due,
                "key": it.key,
                "tolerance": show_duration(it.tolerance),
                "without_due": it.without_due,
            }
        case Turnaround():
            return _of_turnaround(it, zone)
        case Conformity():
            good = {path: {one.operator: plain(one.operand) for one in conditions} for path, conditions in it.good}
            return {"kind": it.kind, "zone": zone, "good": good}
        case Measure():
            return {
                "kind": it.kind,
                "zone": zone,
                "value": it.value,
                "aggregate": it.aggregate,
                "unit": it.unit,
                "key": it.key,
            }
        case Satisfaction():
            scale = [str(one) for one in it.scale]
            return {"kind": it.kind, "zone": zone, "score": it.score, "scale": scale, "satisfied": str(it.satisfied)}
        case Volume():
            return {
                "kind": it.kind,
                "zone": zone,
                "per": it.per,
                "expected": str(it.expected),
                "band": _share(it.band),
                "value": it.value,
            }
        case Availability():
            return {"kind": it.kind, "zone": zone, "ignore_shorter_than": show_duration(it.ignore_shorter_than)}
        case Freshness():
            return {"kind": it.kind, "zone": zone, "max_age": show_duration(it.max_age)}
        case _:
            assert_never(it)


def _of_punctuality(it: Punctuality, zone: str) -> PunctualityRule:
    return {
        "kind": it.kind,
        "zone": zone,
        "every": it.due.every,
        "at": [at.strftime("%H:%M") for at in it.due.at],
        "on_closed_day": it.on_closed_day,
        "tolerance": show_duration(it.tolerance),
        "matched_by": _match_words(it),
    }


def _match_words(it: Punctuality) -> str:
    """How an event names its date."""
    if it.key:
        return it.key.path
    return f"time, early by {show_duration(it.early)}" if it.early else "time"


def _of_turnaround(it: Turnaround, zone: str) -> TurnaroundRule:
    rule: TurnaroundRule = {"kind": it.kind, "zone": zone, "key": it.key}
    rule["under" if it.under else "within"] = _limit_words(it)
    if it.pause_causes is not None:
        rule["pauses"] = {who: list(reasons) for who, reasons in it.pause_causes.reasons}
    return rule


def _share(share: Fraction) -> str:
    return str(Target("at_least", share, "month")).removeprefix("at_least ")


def _limit_words(it: Turnaround) -> str | dict[str, str]:
    if not isinstance(it.limit, DurationTable):
        return show_duration(it.limit)
    table = {"by": it.limit.by}
    table |= {text: show_duration(duration) for text, duration in it.limit.choices}
    if it.limit.otherwise is not None:
        table["else"] = show_duration(it.limit.otherwise)
    return table


def changes(it: Indicator, judged: Judgement, events: Mapping[int, OperationalEvent]) -> list[Change]:
    """What would have made it another verdict."""
    if judged.standing not in ("owed", "measured"):
        return []
    is_judged = judged.verdict in (Verdict.MET, Verdict.FAILED)
    match it:
        case Punctuality():
            return _towards(judged, "delivered_by", "missing_by")
        case Deadline():
            return _towards(judged, _closed(judged), "unclosed_by") or _unreadable(it, judged, events)
        case Turnaround():
            return _towards(judged, _closed(judged), "unclosed_by", can_pause=it.paused is not None)
        case Conformity():
            is_good = judged.verdict not in (Verdict.FAILED, Verdict.UNKNOWN)
            deciding = [events[position] for position in judged.decided_by if position in events]
            return [] if is_good else [*not_good(it, deciding)]
        case Measure():
            return _unreadable(it, judged, events)
        case Satisfaction() if is_judged:
            return [ByScore(it.satisfied, judged.value)]
        case Satisfaction():
            return _unreadable(it, judged, events)
        case Volume():
            return _of_volume(it, judged) or _unreadable(it, judged, events)
        case Availability():
            return _of_stretch(judged, "up_before", it.ignore_shorter_than.microseconds or None)
        case Freshness():
            return _of_stretch(judged, "updated_by", 0)
        case _:
            assert_never(it)


def _towards(judged: Judgement, verb: TimeCode, without: TimeCode, *, can_pause: bool = False) -> list[Change]:
    """Of what runs towards a limit: before it, or after it."""
    limit, codes = judged.limit, list[TimeCode]()
    if limit is None:
        return []
    match judged.verdict:
        case Verdict.LATE | Verdict.MISSING:
            codes = [verb, "pause"] if can_pause else [verb]
        case Verdict.MET:
            codes = ["late_after"]
        case Verdict.PENDING:
            codes = [verb] if "paused" in judged.flags else [verb, without]
        case _:
            pass
    return [ByTime(code, limit) for code in codes]


def _closed(judged: Judgement) -> TimeCode:
    return "closed_before" if judged.is_strict else "closed_by"


def _unreadable(it: Indicator, judged: Judgement, events: Mapping[int, OperationalEvent]) -> list[Change]:
    is_unread = judged.verdict is Verdict.UNKNOWN and judged.reason in UNREAD
    return [*unreadable(it, events.values())] if is_unread else []


def _of_volume(it: Volume, judged: Judgement) -> list[Change]:
    found = judged.value or "0"
    match judged.verdict:
        case Verdict.MET if judged.limit is not None:
            return [ByTime("late_after", judged.limit)]
        case Verdict.PENDING:
            return [ByVolume("volume_so_far", *_band(it), found)]
        case Verdict.MET | Verdict.FAILED:
            return [ByVolume("volume", *_band(it), found)]
        case _:
            return []


def _of_stretch(judged: Judgement, code: TimeCode, ignored: int | None) -> list[Change]:
    """Of what is bad from its beginning on, or once it has lasted so long; None where nothing would have made it good."""
    if judged.verdict is not Verdict.FAILED or judged.opened is None or ignored is None:
        return []
    return [ByTime(code, judged.opened + ignored)]


def _band(it: Volume) -> tuple[Decimal, Decimal]:
    """Its two ends."""
    low, high = (Fraction(it.expected) * (1 + sign * it.band) for sign in (-1, 1))
    return _decimal(low), _decimal(high)


def _decimal(value: Fraction) -> Decimal:
    """A product of decimals, which is one."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).normalize()
