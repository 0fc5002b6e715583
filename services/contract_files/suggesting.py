"""Showing what was written, and what may have been meant."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from difflib import get_close_matches

from domain.saying import said
from services.contract_files.scalars import Complaint

_LONGEST = 60


def shown(value: object) -> str:
    """A value as a reader of the file would name it."""
    if value is None:
        return said("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return said("the number {value}", value=value)
    if isinstance(value, str):
        return said("“{value}”", value=value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…")
    return said("a list") if isinstance(value, list) else said("a set of keys")


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """`did you mean “tolerance”?`, or None."""
    known = list(known)
    if len(word) > _LONGEST:
        return None
    swapped = [one for one in known if sorted(one) == sorted(word.lower())]
    close = swapped or get_close_matches(word, known, 1, 0.6) or get_close_matches(word.lower(), known, 1, 0.6)
    return said("did you mean “{close}”?", close=close[0]) if close else None


def one_of(word: str, known: Iterable[str], what: str) -> str:
    """The word, if it is known. Raises Complaint."""
    known = list(known)
    if word not in known:
        close = did_you_mean(word, known)
        raise Complaint(
            said("{word} is not {what}", word=shown(word), what=what),
            said("{close} One of: {known}", close=close, known=", ".join(known)) if close else ", ".join(known),
        )
    return word
