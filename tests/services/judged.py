"""A store that lives through contracts, events and time, and what judging makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from domain.events import OperationalEvent
from domain.times import Instant
from ingestion.cloudevents import decode_structured
from ingestion.door import Answer, Door
from services.access import ADMINISTRATOR
from services.breaches.reading import read_actions, read_breaches
from services.breaches.rows import ActionRow, BreachRow
from services.contracts.applied import Applied
from services.contracts.contracting import Contracting
from services.figures.reading import read_figures, read_occurrences
from services.figures.rows import FigureRow, OccurrenceRow
from services.history.databases import Database
from services.history.opening import open_database
from services.judging.judge import Judge
from services.judging.reshaping import throw_away
from services.judging.views import dump
from services.matches.reading import read_unmatched
from services.opening import open_store
from services.store import Store
from tests.given import Tree, at, document, structured
from tests.patience import PATIENCE

NOW = at("2026-06-30 12:00")


@dataclass(frozen=True, slots=True)
class Life:
    """Every step is judged before it returns, unless it says otherwise."""

    store: Store
    door: Door

    def sign(self, tree: Tree) -> Applied:
        """A contract or an amendment, signed by both."""
        applied = self.store.use(Contracting).apply(ADMINISTRATOR, document(tree), sign=("supplier", "client"))
        self.judge()
        return applied

    def publish(self, tree: Tree) -> Applied:
        applied = self.store.use(Contracting).apply(ADMINISTRATOR, document(tree))
        self.judge()
        return applied

    def terminate(self, until: str) -> None:
        self.store.use(Contracting).terminate(ADMINISTRATOR, "c", date.fromisoformat(until))
        self.judge()

    def happen(self, *events: OperationalEvent) -> list[Answer]:
        return self.receive([structured(one) for one in events])

    def receive(self, sent: Sequence[bytes]) -> list[Answer]:
        answers = self.append(sent)
        self.judge()
        return answers

    def append(self, sent: Sequence[bytes]) -> list[Answer]:
        """Not judged yet."""
        return self.door.submit([decode_structured(one) for one in sent], ADMINISTRATOR, "http")

    def advance(self, time: str | Instant) -> None:
        self.append_time(time)
        self.judge()

    def append_time(self, time: str | Instant) -> None:
        """Not judged yet; the clock stands at NOW, and time may go on beyond it."""
        self.store.timekeeping.advance(ADMINISTRATOR, time if isinstance(time, int) else at(time), ahead=True)

    def judge(self) -> None:
        self.store.judging.catch_up(timeout=PATIENCE)

    # What is shown

    def figures(self, commitment: str = "c/d/on-time", period: str | None = None) -> list[FigureRow]:
        return self.store.read(ADMINISTRATOR, read_figures, commitment=commitment, period=period)

    def figure(self, period: str, commitment: str = "c/d/on-time") -> FigureRow:
        [found] = self.figures(commitment, period)
        return found

    def occurrences(self, commitment: str = "c/d/on-time") -> dict[str, OccurrenceRow]:
        return {one.key: one for one in self.store.read(ADMINISTRATOR, read_occurrences, commitment)}

    def verdicts(self, commitment: str = "c/d/on-time") -> dict[str, str]:
        return {key: one.verdict for key, one in self.occurrences(commitment).items()}

    def breaches(self, state: str | None = "open") -> list[BreachRow]:
        return self.store.read(ADMINISTRATOR, read_breaches, state=state)

    def actions(self, state: str | None = "open") -> list[ActionRow]:
        return self.store.read(ADMINISTRATOR, read_actions, state=state)

    def unmatched(self) -> list[str]:
        return [one.id for one in self.store.read(ADMINISTRATOR, read_unmatched)]

    def dump(self) -> list[str]:
        return dumped(self.store.history.database)

    def position(self) -> int:
        return self.store.history.last_position()

    def judged_again(self, limit: int = 5_000) -> list[str]:
        """The dump of a judge that begins anew, aside, in batches of that size."""
        with scratch() as database:
            judge = Judge(self.store.history, database)
            judge.catch_up(limit)
            return dumped(database)

    def drop_views(self) -> None:
        throw_away(self.store.history.database)


def counts(figure: FigureRow) -> dict[str, int]:
    """Those that are not 0."""
    return {verdict: count for verdict, count in figure.counts.items() if count}


def dumped(database: Database) -> list[str]:
    with database.connect() as reads:
        return list(dump(reads))


@contextmanager
def scratch() -> Iterator[Database]:
    database = open_database("sqlite://:memory:")
    try:
        yield database
    finally:
        database.close()


@contextmanager
def living(url: str = "sqlite://:memory:") -> Iterator[Life]:
    store = open_store(url, clock=lambda: NOW)
    try:
        yield Life(store, Door(store.history, lambda: NOW))
    finally:
        store.close()
