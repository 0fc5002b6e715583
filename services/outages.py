"""The outages of our own ingestion: noted by the platform, and taken back by its administrator where a clock was wrong,
or nothing was down (MEANING §2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.saying import said
from domain.times import Clock, Instant
from services.access import Principal, Right
from services.deciding import words_of
from services.errors import NotAllowed, NotFound, Refused
from services.history.entries import (
    OUTAGE,
    OUTAGE_WITHDRAWN,
    SPARED,
    outage_stream,
    pack,
    spared_stream,
    unpack,
    withdrawal_stream,
)
from services.history.history import Entry, Fact, History

_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The withdrawal of an outage: who took it back, when and why, and the position of the entry that says so."""

    by: str
    at: Instant
    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Outage:
    """Nothing could be received in [start, until). `id` is the position of the entry that says so."""

    id: int
    start: Instant
    until: Instant
    received: Instant
    by: str
    withdrawn: Withdrawal | None = None

    @property
    def length(self) -> Instant:
        return self.until - self.start


class Outages:
    """Notes outages, lists them, takes them back. Which verdicts follow is the judge's to say."""

    def __init__(self, history: History, now: Clock):
        self._history = history
        self._now = now

    def was_down(self, who: Principal, start: Instant, until: Instant, but: Sequence[str] = ()) -> int:
        """Our own ingestion was down in [start, until): what fell due in it and stays without event is unknown, not missing; of the
        contracts `but`, which are fed by files, nothing is, for a file comes when we are back. The position of the entry that says
        so."""
        if not who.may(Right.ADMINISTER):
            raise NotAllowed(
                said("an outage of the platform is noted by its administrator"),
                mend=who.named_as(said("act as administrator")),
            )
        header: dict[str, object] = {
            "from": start,
            "until": until,
            "received": self._now(),
            "by": who.by(Right.ADMINISTER),
        }
        stream = outage_stream(start, until)
        spared = [
            Fact(spared_stream(stream, name), SPARED, pack(header | {"contract": name}, b"")) for name in sorted(but)
        ]
        *_, appended = self._history.append_facts([*spared, Fact(stream, OUTAGE, pack(header, b""))])
        return appended.position

    def all(self) -> list[Outage]:
        """In the order in which they were noted, those that were withdrawn among them."""
        found: dict[int, Outage] = {}
        after = 0
        while page := self._history.read(after, _PAGE, [OUTAGE, OUTAGE_WITHDRAWN]):
            after = page[-1].position
            for entry in page:
                _fold(found, entry)
        return list(found.values())

    def withdraw(self, who: Principal, id: int, text: str) -> int:
        """For good: what was unknown because of it alone is judged as if it had never been noted, and final figures that come to
        something else are restated. The position of the entry that says so."""
        if not who.may(Right.ADMINISTER):
            raise NotAllowed(
                said("an outage of the platform is withdrawn by its administrator"),
                mend=who.named_as(said("act as administrator")),
            )
        found = next((one for one in self.all() if one.id == id), None)
        if found is None:
            raise NotFound(said("there is no outage {id}", id=id), mend=said("entente outages list"))
        header = {
            "outage": id, "from": found.start, "until": found.until,
            "text": words_of(text), "received": self._now(), "by": who.by(Right.ADMINISTER),
        }  # fmt: skip
        stream = withdrawal_stream(outage_stream(found.start, found.until))
        [appended] = self._history.append_facts([Fact(stream, OUTAGE_WITHDRAWN, pack(header, b""))])
        if not appended.is_new:
            raise Refused(
                said("outage {id} is withdrawn already", id=id),
                mend=said("entente outages list shows why"),
                slug="withdrawn",
            )
        return appended.position


def _fold(found: dict[int, Outage], entry: Entry) -> None:
    header, _ = unpack(entry.state)
    if entry.topic == OUTAGE:
        found[entry.position] = Outage(
            entry.position, header["from"], header["until"], header["received"], str(header["by"])
        )
    elif (one := found.get(header["outage"])) is not None:
        taken_back = Withdrawal(str(header["by"]), header["received"], header["text"], entry.position)
        found[one.id] = Outage(one.id, one.start, one.until, one.received, one.by, taken_back)
