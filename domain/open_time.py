"""Open spans in order, with running sums: what makes `add` and `between` of a calendar a look-up each.

One set of spans serves both directions (DESIGN §3.6). Spans are [opening, closing) in instants, ascending, disjoint,
and of one local date each. The table grows by years as it is asked.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock

from domain.saying import said
from domain.times import Instant

Span = tuple[Instant, Instant]


class CalendarEnded(ValueError):
    """The calendar does not say what was asked: its years are over, or it never opens again."""


@dataclass(frozen=True, slots=True)
class Spans:
    """All open spans of the local dates of some consecutive years.

    `before[i]` is the open time of the spans before span i, `upto[i]` that including it, in microseconds;
    `day_of[i]` is the place of its date in `days`, and `first_of[d]` the first span of date d (one entry more than
    there are days, so that the spans of d are `first_of[d]` up to `first_of[d + 1]`).
    """

    years: tuple[int, int]
    bounds: Span
    opens: list[Instant]
    closes: list[Instant]
    before: list[int]
    upto: list[int]
    day_of: list[int]
    days: list[date]
    first_of: list[int]

    def open_until(self, instant: Instant) -> int:
        """The open time from the beginning of the table to the instant, which lies within its bounds."""
        at = bisect_right(self.opens, instant) - 1
        return 0 if at < 0 else self.before[at] + min(instant, self.closes[at]) - self.opens[at]

    def spans_of(self, place: int) -> list[Span]:
        """The spans of the date at that place of `days`."""
        some = slice(self.first_of[place], self.first_of[place + 1])
        return list(zip(self.opens[some], self.closes[some], strict=True))


class OpenTime:
    """The open spans of the dates `first` to `last`, both included. Raises `CalendarEnded` outside them.

    `start_of` gives the local midnight of a date, `spans_of` its open spans, `date_of` the local date of an instant.
    """

    def __init__(
        self,
        name: str,
        first: date,
        last: date,
        start_of: Callable[[date], Instant],
        spans_of: Callable[[date], Sequence[Span]],
        date_of: Callable[[Instant], date],
    ) -> None:
        self.name = name
        self.first, self.last = first, last
        self.begins, self.ends = start_of(first), start_of(last + timedelta(days=1))
        self._start_of, self._spans_of, self._date_of = start_of, spans_of, date_of
        self._days_by_year: dict[int, list[tuple[date, list[Span]]]] = {}
        self._table: Spans | None = None
        self._growing = Lock()

    def at(self, instant: Instant) -> Spans:
        """A table whose bounds hold the instant and all asked for before; the last closing of all is held too."""
        table = self._table
        if table is not None and table.bounds[0] <= instant < table.bounds[1]:
            return table
        if not self.begins <= instant <= self.ends:
            raise self._ended(instant)
        year = min(max(self._date_of(instant), self.first), self.last).year
        return self._grown(year, year)

    def later(self, table: Spans, since: Instant) -> Spans:
        """A table with years more at its end. `since`: where the search for an opening began.

        The search ends with the calendar and not sooner, so that no answer depends on what was asked before.
        """
        year = table.years[1] + 1
        if year > self.last.year:
            raise self._ended(since)
        return self._grown(year, min(year + _stride(table), self.last.year))

    def sooner(self, table: Spans, since: Instant) -> Spans:
        """A table with years more at its beginning."""
        year = table.years[0] - 1
        if year < self.first.year:
            raise self._ended(since)
        return self._grown(max(year - _stride(table), self.first.year), year)

    def place_after(self, instant: Instant) -> tuple[Spans, int]:
        """A table and the place in it of the first span that closes after the instant."""
        table = self.at(instant)
        while (place := bisect_right(table.closes, instant)) == len(table.closes):
            table = self.later(table, instant)
        return table, place

    def place_before(self, instant: Instant) -> tuple[Spans, int]:
        """A table and the place in it of the last span that opens at or before the instant."""
        table = self.at(instant)
        while (place := bisect_right(table.opens, instant) - 1) < 0:
            table = self.sooner(table, instant)
        return table, place

    def forward(self, start: Instant, length: int) -> Instant:
        """The first instant at which `length` (> 0) of open time has passed since the start."""
        table = self.at(start)
        while not table.upto or table.upto[-1] < table.open_until(start) + length:
            table = self.later(table, start)
        target = table.open_until(start) + length
        at = bisect_left(table.upto, target)
        return table.opens[at] + target - table.before[at]

    def backward(self, end: Instant, length: int) -> Instant:
        """The last instant from which `length` (> 0) of open time passes until the end."""
        table = self.at(end)
        while table.open_until(end) < length:
            table = self.sooner(table, end)
        target = table.open_until(end) - length
        at = bisect_right(table.before, target) - 1
        return table.opens[at] + target - table.before[at]

    def _grown(self, first: int, last: int) -> Spans:
        """The table with those years too. It is replaced, never altered, and only grows: others may be reading it."""
        with self._growing:
            if self._table is not None:
                first, last = min(first, self._table.years[0]), max(last, self._table.years[1])
            days = [day for year in range(first, last + 1) for day in self._year(year)]
            self._table = _spans(days, (first, last), (self._edge(first), self._edge(last + 1)))
            return self._table

    def _edge(self, year: int) -> Instant:
        if year <= self.first.year:
            return self.begins
        return self.ends if year > self.last.year else self._start_of(date(year, 1, 1))

    def _year(self, year: int) -> list[tuple[date, list[Span]]]:
        """The dates of that year on which it opens, with their spans."""
        if year not in self._days_by_year:
            first, last = max(date(year, 1, 1), self.first), min(date(year, 12, 31), self.last)
            dates = (first + timedelta(days=n) for n in range((last - first).days + 1))
            self._days_by_year[year] = [(day, list(spans)) for day in dates if (spans := self._spans_of(day))]
        return self._days_by_year[year]

    def _ended(self, instant: Instant) -> CalendarEnded:
        day = self._date_of(instant)
        return CalendarEnded(
            said(
                "calendar {self} covers {first} to {last}; what is asked from {day} lies beyond",
                self=self.name,
                first=self.first,
                last=self.last,
                day=day,
            )
        )


def _stride(table: Spans) -> int:
    """How many years more than the next one: a quarter of what is known, so that a far limit is reached quickly."""
    return (table.years[1] - table.years[0]) // 4


def _spans(days: list[tuple[date, list[Span]]], years: tuple[int, int], bounds: Span) -> Spans:
    table = Spans(years, bounds, [], [], [], [], [], [], [0])
    total = 0
    for day, spans in days:
        for opening, closing in spans:
            table.opens.append(opening)
            table.closes.append(closing)
            table.before.append(total)
            total += closing - opening
            table.upto.append(total)
            table.day_of.append(len(table.days))
        table.days.append(day)
        table.first_of.append(len(table.opens))
    return table
