"""Times as files write them, read into RFC 3339 with an offset: strptime's forms or ISO 8601, wall time in a zone.

Wall times follow domain/times.py: a gap moves them forward, an overlap gives the first. `datetime.strptime` would take
longer than all else that an import does, so the parts of the common forms are read once per distinct text; whatever is
unusual goes the slow way and gives the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from domain.saying import quoted, said
from domain.times import from_local, instant, show
from services.errors import short

T = TypeVar("T")

ReadTime = Callable[[str], str]
"""Gives the time as RFC 3339 text; the same text for the same input. Raises ValueError, saying what would be right."""

MOST_REMEMBERED: Final = 100_000
"""Distinct texts kept per cache: a day has 86,400 seconds."""

UNIX: Final = {"unix s": 1_000_000, "unix ms": 1_000}
"""The forms that count from 1970 in UTC, and the microseconds of what each counts."""

FIRST, LAST = instant("0001-01-01T00:00:00Z"), instant("9999-12-31T23:59:59Z")
_WHOLE: Final = re.compile(r"-?\d{1,14}", re.ASCII)
_DATE_ALONE: Final = len("2026-03-10")
_DATE_DIRECTIVES: Final = frozenset("YmdybBj")
_CLOCK: Final = {
    "H": r"(?P<H>[01]?\d|2[0-3])",
    "I": r"(?P<I>1[0-2]|0?[1-9])",
    "M": r"(?P<M>[0-5]?\d)",
    "S": r"(?P<S>[0-5]?\d)",
    "p": r"(?P<p>[AaPp])[Mm]",
}


def time_reader(forms: tuple[str, ...], zone: ZoneInfo | None) -> ReadTime:
    """Reads a time in the first of these forms that fits, strptime's or one of UNIX; at last, ISO 8601."""
    days = _Days(zone)
    iso = _iso_reader(days)
    if not forms:
        return iso
    readers = [*(_form_reader(form, days) if form not in UNIX else _unix_reader(form) for form in forms), iso]

    def read(text: str) -> str:
        refused: ValueError | None = None
        for reader in readers:
            try:
                return reader(text)
            except ValueError as error:
                refused = refused or error
        if len(forms) == 1 and refused is not None:
            raise refused
        raise ValueError(
            said(
                "“{text}” is not a time of any of the forms {forms}, nor of ISO 8601",
                text=quoted(short(text, 60), said("a text")),
                forms=", ".join(forms),
            )
        )

    return read


class _Days:
    """Local dates and their offset from UTC, where the whole day has one."""

    def __init__(self, zone: ZoneInfo | None):
        self.zone = zone
        self._offsets: dict[date, str] = {}

    def offset(self, day: date) -> str:
        """Gives the day's offset, such as `-05:00`; empty where the clocks change on that day, or the offset counts seconds."""
        known = self._offsets.get(day)
        if known is None:
            if len(self._offsets) >= MOST_REMEMBERED:
                self._offsets.clear()
            known = self._offsets[day] = self._find_offset(day)
        return known

    def written(self, wall: datetime) -> str:
        """The wall time with its offset; times that have one already keep it. Raises ValueError without a zone."""
        if wall.tzinfo is not None:
            return wall.isoformat()
        if self.zone is None:
            raise ValueError(
                said("“{wall}” has no offset: give `read` a `timezone`", wall=quoted(wall.isoformat(), said("a time")))
            )
        if offset := self.offset(wall.date()):
            return wall.isoformat() + offset
        moment = from_local(wall, self.zone)
        text = show(moment, self.zone)
        return text if _is_whole_minutes(text) else show(moment)

    def _find_offset(self, day: date) -> str:
        if self.zone is None or day == date.max:
            return ""
        midnight = datetime.combine(day, time(), self.zone)
        first = midnight.utcoffset()
        if first is None or (midnight + timedelta(days=1)).utcoffset() != first:
            return ""
        text = midnight.isoformat()
        return text[19:] if _is_whole_minutes(text) else ""


