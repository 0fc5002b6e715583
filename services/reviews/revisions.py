"""What of a review changed since its parties were last asked to sign it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from domain.decisions import stream_of
from domain.review import Review
from services.history.history import History
from services.reviews.rows import ReviewRow, TakenRow

What = Literal["minutes", "decision", "item", "present"]


class Changed(NamedTuple):
    """`is_new`: it came since; else it is gone. `text`: what was said; of an item, how it was settled. `item`: its id. `taken`: a
    decision with a kind."""

    what: What
    is_new: bool
    text: str
    item: str | None = None
    taken: TakenRow | None = None


def changed_since(history: History, row: ReviewRow) -> list[Changed]:
    """The difference between the revision that was refused or taken back last, and the review as it is."""
    ended = [one for one in row.submissions if one.ended is not None and one.position is not None]
    if not ended:
        return []
    now = history.get(stream_of("review", row.id), Review)
    before = {_key(one): one for one in _said(_as_submitted(history, now, ended[-1].revision))}
    since = {_key(one): one for one in _said(now)}
    return [
        *(one._replace(is_new=False) for key, one in before.items() if key not in since),
        *(one for key, one in since.items() if key not in before),
    ]


def _key(one: Changed) -> tuple[object, ...]:
    return one.what, one.text, one.item, one.taken and one.taken.decision


def _as_submitted(history: History, now: Review, revision: int) -> Review:
    """The review right after the entry that submitted that revision, found by halves."""
    low, high = 1, now.version
    while low < high:
        middle = (low + high) // 2
        if _at(history, now, middle).revision >= revision:
            high = middle
        else:
            low = middle + 1
    return _at(history, now, low)


def _at(history: History, now: Review, version: int) -> Review:
    found = history.aggregate_at(now.id, version)
    assert isinstance(found, Review)
    return found


def _said(review: Review) -> Iterator[Changed]:
    for one in review.minutes:
        yield Changed("minutes", True, one["text"])
    for one in review.decisions:
        yield Changed("decision", True, one["text"], taken=TakenRow(**one) if "kind" in one else None)
    for item, outcome in review.outcomes.items():
        yield Changed("item", True, outcome["outcome"], item)
    for person in review.attendance or ():
        yield Changed("present", True, person)
