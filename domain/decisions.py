"""What every decision says: who took it and when it was taken. Instants are microseconds since 1970 UTC.

The event library's own timestamps are never read (MEANING §1): a decision carries its own `at`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.saying import said


def stream_of(kind: str, id: str) -> UUID:
    """The stream of the one aggregate of that kind and name."""
    return uuid5(NAMESPACE_URL, f"entente:{kind}:{id}")


class DecisionRefused(Exception):
    """The decision is understood and cannot be taken now; the message says why."""


Note = dict[str, Any]
"""A dated remark as stored: by, at, text."""


def require_new(notes: Iterable[Note], text: str, by: str) -> None:
    """What somebody has said already is not said again: a form that is sent twice leaves one remark. Raises DecisionRefused."""
    if any(one["by"] == by and one["text"] == text for one in notes):
        raise DecisionRefused(said("the same was said already"))


def place_of_own(notes: Sequence[Note], said_at: int, by: str) -> int:
    """The place of what `by` said at that instant. Raises DecisionRefused where it is not there (any more), or is not theirs: only who
    said something takes it back."""
    then = [(place, one) for place, one in enumerate(notes) if one["at"] == said_at]
    if not then:
        raise DecisionRefused(said("it is not there any more: it was taken back already"))
    for place, one in then:
        if one["by"] == by:
            return place
    raise DecisionRefused(said("only who said it takes it back: {by}", by=then[0][1]["by"]))


def without_own(notes: Iterable[Note], said_at: int, by: str) -> list[Note]:
    """All but what `by` said at that instant."""
    return [one for one in notes if (one["at"], one["by"]) != (said_at, by)]
