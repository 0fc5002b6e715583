"""The periods over which targets are judged: `2026-W47 2026-11 2026-Q4 2026-H2 2026 contract` (MEANING §5).

Weeks are ISO weeks. A period begins at the local midnight of its first day in the contract's zone and excludes `end`,
the midnight after its last. It is cut at the contract's validity (both days included), unless it lies wholly outside.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from domain.saying import heard, said
from domain.terms import Per
from domain.times import FIRST_INSTANT, Instant, day_start, local_date

Unit = Literal["day", "week", "month", "quarter", "half", "year"]

_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_NAME = re.compile(
    r"(?P<year>\d{4})(?:-(?:W(?P<week>\d\d)|Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Period:
    """`start` included, `end` excluded; `end` is None for the `contract` period of a contract without end."""

    id: str
    start: Instant
    end: Instant | None

    @property
    def is_rolling(self) -> bool:
        return self.id.startswith("rolling-")

    def holds(self, instant: Instant) -> bool:
        return self.start <= instant and (self.end is None or instant < self.end)


class Periods:
    """The periods of one kind, zone and validity. Remembers those it has met, so that `of` costs a look-up.

    `valid_until` is the last day of validity, None where it has no end.
    """

    def __init__(self, per: Per, zone: ZoneInfo, valid_from: date, valid_until: date | None) -> None:
        self.per = per
        self.zone = zone
        self.valid_from = valid_from
        self.valid_until = valid_until
        self._starts = day_start(valid_from, zone)
        self._ends = None if valid_until is None else day_start(after(valid_until), zone)
        self._whole = Period("contract", self._starts, self._ends)
        self._known: tuple[tuple[Instant, Instant, Period], ...] = ()
        self._known_starts: tuple[Instant, ...] = ()

    def of(self, instant: Instant) -> Period:
        """The period in which the instant falls.

        An instant outside validity falls in the period of the calendar all the same: 20 November is in `2026-11`
        even where validity, and with it the period, ends on the 15th. The `contract` period holds every instant.
        """
        if self.per == "contract":
            return self._whole
        known = self._known
        at = bisect_right(self._known_starts, instant) - 1
        if 0 <= at < len(known) and known[at][0] <= instant < known[at][1]:
            return known[at][2]
        start, end, period = self._on(local_date(instant, self.zone))
        if instant >= end:  # the clocks went back over midnight: the wall shows the day before, after the period's end
            start, end, period = self._on(local_date(end, self.zone))
        if start <= instant < end:
            self._known = tuple(sorted({*known, (start, end, period)}, key=lambda row: row[0]))
            self._known_starts = tuple(row[0] for row in self._known)
        return period

    def reach(self, period: Period) -> tuple[Instant, Instant | None]:
        """Between which instants, [from, until), `of` gives this period: validity cuts it, but not what falls in it."""
        if self.per == "contract":
            return FIRST_INSTANT, None
        start, end, _ = self._on(local_date(period.start, self.zone))
        return start, end

    def first(self) -> Period:
        """The period in which validity begins."""
        return self.of(self._starts)

    def following(self, period: Period) -> Period | None:
        """The next period; None after the `contract` period and at the end of the years."""
        if self.per == "contract":
            return None
        _, last = named_days(period.id)
        return None if last == date.max else self._on(after(last))[2]

    def until(self, instant: Instant) -> Iterator[Period]:
        """From the first period to the one that holds the instant, but none that begins after validity."""
        period: Period | None = self.first()
        while period is not None and period.start <= instant and (self._ends is None or period.start < self._ends):
            yield period
            period = self.following(period)

    def named(self, id: str) -> Period:
        """The period of that id. Raises ValueError where it is not the id of such a period."""
        if self.per == "contract":
            if id != "contract":
                raise ValueError(said("{id!r} is not a period of this target; the only one is 'contract'", id=id))
            return self._whole
        try:
            first, _ = named_days(id)
        except ValueError:
            first = date.min
        if period_id(self.per, first) != id:
            raise ValueError(
                said(
                    "{id!r} is not a {per}; write it as {period_id}",
                    id=id,
                    per=heard(self.per),
                    period_id=period_id(self.per, self.valid_from),
                )
            )
        return self._on(first)[2]

    def _on(self, day: date) -> tuple[Instant, Instant, Period]:
        """The period of the calendar that holds the day: where it begins, where it ends, and what validity leaves."""
        assert self.per != "contract"
        first = first_day(self.per, day)
        start, end = day_start(first, self.zone), day_start(next_first_day(self.per, day), self.zone)
        cut_start, cut_end = start, end
        if start < self._starts < end:
            cut_start = self._starts
        if self._ends is not None and start < self._ends < end:
            cut_end = self._ends
        return start, end, Period(period_id(self.per, first), cut_start, cut_end)


periods = lru_cache(maxsize=4096)(Periods)
"""`Periods`, the same one for the same arguments."""


def after(day: date) -> date:
    """The next day; the last day of all stays."""
    return day if day == date.max else day + _DAY


def first_day(unit: Unit, day: date) -> date:
    """The first day of the unit of the calendar that holds the day."""
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[unit]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def next_first_day(unit: Unit, day: date) -> date:
    """The first day of the unit after the one that holds the day; the last day of all where there is none."""
    try:
        return shifted(first_day(unit, day), 1, unit)
    except (OverflowError, ValueError):
        return date.max


def shifted(day: date, count: int, unit: Unit) -> date:
    """The day that many units later (or earlier); a day that the month lacks becomes its last one.

    Raises ValueError or OverflowError outside the years 1–9999.
    """
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count * _MONTHS[unit], 12)
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    raise OverflowError(f"{day} {count:+} {unit} lies outside the years 1–9999")


def period_id(unit: Unit, day: date) -> str:
    """The id of the unit that holds the day; the day's own ISO text for `day`."""
    match unit:
        case "day":
            return day.isoformat()
        case "week":
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        case "month":
            return f"{day.year:04}-{day.month:02}"
        case "quarter":
            return f"{day.year:04}-Q{(day.month + 2) // 3}"
        case "half":
            return f"{day.year:04}-H{(day.month + 5) // 6}"
        case "year":
            return f"{day.year:04}"


def named_days(name: str) -> tuple[date, date]:
    """First and last day that a name means: a date, an ISO week, a month, quarter, half or year. Raises ValueError."""
    form = _NAME.fullmatch(name)
    if form is None:
        raise ValueError(said("{name!r} names no date, ISO week, month, quarter, half or year", name=name))
    unit, first = _first_named(form)
    following_first = next_first_day(unit, first)
    return first, date.max if following_first == date.max else following_first - _DAY


def _first_named(form: re.Match[str]) -> tuple[Unit, date]:
    year = int(form["year"])
    if form["week"]:
        return "week", date.fromisocalendar(year, int(form["week"]), 1)
    if form["day"]:
        return "day", date(year, int(form["month"]), int(form["day"]))
    if form["month"]:
        return "month", date(year, int(form["month"]), 1)
    if form["quarter"]:
        return "quarter", date(year, int(form["quarter"]) * 3 - 2, 1)
    if form["half"]:
        return "half", date(year, int(form["half"]) * 6 - 5, 1)
    return "year", date(year, 1, 1)
