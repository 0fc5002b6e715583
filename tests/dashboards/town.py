"""What the Ville de Valmoray agreed on (`valmoray.yaml`), and a town: a store that lives, with a clock of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from domain.terms import Party
from domain.times import Instant
from entente.settings import Settings
from entente.wiring import Program, program
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR, PLATFORM, Principal, principal
from services.contract_files import contract_terms, read_documents
from services.contracts.contracting import Contracting
from tests.given import Tree, at

ORGANISATION = "Ville de Valmoray"
TODAY = date(2026, 11, 17)
NOW = at("2026-11-17 10:42")
START = date(2025, 11, 3)
BEFORE = at("2025-10-20 09:00")
"""When all was agreed on."""
MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 24 * 3_600_000_000
MEALS_ON_TIME = "school-meals/midday-ferry/on-time"
HEADCOUNT = "school-meals/headcount/on-time"
OPINIONS = "legal-opinions/opinion/in-ten-days"
FAULTS = "it-support/faults/fixed"
HOSTILE_ON_TIME = "hostile/staff/on-time"
REVIEW = "legal-opinions@2026-11-10"
LATE = "2026-11-03"
"""The day of a meal that came half an hour late; an excuse is asked for it."""
AGREED = (Path(__file__).with_name("valmoray.yaml")).read_text("utf-8")


def meals(version: int) -> str:
    """The contract of the meals as its first, second or third version says it."""
    changes = {
        1: (),
        2: (("effective: 2025-11-01", "effective: 2026-09-01"), ("at_least: 85 %", "at_least: 90 %")),
        3: (
            ("effective: 2026-09-01", "effective: 2026-12-01"),
            ('at: "18:00"', 'at: "17:00"'),
            ('at: "09:30"', 'at: "09:15"'),
        ),
    }
    text = next(one for one in AGREED.split("---\n") if "contract: school-meals" in one)
    for old, new in (change for number in range(1, version + 1) for change in changes[number]):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


MEALS = contract_terms(read_documents(meals(3), "school-meals")[0])
TOOLS = Principal("administrator", person="tools")


@dataclass
class Clock:
    """Of the program: what is decided is decided then."""

    now: Instant = BEFORE

    def __call__(self) -> Instant:
        return self.now


@dataclass(frozen=True, slots=True)
class Town:
    """A store that lives, with its clock; every step is judged before it returns."""

    program: Program
    clock: Clock
    names: dict[str, str] = field(default_factory=dict)
    """Of what has an id that one cannot guess."""

    def agree(self, text: str | Tree, *parties: Party) -> None:
        """Proposed by the first of these, signed by all; a service or a calendar, of which nobody is party, as it is."""
        contracting = self.program.store.use(Contracting)
        written = text if isinstance(text, str) else json.dumps(text, default=str)
        for one in read_documents(written, "valmoray.yaml"):
            heads = {
                side: HEADS.get(str(one.tree[side]), principal(str(one.tree[side])))
                for side in parties
                if side in one.tree
            }
            first = next(iter(heads), None)
            contracting.apply(heads[first] if first else ADMINISTRATOR, one, sign=(first,) if first else ())
            for side in list(heads)[1:]:
                contracting.sign(heads[side], str(one.tree["contract"]))
        self.judge()

    def hear(self, *events: bytes, by: Principal = TOOLS, channel: Literal["http", "file"] = "http") -> None:
        self.program.door.submit([decode_structured(one) for one in events], by, channel)
        self.judge()

    def advance(self, moment: Instant) -> None:
        """The clock shows that, and all that happened until then is known."""
        self.clock.now = max(self.clock.now, moment)
        self.program.store.timekeeping.advance(PLATFORM, moment)
        self.judge()

    def judge(self) -> None:
        self.program.store.judging.catch_up()


HEADS = {
    str(one.tree["service"]): principal(f"{one.tree['service']}/{one.tree['people'][0]['id']}")
    for one in read_documents(AGREED, "valmoray.yaml")
    if "service" in one.tree
}
"""Whoever a service names first."""


@contextmanager
def empty_town() -> Iterator[Town]:
    """A store without anything, in memory."""
    with program(Settings(store="sqlite://:memory:", organisation=ORGANISATION), clock=(clock := Clock())) as opened:
        yield Town(opened, clock)
