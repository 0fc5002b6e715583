"""Costs that were booked, as they are asked for: seen by the supplier, and by who sees everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypedDict

import msgspec

from domain.saying import said
from services.costs.rows import CostNote, CostRow
from services.errors import NotFound
from services.offers.reading import read_offers
from services.seeing.seen import Seen


class _Note(TypedDict):
    amount: int
    text: str
    time: int
    by: str
    at: int


class _Document(TypedDict):
    currency: str
    booked: _Note
    corrections: list[_Note]


_decode = msgspec.json.Decoder(_Document).decode
_COLUMNS = "SELECT id, offer, pool, month, document FROM view_cost"


def read_costs(seen: Seen, *, offer: str | None = None, month: date | None = None) -> list[CostRow]:
    """By offer, month and pool; those of one pool as they happened."""
    asked = {"offer": offer, "month": f"{month:%Y-%m}" if month is not None else None}
    conditions = [f"{name} = ?" for name, value in asked.items() if value is not None]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    mine = {row.id for row in seen.once(read_offers) if row.is_own}
    found = seen.reads.query(f"{_COLUMNS}{where}", [value for value in asked.values() if value is not None])
    rows = [row for row in (_row(*one) for one in found) if row.offer in mine]
    return sorted(rows, key=lambda row: (row.offer, row.month, row.pool, row.booked.time, row.id))


def read_cost(seen: Seen, cost: str) -> CostRow:
    """Raises NotFound for what is not there, or not theirs to see."""
    found = seen.reads.query(f"{_COLUMNS} WHERE id = ?", [cost]) if "\0" not in cost else []
    rows = [_row(*one) for one in found]
    mine = {row.id for row in seen.once(read_offers) if row.is_own}
    if not rows or rows[0].offer not in mine:
        raise NotFound(said("there is no cost “{cost}”", cost=cost), mend=said("entente costs list"))
    return rows[0]


def booked_in(seen: Seen, offer: str, months: Sequence[date]) -> dict[date, dict[str, int]]:
    """What was booked of an offer, whoever asks: by month and pool, with corrections."""
    if not months:
        return {}
    first, last = f"{months[0]:%Y-%m}", f"{months[-1]:%Y-%m}"
    found: dict[date, dict[str, int]] = {month: {} for month in months}
    sql = f"{_COLUMNS} WHERE offer = ? AND month >= ? AND month <= ? ORDER BY id"
    for row in (_row(*one) for one in seen.reads.query(sql, [offer, first, last])):
        pools = found[row.month]
        pools[row.pool] = pools.get(row.pool, 0) + row.amount
    return found


def _row(id: str, offer: str, pool: str, month: str, document: str) -> CostRow:
    it = _decode(document)
    return CostRow(
        id,
        offer,
        pool,
        date.fromisoformat(f"{month}-01"),
        it["currency"],
        CostNote(**it["booked"]),
        tuple(CostNote(**one) for one in it["corrections"]),
    )
