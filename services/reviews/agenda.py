"""The agenda of a review: what there is to decide, in the order in which it is to be decided (MEETING §2).

It is derived of the state that the pack was made of, by the sources in `agenda_sources`; the meeting adds outcomes and what was
added by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from domain.references import parse_reference
from domain.times import local_date
from services.reviews.agenda_apart import apart
from services.reviews.agenda_sources import SOURCES
from services.reviews.agenda_state import AgendaState, Item, state_of
from services.reviews.agenda_words import LANGUAGES, Sentence, code_called, sentence, told
from services.reviews.pack_part_shapes import Title
from services.reviews.pack_shapes import Pack
from services.reviews.rows import ReviewRow
from services.reviews.things_called import reference_called
from services.seeing.seen import Seen

ORDER: Final = (
    "unsigned", "carried", "restated", "effect", "last-time", "repeat", "breach", "amendment", "excuse", "overdue", "escalated",
    "complaint", "consumption", "survey", "gap", "tight", "always-met", "never-met", "met-if", "unmonitored", "unmatched",
    "quarantine", "calendar-ends", "contract-ends", "added",
)  # fmt: skip
"""The codes of items, in their order."""
NO_GROUND: Final = 2
"""Minutes for an item whose ground is gone."""


def agenda_items(seen: Seen, row: ReviewRow, pack: Pack) -> tuple[Item, ...]:
    """The items that the state gives, in their order: what was carried stands once, as carried."""
    state = state_of(seen, row, pack)
    found = [item for source in SOURCES for item in source(state)]
    carried = state.carried()
    grounds = {one.id: one for one in found}
    items = [_carried(id, by, grounds.get(id), state) for id, by in carried.items()]
    items += [one for one in found if one.id not in carried]
    return apart(sorted(items, key=lambda one: ORDER.index(one.code)), state)


def with_added(items: Sequence[Item], row: ReviewRow) -> tuple[Item, ...]:
    """The items, and behind them those that were added by hand."""
    added = (
        Item("added", one.item.partition(":")[2], one.item, {"en": one.text, "fr": one.text}, one.takes, text=one.text)
        for one in row.added
    )
    return (*items, *added)


def _carried(id: str, by: Sequence[ReviewRow], ground: Item | None, state: AgendaState) -> Item:
    """An item that reviews have carried; one whose ground is gone stays, and says so."""
    first = local_date(by[0].starts, state.here)
    before = ground or _added_before(id, state)
    what = before.sentence if before is not None else sentence("gone", what=_called(id, state))
    words = sentence("carried" if len(by) > 1 else "carried.1", sentence=what, count=len(by), day=first)
    since = ground.since if ground is not None else None
    kept = before or Item("carried", id.partition(":")[2], id.partition(":")[2], what, NO_GROUND)
    return replace(kept, code="carried", known_as=id, sentence=words, since=since, first=first.isoformat())


def _called(id: str, state: AgendaState) -> Sentence:
    """Tells of an item whose ground is gone what it was, and about what, as far as that has a name."""
    code, _, reference = id.partition(":")
    what, scope = code_called(code), reference.partition("#")[0]
    try:
        about: Title | None = reference_called(state.seen, parse_reference(reference))
    except ValueError:
        about = state.called(scope) if scope in state.commitments else None
    if about is None:
        return what
    return {language: f"{what[language]} ({told(about, language)})" for language in LANGUAGES}


def _added_before(id: str, state: AgendaState) -> Item | None:
    """What was added to an earlier review by hand, which no ground makes go away."""
    review, _, number = id.removeprefix("added:").partition("#")
    for row in state.earlier if id.startswith("added:") else ():
        for one in row.added if row.id == review else ():
            if one.item == f"added:{number}":
                return Item(
                    "added", f"{review}#{number}", id, {"en": one.text, "fr": one.text}, one.takes, text=one.text
                )
    return None
