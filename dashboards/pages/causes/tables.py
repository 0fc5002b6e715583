"""What repeats as a table that is exported."""

from __future__ import annotations

from dashboards.pages.causes.listing import repeats_asked, shown_repeats
from dashboards.pages.house.cells import number, share
from dashboards.pages.house.frame import View
from dashboards.tables import Table


def repeats(view: View) -> Table:
    headers = ("contract", "key", "called", "root cause", "deliverable", "cause", "breaches", "misses", "weight", "share",
               "recurrences")  # fmt: skip
    return headers, (
        (contract, group.cause.key, called, group.cause.root_cause, group.cause.deliverable, group.cause.machine_cause,
         len(group.breaches), len(group.misses), number(group.weight), share(group.share, True), group.recurrences)
        for contract, group, called in shown_repeats(view, repeats_asked(view), is_file=True).every()
    )  # fmt: skip
