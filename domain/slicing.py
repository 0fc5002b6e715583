"""Cutting a figure by what its occurrences have in common: the weekday or hour of their due, or a field of their event."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from domain.events import OperationalEvent
from domain.occurrences import Evidence
from domain.routing import text_of
from domain.times import Instant, to_local

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
BY_TIME = ("weekday", "hour")
"""What every figure can be cut by; fields of data are named by the criterion."""


def time_group(by: str, anchor: Instant, zone: ZoneInfo) -> str:
    """`monday`, or the hour on the wall that begins then, such as `09:00`, in that zone."""
    local = to_local(anchor, zone)
    return WEEKDAYS[local.weekday()] if by == "weekday" else f"{local.hour:02d}:00"


def telling_event(evidence: list[Evidence], anchor: Instant) -> int | None:
    """The position of the event whose data says what an occurrence is about: what opened the case, what was delivered
    first, the item that was judged (the last one at the anchor). None where nothing came. `evidence` is in order."""
    for one in evidence:
        if one.role in ("opened", "delivered"):
            return one.position
    items = [one for one in evidence if one.role == "each" and one.time == anchor]
    return items[-1].position if items else None


def field_group(event: OperationalEvent, path: str) -> str | None:
    """The value at the path by its text; None where it is absent, or no scalar."""
    return text_of(event.lookup(path))


def group_order(group: str | None) -> tuple[int, int, str]:
    """Weekdays as in a week, everything else by its text, what is absent last."""
    if group is None:
        return (1, 0, "")
    return (0, WEEKDAYS.index(group) if group in WEEKDAYS else 0, group)
