"""A reminder: a creditor asks the debtor where something owed is that is missing, late or at risk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, stream_of
from domain.saying import said


class Reminder(Aggregate):
    """All that one service has asked another about one occurrence, and what that has answered. `service` reminds. `day` is a
    local date of the contract as YYYY-MM-DD: nobody is reminded twice a day of one thing by one service, unless it was answered."""

    TOPIC = "entente.reminder"

    class Created(Aggregate.Created):
        TOPIC = "entente.reminder.created"
        reminder: str
        commitment: str
        key: str
        service: str

    class Reminded(Aggregate.Event):
        TOPIC = "entente.reminder.reminded"
        text: str
        day: str
        by: str
        at: int

    class Answered(Aggregate.Event):
        TOPIC = "entente.reminder.answered"
        text: str
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, reminder: str = "", **__: Any) -> UUID:
        return UUID(reminder)

    @staticmethod
    def id_of(commitment: str, key: str, service: str) -> str:
        return str(stream_of("reminder", f"{service}:{commitment}:{key}"))

    @event(Created)
    def __init__(self, reminder: str, commitment: str, key: str, service: str):
        self.reminder = reminder
        self.commitment = commitment
        self.key = key
        self.service = service
        self.reminded: list[Note] = []
        self.answers: list[Note] = []
        self.day = ""
        self.is_answered = True

    def remind(self, text: str, *, day: str, by: str, at: int) -> None:
        """Raises DecisionRefused the second time on one day while nobody has answered."""
        if self.day == day and not self.is_answered:
            raise DecisionRefused(said("it was reminded of today, by {by}", by=self.reminded[-1]["by"]))
        self._reminded(text, day, by, at)

    def answer(self, text: str, *, by: str, at: int) -> None:
        if self.is_answered:
            raise DecisionRefused(said("the last reminder was answered already"))
        self._answered(text, by, at)

    @event(Reminded)
    def _reminded(self, text: str, day: str, by: str, at: int) -> None:
        self.reminded.append({"by": by, "at": at, "text": text})
        self.day = day
        self.is_answered = False

    @event(Answered)
    def _answered(self, text: str, by: str, at: int) -> None:
        self.answers.append({"by": by, "at": at, "text": text})
        self.is_answered = True
