"""What people decide about breaches, actions and reviews. Every decision is an entry of the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import TypeVar
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.action import Action
from domain.breach import BreachFile
from domain.decisions import DecisionRefused, stream_of
from domain.review import Review
from domain.saying import Said, said, said_by
from domain.terms import Party
from domain.times import Instant
from services.access import Principal, Right
from services.days import within_bounds
from services.errors import Invalid, NotAllowed, NotFound, Refused
from services.history.history import History
from services.knowing import Directories, unknown_person
from services.reading.reading_contracts import read_commitment, read_contract
from services.reading.reading_decisions import read_action, read_breach, read_review
from services.reading.rows import ContractRow
from services.seeing.seen import Seeing, Seen

A = TypeVar("A", bound=Aggregate)


class Deciding:
    """Use cases: get, decide, save; each returns the position of its entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def __init__(self, history: History, seeing: Seeing, now: Callable[[], Instant]):
        self._history = history
        self._seeing = seeing
        self._now = now
        self._known = Directories(seeing)

    def acknowledge(self, who: Principal, breach: str) -> int:
        """The service that owes what was not kept says that it knows."""
        with self._seeing.seen(who) as seen:
            row = read_breach(seen, breach)
            who.require(Right.TAKE_PART, row.debtor, said("acknowledging this breach"))
        found = self._breach_file(row.id, row.commitment)
        return self._save(found, lambda: found.acknowledge(by=str(who), at=self._now()))

    def explain_breach(self, who: Principal, breach: str, text: str) -> int:
        """Either party may say why it happened."""
        with self._seeing.seen(who) as seen:
            row = read_breach(seen, breach)
            _require_party(seen, row.commitment)
        found = self._breach_file(row.id, row.commitment)
        return self._save(found, lambda: found.explain(words_of(text), by=str(who), at=self._now()))

    def open_action(
        self, who: Principal, commitment: str, text: str, *, person: str | None = None, due: date | None = None
    ) -> tuple[str, int]:
        """An action that a person opens; the service that owes the deliverable owns it. Its id and position. Raises Refused
        (`already-open`) while the same is open."""
        with self._seeing.seen(who) as seen:
            row = read_commitment(seen, commitment)
            _require_party(seen, commitment)
        id = self._new_action(row.id, words_of(text))
        action = Action(
            action=id,
            commitment=row.id,
            period=row.current[0].period if row.current else "",
            cause="opened-by-hand",
            text=words_of(text),
            owner=row.debtor,
            person=person or row.criterion.owner,
            due=within_bounds(due, "due").isoformat() if due else None,
            by=str(who),
            at=self._now(),
        )
        return id, self._history.save(action)

    def _new_action(self, commitment: str, text: str) -> str:
        """An id that is derived from what is to be done, so that a form that is sent twice, however fast, opens it once; done,
        it may be opened again."""
        same = " ".join(text.casefold().split())
        for time in count():
            id = stream_of("action", f"{commitment}:{same}:{time}")
            try:
                found = self._history.get(id, Action)
            except NotFound:
                return str(id)
            if found.state == "open":
                mend = said("note progress on it, or say what is to be done besides")
                raise Refused(said("this action is open already"), place=str(id), mend=mend, slug="already-open")
        raise AssertionError

    def doubts(self, who: Principal, commitment: str, person: str | None) -> tuple[Said, ...]:
        """What is to be said of an action that is opened for that person: that neither party knows who it is."""
        if person is None:
            return ()
        contract = self._seeing.read(who, read_contract, commitment.partition("/")[0])
        doubt = unknown_person(person, (contract.supplier, contract.client), self._known(who))
        return (doubt,) if doubt is not None else ()

    def progress(self, who: Principal, action: str, text: str) -> int:
        found = self._action(who, action)
        return self._save(found, lambda: found.note_progress(words_of(text), by=str(who), at=self._now()))

    def close(self, who: Principal, action: str, text: str) -> int:
        found = self._action(who, action)
        return self._save(found, lambda: found.close(words_of(text), by=str(who), at=self._now()))

    def minutes(self, who: Principal, review: str, text: str) -> int:
        found, _ = self._review(who, review)
        return self._save(found, lambda: found.take_minutes(words_of(text), by=str(who), at=self._now()))

    def decide(self, who: Principal, review: str, text: str) -> int:
        found, _ = self._review(who, review)
        return self._save(found, lambda: found.record_decision(words_of(text), by=str(who), at=self._now()))

    def sign_review(self, who: Principal, review: str, party: Party | None = None, *, seen: int | None = None) -> int:
        """`seen`: how many minutes and decisions stood there when it was read; another number is refused."""
        found, contract = self._review(who, review)
        if seen is not None and seen != len(found.minutes) + len(found.decisions):
            what = said("minutes or decisions were added since it was read")
            raise Refused(what, place=review, mend=said("read them, then sign"), slug="review-moved")
        parties: list[tuple[Party, str]] = [("supplier", contract.supplier), ("client", contract.client)]
        mine = [(side, of) for side, of in parties if who.may(Right.BIND, of) and party in (None, side)]
        if len(mine) > 1:
            raise Refused(said("it is not said for which party"), mend=said("say supplier or client"))
        if not mine:
            raise NotAllowed(said("{who} is no party of {contract}", who=who, contract=contract.id))
        side, service = mine[0]
        return self._save(found, lambda: found.sign(side, service, by=str(who), at=self._now()))

    def _action(self, who: Principal, action: str) -> Action:
        with self._seeing.seen(who) as seen:
            row = read_action(seen, action)
            _require_party(seen, row.commitment)
        return self._history.get(UUID(row.id), Action)

    def _review(self, who: Principal, review: str) -> tuple[Review, ContractRow]:
        """The review, and whose contract it is about. Raises Refused for a review that is still to come."""
        with self._seeing.seen(who) as seen:
            row = read_review(seen, review)
            contract = read_contract(seen, row.contract)
        if not who.may(Right.TAKE_PART, contract.supplier, contract.client):
            raise NotAllowed(said("{who} is no party of {contract}", who=who, contract=row.contract))
        if row.position is None:
            raise Refused(said("the review has not taken place yet"), place=review, mend=said("wait for its hour"))
        return self._history.get(stream_of("review", review), Review), contract

    def _breach_file(self, breach: str, commitment: str) -> BreachFile:
        try:
            return self._history.get(stream_of("breach", breach), BreachFile)
        except NotFound:
            return BreachFile(breach=breach, commitment=commitment)

    def _save(self, found: Aggregate, decide: Callable[[], None]) -> int:
        try:
            decide()
        except DecisionRefused as error:
            raise Refused(said_by(error)) from error
        return self._history.save(found)


def _require_party(seen: Seen, commitment: str) -> None:
    row = read_commitment(seen, commitment)
    if not seen.who.may(Right.TAKE_PART, row.debtor, row.creditor):
        raise NotAllowed(said("{who} is no party of {contract}", who=seen.who, contract=row.contract))


def words_of(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(said("nothing was said"), mend=said("a text of at least one word"), slug="text-missing")
    if len(text) > 10_000:
        raise Invalid(said("the text is too long"), mend=said("at most 10,000 characters"), slug="text-too-long")
    return text.replace("\x00", "")
