"""An event put aside: a person says that it belongs to nothing a commitment asks for, and why (MEANING §3 "Put aside")."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, stream_of
from domain.saying import said


class Aside(Aggregate):
    """One event of the history, by its position, and one commitment that selects it: it does not wait there while `is_put`."""

    TOPIC = "entente.aside"

    class Created(Aggregate.Created):
        TOPIC = "entente.aside.put"
        commitment: str
        position: int
        text: str
        by: str
        at: int

    class PutAgain(Aggregate.Event):
        TOPIC = "entente.aside.put-again"
        text: str
        by: str
        at: int

    class TakenBack(Aggregate.Event):
        TOPIC = "entente.aside.taken-back"
        text: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, commitment: str = "", position: int = 0, **__: Any) -> UUID:
        return stream_of("aside", f"{commitment}@{position}")

    @event(Created)
    def __init__(self, commitment: str, position: int, text: str, by: str, at: int):
        self.commitment = commitment
        self.position = position
        self.is_put = True
        self.notes: list[Note] = [{"verb": "put aside", "by": by, "at": at, "text": text}]

    def put_again(self, text: str, *, by: str, at: int) -> None:
        if self.is_put:
            raise DecisionRefused(said("it was put aside already"))
        self._put_again(text, by, at)

    def take_back(self, text: str, *, by: str, at: int) -> None:
        if not self.is_put:
            raise DecisionRefused(said("it is not put aside"))
        self._taken_back(text, by, at)

    @event(PutAgain)
    def _put_again(self, text: str, by: str, at: int) -> None:
        self.is_put = True
        self.notes.append({"verb": "put aside", "by": by, "at": at, "text": text})

    @event(TakenBack)
    def _taken_back(self, text: str, by: str, at: int) -> None:
        self.is_put = False
        self.notes.append({"verb": "taken back", "by": by, "at": at, "text": text})
