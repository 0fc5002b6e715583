"""What is owed, as the oracle sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.oracle.contracts import Clause

Event = dict[str, Any]
MISSES = ("late", "missing", "failed")
VERDICTS = ("pending", "met", "late", "missing", "failed", "excused", "unknown")

APART = "without_due"
"""The verdict of a case that is counted apart: no occurrence."""


@dataclass(frozen=True)
class Occurrence:
    """`at` is the moment that says in which period it stands. `has_news`: something came for a volume. `opened`, of a case;
    `nominal`: when a date would be due if no closed day moved it."""

    key: str
    clause: Clause
    at: datetime
    verdict: str
    due: datetime | None = None
    closed: datetime | None = None
    excused: bool = False
    has_news: bool = False
    opened: datetime | None = None
    nominal: datetime | None = None

    @property
    def shown(self) -> str:
        return "excused" if self.excused else self.verdict
