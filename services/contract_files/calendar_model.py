"""The model of a calendar file, and of a calendar inside a contract (INTERFACE §1)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag

from domain.saying import said
from services.contract_files import bounds
from services.contract_files.leaves import DateSpanText, DateText, DaysText, HoursText, Id, Line, Text, Years, ZoneText
from services.contract_files.model_base import Strict, by_shape, may, need, not_twice
from services.contract_files.readings import as_list, hours
from services.contract_files.scalars import Complaint


def _apart(value: Any) -> Any:
    """Spans of one day ascend and do not overlap; they may touch. Raises Complaint."""
    end = 0
    for written in as_list(value):
        start, after = hours(written)
        if start < end:
            raise Complaint(
                said("“{written}” overlaps the span before it, or comes before it", written=written),
                said("ascending spans"),
            )
        end = after
    return value


Hours = Annotated[
    Annotated[HoursText, Tag("·text")]
    | Annotated[list[HoursText], Field(max_length=bounds.SPANS_OF_A_DAY), Tag("·list")],
    by_shape(said('hours such as "09:00-12:30", or a list of them')),
    AfterValidator(_apart),
]


class HolidaysModel(Strict):
    """Public holidays, copied in as dates when the calendar is published."""

    country: Line = need("An ISO 3166 code such as FR")
    subdivision: Line = may("A part of the country")
    years: Years = need("Such as 2025-2027")
    dates: Annotated[list[DateText], Field(max_length=bounds.HOLIDAYS), AfterValidator(not_twice)] = may(
        "The dates; given, no library is asked"
    )


class OpeningModel(Strict):
    """The hours of one date, in place of the day's and of closures."""

    date: DateText = need("The day")
    at: Hours = need('Such as ["09:00-12:00"]')


class _Hours(Strict):
    from_: DateText = may("The first day this version holds; default the beginning", alias="from")
    open: dict[DaysText, Hours] = need(
        'Opening hours by day, such as {mon-fri: ["09:00-12:30", "13:30-18:00"]}', max_length=7
    )
    holidays: HolidaysModel = may("Closed on public holidays")
    closures: list[DateSpanText] = may(
        "Closed days, and spans of them: 2026-08-03..2026-08-14", max_length=bounds.CLOSURES
    )
    openings: list[OpeningModel] = may("Days with other hours", max_length=bounds.OPENINGS)


class InlineCalendar(_Hours):
    """A calendar of this contract alone."""

    timezone: ZoneText = may("Default: the contract's")


class RebaselineModel(Strict):
    """Why a new version may change what is past."""

    reason: Text = need("For people")


class CalendarModel(_Hours):
    """When work is done."""

    entente: Literal[1] = need("The version of the format")
    calendar: Id = need("The name of the calendar")
    timezone: ZoneText = need("An IANA name such as Europe/Paris")
    rebaseline: RebaselineModel = may("For a version that changes days which have passed")
