"""The types of single values in a file, each with its check and its JSON schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

from domain.saying import said
from services.contract_files import bounds, readings
from services.contract_files import leaf_checks as check
from services.contract_files.names import PERS, RECIPIENTS
from services.contract_files.suggesting import one_of

EntryKind = Literal[
    "text", "line", "id", "path", "slices", "duration", "tolerance", "date", "time", "times", "zone", "share", "at_least", "at_most",
    "number", "per", "plus", "days", "texts", "names", "title", "where", "calendar", "limit", "key", "pair", "causes", "choice",
    "group", "several", "indicator",
]  # fmt: skip
"""What a form asks for at a key: a value of that kind, or others."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Stands at the type of a value, for forms; the outermost counts."""

    kind: EntryKind


def _schema(type_: str | list[str], **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": type_, **more})


DURATION = said("a duration such as 15 min, 4 h, 2 days, 1 week, 8 working hours, 3 working days")
TOLERANCE = said("{duration}, or end of day", duration=DURATION)
_DATE_PATTERN = r"(199[0-9]|2[01][0-9]{2})-[0-9]{2}-[0-9]{2}"
_ELAPSED_PATTERN = r"^[0-9]+ +(s|min|h)$"
_TIME_PATTERN = r"([01][0-9]|2[0-3]):[0-5][0-9]"

Text = Annotated[
    str, BeforeValidator(check.text), _schema("string", minLength=1, maxLength=bounds.TEXT), Entered("text")
]
NameText = Annotated[
    str, BeforeValidator(check.name), _schema("string", minLength=1, maxLength=bounds.TEXT), Entered("text")
]
Line = Annotated[
    str, BeforeValidator(check.line), _schema("string", minLength=1, maxLength=bounds.LINE), Entered("line")
]
Id = Annotated[
    str, BeforeValidator(check.identifier), _schema("string", pattern=f"^{check.ID_PATTERN}$"), Entered("id")
]
PersonId = Annotated[str, BeforeValidator(check.person_id), _schema("string", pattern=f"^{check.PERSON_PATTERN}$")]
PathText = Annotated[
    str,
    BeforeValidator(check.path),
    _schema("string", maxLength=bounds.LINE, description="A CloudEvents attribute, or data.a.b"),
    Entered("path"),
]
DataPathText = Annotated[
    str,
    BeforeValidator(check.data_path),
    _schema("string", maxLength=bounds.LINE, pattern=check.DATA_PATH, description="data, or data.a.b"),
]
SubjectText = Annotated[
    str,
    BeforeValidator(check.subject_path),
    _schema("string", maxLength=bounds.LINE, description="subject, or data.a.b"),
]
RetentionText = Annotated[
    str,
    BeforeValidator(check.readable(readings.retention, said("a retention"), said("such as P24M, P2Y or P90D"))),
    _schema("string", pattern=f"^{readings.RETENTION}$"),
]
CountryText = Annotated[
    str,
    BeforeValidator(check.country),
    _schema("string", pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2"),
]
SliceText = Annotated[str, BeforeValidator(check.slice_name), _schema("string", description="weekday, hour or a path")]
DurationText = Annotated[
    str,
    BeforeValidator(check.readable(check.bounded, said("a duration"), DURATION)),
    _schema("string"),
    Entered("duration"),
]
SomeTimeText = Annotated[
    str,
    BeforeValidator(check.readable(check.some_time, said("a duration"), DURATION)),
    _schema("string"),
    Entered("duration"),
]
RhythmText = Annotated[
    str,
    BeforeValidator(check.readable(check.rhythm, said("a duration"), said("such as 15 min, 4 h, 1 day"))),
    _schema("string"),
]
ToleranceText = Annotated[
    str,
    BeforeValidator(check.readable(check.tolerance, said("a tolerance"), TOLERANCE)),
    _schema("string", description="A duration, or `end of day`"),
    Entered("tolerance"),
]
DateText = Annotated[
    date,
    BeforeValidator(
        lambda value: readings.local_date(
            check.readable(check.local_date, said("a date"), said("such as 2026-01-31"))(value)
        )
    ),
    _schema("string", pattern=f"^{_DATE_PATTERN}$"),
    Entered("date"),
]
DateSpanText = Annotated[
    str,
    BeforeValidator(
        check.readable(
            check.date_span, said("a date or a span of dates"), said("such as 2026-05-15 or 2026-08-03..2026-08-14")
        )
    ),
    _schema("string", pattern=rf"^{_DATE_PATTERN}(\.\.{_DATE_PATTERN})?$"),
]
TimeText = Annotated[
    str,
    BeforeValidator(
        check.readable(readings.wall_time, said("a time of day"), said("such as 09:30, from 00:00 to 23:59"))
    ),
    _schema("string", pattern=f"^{_TIME_PATTERN}$"),
    Entered("time"),
]
DueTimeText = Annotated[
    str,
    BeforeValidator(check.readable(check.due_time, said("a time of day"), said("such as 09:30, from 00:00 to 23:59"))),
    _schema("string", pattern=f"^{_TIME_PATTERN}$"),
    Entered("time"),
]
HoursText = Annotated[
    str,
    BeforeValidator(check.readable(check.hours, said("a span of hours"), said("such as 09:00-12:30"))),
    _schema("string", pattern=rf"^{_TIME_PATTERN}\s*-\s*({_TIME_PATTERN}|24:00)$"),
]
DaysText = Annotated[
    str,
    BeforeValidator(
        check.readable(readings.weekdays, said("a day or span of days"), said("such as mon-fri, sat, or mon,wed"))
    ),
    _schema("string"),
]
ZoneText = Annotated[
    str,
    BeforeValidator(check.readable(check.zone_name, said("a time zone"), said("an IANA name such as Europe/Paris"))),
    _schema("string"),
    Entered("zone"),
]
BandText = Annotated[
    str,
    BeforeValidator(check.share),
    _schema("string", pattern=r"^[0-9]+(\.[0-9]+)?\s*%$", examples=["10 %"]),
    Entered("share"),
]
AtLeast = Annotated[
    Any,
    BeforeValidator(check.at_least),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?\s*%$"},
                {"type": "string", "pattern": _ELAPSED_PATTERN},
            ],
            "description": "95 %, or of a measure 4.2 or 4 h",
        }
    ),
    Entered("at_least"),
]
AtMost = Annotated[
    Any,
    BeforeValidator(check.at_most),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": _ELAPSED_PATTERN}]}),
    Entered("at_most"),
]
ElapsedText = Annotated[
    str,
    BeforeValidator(
        lambda value: check.elapsed(check.readable(check.bounded, said("a duration"), said("such as 5 min"))(value))
    ),
    _schema("string"),
    Entered("duration"),
]
Number = Annotated[Any, BeforeValidator(check.number), _schema("number"), Entered("number")]
Amount = Annotated[Any, BeforeValidator(check.amount), _schema("number", minimum=0), Entered("number")]
PerText = Annotated[
    str,
    BeforeValidator(check.per),
    _schema("string", pattern=rf"^({'|'.join(PERS)}|[1-9][0-9]*\s*days?)$", description="Or a rolling `28 days`"),
    Entered("per"),
]
PlainPer = Annotated[
    str,
    BeforeValidator(lambda value: one_of(check.text(value), PERS, said("a period"))),
    _schema("string", enum=list(PERS)),
    Entered("per"),
]
PlusText = Annotated[
    str,
    BeforeValidator(
        check.readable(readings.later_unit, said("a number of units"), said("such as 1 week, 2 days, 1 month"))
    ),
    _schema("string"),
    Entered("plus"),
]
Email = Annotated[
    str,
    BeforeValidator(check.email),
    _schema("string", format="email"),
]
Count = Annotated[int, BeforeValidator(check.whole(0)), _schema("integer", minimum=0), Entered("number")]
UnitCount = Annotated[
    int,
    BeforeValidator(check.whole(1, bounds.UNITS_OF_EFFECT)),
    _schema("integer", minimum=1, maximum=bounds.UNITS_OF_EFFECT),
    Entered("number"),
]
SureText = Annotated[
    str,
    BeforeValidator(check.sure),
    _schema("string", pattern=r"^[0-9]+(\.[0-9]+)?\s*%$", examples=["90 %"]),
    Entered("share"),
]
RecipientText = Annotated[
    Any,
    BeforeValidator(lambda value: one_of(check.text(value), RECIPIENTS, said("somebody who can be told"))),
    _schema("string", enum=list(RECIPIENTS)),
]
Weight = Annotated[Any, BeforeValidator(check.weight), _schema("number", minimum=0), Entered("number")]
Years = Annotated[Any, BeforeValidator(check.years), _schema(["string", "integer"], description="Such as 2025-2027")]
Operand = Annotated[Any, BeforeValidator(check.literal), _schema(["string", "number", "boolean"])]
Ordered = Annotated[Any, BeforeValidator(check.ordered), _schema(["string", "number"])]
