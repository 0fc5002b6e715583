"""A calendar as it is published: immutable versions, each with the holidays copied in (DESIGN §3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import stream_of


@dataclass
class CalendarVersion:
    number: int
    document: str
    by: str
    at: int


class PublishedCalendar(Aggregate):
    TOPIC = "entente.calendar"

    class Created(Aggregate.Created):
        TOPIC = "entente.calendar.created"
        calendar: str

    class Published(Aggregate.Event):
        TOPIC = "entente.calendar.published"
        number: int
        document: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, calendar: str = "", **__: Any) -> UUID:
        return stream_of("calendar", calendar)

    @event(Created)
    def __init__(self, calendar: str):
        self.calendar = calendar
        self.versions: list[CalendarVersion] = []

    def publish(self, document: str, *, by: str, at: int) -> None:
        self._published(len(self.versions) + 1, document, by, at)

    @event(Published)
    def _published(self, number: int, document: str, by: str, at: int) -> None:
        self.versions.append(CalendarVersion(number, document, by, at))
