"""What tells the items of an agenda apart: two that are about one action name each other, two that say the same say which is which
(MEETING §2). Their ids and outcomes stay as they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from domain.times import local_date
from services.reviews.agenda_state import AgendaState, Item
from services.reviews.agenda_words import Sentence, action_called, sentence
from services.reviews.things_called import occurrence_called


def apart(items: Sequence[Item], state: AgendaState) -> tuple[Item, ...]:
    """In the same order, which is that of their places from 1 on."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(items, 1):
        if one.subject.startswith("action:"):
            places[one.subject].append(place)
    alike = Counter(one.sentence["en"] for one in items)
    found = []
    for place, one in enumerate(items, 1):
        words = one.sentence
        which = _which(one, state) if alike[words["en"]] > 1 else None
        if which is not None:
            words = sentence("apart", sentence=words, what=which)
        if others := [str(other) for other in places[one.subject] if other != place]:
            key = "beside" if len(others) > 1 else "beside.1"
            words = sentence(key, sentence=words, places=", ".join(others))
        found.append(replace(one, sentence=words))
    return tuple(found)


def _which(one: Item, state: AgendaState) -> Sentence | None:
    """The occurrence of a breach; why and when an action was opened; else since when its ground is there."""
    sort, _, id = one.subject.partition(":")
    if sort == "breach":
        keys = {each["id"]: (each["commitment"], each["key"]) for each in state.pack["breaches"]}
        commitment, key = keys.get(id, ("", None))
        if key is not None:
            return occurrence_called(state.seen, commitment, key, state.here)
    for action in state.actions if sort == "action" else ():
        if action.id == id:
            cause = action_called(action.text, action.cause)
            return sentence("opened", cause=cause, day=local_date(action.opened_at, state.here))
    if one.since is None:
        return None
    return sentence("since", day=date.fromisoformat(one.since[:10]))
