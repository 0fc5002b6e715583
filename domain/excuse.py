"""An excuse: a reason why something owed shall not count, asked for by one party and answered by the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note
from domain.saying import heard, said


class Excuse(Aggregate):
    """`scope` is a contract, contract/deliverable or contract/deliverable/criterion. It covers `keys`, or what is due in
    [since, until), in instants. `evidence` are positions of the history. `state`: asked, accepted, refused, disputed.

    `moment`, where the platform asks: the instant at which time or evidence made it ask; None where nobody noted it.

    Accepted, it stays so. A refusal may be taken back by who refused, and disputed by who asked; what the arbiter then
    decides is the end of it."""

    TOPIC = "entente.excuse"

    class Created(Aggregate.Created):
        TOPIC = "entente.excuse.asked"
        excuse: str
        scope: str
        keys: list[str]
        since: int | None
        until: int | None
        category: str
        text: str
        evidence: list[int]
        party: str
        by: str
        at: int
        moment: int | None = None

    class Accepted(Aggregate.Event):
        TOPIC = "entente.excuse.accepted"
        text: str
        party: str
        by: str
        at: int

    class Refused(Aggregate.Event):
        TOPIC = "entente.excuse.refused"
        text: str
        party: str
        by: str
        at: int

    class Disputed(Aggregate.Event):
        TOPIC = "entente.excuse.disputed"
        text: str
        party: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, excuse: str = "", **__: Any) -> UUID:
        return UUID(excuse)

    @event(Created)
    def __init__(
        self,
        excuse: str,
        scope: str,
        keys: list[str],
        since: int | None,
        until: int | None,
        category: str,
        text: str,
        evidence: list[int],
        party: str,
        by: str,
        at: int,
        moment: int | None = None,
    ):
        self.excuse = excuse
        self.scope = scope
        self.keys = list(keys)
        self.since = since
        self.until = until
        self.category = category
        self.text = text
        self.evidence = list(evidence)
        self.party = party
        self.by = by
        self.at = at
        self.moment = moment
        self.state = "asked"
        self.answers: list[Note] = []

    @property
    def contract(self) -> str:
        return self.scope.partition("/")[0]

    @property
    def other(self) -> str:
        """The party that answers."""
        return "client" if self.party == "supplier" else "supplier"

    @property
    def is_settled(self) -> bool:
        """Nobody decides on it any more: it was accepted, or the arbiter has spoken."""
        return self.state == "accepted" or any(one["party"] == "arbiter" for one in self.answers)

    def accept(self, text: str, *, party: str, by: str, at: int) -> None:
        """`party`: the other party, or `arbiter`."""
        self._answerable(party)
        self._accepted(text, party, by, at)

    def grant(self, *, by: str, at: int) -> None:
        """Who is owed excuses what was missed, and asks nobody: it alone would have been asked."""
        if self.state != "asked":
            raise DecisionRefused(said("it is {state} already", state=heard(self.state)))
        self._accepted("", self.party, by, at)

    def refuse(self, text: str, *, party: str, by: str, at: int) -> None:
        self._answerable(party)
        if party != "arbiter" and self.state != "asked":
            raise DecisionRefused(said("it is {state} already", state=heard(self.state)))
        self._refused(text, party, by, at)

    def dispute(self, text: str, *, party: str, by: str, at: int) -> None:
        """Who asked does not take the refusal: the arbiter is to decide."""
        self._unsettled()
        if self.state != "refused" or party != self.party:
            raise DecisionRefused(
                said(
                    "it is {state}: a refusal is disputed, by who asked ({party})",
                    state=heard(self.state),
                    party=heard(self.party),
                )
            )
        self._disputed(text, party, by, at)

    def _answerable(self, party: str) -> None:
        self._unsettled()
        if party == "arbiter" and self.state != "disputed":
            raise DecisionRefused(
                said("it is {state}: an arbiter decides on what is disputed", state=heard(self.state))
            )
        if party not in (self.other, "arbiter"):
            raise DecisionRefused(
                said("the {party} asked: the {other} answers", party=heard(self.party), other=heard(self.other))
            )

    def _unsettled(self) -> None:
        if self.is_settled:
            raise DecisionRefused(
                said("it was {state} for good by {by}", state=heard(self.state), by=self.answers[-1]["by"])
            )

    @event(Accepted)
    def _accepted(self, text: str, party: str, by: str, at: int) -> None:
        self.state = "accepted"
        self.answers.append({"verb": "accepted", "party": party, "by": by, "at": at, "text": text})

    @event(Refused)
    def _refused(self, text: str, party: str, by: str, at: int) -> None:
        self.state = "refused"
        self.answers.append({"verb": "refused", "party": party, "by": by, "at": at, "text": text})

    @event(Disputed)
    def _disputed(self, text: str, party: str, by: str, at: int) -> None:
        self.state = "disputed"
        self.answers.append({"verb": "disputed", "party": party, "by": by, "at": at, "text": text})
