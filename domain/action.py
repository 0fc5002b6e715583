"""An action: what somebody will do about a breach."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, require_new
from domain.saying import heard, said

WENT_AWAY = "the miss went away"
BEFORE_USE = "it was missed before the contract came into use"
"""Why the platform drops actions."""


class Action(Aggregate):
    """`state`: open, closed, not needed. `due` is a local date as YYYY-MM-DD. `moment`, of what the platform does: the instant
    at which time or evidence asked for it, however late that was noticed; None where nobody noted it."""

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

    class Closed(Aggregate.Event):
        TOPIC = "entente.action.closed"
        text: str
        by: str
        at: int

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
        self.state = "open"
        self.progress: list[Note] = []
        self.closing: Note | None = None
        self.title = ""
        self.comments: list[Note] = []

    @property
    def was_worked_on(self) -> bool:
        return bool(self.progress)

    @property
    def was_spoken_of(self) -> bool:
        """Says whether any person has said anything of it."""
        return bool(self.progress or self.comments or self.title or self.state == "closed")

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

    def close(self, text: str, *, by: str, at: int) -> None:
        self._open(said("close"))
        self._closed(text, by, at)

    def drop(self, text: str, *, by: str, at: int, moment: int | None = None) -> None:
        """The miss went away before anybody worked on it (MEANING §5)."""
        self._open(said("drop"))
        if self.was_worked_on:
            raise DecisionRefused(said("somebody has worked on it"))
        self._not_needed(text, by, at, moment)

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

    @event(Closed)
    def _closed(self, text: str, by: str, at: int) -> None:
        self.state = "closed"
        self.closing = {"by": by, "at": at, "text": text}

    @event(NotNeeded)
    def _not_needed(self, text: str, by: str, at: int, moment: int | None = None) -> None:
        self.state = "not needed"
        self.closing = {"by": by, "at": at if moment is None else moment, "text": text}
