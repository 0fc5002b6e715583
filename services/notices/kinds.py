"""The kinds of notices, and the ids of notices (MORNING §2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args
from uuid import NAMESPACE_URL, uuid5

import msgspec

Way = Literal["mail", "digest", "none"]
"""At once by mail; with the next morning mail; not at all."""
Kind = Literal[
    "morning", "breach", "excuse", "sign", "reminder", "mention", "invitation", "pack", "action", "silent", "quarantine"
]
TEST: Final = "test"
"""What a letter is called that somebody asked for to see whether mail arrives."""
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
WAYS: Final[tuple[Way, ...]] = get_args(Way)
DEFAULTS: Final[Mapping[Kind, Way]] = {
    "morning": "mail",
    "breach": "mail",
    "excuse": "mail",
    "sign": "mail",
    "reminder": "mail",
    "mention": "mail",
    "invitation": "mail",
    "pack": "mail",
    "action": "digest",
    "silent": "digest",
    "quarantine": "digest",
}
ALONE: Final[frozenset[str]] = frozenset({"invitation", "pack"})
"""Kinds of which each notice is a letter of its own: something is attached to it."""
SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
OLDEST: Final = 7 * DAY
"""Microseconds: what happened before is told to nobody."""

_encode = msgspec.json.Encoder().encode


def notice_id(person: str, subject: str, transition: str) -> str:
    """The id of the one notice that tells this person of this transition of the subject, whatever program makes it, and when."""
    return derived("notice", person, subject, transition)


def letter_id(notices: Sequence[str]) -> str:
    """The id of the letter that holds these notices."""
    return derived("letter", *sorted(notices))


def derived(sort: str, *parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"entente:{sort}:{_encode(parts).decode()}"))
