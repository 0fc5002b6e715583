"""Which pages a wall screen may show: those that show what is true now."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urlsplit

from domain.saying import said
from services.api.own_paths import is_own_path
from services.errors import Invalid

OF_NOW: Final = (
    "portfolio",
    "contracts",
    "breaches",
    "actions",
    "reviews",
    "quarantine",
    "commitments",
    "excuses",
)
"""The first parts of the addresses of pages that show what is true now; the first page of all has none."""
_LONGEST: Final = 300
"""Characters of an address."""
_NOT_SHOWN: Final = frozenset({"edit", "pack", "ask"})


def is_of_now(path: str) -> bool:
    """Says whether the page there shows what is true now: no editor, no pack, no form of its own."""
    first, *rest = path.strip("/").split("/")
    return first in ("", *OF_NOW) and not _NOT_SHOWN & {one.partition(".")[0] for one in rest}


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
