"""Tools whose events come in files: which contracts take something from them, and until when time waits for the next one (decision
38)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, NamedTuple

from domain.selecting import is_shown
from domain.terms import Selector
from domain.times import Instant
from services.directory.rows import ServiceRow
from services.history.entries import EVENT, unpack
from services.history.history import History
from services.history.received import received_at
from services.history.stored_events import event_of
from services.judging.catalogue import InForce
from services.seeing.seen import Seen
from services.tables.declared import declarers, stored_since

_A_PAGE: Final = 1_000
MISSED: Final = 2
"""Files that would have been due by now, after which time goes on without them."""


class Feed(NamedTuple):
    """A tool whose events come in files. `heard`: the last event that had happened when it was received; None before the first.
    `since`: when the last file came, or it could come again: the tool was declared, our own outage ended."""

    source: str
    service: str
    every: Instant
    heard: Instant | None
    since: Instant
    types: frozenset[str]
    shown_to: tuple[str, ...] | None = None
    """The services whose contracts may take its events; None: all."""

    @property
    def expected_by(self) -> Instant:
        """The next file comes by then; later the tool is silent."""
        return self.since + self.every

    @property
    def until(self) -> Instant:
        """Time waits no longer."""
        return self.since + MISSED * self.every

    def feeds(self, contract: InForce) -> bool:
        """Says whether the contract may take something from it: it is shown to a party, and the contract names the source, or it names
        none and its party declares the tool, whose events are, as far as they are known, of a type that it takes."""
        if not is_shown(self.shown_to, (contract.supplier, contract.client)):
            return False
        selectors = {selector for one in contract.commitments for selector in one.selectors}
        is_of_party = self.service in (contract.supplier, contract.client)
        return any(self._is_chosen(selector, is_of_party=is_of_party) for selector in selectors)

    def _is_chosen(self, selector: Selector, *, is_of_party: bool) -> bool:
        if selector.sources:
            return self.source in selector.sources
        return is_of_party and (not self.types or not self.types.isdisjoint(selector.types))


class Awaited(NamedTuple):
    """A contract whose time waits for the next file of a tool."""

    contract: str
    feed: Feed


@dataclass(slots=True)
class _Heard:
    last: Instant | None = None
    received: Instant | None = None
    types: set[str] = field(default_factory=set)


class Feeding:
    """Follows the history of one store, as far as any tool is fed by files; safe for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._reached = 0
        self._heard: dict[str, _Heard] = {}

    def feeds(self, seen: Seen, services: Mapping[str, ServiceRow]) -> list[Feed]:
        """Lists the feeds of tools whose events come in files, by source."""
        declared = {
            source: (id, every)
            for id, row in services.items()
            for source, every in row.sources
            if source in row.by_files and every is not None
        }
        if not declared:
            return []
        with self._lock:
            self._follow(seen.history)
            since = _known_since(seen, declared)
            feeds = [self._feed(source, *declared[source], since[source]) for source in sorted(declared)]
        shown_to = {source: shown for row in services.values() for source, shown in row.shown_to}
        return [one._replace(shown_to=shown_to[one.source]) for one in feeds]

    def _feed(self, source: str, service: str, every: Instant, since: Instant) -> Feed:
        heard = self._heard.get(source, _Heard())
        return Feed(source, service, every, heard.last, max(since, heard.received or since), frozenset(heard.types))

    def _follow(self, history: History) -> None:
        if history.last_position() < self._reached:  # another history stands here now
            self._forget()
        while page := history.read(self._reached, _A_PAGE, [EVENT]):
            for entry in page:
                header, _ = unpack(entry.state)
                event = event_of(entry.state, entry.position)
                received = header["received"]
                heard = self._heard.setdefault(event.source, _Heard())
                heard.received = max(received, heard.received or received)
                heard.types.add(event.type)
                if event.time <= received:
                    heard.last = event.time if heard.last is None else max(event.time, heard.last)
            self._reached = page[-1].position


def _known_since(seen: Seen, declared: Iterable[str]) -> dict[str, Instant]:
    """Gives the instant at which each source was declared, or our last outage ended, where that is later: no file could
    come in it."""
    ends = [until for (until,) in seen.reads.query("SELECT until_at FROM view_outage")]
    positions = stored_since(seen.reads)
    first = {source: positions[services[0]][source] for source, services in declarers(positions).items()}
    entries = seen.history.entries([first[source] for source in declared])
    return {source: max([received_at(seen.history, entries[first[source]]), *ends]) for source in declared}


def fed(contracts: Iterable[InForce], feeds: Iterable[Feed]) -> Iterator[Awaited]:
    """Each contract with each tool that it may take something from."""
    every = list(feeds)
    for contract in contracts:
        yield from (Awaited(contract.id, one) for one in every if one.feeds(contract))
