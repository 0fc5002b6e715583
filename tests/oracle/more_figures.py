"""The figures of measures and satisfaction, where they are not as those of shares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle import targets
from tests.oracle.contracts import Run, Tree, runs
from tests.oracle.occurrences import Occurrence
from tests.oracle.periods import Period
from tests.oracle.targets import Segment, ended, four_places, worst_of
from tests.oracle.timed import Seconds, Stretch, known_from, seconds
from tests.oracle.times import midnight
from tests.oracle.values import Values, aggregate_of, is_of_value, numbers, status_of, together

if TYPE_CHECKING:
    from tests.oracle.figures import Commitment

Figure = dict[str, Any]


@dataclass(frozen=True)
class Part:
    run: Run
    segment: Segment
    period: Period

    def is_over(self, commitment: Commitment) -> bool:
        end = min((one for one in (self.run.end, self.period.end) if one is not None), default=None)
        return ended(end, commitment.watermark)


def of_values(
    commitment: Commitment,
    period: Period,
    mine: list[Occurrence],
    segments: list[tuple[Run, Segment]],
    figure: Figure,
) -> Figure:
    """The figure as a share would have it, made that of numbers."""
    found = numbers(mine)
    newest = commitment.newest(period).criterion
    has_enough = bool(found) and len(found) >= newest.get("min_count", 0)
    kind = newest["indicator"]["kind"]
    last = segments[-1][1].target if segments else {}
    mean = together("mean", found)
    changed: Figure = {"exact": mean}
    current = commitment.current(segments, figure["target_index"])
    if kind == "satisfaction":
        share = Fraction(figure["adjusted"]["good"], len(found)) if found else None
        is_share = not is_of_value(current)
        changed |= {
            "share": _shown(share, current if is_share else {}),
            "mean": _shown(mean, {} if is_share else current),
        }
        if "%" not in str(last.get("at_least", "")):
            changed["value"] = _shown(mean, current) if has_enough else None
    else:
        aggregate = aggregate_of((segments[-1][0].clauses[0] if segments else commitment.newest(period)).indicator)
        none = {"good": None, "total": None}
        changed |= {"judged": len(found), "raw": none, "adjusted": none}
        changed["segments"] = [one | none for one in figure["segments"]]
        changed["exact"] = together(aggregate, found)
        changed["value"] = _shown(changed["exact"], current, _unit(newest)) if has_enough else None
    if any(is_of_value(one.target) for _, one in segments):
        each = [_status_of(commitment, Part(run, one, period), has_enough) for run, one in segments]
        changed |= {
            "status": _status(each, has_enough, commitment.silence(figure["target_index"], period)),
            "outlook": None,
        }
    return figure | changed


def _status_of(commitment: Commitment, part: Part, has_enough: bool) -> str:
    """A wording may have a share where the next one has a mean."""
    segment = part.segment
    if not is_of_value(segment.target):
        return targets.status_of(segment, has_enough)
    is_over = part.is_over(commitment)
    return status_of(Values(segment.target, part.run.clauses[0], segment.occurrences, is_over), has_enough)


def _shown(value: Fraction | None, target: Tree, unit: str = "s") -> str | None:
    return four_places(value, target, unit) if value is not None else None


def _unit(criterion: Tree) -> str:
    """Of the values, where they are times."""
    return str(criterion["indicator"].get("unit", "s"))


def _status(each: list[str], has_enough: bool, when_no_data: str) -> str:
    for status in ("breached", "open"):
        if status in each:
            return status
    if not has_enough:
        return "breached" if when_no_data == "breach" else "no_data"
    return "met"


# Time


def of_time(commitment: Commitment, index: int, period: Period, owed: list[Occurrence], figure: Figure) -> Figure:
    """The counts are of stretches that begin in the period; good and total are seconds that lie in it."""
    stretches = [one for one in owed if isinstance(one, Stretch)]
    pieces: list[tuple[Run, Seconds, Segment]] = []
    for run in runs(commitment.with_target(index)):
        bounds = _bounds(commitment, run, period)
        if bounds is None:
            continue
        start, end, is_over, is_endless = bounds
        found = seconds(run.clauses, start, end, stretches, _known(commitment), commitment.watermark)
        mine = [one for one in stretches if one.clause in run.clauses and period.holds(one.at)]
        pieces.append((run, found, Segment(run.targets[index], list(mine), is_over, is_over, is_endless)))
    service = sum((one.service for _, one, _ in pieces), Fraction(0))
    good = sum((one.good for _, one, _ in pieces), Fraction(0))
    total = sum((one.total for _, one, _ in pieces), Fraction(0))
    newest = commitment.newest(period).criterion
    min_count = newest.get("min_count", 0)
    has_enough = total > 0 and total >= min_count
    each = [_time_status(one, segment, total >= min_count) for _, one, segment in pieces]
    outlooks = [_time_outlook(one, segment, total, min_count) for _, one, segment in pieces]
    return figure | {
        "expected": _plain(service) if period.end is not None else None,
        "judged": _plain(total),
        "raw": {
            "good": _plain(sum((one.raw_good for _, one, _ in pieces), Fraction(0))),
            "total": _plain(sum((one.raw_total for _, one, _ in pieces), Fraction(0))),
        },
        "adjusted": {"good": _plain(good), "total": _plain(total)},
        "value": four_places(good / total, commitment.current([(run, one) for run, _, one in pieces], index))
        if has_enough
        else None,
        "status": _status(each, has_enough, commitment.silence(index, period)),
        "outlook": worst_of(outlooks, is_dark=not total and any(one.unknown for _, one, _ in pieces)),
        "segments": [
            one | {"good": _plain(found.good), "total": _plain(found.total)}
            for one, (_, found, _) in zip(figure["segments"], pieces, strict=True)
        ],
    }


def _bounds(commitment: Commitment, run: Run, period: Period) -> tuple[datetime, datetime, bool, bool] | None:
    """Where the wording meets the period; what has no end is looked at up to the last day there is."""
    start = max(run.start, period.start)
    end = min((one for one in (run.end, period.end) if one is not None), default=None)
    until = end or midnight(commitment.last, run.clauses[-1].zone)
    if start >= until:
        return None
    return start, until, ended(end, commitment.watermark), end is None


def _known(commitment: Commitment) -> datetime | None:
    if commitment.kind == "freshness":
        return commitment.clauses[0].start
    return known_from(commitment.clauses, commitment.events)


def _time_status(found: Seconds, segment: Segment, can_breach: bool) -> str:
    """Without `min_count` misses need no known second."""
    if can_breach and _is_beyond_hope(found, segment):
        return "breached"
    if segment.may_change:
        return "open"
    return "met" if found.total else "no_data"


def _is_beyond_hope(found: Seconds, segment: Segment) -> bool:
    """Below the target even if all the time to come is good; time without end mends any share but the whole."""
    if segment.share is None:
        return segment.best_fails
    if segment.is_endless:
        return segment.share == 1 and found.good < found.total
    return _fails(found.good + found.open, found.total + found.open, segment.share)


def _time_outlook(found: Seconds, segment: Segment, judged: Fraction, min_count: int) -> str:
    if judged >= min_count and _is_beyond_hope(found, segment):
        return "lost"
    if segment.share is None:
        return "tight" if judged + 1 >= min_count and segment.is_tight else "safe"
    return "tight" if _fails(found.good, found.total, segment.share) else "safe"


def _fails(good: Fraction, total: Fraction, share: Fraction) -> bool:
    return total > 0 and good / total < share


def _plain(number: Fraction) -> int | str:
    """As JSON shows it here: a part of a second as text."""
    return int(number) if number.denominator == 1 else str(Decimal(number.numerator) / Decimal(number.denominator))
