"""Whose a source is, and for whose contracts its events are, by the service files in the order in which they came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Tree = dict[str, Any]


def reaches(described: Sequence[Tree], source: str, parties: set[str]) -> bool:
    """Whether an event that comes now from that source is for a contract of these parties."""
    owner = owner_of(described, source)
    if owner is None:
        return True
    [said] = [one for one in _newest(described, owner)["sources"] if one["source"] == source]
    if said.get("shown_to") == "everybody":
        return True
    return bool(parties & {owner, *_above(described, owner), *said.get("shown_to", [])})


def owner_of(described: Sequence[Tree], source: str) -> str | None:
    """Of those that declare it now, the one that has declared it for longest."""
    holding: list[str] = []
    for one in described:
        declares = any(each["source"] == source for each in one["sources"])
        if declares and one["service"] not in holding:
            holding.append(one["service"])
        if not declares and one["service"] in holding:
            holding.remove(one["service"])
    return holding[0] if holding else None


def _newest(described: Sequence[Tree], service: str) -> Tree:
    return next((one for one in reversed(described) if one["service"] == service), {})


def _above(described: Sequence[Tree], service: str) -> list[str]:
    found: list[str] = []
    at = _newest(described, service).get("part_of")
    while at is not None and at not in found:
        found.append(at)
        at = _newest(described, at).get("part_of")
    return found
