"""Takes what people decided, and what was said of our own ingestion, as it comes in the history: what it touches is
judged anew."""

from __future__ import annotations

from eventsourcing.domain import Aggregate

from domain.action import Action
from domain.calendar import PublishedCalendar
from domain.contract import Contract
from domain.excuse import Excuse
from domain.match import Match
from domain.offers.offer import Offer
from domain.times import day_start, zone
from services.history import entries
from services.history.databases import Transaction
from services.history.entries import Position, unpack
from services.history.history import Entry
from services.judging.bench import Bench
from services.judging.events_told import tell_of
from services.judging.excuse_book import covered_keys, is_closed_by
from services.judging.folding import Folding
from services.judging.metering import publish_meters
from services.judging.outbox import mark_appended
from services.judging.rebuilding import rebuild
from services.judging.shadows import begin_shadows
from services.judging.taking import take_match


def take_outage(bench: Bench, writes: Transaction, entry: Entry) -> None:
    """Our own ingestion was down, or was not after all: what that excuses is judged again."""
    header, _ = unpack(entry.state)
    if entry.topic == entries.SPARED:
        bench.occurrences.outages.spare(writes, header["from"], header["until"], header["contract"])
        return
    bench.ledger.flush(writes)
    book = bench.occurrences.outages
    touched = (
        book.note(writes, header["from"], header["until"], entry.position, header.get("but", ()))
        if entry.topic == entries.OUTAGE
        else book.withdraw(writes, header["outage"])
    )
    for id, key in touched:
        commitment = bench.catalogue.commitments[id]
        turn = bench.turn(writes, entry.position, commitment.contract)
        bench.occurrences.judge_again(turn, commitment, [key])
    bench.ledger.flush(writes)


def take_decision(bench: Bench, folding: Folding, writes: Transaction, entry: Entry) -> None:
    """Folds what people decided, and judges anew what follows from it."""
    aggregate = folding.apply(writes, entry)
    if not folding.follows_by_itself(aggregate):
        mark_appended(writes, aggregate, entry.position)
        tell_of(bench, writes, aggregate, entry)
    if isinstance(aggregate, Action):
        commitment = bench.catalogue.commitments.get(aggregate.commitment)
        if commitment is not None:
            turn = bench.turn(writes, entry.position, commitment.contract)
            bench.effects.take(turn, commitment, aggregate, entry.topic)
    elif isinstance(aggregate, Excuse):
        if entry.topic == Excuse.Accepted.TOPIC:
            _excuse(bench, writes, aggregate, entry.position)
    elif isinstance(aggregate, Offer):
        if entry.topic == Offer.Published.TOPIC:
            publish_meters(bench, writes, aggregate, entry.position)
    elif isinstance(aggregate, Match):
        if bench.catalogue.judges(aggregate.commitment):
            take_match(bench, writes, aggregate, entry)
    else:
        _reword(bench, writes, aggregate, entry)


def _reword(bench: Bench, writes: Transaction, aggregate: Aggregate, entry: Entry) -> None:
    """A contract or a calendar that contracts follow says something else now."""
    touched: list[str] = []
    before = bench.catalogue.contracts
    if isinstance(aggregate, Contract) and entry.topic in (Contract.Agreed.TOPIC, Contract.Terminated.TOPIC):
        touched = [aggregate.contract]
    elif isinstance(aggregate, PublishedCalendar) and entry.topic == PublishedCalendar.Published.TOPIC:
        touched = bench.catalogue.followers(aggregate.calendar)
        bench.load_catalogue(writes)
    if not touched:
        return
    bench.ledger.flush(writes)
    if not bench.catalogue.is_cut:
        before = {id: before[id] for id in touched if id in before}
    bench.take_into_force(writes, touched)
    begin_shadows(bench, writes, before.values(), entry.position)
    agreed = aggregate if isinstance(aggregate, Contract) and entry.topic == Contract.Agreed.TOPIC else None
    if agreed is not None and agreed.is_backfilled and len(agreed.agreed) == 1:
        _hold(bench, writes, agreed.contract)
    for contract in touched:
        if contract in bench.catalogue.contracts:
            rebuild(bench, writes, contract, before.get(contract), entry.position)


def _hold(bench: Bench, writes: Transaction, contract: str) -> None:
    """Its time stays at the start of its validity, so that its past can be imported."""
    terms = bench.catalogue.contracts[contract].versions[0].terms
    start = day_start(terms.valid_from, zone(terms.timezone))
    if bench.watermark is not None and start < bench.watermark:
        bench.own_times.hold(writes, contract, start)


def _excuse(bench: Bench, writes: Transaction, excuse: Excuse, at: Position) -> None:
    """It was accepted: exactly what it covers is judged again; where it closes time, the whole commitment."""
    bench.ledger.flush(writes)
    bench.excuses.load(writes)
    accepted = next(one for one in bench.excuses.accepted if one.id == excuse.excuse)
    contract = excuse.scope.partition("/")[0]
    before = bench.catalogue.contracts.get(contract)
    if accepted.is_closure and before is not None:
        bench.load_catalogue(writes)
        rebuild(bench, writes, contract, before, at, only=lambda one: is_closed_by(accepted, one))
    for id, commitment in sorted(bench.catalogue.commitments.items()):
        if accepted.concerns(id):
            keys = covered_keys(writes, commitment, accepted)
            bench.occurrences.judge_again(bench.turn(writes, at, contract), commitment, keys)
            bench.ledger.flush(writes)
