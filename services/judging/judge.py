"""Judging: the history, in batches, into the read models (DESIGN §4).

A batch is one transaction: it loads the rows that its entries touch in one query, applies each entry in its place, and
writes occurrences, tallies, periods, breaches, outbox and the reached position together. Killed anywhere, the batch is
repeated and reaches the same state. Nothing here reads a clock: time is an entry of the history.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from domain.commitments import Commitment
from domain.contract import Contract
from domain.events import OperationalEvent
from domain.excuse import Excuse
from domain.match import Match
from domain.routing import Route
from domain.times import Instant, day_start, local_date, zone
from services.errors import Unavailable
from services.history import entries, settling
from services.history.databases import Database, Transaction
from services.history.entries import EVENT, unpack
from services.history.history import Entry, History
from services.history.stored_events import event_of
from services.judging.breach_book import BreachBook, put_in_outbox
from services.judging.catalogue import Catalogue, Filter, InForce, everything
from services.judging.corrections import Corrections
from services.judging.dependency_book import DependencyBook
from services.judging.excuse_book import ExcuseBook, covered_keys, is_closed_by
from services.judging.folding import Folding
from services.judging.ledger import Ledger
from services.judging.match_book import MatchBook, Matched, touches_final
from services.judging.meetings import meetings, next_meeting
from services.judging.occurrence_book import OccurrenceBook
from services.judging.outbox import mark_appended
from services.judging.own_time import OwnTimes, Scope
from services.judging.period_book import PeriodBook
from services.judging.rebuilding import rebuild
from services.judging.seen import Seen
from services.judging.signal_book import SignalBook
from services.judging.views import create_views

BATCH = 5_000


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
        shard: int = 0,
        lens: Lens | None = None,
    ):
        self.history = history
        self.database = database
        self.lens = lens or Lens()
        self._accepts = accepts
        self._shard = shard
        self.position = 0
        self.watermark: Instant | None = None
        """The store's; that of a contract is `time_of`."""
        self.own_times = OwnTimes()
        self._rules: str | None = None
        self.catalogue = Catalogue()
        self.ledger = Ledger()
        self.breaches = BreachBook(self._next_review)
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
        self.folding = Folding(history)
        create_views(database)
        self.resume()

    def resume(self) -> None:
        """Takes up where the read models stand; after a failed batch too."""
        for one in (self.ledger, self.signals, self.periods, self.folding, self.seen):
            one.forget()
        with self.database.connect() as reads:
            found = reads.query("SELECT position, watermark, rules FROM view_position WHERE shard = ?", [self._shard])
            self.position, self.watermark, self._rules = found[0] if found else (0, None, None)
            self.catalogue.load(reads, self._accepts)
            self.corrections.load(reads)
            self.excuses.load(reads)
            self.matches.load(reads)
            self.own_times.load(reads)
            self.occurrences.outages.load(reads)

    def time_of(self, contract: str) -> Instant | None:
        """The watermark of that contract: the store's, unless it has one of its own."""
        return self.own_times.of(contract, self.watermark)

    def run(self, limit: int = BATCH) -> int:
        """Judges the next batch; how many entries it held, 0 when there is nothing to judge. Raises Unavailable when another
        judge was quicker with it (its lock was lost on the way): trying again goes on behind what that one wrote."""
        with self.database.connect() as reads:
            stored = self._stored_position(reads)
        if stored != self.position:
            self.resume()
        batch = self.history.read(self.position, limit)
        last = self.lens.last_position
        if last is not None:
            batch = [entry for entry in batch if entry.position <= last]
        if not batch:
            return 0
        try:
            with self.database.transaction() as writes:
                self._keep_others_out(writes)
                self._apply(writes, batch)
                self._save_position(writes, batch[-1].position)
        except BaseException:
            self.resume()
            raise
        return len(batch)

    def catch_up(self, limit: int = BATCH) -> int:
        """Judges until nothing is left; how many entries that were."""
        total = 0
        while count := self.run(limit):
            total += count
        return total

    def stop_at(self, as_of: Instant) -> None:
        """Lets time pass to the lens's moment, behind the last entry."""
        with self.database.transaction() as writes:
            self.watermark = None if self.watermark is None else min(self.watermark, as_of)
            self._pass_time(writes, as_of, self.position)
            self.periods.settle(writes, self.position)
            self.ledger.flush(writes)
            self.periods.write(writes)
            self._save_position(writes, self.position)

    def _apply(self, writes: Transaction, batch: Sequence[Entry]) -> None:
        for are_events, run in groupby(batch, key=lambda entry: entry.topic == EVENT):
            if are_events:
                self._events(writes, list(run))
            else:
                for entry in run:
                    self._entry(writes, entry)
                    self.periods.settle(writes, entry.position)
        self.ledger.flush(writes)
        self.signals.write()
        self.periods.write(writes)
        self.seen.write(writes)

    def _events(self, writes: Transaction, batch: list[Entry]) -> None:
        routed: list[tuple[OperationalEvent, list[tuple[Commitment, list[Route]]]]] = []
        for entry in batch:
            event = event_of(entry.state, entry.position)
            if self.lens.shows(event):
                routes = [(one, one.route(event)) for one in self.catalogue.selecting(event)]
                routed.append((event, [(one, found) for one, found in routes if found]))
        self.ledger.prefetch(
            writes,
            [
                (one.id, route.key)
                for _, routes in routed
                for one, found in routes
                if one.signals is None
                for route in found
                if route.key
            ],
        )
        for event, routes in routed:
            self.seen.count(event, is_claimed=bool(routes))
            if not self.corrections.is_evidence(event):
                routes = []
            if event.voids is not None or event.replaces is not None:
                self._correct(writes, event, dict(routes))
            for commitment, found in routes:
                self.take(writes, commitment, found, len(routes), event.position)
            self.periods.settle(writes, event.position)

    def take(
        self, writes: Transaction, commitment: Commitment, routes: Sequence[Route], selectors: int, at: int
    ) -> None:
        """One event as evidence for a commitment: for an occurrence, or as a signal between two."""
        book = self.occurrences if commitment.signals is None else self.signals
        book.take(writes, commitment, routes, selectors, at, self.time_of(commitment.contract))

    def _correct(
        self, writes: Transaction, event: OperationalEvent, followed_by: Mapping[Commitment, Sequence[Route]]
    ) -> None:
        """What the event takes out is evidence no more, wherever it was. `followed_by`: what it says itself, right after."""
        for gone in self.corrections.take(writes, event):
            if self.lens.shows(gone):
                matched = self.matches.of_event(gone.position)
                for one in matched.values():
                    self._put(writes, one, gone, event.position, is_in=False, is_evidence=False)
                for commitment in self.catalogue.selecting(gone):
                    if commitment.id in matched:
                        continue
                    if routes := commitment.route(gone):
                        now = self.time_of(commitment.contract)
                        if commitment.signals is not None:
                            self.signals.take_out(writes, commitment, routes, event.position, now)
                        else:
                            to_come = followed_by.get(commitment, ())
                            self.occurrences.take_out(writes, commitment, routes, event.position, now, to_come)

    def _entry(self, writes: Transaction, entry: Entry) -> None:
        match entry.topic:
            case entries.TIME:
                header, _ = unpack(entry.state)
                self.ledger.flush(writes)
                self._time(writes, self.lens.cap(header["time"]), header.get("contract"), entry.position)
            case entries.OUTAGE:
                self._outage(writes, entry)
            case entries.QUARANTINED:
                self.folding.quarantined(writes, entry)
            case settling.SETTLED:
                self.folding.settled(writes, entry)
            case entries.RULES:
                header, _ = unpack(entry.state)
                self._rules = f"judging {header['judging']}, tzdata {header['tzdata']}"
                for commitment, index, start, _, kept in header.get("finals", ()):
                    self.periods.restate_kept(writes, (commitment, index, start), kept, entry.position)
            case _:
                self._decision(writes, entry)

    def _outage(self, writes: Transaction, entry: Entry) -> None:
        header, _ = unpack(entry.state)
        self.ledger.flush(writes)
        for id, key in self.occurrences.outages.note(writes, header["from"], header["until"], entry.position):
            commitment = self.catalogue.commitments[id]
            time = self.time_of(commitment.contract)
            self.occurrences.judge_again(writes, commitment, [key], time, entry.position)
        self.ledger.flush(writes)

    def _time(self, writes: Transaction, time: Instant, contract: str | None, at: int) -> None:
        """All events up to `time` have been received, or all those of one contract."""
        if contract is None:
            self._pass_time(writes, time, at)
            return
        before = self.time_of(contract)
        if contract in self.catalogue.contracts and (before is None or time > before):
            self.own_times.declare(writes, contract, time, self.watermark)
            self._pass(writes, before, time, at, Scope(contract))

    def _pass_time(self, writes: Transaction, time: Instant, at: int) -> None:
        before = self.watermark
        if before is not None and time <= before:
            return
        self.watermark = time
        joining = self.own_times.join(writes, time)
        for contract, own in joining.items():
            self._pass(writes, own, time, at, Scope(contract))
        self._pass(writes, before, time, at, Scope(), without=joining)

    def _pass(
        self,
        writes: Transaction,
        before: Instant | None,
        time: Instant,
        at: int,
        whose: Scope,
        *,
        without: Collection[str] = (),
    ) -> None:
        """What was due is missing, periods end and close, reviews come. `without`: contracts whose time has passed already."""
        reached = dict.fromkeys(commitment for commitment, _, _ in self.periods.reached(writes, time, whose))
        reached |= dict.fromkeys(self.occurrences.beyond_horizon(writes, time, whose))
        for name in sorted(reached):
            if name in self.catalogue.commitments:
                self._look_ahead(writes, self.catalogue.commitments[name], time, at)
        self.occurrences.wake(writes, time, at, whose)
        for id in self.periods.reached(writes, time, whose):
            if id[0] in self.catalogue.commitments:
                self.periods.pass_time(writes, self.catalogue.commitments[id[0]], id, time, at)
        contracts = [
            one
            for name, one in self.catalogue.contracts.items()
            if (name == whose.contract if whose.contract else not (name in without or self.own_times.has(name)))
        ]
        self._look_at_moving(writes, contracts, time)
        self._call_reviews(writes, contracts, before, time, at)

    def _look_at_moving(self, writes: Transaction, contracts: Sequence[InForce], time: Instant) -> None:
        """The targets that time alone can lose: while something is down or stale, and over rolling windows."""
        names = {one.id for one in contracts}
        signalled = [name for name in self.catalogue.signalled if name.partition("/")[0] in names]
        for name in self.signals.running(writes, signalled) if signalled else ():
            self.periods.look_at_open(writes, self.catalogue.commitments[name], time)
        for name in self.catalogue.rolling:
            if name.partition("/")[0] in names:
                self.periods.look_at_rolling(self.catalogue.commitments[name], time)

    def _look_ahead(self, writes: Transaction, commitment: Commitment, time: Instant, at: int) -> None:
        """Opens the periods up to the watermark, and the dated occurrences of those that hold it."""
        self.periods.open_until(writes, commitment, time)
        self.occurrences.expand(writes, commitment, time, at)
        if commitment.all_are_known:
            self.periods.look_at_open(writes, commitment, time)

    def _decision(self, writes: Transaction, entry: Entry) -> None:
        aggregate = self.folding.apply(writes, entry)
        mark_appended(writes, aggregate, entry.position)
        if isinstance(aggregate, Excuse):
            if entry.topic == Excuse.Accepted.TOPIC:
                self._excuse(writes, aggregate, entry.position)
            return
        if isinstance(aggregate, Match):
            self._match(writes, aggregate, entry)
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
        self.catalogue.load(writes, self._accepts)
        if isinstance(aggregate, Contract) and aggregate.is_backfilled and len(aggregate.agreed) == 1:
            self._hold(writes, aggregate.contract)
        for contract in touched:
            if contract in self.catalogue.contracts:
                rebuild(self, writes, contract, before.get(contract), entry.position)

    def _hold(self, writes: Transaction, contract: str) -> None:
        """Its time stays at the start of its validity, so that its past can be imported."""
        terms = self.catalogue.contracts[contract].versions[0].terms
        start = day_start(terms.valid_from, zone(terms.timezone))
        if self.watermark is not None and start < self.watermark:
            self.own_times.hold(writes, contract, start)

    def _match(self, writes: Transaction, match: Match, entry: Entry) -> None:
        """A person matched an event, or took that back, or the other party answered: its evidence moves."""
        self.ledger.flush(writes)
        event = self._event_at(match.position)
        commitment = self.catalogue.commitments.get(match.commitment)

        def moves_final() -> bool:
            if event is None or commitment is None:
                return False
            by_hand, by_rule = commitment.by_hand(match.key, event, match.roles), commitment.route(event)
            out, into = (by_rule, by_hand) if match.asked == "match" else (by_hand, by_rule)
            now = self.time_of(commitment.contract)
            return touches_final(writes, commitment, self.excuses, now, out, into)

        was, counts = self.matches.take(writes, match, entry.topic, entry.position, moves_final)
        if was != counts and event is not None:
            one = Matched(match.commitment, match.position, match.key, tuple(match.roles))
            self._put(writes, one, event, entry.position, is_in=counts)
            self.ledger.flush(writes)

    def put_matched(self, writes: Transaction, commitment: Commitment, at: int) -> None:
        """Of a commitment whose events were all taken by their selectors: those that people matched, where they belong."""
        for one in self.matches.of_commitment(commitment.id):
            event = self._event_at(one.event)
            if event is not None:
                self._put(writes, one, event, at, is_in=True)

    def _event_at(self, position: int) -> OperationalEvent | None:
        """The event if it is evidence, as far as the lens shows."""
        entry = self.history.at(position)
        event = event_of(entry.state, position) if entry is not None and entry.topic == EVENT else None
        is_shown = event is not None and self.lens.shows(event) and self.corrections.is_evidence(event)
        return event if is_shown else None

    def _put(
        self,
        writes: Transaction,
        matched: Matched,
        event: OperationalEvent,
        at: int,
        *,
        is_in: bool,
        is_evidence: bool = True,
    ) -> None:
        """From where the selectors put the event to where a person did; or (`is_in` False) back, if it is evidence still."""
        commitment = self.catalogue.commitments.get(matched.commitment)
        if commitment is None or not commitment.roles:
            return
        by_hand, by_rule = commitment.by_hand(matched.key, event, matched.roles), commitment.route(event)
        out, into = (by_rule, by_hand) if is_in else (by_hand, by_rule)
        now = self.time_of(commitment.contract)
        if out:
            self.occurrences.take_out(writes, commitment, out, at, now)
        if into and is_evidence:
            selectors = sum(bool(one.route(event)) for one in self.catalogue.selecting(event))
            self.occurrences.take(writes, commitment, into, selectors, at, now)

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
                keys = covered_keys(writes, id, accepted)
                self.occurrences.judge_again(writes, commitment, keys, self.time_of(contract), at)
                self.ledger.flush(writes)

    def _call_reviews(
        self, writes: Transaction, contracts: Sequence[InForce], before: Instant | None, time: Instant, at: int
    ) -> None:
        for contract in contracts:
            first = min(one.terms.effective for one in contract.versions)
            start = before if before is not None else _first_instant(first, contract.versions[0].terms.timezone)
            for meeting in meetings(contract, start, time):
                content = {
                    "review": meeting.id,
                    "contract": meeting.contract,
                    "starts": meeting.starts,
                    "pack_position": at,
                }
                put_in_outbox(writes, f"review:{meeting.id}", at, "call-review", content)

    def _next_review(self, contract: str, after: Instant) -> date | None:
        in_force = self.catalogue.contracts.get(contract)
        meeting = next_meeting(in_force, after) if in_force else None
        if in_force is None or meeting is None:
            return None
        return local_date(meeting.starts, zone(in_force.versions[-1].terms.timezone))

    def _keep_others_out(self, writes: Transaction) -> None:
        """Holds the row that says how far the read models are until the transaction ends."""
        writes.execute("UPDATE view_position SET position = position WHERE shard = ?", [self._shard])
        if (stored := self._stored_position(writes)) != self.position:
            raise Overtaken(f"another judge has gone on from {self.position} to {stored}", mend="try again")

    def _stored_position(self, reads: Transaction) -> int:
        found = reads.query("SELECT position FROM view_position WHERE shard = ?", [self._shard])
        return found[0][0] if found else 0

    def _save_position(self, writes: Transaction, position: int) -> None:
        writes.execute(
            "INSERT INTO view_position (shard, position, watermark, rules) VALUES (?, ?, ?, ?) ON CONFLICT (shard) "
            "DO UPDATE SET position = excluded.position, watermark = excluded.watermark, rules = excluded.rules",
            [self._shard, position, self.watermark, self._rules],
        )
        self.position = position


def _first_instant(day: date, zone_name: str) -> Instant:
    return day_start(day, zone(zone_name)) - 1
