"""What repeats and what does not, as the agenda of a review has it (MEETING §3)."""

from __future__ import annotations

from typing import Final, NamedTuple

from domain.repeats import Group
from domain.times import Instant
from services.breaches.breach_rows import Asked, breaches
from services.breaches.rows import BreachRow
from services.causes.repeating import read_repeats
from services.seeing.seen import Seen

REPEATS_FROM: Final = 2
"""Breaches of one group that are a subject of their own."""


class Subjects(NamedTuple):
    """`repeated`: the groups of two breaches or more, in their order. `single`: the breaches in none of them, open ones and those that
    were withdrawn since, the newest first."""

    repeated: tuple[Group, ...]
    single: tuple[BreachRow, ...]


def subjects(seen: Seen, contract: str, since: Instant, until: Instant | None) -> Subjects:
    """Of the breaches that were opened in [since, until). Raises NotFound, Refused."""
    found = read_repeats(seen, contract, since, until)
    repeated = tuple(one for one in found.groups if len(one.breaches) >= REPEATS_FROM)
    grouped = {id for one in repeated for id in one.breaches}
    rows = breaches(seen.reads, seen.catalogue, Asked.of(contract=contract))
    single = tuple(one for one in rows if one.id not in grouped and _is_within(one, since, until))
    return Subjects(repeated, single)


def _is_within(row: BreachRow, since: Instant, until: Instant | None) -> bool:
    opened = row.opened_at or 0
    return row.state != "past" and since <= opened and (until is None or opened < until)
