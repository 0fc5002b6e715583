"""Pauses stop the clock of a case, for the reasons that the contract names (DESIGN §3.7, MEANING §4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from domain.calendars import Calendar
from domain.durations import WorkingHours
from domain.occurrences import Evidence, evidence_order, is_in_time
from domain.terms import PauseCauses, Turnaround
from domain.times import Instant

_TURNS = frozenset({"paused", "resumed", "closed", "cancelled"})
"""What begins a pause or ends one."""


class Pause(NamedTuple):
    """[start, end); None while it runs."""

    start: Instant
    end: Instant | None
    reason: str | None


class CountedPause(NamedTuple):
    """A pause, and the due time after it."""

    pause: Pause
    due: Instant


def push_by_pauses(
    due: Instant,
    evidence: Sequence[Evidence],
    opening: Evidence,
    closing: Evidence | None,
    terms: Turnaround,
    calendar: Calendar | None,
) -> tuple[Instant, bool]:
    """The due time after all counted pauses, and whether one is still running.

    With a calendar a pause pushes by its open time, else by its elapsed length. A pause that starts after the limit
    (with `under:`, at or after it) changes nothing; a running one leaves the due as at its start.
    """
    for counted in counted_pauses(due, evidence, opening, closing, terms, calendar):
        if counted.pause.end is None:
            return due, True
        due = counted.due
    return due, False


def counted_pauses(
    due: Instant,
    evidence: Sequence[Evidence],
    opening: Evidence,
    closing: Evidence | None,
    terms: Turnaround,
    calendar: Calendar | None,
) -> Iterator[CountedPause]:
    """The pauses that move the due time, in order; a running one is the last."""
    for pause in pauses(evidence, opening, closing):
        if not is_counted(pause.reason, terms.pause_causes):
            continue
        if not is_in_time(pause.start, due, terms.under):
            return
        if pause.end is None:
            yield CountedPause(pause, due)
            return
        if calendar is None:
            due += pause.end - pause.start
        elif open_time := calendar.open_between(pause.start, pause.end):
            due = calendar.add(due, WorkingHours(open_time))
        yield CountedPause(pause, due)


def pauses(evidence: Sequence[Evidence], opening: Evidence, closing: Evidence | None) -> Iterator[Pause]:
    """The pauses of a case in order, cut at its opening. A closing or a cancellation ends the pause; pausing a paused case
    changes the reason from then on."""
    start: Instant | None = None
    reason: str | None = None
    for one in evidence:
        if one.role not in _TURNS:
            continue
        at = max(one.time, opening.time)
        if start is not None and at > start:
            yield Pause(start, at, reason)
        start = None
        if closing is not None and evidence_order(one) >= evidence_order(closing):
            return
        if one.role == "paused":
            start, reason = at, None if one.value is None else str(one.value)
    if start is not None:
        yield Pause(start, None, reason)


def is_counted(reason: str | None, causes: PauseCauses | None) -> bool:
    """A pause counts if its reason is listed under any name; every one counts where no causes are agreed."""
    if causes is None:
        return True
    return any(reason in listed for _, listed in causes.reasons)
