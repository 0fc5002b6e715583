"""The face of every kind on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dashboards.kinds import (
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
from dashboards.kinds.face import Face
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


def face(indicator: Indicator) -> Face[Any]:
    """Its functions are for the terms of this very indicator."""
    return FACES[indicator.kind]
