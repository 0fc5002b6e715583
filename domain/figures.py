"""Figures: what a commitment comes to over a period (MEANING §5). Counts and fractions inside; rounding only when shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from domain.durations import SECOND
from domain.kept_up import InARow
from domain.occurrences import MISSES, Verdict
from domain.sums import TimeSums, Values
from domain.terms import Target, WhenNoData

Status = Literal["open", "met", "breached", "no_data"]
Outlook = Literal["safe", "tight", "lost"]


@dataclass(slots=True)
class Tally:
    """How many occurrences have each verdict. An excused one also keeps the verdict underneath, for `raw`. `measured`: items of
    a measure, which have a value in place of a verdict."""

    counts: dict[Verdict, int] = field(default_factory=lambda: dict.fromkeys(Verdict, 0))
    excused_met: int = 0
    excused_missed: int = 0
    without_due: int = 0
    measured: int = 0

    def count(self, verdict: Verdict, underlying: Verdict | None = None, by: int = 1) -> None:
        """One occurrence more, or (−1) less."""
        self.counts[verdict] += by
        if underlying is Verdict.MET:
            self.excused_met += by
        elif underlying in MISSES:
            self.excused_missed += by

    def add(self, other: Tally) -> None:
        for verdict, count in other.counts.items():
            self.counts[verdict] += count
        self.excused_met += other.excused_met
        self.excused_missed += other.excused_missed
        self.without_due += other.without_due
        self.measured += other.measured

    @property
    def is_counted(self) -> bool:
        """Whether anything is in it; what was dropped since is not."""
        return bool(self.known or self.without_due)

    @property
    def good(self) -> int:
        return self.counts[Verdict.MET]

    @property
    def misses(self) -> int:
        return sum(map(self.counts.__getitem__, MISSES))

    @property
    def total(self) -> int:
        """What is judged, excuses left out; pending and unknown are in no total."""
        return self.good + self.misses

    @property
    def pending(self) -> int:
        return self.counts[Verdict.PENDING]

    @property
    def raw(self) -> tuple[int, int]:
        """(good, total) with the verdict under each excuse."""
        good = self.good + self.excused_met
        return good, good + self.misses + self.excused_missed

    @property
    def known(self) -> int:
        """Occurrences known to fall due, less the dropped ones."""
        return sum(self.counts.values()) + self.measured


@dataclass(frozen=True, slots=True)
class Segment:
    """The part of a period under one wording. `runs` gives the misses in a row for `max_consecutive_misses`: the
    verdicts of the segment by (due, key). `more_may_come`: its time is not over; `all_are_known`: what may still fall due in
    it is known already, as with dates. `is_in_force`: at some time of the period; else it only reaches into it with what is
    judged by it for life."""

    version: int
    target: Target
    tally: Tally
    more_may_come: bool
    all_are_known: bool
    verdicts: Callable[[], Sequence[Verdict]]
    time: TimeSums | None = None
    values: Callable[[], Values] | None = None
    is_in_force: bool = True

    @property
    def judged(self) -> int | Fraction:
        """What was judged: occurrences, items with a value, or seconds of service time."""
        if self.time is not None:
            return Fraction(self.time.total, SECOND)
        return self.tally.total + self.tally.measured

    @property
    def unknown(self) -> int | Fraction:
        """What there was and cannot be judged, counted as `judged` is."""
        if self.time is not None:
            return Fraction(self.time.unknown, SECOND)
        return self.tally.counts[Verdict.UNKNOWN]


def longest_run(verdicts: Sequence[Verdict]) -> int:
    """Misses in a row; excused and unknown ones are skipped, a pending one counts as met."""
    if isinstance(verdicts, InARow):
        return verdicts.longest
    longest = run = 0
    for verdict in verdicts:
        if verdict in (Verdict.EXCUSED, Verdict.UNKNOWN):
            continue
        run = run + 1 if verdict in MISSES else 0
        longest = max(longest, run)
    return longest


def longest_run_with_one_more(verdicts: Sequence[Verdict]) -> int:
    """The longest run with a pending occurrence in it, if the one that joins the most misses is missed too; 0 where none
    pends."""
    longest = before = 0
    joined: int | None = None
    for verdict in verdicts:
        if verdict in (Verdict.EXCUSED, Verdict.UNKNOWN):
            continue
        if verdict in MISSES:
            before += 1
            joined = joined + 1 if joined is not None else None
        elif verdict is Verdict.PENDING:
            joined, before = before + 1, 0
        else:
            joined, before = None, 0
        longest = max(longest, joined or 0)
    return longest


def is_kept(target: Target, good: int, total: int, verdicts: Callable[[], Sequence[Verdict]]) -> bool:
    """Whether the target holds of these counts. An empty total keeps every target."""
    if target.form == "at_least":
        return total == 0 or Fraction(good, total) >= target.bound
    if target.form == "max_misses":
        return total - good <= target.bound
    return longest_run(verdicts()) <= target.bound


def is_within(target: Target, value: Fraction | None) -> bool:
    """Whether a value (a share, where the target is one) keeps its target; none keeps every one."""
    if value is None:
        return True
    return value <= target.bound if target.form == "at_most" else value >= target.bound


def is_of_values(target: Target) -> bool:
    """Whether the target bounds a value (a measure, a mean of scores), not a share or a number of misses."""
    return target.form in ("at_least", "at_most") and target.of != "share"


def is_beyond_saving(segment: Segment) -> bool:
    """No future can keep the target: even if everything pending and everything that may still come is met."""
    target, tally = segment.target, segment.tally
    if is_of_values(target):
        return _is_value_lost(segment)
    if target.form == "at_least" and segment.time is not None:
        return _is_time_lost(target, segment.time)
    if target.form == "at_least" and segment.more_may_come and not segment.all_are_known:
        return target.bound >= 1 and tally.misses > 0
    return not is_kept(target, tally.good + tally.pending, tally.total + tally.pending, segment.verdicts)


def _is_time_lost(target: Target, time: TimeSums) -> bool:
    """Even if all the time to come is good, and what pends too."""
    bad = time.total - time.good
    if time.to_come is None:
        return target.bound >= 1 and bad > 0
    best = time.total + time.pending + time.to_come
    return best > 0 and Fraction(best - bad, best) < target.bound


def _is_value_lost(segment: Segment) -> bool:
    """While more may come, only what can go no way but one is lost: a greatest or least value, a count, and a mean of scores
    that would have to be the best of the scale throughout."""
    assert segment.values is not None
    values, target = segment.values(), segment.target
    if is_within(target, in_target_unit(values, target)):
        return False
    if not segment.more_may_come:
        return True
    is_upper = target.form == "at_most"
    if values.scale is not None:
        return target.bound <= values.scale[0] if is_upper else target.bound >= values.scale[1]
    return values.aggregate in (("max", "count") if is_upper else ("min",))


def in_target_unit(values: Values, target: Target) -> Fraction | None:
    """What the values come to, in what the target's bound is given in."""
    value = values.together()
    return value * values.unit if value is not None and target.of == "time" else value


