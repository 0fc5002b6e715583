"""Decides who may act for a service that says who its people are: one of them, or the service without a name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import msgspec

from domain.saying import said
from services.access import RESERVED
from services.errors import NotAllowed, some


def require_people(names: Iterable[str], document: Callable[[str], str | None]) -> None:
    """Requires that a person among those who decide, `SERVICE[+SERVICE…][/PERSON]` each, is one of a service's own. A
    service that names no people knows of none, so that anybody may act for it. `document` gives what a service was
    described with. Raises NotAllowed."""
    for name in names:
        services, _, person = name.partition("/")
        if person and services not in RESERVED:
            _require_one(person, {one: people_of(document(one)) for one in services.split("+")})


def people_of(document: str | None) -> list[str]:
    described: dict[str, Any] = msgspec.json.decode(document) if document else {}
    return [str(one["id"]) for one in described.get("people", ())]


def _require_one(person: str, people: dict[str, Collection[str]]) -> None:
    if all(people.values()) and not any(person in named for named in people.values()):
        service, named = next(iter(people.items()))
        raise NotAllowed(
            said("{service} names nobody “{person}” among its people", service=service, person=person),
            mend=said(
                "act as one of {named}, or as {service} without a name", named=some(sorted(named), 6), service=service
            ),
            slug="person-unknown",
        )
