"""A lab that owes a ward a report every Monday, people with addresses, and a clock: who is told what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from domain.times import Instant
from entente.posting import Posting
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.notices.kinds import Kind, Way
from services.notices.preferences import PreferenceBook, Preferences
from services.notices.telling import GATHERS
from tests.given import at, contract, criterion, document, punctuality
from tests.patience import PATIENCE

START = at("2026-05-29 12:00")
"""A Friday; the first report of which something is told is due on Monday 1 June, 10:00."""
PEOPLE = {
    "ann": {"lab": "head"},
    "ben": {"lab": "member"},
    "luc": {"ward": "head"},
    "eve": {"other": "head"},
}
"""Ann owns the indicator; eve is of a service that has nothing to do with it."""


@dataclass
class Town:
    program: Program
    clock: list[Instant]
    posting: Posting

    def pass_to(self, moment: str | Instant) -> None:
        """Time passes for the clock and the store."""
        self.clock[0] = moment if isinstance(moment, int) else at(moment)
        self.program.store.timekeeping.advance(ADMINISTRATOR, self.clock[0])
        self.judge()

    def judge(self) -> None:
        self.program.store.judging.catch_up(timeout=PATIENCE)

    def tell(self) -> int:
        """A round that finds what happened, and one when it has gathered. How many letters went."""
        first = self.posting.round()
        self.clock[0] += GATHERS
        return first + self.posting.round()

    def prefer(self, person: str, *, kinds: Mapping[Kind, Way] | None = None, **wanted: Any) -> None:
        book = PreferenceBook(self.program.store.history.database)
        book.set(person, Preferences(**{"quiet": "never", "kinds": kinds or {}, **wanted}))

    def apply(self, tree: Mapping[str, Any], *, sign: bool = False) -> None:
        sides: tuple[Any, ...] = ("supplier", "client") if sign else ()
        self.program.store.use(Contracting).apply(ADMINISTRATOR, document(dict(tree)), sign=sides)
        self.judge()


def agreed(**changes: Any) -> dict[str, Any]:
    return contract(criterion(punctuality(), each_miss="breach"), valid={"from": "2026-06-01"}, **changes)


@contextmanager
def town(url: str = "sqlite://:memory:", **settings: Any) -> Iterator[Town]:
    clock = [START]
    given = {"access": "accounts", "organisation": "Valmoray", "pages_url": "https://entente.example.org"}
    with program(Settings(store=url, **{**given, **settings}), clock=lambda: clock[0]) as opened:
        found = Town(opened, clock, Posting(opened))
        people = [
            {"person": person, "name": person.title(), "email": f"{person}@example.org", "services": services}
            for person, services in PEOPLE.items()
        ]
        found.apply({"entente": 1, "access": "town", "people": people})
        found.apply(agreed(), sign=True)
        found.pass_to(START)
        for person in PEOPLE:
            found.prefer(person, kinds={"morning": "none"})
        yield found