def status(segments: Sequence[Segment], min_count: int, when_no_data: WhenNoData) -> Status:
    """The state of the target: breached if one segment is, else open if one is, else no data if all are, else met. Data can
    be wanting only where a wording is in force: silence breaches nothing in a time of which no contract speaks."""
    judged = sum(segment.judged for segment in segments)
    each = {_segment_status(segment, judged >= min_count) for segment in segments}
    for wanted in ("breached", "open", "met"):
        if wanted in each:
            return wanted
    is_owed = any(segment.is_in_force for segment in segments)
    return "breached" if is_owed and when_no_data == "breach" else "no_data"


def _segment_status(segment: Segment, is_enough: bool) -> Status:
    if is_enough and is_beyond_saving(segment):
        return "breached"
    if segment.more_may_come or segment.tally.pending:
        return "open"
    if segment.judged == 0 or not is_enough:
        return "no_data"
    return "met"


def outlook(segments: Sequence[Segment], min_count: int) -> Outlook | None:
    """How an open period stands: the worst of its segments. None of measures and means, and where nothing could be judged of
    what there was: that is not safe."""
    judged = sum(segment.judged for segment in segments)
    if any(is_of_values(segment.target) for segment in segments):
        return None
    each = {_segment_outlook(segment, judged, min_count) for segment in segments}
    for wanted in ("lost", "tight"):
        if wanted in each:
            return wanted
    return None if not judged and any(segment.unknown for segment in segments) else "safe"


def _segment_outlook(segment: Segment, judged: int | Fraction, min_count: int) -> Outlook:
    target, tally = segment.target, segment.tally
    more_unknown = segment.more_may_come and not segment.all_are_known
    may_change = tally.pending > 0 or more_unknown
    if target.form == "at_least" and segment.time is not None:
        return _time_outlook(segment, segment.time, judged >= min_count)
    if target.form == "at_least" and more_unknown:
        best = is_kept(target, tally.good + tally.pending, tally.total + tally.pending, segment.verdicts)
        return "safe" if best else "tight"
    if is_beyond_saving(segment) and judged >= min_count:
        return "lost"
    if may_change and judged + 1 >= min_count and _one_more_miss_loses(segment):
        return "tight"
    return "safe"


def _time_outlook(segment: Segment, time: TimeSums, is_enough: bool) -> Outlook:
    if is_enough and _is_time_lost(segment.target, time):
        return "lost"
    is_below = time.total > 0 and Fraction(time.good, time.total) < segment.target.bound
    return "tight" if is_below and (segment.more_may_come or time.pending > 0) else "safe"


def _one_more_miss_loses(segment: Segment) -> bool:
    target, tally = segment.target, segment.tally
    good, total = tally.good + tally.pending, tally.total + tally.pending
    if target.form == "max_misses":
        return tally.misses + 1 > target.bound
    if target.form == "at_least":
        return not is_kept(target, good - 1, total, segment.verdicts)
    verdicts = list(segment.verdicts())
    if segment.more_may_come and not segment.all_are_known:
        verdicts.append(Verdict.PENDING)
    return max(longest_run(verdicts), longest_run_with_one_more(verdicts)) > target.bound


def misses_left(segment: Segment) -> int | None:
    """How many more misses the target allows; None where more may come than is known, or runs are counted."""
    target, tally = segment.target, segment.tally
    if target.form == "max_misses":
        return max(int(target.bound) - tally.misses, 0)
    is_of_counts = segment.time is None and target.of == "share"
    if target.form == "at_least" and is_of_counts and (segment.all_are_known or not segment.more_may_come):
        best, total = tally.good + tally.pending, tally.total + tally.pending
        spare = Fraction(best) - target.bound * total
        return max(spare.numerator // spare.denominator, 0)
    return None


def shown(value: Fraction, target: Target | None = None, unit: int = 1) -> str:
    """With four places, half-even; with as many more as it takes for what misses the target not to read as what keeps it.
    `unit`: microseconds of one, of values that are times."""
    text = _rounded(value, 4)
    if target is None or target.form not in ("at_least", "at_most") or is_within(target, value * unit):
        return text
    places = 4
    while is_within(target, Fraction(text) * unit):
        places += 1
        text = _rounded(value, places)
    return text


def _rounded(value: Fraction, places: int) -> str:
    scale = 10**places
    scaled = round(value * scale)
    return f"{'-' if scaled < 0 else ''}{abs(scaled) // scale}.{abs(scaled) % scale:0{places}d}"
