"""Judging: the history, in batches, into the read models (DESIGN §4).

A batch is one transaction: it loads the rows that its entries touch in one query, applies each entry in its place, and
writes occurrences, tallies, periods, breaches, outbox and the reached position together. Killed anywhere, the batch is
repeated and reaches the same state. Nothing here reads a clock: time is an entry of the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from domain.contract import Contract
from domain.events import OperationalEvent
from domain.excuse import Excuse
from domain.match import Match
from domain.saying import said
from domain.times import Instant, day_start, local_date, zone
from services.errors import StoreTooNew, Unavailable
from services.history import entries, settling
from services.history.databases import Database, Transaction, replacing
from services.history.entries import EVENT, is_of_life, time_said, unpack
from services.history.history import Entry, History
from services.judging.action_book import keep_to_opened
from services.judging.breach_book import BreachBook
from services.judging.catalogue import Catalogue, Filter, everything
from services.judging.corrections import Corrections
from services.judging.dependency_book import DependencyBook
from services.judging.excuse_book import ExcuseBook, covered_keys, is_closed_by
from services.judging.folding import Folding
from services.judging.ledger import Ledger
from services.judging.living import begin_to_live
from services.judging.match_book import MatchBook
from services.judging.meetings import MeetingsToCome, next_meeting
from services.judging.occurrence_book import OccurrenceBook
from services.judging.outbox import mark_appended
from services.judging.own_time import OwnTimes
from services.judging.passing import SLICE, declare_time, pass_time
from services.judging.period_book import PeriodBook
from services.judging.rebuilding import rebuild
from services.judging.seen import Seen
from services.judging.shadows import begin_shadows, create_shadows
from services.judging.shares import WHOLE, Share
from services.judging.signal_book import SignalBook
from services.judging.taking import take_events, take_match
from services.judging.views import JUDGING, create_views, keep_shape

BATCH = 5_000
FACTS = frozenset({EVENT, entries.TIME, entries.QUARANTINED, settling.SETTLED})
DECISIONS = 200
"""Of people, at most, in one batch: each may build commitments anew, and whoever waits for the tables waits for the batch."""


@dataclass(frozen=True, slots=True)
class Lens:
    """Looks at the history as of a moment (MEANING §6): events that happened later are left out, time stops there.
    `last_position` cuts the history behind an entry."""

    as_of: Instant | None = None
    last_position: int | None = None

    def shows(self, event: OperationalEvent) -> bool:
        return self.as_of is None or event.time <= self.as_of

    def cap(self, time: Instant) -> Instant:
        return time if self.as_of is None else min(time, self.as_of)


def _bounded(batch: Sequence[Entry]) -> Sequence[Entry]:
    """The batch up to its last decision that fits."""
    decisions = [at for at, entry in enumerate(batch) if entry.topic not in FACTS]
    return batch if len(decisions) <= DECISIONS else batch[: decisions[DECISIONS]]


class Overtaken(Unavailable):
    """Another judge took over: what this one was about to write, that one has written."""


class Judge:
    """Judges one history into one database, which may be the history's own or one aside."""

    def __init__(
        self,
        history: History,
        database: Database,
        *,
        accepts: Filter = everything,
        share: Share = WHOLE,
        lens: Lens | None = None,
        slice: int = SLICE,
    ):
        self.history = history
        self.database = database
        self.lens = lens or Lens()
        self._accepts = accepts
        self.share = share
        self.slice = slice
        """How much follows from time in one transaction, as `SLICE`."""
        self.position = 0
        self.slices = 0
        """Those that are done of the entry behind `position`; 0 where none was begun."""
        self.watermark: Instant | None = None
        """The store's; that of a contract is `time_of`."""
        self.own_times = OwnTimes()
        self.lives = False
        """Whether the store has lived with the clock yet (`living.py`)."""
        self._rules: str | None = None
        self.catalogue = Catalogue(share)
        self.ledger = Ledger()
        self.touched = self.ledger.touched
        self.breaches = BreachBook(self._next_review, self.touched, share, self.in_use_since)
        self.periods = PeriodBook(self.ledger, self.breaches)
        self.excuses = ExcuseBook()
        self.dependencies = DependencyBook(self.ledger, self.catalogue, self.breaches)
        self.breaches.cause_of = self.dependencies.cause
        self.occurrences = OccurrenceBook(
            self.ledger, self.periods, self.breaches, history, self.catalogue, self.excuses, self.dependencies
        )
        self.matches = MatchBook()
        self.signals = SignalBook(self.ledger, self.occurrences)
        self.corrections = Corrections(history)
        self.seen = Seen()
        self.meetings = MeetingsToCome()
        self.folding = Folding(history, self.touched, share, is_as_of=self.lens.as_of is not None)
        create_views(database)
        if not share.is_whole:
            create_shadows(database)
        self.resume()

    def resume(self) -> None:
        """Takes up where the read models stand; after a failed batch too."""
        for one in (self.ledger, self.touched, self.signals, self.periods, self.folding, self.seen, self.meetings):
            one.forget()
        with self.database.connect() as reads:
            found = reads.query(
                "SELECT position, watermark, rules, slices, lives FROM view_position WHERE shard = ?",
                [self.share.shard],
            )
            self.position, self.watermark, self._rules, self.slices, lives = (
                found[0] if found else (0, None, None, 0, 0)
            )
            self.lives = bool(lives)
            self.catalogue.load(reads, self._accepts)
            self.corrections.load(reads)
            self.excuses.load(reads)
            self.matches.load(reads)
            self.own_times.load(reads)
            self.occurrences.outages.load(reads)
        self._require_known_rules()

    def _require_known_rules(self) -> None:
        """Raises StoreTooNew where the store follows rules that only a newer program knows: this one would judge by others, and
        act by them."""
        number = int(self._rules.removeprefix("judging ").partition(",")[0]) if self._rules else 0
        if number > JUDGING:
            raise StoreTooNew(
                said(
                    "the store follows judging rules {number}, and this program knows none above {judging}",
                    number=number,
                    judging=JUDGING,
                ),
                place=self.database.place,
                mend=said("use a newer entente"),
            )

    def time_of(self, contract: str) -> Instant | None:
        """The watermark of that contract: the store's, unless it has one of its own."""
        return self.own_times.of(contract, self.watermark)

    def in_use_since(self, contract: str) -> Instant | None:
        """When a contract that lives came into use: what lies before calls nobody. None where nothing is past."""
        found = self.catalogue.contracts.get(contract)
        return found.since if self.lives and found is not None else None

    def run(self, limit: int = BATCH) -> int:
        """Judges the next batch; how many entries it held, 0 when there is nothing to judge. Where one of them is a step of
        time from which more follows than one transaction should hold, the batch ends with a slice of it (`slices`), and 1 is
        the least. Raises Unavailable when another judge was quicker with it (its lock was lost on the way): trying again
        goes on behind what that one wrote."""
        with self.database.connect() as reads:
            stored = self._stored_position(reads)
        if stored != (self.position, self.slices):
            self.resume()
        batch = _bounded(self.history.read(self.position, limit))
        last = self.lens.last_position
        if last is not None:
            batch = [entry for entry in batch if entry.position <= last]
        if not batch:
            return 0
        try:
            with self.database.transaction() as writes:
                self._keep_others_out(writes)
                whole = self._apply(writes, batch)
                self._save_position(writes, batch, whole)
        except StoreTooNew:
            raise  # there is nothing that this program could take up
        except BaseException:
            self.resume()
            raise
        return max(whole, 1)

    def catch_up(self, limit: int = BATCH) -> int:
        """Judges until nothing is left; how many entries that were."""
        total = 0
        while count := self.run(limit):
            total += count
        return total

    def stop_at(self, as_of: Instant) -> None:
        """Lets time pass to the lens's moment, behind the last entry."""
        self.watermark = None if self.watermark is None else min(self.watermark, as_of)
        is_whole = False
        while not is_whole:
            with self.database.transaction() as writes:
                is_whole = pass_time(self, writes, as_of, self.position, self.own_times.waiting())
                self._write(writes)
                self._save(writes, self.position, 0, self.position)

    def _apply(self, writes: Transaction, batch: Sequence[Entry]) -> int:
        """How many entries are whole: the one behind them, if there is one, is in part."""
        whole = 0
        for are_events, run in groupby(batch, key=lambda entry: entry.topic == EVENT):
            if are_events:
                events = list(run)
                take_events(self, writes, events)
                whole += len(events)
                continue
            for entry in run:
                is_whole = self._entry(writes, entry)
                self.periods.settle(writes, entry.position)
                if not is_whole:
                    self._write(writes)
                    return whole
                whole += 1
        self._write(writes)
        return whole

    def _write(self, writes: Transaction) -> None:
        self.ledger.flush(writes)
        self.signals.write()
        self.periods.write(writes)
        self.seen.write(writes)

    def _entry(self, writes: Transaction, entry: Entry) -> bool:
        """False where more follows from it than one transaction should hold."""
        match entry.topic:
            case entries.TIME:
                header, _ = unpack(entry.state)
                if (time := time_said(header)) is not None:
                    self.ledger.flush(writes)
                    if is_of_life(header) and not self.lives:
                        begin_to_live(self, writes, entry.position)
                    time = self.lens.cap(time)
                    waiting = header.get("waiting", ())
                    return declare_time(self, writes, time, header.get("contract"), entry.position, waiting)
            case entries.OUTAGE | entries.OUTAGE_WITHDRAWN:
                self._outage(writes, entry)
            case entries.QUARANTINED:
                self.folding.quarantined(writes, entry)
            case settling.SETTLED:
                self.folding.settled(writes, entry)
            case entries.RULES:
                header, _ = unpack(entry.state)
                if self._rules is not None:
                    keep_to_opened(writes, entry.position)
                self._rules = f"judging {header['judging']}, tzdata {header['tzdata']}"
                self._require_known_rules()
                for commitment, index, start, _, kept in header.get("finals", ()):
                    self.periods.restate_kept(writes, (commitment, index, start), kept, entry.position)
            case _:
                self._decision(writes, entry)
        return True

    def _outage(self, writes: Transaction, entry: Entry) -> None:
        header, _ = unpack(entry.state)
        self.ledger.flush(writes)
        book = self.occurrences.outages
        touched = (
            book.note(writes, header["from"], header["until"], entry.position, header.get("but", ()))
            if entry.topic == entries.OUTAGE
            else book.withdraw(writes, header["outage"])
        )
        for id, key in touched:
            commitment = self.catalogue.commitments[id]
            time = self.time_of(commitment.contract)
            self.occurrences.judge_again(writes, commitment, [key], time, entry.position)
        self.ledger.flush(writes)

    def _decision(self, writes: Transaction, entry: Entry) -> None:
        aggregate = self.folding.apply(writes, entry)
        if not self.folding.follows_by_itself(aggregate):
            mark_appended(writes, aggregate, entry.position)
        if isinstance(aggregate, Excuse):
            if entry.topic == Excuse.Accepted.TOPIC:
                self._excuse(writes, aggregate, entry.position)
            return
        if isinstance(aggregate, Match):
            if self.catalogue.judges(aggregate.commitment):
                take_match(self, writes, aggregate, entry)
            return
        touched: list[str] = []
        before = self.catalogue.contracts
        if isinstance(aggregate, Contract) and entry.topic in (Contract.Agreed.TOPIC, Contract.Terminated.TOPIC):
            touched = [aggregate.contract]
        elif entry.topic == "entente.calendar.published":
            touched = self.catalogue.followers(getattr(aggregate, "calendar", ""))
            self.catalogue.load(writes, self._accepts)
        if not touched:
            return
        self.ledger.flush(writes)
        if not self.catalogue.is_cut:
            before = {id: before[id] for id in touched if id in before}
        self.catalogue.take(writes, self._accepts, touched)
        begin_shadows(self, writes, before.values(), entry.position)
        agreed = aggregate if isinstance(aggregate, Contract) and entry.topic == Contract.Agreed.TOPIC else None
        if agreed is not None and agreed.is_backfilled and len(agreed.agreed) == 1:
            self._hold(writes, agreed.contract)
        for contract in touched:
            if contract in self.catalogue.contracts:
                rebuild(self, writes, contract, before.get(contract), entry.position)

    def _hold(self, writes: Transaction, contract: str) -> None:
        """Its time stays at the start of its validity, so that its past can be imported."""
        terms = self.catalogue.contracts[contract].versions[0].terms
        start = day_start(terms.valid_from, zone(terms.timezone))
        if self.watermark is not None and start < self.watermark:
            self.own_times.hold(writes, contract, start)

    def _excuse(self, writes: Transaction, excuse: Excuse, at: int) -> None:
        """It was accepted: exactly what it covers is judged again; where it closes time, the whole commitment."""
        self.ledger.flush(writes)
        self.excuses.load(writes)
        accepted = next(one for one in self.excuses.accepted if one.id == excuse.excuse)
        contract = excuse.scope.partition("/")[0]
        before = self.catalogue.contracts.get(contract)
        if accepted.is_closure and before is not None:
            self.catalogue.load(writes, self._accepts)
            rebuild(self, writes, contract, before, at, only=lambda one: is_closed_by(accepted, one))
        for id, commitment in sorted(self.catalogue.commitments.items()):
            if accepted.concerns(id):
                keys = covered_keys(writes, commitment, accepted)
                self.occurrences.judge_again(writes, commitment, keys, self.time_of(contract), at)
                self.ledger.flush(writes)

    def _next_review(self, contract: str, after: Instant) -> date | None:
        in_force = self.catalogue.contracts.get(contract)
        meeting = next_meeting(in_force, after) if in_force else None
        if in_force is None or meeting is None:
            return None
        return local_date(meeting.starts, zone(in_force.versions[-1].terms.timezone))

    def _keep_others_out(self, writes: Transaction) -> None:
        """Holds the row that says how far the read models are until the transaction ends, and with it their shape."""
        writes.execute("UPDATE view_position SET position = position WHERE shard = ?", [self.share.shard])
        keep_shape(writes, self.database.place)
        stored = self._stored_position(writes)
        if stored != (self.position, self.slices):
            raise Overtaken(
                said("another judge has gone on from {position} to {stored}", position=self.position, stored=stored[0]),
                mend=said("try again"),
            )

    def _stored_position(self, reads: Transaction) -> tuple[int, int]:
        """And how many slices of the entry behind it are done."""
        found = reads.query("SELECT position, slices FROM view_position WHERE shard = ?", [self.share.shard])
        return (found[0][0], found[0][1]) if found else (0, 0)

    def _save_position(self, writes: Transaction, batch: Sequence[Entry], whole: int) -> None:
        position = batch[whole - 1].position if whole else self.position
        if whole == len(batch):
            self._save(writes, position, 0, position)
        else:
            slices = 1 if whole else self.slices + 1
            self._save(writes, position, slices, batch[whole].position)

    def _save(self, writes: Transaction, position: int, slices: int, touched: int) -> None:
        """Everything up to `position` is judged, and `slices` of the entry behind it, which is at `touched`."""
        self.touched.write(writes, touched)
        names = ("shard", "position", "watermark", "rules", "slices", "lives")
        row = (self.share.shard, position, self.watermark, self._rules, slices, int(self.lives))
        writes.insert("view_position", names, [row], replacing(names, 1))
        self.position, self.slices = position, slices
