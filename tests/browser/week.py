"""A small world for a week's journeys: one contract for each of them, lived through until Tuesday 10 February 2026, then served."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from entente.settings import Settings
from entente.wiring import Program, program
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR, Principal, principal
from services.contract_files import read_documents
from services.contracts.contracting import Contracting
from tests.end_to_end.agreements import contract, report
from tests.end_to_end.running import Entente, Server

JOURNEYS = ("breach", "explain", "excuse", "act", "review", "match", "try", "look", "amend")
"""Clients of as many contracts, `to-breach` and so on, so that no journey is in the way of another."""
SUPPLIER = "sales/ana"
MONDAYS = ("2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02", "2026-02-09")


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def reports(client: str) -> Iterator[bytes]:
    """In time, late, none, in time but incomplete, and in time again."""
    for day in MONDAYS:
        at = {"2026-01-12": "11:30", "2026-01-19": None}.get(day, "09:00")
        if at is not None:
            yield report(client, day, f"{day}T{at}:00+01:00", missing=2 if day == "2026-01-26" else 0)


class Story:
    """A store of which the clock shows what it is told."""

    def __init__(self, opened: Program, now: list[int]):
        self._program = opened
        self._now = now

    def agree(self, name: str, *parties: str) -> None:
        """`to-NAME` is proposed by its supplier, and signed by those parties."""
        text = contract(f"to-{name}", name, late_data="3 days")
        if name == "match":  # else a report without its day would be one more to be complete
            before, _, rest = text.partition("      - id: complete")
            text = before + "  - id: requests" + rest.partition("  - id: requests")[2]
        [document] = read_documents(text, "contract")
        self._program.store.use(Contracting).apply(principal(SUPPLIER), document, sign=("supplier",))
        if "client" in parties:
            self._program.store.use(Contracting).sign(principal(f"{name}/luc"), f"to-{name}")

    def live(self, until: str, events: Sequence[bytes]) -> None:
        """What came in a week, and that it is over."""
        self._now[0] = instant(until) - 60_000_000
        tools = Principal("member", frozenset({"sales"}), "crm")
        self._program.door.submit([decode_structured(one) for one in events], tools, "http")
        self._now[0] = instant(until)
        self._program.store.timekeeping.advance(ADMINISTRATOR, self._now[0])
        self._program.store.judging.catch_up()


def build(store: str) -> None:
    now = [instant("2026-01-02T09:00:00+01:00")]
    with program(Settings(store=store), clock=lambda: now[0]) as opened:
        story = Story(opened, now)
        for name in JOURNEYS:
            story.agree(name, "client")
        stray = report("match", "2026-01-20", "2026-01-19T09:30:00+01:00", id="stray")
        every = [(day, one) for name in JOURNEYS for day, one in zip(_days(), reports(name), strict=True)]
        for monday in MONDAYS:
            week = [one for day, one in every if day == monday]
            end = datetime.fromisoformat(f"{monday}T12:00:00+01:00") + timedelta(days=1)
            story.live(end.astimezone(UTC).isoformat(), [*week, *([stray] if monday == "2026-01-19" else [])])
        story.agree("sign")
        opened.store.judging.catch_up()


def _days() -> list[str]:
    return [day for day in MONDAYS if day != "2026-01-19"]


@contextmanager
def served_week(folder: Path) -> Iterator[Server]:
    entente = Entente(f"sqlite:///{folder / 'week.db'}", folder)
    build(entente.store)
    with entente.serving("--time", "manual") as server:
        yield server
