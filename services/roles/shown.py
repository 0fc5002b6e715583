"""Roles as they are written: `sales: head until 2027-01-31`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from domain.saying import Said, chained, heard, said
from services.access import Office
from services.contract_files import Days, RoleGiven
from services.roles.following import KnownPerson

NAMES: Final[Mapping[Office, str]] = {"protection": "data protection officer"}
"""Of offices, where people say another word than the code."""


def roles_said(person: KnownPerson) -> list[Said]:
    """One line a role, by service."""
    return [role_said(one) for one in in_order(person)]


def in_order(person: KnownPerson) -> list[RoleGiven]:
    return sorted(person.roles, key=lambda one: (one.service, one.grade))


def role_said(role: RoleGiven) -> Said:
    given = said("{service}: {role}", service=role.service, role=heard(role.grade.name.lower(), of="role"))
    deputy = [said("for {person}", person=role.instead_of)] if role.instead_of else []
    return chained(" ", [given, *deputy, *days_said(role.days)])


def offices_of(person: KnownPerson) -> list[Said]:
    """One line an office, such as `auditor until 2027-01-15`."""
    if person.admitted is None:
        return []
    return [
        chained(" ", [heard(NAMES.get(one.office, one.office), of="role"), *days_said(one.days)])
        for one in person.admitted.offices
    ]


def days_said(days: Days) -> list[Said]:
    since = [said("from {day}", day=days.since)] if days.since else []
    return since + ([said("until {day}", day=days.until)] if days.until else [])
