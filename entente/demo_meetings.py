"""How the people of the demo meet: two contracts whose reviews go by the agenda, with decisions that take effect when both have
signed; of one the minutes are refused once, one is skipped. The other contracts note and sign."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from domain.times import Clock, local_date, zone
from entente.demo_said import PROTOCOLS, Protocol
from entente.demo_words import ROOT_CAUSES
from entente.wiring import Program
from services.access import ADMINISTRATOR, Principal
from services.actions.acting import Acting
from services.breaches.rows import ActionRow
from services.contract_files import read_documents
from services.contracts.reading import read_contract
from services.errors import EntenteError
from services.reviews.agenda_state import Item, Proposal
from services.reviews.packs import held_pack
from services.reviews.reading import read_reviews
from services.reviews.reviewing import Reviewing
from services.reviews.rows import Arguments, ReviewRow

DAY: Final = 24 * 3_600_000_000
THINKS: Final = (6 * DAY, 6 * DAY, 13 * DAY)
"""How long the client takes before it answers what was submitted."""
SETTLED_MEANWHILE: Final = ("excuse", "reschedule", "accept-as-is")
"""Kinds of decisions about what people may have settled before the second signature."""
MOST_DECIDED: Final = 4
"""Decisions of one meeting."""
ONCE: Final = ("action", "accept-as-is")
"""Kinds of which a meeting takes one at most."""
PARIS: Final = zone("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Meeting:
    """A review, the how many-th of its contract, and who meets."""

    row: ReviewRow
    number: int
    supplier: Principal
    client: Principal
    protocol: Protocol

    @property
    def draw(self) -> Random:
        """Drawn for each review by itself, so that the rest of the demo's year is as it was."""
        return Random(self.row.id)


class Meetings:
    def __init__(self, program: Program, now: Clock, leader: Callable[[str], Principal]):
        self._program = program
        self._now = now
        self._leader = leader

    def go_on(self) -> None:
        """Once a week: what was called is held, what was submitted is answered."""
        for contract, protocol in PROTOCOLS.items():
            rows = self._program.store.read(ADMINISTRATOR, read_reviews, contract=contract)
            parties = self._program.store.read(ADMINISTRATOR, read_contract, contract)
            supplier, client = self._leader(parties.supplier), self._leader(parties.client)
            for number, row in enumerate(rows, 1):
                meeting = Meeting(row, number, supplier, client, protocol)
                if row.state == "planned":
                    self._prepare(meeting)
                elif row.state in ("held", "refused") and number != protocol.skipped:
                    self._hold(meeting)
                elif row.state == "half-signed":
                    self._answer(meeting)

    def plan(self, who: Principal, row: ActionRow) -> bool:
        """What a meeting decided is planned in steps by who does it; says whether anything was to plan or to do by steps."""
        protocol = PROTOCOLS.get(row.commitment.partition("/")[0])
        if protocol is None or row.review is None:
            return False
        acting = self._program.store.use(Acting)
        if not row.plan["steps"]:
            [document] = read_documents(protocol.plans[len(row.text) % len(protocol.plans)], "plan")
            return self._tried(lambda: acting.plan(who, row.id, document))
        undone = [one["id"] for one in row.plan["steps"] if one["id"] not in row.steps_done]
        if undone:
            self._tried(lambda: acting.do_step(who, row.id, undone[0]))
        return bool(undone)

    def _prepare(self, meeting: Meeting) -> None:
        """Somebody adds an item before the hour, now and then."""
        text = dict(meeting.protocol.added).get(meeting.number)
        if text is not None and not meeting.row.added and meeting.row.starts - self._now() < 8 * DAY:
            reviewing = self._program.store.use(Reviewing)
            self._tried(lambda: reviewing.add(meeting.client, meeting.row.id, text, 10))

    def _hold(self, meeting: Meeting) -> None:
        reviewing, protocol, row = self._program.store.use(Reviewing), meeting.protocol, meeting.row
        if row.state == "refused":
            self._tried(lambda: reviewing.minutes(meeting.client, row.id, protocol.mended))
        else:
            self._tried(lambda: reviewing.attend(meeting.client, row.id, protocol.present))
            self._tried(lambda: reviewing.minutes(meeting.client, row.id, meeting.draw.choice(protocol.minutes)))
            self._decide(meeting, reviewing)
            self._tried(lambda: reviewing.settle_rest(meeting.client, row.id, "noted"))
        if self._tried(lambda: reviewing.submit(meeting.client, row.id)):
            self._tried(lambda: reviewing.sign_review(meeting.supplier, row.id))

    def _answer(self, meeting: Meeting) -> None:
        """The client signs what it has read, a week later or two; of one the first revision is refused."""
        row, reviewing = meeting.row, self._program.store.use(Reviewing)
        submission = row.submission
        if submission is None or self._now() - submission.at < meeting.draw.choice(THINKS):
            return
        if meeting.number == meeting.protocol.refused and submission.revision == 1:
            reviewing.refuse(meeting.client, row.id, [meeting.protocol.refusal])
        elif not self._tried(lambda: reviewing.sign_review(meeting.client, row.id, fingerprint=submission.fingerprint)):
            self._take_back(meeting, reviewing)

    def _take_back(self, meeting: Meeting, reviewing: Reviewing) -> None:
        """What was settled meanwhile cannot take effect any more: it is left out of another revision, and all of it of a third."""
        id, who = meeting.row.id, meeting.client
        reviewing.take_back_revision(who, id, meeting.protocol.settled)
        for one in meeting.row.taken:
            if one.kind in SETTLED_MEANWHILE or meeting.row.revision > 1:
                reviewing.withdraw(who, id, one.decision)
        self._tried(lambda: reviewing.settle_rest(who, id, "noted"))
        reviewing.submit(who, id)
        reviewing.sign_review(meeting.supplier, id)

    # what is decided

    def _decide(self, meeting: Meeting, reviewing: Reviewing) -> None:
        """The first items of the agenda are decided as it proposes, one of those left is carried."""
        held = held_pack(self._program.store.seeing, meeting.client, meeting.row.id)
        owed = {one["id"]: one["commitment"] for one in held.pack["breaches"] if one["state"] == "open"}
        kinds: list[str] = []
        left: list[Item] = []
        for item in held.items:
            kind = self._taken(meeting, reviewing, item, owed, kinds) if len(kinds) < MOST_DECIDED else None
            if kind is None:
                left.append(item)
            else:
                kinds.append(kind)
        if len(left) > MOST_DECIDED:
            self._tried(lambda: reviewing.settle(meeting.client, meeting.row.id, left[-1].id, "carried"))
        text = meeting.draw.choice(meeting.protocol.agreed)
        self._tried(lambda: reviewing.decide(meeting.supplier, meeting.row.id, text))

    def _taken(
        self, meeting: Meeting, reviewing: Reviewing, item: Item, owed: Mapping[str, str], before: Collection[str]
    ) -> str | None:
        """The kind of the decision that was taken of it, if one was."""
        for kind, arguments, text in _chosen(meeting, item, owed):
            is_new = kind not in ONCE or kind not in before
            if is_new and self._tried(_taking(reviewing, meeting, kind, arguments, text, item)):
                return kind
        return None

    def _tried(self, decide: Callable[[], object]) -> bool:
        """Whether it was decided. People sometimes come too late for a decision; that is no fault of the demo."""
        try:
            decide()
        except EntenteError as error:
            if error.status not in (403, 409):
                raise
            return False
        return True


