"""Excuses, as they are asked for."""

from __future__ import annotations

from typing import Final

from domain.excuses import is_within
from services.access import Right
from services.excuses import excuse_rows
from services.excuses.rows import ExcuseRow
from services.figures.reading import read_occurrence
from services.figures.rows import OccurrenceRow
from services.seeing.paging import filled
from services.seeing.seen import Seen, named

MISSED: Final = ("late", "missing", "failed")
"""The verdicts that who is owed may excuse alone: nothing that was met, or may still be, is hidden by one party."""


def page_of_excuses(
    seen: Seen,
    limit: int,
    after: str | None = None,
    *,
    contract: str | None = None,
    commitment: str | None = None,
    state: str | None = None,
) -> list[ExcuseRow]:
    """The first ones of `read_excuses` behind the one of that id. Raises NotFound."""
    first = read_excuse(seen, after) if after is not None else None

    def is_wanted(row: ExcuseRow) -> bool:
        is_meant = contract in (None, row.contract) and (commitment is None or is_within(row.scope, commitment))
        return is_meant and _sees(seen, row)

    return filled(
        limit,
        lambda last, many: excuse_rows.excuses(
            seen.reads, state, before=last.position if last is not None else None, limit=many
        ),
        is_wanted,
        first,
    )


def read_excuses(
    seen: Seen, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
) -> list[ExcuseRow]:
    """Newest first; `commitment`: those that concern it, also by its contract or deliverable."""
    rows = excuse_rows.excuses(seen.reads, state)
    return [
        row
        for row in rows
        if _sees(seen, row)
        and contract in (None, row.contract)
        and (commitment is None or is_within(row.scope, commitment))
    ]


def _sees(seen: Seen, row: ExcuseRow) -> bool:
    """Parties see their own; who settles disputes sees what is disputed."""
    return seen.sees_contract(row.contract, row.supplier, row.client) or (
        row.state == "disputed" and seen.who.may(Right.ARBITRATE)
    )


def read_excuse(seen: Seen, excuse: str) -> ExcuseRow:
    return named(read_excuses(seen), excuse, "excuse")


def excused_by(seen: Seen, excuse: str) -> list[OccurrenceRow]:
    """Lists the occurrences whose verdict the excuse hides, or would hide if it were accepted."""
    row = read_excuse(seen, excuse)
    return excuse_rows.covered(seen.reads, row, seen.catalogue.contracts[row.contract].commitments, seen.known)


def excuse_touches_final(seen: Seen, row: ExcuseRow) -> bool:
    return excuse_rows.touches_final(seen.reads, row, seen.catalogue.contracts[row.contract].commitments)


def is_grantable(seen: Seen, commitment: str, key: str) -> bool:
    """Says whether who is owed may excuse it alone: it was missed, and no period is final that counts it."""
    found = read_occurrence(seen, commitment, key)
    if found is None or found.verdict not in MISSED:
        return False
    return not excuse_rows.is_final_at(seen.reads, found.commitment, found.key)
