"""Decides who may act for a service that says who its people are: one of them, or the service without a name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from domain.saying import said
from services.by import by_of
from services.errors import NotAllowed, some


def require_people(
    names: Iterable[str], document: Callable[[str], str | None], access: Callable[[], str | None]
) -> None:
    """Requires that a person among those who decide, `SERVICE[/PERSON]` each, is one of a service's own: named in its
    file, in that of a service that it is a part of, or let in by the access file. A service of which nobody is named knows of
    none, so that anybody may act for it. `document` gives what a service was described with, `access` the access file. Raises
    NotAllowed."""
    for name in names:
        by = by_of(name)
        if by.person and by.service:
            _require_one(by.person, by.service, _people(by.service, document, access()))


def _people(service: str, document: Callable[[str], str | None], admitted: str | None) -> list[str]:
    """Everybody who has a role in a service, whatever the day, by id."""
    services = dict(with_above(service, document))
    return [
        *(one for described in services.values() for one in _named_in(described)),
        *_admitted([*services], _decoded(admitted)),
    ]


def with_above(service: str, document: Callable[[str], str | None]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A service and those that it is part of, at any height, each with what it was described with; round in a circle once."""
    passed: set[str] = set()
    at: str | None = service
    while at is not None and at not in passed:
        passed.add(at)
        described = _decoded(document(at))
        yield at, described
        at = described.get("part_of")


def _admitted(services: Sequence[str], access: Mapping[str, Any]) -> list[str]:
    """Who has a role in one of these services by the access file; everybody in it, where a group of the identity provider has one:
    who is in that group only the provider knows."""
    people = access.get("people", ())
    is_by_group = any(not one["services"].keys().isdisjoint(services) for one in access.get("groups", ()))
    return [
        str(one["person"]) for one in people if is_by_group or not one.get("services", {}).keys().isdisjoint(services)
    ]


def _named_in(described: Mapping[str, Any]) -> list[str]:
    head = described.get("head", ())
    return [str(one["id"]) for one in described.get("people", ())] + ([head] if isinstance(head, str) else [*head])


def _decoded(document: str | None) -> dict[str, Any]:
    return msgspec.json.decode(document) if document else {}


def _require_one(person: str, service: str, named: Collection[str]) -> None:
    if named and person not in named:
        raise NotAllowed(
            said("{service} names nobody “{person}” among its people", service=service, person=person),
            mend=said(
                "act as one of {named}, or as {service} without a name", named=some(sorted(named), 6), service=service
            ),
            slug="person-unknown",
        )
