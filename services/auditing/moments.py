"""The moment that somebody looks back to: a position of the history, or the end of a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain.saying import said
from domain.times import Instant, day_start, local_date, zone
from services.auditing.history_rows import came_at, position_at
from services.errors import BeyondHistory, Invalid
from services.history.history import History

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_POSITION: Final = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Moment:
    """`asked`: as the address says it; `at`: the last instant of that day, or that at which the entry of the position came."""

    asked: str
    position: int
    at: Instant


def moment_of(history: History, now: Instant, asked: str, zone_name: str) -> Moment:
    """Digits alone are a position, a day is its end in that zone. Raises BeyondHistory for what the history has not reached or lies
    before it, Invalid for what is no moment."""
    text = asked.strip()
    if _POSITION.fullmatch(text):
        return _at_position(history, text)
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        end = day_start(day + timedelta(days=1), zone(zone_name)) if day is not None else 0
    except (ValueError, OverflowError):
        day = None
    if day is None:
        raise Invalid(
            said("“{text}” is neither a position of the history nor a day", text=text[:60]),
            mend=said("at=4711 or at=2026-10-06"),
            slug="date-unclear",
        )
    if end > now:
        raise BeyondHistory(said("{day} is not over yet", day=day.isoformat()), mend=said("a day that is over"))
    position = position_at(history, end - 1)
    if position == 0:
        raise BeyondHistory(_begins(history, zone_name), mend=said("a day from then on"))
    return Moment(text, _whole(history, position), end - 1)


def _at_position(history: History, text: str) -> Moment:
    position, last = int(text), history.last_position()
    if position > last:
        raise BeyondHistory(
            said("the history ends at {last_position}, before {position}", last_position=last, position=position),
            mend=said("a smaller position"),
        )
    entry = next(iter(history.read(position - 1, 1)), None) if position else None
    if entry is None:
        raise BeyondHistory(said("the history begins with position 1"), mend=said("a larger position"))
    return Moment(text, _whole(history, position), came_at(history, entry) or 0)


def _whole(history: History, position: int) -> int:
    """The position, or that behind it where it only creates what the next entry says: both were stored at once, and nobody ever saw
    the one without the other."""
    entries = history.read(position - 1, 2)
    are_one = len(entries) == 2 and entries[0].topic.endswith(".created") and len({one.stream for one in entries}) == 1
    return entries[-1].position if are_one else position


def _begins(history: History, zone_name: str) -> str:
    first = next(iter(history.read(0, 1)), None)
    if first is None:
        return said("the history holds nothing yet")
    day = local_date(came_at(history, first) or 0, zone(zone_name))
    return said("the history begins on {day}", day=day.isoformat())
