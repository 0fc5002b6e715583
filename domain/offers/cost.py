"""What was spent on an offer: an amount of one pool in one month, as the supplier books and corrects it (SHARED §4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate, event

from domain.decisions import DecisionRefused, Note, require_new, stream_of
from domain.saying import said


class Cost(Aggregate):
    """`month`: YYYY-MM. `amount`: minor units of the currency, without tax, may be below nothing. `time` is when it happened, `at` when
    it was said, both instants."""

    TOPIC = "entente.cost"

    class Created(Aggregate.Created):
        TOPIC = "entente.cost.booked"
        cost: str
        offer: str
        pool: str
        month: str
        amount: int
        currency: str
        text: str
        time: int
        by: str
        at: int

    class Corrected(Aggregate.Event):
        """`of`: the cost; `amount`: what is added to it."""

        TOPIC = "entente.cost.corrected"
        of: str
        amount: int
        text: str
        time: int
        by: str
        at: int

    @staticmethod
    def create_id(*_: Any, cost: str = "", **__: Any) -> UUID:
        return UUID(cost)

    @staticmethod
    def id_of(offer: str, pool: str, month: str, amount: int, text: str) -> str:
        """Derived from what it says, so that what is sent twice is booked once."""
        return str(stream_of("cost", f"{offer}/{pool}/{month}/{amount}/{' '.join(text.casefold().split())}"))

    @event(Created)
    def __init__(
        self,
        cost: str,
        offer: str,
        pool: str,
        month: str,
        amount: int,
        currency: str,
        text: str,
        time: int,
        by: str,
        at: int,
    ):
        self.cost = cost
        self.offer = offer
        self.pool = pool
        self.month = month
        self.currency = currency
        self.booked: Note = {"amount": amount, "text": text, "time": time, "by": by, "at": at}
        self.corrections: list[Note] = []

    @property
    def amount(self) -> int:
        """With all that was added."""
        return sum(int(one["amount"]) for one in (self.booked, *self.corrections))

    def correct(self, amount: int, text: str, *, time: int, by: str, at: int) -> None:
        """Raises DecisionRefused for nothing, for the same once more, and for a time before the last one."""
        if amount == 0:
            raise DecisionRefused(said("nothing is added, so nothing is corrected"))
        require_new([one for one in self.corrections if one["amount"] == amount], text, by)
        if time < max(one["time"] for one in (self.booked, *self.corrections)):
            raise DecisionRefused(said("it lies before what was said of it last"))
        self._corrected(self.cost, amount, text, time, by, at)

    @event(Corrected)
    def _corrected(self, of: str, amount: int, text: str, time: int, by: str, at: int) -> None:
        self.corrections.append({"amount": amount, "text": text, "time": time, "by": by, "at": at})
