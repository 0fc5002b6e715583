"""A decision of one's own on the page of a review: the kinds that there are, and the fields of the one that was chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dashboards.language import typeset
from dashboards.pages.causes.called import choices
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.reviews.meeting import ItemShown, MeetingShown
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_actions, read_breaches
from services.contracts.rows import ContractRow
from services.excuses.reading import read_excuses
from services.figures.reading import read_commitments
from services.reviews.agenda_words import Sentence, action_called, told
from services.reviews.rows import ReviewRow
from services.reviews.things_called import Things

Sort = Literal["one", "several", "lines", "date"]
Options = Sequence[tuple[str, str]]
MOST_OPTIONS: Final = 200
"""Things that one field offers."""
FIELDS: Final[Mapping[str, Mapping[str, Sort]]] = {
    "action": {"commitment": "one", "text": "lines", "person": "one", "due": "date", "breach": "one"},
    "attribute": {"breaches": "several", "root_cause": "one"},
    "dispute": {"excuse": "one"},
    "reschedule": {"action": "one", "due": "date"},
    "reassign": {"action": "one", "owner": "one", "person": "one"},
    "accept-as-is": {"action": "one"},
}
"""By kind, the arguments that are asked for, each with the sort of its field."""
OPTIONAL: Final = frozenset({"person", "breach"})
"""Arguments that may be left out."""


@dataclass(frozen=True)
class OwnField:
    """`chosen`: what stands there already."""

    name: str
    sort: Sort
    options: Options
    chosen: str
    is_optional: bool


@dataclass(frozen=True)
class OwnDecision:
    """`kinds`: each with its address; `kind`: the one that was chosen, empty while none is. `item`: the id of the item that it is
    about; `items`: those that there are."""

    kinds: Sequence[tuple[str, str]]
    kind: str
    fields: Sequence[OwnField]
    item: str
    items: Options


def own_decision(
    view: View, row: ReviewRow, contract: ContractRow, meeting: MeetingShown | None, typed: Mapping[str, str]
) -> OwnDecision | None:
    """None where the reader decides nothing now. `typed`: what was sent and refused."""
    if meeting is None or not meeting.may_change or row.position is None:
        return None
    asked = view.request.query_params
    was_refused = typed.get("id") == "own"
    kind = typed.get("kind", "") if was_refused else asked.get("kind", "")
    place = asked.get("about", "")
    about = next((one for one in meeting.items if str(one.place) == place), None)
    item = typed.get("item", "") if was_refused else about.item.id if about is not None else ""
    offer = _Offering(view, row, contract)
    fields = [
        OwnField(name, sort, offer.of(name), _chosen(name, about, typed, is_typed=was_refused), name in OPTIONAL)
        for name, sort in FIELDS.get(kind, {}).items()
    ]
    narrowed = {"about": place} if about is not None else {}
    kinds = [(one, link(f"/reviews/{row.id}", kind=one, **narrowed) + "#own") for one in FIELDS]
    items = [(one.item.id, f"{one.place}. {one.sentence}") for one in meeting.items]
    return OwnDecision(kinds, kind if kind in FIELDS else "", fields, item, items)


class _Offering:
    """What the fields offer, each thing by what people call it."""

    def __init__(self, view: View, row: ReviewRow, contract: ContractRow) -> None:
        self._view, self._contract = view, contract
        self._things = Things(view.seen, row.contract)
        self._offers: Mapping[str, Callable[[], Options]] = {
            "commitment": self._commitments,
            "person": self._people,
            "breach": self._breaches,
            "breaches": self._breaches,
            "root_cause": lambda: choices(view),
            "excuse": self._excuses,
            "action": self._actions,
            "owner": lambda: [(id, view.service(id)) for id in dict.fromkeys((contract.supplier, contract.client))],
        }

    def of(self, name: str) -> Options:
        offer = self._offers.get(name)
        return offer()[:MOST_OPTIONS] if offer is not None else ()

    def _say(self, words: Sentence) -> str:
        return typeset(words[self._view.language.code], self._view.language.code)

    def _titled(self, scope: str) -> str:
        return told(self._things.called(scope), self._view.language.code)

    def _commitments(self) -> Options:
        return [(one.id, self._titled(one.id)) for one in read_commitments(self._view.seen, self._contract.id)]

    def _people(self) -> Options:
        following_up, seen = self._view.pages.store.use(FollowingUp), self._view.seen
        services = dict.fromkeys((self._contract.supplier, self._contract.client))
        return [
            (person, f"{self._view.person(f'{service}/{person}')}, {self._view.service(service)}")
            for service in services
            for person in following_up.owners(seen, service) or ()
        ]

    def _breaches(self) -> Options:
        rows = read_breaches(self._view.seen, contract=self._contract.id, state="open")
        return [(one.id, self._say(self._things.breach(one.id))) for one in rows[:MOST_OPTIONS]]

    def _excuses(self) -> Options:
        rows = read_excuses(self._view.seen, contract=self._contract.id, state="refused")
        return [(one.id, f"{self._titled(one.scope)} · {self._say(self._things.extent(one))}") for one in rows]

    def _actions(self) -> Options:
        rows = read_actions(self._view.seen, contract=self._contract.id, state="open")
        day = self._view.language.long_day
        return [
            (
                one.id,
                " · ".join(
                    [
                        self._say(action_called(one.text, one.cause)),
                        self._titled(one.commitment),
                        *([day(one.due)] if one.due else ()),
                    ]
                ),
            )
            for one in rows
        ]


def _chosen(name: str, about: ItemShown | None, typed: Mapping[str, str], *, is_typed: bool) -> str:
    """What was typed, else the thing that the item is about."""
    if is_typed:
        return typed.get(f"a-{name}", "")
    sort, _, id = about.item.subject.partition(":") if about is not None else ("", "", "")
    return id if sort and name in (sort, f"{sort}es") else ""
