"""The log of who read what, as a table that is exported: with the filters of its page in the address."""

from __future__ import annotations

from dashboards.pages.house.cells import instant
from dashboards.pages.house.frame import View
from dashboards.pages.protection.log_listing import shown_log
from dashboards.tables import Table


def access_log(view: View) -> Table:
    """Raises NotAllowed."""
    headers = ("last", "sort", "person", "service", "about", "address", "times")
    rows = shown_log(view, is_file=True).every()
    return headers, (
        (instant(row.last, view.pages.zone), row.sort, row.person, row.service, row.thing, row.address, row.times)
        for row in rows
    )
