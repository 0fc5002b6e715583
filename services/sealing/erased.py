"""The fact that somebody was forgotten: the random ids of the data keys that were destroyed, why, and who did it; not whom they
were about. What goes from tables alone, of a person, has a fact of its own: a code of the person and no keys, so that nothing ties
the two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec

from domain.times import Instant
from services.history.entries import ERASED, erased_stream, header_of, pack
from services.history.history import Fact, History

Because = Literal["asked", "retention"]
KEYS_OF_A_FACT: Final = 1_000
_A_PAGE: Final = 200


class Erased(msgspec.Struct, frozen=True):
    """`received`: when; `because`: somebody asked for it, or what was agreed on how long to keep."""

    received: Instant
    by: str
    because: Because
    reason: str
    keys: tuple[str, ...]
    person: str = ""
    """A code (HMAC-SHA-256 with a secret of the store) of whose name, address and ways in went; empty where keys did."""


def erased_facts(
    keys: Sequence[str], *, by: str, because: Because, reason: str, at: Instant
) -> Iterator[tuple[Erased, Fact]]:
    """As many facts as it needs."""
    for start in range(0, len(keys), KEYS_OF_A_FACT):
        erased = Erased(at, by, because, reason, tuple(keys[start : start + KEYS_OF_A_FACT]))
        yield erased, Fact(erased_stream(erased.keys), ERASED, pack(msgspec.to_builtins(erased), b""))


def person_fact(code: str, *, by: str, reason: str, at: Instant) -> Fact:
    """Somebody may be forgotten again."""
    erased = Erased(at, by, "asked", reason, (), code)
    return Fact(erased_stream((code, str(at))), ERASED, pack(msgspec.to_builtins(erased), b""))


def all_erased(history: History) -> Iterator[tuple[int, Erased]]:
    """All of a history, each with its position."""
    after = 0
    while page := history.read(after, _A_PAGE, [ERASED]):
        for entry in page:
            yield entry.position, msgspec.convert(header_of(entry.state), Erased)
        after = page[-1].position
