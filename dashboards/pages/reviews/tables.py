"""Reviews, and the figures of a pack, as tables that are exported."""

from __future__ import annotations

from dashboards.pages.house.cells import instant, number, share, zone_of
from dashboards.pages.house.frame import View
from dashboards.pages.reviews.listing import shown_reviews
from dashboards.tables import Table
from services.reviews.pack_shapes import Pack
from services.reviews.packs import Held
from services.reviews.rows import ReviewRow


def reviews(view: View) -> Table:
    headers = ("review", "contract", "starts", "ends", "state", "position")
    return headers, (
        (row.id, row.contract, instant(row.starts, zone_of(view, row.contract)), instant(row.ends, zone_of(view, row.contract)),
         row.state, row.position)
        for row in shown_reviews(view, is_file=True).every()
    )  # fmt: skip


def agenda(view: View, row: ReviewRow, held: Held) -> Table:
    """The items in their order, in the language of who reads."""
    headers = ("place", "item", "code", "subject", "what", "since", "minutes", "outcome", "text")
    outcomes = [row.outcome(one.id) for one in held.items]
    return headers, (
        (place, one.id, one.code, one.subject, one.sentence[view.language.code], one.since, one.takes,
         outcome.outcome if outcome is not None else None, outcome.text if outcome is not None else None)
        for place, (one, outcome) in enumerate(zip(held.items, outcomes, strict=True), 1)
    )  # fmt: skip


def pack(made: Pack) -> Table:
    """The figures of a pack, one a line; what else it says is in its JSON."""
    headers = ("side", "owed by", "commitment", "target", "per", "period", "state", "good", "of", "raw good", "raw of", "value",
               "status", "expected", "judged", "position", "fingerprint", "unknown")  # fmt: skip
    return headers, (
        (side["party"], side["debtor"], one["commitment"], one["target"], one["per"], one["period"], one["state"],
         *(number(amount) for pair in (one["adjusted"], one["raw"]) for amount in (pair["good"], pair["total"])),
         share(one["value"], "%" in one["target"]), one["status"], number(one["expected"]), number(one["judged"]),
         made["position"], made["fingerprint"], number(one["unknown"]))
        for side in made["sides"]
        for one in side["figures"]
    )  # fmt: skip
