"""The tools that send, and what came from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from domain.commitments import Commitment
from domain.events import OWN
from domain.selecting import is_shown
from domain.terms import Selector
from domain.times import Instant
from services.access import Principal
from services.directory.feeds import Feed
from services.directory.rows import ServiceRow
from services.history.databases import Transaction


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A tool. `service` declares it (None: nobody does), `expected_every` in microseconds; `unclaimed` of its events no
    commitment selects; `last` is when its last event happened, None where nothing came. `is_silent`: for longer than expected,
    by what has been received. `expected_by`: when the next file comes, of a tool whose events come in files. Not `is_counted`: only a
    part of what came is for who asks, so neither numbers nor times are said."""

    source: str
    service: str | None
    expected_every: int | None
    types: tuple[str, ...] = ()
    events: int = 0
    unclaimed: int = 0
    last: Instant | None = None
    is_silent: bool = False
    is_counted: bool = True
    expected_by: Instant | None = None


class _Came(NamedTuple):
    """Events of one type from one source."""

    type: str
    events: int
    unclaimed: int
    last: Instant


def sources(
    reads: Transaction,
    services: Mapping[str, ServiceRow],
    watermark: Instant | None,
    who: Principal,
    mine: Iterable[Commitment],
) -> list[SourceRow]:
    """Reads the sources that these services declare, by name; who sees everything also gets those that nobody declares, but not
    the platform's own.
    A member is shown types that the selectors of `mine`, its own commitments, choose, and numbers and times where the
    source is its own, or where those of contracts with its service choose every event of the type: a source that is opened to others
    was perhaps hidden from them before, and what came then is counted too."""
    declared = {source: (id, every) for id, row in services.items() for source, every in row.sources}
    shown_to = {source: shown for row in services.values() for source, shown in row.shown_to}
    seen: dict[str, list[_Came]] = {}
    for source, *rest in reads.query(
        "SELECT source, type, events, unclaimed, last_time FROM view_seen ORDER BY source, type"
    ):
        seen.setdefault(source, []).append(_Came(*rest))
    sees_all = who.sees_everything
    chosen = _Chosen(() if sees_all else mine, shown_to)
    found = []
    of_tools = [source for source in seen if not source.startswith(OWN)]
    for source in sorted({*declared, *(of_tools if sees_all else ())}):
        service, every = declared.get(source, (None, None))
        came = [one for one in seen.get(source, ()) if sees_all or chosen.some(source, one.type)]
        is_own = sees_all or (service is not None and who.is_of(service))
        is_counted = is_own or (bool(came) and all(chosen.every(source, service, one.type) for one in came))
        row = SourceRow(source, service, every, tuple(one.type for one in came), is_counted=is_counted)
        found.append(_counted(row, came, watermark) if is_counted else row)
    return found


def _counted(row: SourceRow, came: Sequence[_Came], watermark: Instant | None) -> SourceRow:
    last = max((one.last for one in came), default=None)
    every = row.expected_every
    return replace(
        row,
        events=sum(one.events for one in came),
        unclaimed=sum(one.unclaimed for one in came),
        last=last,
        is_silent=every is not None and watermark is not None and (last is None or watermark - last > every),
    )


def fed_by_files(row: SourceRow, feed: Feed | None, watermark: Instant | None) -> SourceRow:
    """Judges the silence of a tool whose events come in files by its files: it is they that are late, not the events in
    them."""
    if feed is None or not row.is_counted:
        return row
    is_silent = watermark is not None and watermark > feed.expected_by
    return replace(row, is_silent=is_silent, expected_by=feed.expected_by)


class _Chosen:
    """The events that the selectors of commitments choose, as far as type and source tell, of sources that are `shown_to` a party."""

    def __init__(self, commitments: Iterable[Commitment], shown_to: Mapping[str, tuple[str, ...] | None]):
        self._shown_to = shown_to
        self._of_type: dict[str, list[tuple[Selector, Commitment]]] = {}
        for commitment in commitments:
            for selector in commitment.selectors:
                for kind in selector.types:
                    self._of_type.setdefault(kind, []).append((selector, commitment))

    def some(self, source: str, kind: str) -> bool:
        return any(True for _ in self._of(source, kind))

    def every(self, source: str, service: str | None, kind: str) -> bool:
        return any(not one.where and service in parties for one, parties in self._with_parties(source, kind))

    def _of(self, source: str, kind: str) -> Iterator[Selector]:
        return (selector for selector, _ in self._with_parties(source, kind))

    def _with_parties(self, source: str, kind: str) -> Iterator[tuple[Selector, tuple[str, str]]]:
        shown_to = self._shown_to.get(source)
        for selector, commitment in self._of_type.get(kind, ()):
            is_named = not selector.sources or source in selector.sources
            if is_named and is_shown(shown_to, commitment.parties):
                yield selector, commitment.parties
