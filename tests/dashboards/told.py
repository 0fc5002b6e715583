"""What the tools of the Ville de Valmoray tell in a year, up to a November morning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.calendars import Calendar
from domain.times import Instant, show
from services.contract_files import calendar_terms, read_documents
from tests.dashboards.town import AGREED, DAY, HOUR, LATE, NOW, START, TODAY
from tests.given import PARIS, at

TICKETS = 330
NEVER_CLOSED = (31, 77)
ODD = 'a/b?c=&"d é#1'
"""A ticket's number."""
SCHOOL = Calendar(
    next(
        calendar_terms(one)
        for one in read_documents(AGREED, "valmoray.yaml")
        if one.tree.get("calendar") == "school-days"
    )
)
MEALS_LATE = ("2025-11-20", "2025-12-08", "2026-01-19", "2026-03-23", "2026-05-11", "2026-09-15", "2026-10-06", LATE)
MEALS_MISSING = ("2026-02-03", "2026-06-11", "2026-11-13", "2026-11-16")
SNOW = ("2026-01-08", "2026-01-09")
HEADCOUNT_LATE = ("2026-09-15", "2026-10-06")
HEADCOUNT_MISSING = (TODAY.isoformat(),)


@dataclass(frozen=True, slots=True)
class Told:
    """An event, and when it arrives."""

    arrives: Instant
    content: bytes


def told(
    type: str,
    source: str,
    time: Instant,
    subject: str | None = None,
    *,
    arrives: Instant | None = None,
    id: str = "",
    **data: Any,
) -> Told:
    name = id or f"{type}/{subject or data.get('day') or time}"
    said: dict[str, Any] = {"specversion": "1.0", "id": name, "source": source, "type": type, "time": show(time, PARIS)}
    said |= {"subject": subject} if subject is not None else {}
    said |= {"data": data} if data else {}
    return Told(time + 9_000_000 if arrives is None else arrives, json.dumps(said).encode())


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(number) for number in range((last - first).days + 1))


def on_wall(day: date | str, wall: str) -> Instant:
    return at(f"{day} {wall}")


def meal(day: str, wall: str, **more: Any) -> Told:
    return told("meal.delivered", "gate-scanner/ferry", on_wall(day, wall), day=day, school="ferry", **more)


def _school() -> Iterator[Told]:
    """Meals and headcounts of each school day, menus of each month."""
    for day in map(str, filter(SCHOOL.spans, _days(START, TODAY))):
        if day not in (*MEALS_MISSING, *SNOW, str(TODAY)):
            yield meal(day, "11:31" if day in MEALS_LATE else f"10:{20 + int(day[-1]) * 4}")
        if day not in HEADCOUNT_MISSING:
            yield told("headcount.sent", "rolls", on_wall(day, "10:05" if day in HEADCOUNT_LATE else "09:12"), day=day)
    for number, month in enumerate([(2025, 11), (2025, 12), *((2026, month) for month in range(1, 11))]):
        day = str(date(*month, 20))
        at_last = on_wall(date(*month, 21), "08:00") if number in (3, 7) else on_wall(day, "16:20")
        yield told(
            "menu.published", "kitchen/menus", at_last, id=f"menus-{day}", day=day, missing_days=int(number in (4, 11))
        )


def _opinions() -> Iterator[Told]:
    for number, day in enumerate(one for one in _days(START, TODAY) if one.toordinal() % 4 == 2):
        name, asked = f"PC 26 {number:05}", on_wall(day, "09:30")
        yield told("opinion.asked", "legal/register", asked, name)
        is_late = date(2026, 9, 24) <= day <= date(2026, 9, 29)
        given = asked + (12 if is_late else 4 + number % 5) * DAY + 3 * HOUR
        if given < NOW:
            yield told("opinion.given", "legal/register", given, name)


def _tickets(many: int) -> Iterator[Told]:
    """Spread over the year; the last two are open."""
    days = [one for one in _days(START, TODAY) if one.weekday() < 5]
    for number in range(many):
        is_last = number >= many - 2
        name = f"INC-{10_000 + number}" if number != many - 4 else ODD
        opened = on_wall(days[number * len(days) // many] if not is_last else TODAY, f"09:{number % 60:02}")
        yield told("ticket.opened", "desk/tickets", opened, name)
        if not is_last and number not in NEVER_CLOSED:
            hours = 25 if number % 40 == 17 else 1 + number % 2
            yield told("ticket.closed", "desk/tickets", opened + hours * HOUR, name)


def _orders() -> Iterator[Told]:
    for number, day in enumerate(one for one in _days(START, TODAY) if one.weekday() == 1):
        name, due = f"BC-{number:03}", on_wall(day + timedelta(14), "16:00")
        yield told(
            "order.placed", "shop", on_wall(day, "14:00") if day < TODAY else NOW - HOUR, name, due=show(due, PARIS)
        )
        if (delivered := due + (DAY if number % 9 == 5 else -DAY)) < NOW:
            yield told("order.delivered", "shop", delivered, name)


def _others() -> Iterator[Told]:
    for month, day in enumerate(("2025-11-28", "2025-12-31", *(f"2026-{one}" for one in PAID))):
        if month in (4, 8):
            yield told("slips.delivered", "bank", on_wall(day, "17:40"))
        else:
            yield told("slips.delivered", "bank", on_wall(day, "11:00"))
    for monday in map(str, (one for one in _days(START, TODAY) if one.weekday() == 0)):
        wall = "12:00" if monday in ("2026-03-09", "2026-08-03") else "09:30"
        arrives = on_wall("2026-10-13", "09:00") if monday == "2026-10-05" else None
        yield told("staff.listed", "hr/roster", on_wall(monday, wall), arrives=arrives, day=monday)


PAID = ("01-30", "02-27", "03-31", "04-30", "05-29", "06-30", "07-31", "08-31", "09-30", "10-30")
"""The last working days of the months of 2026."""


def year() -> list[Told]:
    """All of it."""
    return [*_school(), *_opinions(), *_tickets(TICKETS), *_orders(), *_others()]
