"""The ways by which the events of a contract come, as far as the newest that have come tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from services.history.databases import Transaction
from services.history.entries import EVENT, header_of
from services.history.history import History
from services.judging.ledger import decode_evidence

NEWEST: Final = 20
"""Occurrences, signals and strays of a commitment that are looked at."""
UNKNOWN: Final = ""
"""The way of events that are only kept as a sum."""


class Ways:
    """The channels by which the newest events of each commitment came: `http`, `kafka`, `file`… Looks again at those commitments
    alone that a batch has touched since."""

    def __init__(self, history: History):
        self._history = history
        self._known: dict[str, tuple[int, frozenset[str]]] = {}

    def of(self, commitments: Iterable[str]) -> Mapping[str, frozenset[str]]:
        """Gives the channels by commitment; none for those to which nothing has come."""
        with self._history.database.connect() as reads:
            touched: dict[str, int] = dict(reads.query("SELECT commitment, position FROM view_touched"))
            found = {}
            for commitment in commitments:
                at = touched.get(commitment, 0)
                then, channels = self._known.get(commitment, (None, frozenset[str]()))
                if then != at:
                    channels = self._channels(reads, commitment)
                    self._known[commitment] = at, channels
                found[commitment] = channels
        return found

    def _channels(self, reads: Transaction, commitment: str) -> frozenset[str]:
        positions = _positions(reads, commitment)
        entries = self._history.entries(positions - {0})
        channels = {str(header_of(one.state).get("channel")) for one in entries.values() if one.topic == EVENT}
        return frozenset(channels | ({UNKNOWN} if 0 in positions else set()))


def _positions(reads: Transaction, commitment: str) -> set[int]:
    """Gives the positions of the newest events of the commitment; 0 for those that are only kept as a sum."""
    rows = reads.query(
        "SELECT evidence FROM view_occurrence WHERE commitment = ? AND evidence IS NOT NULL ORDER BY anchor DESC LIMIT ?",
        [commitment, NEWEST],
    )
    found = {one.position for (evidence,) in rows for one in decode_evidence(bytes(evidence))}
    for table in ("view_signal", "view_stray"):
        newest = f"SELECT position FROM {table} WHERE commitment = ? ORDER BY position DESC LIMIT ?"
        found |= {position for (position,) in reads.query(newest, [commitment, NEWEST])}
    return found
