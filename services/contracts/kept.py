"""What reads work out again and again, kept while it cannot have changed: whoever asks gets the same as without it.

Each entry says of which object it was made (the contract in force, by identity; what is stored, by the position at which it last
changed), so that nothing has to be told when a contract changes. All of it goes where the store is another one than before
(services/history/lineage.py): positions say nothing then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.times import Instant
from services.contracts.rows import ContractRow
from services.judging.catalogue import InForce
from services.judging.meetings import Meeting, next_meeting

Decoded = dict[str, Any]


@dataclass
class Kept:
    """Of one reader of one store; entries are replaced whole, so that several threads may use it."""

    _next: dict[str, tuple[InForce, Instant, Meeting]] = field(default_factory=dict)
    contracts: dict[str, tuple[int, Decoded, str]] = field(default_factory=dict)
    """By id: the position at which it last changed, its document as decoded, and its zone."""
    contract_rows: dict[str, tuple[Decoded, InForce | None, date, date, Instant | None, ContractRow]] = field(
        default_factory=dict
    )
    """By id: the document, the contract in force, the local day and the next review that the row was made for."""

    def next_meeting(self, contract: InForce, after: Instant) -> Meeting | None:
        """As `meetings.next_meeting`."""
        held = self._next.get(contract.id)
        if held is not None and held[0] is contract and held[1] <= after < held[2].starts:
            return held[2]
        found = next_meeting(contract, after)
        if found is not None:
            self._next[contract.id] = contract, after, found
        return found
