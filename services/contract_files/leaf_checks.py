"""Checks of single values in a file: each gives the value back, or raises Complaint in plain words of what is wrong and what
would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from domain.durations import (
    HOUR,
    Duration,
    Elapsed,
    EndOfDay,
    NominalDays,
    WorkingDays,
    WorkingHours,
    parse_duration,
)
from domain.saying import said
from domain.times import UnknownZone, zone
from domain.unseen import unseen
from services.contract_files import bounds, readings
from services.contract_files.names import PERS
from services.contract_files.scalars import Complaint
from services.contract_files.suggesting import one_of, shown

ID_PATTERN = "[a-z0-9][a-z0-9-]{0,62}"
PERSON_PATTERN = "[a-z0-9][a-z0-9._-]{0,62}"
ATTRIBUTES = ("id", "source", "specversion", "type", "subject", "time", "datacontenttype", "dataschema")
EXTENSIONS = ("recordedtime", "sequence", "voids", "replaces")
OTHER_EXTENSIONS = (
    *("correlationid", "causationid", "dataclassification", "dataref", "deprecated", "expirytime", "partitionkey"),
    *("sampledrate", "sequencetype", "severitynumber", "severitytext", "traceparent", "tracestate"),
)
"""Extensions that CloudEvents documents beside its core; any other bare name is taken for a forgotten `data.`."""

DATA_PATH = r"data(\.[^.\s][^.]*)*"
_PATH = re.compile(r"data(\.[^.\s][^.]*)+")
_WEB = re.compile(r"https?://[^\s/?#@\\]+(?:[/?#][^\s\\]*)?")
"""With a host, and no name or password before it."""
_ONE_LINE = re.compile(r"\S(.*\S)?")


def text(value: object) -> str:
    if not isinstance(value, str):
        raise Complaint(
            said("must be a text, not {value}", value=shown(value)),
            said('in quotes: "{value}"', value=value) if is_scalar(value) else None,
        )
    if not value.strip():
        raise Complaint(said("the text is empty"), said("write something, or leave the key out"))
    if len(value) > bounds.TEXT:
        raise Complaint(
            said("the text has {count:,} letters", count=len(value)), said("at most {text:,}", text=bounds.TEXT)
        )
    return value


def is_scalar(value: object) -> bool:
    return isinstance(value, str | int | Decimal | bool)


def is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def readable(reading: Callable[[str], object], what: str, right: str) -> Callable[[object], str]:
    """A check that the text can be read; any ValueError becomes `“text” is not <what> (<right>)`."""

    def check(value: object) -> str:
        written = text(value)
        if len(written) > bounds.SHORT:
            raise Complaint(said("{written} is not {what}", written=shown(written), what=what), right)
        try:
            reading(written)
        except Complaint:
            raise
        except (ValueError, OverflowError):
            raise Complaint(said("{written} is not {what}", written=shown(written), what=what), right) from None
        return written

    return check


def identifier(value: object) -> str:
    if not re.fullmatch(ID_PATTERN, written := text(value)):
        right = said("small letters a-z, digits and “-”, first a letter or digit, at most 63")
        raise Complaint(said("{written} is not an id", written=shown(written)), right)
    return written


def person_id(value: object) -> str:
    if not re.fullmatch(PERSON_PATTERN, written := text(value)):
        right = said("such as anna.martin: small letters a-z, digits, “.”, “-” and “_”, at most 63")
        raise Complaint(said("{written} is not the id of a person", written=shown(written)), right)
    return written


def name(value: object) -> str:
    """What people are shown: nothing in it makes it another one that looks the same."""
    if found := unseen(written := text(value)):
        raise Complaint(
            said(
                "{written} holds a letter that nobody sees: U+{code}",
                written=shown(written),
                code=f"{ord(found[0]):04X}",
            ),
            said("leave it out"),
        )
    return written


def line(value: object) -> str:
    if not _ONE_LINE.fullmatch(written := name(value)):
        raise Complaint(
            said("{written} is not one line without spaces around it", written=shown(written)),
            said("write it on one line"),
        )
    if len(written) > bounds.LINE:
        raise Complaint(
            said("the line has {count:,} letters", count=len(written)), said("at most {line}", line=bounds.LINE)
        )
    return written


def path(value: object) -> str:
    """`subject` or another CloudEvents attribute, or `data.a.b`."""
    written = text(value)
    if len(written) > bounds.LINE:
        raise Complaint(
            said("the path has {count:,} letters", count=len(written)), said("at most {line}", line=bounds.LINE)
        )
    if written in ATTRIBUTES or written in EXTENSIONS or written in OTHER_EXTENSIONS or _PATH.fullmatch(written):
        return written
    raise Complaint(
        said("{written} is neither a CloudEvents attribute nor a path into data", written=shown(written)),
        said("such as subject, or data.{written}", written=written)
        if re.fullmatch(r"\w+", written)
        else said("such as subject, or data.a.b"),
    )


def data_path(value: object) -> str:
    """`data`, or `data.a.b`."""
    written = text(value)
    if len(written) <= bounds.LINE and re.fullmatch(DATA_PATH, written):
        return written
    raise Complaint(
        said("{written} is no path into data", written=shown(written)), said("such as data.requester, or data")
    )


def subject_path(value: object) -> str:
    """`subject`, or `data.a.b`."""
    return "subject" if value == "subject" else data_path(value)


def country(value: object) -> str:
    """Two capital letters (ISO 3166-1)."""
    if not re.fullmatch("[A-Z]{2}", written := text(value)):
        raise Complaint(said("{written} is no country", written=shown(written)), said("two letters, such as FR"))
    return written


def slice_name(value: object) -> str:
    return written if (written := text(value)) in ("weekday", "hour") else path(written)


def zone_name(written: str) -> None:
    try:
        zone(written)
        if written == "Factory":  # what a machine says whose zone was never set
            raise UnknownZone
    except UnknownZone:
        raise Complaint(
            said("{written} is not a time zone", written=shown(written)), said("an IANA name such as Europe/Paris")
        ) from None


def hours(written: str) -> None:
    start, end = readings.hours(written)
    if start >= end:
        raise Complaint(
            said("{written} ends before it starts", written=shown(written)),
            said("a span stays in one day; 24:00 ends a day"),
        )


def date_span(written: str) -> None:
    first, last = readings.date_span(written)
    if last < first:
        raise Complaint(
            said("{written} ends before it starts", written=shown(written)),
            said("{last}..{first}", last=last, first=first),
        )
    _within_the_years(first, last)


def local_date(written: str) -> None:
    _within_the_years(readings.local_date(written))


def _within_the_years(*days: date) -> None:
    for day in days:
        if not bounds.FIRST_DAY <= day <= bounds.LAST_DAY:
            raise Complaint(
                said("{day} lies outside the years that can be judged", day=day),
                said("a day of the years {first} to {last}", first=bounds.FIRST_DAY.year, last=bounds.LAST_DAY.year),
            )


def due_time(written: str) -> None:
    if written.strip() == "24:00":
        raise Complaint(
            said("24:00 is no time of day: it belongs to the next"),
            said('for the whole day say at: "18:00" and tolerance: end of day'),
        )
    readings.wall_time(written)


def share(value: object) -> str:
    if is_number(value):
        raise Complaint(
            said("{value} is no share", value=shown(value)), said("a share is written {value} %", value=value)
        )
    right = said("a share such as 95 %")
    written = readable(readings.share, said("a share"), right)(value)
    if not 0 <= readings.share(written) <= 1:
        raise Complaint(
            said("{written} can never be judged: a share lies between 0 % and 100 %", written=written), right
        )
    return written


def web_address(value: object) -> str:
    """An address of the web that people may follow; the program never does."""
    written = text(value)
    if len(written) > bounds.ADDRESS or not _WEB.fullmatch(written):
        right = said(
            "an address that begins with https:// or http://, of at most {most:,} letters", most=bounds.ADDRESS
        )
        raise Complaint(said("{written} is no address of the web", written=shown(written)), right)
    return written


def sha256(value: object) -> str:
    if not re.fullmatch("[0-9a-f]{64}", written := text(value)):
        raise Complaint(said("{written} is no SHA-256", written=shown(written)), said("64 digits 0-9 and a-f"))
    return written


def sure(value: object) -> str:
    """A share from one half on: less sure than that is a guess, and quite sure nobody ever is."""
    written = share(value)
    if not Fraction(1, 2) <= readings.share(written) < 1:
        raise Complaint(
            said("{written} says how sure one is, and lies from 50 % to below 100 %", written=written),
            said("such as 90 %"),
        )
    return written


def at_least(value: object) -> object:
    """Checks the text of an `at_least`: a share, a value, or an elapsed time."""
    if is_number(value):
        return value
    return share(value) if isinstance(value, str) and "%" in value else at_most(value)


def at_most(value: object) -> object:
    """Checks the text of an `at_most`: a number, or an elapsed time."""
    if is_number(value):
        return value
    return elapsed(
        readable(bounded, said("a number, a share or an elapsed time"), said("such as 4.2, 95 % or 4 h"))(value)
    )


def elapsed(written: str) -> str:
    if not isinstance(parse_duration(written), Elapsed):
        raise Complaint(
            said("{written} is not elapsed time", written=shown(written)), said("in s, min or h, such as 4 h")
        )
    return written


def number(value: object) -> object:
    if not is_number(value):
        raise Complaint(said("must be a number, not {value}", value=shown(value)), said("such as 5"))
    return value


def amount(value: object) -> object:
    if number(value) < 0:  # type: ignore[operator]
        raise Complaint(said("{value} is less than nothing", value=value), said("0 or more"))
    return value


def bounded(written: str) -> None:
    """Raises ValueError unless it is a duration, Complaint if it is longer than a century, or begins with a zero."""
    duration = parse_duration(written)
    if re.match(r"\s*0[0-9]", written):
        raise Complaint(said("{written} has a leading zero", written=shown(written)), _without_zeros(written))
    if _days(duration) > bounds.LONGEST_DAYS:
        raise Complaint(said("{written} is longer than a century", written=shown(written)), said("a shorter one"))


def _days(duration: Duration) -> float:
    return duration.days if isinstance(duration, NominalDays | WorkingDays) else duration.microseconds / (24 * HOUR)


def _without_zeros(written: str) -> str:
    count, _, unit = written.strip().partition(" ")
    return f"{int(count)} {unit.strip()}"


def some_time(written: str) -> None:
    """Refuses what `bounded` refuses, and no time at all."""
    bounded(written)
    if _days(parse_duration(written)) == 0:
        raise Complaint(said("{written} is no time at all", written=shown(written)), said("a longer one"))


def rhythm(written: str) -> None:
    """Checks how often a tool sends: time that passes for everybody, since a tool has no calendar."""
    some_time(written)
    if isinstance(parse_duration(written), WorkingHours | WorkingDays):
        raise Complaint(
            said("{written} needs a calendar, and a tool has none", written=shown(written)),
            said("such as 1 h, 1 day or 3 days"),
        )


def tolerance(written: str) -> None:
    if not isinstance(readings.tolerance(written), EndOfDay):
        bounded(written)


def per(value: object) -> str:
    written = text(value)
    try:
        days = readings.rolling_days(written)
    except ValueError:
        return one_of(written, PERS, said("a period"))
    if days > bounds.LONGEST_DAYS:
        raise Complaint(said("{written} is longer than a century", written=shown(written)), said("a shorter one"))
    return written


def email(value: object) -> str:
    written = text(value)
    if len(written) > bounds.LINE or not re.fullmatch(r"[^@\s]+@[^@\s]+", written):
        raise Complaint(
            said("{written} is not an e-mail address", written=shown(written)), said("such as name@example.org")
        )
    return written


def whole(least: int, most: int | None = None) -> Callable[[object], int]:
    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Complaint(said("must be a whole number, not {value}", value=shown(value)), said("such as 1"))
        if value < least:
            raise Complaint(said("{value} is too small", value=value), said("{least} or more", least=least))
        if most is not None and value > most:
            raise Complaint(said("{value} is too large", value=value), said("at most {most:,}", most=most))
        return value

    return check


def weight(value: object) -> object:
    if not is_number(value):
        raise Complaint(said("must be a number, not {value}", value=shown(value)), said("such as 2 or 0.5"))
    if value < 0:  # type: ignore[operator]
        raise Complaint(said("the weight {value} is negative", value=value), said("0 or more"))
    return value


def literal(value: object) -> object:
    if value is None:
        raise Complaint(said("nothing can never be matched"), said("{exists: false} asks that it be absent"))
    if not is_scalar(value):
        raise Complaint(said("must be one text, number or true/false, not {value}", value=shown(value)))
    return value


def ordered(value: object) -> object:
    if not (isinstance(value, str) or is_number(value)):
        raise Complaint(
            said("must be a number or a text to compare with, not {value}", value=shown(value)), said("such as {le: 0}")
        )
    return value


def years(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Complaint(said("must be years, not {value}", value=shown(value)), said("such as 2025-2027"))
    try:
        wanted = readings.years(value)
    except ValueError:
        raise Complaint(said("{value} is not a span of years", value=shown(value)), said("such as 2025-2027")) from None
    if not wanted:
        raise Complaint(said("{value} ends before it starts", value=shown(value)), said("such as 2025-2027"))
    first, last = bounds.FIRST_DAY.year, bounds.LAST_DAY.year
    if len(wanted) > bounds.YEARS or wanted[0] < first or wanted[-1] > last:
        right = said("at most {years} years, between {first} and {last}", years=bounds.YEARS, first=first, last=last)
        raise Complaint(said("{value} is beyond what can be known", value=shown(value)), right)
    return value