def _taking(
    reviewing: Reviewing, meeting: Meeting, kind: str, arguments: Arguments, text: str, item: Item
) -> Callable[[], object]:
    return lambda: reviewing.take_decision(meeting.client, meeting.row.id, kind, arguments, text, item.id)


def _chosen(meeting: Meeting, item: Item, owed: Mapping[str, str]) -> Iterator[tuple[str, Arguments, str]]:
    """What the meeting decides of an item, the first of it that can be."""
    proposals = {one.kind: one for one in item.proposals}
    draw, protocol = Random(item.id + meeting.row.id), meeting.protocol
    if (found := proposals.get("attribute")) is not None:
        root = draw.choice(ROOT_CAUSES[meeting.row.contract])
        yield "attribute", {**found.arguments, "root_cause": root}, ""
    breach = item.subject.removeprefix("breach:")
    about: Arguments | None = {"commitment": owed[breach], "breach": breach} if breach in owed else None
    if (found := proposals.get("action")) is not None:
        about = found.arguments
    if about is not None:
        yield "action", {**about, "text": draw.choice(protocol.actions), "due": _day(meeting, 30)}, ""
    if (found := proposals.get("excuse")) is not None:
        yield "excuse", {**found.arguments, "answer": "accept"}, protocol.excused
    yield from _of_an_action(meeting, item.code, proposals)


def _of_an_action(meeting: Meeting, code: str, proposals: dict[str, Proposal]) -> Iterator[tuple[str, Arguments, str]]:
    """Past its day it gets another one; what was escalated, or helped nothing twice, is let be."""
    if (found := proposals.get("reschedule")) is not None and code == "overdue":
        yield "reschedule", {**found.arguments, "due": _day(meeting, 21)}, meeting.protocol.later
    if (found := proposals.get("accept-as-is")) is not None and code == "effect":
        yield "accept-as-is", found.arguments, meeting.protocol.let_be


def _day(meeting: Meeting, days: int) -> str:
    first: date = local_date(meeting.row.starts, PARIS)
    return (first + timedelta(days=days)).isoformat()
