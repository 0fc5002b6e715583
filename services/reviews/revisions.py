"""What of a review changed since its parties were last asked to sign it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from domain.decisions import Note, stream_of
from domain.review import Review
from services.history.history import History
from services.reviews.rows import ReviewRow

What = Literal["minutes", "decision", "item", "present"]


class Changed(NamedTuple):
    """`is_new`: it came since; else it is gone. `text`: what was said; of a decision with a kind and no text, its kind and subject; of
    an item, its id and outcome."""

    what: What
    is_new: bool
    text: str


def changed_since(history: History, row: ReviewRow) -> list[Changed]:
    """The difference between the revision that was refused or taken back last, and the review as it is."""
    ended = [one for one in row.submissions if one.ended is not None and one.position is not None]
    if not ended:
        return []
    now = history.get(stream_of("review", row.id), Review)
    before = _as_submitted(history, now, ended[-1].revision)
    return [
        *(Changed(what, False, text) for what, text in _said(before) if (what, text) not in {*_said(now)}),
        *(Changed(what, True, text) for what, text in _said(now) if (what, text) not in {*_said(before)}),
    ]


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


def _said(review: Review) -> Iterator[tuple[What, str]]:
    for one in review.minutes:
        yield "minutes", one["text"]
    for one in review.decisions:
        yield "decision", one["text"] or _of_kind(one)
    for item, outcome in review.outcomes.items():
        yield "item", f"{item}: {outcome['outcome']}"
    for person in review.attendance or ():
        yield "present", person


def _of_kind(one: Note) -> str:
    arguments: dict[str, Any] = one["arguments"]
    return f"{one['kind']} {' '.join(str(value) for value in arguments.values())}"
