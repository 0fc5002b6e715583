"""What tools really sent lately, by type and source, for who writes a contract: how many, and an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain.times import Instant
from services.arrivals.unselected import newest_events
from services.directory.service_rows import services
from services.seeing.seen import Seen

LOOKED_AT: Final = 5_000
"""Entries at the end of the history that are looked through."""
MONTH: Final[Instant] = 30 * 24 * 3_600_000_000
MOST_VALUES, LONGEST_VALUE, DEEPEST = 8, 40, 3


@dataclass(frozen=True, slots=True)
class SentRow:
    """`events` of the last 30 days before the time that is reached, of those looked at; `example`: values of the newest by path."""

    type: str
    source: str
    events: int
    example: tuple[tuple[str, str], ...]


def read_sent(seen: Seen) -> list[SentRow]:
    """The most frequent first. A member is told of its own sources; what others send is theirs to say."""
    rows = services(seen.reads)
    own = {source for id, row in rows.items() if seen.who.is_of(id) for source, _ in row.sources}
    counted: dict[tuple[str, str], int] = {}
    examples: dict[tuple[str, str], Mapping[str, Any]] = {}
    since = (seen.known.watermark or 0) - MONTH
    for event in newest_events(seen.history, 0, LOOKED_AT):
        if event.time >= since and (seen.sees_everything or event.source in own):
            kind = event.type, event.source
            counted[kind] = counted.get(kind, 0) + 1
            if isinstance(event.data, dict):
                examples[kind] = event.data
    found = [SentRow(*kind, count, _example(examples.get(kind, {}))) for kind, count in counted.items()]
    return sorted(found, key=lambda row: (-row.events, row.type, row.source))


def _example(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(_values(data, "data", DEEPEST))[:MOST_VALUES]


def _values(data: Mapping[str, Any], path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Short values alone: long ones, and what is sealed, say nothing to who chooses a path."""
    for name, value in data.items():
        here = f"{path}.{name}"
        if isinstance(value, dict) and depth:
            yield from _values(value, here, depth - 1)
        elif isinstance(value, bool):
            yield here, "true" if value else "false"
        elif isinstance(value, str | int | float) and len(str(value)) <= LONGEST_VALUE:
            yield here, str(value)
