"""When a calendar is open, and working time, by walking from one opening to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.times import DAY, clock, local, midnight, wall, zone

Tree = dict[str, Any]
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Calendar:
    """Its published versions in the order of publication; none: always open. `default` is the contract's zone.

    `closed` is what both parties agreed to be closed.
    """

    versions: tuple[Tree, ...]
    default: str
    closed: tuple[Interval, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone(self.versions[-1].get("timezone", self.default) if self.versions else self.default)

    @cached_property
    def _days(self) -> dict[date, list[Interval]]:
        return {}

    def openings(self, day: date) -> list[Interval]:
        """In the order of time."""
        if day not in self._days:
            self._days[day] = without(sorted(self._openings(day)), self.closed)
        return self._days[day]

    def _openings(self, day: date) -> list[Interval]:
        """A date that was left out of local time, as where the date line moved, has none."""
        if midnight(day, self.zone) >= midnight(day + DAY, self.zone):
            return []
        if not self.versions:
            return [(midnight(day, self.zone), midnight(day + DAY, self.zone))]
        found = (self._wall(day, hours) for hours in _hours(self._version_of(day), day))
        return [(start, end) for start, end in found if start < end]

    def _version_of(self, day: date) -> Tree:
        """The one published last that begins on or before that day; before all of them, the first."""
        fitting = [one for one in self.versions if "from" not in one or date.fromisoformat(one["from"]) <= day]
        return fitting[-1] if fitting else self.versions[0]

    def _wall(self, day: date, hours: str) -> Interval:
        start, end = hours.split("-")
        until = midnight(day + DAY, self.zone) if end == "24:00" else wall(day, clock(end), self.zone)
        return wall(day, clock(start), self.zone), until

    def is_closed(self, day: date) -> bool:
        return not self.openings(day)

    def is_open_at(self, moment: datetime) -> bool:
        return any(start <= moment < end for start, end in self._near(moment))

    def _near(self, moment: datetime) -> list[Interval]:
        day = local(moment, self.zone).date()
        return [one for number in (-1, 0, 1) for one in self.openings(day + number * DAY)]

    def from_then(self, moment: datetime) -> Iterator[Interval]:
        """The openings that end after that moment, the first cut at it."""
        day = local(moment, self.zone).date() - 2 * DAY
        while True:
            for start, end in self.openings(day):
                if end > moment:
                    yield max(start, moment), end
            day += DAY

    def first_opening(self, moment: datetime) -> datetime:
        return next(self.from_then(moment))[0]

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        total = timedelta()
        for opening, closing in self.from_then(start):
            if opening >= end:
                break
            total += min(closing, end) - opening
        return total

    def add_hours(self, start: datetime, length: timedelta) -> datetime:
        """May end exactly at a closing time."""
        if not length:
            return self.first_opening(start)
        for opening, closing in self.from_then(start):
            if length <= closing - opening:
                return opening + length
            length -= closing - opening
        raise AssertionError

    def add_days(self, start: datetime, count: int) -> datetime:
        moved = local(self.first_opening(start), self.zone)
        day = moved.date()
        while count:
            day += DAY
            count -= not self.is_closed(day)
        return self._inside(day, wall(day, moved.time(), self.zone))

    def _inside(self, day: date, moment: datetime) -> datetime:
        """That moment if it is open or a closing time; else the last closing time before it, else the first opening."""
        if any(start <= moment <= end for start, end in self.openings(day)):
            return moment
        before = [end for _, end in self.openings(day) if end < moment]
        return before[-1] if before else self.openings(day)[0][0]


def without(openings: list[Interval], closed: tuple[Interval, ...]) -> list[Interval]:
    for since, until in closed:
        pieces = [piece for start, end in openings for piece in ((start, min(end, since)), (max(start, until), end))]
        openings = [(start, end) for start, end in pieces if start < end]
    return openings


def _hours(version: Tree, day: date) -> list[str]:
    for opening in version.get("openings", []):
        if opening["date"] == day.isoformat():
            return list(opening["at"])
    if any(_closes(closure, day) for closure in version.get("closures", [])):
        return []
    return [hours for days, found in version["open"].items() if _names(days, day) for hours in found]


def _closes(closure: str, day: date) -> bool:
    first, _, last = closure.partition("..")
    return first <= day.isoformat() <= (last or first)


def _names(days: str, day: date) -> bool:
    first, _, last = days.partition("-")
    return WEEKDAYS.index(first) <= day.weekday() <= WEEKDAYS.index(last or first)
