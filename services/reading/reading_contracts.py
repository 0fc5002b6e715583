"""Contracts and their commitments, as they are asked for."""

from __future__ import annotations

from services.reading.commitment_rows import commitment_rows
from services.reading.contract_rows import contract_rows
from services.reading.kept import Kept
from services.reading.rows import CommitmentRow, ContractRow
from services.seeing.seen import Seen, no_contract


def read_contracts(seen: Seen) -> list[ContractRow]:
    """All that were ever proposed, by id."""
    kept = seen.until_judged_further(_contracts)
    return [row for row in (kept if kept is not None else _contracts(seen)) if seen.sees(row.supplier, row.client)]


def _contracts(seen: Seen) -> list[ContractRow]:
    """Seen or not."""
    return contract_rows(seen.reads, seen.catalogue, seen.known, seen.kept(Kept))


def read_contract(seen: Seen, contract: str) -> ContractRow:
    """Raises NotFound."""
    for row in read_contracts(seen):
        if row.id == contract:
            return row
    raise no_contract(contract)


def read_commitments(seen: Seen, contract: str | None = None) -> list[CommitmentRow]:
    """Those in force, by contract, deliverable and criterion. Raises NotFound for a contract that is not seen."""
    if contract is None and (kept := seen.until_judged_further(_commitments)) is not None:
        return [row for row in kept if seen.sees(row.debtor, row.creditor)]
    return _commitments(seen, contract)


def _commitments(seen: Seen, contract: str | None = None) -> list[CommitmentRow]:
    return commitment_rows(seen.reads, seen.commitments_in_force(contract), seen.known, seen.kept(Kept).rows)


def read_commitment(seen: Seen, commitment: str) -> CommitmentRow:
    """Raises NotFound."""
    found = seen.commitment_in_force(commitment)
    return commitment_rows(seen.reads, [found], seen.known, seen.kept(Kept).rows)[0]
