"""What the history tells of who may come in: keys made and revoked, roles given, changed and taken away, people suspended, erasures;
in the rows of the log, beside what was read (trust §3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from domain.access import Access
from domain.access_key import AccessKey
from domain.service import Service
from domain.times import Instant
from services.access_log import HOUR, OF, LoggedRow, OfHistory, Wanted
from services.contract_files import (
    AccessTerms,
    Days,
    OfficeGiven,
    RoleGiven,
    access_of,
    roles_of_service,
    tree_from_canonical,
)
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
GROUP: Final = "group:"
"""What names of groups begin with, in the place of a person's: no person can be called so."""
ABOVE: Final = "above:"
"""So do those of services: whoever has a role there has it in their parts too."""
PART: Final = "part"
"""In the place of a grade: the one that somebody has in the service above."""
_GIVEN: Final = re.compile(rf"({GROUP}.+?|\S+) (\S+)(?: from (\S+))?(?: until (\S+))?(?: for (\S+))?", re.DOTALL)
_Held = tuple[str, str, str]
"""Who, in which service, and what there (`head until 2026-06-30 for anna`); or who, nothing and an office. Who prolongs takes the one
away and gives the other."""


class RoleSaid(NamedTuple):
    """What a row says of a role or an office: whose (a person, a group, everybody of a service), which, on which days, whose deputy."""

    who: str
    role: str
    days: Days
    instead_of: str


def role_of(thing: str) -> RoleSaid:
    """Of the thing of a row of a role that was given or taken away."""
    found = _GIVEN.fullmatch(thing)
    assert found is not None  # it was written here
    who, role, since, until, instead_of = found.groups(default="")
    return RoleSaid(who, role, Days(*(date.fromisoformat(day) if day else None for day in (since, until))), instead_of)


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
    to_whom = role_of(row.thing).who if row.sort in ("role-given", "role-taken") else row.thing.partition(" ")[0]
    is_of = not wanted.person or wanted.person in (row.person, to_whom)
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
                service, tree = self._services[entry.stream], tree_from_canonical(told.document)
                above = {(f"{ABOVE}{tree['part_of']}", service, PART)} if tree.get("part_of") else frozenset[_Held]()
                yield from self._changed(service, _held(roles_of_service(tree)) | above, told)
            case Access.Described.TOPIC:
                yield from self._changed("", _admitted(access_of(tree_from_canonical(told.document))), told)
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


def _admitted(terms: AccessTerms) -> frozenset[_Held]:
    people = {one.person: (*one.roles, *one.offices) for one in terms.people}
    return _held(people) | _held({f"{GROUP}{group}": roles for group, roles in (terms.groups or {}).items()})


def _held(given: Any) -> frozenset[_Held]:
    return frozenset((who, *_named(one)) for who, held in given.items() for one in held)


def _named(one: RoleGiven | OfficeGiven) -> tuple[str, str]:
    if isinstance(one, OfficeGiven):
        return "", f"{one.office}{_during(one.days)}"
    deputy = f" for {one.instead_of}" if one.instead_of else ""
    return one.service, f"{one.grade.name.lower()}{_during(one.days)}{deputy}"


def _during(days: Days) -> str:
    """In the words of the file, as the log is read by programs too."""
    since = f" from {days.since}" if days.since else ""
    return f"{since} until {days.until}" if days.until else since


def _row(sort: OfHistory, at: Instant, by: str, service: str, thing: str) -> LoggedRow:
    return LoggedRow(at - at % HOUR, sort, by.rpartition("/")[2], "", f"{service}{OF}{thing}", at, 1)
