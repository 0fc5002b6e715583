"""A match by hand: a person says to which occurrence of a commitment an event belongs (MEANING §3, DESIGN §3.2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, stream_of
from domain.saying import heard, said


class Match(Aggregate):
    """One event of the history, by its position, and one commitment: it belongs to the occurrence `key` at most once.

    `roles` say as what it is evidence (`delivered`, `each`, or those of a case). `asked` is what was decided last, `match` or
    `unmatch`; it `needs` the other party where a final period would change, whose `answer` is accepted or refused."""

    TOPIC = "entente.match"

    class Created(Aggregate.Created):
        TOPIC = "entente.match.made"
        commitment: str
        position: int
        key: str
        roles: list[str]
        text: str
        needs: bool
        party: str
        by: str
        at: int

    class MadeAgain(Aggregate.Event):
        TOPIC = "entente.match.made-again"
        key: str
        roles: list[str]
        text: str
        needs: bool
        party: str
        by: str
        at: int

    class TakenBack(Aggregate.Event):
        TOPIC = "entente.match.taken-back"
        text: str
        needs: bool
        party: str
        by: str
        at: int

    class Accepted(Aggregate.Event):
        TOPIC = "entente.match.accepted"
        text: str
        party: str
        by: str
        at: int

    class Refused(Aggregate.Event):
        TOPIC = "entente.match.refused"
        text: str
        party: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, commitment: str = "", position: int = 0, **__: Any) -> UUID:
        return stream_of("match", f"{commitment}@{position}")

    @event(Created)
    def __init__(
        self,
        commitment: str,
        position: int,
        key: str,
        roles: list[str],
        text: str,
        needs: bool,
        party: str,
        by: str,
        at: int,
    ):
        self.commitment = commitment
        self.position = position
        self.key = key
        self.roles = list(roles)
        self.asked = "match"
        self.needs = needs
        self.answer: str | None = None
        self.party = party
        self.notes: list[Note] = [{"verb": "matched", "key": key, "party": party, "by": by, "at": at, "text": text}]

    @property
    def match(self) -> str:
        """Its name: that of its stream."""
        return str(self.id)

    @property
    def other(self) -> str:
        """The party that answers."""
        return "client" if self.party == "supplier" else "supplier"

    @property
    def is_made(self) -> bool:
        """Somebody wants it and nobody has refused or taken it back for good."""
        return (self.asked == "match") == (self.answer != "refused")

    def make_again(self, key: str, roles: list[str], text: str, *, needs: bool, party: str, by: str, at: int) -> None:
        if self.is_made:
            raise DecisionRefused(said("it is matched to {key} already", key=self.key))
        if self.asked == "unmatch" and self.needs and self.answer is None:
            raise DecisionRefused(
                said(
                    "that it is matched to {key} no more waits for the {other}'s answer",
                    key=self.key,
                    other=heard(self.other),
                )
            )
        self._made_again(key, roles, text, needs, party, by, at)

    def take_back(self, text: str, *, needs: bool, party: str, by: str, at: int) -> None:
        if not self.is_made:
            raise DecisionRefused(said("it is matched to nothing, or taken back already"))
        self._taken_back(text, needs, party, by, at)

    def accept(self, text: str, *, party: str, by: str, at: int) -> None:
        self._answerable(party)
        self._accepted(text, party, by, at)

    def refuse(self, text: str, *, party: str, by: str, at: int) -> None:
        self._answerable(party)
        self._refused(text, party, by, at)

    def _answerable(self, party: str) -> None:
        if self.answer is not None:
            raise DecisionRefused(said("it was {answer} already", answer=heard(self.answer)))
        if party != self.other:
            raise DecisionRefused(
                said("the {party} asked: the {other} answers", party=heard(self.party), other=heard(self.other))
            )

    @event(MadeAgain)
    def _made_again(self, key: str, roles: list[str], text: str, needs: bool, party: str, by: str, at: int) -> None:
        self.key = key
        self.roles = list(roles)
        self.asked, self.needs, self.answer, self.party = "match", needs, None, party
        self.notes.append({"verb": "matched", "key": key, "party": party, "by": by, "at": at, "text": text})

    @event(TakenBack)
    def _taken_back(self, text: str, needs: bool, party: str, by: str, at: int) -> None:
        self.asked, self.needs, self.answer, self.party = "unmatch", needs, None, party
        self.notes.append({"verb": "taken back", "party": party, "by": by, "at": at, "text": text})

    @event(Accepted)
    def _accepted(self, text: str, party: str, by: str, at: int) -> None:
        self.answer = "accepted"
        self.notes.append({"verb": "accepted", "party": party, "by": by, "at": at, "text": text})

    @event(Refused)
    def _refused(self, text: str, party: str, by: str, at: int) -> None:
        self.answer = "refused"
        self.notes.append({"verb": "refused", "party": party, "by": by, "at": at, "text": text})
