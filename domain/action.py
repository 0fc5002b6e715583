"""An action: what somebody will do about a breach."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, require_new
from domain.plan import NO_PLAN, Ground, Plan, require_step
from domain.saying import heard, said

WENT_AWAY = "the miss went away"
BEFORE_USE = "it was missed before the contract came into use"
"""Why the platform drops actions."""
DID_NOT_HELP = "it did not help"
"""Why the platform reopens actions."""
WORK = ("progress", "plan", "done", "evidence", "spent", "changes")
"""What people say of an action while they do it."""


class ReasonsMissing(DecisionRefused):
    """Steps are not done, and nobody says why."""

    def __init__(self, steps: list[str]):
        super().__init__(said("these steps are not done, and nobody says why: {steps}", steps=", ".join(steps)))
        self.steps = steps


class Action(Aggregate):
    """`state`: open, closed, not needed. `due` is a local date as YYYY-MM-DD. `moment`, of what the platform does: the instant
    at which time or evidence asked for it, however late that was noticed; None where nobody noted it.

    `scope`: what it is about where that is more than its commitment; `trigger`: the key of the miss that called for it;
    `review`: the meeting whose signed decision made it. What an older entry does not say is None."""

    TOPIC = "entente.action"

    class Created(Aggregate.Created):
        TOPIC = "entente.action.opened"
        action: str
        commitment: str
        period: str
        cause: str
        text: str
        owner: str
        person: str | None
        due: str | None
        by: str
        at: int
        moment: int | None = None
        scope: str | None = None
        trigger: str | None = None
        review: str | None = None

    class Progressed(Aggregate.Event):
        TOPIC = "entente.action.progressed"
        text: str
        by: str
        at: int

    class Commented(Aggregate.Event):
        TOPIC = "entente.action.commented"
        text: str
        by: str
        at: int

    class Named(Aggregate.Event):
        TOPIC = "entente.action.named"
        title: str
        person: str | None
        by: str
        at: int

    class Grounded(Aggregate.Event):
        TOPIC = "entente.action.grounded"
        grounds: list[Ground]
        by: str
        at: int

    class Planned(Aggregate.Event):
        TOPIC = "entente.action.planned"
        plan: Plan
        by: str
        at: int

    class StepDone(Aggregate.Event):
        TOPIC = "entente.action.step-done"
        step: str
        by: str
        at: int

    class StepUndone(Aggregate.Event):
        TOPIC = "entente.action.step-undone"
        step: str
        reason: str
        by: str
        at: int

    class Evidenced(Aggregate.Event):
        """Positions of the history, or a document."""

        TOPIC = "entente.action.evidenced"
        positions: list[int]
        document: dict[str, str] | None
        by: str
        at: int

    class Spent(Aggregate.Event):
        """`amount`: whole minor units of the currency; a negative one corrects."""

        TOPIC = "entente.action.spent"
        amount: int
        currency: str
        year: int
        text: str
        by: str
        at: int

    class Rescheduled(Aggregate.Event):
        TOPIC = "entente.action.rescheduled"
        due: str
        reason: str
        review: str | None
        by: str
        at: int

    class Reassigned(Aggregate.Event):
        TOPIC = "entente.action.reassigned"
        owner: str
        person: str | None
        reason: str
        review: str | None
        by: str
        at: int

    class Escalated(Aggregate.Event):
        """`step`: of the contract's ladder, from 1; `to`: whom that one tells."""

        TOPIC = "entente.action.escalated"
        step: int
        to: list[str]
        by: str
        at: int
        moment: int | None = None

    class EffectFound(Aggregate.Event):
        """`before`, `after`: missed and judged units; `p_better`, `p_worse`: exact, as `1/5`, None where nothing is
        compared; `position`: what it was found at."""

        TOPIC = "entente.action.effect-found"
        check: int
        verdict: str
        before: dict[str, int]
        after: dict[str, int]
        p_better: str | None
        p_worse: str | None
        kept: bool | None
        from_key: str | None
        to_key: str | None
        position: int
        by: str
        at: int
        moment: int | None = None

    class Reopened(Aggregate.Event):
        """`check`: the effect check that asked for it; None where people did."""

        TOPIC = "entente.action.reopened"
        check: int | None
        reason: str
        due: str | None
        by: str
        at: int
        moment: int | None = None

    class AcceptedAsIs(Aggregate.Event):
        TOPIC = "entente.action.accepted-as-is"
        review: str
        reason: str
        by: str
        at: int

    class Closed(Aggregate.Event):
        """`effective_from`: the local date from which it is to help, None of before; `undone`: why steps are not done, by step."""

        TOPIC = "entente.action.closed"
        text: str
        by: str
        at: int
        effective_from: str | None = None
        undone: dict[str, str] | None = None

    class NotNeeded(Aggregate.Event):
        TOPIC = "entente.action.not-needed"
        text: str
        by: str
        at: int
        moment: int | None = None

    @staticmethod
    def create_id(*_: Any, action: str = "", **__: Any) -> UUID:
        return UUID(action)

    @event(Created)
    def __init__(
        self,
        action: str,
        commitment: str,
        period: str,
        cause: str,
        text: str,
        owner: str,
        person: str | None,
        due: str | None,
        by: str,
        at: int,
        moment: int | None = None,
        scope: str | None = None,
        trigger: str | None = None,
        review: str | None = None,
    ):
        self.action = action
        self.commitment = commitment
        self.period = period
        self.cause = cause
        self.text = text
        self.owner = owner
        self.person = person
        self.due = due
        self.by = by
        self.at = at
        self.moment = moment
        self.scope = scope
        self.trigger = trigger
        self.review = review
        self.state = "open"
        self.progress: list[Note] = []
        self.closing: Note | None = None
        self.title = ""
        self.comments: list[Note] = []
        self.grounds: list[Ground] = []
        self.plan: Plan | None = None
        self.done: dict[str, Note] = {}
        """The steps that are done, by id."""
        self.evidence: list[Note] = []
        self.spent: list[Note] = []
        self.changes: list[Note] = []
        """Other days, people and owners, and reopenings, in their order."""
        self.closings: list[Note] = []
        """What was said each time it was closed, with `effective_from` and `undone`."""
        self.checks: list[Note] = []
        self.escalations: list[Note] = []
        """Steps of the ladder that were reached since its day was set last."""
        self.accepted: Note | None = None

    @property
    def was_worked_on(self) -> bool:
        return any(getattr(self, name) for name in WORK)

    @property
    def was_spoken_of(self) -> bool:
        """Says whether any person has said anything of it."""
        return bool(self.was_worked_on or self.comments or self.title or self.grounds or self.closings)

    def note_progress(self, text: str, *, by: str, at: int) -> None:
        """What was noted last is not noted again; nothing new may be all that there is to say, some time later."""
        self._open(said("progress"))
        require_new(self.progress[-1:], text, by)
        self._progressed(text, by, at)

    def comment(self, text: str, *, by: str, at: int) -> None:
        """What is no progress: a question, an answer."""
        self._open(said("comment on"))
        require_new(self.comments, text, by)
        self._commented(text, by, at)

    def name(self, title: str, person: str | None, *, by: str, at: int) -> None:
        """What it is called, and who does it, from now on."""
        self._open(said("change"))
        if (title, person) == (self.title, self.person):
            raise DecisionRefused(said("it is called so already, and that person does it"))
        self._named(title, person, by, at)

    def ground(self, grounds: list[Ground], *, by: str, at: int) -> None:
        """What it rests on; what is cited already is not cited again."""
        self._open(said("change"))
        known = [(one["ref"], one["document"]) for one in self.grounds]
        if new := [one for one in grounds if (one["ref"], one["document"]) not in known]:
            self._grounded(new, by, at)
        else:
            raise DecisionRefused(said("the same was cited already"))

    def make_plan(self, plan: Plan, *, by: str, at: int) -> None:
        """The plan from now on; steps of the same id stay done. Until it is closed: an effect is not chosen afterwards."""
        self._open(said("change"))
        if plan == (self.plan or NO_PLAN):
            raise DecisionRefused(said("that is its plan already"))
        self._planned(plan, by, at)

    def do_step(self, step: str, *, by: str, at: int) -> None:
        self._open(said("change"))
        require_step((self.plan or NO_PLAN)["steps"], step)
        if step in self.done:
            raise DecisionRefused(said("the step “{step}” is done already", step=step))
        self._step_done(step, by, at)

    def undo_step(self, step: str, reason: str, *, by: str, at: int) -> None:
        self._open(said("change"))
        require_step((self.plan or NO_PLAN)["steps"], step)
        if step not in self.done:
            raise DecisionRefused(said("the step “{step}” is not done", step=step))
        self._step_undone(step, reason, by, at)

    def show_evidence(self, positions: list[int], document: dict[str, str] | None, *, by: str, at: int) -> None:
        self._open(said("change"))
        if any((one["positions"], one["document"]) == (positions, document) for one in self.evidence):
            raise DecisionRefused(said("that is among its evidence already"))
        self._evidenced(positions, document, by, at)

    def spend(self, amount: int, currency: str, year: int, text: str, *, by: str, at: int) -> None:
        """Money that was spent, in minor units; negative to correct. What was noted last is not noted again."""
        self._open(said("change"))
        last = self.spent[-1:]
        if [(one["amount"], one["currency"], one["year"], one["text"], one["by"]) for one in last] == [
            (amount, currency, year, text, by)
        ]:
            raise DecisionRefused(said("the same was said already"))
        if amount == 0:
            raise DecisionRefused(said("nothing was spent"))
        self._spent(amount, currency, year, text, by, at)

    def reschedule(self, due: str, reason: str, *, by: str, at: int, review: str | None = None) -> None:
        """Another day; of what a signed decision made only by a later one (`review`)."""
        self._open(said("change"))
        self._require_decided(review)
        if due == self.due:
            raise DecisionRefused(said("that is its day already"))
        self._rescheduled(due, reason, review, by, at)

    def reassign(
        self, owner: str, person: str | None, reason: str, *, by: str, at: int, review: str | None = None
    ) -> None:
        """Another person, or another service; the service of what a signed decision made only by a later one."""
        self._open(said("change"))
        if owner != self.owner:
            self._require_decided(review)
        if (owner, person) == (self.owner, self.person):
            raise DecisionRefused(said("it is theirs already"))
        self._reassigned(owner, person, reason, review, by, at)

    def escalate(self, step: int, to: list[str], *, by: str, at: int, moment: int | None = None) -> None:
        """A step of the ladder that time has reached: once each, until the action has another day."""
        self._open(said("change"))
        if any(one["step"] == step for one in self.escalations):
            raise DecisionRefused(said("the same was said already"))
        self._escalated(step, to, by, at, moment)

    def find_effect(self, finding: Note, *, by: str, at: int, moment: int | None = None) -> None:
        """What the check of its last closing came to: once for each closing. `finding`: what the entry says beside who and when."""
        if self.state != "closed":
            raise DecisionRefused(
                said("the action is {state}: there is no effect to look for", state=heard(self.state))
            )
        if finding["check"] != len(self.closings) or any(one["check"] == finding["check"] for one in self.checks):
            raise DecisionRefused(said("the effect of this closing was found already"))
        self._effect_found(**finding, by=by, at=at, moment=moment)

    def reopen(
        self,
        reason: str,
        *,
        by: str,
        at: int,
        check: int | None = None,
        due: str | None = None,
        moment: int | None = None,
    ) -> None:
        """It is to be done again; `due`: its new day, None where that stays."""
        if self.state != "closed" or self.accepted is not None:
            raise DecisionRefused(said("the action is {state}: there is nothing to reopen", state=heard(self.state)))
        self._reopened(check, reason, due, by, at, moment)

    def accept_as_is(self, review: str, reason: str, *, by: str, at: int) -> None:
        """Both parties let it be as it is, without effect: it is closed, and is not reopened any more."""
        if self.state == "not needed" or self.accepted is not None:
            raise DecisionRefused(said("the action is {state}: there is nothing to accept", state=heard(self.state)))
        self._accepted_as_is(review, reason, by, at)

    def undone_steps(self) -> list[str]:
        """The steps of its plan that are not done, in their order."""
        return [one["id"] for one in (self.plan or NO_PLAN)["steps"] if one["id"] not in self.done]

    def close(
        self,
        text: str,
        *,
        by: str,
        at: int,
        effective_from: str | None = None,
        undone: dict[str, str] | None = None,
    ) -> None:
        """`undone` gives the reason of each step that is not done, and of no other."""
        self._open(said("close"))
        reasons = undone or {}
        for step in reasons:
            require_step((self.plan or NO_PLAN)["steps"], step)
        if missing := [one for one in self.undone_steps() if not reasons.get(one)]:
            raise ReasonsMissing(missing)
        if done := [one for one in reasons if one in self.done]:
            raise DecisionRefused(said("the step “{step}” is done already", step=done[0]))
        self._closed(text, by, at, effective_from, undone or None)

    def drop(self, text: str, *, by: str, at: int, moment: int | None = None) -> None:
        """The miss went away before anybody worked on it (MEANING §5)."""
        self._open(said("drop"))
        if self.was_worked_on:
            raise DecisionRefused(said("somebody has worked on it"))
        self._not_needed(text, by, at, moment)

    def _require_decided(self, review: str | None) -> None:
        """Raises DecisionRefused of what a signed decision made, unless another one changes it."""
        if self.review is not None and review is None:
            raise DecisionRefused(
                said("{review} decided it: only a decision of a later meeting changes that", review=self.review)
            )

    def _open(self, verb: str) -> None:
        if self.state != "open":
            raise DecisionRefused(
                said("the action is {state}: there is nothing to {verb}", state=heard(self.state), verb=verb)
            )

    @event(Progressed)
    def _progressed(self, text: str, by: str, at: int) -> None:
        self.progress.append({"by": by, "at": at, "text": text})

    @event(Commented)
    def _commented(self, text: str, by: str, at: int) -> None:
        self.comments.append({"by": by, "at": at, "text": text})

    @event(Named)
    def _named(self, title: str, person: str | None, by: str, at: int) -> None:
        self.title = title
        self.person = person

    @event(Grounded)
    def _grounded(self, grounds: list[Ground], by: str, at: int) -> None:
        self.grounds.extend(grounds)

    @event(Planned)
    def _planned(self, plan: Plan, by: str, at: int) -> None:
        self.plan = plan
        kept = {one["id"] for one in plan["steps"]}
        self.done = {step: note for step, note in self.done.items() if step in kept}

    @event(StepDone)
    def _step_done(self, step: str, by: str, at: int) -> None:
        self.done[step] = {"by": by, "at": at}

    @event(StepUndone)
    def _step_undone(self, step: str, reason: str, by: str, at: int) -> None:
        del self.done[step]

    @event(Evidenced)
    def _evidenced(self, positions: list[int], document: dict[str, str] | None, by: str, at: int) -> None:
        self.evidence.append({"by": by, "at": at, "positions": positions, "document": document})

    @event(Spent)
    def _spent(self, amount: int, currency: str, year: int, text: str, by: str, at: int) -> None:
        self.spent.append({"by": by, "at": at, "amount": amount, "currency": currency, "year": year, "text": text})

    @event(Rescheduled)
    def _rescheduled(self, due: str, reason: str, review: str | None, by: str, at: int) -> None:
        self.changes.append({"by": by, "at": at, "text": reason, "review": review, "due": [self.due, due]})
        self.due = due
        self.escalations = []

    @event(Reassigned)
    def _reassigned(self, owner: str, person: str | None, reason: str, review: str | None, by: str, at: int) -> None:
        change: Note = {"by": by, "at": at, "text": reason, "review": review}
        self.changes.append(change | {"owner": [self.owner, owner], "person": [self.person, person]})
        self.owner = owner
        self.person = person

    @event(Escalated)
    def _escalated(self, step: int, to: list[str], by: str, at: int, moment: int | None = None) -> None:
        self.escalations.append({"step": step, "to": to, "at": at if moment is None else moment})

    @event(EffectFound)
    def _effect_found(
        self,
        check: int,
        verdict: str,
        before: dict[str, int],
        after: dict[str, int],
        p_better: str | None,
        p_worse: str | None,
        kept: bool | None,
        from_key: str | None,
        to_key: str | None,
        position: int,
        by: str,
        at: int,
        moment: int | None = None,
    ) -> None:
        found: Note = {"check": check, "verdict": verdict, "before": before, "after": after, "kept": kept}
        found |= {"p_better": p_better, "p_worse": p_worse, "from_key": from_key, "to_key": to_key}
        self.checks.append(found | {"position": position, "at": at if moment is None else moment})

    @event(Reopened)
    def _reopened(
        self, check: int | None, reason: str, due: str | None, by: str, at: int, moment: int | None = None
    ) -> None:
        then = at if moment is None else moment
        self.changes.append({"by": by, "at": then, "text": reason, "check": check, "due": [self.due, due or self.due]})
        self.state = "open"
        self.closing = None
        self.due = due or self.due
        self.escalations = []

    @event(AcceptedAsIs)
    def _accepted_as_is(self, review: str, reason: str, by: str, at: int) -> None:
        self.state = "closed"
        self.accepted = {"by": by, "at": at, "text": reason, "review": review}
        self.closing = self.closing or {"by": by, "at": at, "text": reason}

    @event(Closed)
    def _closed(
        self,
        text: str,
        by: str,
        at: int,
        effective_from: str | None = None,
        undone: dict[str, str] | None = None,
    ) -> None:
        self.state = "closed"
        self.closing = {"by": by, "at": at, "text": text}
        self.closings.append({**self.closing, "effective_from": effective_from, "undone": undone})

    @event(NotNeeded)
    def _not_needed(self, text: str, by: str, at: int, moment: int | None = None) -> None:
        self.state = "not needed"
        self.closing = {"by": by, "at": at if moment is None else moment, "text": text}
