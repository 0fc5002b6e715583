"""What an offer cost, by pool, month and client (SHARED §4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from domain.offers.allocating import Allocated, MonthOfUse, allocated, unit_cost
from domain.offers.clients import WINDOW
from domain.offers.terms import OfferTerms
from domain.saying import said
from services.access import ADMINISTRATOR
from services.costs.charges import charged_by_client
from services.costs.reading import booked_in
from services.costs.rows import AllocationRow, Summed
from services.costs.spans import asked_span, state_of
from services.costs.using import UnitsUsed
from services.errors import NotAllowed
from services.offers.reading import read_offer
from services.offers.rows import OfferRow
from services.seeing.seen import Seen
from services.use.consumption import totals_are_shown
from services.use.counting import OfferUse
from services.use.rows import NOT_SHOWN
from services.use.spans import Span


def read_allocation(seen: Seen, offer: str, period: str | None = None) -> AllocationRow:
    """What it cost over a period, else over the last twelve complete months, as who asks may see it: its supplier all of it; a client,
    where the books are open, its own lines and the sums, over twelve complete months, where enough others have units. Raises NotFound,
    NotAllowed, Invalid."""
    row = read_offer(seen, offer)
    if not row.is_own and not row.terms.open_books:
        what = said("what {offer} costs is its supplier's to see", offer=offer)
        raise NotAllowed(what, mend=said("its prices and what is charged are shown to its clients"))
    units = UnitsUsed(OfferUse(seen, row))
    span = asked_span(units.use, period, months=WINDOW)
    whole = allocation_of(seen, units, span)
    if row.is_own:
        return whole
    if not all(totals_are_shown(seen, units.use, meter.id, span) for meter in row.terms.meters):
        return replace(
            whole, lines=(), pools={}, units={}, unit_costs={}, charged={}, is_whole=False, not_shown=NOT_SHOWN
        )
    lines = tuple(one for one in whole.lines if one.client is not None and seen.sees(one.client))
    charged = {client: amount for client, amount in whole.charged.items() if seen.sees(client)}
    return replace(whole, lines=lines, charged=charged, is_whole=False)


def allocation_of(seen: Seen, units: UnitsUsed, span: Span) -> AllocationRow:
    """All of it, whoever asks."""
    offer, everything = units.use.offer, seen.by(ADMINISTRATOR)
    booked = booked_in(everything, offer.id, span.months)
    lines = [one for month in span.months for one in _of_month(units, month, booked[month])]
    by_pool: dict[str, list[Allocated]] = {}
    for one in lines:
        by_pool.setdefault(one.pool, []).append(one)
    of_meters = {meter.id: sum(units.over(meter.id, span.months).values(), Fraction(0)) for meter in offer.terms.meters}
    costs = {id: unit_cost((one.amount for one in lines if one.meter == id), used) for id, used in of_meters.items()}
    return AllocationRow(
        offer=offer.id,
        currency=offer.terms.currency,
        span=span,
        state=state_of(units.use, span),
        lines=tuple(lines),
        pools={pool: _summed(found) for pool, found in sorted(by_pool.items())},
        units=of_meters,
        unit_costs=costs,
        charged=charged_by_client(everything, units, span),
    )


def _of_month(units: UnitsUsed, month: date, booked: Mapping[str, int]) -> list[Allocated]:
    drivers = {pool.id: pool.driver for pool in offer_on(units.use.offer, month).pools}
    meters = {driver.meter for driver in drivers.values() if driver is not None and driver.meter is not None}
    clients = {charter.client for charter in units.use.charters if charter.on(month) is not None}
    found = MonthOfUse({meter: units.by_client(meter, month) for meter in sorted(meters)}, clients)
    return [
        one
        for pool, amount in sorted(booked.items())
        for one in allocated(pool, month, amount, drivers.get(pool), found)
    ]


def offer_on(row: OfferRow, month: date) -> OfferTerms:
    """The last version of the offer that counts on the month's first day, else its first."""
    reached = [one.terms for one in row.versions if (one.terms.effective or date.min) <= month]
    return reached[-1] if reached else row.versions[0].terms


def _summed(lines: Collection[Allocated]) -> Summed:
    return Summed(sum(one.amount for one in lines), sum(one.amount for one in lines if one.client is not None))
