"""Contracts and calendars, as they are asked for."""

from __future__ import annotations

from domain.times import Instant
from services.contracts import calendar_rows
from services.contracts.calendar_rows import CalendarRow
from services.contracts.contract_rows import contract_rows
from services.contracts.kept import Kept
from services.contracts.rows import ContractRow
from services.seeing.seen import Seen, no_contract


def read_contracts(seen: Seen) -> list[ContractRow]:
    """All that were ever proposed, by id."""
    kept = seen.until_judged_further(_contracts)
    rows = kept if kept is not None else _contracts(seen)
    return [row for row in rows if seen.sees_contract(row.id, row.supplier, row.client)]


def _contracts(seen: Seen) -> list[ContractRow]:
    """Seen or not."""
    return contract_rows(seen.reads, seen.catalogue, seen.known, seen.kept(Kept))


def read_contract(seen: Seen, contract: str) -> ContractRow:
    """Raises NotFound."""
    for row in read_contracts(seen):
        if row.id == contract:
            return row
    raise no_contract(contract)


def read_calendars(seen: Seen, now: Instant | None) -> list[CalendarRow]:
    """Reads the calendars of the contracts in force that one sees. `now` says which days are ahead; None before any
    time was declared."""
    return calendar_rows.calendars(seen.contracts_in_force(), now)


def is_any_calendar(seen: Seen) -> bool:
    """Says whether any calendar was published, followed by a contract or not."""
    return bool(seen.reads.query("SELECT 1 FROM view_calendar LIMIT 1"))


def read_published_calendars(seen: Seen, now: Instant | None) -> list[CalendarRow]:
    """Reads every calendar that is published, used or not, without the contracts that use it: nothing of a calendar of the
    organisation is of one service alone."""
    return calendar_rows.published(seen.reads, now)
