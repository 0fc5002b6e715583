"""Instants are datetimes in UTC; wall times become instants by the pinned `tzdata`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

MIDNIGHT = time(0)
DAY = timedelta(days=1)
_WRITTEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@cache
def zone(name: str) -> ZoneInfo:
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as found:
        return ZoneInfo.from_file(found, key=name)


def wall(day: date, at: time, place: ZoneInfo) -> datetime:
    """In a gap the time moves forward by the gap; of an overlap the first counts (PEP 495, `fold=0`)."""
    return datetime.combine(day, at, place).astimezone(UTC)


def midnight(day: date, place: ZoneInfo) -> datetime:
    return wall(day, MIDNIGHT, place)


def local(moment: datetime, place: ZoneInfo) -> datetime:
    """The wall time, naive."""
    return moment.astimezone(place).replace(tzinfo=None, fold=0)


def read_time(text: object) -> datetime | None:
    """None where it is not a time with an offset."""
    if not isinstance(text, str) or not _WRITTEN.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def clock(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))
