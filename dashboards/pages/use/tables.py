"""Use of offers as a table that is exported."""

from __future__ import annotations

from dashboards.pages.house.cells import number
from dashboards.pages.house.frame import View
from dashboards.tables import Share, Table
from services.offers.reading import read_offers
from services.use.consumption import read_consumption
from services.use.shown import share_text, units_text


def consumption(view: View) -> Table:
    """Month by month, of every offer that the reader sees."""
    headers = ("offer", "meter", "client", "period", "state", "units", "share", "total", "unattributed", "final")
    return headers, (
        (
            *(row.offer, row.meter, row.client, row.period, row.state, number(units_text(row.used))),
            Share(str(share_text(row.share))) if row.share is not None else None,
            *(number(units_text(one)) for one in (row.total, row.unattributed, row.final)),
        )
        for offer in read_offers(view.seen)
        for row in read_consumption(view.seen, offer.id)
    )
