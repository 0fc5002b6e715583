"""The pack that was issued before a meeting, and what came to be otherwise since (MEETING §1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple, get_args

from domain.times import Instant
from services.access import Principal
from services.reviews.pack_shapes import Pack
from services.reviews.packs import Held, held_pack, issued_pack
from services.reviews.rows import ReviewRow
from services.seeing.seen import Seeing

Change = Literal[
    "late", "missing", "failed", "no_miss", "breach", "withdrawn", "excuse", "answer", "action", "closed", "restated"
]
CHANGES: Final[tuple[Change, ...]] = get_args(Change)
"""What is counted since a pack was issued: misses by verdict, misses that are none any more, breaches of a period, breaches withdrawn,
excuses asked, excuses answered, actions opened, actions closed, figures restated."""


class Issued(NamedTuple):
    """`since`: what is otherwise in the pack that is held, or would be now."""

    as_of: Instant
    position: int
    fingerprint: str
    since: Mapping[Change, int]


def issued_of(seeing: Seeing, who: Principal, row: ReviewRow) -> Issued | None:
    """None where no pack was issued for the time at which it is held."""
    issued = row.pack_issued
    if issued is None:
        return None
    before = issued_pack(seeing, who, row.id)
    since = changes_between(before, held_pack(seeing, who, row.id))
    return Issued(issued.as_of, issued.position, before.pack["fingerprint"], since)


def changes_between(before: Held, after: Held) -> dict[Change, int]:
    """How often each is so in the later pack and was not in the former, in the order of CHANGES; those alone of which there is one."""
    counts = _misses(before, after)
    earlier, later = before.pack, after.pack
    known = {one["id"] for one in earlier["breaches"]}
    counts["breach"] = sum(one["id"] not in known and one["key"] is None for one in later["breaches"])
    counts["withdrawn"] = len(_of(later, "withdrawn") - _of(earlier, "withdrawn"))
    answers = {one["id"]: len(one["answers"]) for one in earlier["excuses"]}
    counts["excuse"] = sum(one["id"] not in answers for one in later["excuses"])
    counts["answer"] = sum(len(one["answers"]) > answers.get(one["id"], 0) for one in later["excuses"])
    states = {one["id"]: one["state"] for one in earlier["actions"]}
    counts["action"] = sum(one["id"] not in states for one in later["actions"])
    counts["closed"] = sum(one["state"] == "closed" != states.get(one["id"]) for one in later["actions"])
    counts["restated"] = len(_restated(later) - _restated(earlier))
    return {one: counts[one] for one in CHANGES if counts[one]}


def _misses(before: Held, after: Held) -> Counter[Change]:
    """By verdict, those that are new or are it only now; and those that are none any more."""
    counts: Counter[Change] = Counter()
    for place, verdict in after.missed.items():
        for one in CHANGES:
            counts[one] += one == verdict != before.missed.get(place)
    counts["no_miss"] = sum(place not in after.missed for place in before.missed)
    return counts


def _of(pack: Pack, state: str) -> frozenset[str]:
    return frozenset(one["id"] for one in pack["breaches"] if one["state"] == state)


def _restated(pack: Pack) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (one["commitment"], str(one["target"]), one["period"])
        for side in pack["sides"]
        for one in side["figures"]
        if one["state"] == "restated"
    )
