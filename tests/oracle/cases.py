"""Deadline and turnaround: one case per key, judged by its own events."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.oracle.contracts import Clause, clause_at
from tests.oracle.durations import add, end_of_day, is_working
from tests.oracle.evidence import Event, kind_of, order, selects, value_at
from tests.oracle.occurrences import APART, Occurrence
from tests.oracle.times import read_time

UNREADABLE = "unreadable"
NONE = "none"
Due = datetime | str
"""A moment, or UNREADABLE, or NONE where the opening says nothing."""


def when(event: Event) -> datetime:
    moment = read_time(event["time"])
    assert moment is not None
    return moment


def key_of(clause: Clause, event: Event) -> str | None:
    """A number is a key by its text."""
    said = value_at(event, clause.indicator.get("key", "subject"))
    return str(said) if kind_of(said) in ("text", "number") else None


def occurrences(clauses: list[Clause], events: list[Event], watermark: datetime | None) -> list[Occurrence]:
    """Of all keys that any opening names."""
    keys = {key_of(clause, one): None for clause in clauses for one in events}
    judged = (_judged(clauses, key, events, watermark) for key in keys if key is not None)
    return [one for one in judged if one is not None]


def _judged(clauses: list[Clause], key: str, events: list[Event], watermark: datetime | None) -> Occurrence | None:
    case = _opened(clauses, key, events)
    return case.judged(watermark) if case is not None else None


def _opened(clauses: list[Clause], key: str, events: list[Event]) -> Case | None:
    """The first opening under the wording of its time; None where, as that has it, the case was opened before validity."""
    for event in events:
        clause = clause_at(clauses, when(event))
        if clause is not None and _opens(clause, key, event):
            earlier = [one for one in events if when(one) < clauses[0].start and _opens(clause, key, one)]
            return None if earlier else Case(key, clause, event, events)
    return None


def _opens(clause: Clause, key: str, event: Event) -> bool:
    return key_of(clause, event) == key and selects(clause.indicator["opened"], event)


@dataclass(frozen=True)
class Pause:
    """Counted, [start, end); `end` is None while it runs."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Case:
    key: str
    clause: Clause
    opening: Event
    events: list[Event]

    @property
    def opened(self) -> datetime:
        return when(self.opening)

    def of(self, role: str) -> list[Event]:
        selector = self.clause.indicator.get(role)
        return [one for one in self.events if selects(selector, one) and key_of(self.clause, one) == self.key]

    @property
    def is_deadline(self) -> bool:
        return bool(self.clause.indicator["kind"] == "deadline")

    @property
    def is_exclusive(self) -> bool:
        """Whether the limit itself is too late."""
        indicator = self.clause.indicator
        return "under" in indicator or indicator.get("tolerance") == "end of day"

    def closing(self) -> Event | None:
        """The first that no later `reopened` voids."""
        reopened = self.of("reopened")
        left = [one for one in self.of("closed") if not any(order(one) < order(again) for again in reopened)]
        return left[0] if left else None

    def judged(self, watermark: datetime | None) -> Occurrence | None:
        """None: in no count, no total, no list. APART: the same, but its period is listed."""
        closing = self.closing()
        closed = when(closing) if closing else None
        due, limit, is_paused = self._cancelled_in_time() or self._due(closed)
        owed = Occurrence(self.key, self.clause, self.opened, "pending", closed=closed, opened=self.opened)
        if due == NONE:
            is_met = self.clause.indicator.get("without_due", "ignore") == "met"
            return replace(owed, verdict="met" if is_met else APART)
        if isinstance(due, str):
            return replace(owed, verdict="unknown")
        assert limit is not None
        owed = replace(owed, at=due, due=due)
        if self._is_cancelled(limit):
            is_dropped = self.clause.indicator.get("on_cancel", "dropped") == "dropped"
            return None if is_dropped else replace(owed, verdict="failed")
        if closed is not None:
            is_met = closed < limit if self.is_exclusive else closed <= limit
            return replace(owed, verdict="met" if is_met else "late")
        is_missing = watermark is not None and watermark >= limit and not is_paused
        return replace(owed, verdict="missing" if is_missing else "pending")

    def _cancelled_in_time(self) -> tuple[Due, datetime | None, bool] | None:
        """The due of a case whose first cancellation was in time by all that was said until then: what comes later moves it not."""
        for cancellation in [one for one in self.of("cancelled") if self._is_open_at(one)][:1]:
            by_then = replace(self, events=[one for one in self.events if when(one) <= when(cancellation)])
            closing = by_then.closing()
            found = by_then._due(when(closing) if closing else None)
            if found[1] is not None and by_then._is_cancelled(found[1]):
                return found
        return None

    def _is_cancelled(self, limit: datetime) -> bool:
        """A cancellation at the limit counts, but midnight is too late for `end of day`."""
        is_strict = self.clause.indicator.get("tolerance") == "end of day"
        in_time = [one for one in self.of("cancelled") if (when(one) < limit if is_strict else when(one) <= limit)]
        return any(self._is_open_at(one) for one in in_time)

    def _is_open_at(self, event: Event) -> bool:
        turns = [*self.of("closed"), *self.of("reopened")]
        before = [one for one in turns if order(one) < order(event)]
        return not before or max(before, key=order) in self.of("reopened")

    # When it is due

    def _due(self, closed: datetime | None) -> tuple[Due, datetime | None, bool]:
        """The due, the limit, and whether a counted pause runs."""
        if self.is_deadline:
            due = self._said_due(closed)
            return due, self._tolerated(due) if isinstance(due, datetime) else None, False
        limit = self._said_limit(closed)
        if limit is None:
            return UNREADABLE, None, False
        due = add(self.opened, limit, self.clause.zone, self.clause.calendar)
        due, is_paused = self._paused(due, limit)
        return due, due, is_paused

    def _said_due(self, closed: datetime | None) -> Due:
        said = self._said(self.clause.indicator["due"], closed)
        return NONE if said is None else read_time(said) or UNREADABLE

    def _said(self, path: str, closed: datetime | None) -> object:
        """What the last change at or before the closing says, else the opening."""
        found = value_at(self.opening, path)
        for change in self.of("changed"):
            if (closed is None or when(change) <= closed) and value_at(change, path) is not None:
                found = value_at(change, path)
        return found

    def _tolerated(self, due: datetime) -> datetime:
        tolerance = self.clause.indicator.get("tolerance")
        if tolerance is None:
            return due
        if tolerance == "end of day":
            return end_of_day(due, self.clause.zone)
        return add(due, tolerance, self.clause.zone, self.clause.calendar)

    def _said_limit(self, closed: datetime | None) -> str | None:
        indicator = self.clause.indicator
        limit = indicator.get("under") or indicator["within"]
        if isinstance(limit, str):
            return limit
        said = self._said(limit["by"], closed)
        text = said if isinstance(said, str) else json.dumps(said) if said is not None else None
        known = {name: length for name, length in limit.items() if name not in ("by", "else")}
        found: str | None = known.get(text, limit.get("else"))
        return found

    # Pauses

    def _paused(self, due: datetime, limit: str) -> tuple[datetime, bool]:
        """What the counted pauses make of the due; one that runs has not pushed it yet."""
        for pause in self._pauses():
            if pause.start >= due if self.is_exclusive else pause.start > due:
                break
            if pause.end is None:
                return due, True
            due = self._pushed(due, pause.start, pause.end, limit)
        return due, False

    def _pushed(self, due: datetime, start: datetime, end: datetime, limit: str) -> datetime:
        if not is_working(limit):
            return due + (end - start)
        length = self.clause.calendar.open_time(start, end)
        return self.clause.calendar.add_hours(due, length) if length > timedelta() else due

    def _pauses(self) -> list[Pause]:
        """Counted ones, from the opening on, in the order of time; one that begins in another ends that."""
        found: list[Pause] = []
        since: datetime | None = None
        for moment, is_counted in self._turns():
            if since is not None:
                found.append(Pause(since, moment))
            since = moment if is_counted else None
        if since is not None:
            found.append(Pause(since, None))
        cut = [replace(one, start=max(one.start, self.opened)) for one in found]
        return [one for one in cut if one.end is None or one.end > one.start]

    def _turns(self) -> list[tuple[datetime, bool]]:
        """Every moment at which a pause begins (and whether it is a counted one) or ends."""
        turns = [(one, self._counts(one)) for one in self.of("paused")]
        turns += [(one, False) for role in ("resumed", "closed", "cancelled") for one in self.of(role)]
        closing = self.closing()
        before = [one for one in turns if closing is None or order(one[0]) <= order(closing)]
        return [(when(one), is_counted) for one, is_counted in sorted(before, key=lambda turn: order(turn[0]))]

    def _counts(self, pause: Event) -> bool:
        causes = self.clause.indicator.get("pause_causes")
        if causes is None:
            return True
        listed = [reason for name, reasons in causes.items() if name != "path" for reason in reasons]
        return value_at(pause, causes["path"]) in listed
