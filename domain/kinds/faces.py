"""The face of every kind: the one list that the domain's questions about a kind are answered from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from domain.kinds import (
    availability,
    conformity,
    deadline,
    freshness,
    measure,
    punctuality,
    satisfaction,
    turnaround,
    volume,
)
from domain.kinds.face import Face, NamedAfter
from domain.terms import Indicator, Kind

FACES: Final[Mapping[Kind, Face[Any]]] = {
    "punctuality": punctuality.FACE,
    "deadline": deadline.FACE,
    "turnaround": turnaround.FACE,
    "conformity": conformity.FACE,
    "measure": measure.FACE,
    "availability": availability.FACE,
    "volume": volume.FACE,
    "freshness": freshness.FACE,
    "satisfaction": satisfaction.FACE,
}


def named_after(kind: str) -> NamedAfter:
    """What people call the occurrences of that kind by: their own keys, of what is no kind."""
    return next((one.named_after for name, one in FACES.items() if name == kind), "key")


def face(indicator: Indicator) -> Face[Any]:
    """Its functions are for the terms of this very indicator."""
    return FACES[indicator.kind]
