"""What reads work out again and again, kept while it cannot have changed: whoever asks gets the same as without it.

Each entry says of which object it was made (the contract in force, by identity; what is stored, by the position at which it last
changed), so that nothing has to be told when a contract changes. All of it goes where the store is another one than before
(services/history/lineage.py): positions say nothing then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from domain.times import Instant
from services.contracts.rows import ContractRow
from services.contracts.stored import StoredDocument
from services.judging.catalogue import InForce
from services.judging.meetings import Meeting, next_meeting


class KeptContract(NamedTuple):
    """`changed`: the position at which it last did. `document`: as decoded. `zone`: the name of its zone."""

    changed: int
    document: StoredDocument
    zone: str


class KeptContractRow(NamedTuple):
    """A row, and the document, the contract in force, the local days and the next review that it was made for."""

    document: StoredDocument
    in_force: InForce | None
    today: date
    reached: date
    starts: Instant | None
    row: ContractRow


class _Next(NamedTuple):
    """The first meeting of the contract after that instant."""

    contract: InForce
    after: Instant
    meeting: Meeting


@dataclass
class Kept:
    """Of one reader of one store; entries are replaced whole, so that several threads may use it."""

    _next: dict[str, _Next] = field(default_factory=dict)
    contracts: dict[str, KeptContract] = field(default_factory=dict)
    contract_rows: dict[str, KeptContractRow] = field(default_factory=dict)

    def next_meeting(self, contract: InForce, after: Instant) -> Meeting | None:
        """As `meetings.next_meeting`."""
        held = self._next.get(contract.id)
        if held is not None and held.contract is contract and held.after <= after < held.meeting.starts:
            return held.meeting
        found = next_meeting(contract, after)
        if found is not None:
            self._next[contract.id] = _Next(contract, after, found)
        return found
