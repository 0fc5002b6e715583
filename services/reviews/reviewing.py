"""The decisions of people at a review. Each is an entry of the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, cast

from domain.review import ANSWERS, OUTCOMES, Answer, Outcome, Review
from domain.saying import heard, said
from domain.terms import Party
from domain.times import Instant
from services.access import Principal, Right, not_theirs
from services.contract_files import Document
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.deciding import refusing, saved, title_of, words_of
from services.directory.mentioning import Mentioning
from services.errors import EntenteError, Invalid, NotFound, Refused, some
from services.figures.reading import read_commitment
from services.reviews.action_files import KIND, arguments_of
from services.reviews.decision_kinds import kind_named
from services.reviews.effects import Decision, Kind, Meeting, checked
from services.reviews.moving import moved, planned
from services.reviews.reading import read_review
from services.reviews.rows import Arguments, OfReview, ReviewRow
from services.reviews.submitting import Submitting, decision_of

LONGEST_ITEM: Final = 480
"""Minutes of an item that is added by hand: eight hours."""
MOST_PRESENT: Final = 200
"""People who are named as present."""
MOST_ADDED: Final = 100
"""Items that are added to one review."""


class Reviewing(Submitting):
    """Use cases: get, decide, save; each returns the position of its entry. Raises NotFound, NotAllowed, Refused, Invalid."""

    def minutes(self, who: Principal, review: str, text: str) -> int:
        found, contract, _ = self._held(who, review)
        by = _by(who, contract)
        return saved(self._history, found, lambda: found.take_minutes(words_of(text), by=by, at=self._now()))

    def decide(self, who: Principal, review: str, text: str) -> int:
        found, contract, _ = self._held(who, review)
        by = _by(who, contract)
        return saved(self._history, found, lambda: found.record_decision(words_of(text), by=by, at=self._now()))

    def take_back(self, who: Principal, review: str, what: OfReview, said_at: Instant) -> int:
        """Who noted minutes or a decision takes it back, while nothing is submitted."""
        found, contract, _ = self._held(who, review)
        by, at = _by(who, contract), self._now()
        if what == "minutes":
            return saved(self._history, found, lambda: found.take_back_minutes(said_at, by=by, at=at))
        return saved(self._history, found, lambda: found.take_back_decision(said_at, by=by, at=at))

    def take_decision(
        self,
        who: Principal,
        review: str,
        kind: str,
        arguments: Arguments,
        text: str = "",
        item: str | None = None,
    ) -> tuple[int, int]:
        """A decision of that kind, which settles the item of the agenda; its number and position. What could not take effect, with
        those taken before it, is refused at once."""
        found, contract, row = self._held(who, review)
        by, words, of = _by(who, contract), words_of(text, ""), kind_named(kind)
        given = checked(of, arguments)
        subject = of.subject(contract, given)
        _require_alone(found, of, subject)
        self._try(who, found, row, contract, Decision(found.decided + 1, kind, words, given, by, self._now()))
        item = self._item(found, row, item) if item is not None else self._item_of(found, row, kind, subject, given)
        with refusing(review):
            number = found.take_decision(kind, subject, words, given, item, by=by, at=self._now())
        return number, self._history.save(found)

    def decide_file(
        self,
        who: Principal,
        review: str,
        document: Document,
        text: str = "",
        item: str | None = None,
        language: str = "en",
    ) -> tuple[int, int]:
        """The action that a file says, with its plan, as a decision. Raises DocumentInvalid."""
        arguments = arguments_of(document, language)
        owner = arguments.pop("owner", None)
        contract = self._seeing.read(who, read_commitment, str(arguments["commitment"]))
        if owner is not None and owner != contract.debtor:
            raise Invalid(
                said("“{owner}” does not owe the deliverable", owner=owner), place="owner", mend=contract.debtor
            )
        return self.take_decision(who, review, KIND, arguments, text, item)

    def withdraw(self, who: Principal, review: str, decision: int) -> int:
        """Either party withdraws a decision with a kind, while nothing is submitted."""
        found, contract, _ = self._held(who, review)
        by = _by(who, contract)
        return saved(self._history, found, lambda: found.withdraw_decision(decision, by=by, at=self._now()), review)

    def attend(self, who: Principal, review: str, present: Sequence[str]) -> int:
        """The chair says who is there: people of the two parties, as SERVICE/PERSON or by the id alone."""
        found, contract, _ = self._held(who, review)
        by = self._chair(who, contract)
        names = list(dict.fromkeys(self._present(who, contract, one) for one in present if one.strip()))
        if len(names) > MOST_PRESENT:
            raise Invalid(said("more than {most} people", most=MOST_PRESENT), slug="too-many")
        return saved(self._history, found, lambda: found.attend(names, by=by, at=self._now()), review)

    def add(
        self, who: Principal, review: str, text: str, takes: int = 5, party: Party | None = None
    ) -> tuple[str, int]:
        """An item by hand, also before the review; its id and position."""
        row, contract = self._row(who, review)
        by = _by(who, contract)
        if not 0 < takes <= LONGEST_ITEM:
            raise Invalid(
                said("an item takes 1 to {most} minutes", most=LONGEST_ITEM), place="takes", slug="takes-out-of-bounds"
            )
        found = planned(self._history, row, self._now())
        if len(found.added) >= MOST_ADDED:
            raise Refused(said("more than {most} items are added", most=MOST_ADDED), place=review, slug="too-many")
        side = party or ("supplier" if who.may(Right.TAKE_PART, contract.supplier) else "client")
        with refusing(review):
            item = found.add_item(title_of(text), side, takes, by=by, at=self._now())
        return item, self._history.save(found)

    def settle(self, who: Principal, review: str, item: str, outcome: str, text: str = "") -> int:
        """The chair says how an item was settled; by its id or its place."""
        found, contract, row = self._held(who, review)
        by, how = self._chair(who, contract), _outcome(outcome)
        id, words = self._item(found, row, item), words_of(text, "")
        return saved(self._history, found, lambda: found.settle(id, how, words, by=by, at=self._now()), review)

    def settle_rest(self, who: Principal, review: str, outcome: str) -> int:
        """All that are left, by one act: noted or carried."""
        found, contract, row = self._held(who, review)
        by, how = self._chair(who, contract), _outcome(outcome)
        if how == "decided":
            raise Invalid(said("what is left was not decided"), place="outcome", mend=said("noted or carried"))
        items = [one.id for one in self._as_is(found, row).items]
        return saved(self._history, found, lambda: found.settle_rest(items, how, by=by, at=self._now()), review)

    def move(self, who: Principal, review: str, starts: Instant, reason: str) -> int:
        """To another time, before its hour."""
        row, contract = self._row(who, review)
        by, at, words = self._chair(who, contract), self._now(), words_of(reason)
        found = planned(self._history, row, at)
        moved(found, row, starts, words, by=by, at=at, reached=self._seeing.known().of(contract.id).watermark)
        return self._history.save(found)

    def cancel(self, who: Principal, review: str, reason: str) -> int:
        row, contract = self._row(who, review)
        by, at, words = self._chair(who, contract), self._now(), words_of(reason)
        found = planned(self._history, row, at)
        return saved(self._history, found, lambda: found.cancel(words, by=by, at=at), review)

    def answer(
        self,
        who: Principal,
        review: str,
        answer: str,
        person: str | None = None,
        sequence: int | None = None,
        *,
        way: Literal["link"] | None = None,
    ) -> int:
        """Somebody who is invited comes or does not; for others a chair says it. `sequence`: that of the invitation which is answered;
        an older one is refused. The position of its entry; of what was said already, that of the last."""
        if answer not in ANSWERS:
            raise Invalid(said("“{answer}” is no answer", answer=answer), place="answer", mend=", ".join(ANSWERS))
        row, contract = self._row(who, review)
        named = self._answerer(who, contract, person)
        found = planned(self._history, row, self._now())
        if sequence is not None and sequence != len(found.moves):
            raise Refused(
                said("it was moved since that invitation"),
                place=review,
                mend=said("answer the invitation that came last"),
                slug="old-invitation",
            )
        by, at = _by(who, contract), self._now()
        with refusing(review):
            found.answer(named, cast(Answer, answer), way, by=by, at=at)
        return self._history.save(found) if found.pending_events else self._history.last_position()

    def _answerer(self, who: Principal, contract: ContractRow, person: str | None) -> str:
        """The id of who answers. Raises Invalid, NotAllowed."""
        if person is None or person == who.person:
            if who.person is None:
                raise Invalid(said("it is not said who answers"), place="person", mend=said("a person of the parties"))
            return who.person
        self._chair(who, contract)
        return self._present(who, contract, person).rpartition("/")[2]

    def _row(self, who: Principal, review: str) -> tuple[ReviewRow, ContractRow]:
        """A review, also one that is still to come, and its contract. Raises NotFound, NotAllowed."""
        with self._seeing.seen(who) as seen:
            row = read_review(seen, review)
            contract = read_contract(seen, row.contract)
        if not who.may(Right.TAKE_PART, contract.supplier, contract.client):
            raise not_theirs(who, contract.id, contract.supplier, contract.client)
        return row, contract

    def _item(self, found: Review, row: ReviewRow, given: str) -> str:
        """The id of an item of the agenda, given by it or by its place, from 1 on. Raises NotFound."""
        ids = [one.id for one in self._as_is(found, row).items]
        if given.isdecimal() and len(given) < 6 and 0 < int(given) <= len(ids):
            return ids[int(given) - 1]
        if given in ids:
            return given
        raise NotFound(
            said("there is no item “{item}” on the agenda", item=given),
            place=row.id,
            mend=some(ids, 6) if ids else None,
        )

    def _item_of(self, found: Review, row: ReviewRow, kind: str, subject: str, given: Arguments) -> str | None:
        """The first item that is not settled and is about what is decided: one that proposes it, or whose subject it is."""
        subjects = {subject, f"breach:{given.get('breach')}"}
        for one in self._as_is(found, row).items:
            proposed = any((each.kind, each.arguments) == (kind, given) for each in one.proposals)
            if one.id not in found.outcomes and (proposed or one.subject in subjects):
                return one.id
        return None

    def _try(self, who: Principal, found: Review, row: ReviewRow, contract: ContractRow, new: Decision) -> None:
        """Lets it take effect behind those taken before, and throws that away. Raises what its kind refuses."""
        names: dict[Party, str] = {"supplier": contract.supplier, "client": contract.client}
        with self._seeing.seen(who) as seen:  # what they do not see, they are told nothing of
            meeting = Meeting(self._history, self._seeing, self._now, seen, row, contract, names)
            for one in found.decisions:
                if "kind" in one:
                    try:
                        kind_named(one["kind"]).effect(meeting, decision_of(one))
                    except EntenteError:
                        continue  # the second signature says so
            kind_named(new.kind).effect(meeting, new)

    def _present(self, who: Principal, contract: ContractRow, given: str) -> str:
        """SERVICE/PERSON of one of the parties. Raises Invalid."""
        service, _, person = given.strip().rpartition("/")
        parties = (contract.supplier, contract.client)
        with self._seeing.seen(who) as seen:
            mentioning = Mentioning(self._history)
            known = {one: mentioning.taking_part(seen, one, self._now()) for one in parties}
        for party in parties if not service else ({service} & {*parties}):
            people = known[party]
            if person and len(person) <= 100 and (person in people if people is not None else bool(service)):
                return f"{party}/{person}"
        raise Invalid(
            said("“{person}” is nobody of the parties", person=given),
            place="present",
            mend=said("SERVICE/PERSON of {supplier} or {client}", supplier=contract.supplier, client=contract.client),
            slug="person-unknown",
        )


def _by(who: Principal, contract: ContractRow) -> str:
    return who.by(Right.TAKE_PART, contract.supplier, contract.client)


def _outcome(text: str) -> Outcome:
    if text not in OUTCOMES:
        raise Invalid(said("“{outcome}” is no outcome", outcome=text), place="outcome", mend=", ".join(OUTCOMES))
    return cast(Outcome, text)


def own_of_review(who: Principal, row: ReviewRow, contract: ContractRow) -> frozenset[Instant]:
    """The instants of the minutes and decisions that are theirs, and that they may take back still."""
    if not row.is_open or not who.may(Right.TAKE_PART, contract.supplier, contract.client):
        return frozenset()
    by = _by(who, contract)
    return frozenset(at for one, at, _ in (*row.minutes, *row.decisions) if one == by)


def _require_alone(found: Review, of: Kind, subject: str) -> None:
    """Raises Refused where another decision says otherwise of the same thing: of two that both sign one undoes the other."""
    for one in found.decisions:
        if one.get("kind") in of.excludes and one["subject"] == subject:
            what = said("decision {number} says of it already: {kind}", number=one["decision"], kind=heard(one["kind"]))
            raise Refused(what, place=subject, mend=said("withdraw that one first"), slug="decided-already")
