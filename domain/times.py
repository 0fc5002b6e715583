"""Instants, wall times and the zones between them (MEANING §1, DESIGN §3.5).

An instant is an integer, so that all arithmetic is exact and done in UTC. Zones come from the pinned `tzdata` package
alone, never from the machine. A wall time in a gap moves forward by the gap; in an overlap the first one counts.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from domain.saying import said, said_by

Instant = int
"""Microseconds since 1970-01-01T00:00Z, leap seconds not counted (POSIX). May lie before 1970 (negative)."""
Clock = Callable[[], Instant]
"""Says which instant it is now. It is handed in; nothing here asks it."""

FIRST_INSTANT = -62_135_596_800_000_000
"""0001-01-01T00:00Z. Computed times stop here and at `LAST_INSTANT`, so that they fit any calendar and 64 bits."""

LAST_INSTANT = 253_402_300_799_999_999
"""9999-12-31T23:59:59.999999Z."""

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
"""Days that people name lie between these, both included."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = _EPOCH.replace(tzinfo=None)
_MICROSECOND = timedelta(microseconds=1)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
_ISO_TIME = re.compile(
    r"(?:\d{4}-\d\d-\d\d|\d{8}|\d{4}-W\d\d-\d|\d{4}W\d{3})[Tt ]"
    r"(?P<hour>\d\d)(?::?\d\d(?::?(?P<second>\d\d)(?P<fraction>[.,]\d+)?)?)?"
    r"(?P<offset>[Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)


class NotATime(ValueError):
    """The text is not an ISO 8601 date and time."""


class TimeWithoutOffset(ValueError):
    """The text is a time, but does not say in which offset from UTC."""


class UnknownZone(ValueError):
    """The pinned time zone data has no zone of that name."""


@cache
def tzdata_version() -> str:
    """The version of the IANA data in force, such as `2026b`."""
    return str(importlib.import_module("tzdata").IANA_VERSION)


@cache
def zone_names() -> frozenset[str]:
    """All names that the pinned data knows, old ones (`US/Eastern`) included."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name; always the same object for the same name. Raises `UnknownZone`."""
    if name not in zone_names():
        raise UnknownZone(
            said(
                "{name!r} is not a time zone of tzdata {tzdata_version}; write a name such as Europe/Paris",
                name=name,
                tzdata_version=tzdata_version(),
            )
        )
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def instant(text: str) -> Instant:
    """The instant that an RFC 3339 or ISO 8601 time with an offset names; digits below the microsecond are cut.

    A leap second (23:59:60 UTC) is the last microsecond of its day, so that it stays in that day.
    Raises `TimeWithoutOffset`, and `NotATime` for anything else, a date alone included.
    """
    try:
        moment = datetime.fromisoformat(text)
        if text[10] == "T" and text[11:13] != "24":
            return (moment - _EPOCH) // _MICROSECOND
    except (ValueError, TypeError, IndexError):
        pass
    return _unusual_instant(text)


def _unusual_instant(text: str) -> Instant:
    """As `instant`, for what the quick way does not read: small letters, a space, a leap second, and every error."""
    form = _ISO_TIME.fullmatch(text) if isinstance(text, str) else None
    if form is None or form["hour"] == "24":
        raise NotATime(
            said("{text!r} is not a time; write it as 2026-03-10T11:58:00Z or 2026-03-10T12:58:00+01:00", text=text)
        )
    is_leap = form["second"] == "60"
    plain = text.upper().replace(" ", "T")
    if is_leap:
        plain = plain[: form.start("second")] + "59" + plain[form.end("second") :]
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError as error:
        raise NotATime(said("{text!r} is not a time: {error}", text=text, error=said_by(error))) from error
    if moment.tzinfo is None:
        raise TimeWithoutOffset(said("{text!r} has no offset; add Z or one such as +01:00", text=text))
    if not is_leap:
        return from_datetime(moment)
    second = from_datetime(moment.replace(microsecond=0))
    if second % 86_400_000_000 != 86_399_000_000:
        raise NotATime(said("{text!r} is not a time: a leap second ends a day in UTC", text=text))
    return second + 999_999


def from_datetime(aware: datetime) -> Instant:
    """The instant of a datetime with an offset. Raises `TimeWithoutOffset`."""
    if aware.utcoffset() is None:
        raise TimeWithoutOffset(said("{aware} has no offset", aware=aware.isoformat()))
    return (aware - _EPOCH) // _MICROSECOND


def from_local(wall: datetime, zone: ZoneInfo) -> Instant:
    """The instant of a wall time (naive, its `fold` not read): a gap moves it forward, an overlap gives the first."""
    offset = wall.replace(tzinfo=zone, fold=0).utcoffset() or timedelta()
    return (wall - _NAIVE_EPOCH - offset) // _MICROSECOND


def to_local(instant: Instant, zone: ZoneInfo) -> datetime:
    """The wall time (naive) in that zone; what lies outside the years 1–9999 is shown as their first or last moment."""
    return _local(instant, zone).replace(tzinfo=None, fold=0)


def local_date(instant: Instant, zone: ZoneInfo) -> date:
    """The date on the wall in that zone."""
    return _local(instant, zone).date()


def day_start(day: date, zone: ZoneInfo) -> Instant:
    """Local midnight at which the date begins, or where it falls in a gap, the instant that stands for it."""
    return from_local(datetime.combine(day, time()), zone)


def end_of_local_day(instant: Instant, zone: ZoneInfo) -> Instant:
    """The next local midnight, always after the instant: what happens before it is still of that local day."""
    today = local_date(instant, zone)
    if today == date.max:
        return max(instant, LAST_INSTANT) + 1
    midnight = datetime.combine(today + timedelta(days=1), time())
    end = from_local(midnight, zone)
    if end > instant:
        return end
    # The clocks went back over midnight (St. John's until 2011): this is the evening before the second midnight.
    return from_datetime(midnight.replace(tzinfo=zone, fold=1))


def show(instant: Instant, zone: ZoneInfo | None = None) -> str:
    """ISO 8601: in UTC with `Z`, or in a zone with its offset. Microseconds only where they are not zero."""
    if zone is not None:
        return _local(instant, zone).isoformat()
    return _since(_NAIVE_EPOCH, instant).isoformat() + "Z"


def _since(epoch: datetime, instant: Instant) -> datetime:
    """In UTC, with or without saying so, as the epoch has it."""
    try:
        return epoch + timedelta(microseconds=instant)
    except OverflowError:
        return (_LAST if instant > 0 else _FIRST).replace(tzinfo=epoch.tzinfo)


def _local(instant: Instant, zone: ZoneInfo) -> datetime:
    moment = _since(_EPOCH, instant)
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.replace(tzinfo=zone)
