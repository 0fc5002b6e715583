"""Reviews, as they are asked for."""

from __future__ import annotations

from typing import Final

from services.access import Right
from services.contracts.kept import Kept
from services.contracts.reading import read_contracts
from services.reviews import review_rows
from services.reviews.review_rows import KeptReviews
from services.reviews.rows import WAITS_FOR_SIGNATURES, ReviewCounts, ReviewRow
from services.seeing.seen import Seen, named

REFUSED: Final = 3
"""Refusals of one review after which the arbiter is told."""


def read_reviews(seen: Seen, *, contract: str | None = None) -> list[ReviewRow]:
    """Held ones and the next one of each contract, by time."""
    if contract is None and (kept := seen.until_judged_further(_reviews)) is not None:
        if seen.sees_everything:
            return list(kept)
        mine = {row.id for row in read_contracts(seen)}
        return [row for row in kept if row.contract in mine]
    mine = {one.id for one in seen.contracts_in_force(contract)}
    return [row for row in _reviews(seen) if row.contract in mine]


def _reviews(seen: Seen) -> list[ReviewRow]:
    """Seen or not."""
    return review_rows.reviews(seen.reads, seen.catalogue, seen.known, seen.kept(Kept), seen.kept(KeptReviews))


def read_review(seen: Seen, review: str) -> ReviewRow:
    return named(read_reviews(seen), review, "review")


def read_refused_again(seen: Seen) -> list[ReviewRow]:
    """For an arbiter, the reviews between others of which three revisions or more were refused and none is signed, by time; for
    everybody else none. What is shown of them is which review it is, and how often it was refused."""
    if not seen.who.may(Right.ARBITRATE):
        return []
    return [
        one
        for one in _reviews(seen)
        if len(one.refusals) >= REFUSED and one.state != "signed" and _is_between_others(seen, one)
    ]


def _is_between_others(seen: Seen, row: ReviewRow) -> bool:
    found = seen.catalogue.contracts.get(row.contract)
    return found is not None and not seen.who.is_of(found.supplier, found.client)


def read_beside(seen: Seen, row: ReviewRow) -> list[ReviewRow]:
    """The reviews that are held together with it, itself among them, by contract: of contracts between the same two services, at the
    same instant."""
    parties = {one.id: frozenset((one.supplier, one.client)) for one in read_contracts(seen)}
    found = [
        one
        for one in read_reviews(seen)
        if one.starts == row.starts and one.state != "cancelled" and parties[one.contract] == parties[row.contract]
    ]
    return sorted(found, key=lambda one: one.contract)


def count_reviews(seen: Seen, service: str | None = None) -> dict[str, ReviewCounts]:
    """By contract; with `service` of those that it is a party of. A skipped review waits for a signature too."""
    states: dict[str, list[str]] = {
        one.id: [] for one in read_contracts(seen) if service is None or service in (one.supplier, one.client)
    }
    for row in read_reviews(seen):
        states.get(row.contract, []).append(row.state)
    return {
        contract: ReviewCounts(sum(one in WAITS_FOR_SIGNATURES for one in found), found.count("skipped"))
        for contract, found in states.items()
    }
