"""What would have changed a figure: how much worse it could be, or how much better it had to be (DESIGN §3.17)."""

from __future__ import annotations

from fractions import Fraction

from domain.figures import Segment, in_target_unit, longest_run


def floor(value: Fraction) -> int:
    return value.numerator // value.denominator


def misses_to_spare(segment: Segment) -> int | None:
    """How many more misses the target can bear; below 0: how many fewer it needed. What is pending counts as met.

    A share: how many of those counted could have been missed instead, or had to be met; while more may come than is
    known, how many misses more could come now. None of what is not counted in misses, and of a share of nothing asked.
    """
    target, tally = segment.target, segment.tally
    if target.form == "max_misses":
        return floor(target.bound) - tally.misses
    if target.form == "max_consecutive_misses":
        return floor(target.bound) - longest_run(segment.verdicts())
    if target.form != "at_least" or target.of != "share" or segment.time is not None or target.bound == 0:
        return None
    good, total = tally.good + tally.pending, tally.total + tally.pending
    spare = floor(good - target.bound * total)
    if spare < 0 or segment.all_are_known or not segment.more_may_come:
        return spare
    return floor(good / target.bound) - total


def kept_to_reach(segment: Segment) -> int | None:
    """The least number of further occurrences that, all kept, bring a share to its target; 0 where it is there. What pends is
    yet to be decided, and among them. None where no number does, or more than can still come, and of what is no share of
    occurrences."""
    target, tally = segment.target, segment.tally
    if target.form != "at_least" or target.of != "share" or segment.time is not None:
        return None
    lacking = target.bound * tally.total - tally.good
    if lacking <= 0:
        return 0
    if target.bound == 1:
        return None
    needed = -floor(-lacking / (1 - target.bound))
    is_endless = segment.more_may_come and not segment.all_are_known
    return needed if is_endless or needed <= tally.pending else None


def time_allowed(segment: Segment) -> Fraction | None:
    """Of service time, in microseconds: how much may be bad in the whole segment, of what is known, what pends and what is to
    come; where it has no end, of what is known. None of what is not about service time."""
    target, time = segment.target, segment.time
    if time is None or target.form != "at_least" or target.of != "share":
        return None
    return (1 - target.bound) * (time.total + time.pending + (time.to_come or 0))


def time_to_spare(segment: Segment) -> int | None:
    """What is left of `time_allowed`, in microseconds; below 0: how much less had to be bad."""
    allowed = time_allowed(segment)
    if allowed is None or segment.time is None:
        return None
    return floor(allowed - (segment.time.total - segment.time.good))


def is_reached(segment: Segment, reached: Fraction | None) -> bool | None:
    """Whether what is known so far keeps the target; None of nothing. `reached` is the share or the value."""
    target = segment.target
    if target.form in ("max_misses", "max_consecutive_misses"):
        spare = misses_to_spare(segment)
        return spare is not None and spare >= 0
    if reached is None:
        return None
    return reached <= target.bound if target.form == "at_most" else reached >= target.bound


def reached_by(segment: Segment) -> Fraction | None:
    """What is compared with the bound, exactly: a share, a value in the target's unit, or a number of misses."""
    target = segment.target
    if target.form == "max_misses":
        return Fraction(segment.tally.misses)
    if target.form == "max_consecutive_misses":
        return Fraction(longest_run(segment.verdicts()))
    if target.of != "share":
        return in_target_unit(segment.values(), target) if segment.values is not None else None
    if segment.time is not None:
        return Fraction(segment.time.good, segment.time.total) if segment.time.total else None
    return Fraction(segment.tally.good, segment.tally.total) if segment.tally.total else None
