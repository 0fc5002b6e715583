"""Around a review somebody may be told: they are invited, its pack is there, its minutes are refused again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from domain.times import Instant
from services.access import Principal, Right
from services.judging.catalogue import InForce
from services.notices.news import Finder, News
from services.reviews.inviting import is_head, is_invited, names_present
from services.reviews.reading import REFUSED, read_reviews
from services.reviews.rows import ReviewRow
from services.seeing.seen import Seen


def invitations(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """The next review of a contract that names who is to be there, and that it was moved or cancelled: for who is invited."""
    for row in read_reviews(seen):
        contract = seen.catalogue.contracts.get(row.contract)
        watermark = seen.known.of(row.contract).watermark
        if contract is None or watermark is None or row.starts <= watermark or not names_present(contract, row):
            continue
        if row.state in ("planned", "cancelled"):
            transition = f"{'cancelled' if row.state == 'cancelled' else 'invited'}:{row.sequence}"
            is_for = partial(is_invited, contract, row)
            yield News(
                "invitation", f"invitation:{row.id}", transition, watermark, row.contract, is_for, _sees(contract)
            )


def packs(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """The pack that was issued before its review, or, where none was, that of a review that is called: for who is to be there."""
    for row in read_reviews(seen):
        contract, issued = seen.catalogue.contracts.get(row.contract), row.pack_issued
        if contract is None or row.state == "cancelled":
            continue
        at = issued.as_of if issued is not None else row.watermark if row.position is not None else None
        if at is not None and at >= since:
            transition = f"issued:{issued.sequence}" if issued is not None else "called"
            is_for = partial(_receives, contract, row)
            yield News("pack", f"pack:{row.id}", transition, at, row.contract, is_for, _sees(contract))


def refused_again(seen: Seen, since: Instant, people: frozenset[str]) -> Iterator[News]:
    """A review of which the third revision was refused: for the arbiter who is of neither party, once. What it says of it is no more
    than which review it is."""
    for row in read_reviews(seen):
        contract = seen.catalogue.contracts.get(row.contract)
        if contract is None or len(row.refusals) < REFUSED or row.state == "signed":
            continue
        at = row.refusals[REFUSED - 1].at
        if at >= since:
            is_for = partial(_arbitrates, contract)
            yield News("sign", f"refusals:{row.id}", f"refused:{REFUSED}", at, row.contract, is_for, lambda seen: True)


def _arbitrates(contract: InForce, who: Principal) -> bool:
    return who.may(Right.ARBITRATE) and not who.is_of(contract.supplier, contract.client)


def _receives(contract: InForce, row: ReviewRow, who: Principal) -> bool:
    """Who is invited; where the contract names nobody, the heads of both parties."""
    return is_invited(contract, row, who) or is_head(contract, who)


def _sees(contract: InForce) -> Callable[[Seen], bool]:
    return lambda seen: seen.sees_contract(contract.id, contract.supplier, contract.client)


FINDERS: Final[tuple[Finder, ...]] = (invitations, packs, refused_again)
