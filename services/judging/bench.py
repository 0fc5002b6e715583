"""The bench that every verb of judging works at: the books, what is in force, and how far time has come.

The verbs (`taking`, `passing`, `decided`, `rebuilding`, `shadows`, `living`) know the bench; the bench knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from domain.times import Instant, local_date, zone
from services.history.databases import Transaction
from services.history.entries import Position
from services.history.history import History
from services.history.stored_events import event_of
from services.judging.breach_book import BreachBook, OfContracts
from services.judging.catalogue import Catalogue, Filter, everything
from services.judging.corrections import Corrections
from services.judging.dependency_book import DependencyBook
from services.judging.effect_book import EffectBook, OfCommitments
from services.judging.excuse_book import ExcuseBook
from services.judging.ladder_book import Step, ladder_of
from services.judging.ledger import Ledger
from services.judging.lens import Lens
from services.judging.match_book import MatchBook
from services.judging.meetings import MeetingsToCome, next_meeting
from services.judging.needs import Needs
from services.judging.occurrence_book import Following, OccurrenceBook
from services.judging.own_time import OwnTimes
from services.judging.period_book import PeriodBook
from services.judging.shares import Share
from services.judging.signal_book import SignalBook
from services.judging.source_counts import SourceCounts
from services.judging.turn import Turn
from services.judging.use_book import UseBook

JudgedAside = Callable[[Filter, int], AbstractContextManager[Transaction]]
"""The read models of some commitments alone, judged up to a position (included) in a database that goes when the block ends."""


class Bench:
    """`judged_aside` is how others' commitments are judged beside one's own; `slice` how much follows from time in one
    transaction (`passing.SLICE`)."""

    def __init__(
        self, history: History, accepts: Filter, share: Share, lens: Lens, slice: int, judged_aside: JudgedAside
    ):
        self.history = history
        self.share = share
        self.lens = lens
        self.slice = slice
        self.judged_aside = judged_aside
        self._accepts = accepts
        self.watermark: Instant | None = None
        """The store's; that of a contract is `time_of`."""
        self.lives = False
        """True once the store has lived with the clock (`living.py`)."""
        self.own_times = OwnTimes()
        self.catalogue = Catalogue(share)
        self.ledger = Ledger()
        self.touched = self.ledger.touched
        self.needs = Needs(self.ledger, self.catalogue)
        self.breaches = BreachBook(
            OfContracts(self._next_review, self.in_use_since, self.needs.cause), self.touched, share
        )
        self.periods = PeriodBook(self.ledger, self.breaches)
        self.excuses = ExcuseBook()
        self.dependencies = DependencyBook(self.needs, self.ledger, self.breaches)
        self.effects = EffectBook(
            self.ledger,
            self.periods,
            self.breaches,
            OfCommitments(lambda id: self.catalogue.commitments.get(id), self._next_review, self._ladder, self.time_of),
            share,
        )
        self.occurrences = OccurrenceBook(
            self.ledger,
            Following(self.periods, self.breaches, self.effects),
            self.excuses,
            self.dependencies,
            self._count_selecting,
        )
        self.matches = MatchBook()
        self.signals = SignalBook(self.ledger, self.occurrences)
        self.corrections = Corrections(history)
        self.sources = SourceCounts()
        self.use = UseBook(lambda: self.watermark, keeps=share.keeps_common and accepts is everything)
        self.meetings = MeetingsToCome()

    def time_of(self, contract: str) -> Instant | None:
        """The watermark of that contract: the store's, unless it has one of its own."""
        return self.own_times.of(contract, self.watermark)

    def turn(self, writes: Transaction, at: Position, contract: str) -> Turn:
        """Makes the turn of the entry at that position, for judging commitments of the contract."""
        return Turn(writes, at, self.time_of(contract))

    def in_use_since(self, contract: str) -> Instant | None:
        """Tells when a contract that lives came into use: what lies before calls nobody. None where nothing is past."""
        found = self.catalogue.contracts.get(contract)
        return found.since if self.lives and found is not None else None

    def load(self, reads: Transaction) -> None:
        """Reads what the books keep from one batch to the next."""
        self.load_catalogue(reads)
        for book in (
            self.corrections,
            self.excuses,
            self.matches,
            self.own_times,
            self.effects,
            self.use,
            self.occurrences.outages,
        ):
            book.load(reads)

    def load_catalogue(self, reads: Transaction) -> None:
        """All contracts and calendars anew."""
        self.catalogue.load(reads, self._accepts)

    def take_into_force(self, reads: Transaction, contracts: list[str]) -> None:
        """Takes those contracts into the catalogue as they are now."""
        self.catalogue.take(reads, self._accepts, contracts)

    def forget(self) -> None:
        """Forgets what the books keep within a batch only."""
        for book in (
            self.ledger,
            self.touched,
            self.signals,
            self.periods,
            self.effects,
            self.sources,
            self.use,
            self.meetings,
        ):
            book.forget()

    def settle(self, writes: Transaction, at: Position) -> None:
        """The entry at that position is in its place: the periods and the effects that it touched are judged."""
        self.periods.settle(writes, at)
        self.effects.settle(writes, at)

    def write(self, writes: Transaction) -> None:
        """Writes what the books still hold back."""
        self.effects.write(writes)
        self.ledger.flush(writes)
        self.signals.write()
        self.periods.rows.write(writes)
        self.sources.write(writes)
        self.use.write(writes)

    def _count_selecting(self, position: int) -> int:
        entry = self.history.at(position)
        assert entry is not None
        event = event_of(entry.state, position)
        return sum(bool(one.route(event)) for one in self.catalogue.selecting(event))

    def _ladder(self, contract: str, opened: Instant, due: date) -> list[Step]:
        found = self.catalogue.contracts.get(contract)
        return ladder_of(found, opened, due) if found is not None else []

    def _next_review(self, contract: str, after: Instant) -> date | None:
        in_force = self.catalogue.contracts.get(contract)
        meeting = next_meeting(in_force, after) if in_force else None
        if in_force is None or meeting is None:
            return None
        return local_date(meeting.starts, zone(in_force.versions[-1].terms.timezone))
