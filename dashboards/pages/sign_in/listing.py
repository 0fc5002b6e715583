"""The lists of people who are let in and of access keys: what sorts and narrows them, and their rows on a page or in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import Choice, Column, Held, Listing, Narrowing, Shown, wanted_of
from dashboards.plain import plain
from domain.saying import said
from services.access import ADMINISTRATOR, Right
from services.access_keys.following import KeyTerms
from services.access_keys.keeping import KeyKeeping
from services.directory.names import PersonNamed
from services.directory.reading import read_services
from services.errors import NotAllowed
from services.roles.following import KnownPerson
from services.sign_in.signing_in import SignIn

PEOPLE: Final = Listing(
    "/people",
    (
        Column("person", "people.person"),
        Column("roles", "people.roles"),
        Column("way", "people.way"),
        Column("acts", "people.acts", is_sorted=False),
    ),
    order="person",
    filters={"service": "people.service", "state": "people.way"},
    table="people",
)
KEYS: Final = Listing(
    "/access-keys",
    (
        Column("key", "access_keys.key"),
        Column("can", "access_keys.can"),
        Column("by", "access_keys.by"),
        Column("until", "access_keys.until"),
        Column("used", "access_keys.used"),
        Column("acts", "access_keys.revoke", is_sorted=False),
    ),
    order="key",
    filters={"state": "th.state", "service": "access_keys.service", "kind": "access_keys.can"},
    otherwise={"state": "live"},
    table="access-keys",
)
STATES: Final = ("open", "none", "suspended")
"""Whether somebody can come in; values of the filter `state`, and of `Let.state`."""
GONE: Final = "gone"


@dataclass(frozen=True)
class Let:
    """Somebody who is let in: what they are called, whether they have a way in, the day on which it was used last."""

    row: KnownPerson
    named: PersonNamed
    has_way: bool
    used: date | None

    @property
    def state(self) -> str:
        return "suspended" if self.row.is_suspended else "open" if self.has_way else "none"


@dataclass(frozen=True)
class Key:
    """A key: `state` is that of today; `used` the day on which it was used last."""

    terms: KeyTerms
    state: str
    used: date | None


def require_admits(view: View) -> None:
    if not view.who.may(Right.ADMIT):
        raise NotAllowed(
            said("letting people in is for heads of services and the administrator, not for {who}", who=view.who)
        )


def require_keeps_keys(view: View) -> None:
    if not (view.who.may(Right.ADMIT) or view.who.sees_everything):
        raise NotAllowed(
            said("access keys are for heads of services and the administrator, not for {who}", who=view.who)
        )


def sees_all(view: View) -> bool:
    """Says whether the reader is told of the people and keys of every service."""
    return view.who.may(Right.ADMIT, "") or view.who.sees_everything


def services_of(view: View, is_all: bool) -> dict[str, str]:
    """What people call the services, by id. Who lets people in everywhere is told of all, and nothing else of what they agreed."""
    found = read_services(view.seen.by(ADMINISTRATOR)) if is_all else view.services
    return {id: view.to(row.title) for id, row in sorted(found.items())}


def people(view: View, sign_in: SignIn) -> list[Let]:
    """Everybody whom the reader lets in, by id; a head is told of the roles in the own services. Raises NotAllowed."""
    require_admits(view)
    every = sign_in.roles.people()
    mine = every if sees_all(view) else [_own(view, one) for one in every if _is_own(view, one)]
    named, used, ways = sign_in.directory.names(), sign_in.last_used(), sign_in.accounts.ways_in(every)
    return [
        Let(one, named.get(one.person, PersonNamed(one.person)), one.person in ways.open, used.get(one.person))
        for one in mine
    ]


def shown_people(view: View, sign_in: SignIn, *, is_file: bool = False) -> Shown[Let]:
    """The list as its address asks for it. Raises NotAllowed."""
    text, titles = view.language.text, services_of(view, sees_all(view))

    def roles(one: Let) -> list[str]:
        words = [plain(titles.get(role.service, role.service)) for role in one.row.roles]
        offices = one.row.admitted.offices if one.row.admitted is not None else ()
        return [*words, *(plain(text(f"office.{office.office}")) for office in offices)]

    held = Held(
        people(view, sign_in),
        {"service": lambda one: [role.service for role in one.row.roles], "state": lambda one: (one.state,)},
        {
            "person": lambda one: plain(one.named.name or one.row.person),
            "roles": roles,
            "way": lambda one: (STATES.index(one.state), one.used or date.min),
        },
    )
    states = [Choice(one, text(f"person_state.{one}")) for one in STATES]
    narrowings = [_by_title(titles, held.every("service")), Narrowing("state", states)]
    return Shown(view, PEOPLE, narrowings, held.find, is_file)


def keys(view: View, sign_in: SignIn, keeping: KeyKeeping) -> list[Key]:
    """Every key that was ever given of the services whose keys the reader makes. Raises NotAllowed."""
    require_keeps_keys(view)
    today, used = sign_in.today(), keeping.used_on()
    return [Key(one, one.state(today), _used(used.get(one.key, 0))) for one in keeping.seen_by(view.who)]


def shown_keys(view: View, sign_in: SignIn, keeping: KeyKeeping, *, is_file: bool = False) -> Shown[Key]:
    """The list as its address asks for it. Raises NotAllowed."""
    text, titles = view.language.text, services_of(view, sees_all(view))
    held = Held(
        keys(view, sign_in, keeping),
        {
            "state": lambda one: ("live",) if one.state == "live" else (GONE,),
            "service": lambda one: (one.terms.service,) if one.terms.service else (),
            "kind": lambda one: (can_of(one.terms),),
        },
        {
            "key": lambda one: (plain(titles.get(one.terms.service, one.terms.service)), one.terms.made),
            "can": lambda one: (plain(text(f"key_can.{can_of(one.terms)}")), one.terms.sources, one.terms.page),
            "by": lambda one: (plain(view.person(one.terms.by)), one.terms.made),
            "until": lambda one: one.terms.until,
            "used": lambda one: one.used,
        },
    )
    here = wanted_of(view, KEYS, is_file=is_file)
    counts = held.counts(here, "state")
    tabs = [Choice(one, text(f"access_keys.tab_{one}"), counts[one]) for one in ("live", GONE)]
    kinds = [Choice(one, text(f"key_can.{one}")) for one in sorted(held.every("kind"))]
    narrowings = [
        Narrowing("state", [*tabs, Choice("all", text("word.all"), counts.total())], is_tabs=True),
        _by_title(titles, held.every("service")),
        Narrowing("kind", kinds),
    ]
    return Shown(view, KEYS, narrowings, held.find, is_file)


def can_of(terms: KeyTerms) -> str:
    """What a key can do, by name; one of a page is for a wall screen."""
    return "wall" if terms.page else terms.can


def _by_title(titles: dict[str, str], services: Sequence[str] | set[str]) -> Narrowing:
    """Those of the services that are there, by title."""
    named = [Choice(id, titles.get(id, id)) for id in services]
    return Narrowing("service", sorted(named, key=lambda one: (plain(one.words), one.value)))


def _used(days: int) -> date | None:
    """The day of so many days since 1970-01-01; None for none."""
    return date(1970, 1, 1) + timedelta(days=days) if days else None


def _is_own(view: View, person: KnownPerson) -> bool:
    return any(view.who.may(Right.ADMIT, role.service) for role in person.roles)


def _own(view: View, person: KnownPerson) -> KnownPerson:
    """With the roles alone that a head of these services may know of: what somebody is elsewhere is others' business."""
    return replace(
        person, roles=tuple(one for one in person.roles if view.who.may(Right.ADMIT, one.service)), admitted=None
    )
