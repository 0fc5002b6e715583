"""Reviews, as they are asked for."""

from __future__ import annotations

from services.contracts.kept import Kept
from services.contracts.reading import read_contracts
from services.reviews import review_rows
from services.reviews.review_rows import KeptReviews
from services.reviews.rows import ReviewRow
from services.seeing.seen import Seen, named


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
