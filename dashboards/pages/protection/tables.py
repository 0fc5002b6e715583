"""The log of who read what, as a table that is exported: with the filters of its page in the address."""

from __future__ import annotations

from dashboards.pages.house.cells import MOST, instant
from dashboards.pages.house.frame import View
from dashboards.pages.protection.asked import wanted_of
from dashboards.tables import Table
from services.protection.listing import read_log


def access_log(view: View) -> Table:
    """Raises NotAllowed."""
    asked = view.request.query_params
    wanted = wanted_of(view, *(asked.get(name, "") for name in ("person", "kind", "since", "until")))
    headers = ("last", "sort", "person", "service", "about", "address", "times")
    rows = read_log(view.seen.history, view.who, wanted, MOST)
    return headers, (
        (instant(row.last, view.pages.zone), row.sort, row.person, row.service, row.thing, row.address, row.times)
        for row in rows
    )