def _is_whole_minutes(text: str) -> bool:
    return text[-6] in "+-"


def _iso_reader(days: _Days) -> ReadTime:
    def read(text: str) -> str:
        try:
            moment = datetime.fromisoformat(text) if len(text) > _DATE_ALONE else None
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is None:
            return days.written(moment)
        instant(text)
        return text

    return read


def _unix_reader(form: str) -> ReadTime:
    def read(text: str) -> str:
        if _WHOLE.fullmatch(text) is None or not FIRST <= (moment := int(text) * UNIX[form]) <= LAST:
            raise ValueError(
                said("“{text}” is no number of {form}", text=quoted(short(text, 60), said("a text")), form=form)
            )
        return show(moment)

    return read


def _form_reader(form: str, days: _Days) -> ReadTime:
    """Remembers days and clock times it has read before, if the form is a date, a space or T, and a clock time."""

    def slow(text: str) -> str:
        try:
            wall = datetime.strptime(text, form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            raise ValueError(
                said(
                    "“{text}” is not a time of the form {form}", text=quoted(short(text, 60), said("a text")), form=form
                )
            ) from None
        return days.written(wall)

    date_form, mark, clock_form = _parted(form)
    clock = _clock_pattern(clock_form)
    if not mark or clock is None or days.zone is None:
        return slow
    dates: dict[str, tuple[str, str]] = {}
    clocks: dict[str, str] = {}

    def read(text: str) -> str:
        date_text, _, clock_text = text.partition(mark)
        day = dates.get(date_text)
        if day is None:
            day = _remember(dates, date_text, _day_parts(date_text, date_form, days))
        written = clocks.get(clock_text)
        if written is None:
            written = _remember(clocks, clock_text, _clock_text(clock, clock_text))
        begins, offset = day
        return f"{begins}{written}{offset}" if offset and written else slow(text)

    return read


def _parted(form: str) -> tuple[str, str, str]:
    """Takes a form apart into date, mark and clock, such as `%m/%d/%Y %I:%M:%S %p`; an empty mark when it is not of that make."""
    for mark in (" ", "T"):
        date_form, found, clock_form = form.partition(mark)
        if found and set(re.findall("%(.)", date_form)) <= _DATE_DIRECTIVES and " " not in date_form:
            return date_form, mark, clock_form
    return form, "", ""


def _clock_pattern(form: str) -> re.Pattern[str] | None:
    """Makes the pattern of a clock form; None when it says more or less than a time of day."""
    pieces = re.split("%(.)", form)
    directives = pieces[1::2]
    if len(set(directives)) != len(directives) or not set(directives) <= _CLOCK.keys():
        return None
    if ("H" in directives) == ("I" in directives) or ("I" in directives) != ("p" in directives):
        return None
    written = [_CLOCK[piece] if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)]
    return re.compile("".join(written), re.ASCII)


def _day_parts(text: str, form: str, days: _Days) -> tuple[str, str]:
    """Gives `2015-01-01T` and the day's offset; empty when the text is no date or the day is unusual."""
    try:
        day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return "", ""
    return f"{day.isoformat()}T", days.offset(day)


def _clock_text(pattern: re.Pattern[str], text: str) -> str:
    """Gives `HH:MM:SS`; empty when the text does not fit."""
    match = pattern.fullmatch(text)
    if match is None:
        return ""
    found = match.groupdict()
    hour = int(found.get("H") or found.get("I") or 0)
    if "p" in found:
        hour = hour % 12 + (12 if found["p"] in "Pp" else 0)
    return f"{hour:02}:{int(found.get('M') or 0):02}:{int(found.get('S') or 0):02}"


def _remember(cache: dict[str, T], text: str, value: T) -> T:
    if len(cache) >= MOST_REMEMBERED:
        cache.clear()
    cache[text] = value
    return value
