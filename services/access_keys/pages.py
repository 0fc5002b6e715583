"""Which pages a wall screen may show: those that show what is true now."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from domain.saying import said
from services.api.own_paths import is_own_path
from services.errors import Invalid

_OF_NOW: Final = re.compile(
    r"/(portfolio|quarantine|contracts(/[^/]+(/versions/[0-9]+)?)?|(breaches|actions)(/.+[^/])?|reviews(/[^/]+)?|"
    r"excuses(/(?!ask$)[^/]+)?|commitments/[^/]+/[^/]+/[^/]+(/explain)?)?"
)
"""The addresses of pages that show what is true now: no editor, no pack, no form of its own."""
_LONGEST: Final = 300
"""Characters of an address."""


def is_of_now(path: str) -> bool:
    """Says whether a page that shows what is true now may stand there."""
    return _OF_NOW.fullmatch(path) is not None


def wall_page(text: str) -> str:
    """The address of a page of ours, with its filters, that a screen may show. Raises Invalid."""
    address = text.strip()
    parts = urlsplit(address) if is_own_path(address) and len(address) <= _LONGEST else None
    if parts is None or parts.fragment or not is_of_now(unquote(parts.path)):
        raise Invalid(
            said("“{page}” is no page that a wall screen shows", page=text[:_LONGEST]),
            place="page",
            mend=said("a page of what is true now, such as /, /portfolio or /contracts/CONTRACT"),
        )
    return address
