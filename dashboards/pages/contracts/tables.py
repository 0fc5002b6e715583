"""Contracts as a table that is exported."""

from __future__ import annotations

from dashboards.pages.contracts.listing import shown_contracts
from dashboards.pages.house.frame import View
from dashboards.tables import Table


def contracts(view: View) -> Table:
    headers = ("contract", "title", "supplier", "client", "state", "time zone", "from", "until", "versions")
    return headers, (
        (row.id, view.to(row.title), row.supplier, row.client, row.state, row.timezone, row.valid_from,
         row.valid_until, len(row.versions))
        for row in (one.row for one in shown_contracts(view, is_file=True).every())
    )  # fmt: skip
