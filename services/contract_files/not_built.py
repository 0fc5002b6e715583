"""What this version judges, and what the file format names but is not built yet: refused by name, never ignored."""

from __future__ import annotations

KINDS = ("punctuality", "deadline", "turnaround", "conformity")
PLANNED_KINDS = ("measure", "availability", "volume", "freshness", "satisfaction")
PERS = ("week", "month", "quarter", "half", "year", "contract")
TARGETS = ("at_least", "max_misses", "max_consecutive_misses")

ROLLING = "rolling periods are not built yet"
MEASURE_TARGET = "targets for measures are not built yet"
PLANNED_KEYS = {"at_most": "targets for measures (“at_most”) are not built yet"}


def kind_refusal(kind: str) -> str | None:
    """Why a kind that the format names is refused, if it is."""
    if kind not in PLANNED_KINDS:
        return None
    return f"the kind “{kind}” is not built yet; available: {', '.join(KINDS)}"
