"""The roles that people have now: the union of what the access file, the service files and their groups give (trust §3).

Follows the history, not the judge: who has just been taken out has nothing any more at the next question.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, Final
from uuid import UUID

from domain.access import Access
from domain.saying import said
from domain.service import Service
from domain.times import Instant
from services.access import Grade, Office, Principal, Right, signed_in
from services.contract_files import (
    AccessTerms,
    Admitted,
    OfficeGiven,
    RoleGiven,
    access_of,
    roles_of_service,
    tree_from_canonical,
)
from services.errors import Refused
from services.history.history import Entry, History

_A_PAGE: Final = 1_000
_TOPICS: Final = (
    Service.Created.TOPIC,
    Service.Described.TOPIC,
    Access.Created.TOPIC,
    Access.Described.TOPIC,
    Access.Suspended.TOPIC,
    Access.Resumed.TOPIC,
)


Held = tuple[str, str]
"""A service and a grade there, or nothing and an office."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody that a file names. `roles` are all that they are given, whatever the day; `is_suspended`: and has none of them."""

    person: str
    roles: tuple[RoleGiven, ...] = ()
    admitted: Admitted | None = None
    is_suspended: bool = False
    given: Mapping[Held, Instant] = field(default_factory=dict, compare=False)
    """When each of it was given; what was changed in it since (its days, whose deputy) is no new gift."""

    def since(self, held: RoleGiven | OfficeGiven) -> Instant | None:
        return self.given.get(_held(held))


@dataclass
class _State:
    """What has been read of the history."""

    reached: int = 0
    names: dict[UUID, str] = field(default_factory=dict)
    of_services: dict[str, Mapping[str, Sequence[RoleGiven]]] = field(default_factory=dict)
    above: dict[str, str] = field(default_factory=dict)
    terms: AccessTerms = field(default_factory=AccessTerms)
    admitted: dict[str, Admitted] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)
    is_organised: bool = False
    given: dict[str, dict[tuple[str, *Held], Instant]] = field(default_factory=dict)
    """By file (a service, or none: the access file), person and what they hold: since when."""
    ever: dict[str, set[str]] = field(default_factory=dict)
    """By person every service in which a file ever gave them a role; empty: an office."""

    def take(self, history: History, entry: Entry) -> None:
        told: Any = history.decode(entry)
        match entry.topic:
            case Service.Created.TOPIC:
                self.names[entry.stream] = told.service
            case Service.Described.TOPIC:
                service = self.names[entry.stream]
                self._describe(service, tree_from_canonical(told.document))
                self._note(service, self.of_services[service], told.at)
            case Access.Described.TOPIC:
                self.terms = access_of(tree_from_canonical(told.document))
                self.admitted = {one.person: one for one in self.terms.people}
                self.is_organised = True
                self._note("", {one.person: (*one.roles, *one.offices) for one in self.terms.people}, told.at)
            case Access.Suspended.TOPIC:
                self.suspended.add(told.person)
            case Access.Resumed.TOPIC:
                self.suspended.discard(told.person)

    def _describe(self, service: str, tree: dict[str, Any]) -> None:
        self.of_services[service] = roles_of_service(tree)
        self.above.pop(service, None)
        if tree.get("part_of"):
            self.above[service] = tree["part_of"]

    def _note(self, file: str, given: Mapping[str, Sequence[RoleGiven | OfficeGiven]], at: Instant) -> None:
        """What the file gives from that instant on: what it gave before, it gives since then."""
        before = self.given.get(file, {})
        held = [(person, *_held(one)) for person, all_of_it in given.items() for one in all_of_it]
        self.given[file] = {one: before.get(one, at) for one in held}
        for person, service, _ in held:
            self.ever.setdefault(person, set()).add(service)

    def people(self) -> list[KnownPerson]:
        """Everybody, by id, in one pass over what the files say: there may be thousands."""
        roles = {one.person: dict.fromkeys(one.roles) for one in self.admitted.values()}
        for people in self.of_services.values():
            for person, theirs in people.items():
                roles.setdefault(person, {}).update(dict.fromkeys(theirs))
        given = self._given_by_person()
        return [
            KnownPerson(one, tuple(roles[one]), self.admitted.get(one), one in self.suspended, given.get(one, {}))
            for one in sorted(roles)
        ]

    def _given_by_person(self) -> dict[str, dict[Held, Instant]]:
        """Since when everybody has what they have; of what several files give, since the first did."""
        found: dict[str, dict[Held, Instant]] = {}
        for file in self.given.values():
            for (person, service, name), at in file.items():
                theirs = found.setdefault(person, {})
                theirs[service, name] = min(at, theirs.get((service, name), at))
        return found

    def roles(self, person: str, groups: Iterable[str] = ()) -> list[RoleGiven]:
        admitted = self.admitted.get(person)
        found = [*admitted.roles] if admitted is not None else []
        for people in self.of_services.values():
            found += people.get(person, ())
        given = self.terms.groups or {}
        for group in groups:
            found += given.get(group, ())
        return list(dict.fromkeys(found))

    def is_known(self, person: str) -> bool:
        return person in self.admitted or any(person in people for people in self.of_services.values())

    def is_out(self, person: str) -> bool:
        return person in self.suspended or not self.is_known(person)

    def with_parts(self, grades: Mapping[str, Grade]) -> dict[str, Grade]:
        """Also those in the services that are part of these: who has a role in a service has it in its parts."""
        found = dict(grades)
        for service in self.above:
            passed, above = {service}, self.above.get(service)
            while above is not None and above not in passed:
                if above in grades:
                    found[service] = max(found.get(service, Grade.READER), grades[above])
                passed.add(above)
                above = self.above.get(above)
        return found


