"""Who of a service has what waits: to whom it falls by itself, or to whom it was handed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Verb, Waiting
from dashboards.pages.today.pressing import Lines, Pressing
from services.access import Right
from services.directory.mentioning import MENTION
from services.errands.mentions import is_mention
from services.errands.reading import errands_by_thing
from services.errands.rows import ErrandRow

Column = Literal["explain", "answer", "act", "late"]
COLUMNS: tuple[Column, ...] = ("explain", "answer", "act", "late")


@dataclass(frozen=True)
class Whose:
    """What the reader's services have handed on, by thing."""

    view: View = field(repr=False)
    errands: Mapping[str, ErrandRow]

    @classmethod
    def of(cls, view: View) -> Whose:
        return cls(view, errands_by_thing(view.seen))

    def person(self, thing: str, falls_to: str | None) -> str | None:
        """Who has it now; None where nobody is named."""
        errand = self.errands.get(thing)
        return errand.person if errand is not None and errand.person is not None else falls_to

    def is_mine(self, thing: str, falls_to: str | None) -> bool:
        person = self.view.who.person
        return person is not None and self.person(thing, falls_to) == person

    def is_seen(self, thing: str) -> bool:
        return thing in self.errands and self.errands[thing].is_seen

    def handed_to_me(self) -> list[ErrandRow]:
        person = self.view.who.person
        return [row for row in self.errands.values() if person is not None and row.person == person]

    def words(self, thing: str) -> tuple[str, ...]:
        """Who has it and who said so, where it was handed on."""
        errand = self.errands.get(thing)
        if errand is None or errand.person is None or is_mention(errand):
            return ()
        text = self.view.language.text
        if errand.person != self.view.who.person:
            return (text("errands.has_it", who=self.view.person(errand.person)),)
        by, _, words = errand.handed[-1]
        said = text("today.handed_on", who=self.view.person(by))
        return (f"{said} {text('today.quoted', text=words)}" if words else said,)

    def handing(self, thing: str, service: str) -> tuple[Verb, ...]:
        """The way to hand it on, for somebody of that service."""
        who = self.view.who
        if not thing or who.person is None or not (who.is_of(service) and who.may(Right.TAKE_PART, service)):
            return ()
        return (Verb(self.view.language.text("errands.hand_on"), link("/errands/hand-on", thing=thing)),)


def gathered(every: Sequence[Waiting], whose: Whose) -> list[Waiting]:
    """As it is listed: each text once, and one row of what is alike."""
    return one_of_alike(said_once(every, whose), whose)


def count_of(listed: Iterable[Waiting]) -> int:
    """How many things wait in these rows."""
    return sum(1 + one.others for one in listed)


def said_once(every: Sequence[Waiting], whose: Whose) -> list[Waiting]:
    """Without the mentions in texts that another row quotes which is the reader's, or nobody's: that one says what can be done
    about it, too."""
    me = whose.view.who.person
    named = [one for one in every if one.thing.startswith(f"{MENTION}:")]
    if not named:
        return list(every)
    quoted = {one.says for one in every if one not in named and whose.person(one.thing, one.person) in (None, me)}
    left_out = {one.thing for one in named if one.says in quoted}
    return [one for one in every if not one.thing or one.thing not in left_out]


def one_of_alike(every: Sequence[Waiting], whose: Whose) -> list[Waiting]:
    """In the place of the first of what is alike and one person's: the last, which says how many more there are."""
    found: dict[object, list[Waiting]] = {}
    for place, one in enumerate(every):
        key = (one.alike, whose.person(one.thing, one.person)) if one.alike else place
        found.setdefault(key, []).append(one)
    return [some[0] if len(some) == 1 else some[-1]._replace(others=len(some) - 1) for some in found.values()]


def thing_of(it: Pressing) -> str:
    return f"occurrence:{it.row.row.id}:{it.one.key}"


def owner_beside(view: View, it: Pressing) -> tuple[str, ...]:
    """Who owns the indicator, with the address where the reader may see it."""
    owner = it.row.row.criterion.owner
    if not owner:
        return ()
    if owner == view.who.person:
        return (view.language.text("today.yours"),)
    described = (view.services.get(service) for service in (it.row.row.debtor, it.row.row.creditor))
    addresses = [email for one in described if one is not None for id, _, email in one.people if id == owner and email]
    name = view.person(owner)
    if not addresses:
        return (name,)
    return (Markup('{}, <a href="mailto:{}">{}</a>').format(name, addresses[0], addresses[0]),)


@dataclass(frozen=True)
class Share:
    """What waits for one person of the reader's services; an empty name is nobody's."""

    name: str
    counts: Mapping[Column, int]


def shares(view: View, whose: Whose, waiting: Iterable[Waiting], late: Lines) -> list[Share]:
    """For a head: what waits for whom in the services that it heads, and what waits for nobody; who has most first, nobody last."""
    headed = {one for one in view.who.services if view.who.person is not None and view.who.may(Right.BIND, one)}
    if not headed:
        return []
    found: dict[str, Counter[Column]] = {}
    for one in waiting:
        if one.service in headed:
            falls_to = one.person or (view.who.person if one.task == "answer" else None)
            found.setdefault(whose.person(one.thing, falls_to) or "", Counter())[one.task] += 1 + one.others
    for it in late:
        if it.row.row.debtor in headed:
            person = whose.person(thing_of(it), it.row.row.criterion.owner)
            found.setdefault(person or "", Counter())["late"] += 1
    ordered = sorted(found, key=lambda id: (not id, -found[id].total(), id))
    return [Share(view.person(id) if id else "", found[id]) for id in ordered]
