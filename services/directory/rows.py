"""The rows that reads return of services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from domain.terms import Text


@dataclass(frozen=True, slots=True)
class ServiceRow:
    id: str
    title: Text
    is_external: bool = False
    part_of: str | None = None
    people: tuple[tuple[str, str, str], ...] = ()  # id, name, email
    sources: tuple[tuple[str, int | None], ...] = ()  # source, expected every (microseconds)
    by_files: frozenset[str] = frozenset()  # those of which time waits for the next file
    shown_to: tuple[
        tuple[str, tuple[str, ...] | None], ...
    ] = ()  # source, services whose contracts may take it (None: all)
    heads: tuple[str, ...] = ()  # who of its people signs for it
    is_whole: bool = True
    """False where only the title is for who asks."""


def names_of(services: Mapping[str, ServiceRow]) -> dict[str, str]:
    """Gives the names of people, by `service/person`, and by the person's id alone where all who have it are called alike."""
    of_service = {f"{row.id}/{id}": name for row in services.values() for id, name, _ in row.people}
    alone: dict[str, set[str]] = {}
    for id, name in of_service.items():
        alone.setdefault(id.partition("/")[2], set()).add(name)
    return of_service | {id: next(iter(names)) for id, names in alone.items() if len(names) == 1}