def last_administrator() -> Refused:
    """For who would leave nobody who lets people in everywhere: no page could undo it."""
    return Refused(
        said("nobody would be administrator any more, and no page could undo that"),
        mend=said("make somebody else administrator first"),
        slug="last-administrator",
    )


def _held(one: RoleGiven | OfficeGiven) -> Held:
    return ("", one.office) if isinstance(one, OfficeGiven) else (one.service, one.grade.name.lower())


class Roles:
    """Says who somebody is on a day; safe for several threads."""

    def __init__(self, history: History):
        self._history = history
        self._lock = Lock()
        self._state = _State()

    def principal(self, person: str, day: date, groups: Collection[str] = ()) -> Principal | None:
        """Who they are on that day in the organisation's zone, with what these groups of the identity provider give. None for who
        is suspended, and whom nobody lets in."""
        with self._lock:
            state = self._follow()
            if state.is_out(person):
                return None
            grades: dict[str, Grade] = {}
            for role in state.roles(person, groups):
                if role.days.hold(day):
                    grades[role.service] = max(grades.get(role.service, role.grade), role.grade)
            admitted = state.admitted.get(person)
            offices: list[Office] = [
                one.office for one in (admitted.offices if admitted is not None else ()) if one.days.hold(day)
            ]
            return signed_in(person, state.with_parts(grades), offices)

    def gives(self, groups: Iterable[str], day: date) -> bool:
        """Says whether these groups of the identity provider give anybody a role on that day."""
        with self._lock:
            given = self._follow().terms.groups or {}
            return any(role.days.hold(day) for group in groups for role in given.get(group, ()))

    def is_organised(self) -> bool:
        """Says whether there is an access file: else whoever is named may act for a service that names them, or nobody."""
        with self._lock:
            return self._follow().is_organised

    def is_anybody_admitted(self) -> bool:
        """Says whether a file names anybody."""
        with self._lock:
            state = self._follow()
            return bool(state.admitted) or any(state.of_services.values())

    def is_known(self, person: str) -> bool:
        """Says whether a file names them, suspended or not."""
        with self._lock:
            return self._follow().is_known(person)

    def is_out(self, person: str) -> bool:
        """Says whether nobody lets them in: no file names them, or they are suspended."""
        with self._lock:
            return self._follow().is_out(person)

    def is_suspended(self, person: str) -> bool:
        with self._lock:
            return person in self._follow().suspended

    def people(self) -> list[KnownPerson]:
        """Everybody that a file names, by id."""
        with self._lock:
            return self._follow().people()

    def known(self, person: str) -> KnownPerson | None:
        """What files give somebody, not since when; None for who is named by none."""
        with self._lock:
            state = self._follow()
            if not state.is_known(person):
                return None
            return KnownPerson(
                person, tuple(state.roles(person)), state.admitted.get(person), person in state.suspended
            )

    def ever_of(self, services: Collection[str]) -> set[str]:
        """Everybody to whom a file ever gave a role in one of these services, by id."""
        with self._lock:
            return {person for person, ever in self._follow().ever.items() if not ever.isdisjoint(services)}

    def is_of_others(self, who: Principal, person: str) -> bool:
        """Says whether a file ever gave somebody an office, or a role in a service whose people `who` may not let in: what they are
        called stands beside what they signed and decided there, and is not for `who` to say."""
        with self._lock:
            ever = frozenset(self._follow().ever.get(person, ()))
        return not all(who.may(Right.ADMIT, service) for service in ever)

    def holders(self, office: Office, day: date) -> list[str]:
        """Who holds that office on that day, by id; nobody: the administrator is told that one is missing."""
        with self._lock:
            state = self._follow()
            return [
                person
                for person, admitted in sorted(state.admitted.items())
                if person not in state.suspended
                and any(one.office == office and one.days.hold(day) for one in admitted.offices)
            ]

    def _follow(self) -> _State:
        last, state = self._history.last_position(), self._state
        if last < state.reached:  # another history stands here now
            state = self._state = _State()
        while state.reached < last and (page := self._history.read(state.reached, _A_PAGE, _TOPICS)):
            for entry in page:
                state.take(self._history, entry)
            state.reached = page[-1].position
        state.reached = max(state.reached, last)
        return state
