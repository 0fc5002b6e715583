"""The reviews that wait for the reader's signature, as *Today* shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dashboards.pages.house.frame import View, link
from dashboards.pages.part import Item, Making
from services.access import Right
from services.contracts.rows import ContractRow
from services.figures.rows import CommitmentRow
from services.reviews.reading import read_reviews
from services.reviews.rows import ReviewRow


def waits(view: View, among: Mapping[str, CommitmentRow], most: int) -> tuple[list[Making], int]:
    """The newest ones, of all contracts, whatever is chosen; and how many there are."""
    contracts = view.contracts
    waiting = [
        one for one in read_reviews(view.seen) if one.state == "held" and _awaits(view, one, contracts[one.contract])
    ]
    return [partial(_review, view, one) for one in waiting[-most:]], len(waiting)


def _review(view: View, review: ReviewRow) -> Item:
    contract = view.contracts[review.contract]
    clock = view.moments(contract.timezone)
    return Item(
        "pending",
        view.language.text("review.title", contract=view.to(contract.title_on(clock.local_date(review.starts)))),
        link(f"/reviews/{review.id}"),
        view.language.text("review.state_held"),
        view.language.text("today.sign"),
        clock.day(review.starts),
        view.language.text("review.sign"),
    )


def _awaits(view: View, review: ReviewRow, contract: ContractRow) -> bool:
    """Says whether the reader may sign the review for a party that has not."""
    signed = {one.party for one in review.signatures}
    parties = (("supplier", contract.supplier), ("client", contract.client))
    return any(party not in signed and view.who.may(Right.BIND, service) for party, service in parties)
