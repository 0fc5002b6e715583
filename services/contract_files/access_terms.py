"""The terms of an access file, and of the roles that a service file gives, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from services.access import Grade, Office
from services.contract_files.documents import Tree

GRADES: Final[Mapping[str, Grade]] = {"reader": Grade.READER, "member": Grade.MEMBER, "head": Grade.HEAD}
OFFICES: Final[Mapping[str, Office]] = {
    "administrator": "administrator",
    "arbiter": "arbiter",
    "auditor": "auditor",
    "dpo": "protection",
}
"""By their keys in an access file."""


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included; None where it has no beginning, or no end."""

    since: date | None = None
    until: date | None = None

    def hold(self, day: date) -> bool:
        """Says whether the day is one of them."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """What a person is given: a grade in a service. `instead_of`: whose deputy this is."""

    service: str
    grade: Grade
    days: Days = Days()
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class OfficeGiven:
    office: Office
    days: Days = Days()


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who is let in. Name and address are None where the directory has them."""

    person: str
    name: str | None = None
    email: str | None = None
    roles: tuple[RoleGiven, ...] = ()
    offices: tuple[OfficeGiven, ...] = ()


@dataclass(frozen=True, slots=True)
class AccessTerms:
    people: tuple[Admitted, ...] = ()
    groups: Mapping[str, tuple[RoleGiven, ...]] | None = None


def access_of(tree: Tree) -> AccessTerms:
    """The terms of an access file of good form."""
    return AccessTerms(
        tuple(_admitted(one) for one in tree.get("people", ())),
        {one["group"]: tuple(_roles(one)) for one in tree.get("groups", ())},
    )


def roles_of_service(tree: Tree) -> dict[str, list[RoleGiven]]:
    """What a service file gives its people, by person: all are members, its heads are heads."""
    service: str = tree["service"]
    found: dict[str, list[RoleGiven]] = {}
    for one in tree.get("people", ()):
        found.setdefault(str(one["id"]), []).append(RoleGiven(service, Grade.MEMBER, _days(one)))
    for head in heads_of(tree):
        days = next((role.days for role in found.get(head, ())), Days())
        found.setdefault(head, []).append(RoleGiven(service, Grade.HEAD, days))
    return found


def heads_of(tree: Tree) -> list[str]:
    """The heads that a service file names: one, several, or none."""
    said = tree.get("head")
    return [] if said is None else [str(said)] if isinstance(said, str) else [str(one) for one in said]


def _admitted(tree: Tree) -> Admitted:
    offices = [(office, tree[key]) for key, office in OFFICES.items() if tree.get(key)]
    return Admitted(
        tree["person"],
        tree.get("name"),
        tree.get("email"),
        tuple(_roles(tree)),
        tuple(OfficeGiven(office, _days(held)) for office, held in offices),
    )


def _roles(tree: Tree) -> Iterator[RoleGiven]:
    for service, role in tree.get("services", {}).items():
        if isinstance(role, str):
            yield RoleGiven(service, GRADES[role])
        else:
            yield RoleGiven(service, GRADES[role["role"]], _days(role), role.get("for"))


def _days(said: Any) -> Days:
    if not isinstance(said, Mapping):
        return Days()
    since, until = said.get("from"), said.get("until")
    return Days(date.fromisoformat(str(since)) if since else None, date.fromisoformat(str(until)) if until else None)
