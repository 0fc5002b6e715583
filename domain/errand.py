"""An errand: something that waits for a service, which one of its people handed on to another, or has seen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, stream_of
from domain.saying import said


class Errand(Aggregate):
    """`thing` says what waits, by its sort and its name (`excuse:ID`), `service` for whom. It is the service's own: the other party
    of the contract is not told who does what. `person`: who has it now; None while it falls to whom it falls by itself."""

    TOPIC = "entente.errand"

    class Created(Aggregate.Created):
        TOPIC = "entente.errand.created"
        errand: str
        thing: str
        service: str

    class HandedOn(Aggregate.Event):
        TOPIC = "entente.errand.handed-on"
        person: str
        text: str
        by: str
        at: int

    class Seen(Aggregate.Event):
        TOPIC = "entente.errand.seen"
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, errand: str = "", **__: Any) -> UUID:
        return UUID(errand)

    @staticmethod
    def id_of(thing: str, service: str) -> str:
        return str(stream_of("errand", f"{service}:{thing}"))

    @event(Created)
    def __init__(self, errand: str, thing: str, service: str):
        self.errand = errand
        self.thing = thing
        self.service = service
        self.person: str | None = None
        self.handed: list[Note] = []
        self.seen: Note | None = None

    def hand_on(self, person: str, text: str, *, by: str, at: int) -> None:
        if self.person == person:
            raise DecisionRefused(said("{person} has it already", person=person))
        self._handed_on(person, text, by, at)

    def see(self, *, by: str, at: int) -> None:
        if self.seen is not None:
            raise DecisionRefused(said("it was seen already, by {by}", by=self.seen["by"]))
        self._seen(by, at)

    @event(HandedOn)
    def _handed_on(self, person: str, text: str, by: str, at: int) -> None:
        self.person = person
        self.handed.append({"by": by, "at": at, "text": text, "person": person})

    @event(Seen)
    def _seen(self, by: str, at: int) -> None:
        self.seen = {"by": by, "at": at, "text": ""}
