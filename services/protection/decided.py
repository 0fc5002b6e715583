"""What the history tells of who may come in: keys made and revoked, roles given and taken away, people suspended, erasures; in the
rows of the log, beside what was read (trust §3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from domain.access import Access
from domain.access_key import AccessKey
from domain.service import Service
from domain.times import Instant
from services.access_log import HOUR, OF, LoggedRow, OfHistory, Wanted
from services.contract_files import OfficeGiven, RoleGiven, access_of, roles_of_service, tree_from_canonical
from services.history.entries import ERASED, header_of
from services.history.history import Entry, History
from services.sealing.erased import Erased

_A_PAGE: Final = 1_000
_TOPICS: Final = (
    Service.Created.TOPIC,
    Service.Described.TOPIC,
    Access.Described.TOPIC,
    Access.Suspended.TOPIC,
    Access.Resumed.TOPIC,
    AccessKey.Created.TOPIC,
    AccessKey.Revoked.TOPIC,
    ERASED,
)
_Held = tuple[str, str, str]
"""A person, a service and a grade there; or a person, nothing and an office."""


def decided(history: History, wanted: Wanted) -> list[LoggedRow]:
    """The rows that are wanted, the newest first. A person is wanted who did it, and to whom it was done."""
    reading = _Reading(history)
    found = [row for entry in _entries(history) for row in reading.rows(entry) if _is_wanted(row, wanted)]
    return found[::-1]


def _entries(history: History) -> Iterator[Entry]:
    after = 0
    while page := history.read(after, _A_PAGE, _TOPICS):
        yield from page
        after = page[-1].position


def _is_wanted(row: LoggedRow, wanted: Wanted) -> bool:
    is_of = not wanted.person or wanted.person in (row.person, row.thing.partition(" ")[0])
    is_then = wanted.since - wanted.since % HOUR <= row.hour < wanted.until
    return is_of and is_then and wanted.sort in ("", row.sort)


class _Reading:
    """Tells what each entry changed, in their order."""

    def __init__(self, history: History):
        self._history = history
        self._services: dict[UUID, str] = {}
        self._keys: dict[UUID, AccessKey.Created] = {}
        self._held: dict[str, frozenset[_Held]] = {}

    def rows(self, entry: Entry) -> Iterator[LoggedRow]:
        if entry.topic == ERASED:
            erased = msgspec.convert(header_of(entry.state), Erased)
            yield _row("erased", erased.received, erased.by, "", erased.because)
            return
        told: Any = self._history.decode(entry)
        match entry.topic:
            case Service.Created.TOPIC:
                self._services[entry.stream] = told.service
            case Service.Described.TOPIC:
                given = roles_of_service(tree_from_canonical(told.document))
                yield from self._changed(self._services[entry.stream], _held(given), told)
            case Access.Described.TOPIC:
                people = access_of(tree_from_canonical(told.document)).people
                yield from self._changed("", _held({one.person: (*one.roles, *one.offices) for one in people}), told)
            case Access.Suspended.TOPIC | Access.Resumed.TOPIC:
                sort: OfHistory = "suspended" if entry.topic == Access.Suspended.TOPIC else "resumed"
                yield _row(sort, told.at, told.by, "", told.person)
            case _:
                yield self._key(entry, told)

    def _key(self, entry: Entry, told: Any) -> LoggedRow:
        is_new = entry.topic == AccessKey.Created.TOPIC
        made = self._keys.setdefault(entry.stream, told) if is_new else self._keys[entry.stream]
        can = "wall" if made.page else made.can
        return _row("key-made" if is_new else "key-revoked", told.at, told.by, made.service, f"{made.key} {can}")

    def _changed(self, file: str, now: frozenset[_Held], told: Any) -> Iterator[LoggedRow]:
        before = self._held.get(file, frozenset())
        self._held[file] = now
        sorts: Sequence[tuple[OfHistory, frozenset[_Held]]] = (
            ("role-taken", before - now),
            ("role-given", now - before),
        )
        for sort, held in sorts:
            for person, service, grade in sorted(held):
                yield _row(sort, told.at, told.by, service, f"{person} {grade}")


def _held(given: Any) -> frozenset[_Held]:
    return frozenset((person, *_named(one)) for person, held in given.items() for one in held)


def _named(one: RoleGiven | OfficeGiven) -> tuple[str, str]:
    return ("", one.office) if isinstance(one, OfficeGiven) else (one.service, one.grade.name.lower())


def _row(sort: OfHistory, at: Instant, by: str, service: str, thing: str) -> LoggedRow:
    return LoggedRow(at - at % HOUR, sort, by.rpartition("/")[2], "", f"{service}{OF}{thing}", at, 1)
