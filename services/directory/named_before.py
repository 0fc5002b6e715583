"""Entries that name people: service and access files that were stored before names and addresses had a place of their own (trust §6).

The history is not altered, so that these stay whoever is forgotten; who forgets somebody is told which they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from domain.access import Access
from domain.service import Service
from services.contract_files import tree_from_canonical
from services.history.history import History

_TOPICS: Final = (Service.Described.TOPIC, Access.Described.TOPIC)
_A_PAGE: Final = 1_000
_OF_SOMEBODY: Final = ("name", "email")


def naming(history: History, person: str | None = None) -> list[int]:
    """The positions of the entries that hold a name or an address: of that person, or of anybody."""
    found, after = list[int](), 0
    while page := history.read(after, _A_PAGE, _TOPICS):
        for entry in page:
            decoded: Any = history.decode(entry)
            if any(person in (None, one) for one in _named(decoded.document)):
                found.append(entry.position)
        after = page[-1].position
    return found


def _named(document: str) -> Iterator[str]:
    """Whom the file names, by id."""
    for one in tree_from_canonical(document).get("people", ()) if document else ():
        if any(one.get(field) for field in _OF_SOMEBODY):
            yield str(one.get("person") or one.get("id") or "")
