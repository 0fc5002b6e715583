"""The decisions of people at a review. Each is an entry of the history."""

from __future__ import annotations

from domain.decisions import stream_of
from domain.review import Review
from domain.saying import said
from domain.terms import Party
from domain.times import Clock, Instant
from services.access import Principal, Right, not_theirs
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.deciding import saved, words_of
from services.errors import Refused
from services.history.history import History
from services.reviews.reading import read_review
from services.reviews.rows import OfReview, ReviewRow
from services.seeing.seen import Seeing


class Reviewing:
    """Use cases: get, decide, save; each returns the position of its entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now

    def minutes(self, who: Principal, review: str, text: str) -> int:
        found, contract = self._review(who, review)
        by = _by(who, contract)
        return saved(self._history, found, lambda: found.take_minutes(words_of(text), by=by, at=self._now()))

    def decide(self, who: Principal, review: str, text: str) -> int:
        found, contract = self._review(who, review)
        by = _by(who, contract)
        return saved(self._history, found, lambda: found.record_decision(words_of(text), by=by, at=self._now()))

    def take_back(self, who: Principal, review: str, what: OfReview, said_at: Instant) -> int:
        """Who noted minutes or a decision takes it back, until somebody has signed."""
        found, contract = self._review(who, review)
        by, at = _by(who, contract), self._now()
        if what == "minutes":
            return saved(self._history, found, lambda: found.take_back_minutes(said_at, by=by, at=at))
        return saved(self._history, found, lambda: found.take_back_decision(said_at, by=by, at=at))

    def sign_review(self, who: Principal, review: str, party: Party | None = None, *, seen: int | None = None) -> int:
        """`seen`: the `entries` that the review had when it was read; another number is refused."""
        found, contract = self._review(who, review)
        if seen is not None and seen != found.entries:
            what = said("minutes or decisions were added or taken back since it was read")
            raise Refused(what, place=review, mend=said("read them, then sign"), slug="review-moved")
        parties: list[tuple[Party, str]] = [("supplier", contract.supplier), ("client", contract.client)]
        mine = [(side, of) for side, of in parties if who.may(Right.BIND, of) and party in (None, side)]
        if len(mine) > 1:
            raise Refused(said("it is not said for which party"), mend=said("say supplier or client"))
        if not mine:
            raise not_theirs(who, contract.id, contract.supplier, contract.client)
        side, service = mine[0]
        by = who.by(Right.BIND, service)
        return saved(self._history, found, lambda: found.sign(side, service, by=by, at=self._now()))

    def _review(self, who: Principal, review: str) -> tuple[Review, ContractRow]:
        """The review, and whose contract it is about. Raises Refused for a review that is still to come."""
        with self._seeing.seen(who) as seen:
            row = read_review(seen, review)
            contract = read_contract(seen, row.contract)
        if not who.may(Right.TAKE_PART, contract.supplier, contract.client):
            raise not_theirs(who, contract.id, contract.supplier, contract.client)
        if row.position is None:
            raise Refused(said("the review has not taken place yet"), place=review, mend=said("wait for its hour"))
        return self._history.get(stream_of("review", review), Review), contract


def _by(who: Principal, contract: ContractRow) -> str:
    return who.by(Right.TAKE_PART, contract.supplier, contract.client)


def own_of_review(who: Principal, row: ReviewRow, contract: ContractRow) -> frozenset[Instant]:
    """The instants of the minutes and decisions that are theirs, and that they may take back still."""
    if row.signatures or not who.may(Right.TAKE_PART, contract.supplier, contract.client):
        return frozenset()
    by = _by(who, contract)
    return frozenset(at for one, at, _ in (*row.minutes, *row.decisions) if one == by)
