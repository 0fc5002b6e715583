"""Instants as people read them: in one zone, in one language, the year left out where it goes without saying."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dashboards.language import Language
from domain.times import day_start, to_local, zone


@dataclass(frozen=True)
class Moments:
    """`year` is the year that is not written: the one of the watermark."""

    language: Language
    zone: ZoneInfo
    zone_name: str
    year: int | None = None

    @classmethod
    def of(cls, language: Language, name: str, watermark: int | None) -> Moments:
        where = zone(name)
        year = to_local(watermark, where).year if watermark is not None else None
        return cls(language, where, name, year)

    def local(self, instant: int) -> datetime:
        return to_local(instant, self.zone)

    def local_date(self, instant: int) -> date:
        return self.local(instant).date()

    def span(self, day: date) -> tuple[int, int]:
        """The local day as [from, until)."""
        return day_start(day, self.zone), day_start(day + timedelta(days=1), self.zone)

    def day(self, instant: int) -> str:
        return self.of_day(self.local_date(instant))

    def of_day(self, day: date) -> str:
        return self.language.day(day, year=day.year != self.year)

    def time(self, instant: int, *, seconds: bool = False) -> str:
        return self.language.clock(self.local(instant).time(), seconds=seconds)

    def moment(self, instant: int, *, seconds: bool = False) -> str:
        return f"{self.day(instant)}, {self.time(instant, seconds=seconds)}"

    def extent(self, start: int, until: int) -> tuple[str, str]:
        """The ends of [start, until) as people say them: the first and the last day where it is made of whole days, so that
        nobody reads a midnight; else both moments."""
        last = last_day(self.local(start), self.local(until))
        return (self.moment(start), self.moment(until)) if last is None else (self.day(start), self.of_day(last))

    def long(self, instant: int) -> str:
        return self.language.long_moment(self.local(instant))

    @property
    def city(self) -> str:
        """The zone as people call it: `Paris`."""
        return self.zone_name.rpartition("/")[2].replace("_", " ")


def last_day(start: datetime, until: datetime) -> date | None:
    """The last day of [start, until) in local time; None unless both stand at the beginning of a day."""
    is_of_days = start.time() == until.time() == time.min and start < until
    return until.date() - timedelta(days=1) if is_of_days else None
