"""What the pages are given: the store, the ways in, and whom the reader may be where nobody has to prove who they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes
from typing import NamedTuple

from fastapi import Request

from dashboards.pages.house.posting import SentForms, Tickets
from domain.terms import Text
from services.access import Principal
from services.access_keys.feeds import Feeds
from services.access_keys.keeping import KeyKeeping
from services.access_keys.walls import Walls
from services.api.asking import HEADER
from services.api.cookies import AS, chosen
from services.api.cross_site import FormTokens
from services.api.ports import Quarantine
from services.holding import Held
from services.places import Place
from services.pulse import Pulse
from services.seeing.known import Known
from services.sign_in.oidc_sessions import OidcSignIn
from services.sign_in.signing_in import SignIn
from services.store import Store


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody that the reader may be, where nobody has to prove who they are. The cookie `as` holds `value`."""

    value: str
    label: Text
    who: Principal


@dataclass(frozen=True)
class Choices:
    """Whom the reader may be: `shown` are offered, the first of them until another is chosen; `named` finds any other by the name
    that was typed, where that may be."""

    shown: Callable[[], Sequence[Choice]]
    named: Callable[[str], Choice | None] | None = None

    def find(self, value: str) -> Choice | None:
        offered = next((choice for choice in self.shown() if choice.value == value), None)
        return offered or (self.named(value) if value and self.named is not None else None)


class Hook(NamedTuple):
    """An address that other tools call: its name, whose calls these are, the sources of its events; None where a call says these."""

    name: str
    service: str | None
    sources: tuple[str, ...] | None


class Topic(NamedTuple):
    """The topic of Kafka that is read, as who sends to it has to know it. `service`: whose it is; None: each its own sources'."""

    servers: str
    name: str
    security: str
    mechanism: str
    service: str | None


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways by which tools send. `address`: where the program is reached; empty: where it is asked."""

    address: str = ""
    topic: Topic | None = None
    hooks: tuple[Hook, ...] = ()


@dataclass(frozen=True)
class Pages:
    """Everything that the pages are given. There are `choices` only where the program is bound to loopback without access control;
    `resolve` says who asks where there are none, and where a program says itself who asks. `zone` is the organisation's,
    `held` what keeps time from passing."""

    store: Store
    quarantine: Quarantine
    organisation: str
    zone: str
    resolve: Callable[[Request], Principal]
    choices: Choices | None = None
    grafana: str = ""
    tickets: Tickets = field(default_factory=Tickets)
    sent: SentForms = field(default_factory=SentForms)
    pulse: Pulse = field(default_factory=lambda: Pulse(lambda: Known(0, None)))
    held: Callable[[], Held | None] = lambda: None
    forms: FormTokens = field(default_factory=lambda: FormTokens(token_bytes(32)))
    sign_in: SignIn | None = None
    """The ways in, and `ways` which of them; None where nobody signs in."""
    ways: frozenset[str] = frozenset()
    oidc: OidcSignIn | None = None
    """Signing in by an identity provider, where that is one of the ways."""
    feeds: Feeds | None = None
    """Calendar feeds at addresses that hold a key; None where nobody signs in."""
    walls: Walls | None = None
    """What wall screens show by their keys; None where nobody signs in."""
    access_keys: KeyKeeping | None = None
    """What tools come in with; None where nobody signs in."""
    is_still: Callable[[Request, Principal], bool] = lambda request, who: True
    """Whether whoever has asked is still that one: for what is answered for long."""
    menu: tuple[tuple[str, str], ...] = ()
    """What the menu leads to besides the first page: addresses, and the keys of what they are called."""
    things: Mapping[str, str] = field(default_factory=dict)
    """By the sort of a decision, the address that the id of what was decided is put behind."""
    post: Path | None = None
    """The folder that mail is written to, where everybody on this machine may read it; None elsewhere."""
    notify_hosts: frozenset[str] = frozenset()
    """Where people may have their notices sent to by webhook."""
    doors: Doors = field(default_factory=Doors)
    """What whoever connects a tool is told of the ways in."""
    places: Sequence[Place] = ()
    """Where something about people is kept."""
    clock: Callable[[], int] | None = None
    """The clock, in microseconds since 1970-01-01T00:00Z; without one it is as late as the figures know."""

    def who(self, request: Request) -> Principal:
        chosen = self.choice(request)
        return chosen.who if chosen else self.resolve(request)

    def choice(self, request: Request) -> Choice | None:
        """The one whose cookie the reader has, else the first; None where there are no choices, or none is needed."""
        if self.choices is None or HEADER in request.headers:
            return None
        return self.choices.find(chosen(request, AS)) or next(iter(self.choices.shown()), None)
