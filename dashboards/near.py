"""Days as people say them from where they stand: today, tomorrow, yesterday, a weekday within a week, the date beyond."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from dashboards.moments import Moments

WEEK = 7
"""Days from which on a weekday would be that of another week."""
NOON = 12


@dataclass(frozen=True)
class Near:
    """`now`: the instant at which it is read, in microseconds since 1970 UTC; days are those of the zone of `moments`."""

    moments: Moments
    now: int

    def day(self, instant: int) -> str:
        return self.of_day(self.moments.local_date(instant))

    def of_day(self, day: date) -> str:
        """`today`, `tomorrow`, `yesterday`, `Thursday` of the six days to come, `last Friday` of the six that are over, the date
        beyond."""
        language, away = self.moments.language, (day - self.moments.local_date(self.now)).days
        if away in _NAMED:
            return language.text(f"said_day.{_NAMED[away]}")
        weekday = language.weekday(day.weekday())
        if abs(away) >= WEEK:
            return self.moments.of_day(day)
        return weekday if away > 0 else language.text("said_day.last", weekday=weekday)

    def in_week(self, day: date) -> str:
        """A day of this week: `yesterday`, `Thursday`."""
        away = (day - self.moments.local_date(self.now)).days
        language = self.moments.language
        return language.text(f"said_day.{_NAMED[away]}") if away in _NAMED else language.weekday(day.weekday())

    def moment(self, instant: int) -> str:
        """`today 16:00`, `this morning 09:00` where that is over, `tomorrow 10:00`, `Mon 16 Nov, 10:42`."""
        language, day = self.moments.language, self.moments.local_date(instant)
        clock, today = self.moments.time(instant), self.moments.local_date(self.now)
        if abs(day - today) >= timedelta(days=WEEK):
            return self.moments.moment(instant)
        if day == today and instant <= self.now and self.moments.local(instant).hour < NOON:
            return language.text("said_day.at", day=language.text("said_day.morning"), clock=clock)
        return language.text("said_day.at", day=self.of_day(day), clock=clock)


_NAMED = {-1: "yesterday", 0: "today", 1: "tomorrow"}
