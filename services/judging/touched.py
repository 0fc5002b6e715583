"""Notes the commitments that a batch changed anything of, with the batch: whoever keeps what was read of the others
need not read it again.

It says by which batch, so that it depends on how the history was cut into batches, and is no part of the canonical dump.
"""

from __future__ import annotations

from services.history.databases import Transaction, replacing

_COLUMNS = ("commitment", "position")


class Touched:
    """Within one transaction: commitments of which a row is written or deleted, of occurrences, tallies, periods, signals,
    breaches or actions."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def add(self, commitment: str) -> None:
        self._ids.add(commitment)

    def forget(self) -> None:
        """After a failed transaction."""
        self._ids = set()

    def write(self, writes: Transaction, position: int) -> None:
        """The batch that ends at that position is whole."""
        if self._ids:
            rows = [(id, position) for id in sorted(self._ids)]
            writes.insert("view_touched", _COLUMNS, rows, replacing(_COLUMNS, 1))
            self._ids = set()
