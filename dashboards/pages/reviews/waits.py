"""The reviews that wait for the reader's signature, as *Today* shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial

from dashboards.language import first_up
from dashboards.pages.contracts.page import for_whom
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Item, Waiting
from dashboards.pages.reviews.listing import PAST
from dashboards.pages.reviews.meeting import decisions_shown
from domain.terms import Party
from services.figures.rows import CommitmentRow
from services.reviews.reading import read_refused_again, read_reviews
from services.reviews.rows import WAITS_FOR_SIGNATURES, ReviewRow

TOLD = 3
"""Decisions that are told of a review that waits."""


def waits(view: View, among: Mapping[str, CommitmentRow]) -> list[Waiting]:
    """Of all contracts, whatever is chosen; the newest first. Of one contract the oldest is listed, with how many more wait."""
    held = [one for one in read_reviews(view.seen) if one.state in WAITS_FOR_SIGNATURES]
    contracts = view.contracts

    @cache
    def bound(contract: str) -> list[tuple[Party, str]]:
        """For whom the reader may sign of that contract, whoever has signed what."""
        return for_whom(view.who, contracts[contract], ())

    @cache
    def all_of(contract: str) -> str:
        """The list of a contract's reviews that are over."""
        return link("/reviews", contract=contract, state=PAST)

    waiting = []
    for one in held:
        service = next((to for party, to in bound(one.contract) if not _has_signed(one, party)), None)
        if service is not None:
            make, alike = partial(_review, view, one), all_of(one.contract)
            waiting.append(Waiting(make, f"review:{one.id}", service, alike=alike))
    between_others = [
        Waiting(partial(_refused, view, one), f"refused:{one.id}", "") for one in read_refused_again(view.seen)
    ]
    return [*waiting[::-1], *between_others]


def _refused(view: View, review: ReviewRow) -> Item:
    """Which review it is and how often it was refused: what stands in it is none of an arbiter's business."""
    terms = view.seen.catalogue.contracts[review.contract].versions[-1].terms
    return Item(
        "pending",
        f"{view.language.text('review.title', contract=view.to(terms.title))} ({review.id})",
        link("/reviews"),
        view.language.text("review.refused_again", count=len(review.refusals)),
        view.near(terms.timezone).day(review.starts),
        "",
        view.language.text("review.refused_open"),
    )


def _has_signed(review: ReviewRow, party: Party) -> bool:
    return any(by.party == party for by in review.signatures)


def _review(view: View, review: ReviewRow) -> Item:
    contract = view.contracts[review.contract]
    clock = view.moments(contract.timezone)
    words = [*decisions_shown(view, review).values()]
    decisions = [f"{first_up(one)}{'.' if place < len(words) else ' …'}" for place, one in enumerate(words[:TOLD], 1)]
    return Item(
        "pending",
        view.language.text("review.title", contract=view.to(contract.title_on(clock.local_date(review.starts)))),
        link(f"/reviews/{review.id}"),
        " ".join([view.language.text(f"review.state_{review.state}"), *decisions]),
        view.language.text("today.sign"),
        view.near(contract.timezone).day(review.starts),
        view.language.text("review.sign"),
    )
