"""A file came, and who brought it says how far it reaches: the time of the contracts that waited for it passes (decision 38)."""

from __future__ import annotations

from typing import Final

from domain.times import Instant
from services.access import Principal
from services.directory.reading import read_fed
from services.history.entries import EVENT
from services.history.history import History
from services.history.stored_events import event_of
from services.store import Store

_A_PAGE: Final = 1_000


def pass_for_fed(store: Store, who: Principal, to: Instant, after: int) -> list[str]:
    """The contracts whose time waits for one of the tools whose events stand behind `after`: of each, all events up to `to` have been
    received. Nothing where the store's time has not got further: then it has said so of all."""
    waiting = store.timekeeping.waiting()
    if not waiting:
        return []
    sources = _sources(store.history, after)
    found = {one.contract for one in store.read(who, read_fed) if one.feed.source in sources}
    for contract in sorted(found & waiting):
        store.timekeeping.advance(who, to, contract)
    return sorted(found & waiting)


def _sources(history: History, after: int) -> set[str]:
    found: set[str] = set()
    while page := history.read(after, _A_PAGE, [EVENT]):
        found |= {event_of(entry.state, entry.position).source for entry in page}
        after = page[-1].position
    return found
