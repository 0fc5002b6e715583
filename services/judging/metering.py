"""An offer was published: its use is counted anew from all events before that entry (SHARED §2)."""

from __future__ import annotations

from collections.abc import Iterator

from domain.events import OperationalEvent
from domain.offers.offer import Offer
from services.history.databases import Transaction
from services.history.entries import EVENT, Position
from services.history.stored_events import event_of
from services.judging.bench import Bench
from services.judging.use_book import Recount

_PAGE = 5_000


def publish_meters(bench: Bench, writes: Transaction, offer: Offer, at: Position) -> None:
    """Within the transaction of the entry at position `at`."""
    if not bench.use.keeps:
        return
    recount = bench.use.count_anew(writes, offer.offer, [one.document for one in offer.versions])
    for page in _events(bench, writes, recount, at):
        for event in page:
            _claim(bench, recount, event)
            if bench.corrections.is_evidence(event):
                bench.use.take_again(recount, event)
        bench.use.write(writes)
    bench.use.settle(writes, recount, at)


def _events(bench: Bench, writes: Transaction, recount: Recount, at: Position) -> Iterator[list[OperationalEvent]]:
    """By the page: those before the entry that the offer counts or counted."""
    types = recount.after.types | (recount.before.types if recount.before is not None else frozenset())
    if not types & ({kind for (kind,) in writes.query("SELECT type FROM view_seen")} | bench.sources.types()):
        return
    after = 0
    while page := [one for one in bench.history.read(after, _PAGE, [EVENT]) if one.position < at]:
        after = page[-1].position
        events = [event_of(one.state, one.position) for one in page]
        yield [one for one in events if one.type in types and bench.lens.shows(one)]


def _claim(bench: Bench, recount: Recount, event: OperationalEvent) -> None:
    """An event that nobody else claims is claimed from now on, or no more."""
    was = recount.before is not None and bool(recount.before.of(event))
    now = bool(recount.after.of(event))
    if was == now or any(one.offer != recount.offer for one in bench.use.counted(event)):
        return
    if not any(one.route(event) for one in bench.catalogue.selecting(event)):
        bench.sources.claim(event.type, event.source, more_claimed=now - was, last=event.time)
