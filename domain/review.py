"""A review: the meeting of client and supplier, its minutes, decisions, and the two signatures under what was submitted
(MEETING §1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, get_args
from uuid import UUID

from eventsourcing.domain import Aggregate, CanMutateAggregate, event
from eventsourcing.utils import get_topic

from domain.decisions import DecisionRefused, Note, place_of_own, require_new, stream_of, without_own
from domain.saying import said
from domain.terms import Party

Outcome = Literal["decided", "noted", "carried"]
OUTCOMES: Final = get_args(Outcome)
"""How an item of the agenda can be settled."""
Answer = Literal["accepted", "declined"]
ANSWERS: Final = get_args(Answer)
"""What somebody who is invited may answer."""
MOST_ANSWERS: Final = 20
"""How often one person may answer: a link that many have cannot fill the history."""
REST: Final = "rest"
"""In place of an item: all that were left."""


class Review(Aggregate):
    """`review` is `contract@YYYY-MM-DD`. `pack_position` is the history position that its pack shows, judged as of `watermark`:
    however far the step of time went that called it; None until it is called. A `watermark` of None, in reviews of before: what was
    shown at that position. `ends` is None where no decision says it, but the contract."""

    TOPIC = "entente.review"

    class Created(Aggregate.Created):
        """The first entry, or one behind `Planned`."""

        TOPIC = "entente.review.called"
        review: str
        contract: str
        starts: int
        pack_position: int
        by: str
        at: int
        watermark: int | None = None

        def mutate(self, aggregate: Any) -> Any:
            return super().mutate(None) if aggregate is None else CanMutateAggregate.mutate(self, aggregate)

        def apply(self, aggregate: Any) -> None:
            aggregate._is_called(self.starts, self.pack_position, self.watermark)

    class Planned(Aggregate.Created):
        TOPIC = "entente.review.planned"
        review: str
        contract: str
        starts: int
        ends: int
        by: str
        at: int

        def apply(self, aggregate: Any) -> None:
            aggregate.ends = self.ends

    class Moved(Aggregate.Event):
        TOPIC = "entente.review.moved"
        starts: int
        ends: int
        reason: str
        sequence: int
        by: str
        at: int

    class Cancelled(Aggregate.Event):
        TOPIC = "entente.review.cancelled"
        reason: str
        sequence: int
        by: str
        at: int

    class PackIssued(Aggregate.Event):
        """`as_of`: W as which the pack is judged; `position`: the last entry that is in it; `sequence`: how often the review had been
        moved."""

        TOPIC = "entente.review.pack-issued"
        as_of: int
        position: int
        sequence: int
        by: str
        at: int

    class Answered(Aggregate.Event):
        """`person` comes or does not; `sequence`: of the invitation that was answered; `way`: link, where it came by that of
        a mail."""

        TOPIC = "entente.review.answered"
        person: str
        answer: str
        sequence: int
        way: str | None
        by: str
        at: int

    class Attended(Aggregate.Event):
        TOPIC = "entente.review.attended"
        present: list[str]
        by: str
        at: int

    class ItemAdded(Aggregate.Event):
        TOPIC = "entente.review.item-added"
        item: str
        text: str
        party: str
        takes: int
        by: str
        at: int

    class ItemSettled(Aggregate.Event):
        """`rest`: the items that were left, where `item` is REST."""

        TOPIC = "entente.review.item-settled"
        item: str
        outcome: str
        text: str
        rest: list[str]
        by: str
        at: int

    class MinutesTaken(Aggregate.Event):
        TOPIC = "entente.review.minutes-taken"
        text: str
        by: str
        at: int

    class DecisionRecorded(Aggregate.Event):
        TOPIC = "entente.review.decision-recorded"
        text: str
        by: str
        at: int

    class MinutesTakenBack(Aggregate.Event):
        TOPIC = "entente.review.minutes-taken-back"
        said_at: int
        by: str
        at: int

    class DecisionTakenBack(Aggregate.Event):
        TOPIC = "entente.review.decision-taken-back"
        said_at: int
        by: str
        at: int

    class DecisionTaken(Aggregate.Event):
        TOPIC = "entente.review.decision-taken"
        decision: int
        kind: str
        item: str | None
        subject: str
        text: str
        arguments: dict[str, Any]
        by: str
        at: int

    class DecisionWithdrawn(Aggregate.Event):
        TOPIC = "entente.review.decision-withdrawn"
        decision: int
        by: str
        at: int

    class Submitted(Aggregate.Event):
        """`position`: the last entry of the history that was read for it."""

        TOPIC = "entente.review.submitted"
        revision: int
        fingerprint: str
        position: int
        by_signing: bool
        by: str
        at: int

    class Signed(Aggregate.Event):
        TOPIC = "entente.review.signed"
        party: str
        service: str
        by: str
        at: int
        revision: int | None = None
        fingerprint: str | None = None

    class Refused(Aggregate.Event):
        TOPIC = "entente.review.refused"
        party: str
        revision: int
        reasons: list[str]
        decisions: list[int]
        by: str
        at: int

    class TakenBack(Aggregate.Event):
        TOPIC = "entente.review.taken-back"
        revision: int
        reason: str
        by: str
        at: int

    class TookEffect(Aggregate.Event):
        TOPIC = "entente.review.took-effect"
        revision: int
        entries: list[dict[str, Any]]
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, review: str = "", **__: Any) -> UUID:
        return stream_of("review", review)

    @event(Created)
    def __init__(
        self,
        review: str,
        contract: str,
        starts: int,
        pack_position: int | None = None,
        by: str = "",
        at: int = 0,
        watermark: int | None = None,
    ):
        self.review = review
        self.contract = contract
        self.starts = starts
        self.ends: int | None = None
        self.pack_position = pack_position
        self.watermark = watermark
        self.moves: list[Note] = []
        self.cancelled: Note | None = None
        self.issued: list[Note] = []
        """The packs that were issued before its hour: one for each time at which it was to be held."""
        self.answers: list[Note] = []
        """Who comes, as people said one after the other."""
        self.attendance: list[str] | None = None
        self.added: list[Note] = []
        self.outcomes: dict[str, Note] = {}
        self.minutes: list[Note] = []
        self.decisions: list[Note] = []
        """Those with a `kind`, and those that are text alone."""
        self.decided = 0
        """How many decisions were ever taken: each is the next number."""
        self.taken_back = 0
        """How many minutes and decisions were taken back."""
        self.submissions: list[Note] = []
        """One a revision, with its signatures once they are void, and what became of it (`ended`)."""
        self.signatures: list[Note] = []
        """Of the revision that lies before the parties."""
        self.refusals: list[Note] = []
        self.took_effect: list[Note] = []

    @classmethod
    def planned(cls, review: str, contract: str, starts: int, ends: int, *, by: str, at: int) -> Review:
        """A review about which something is decided before its hour."""
        return cls._create(cls.Planned, review=review, contract=contract, starts=starts, ends=ends, by=by, at=at)

    # What it is

    @property
    def entries(self) -> int:
        """How often its minutes or decisions were changed: who signs has read as many."""
        return len(self.minutes) + len(self.decisions) + 2 * self.taken_back

    @property
    def is_called(self) -> bool:
        return self.pack_position is not None

    @property
    def submission(self) -> Note | None:
        """What lies before the parties, to be signed or refused; None where nothing does."""
        last = self.submissions[-1] if self.submissions else None
        return last if last is not None and "ended" not in last else None

    @property
    def revision(self) -> int:
        """That of what lies before the parties, or was last; 0 before the first. What was signed without a submission is 1."""
        return self.submissions[-1]["revision"] if self.submissions else int(bool(self.signatures))

    @property
    def is_signed(self) -> bool:
        return len(self.signatures) == 2

    # Before its hour

    def call(self, starts: int, pack_position: int, watermark: int | None, *, by: str, at: int) -> None:
        """Its hour has come: what was planned is held."""
        self._still_to_come()
        self.trigger_event(
            Review.Created,
            originator_topic=get_topic(Review),
            review=self.review,
            contract=self.contract,
            starts=starts,
            pack_position=pack_position,
            by=by,
            at=at,
            watermark=watermark,
        )

    def move(self, starts: int, ends: int, reason: str, *, by: str, at: int) -> None:
        """To another time; its id keeps the first day."""
        self._still_to_come()
        if starts == self.starts:
            raise DecisionRefused(said("it is at that time already"))
        self._moved(starts, ends, reason, len(self.moves) + 1, by, at)

    def cancel(self, reason: str, *, by: str, at: int) -> None:
        self._still_to_come()
        self._cancelled(reason, len(self.moves) + 1, by, at)

    def issue_pack(self, as_of: int, position: int, sequence: int, *, by: str, at: int) -> None:
        """The pack for the time at which it is to be held, once; after it was moved, anew."""
        self._still_to_come()
        if sequence != len(self.moves) or any(one["sequence"] == sequence for one in self.issued):
            raise DecisionRefused(said("its pack was issued, or it was moved meanwhile"))
        self._pack_issued(as_of, position, sequence, by, at)

    def answer(self, person: str, answer: Answer, way: str | None = None, *, by: str, at: int) -> None:
        """Somebody comes or does not, at the time at which it is to be held now. Whoever says the same again says nothing."""
        self._still_to_come()
        said_before = [one for one in self.answers if one["person"] == person]
        if len(said_before) >= MOST_ANSWERS:
            raise DecisionRefused(said("{person} has answered {most} times", person=person, most=MOST_ANSWERS))
        sequence = len(self.moves)
        if [(one["answer"], one["sequence"]) for one in said_before[-1:]] != [(answer, sequence)]:
            self._answered(person, answer, sequence, way, by, at)

    def add_item(self, text: str, party: Party, takes: int, *, by: str, at: int) -> str:
        """An item by hand, also before its hour; its id."""
        if self.cancelled is not None:
            raise DecisionRefused(said("the review was cancelled"))
        self._nothing_submitted()
        require_new(self.added, text, by)
        item = f"added:{len(self.added) + 1}"
        self._item_added(item, text, party, takes, by, at)
        return item

    def _still_to_come(self) -> None:
        if self.cancelled is not None:
            raise DecisionRefused(said("the review was cancelled"))
        if self.is_called:
            raise DecisionRefused(said("its hour has come: it is neither moved nor cancelled any more"))

    # While they meet

    def attend(self, present: Sequence[str], *, by: str, at: int) -> None:
        """Who was there, as said last; none of them: nobody was."""
        self._open()
        if self.attendance == list(present):
            raise DecisionRefused(said("the same was said already"))
        self._attended(list(present), by, at)

    def settle(self, item: str, outcome: Outcome, text: str = "", *, by: str, at: int) -> None:
        self._open()
        self._item_settled(item, outcome, text, [], by, at)

    def settle_rest(self, items: Sequence[str], outcome: Outcome, *, by: str, at: int) -> None:
        """All that are left, by one act."""
        self._open()
        left = [one for one in items if one not in self.outcomes]
        if not left:
            raise DecisionRefused(said("every item is settled already"))
        self._item_settled(REST, outcome, "", left, by, at)

    def take_minutes(self, text: str, *, by: str, at: int) -> None:
        self._open()
        require_new(self.minutes, text, by)
        self._minutes_taken(text, by, at)

    def record_decision(self, text: str, *, by: str, at: int) -> None:
        self._open()
        require_new((one for one in self.decisions if "kind" not in one), text, by)
        self._decision_recorded(text, by, at)

    def take_decision(
        self, kind: str, subject: str, text: str, arguments: Mapping[str, Any], item: str | None, *, by: str, at: int
    ) -> int:
        """A decision that becomes something once both have signed, and settles its item; its number."""
        self._open()
        if any(
            (one.get("kind"), one.get("arguments"), one["text"]) == (kind, arguments, text) for one in self.decisions
        ):
            raise DecisionRefused(said("the same was decided already"))
        self._decision_taken(self.decided + 1, kind, item, subject, text, dict(arguments), by, at)
        return self.decided

    def withdraw_decision(self, decision: int, *, by: str, at: int) -> None:
        """One with a kind, by either party; its item is open again."""
        self._open()
        if all(one.get("decision") != decision or "kind" not in one for one in self.decisions):
            raise DecisionRefused(said("there is no decision {decision} to withdraw", decision=decision))
        self._decision_withdrawn(decision, by, at)

    def take_back_minutes(self, said_at: int, *, by: str, at: int) -> None:
        """By who noted them, while nothing is submitted."""
        self._open()
        place_of_own(self.minutes, said_at, by)
        self._minutes_taken_back(said_at, by, at)

    def take_back_decision(self, said_at: int, *, by: str, at: int) -> None:
        """By who recorded it, while nothing is submitted."""
        self._open()
        place_of_own([one for one in self.decisions if "kind" not in one], said_at, by)
        self._decision_taken_back(said_at, by, at)

    # What lies before both

    def submit(self, fingerprint: str, position: int, *, by_signing: bool = False, by: str, at: int) -> None:
        self._open()
        self._submitted(self.revision + 1, fingerprint, position, by_signing, by, at)

    def sign(self, party: Party, service: str, fingerprint: str | None = None, *, by: str, at: int) -> None:
        """`fingerprint`: that of what was submitted; None of what was signed when there were no submissions."""
        self.require_signable(party, service)
        revision = self.submission["revision"] if self.submission is not None else None
        self._signed(party, service, by, at, revision, fingerprint)

    def require_signable(self, party: Party, service: str) -> None:
        if any(one["party"] == party for one in self.signatures):
            raise DecisionRefused(said("{service} has signed it already", service=service))

    def refuse(self, party: Party, reasons: Sequence[str], decisions: Sequence[int], *, by: str, at: int) -> None:
        """By a party that has not signed it."""
        submission = self._before_both()
        if any(one["party"] == party for one in self.signatures):
            raise DecisionRefused(said("who has signed it does not refuse it"))
        known = {one.get("decision") for one in self.decisions}
        for decision in decisions:
            if decision not in known:
                raise DecisionRefused(said("there is no decision {decision}", decision=decision))
        self._refused(party, submission["revision"], list(reasons), list(decisions), by, at)

    def take_back(self, reason: str, *, by: str, at: int) -> None:
        """What was submitted is changed again; signatures on it are void."""
        submission = self._before_both()
        self._taken_back(submission["revision"], reason, by, at)

    def take_effect(self, entries: Sequence[Mapping[str, Any]], *, by: str, at: int) -> None:
        """With the second signature: which stream each decision with a kind has changed."""
        self._took_effect(self.revision, [dict(one) for one in entries], by, at)

    def _before_both(self) -> Note:
        if self.is_signed:
            raise DecisionRefused(said("both have signed it: what was signed is not changed any more"))
        if self.submission is not None:
            return self.submission
        if self.signatures:
            return {"revision": 1}
        raise DecisionRefused(said("nothing is submitted"))

    def _open(self) -> None:
        if not self.is_called:
            raise DecisionRefused(said("the review has not taken place yet"))
        self._nothing_submitted()

    def _nothing_submitted(self) -> None:
        if self.signatures:
            raise DecisionRefused(said("it was signed: what was signed is not changed any more"))
        if self.submission is not None:
            raise DecisionRefused(said("it is submitted: take it back to change it"))

    # What happened

    def _is_called(self, starts: int, pack_position: int, watermark: int | None) -> None:
        self.starts, self.pack_position, self.watermark = starts, pack_position, watermark

    @event(Moved)
    def _moved(self, starts: int, ends: int, reason: str, sequence: int, by: str, at: int) -> None:
        self.starts, self.ends = starts, ends
        self.moves.append({"starts": starts, "by": by, "at": at, "text": reason, "sequence": sequence})

    @event(Cancelled)
    def _cancelled(self, reason: str, sequence: int, by: str, at: int) -> None:
        self.cancelled = {"by": by, "at": at, "text": reason, "sequence": sequence}

    @event(PackIssued)
    def _pack_issued(self, as_of: int, position: int, sequence: int, by: str, at: int) -> None:
        self.issued.append({"as_of": as_of, "position": position, "sequence": sequence, "by": by, "at": at})

    @event(Answered)
    def _answered(self, person: str, answer: str, sequence: int, way: str | None, by: str, at: int) -> None:
        self.answers.append({"person": person, "answer": answer, "sequence": sequence, "way": way, "by": by, "at": at})

    @event(Attended)
    def _attended(self, present: list[str], by: str, at: int) -> None:
        self.attendance = present

    @event(ItemAdded)
    def _item_added(self, item: str, text: str, party: str, takes: int, by: str, at: int) -> None:
        self.added.append({"item": item, "text": text, "party": party, "takes": takes, "by": by, "at": at})

    @event(ItemSettled)
    def _item_settled(self, item: str, outcome: str, text: str, rest: list[str], by: str, at: int) -> None:
        for one in [item] if item != REST else rest:
            self.outcomes[one] = {"outcome": outcome, "text": text, "by": by, "at": at, "rest": item == REST}

    @event(MinutesTaken)
    def _minutes_taken(self, text: str, by: str, at: int) -> None:
        self.minutes.append({"by": by, "at": at, "text": text})

    @event(DecisionRecorded)
    def _decision_recorded(self, text: str, by: str, at: int) -> None:
        self.decided += 1
        self.decisions.append({"by": by, "at": at, "text": text, "decision": self.decided})

    @event(MinutesTakenBack)
    def _minutes_taken_back(self, said_at: int, by: str, at: int) -> None:
        self.minutes = without_own(self.minutes, said_at, by)
        self.taken_back += 1

    @event(DecisionTakenBack)
    def _decision_taken_back(self, said_at: int, by: str, at: int) -> None:
        kept = {one["decision"] for one in without_own(self.decisions, said_at, by)}
        self.decisions = [one for one in self.decisions if "kind" in one or one["decision"] in kept]
        self.taken_back += 1

    @event(DecisionTaken)
    def _decision_taken(
        self,
        decision: int,
        kind: str,
        item: str | None,
        subject: str,
        text: str,
        arguments: dict[str, Any],
        by: str,
        at: int,
    ) -> None:
        self.decided = decision
        self.decisions.append({"decision": decision, "kind": kind, "item": item, "subject": subject, "text": text,
                               "arguments": arguments, "by": by, "at": at})  # fmt: skip
        for one in [item] if item else ():
            self.outcomes[one] = {"outcome": "decided", "text": "", "by": by, "at": at, "rest": False}

    @event(DecisionWithdrawn)
    def _decision_withdrawn(self, decision: int, by: str, at: int) -> None:
        items = {one.get("item") for one in self.decisions if one["decision"] == decision}
        self.decisions = [one for one in self.decisions if one["decision"] != decision]
        items -= {one.get("item") for one in self.decisions}
        self.outcomes = {item: one for item, one in self.outcomes.items() if item not in items}
        self.taken_back += 1

    @event(Submitted)
    def _submitted(self, revision: int, fingerprint: str, position: int, by_signing: bool, by: str, at: int) -> None:
        self.submissions.append({"revision": revision, "fingerprint": fingerprint, "position": position,
                                 "by_signing": by_signing, "by": by, "at": at, "signatures": []})  # fmt: skip

    @event(Signed)
    def _signed(
        self, party: str, service: str, by: str, at: int, revision: int | None = None, fingerprint: str | None = None
    ) -> None:
        self.signatures.append({"party": party, "service": service, "by": by, "at": at,
                                "revision": revision, "fingerprint": fingerprint})  # fmt: skip

    @event(Refused)
    def _refused(self, party: str, revision: int, reasons: list[str], decisions: list[int], by: str, at: int) -> None:
        self.refusals.append({"party": party, "revision": revision, "reasons": reasons, "decisions": decisions,
                              "by": by, "at": at})  # fmt: skip
        self._end("refused", {"by": by, "at": at, "text": ""}, revision)

    @event(TakenBack)
    def _taken_back(self, revision: int, reason: str, by: str, at: int) -> None:
        self._end("taken-back", {"by": by, "at": at, "text": reason}, revision)

    @event(TookEffect)
    def _took_effect(self, revision: int, entries: list[dict[str, Any]], by: str, at: int) -> None:
        self.took_effect = entries

    def _end(self, how: str, why: Note, revision: int) -> None:
        if not self.submissions:  # signed when there were no submissions
            self.submissions.append({"revision": revision, "fingerprint": None, "position": None,
                                     "by_signing": True, "by": why["by"], "at": why["at"], "signatures": []})  # fmt: skip
        self.submissions[-1] |= {"ended": how, "why": why, "signatures": self.signatures}
        self.signatures = []
