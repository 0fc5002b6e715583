"""Which entries of the history are somebody's own (TRUST §5): those that a party may see, take home, and ask proofs of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec

from domain.calendar import PublishedCalendar
from services.auditing.history_rows import HistoryReader, is_by_one_of
from services.history.entries import (
    CHECKPOINT_KEY,
    EVENT,
    FACTS,
    OUTAGE,
    OUTAGE_WITHDRAWN,
    RESTORED,
    RULES,
    SPARED,
    TIME,
    WAITS,
    Position,
    contracts_named,
    event_stream,
    header_of,
)
from services.history.history import Entry
from services.history.stored_events import event_of
from services.seeing.seen import Seen

_CALENDARS = (PublishedCalendar.Created.TOPIC, PublishedCalendar.Published.TOPIC)

FURTHEST = 1_000
"""Corrections of corrections that are followed."""
OF_EVERYBODY = frozenset({TIME, WAITS, OUTAGE, SPARED, OUTAGE_WITHDRAWN, RULES, CHECKPOINT_KEY, RESTORED})
"""Topics of entries that figures and proofs of all depend on, but for those that name contracts of others."""


class Own:
    """The entries that are of who sees, in one state of the store: about its contracts (what was decided, the events that their
    selectors take, the calendars that they use), those that it sent or decided itself, and those about time, rules and keys. With
    `contracts`, of these alone. An auditor's, and the operator's, are all."""

    def __init__(self, seen: Seen, contracts: Collection[str] | None = None):
        self._seen = seen
        self._reader = HistoryReader(seen)
        self.is_everything = seen.sees_everything and contracts is None
        self._is_chosen = contracts is not None
        self.contracts: frozenset[str] = frozenset()
        self._calendars: frozenset[str] = frozenset()
        self._reached: dict[UUID, int] = {}
        if not self.is_everything:
            rows = [
                (id, document)
                for id, supplier, client, document in seen.reads.query(
                    "SELECT id, supplier, client, document FROM view_contract"
                )
                if (contracts is None or id in contracts) and seen.sees_contract(id, supplier, client)
            ]
            self.contracts = frozenset(id for id, _ in rows)
            self._calendars = frozenset(name for _, document in rows for name in _calendars_of(document))

    def of(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those of the entries, given all of them in their order, that are: of a stream of decisions from its first on, and nothing
        behind one that is not, since what is left of it says nothing by itself."""
        found = []
        for entry in entries:
            is_fact = entry.topic in FACTS
            if (is_fact or self._reached.get(entry.stream, 0) == entry.version - 1) and self.has(entry):
                found.append(entry)
                if not is_fact:
                    self._reached[entry.stream] = entry.version
        return found

    def has(self, entry: Entry) -> bool:
        if self.is_everything:
            return True
        if entry.topic == EVENT:
            return self._has_event(entry)
        if entry.topic in OF_EVERYBODY:
            return contracts_named(header_of(entry.state)) <= self.contracts
        row = self._reader.row(entry)
        if entry.topic in _CALENDARS:
            _, calendar = row.thing or ("", "")
            return calendar in self._calendars
        about = {row.contract} if row.contract else {one.partition("/")[0] for one, _ in row.about}
        return not self.contracts.isdisjoint(about) or self._is_by_own(entry.topic, row.by)

    def _has_event(self, entry: Entry) -> bool:
        """An event that takes another one out, or its place, is whose that one is; corrections may lead far, and round in a circle."""
        looked: set[Position] = set()
        waiting = [entry]
        while waiting:
            one = waiting.pop()
            if one.position in looked or len(looked) >= FURTHEST:
                continue
            looked.add(one.position)
            event = event_of(one.state, one.position)
            selecting = self._seen.catalogue.selecting(event)
            if any(each.contract in self.contracts and each.route(event) for each in selecting):
                return True
            if self._is_by_own(one.topic, str(header_of(one.state).get("by") or "")):
                return True
            corrected = (id for id in (event.voids, event.replaces) if id is not None)
            found = (self._seen.history.find(event_stream(event.source, id)) for id in corrected)
            waiting += [each for each in found if each is not None and each.topic == EVENT]
        return False

    def _is_by_own(self, topic: str, by: str) -> bool:
        return not self._is_chosen and bool(by) and is_by_one_of(self._seen.who, topic, by)


def _calendars_of(document: str) -> set[str]:
    """The calendars that a contract names, in any wording that was proposed."""
    trees: list[dict[str, Any]] = [
        msgspec.json.decode(one["document"]) for one in msgspec.json.decode(document)["proposals"]
    ]
    named = (tree.get("calendar") for tree in trees)
    names = (one.get("name") if isinstance(one, dict) else one for one in named)
    return {str(one) for one in names if one is not None}
