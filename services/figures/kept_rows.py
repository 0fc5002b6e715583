"""Rows that are kept of commitments, one of each, while nothing of the commitment was touched, its contract says the same, and time
has not reached the moment from which on the row may be another one (decision 23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from domain.commitments import Commitment
from domain.times import Instant
from services.history.databases import Transaction
from services.seeing.known import Known

R = TypeVar("R")


@dataclass(slots=True)
class Held(Generic[R]):
    """A row, the commitment it was made of, what was known of that, and the first watermark at which it may be another one
    (None: none)."""

    row: R
    commitment: Commitment
    known: Known
    until: Instant | None


@dataclass
class KeptRows(Generic[R]):
    """Of one reader of one store: one row for each commitment. Entries are replaced whole, so that several threads may use it."""

    rules: object = None
    by_id: dict[str, Held[R]] = field(default_factory=dict)

    def still_true(self, reads: Transaction, commitments: Sequence[Commitment], known: Known) -> dict[str, Held[R]]:
        """By commitment what was kept and holds."""
        rules = reads.query("SELECT rules FROM view_position")
        if self.rules != rules:
            self.rules, self.by_id = rules, {}
        if not self.by_id:
            return {}
        touched: dict[str, int] = dict(reads.query("SELECT commitment, position FROM view_touched"))
        found = {}
        for one in commitments:
            it = self.by_id.get(one.id)
            if it is not None and it.commitment is one and _holds(it, known.about(one.id), touched.get(one.id, 0)):
                found[one.id] = it
        return found


def _holds(it: Held[R], now: Known, touched: int) -> bool:
    """Whether nothing was touched since the row was made, and time has not reached what would change it."""
    if not touched <= it.known.position <= now.position:
        return False
    if it.known.watermark is None or now.watermark is None:
        return it.known.watermark is now.watermark
    return it.known.watermark <= now.watermark and (it.until is None or now.watermark < it.until)
