"""The people of the demo: once a week they look at what judging found, and decide, through the same use cases as anybody."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from domain.times import Clock
from entente.demo_meetings import Meetings
from entente.demo_said import PROTOCOLS
from entente.demo_words import OF_WHAT_CAME_FIRST, ROOT_CAUSES, Plea, words_of
from entente.wiring import Program
from services.access import ADMINISTRATOR, Principal
from services.arrivals.reading import read_quarantine
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_actions, read_breaches
from services.breaches.rows import BreachRow
from services.causes.attributing import Attributing
from services.contracts.reading import read_contract
from services.directory.reading import read_services
from services.errors import EntenteError
from services.excuses.excusing import Excusing
from services.excuses.reading import read_excuses
from services.figures.reading import read_commitment
from services.reviews.reading import read_reviews
from services.reviews.reviewing import Reviewing

WEEK = 7 * 24 * 3_600_000_000


class People:
    """`meet` is called once a week of the demo's time."""

    def __init__(self, program: Program, draw: Random, now: Clock):
        self._program = program
        self._draw = draw
        self._now = now
        self._leaders: dict[str, Principal] = {}
        self._meetings = Meetings(program, now, self._leader)

    def meet(self) -> None:
        self._look_at_breaches()
        self._answer_excuses()
        self._ask_for_excuses()
        self._work_on_actions()
        self._hold_reviews()
        self._meetings.go_on()
        self._sort_quarantine()
        self._program.store.judging.catch_up()

    def _look_at_breaches(self) -> None:
        following_up = self._program.store.use(FollowingUp)
        for row in self._program.store.read(ADMINISTRATOR, read_breaches, state="open"):
            who = self._leader(row.debtor)
            if row.acknowledged_by is None and self._draw.random() < 0.6:
                self._try(following_up.acknowledge, who, row.id)
            elif row.acknowledged_by and not row.explanations and self._draw.random() < 0.5:
                text = self._draw.choice(words_of(row.commitment).causes)
                self._try(following_up.explain_breach, who, row.id, text)
            elif row.explanations and not row.attributions:
                self._attribute(row)

    def _attribute(self, row: BreachRow) -> None:
        """Three of four breaches that are explained are attributed by who owed them, one in eight by the other party, too, and to
        another cause. Drawn for each breach by itself."""
        draw = Random(row.id)
        chance, roots = draw.random(), ROOT_CAUSES[row.commitment.partition("/")[0]]
        if chance >= 0.75:
            return
        attributing = self._program.store.use(Attributing)
        root = draw.choice(roots)
        self._try(attributing.attribute, self._leader(row.debtor), row.id, root)
        if chance < 0.125:
            other = draw.choice([one for one in roots if one != root])
            owed = self._program.store.read(ADMINISTRATOR, read_commitment, row.commitment)
            self._try(attributing.attribute, self._leader(owed.creditor), row.id, other)

    def _ask_for_excuses(self) -> None:
        """Of what was missed lately and its contract has an excuse for; one at least is asked for while none waits."""
        excusing = self._program.store.use(Excusing)
        waits = bool(self._program.store.read(ADMINISTRATOR, read_excuses, state="asked"))
        for row in self._program.store.read(ADMINISTRATOR, read_breaches, state="open"):
            pleas, age = words_of(row.commitment).pleas, self._now() - (row.opened_at or 0)
            chance = 0.3 if waits else 1
            if pleas and row.key is not None and age < 8 * WEEK and self._draw.random() < chance:
                waits |= self._try(_ask, excusing, self._leader(row.debtor), row, self._draw.choice(pleas))

    def _answer_excuses(self) -> None:
        """One or some weeks after it was asked, so that some wait."""
        excusing = self._program.store.use(Excusing)
        for row in self._program.store.read(ADMINISTRATOR, read_excuses, state="asked"):
            plea = next((one for one in words_of(row.scope).pleas if one.text == row.text), OF_WHAT_CAME_FIRST)
            if row.waits_for is None or self._now() - row.asked_at < WEEK:
                continue
            if row.contract in PROTOCOLS and self._now() - row.asked_at < 6 * WEEK:
                continue  # they answer it when they meet
            if self._draw.random() < 0.5:
                continue  # not this week
            who = self._leader(row.waits_for)
            if self._draw.random() < 0.6:
                self._try(excusing.accept, who, row.id, plea.accepted)
            else:
                self._try(excusing.refuse, who, row.id, plea.refused)

    def _work_on_actions(self) -> None:
        following_up = self._program.store.use(FollowingUp)
        for row in self._program.store.read(ADMINISTRATOR, read_actions, state="open"):
            who = self._person(row.owner, row.person)
            age = self._now() - row.opened_at
            chance = self._draw.random()
            if self._meetings.plan(who, row):
                continue
            if row.progress and age > 3 * WEEK and chance < 0.35:
                text = self._draw.choice(words_of(row.commitment).closings)
                self._try(following_up.close, who, row.id, text)
            elif chance < 0.2:
                text = self._draw.choice(words_of(row.commitment).steps)
                self._try(following_up.progress, who, row.id, text)

    def _hold_reviews(self) -> None:
        reviewing = self._program.store.use(Reviewing)
        for row in self._program.store.read(ADMINISTRATOR, read_reviews):
            if row.state != "held" or row.signatures or row.contract in PROTOCOLS:
                continue
            contract = self._program.store.read(ADMINISTRATOR, read_contract, row.contract)
            client, supplier = (self._leader(one) for one in (contract.client, contract.supplier))
            self._try(reviewing.minutes, client, row.id, "Chiffres lus ensemble, sans contestation.")
            if self._draw.random() < 0.5:
                self._try(reviewing.decide, client, row.id, "Objectif maintenu ; à revoir la prochaine fois.")
            self._try(reviewing.sign_review, supplier, row.id)
            if self._draw.random() < 0.85:
                self._try(reviewing.sign_review, client, row.id)

    def _sort_quarantine(self) -> None:
        for row in self._program.store.read(ADMINISTRATOR, read_quarantine):
            if self._now() - row.received > 4 * WEEK:
                self._try(self._program.quarantine.discard, row.id, ADMINISTRATOR, "The tool sent it again, whole.")

    def _person(self, service: str, person: str | None) -> Principal:
        """Gives that person, who may be of the other party; else whoever leads the service."""
        rows = self._program.store.read(ADMINISTRATOR, read_services)
        own = [id for id, row in rows.items() if any(person == one for one, _, _ in row.people)]
        return _member(own[0], person) if person and own else self._leader(service)

    def _leader(self, service: str) -> Principal:
        if service not in self._leaders:
            self._leaders[service] = leader(self._program, service)
        return self._leaders[service]

    def _try(self, decide: Callable[..., object], *said: object) -> bool:
        """Whether it was decided. People sometimes come too late for a decision; that is no fault of the demo."""
        try:
            decide(*said)
        except EntenteError as error:
            if error.status not in (403, 409):
                raise
            return False
        return True


def _ask(excusing: Excusing, who: Principal, row: BreachRow, plea: Plea) -> object:
    assert row.key is not None
    return excusing.ask(who, row.commitment, reason=plea.reason, text=plea.text, keys=[row.key])


def leader(program: Program, service: str) -> Principal:
    """Whoever the service names first."""
    row = program.store.read(ADMINISTRATOR, read_services).get(service)
    return _member(service, next((id for id, _, _ in row.people), "head") if row else "head")


def _member(service: str, person: str) -> Principal:
    return Principal("member", frozenset({service}), person)
