"""Use of an offer, counted a second time from the pages alone (SHARED §2): units, shares, concentration, the mix to come.

Nothing of the program is used: offers are their files, events the bytes that were sent, in the order in which they came.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Event = Mapping[str, Any]
Place = tuple[str, str, str]
"""Meter, client (empty: nobody), month as YYYY-MM."""


def read(sent: Iterable[bytes]) -> list[Event]:
    return [json.loads(one, parse_float=Decimal) for one in sent]


def standing(events: Sequence[Event]) -> list[Event]:
    """Without those that another of the same source voids or replaces, and without what voids."""
    out = {
        (one["source"], one[word])
        for one in events
        for word in ("voids", "replaces")
        if one.get(word) not in (None, one["id"])
    }
    return [one for one in events if one.get("voids") is None and (one["source"], one["id"]) not in out]


def units(
    versions: Sequence[Mapping[str, Any]], events: Sequence[Event], until: datetime | None
) -> dict[Place, Fraction]:
    """By the place; what happened after `until`, and anything before time was declared (None), is not counted yet."""
    found: dict[Place, Fraction] = defaultdict(Fraction)
    for one in standing(events):
        happened = datetime.fromisoformat(one["time"])
        if until is None or happened > until:
            continue
        said = _in_force(versions, happened)
        if said is None:
            continue
        for meter in said["meters"]:
            if not _is_meant(meter["each"], one):
                continue
            number = _at(one, meter["value"]) if "value" in meter else 1
            is_number = isinstance(number, int | Decimal) and not isinstance(number, bool)
            month = happened.astimezone(ZoneInfo(said["timezone"])).strftime("%Y-%m")
            found[meter["id"], _client(meter["client"], one), month] += Fraction(number) if is_number else 0
    return dict(found)


def shares(amounts: Mapping[str, Fraction]) -> dict[str, Fraction] | None:
    whole = sum(amounts.values())
    return {client: amount / whole for client, amount in amounts.items()} if whole > 0 else None


def equal_clients(amounts: Mapping[str, Fraction]) -> Fraction | None:
    """So many equal clients would be as concentrated."""
    found = shares(amounts)
    return 1 / sum((one * one for one in found.values()), Fraction(0)) if found is not None else None


def _in_force(versions: Sequence[Mapping[str, Any]], happened: datetime) -> Mapping[str, Any] | None:
    """The last published of those whose day has come."""
    reached = None
    for one in versions:
        day = one.get("effective")
        if day is None or happened >= datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(one["timezone"])):
            reached = one
    return reached


def _is_meant(each: Mapping[str, Any], event: Event) -> bool:
    if event["type"] != each["type"]:
        return False
    return event["source"] == each["source"] if "source" in each else not event["source"].startswith("entente/")


def _client(rule: Mapping[str, Any], event: Event) -> str:
    said = _at(event, rule["path"])
    if not isinstance(said, str):
        return ""
    return str(rule["map"].get(said, "")) if "map" in rule else said


def _at(event: Any, path: str) -> Any:
    for name in path.split("."):
        event = event.get(name) if isinstance(event, dict) else None
    return event
