"""What is charged over a span beside what it cost: each client what it has to pay, the supplier all of it (SHARED §4)."""

from __future__ import annotations

from services.costs.allocation import allocation_of
from services.costs.charges import read_charged
from services.costs.rows import ChargesRow
from services.costs.spans import asked_span, state_of
from services.costs.using import UnitsUsed
from services.offers.reading import read_offer
from services.seeing.seen import Seen
from services.use.counting import OfferUse


def read_charges(
    seen: Seen, offer: str, period: str | None = None, client: str | None = None, *, months: int = 1
) -> ChargesRow:
    """Over a period, else over so many last complete months. `client`: of one alone. What it cost is shown to the supplier, of all
    clients together. Raises NotFound, Invalid."""
    row = read_offer(seen, offer)
    units = UnitsUsed(OfferUse(seen, row))
    span = asked_span(units.use, period, months=months)
    lines = tuple(read_charged(seen, units, span, client))
    costs = allocation_of(seen, units, span).total if row.is_own and client is None else None
    return ChargesRow(offer, row.terms.currency, span, state_of(units.use, span), lines, costs)
