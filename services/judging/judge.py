"""Judging: the history, in batches, into the read models (DESIGN §4).

A batch is one transaction: it loads the rows that its entries touch in one query, applies each entry in its place, and
writes occurrences, tallies, periods, breaches, outbox and the reached position together. Killed anywhere, the batch is
repeated and reaches the same state. Nothing here reads a clock: time is an entry of the history.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from domain.saying import said
from domain.times import Instant, tzdata_version
from services.errors import StoreTooNew, Unavailable
from services.history import entries
from services.history.databases import Database, Transaction, replacing
from services.history.entries import EVENT, Position, is_of_life, time_said, unpack
from services.history.history import Entry, History
from services.history.opening import open_database
from services.judging.action_book import keep_to_opened
from services.judging.bench import Bench
from services.judging.catalogue import Filter, everything
from services.judging.decided import take_decision, take_outage
from services.judging.folding import Folding
from services.judging.ledger import PeriodId
from services.judging.lens import Lens
from services.judging.living import begin_to_live
from services.judging.passing import SLICE, declare_time, pass_time, take_waiting
from services.judging.shadows import create_shadows
from services.judging.shares import WHOLE, Share
from services.judging.taking import take_events
from services.judging.views import JUDGING, create_views, keep_shape

BATCH = 5_000
OF_THE_STORE = frozenset(
    {entries.CHECKPOINT_KEY, entries.RESTORED, entries.ERASED, entries.NOTICE_SENT, entries.NOTICE_FAILED}
)
"""Topics of entries about the store itself, from which no figure follows."""
NO_DECISIONS = frozenset({EVENT, entries.TIME, entries.WAITS, entries.QUARANTINED, entries.SETTLED}) | OF_THE_STORE
"""Topics of entries that build no commitment anew."""
OWN_RULES = f"judging {JUDGING}, tzdata {tzdata_version()}"
DECISIONS = 200
"""Decisions of people in one batch, at most: each may build commitments anew, and whoever waits for the tables waits
for the batch."""


def _bounded(batch: Sequence[Entry]) -> Sequence[Entry]:
    """The batch up to its last decision that fits."""
    decisions = [at for at, entry in enumerate(batch) if entry.topic not in NO_DECISIONS]
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
        self.share = share
        self.position = Position(0)
        self.slices = 0
        """The slices that are done of the entry behind `position`; 0 where none was begun."""
        self._rules: str | None = None
        self.bench = Bench(history, accepts, share, self.lens, slice, self._judged_aside)
        self._folding = Folding(history, self.bench.touched, share, is_as_of=self.lens.as_of is not None)
        create_views(database)
        if not share.is_whole:
            create_shadows(database)
        self.resume()

    @property
    def watermark(self) -> Instant | None:
        """How far the store's time has come."""
        return self.bench.watermark

    def resume(self) -> None:
        """Takes up where the read models stand; after a failed batch too."""
        bench = self.bench
        bench.forget()
        self._folding.forget()
        with self.database.connect() as reads:
            found = reads.query(
                "SELECT position, watermark, rules, slices, lives FROM view_position WHERE shard = ?",
                [self.share.shard],
            )
            self.position, bench.watermark, self._rules, self.slices, lives = (
                found[0] if found else (0, None, None, 0, 0)
            )
            bench.lives = bool(lives)
            bench.load(reads)
        self._follow(self._rules)

    def _follow(self, rules: str | None) -> None:
        """Raises StoreTooNew."""
        self._rules = rules
        self.bench.occurrences.may_stand_elsewhere = rules not in (None, OWN_RULES)
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
        self.bench.watermark = None if self.bench.watermark is None else min(self.bench.watermark, as_of)
        is_whole = False
        while not is_whole:
            with self.database.transaction() as writes:
                is_whole = pass_time(self.bench, writes, as_of, self.position, self.bench.own_times.waiting())
                self.bench.write(writes)
                self._save(writes, self.position, 0, self.position)

    def _apply(self, writes: Transaction, batch: Sequence[Entry]) -> int:
        """Judges the entries; gives how many of them are done: the one behind those, if there is one, is done in part."""
        whole = 0
        for are_events, run in groupby(batch, key=lambda entry: entry.topic == EVENT):
            if are_events:
                events = list(run)
                take_events(self.bench, writes, events)
                whole += len(events)
                continue
            for entry in run:
                is_whole = self._entry(writes, entry)
                self.bench.settle(writes, entry.position)
                if not is_whole:
                    self.bench.write(writes)
                    return whole
                whole += 1
        self.bench.write(writes)
        return whole

    def _entry(self, writes: Transaction, entry: Entry) -> bool:
        """False where more follows from it than one transaction should hold."""
        match entry.topic:
            case entries.TIME:
                header, _ = unpack(entry.state)
                if (time := time_said(header)) is not None:
                    self.bench.ledger.flush(writes)
                    if is_of_life(header) and not self.bench.lives:
                        begin_to_live(self.bench, writes, entry.position)
                    time = self.lens.cap(time)
                    some_wait = header.get("some_wait", False)
                    waiting = self.bench.own_times.waiting() if some_wait else header.get("waiting", ())
                    return declare_time(self.bench, writes, time, header.get("contract"), entry.position, waiting)
            case entries.WAITS:
                header, _ = unpack(entry.state)
                if (time := time_said(header)) is not None:
                    self.bench.ledger.flush(writes)
                    time = self.lens.cap(time)
                    take_waiting(self.bench, writes, header["contract"], time, waits=header["waits"])
            case one if one in OF_THE_STORE:
                pass
            case entries.OUTAGE | entries.OUTAGE_WITHDRAWN | entries.SPARED:
                take_outage(self.bench, writes, entry)
            case entries.QUARANTINED:
                self._folding.quarantined(writes, entry)
            case entries.SETTLED:
                self._folding.settled(writes, entry)
            case entries.RULES:
                header, _ = unpack(entry.state)
                if self._rules is not None and "contract" not in header:
                    keep_to_opened(writes, entry.position)
                self._follow(f"judging {header['judging']}, tzdata {header['tzdata']}")
                for commitment, index, start, _, kept in header.get("finals", ()):
                    self.bench.periods.restate_kept(writes, PeriodId(commitment, index, start), kept, entry.position)
            case _:
                take_decision(self.bench, self._folding, writes, entry)
        return True

    @contextmanager
    def _judged_aside(self, accepts: Filter, last: int) -> Iterator[Transaction]:
        with tempfile.TemporaryDirectory(prefix="entente-") as folder:
            database = open_database(f"sqlite:///{Path(folder) / 'aside.db'}")
            try:
                Judge(self.history, database, accepts=accepts, lens=Lens(self.lens.as_of, last)).catch_up()
                with database.connect() as reads:
                    yield reads
            finally:
                database.close()

    def _keep_others_out(self, writes: Transaction) -> None:
        """Holds the row that says how far the read models are until the transaction ends, and with it their shape."""
        writes.execute("UPDATE view_position SET position = position WHERE shard = ?", [self.share.shard])
        keep_shape(writes, self.database.place)
        stored, slices = self._stored_position(writes)
        if (stored, slices) != (self.position, self.slices):
            raise Overtaken(
                said("another judge has gone on from {position} to {stored}", position=self.position, stored=stored),
                mend=said("try again"),
            )

    def _stored_position(self, reads: Transaction) -> tuple[int, int]:
        """And how many slices of the entry behind it are done."""
        found = reads.query("SELECT position, slices FROM view_position WHERE shard = ?", [self.share.shard])
        position, slices = found[0] if found else (0, 0)
        return position, slices

    def _save_position(self, writes: Transaction, batch: Sequence[Entry], whole: int) -> None:
        position = batch[whole - 1].position if whole else self.position
        if whole == len(batch):
            self._save(writes, position, 0, position)
        else:
            slices = 1 if whole else self.slices + 1
            self._save(writes, position, slices, batch[whole].position)

    def _save(self, writes: Transaction, position: Position, slices: int, touched: Position) -> None:
        """Everything up to `position` is judged, and `slices` of the entry behind it, which is at `touched`."""
        self.bench.touched.write(writes, touched)
        names = ("shard", "position", "watermark", "rules", "slices", "lives")
        row = (self.share.shard, position, self.bench.watermark, self._rules, slices, int(self.bench.lives))
        writes.insert("view_position", names, [row], replacing(names, 1))
        self.position, self.slices = position, slices
