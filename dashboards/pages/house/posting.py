"""Forms: plain POST, once each, and nothing that was typed is lost. That they come from our own pages is asked before (`CrossSiteRule`,
`FormTokens`)."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from domain.saying import said
from domain.terms import Party
from domain.times import Instant
from services.access import Principal
from services.errors import EntenteError, Invalid

LONGEST = 10_000
"""Characters that one field may hold."""
SENT = "sent"
"""The part of a page's address that names what was sent from it."""


def required(text: str, what: str) -> str:
    """The text that was typed, without the blanks around it. Raises Invalid when nothing is left, or far too much."""
    text = text.strip().replace("\r\n", "\n")
    if not text:
        raise Invalid(said("{what} is empty", what=what), mend=said("write a few words"), slug="text-empty")
    if len(text) > LONGEST:
        raise Invalid(
            said("{what} is longer than {longest} characters", what=what, longest=LONGEST),
            mend=said("shorten it"),
            slug="text-too-long",
        )
    return text


def party_named(text: str) -> Party | None:
    """The party that a form names, if it does."""
    return "supplier" if text == "supplier" else "client" if text == "client" else None


def instant_typed(text: str) -> Instant:
    """The instant, in microseconds, that names something on a page. Raises Invalid for what no page holds."""
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Invalid(said("it is not said what is meant"), mend=said("open the page here and send it again"))
    return int(text)


def ticket(who: Principal) -> str:
    """The name of one form on one page, made for somebody: sent twice, it is done once."""
    return f"{secrets.token_urlsafe(9)}.{digest(str(who))}"


def digest(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


class Tickets:
    """The forms that were done lately, in the store of that number: what a restore has taken out may be sent again. A store's own
    rules still refuse what may not be done twice."""

    def __init__(self, size: int = 2_000, store: Callable[[], int] = lambda: 0) -> None:
        self._size = size
        self._store = store
        self._of = store()
        self._done: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def take(self, name: str) -> bool:
        """Says whether this form is to be done now, and takes its ticket; False when it was done already."""
        store = self._store()
        with self._lock:
            if store != self._of:
                self._of = store
                self._done.clear()
            if name in self._done:
                return False
            self._done[name] = None
            if len(self._done) > self._size:
                self._done.popitem(last=False)
            return True

    def give_back(self, name: str) -> None:
        with self._lock:
            self._done.pop(name, None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a form that did the same to several things: how many it was done to, and the ids of the others with why not."""

    verb: str
    done: int
    refused: tuple[tuple[str, EntenteError], ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """What a form has done, for the page that comes next: its verb, and what it was done to, where that page does not say it."""

    verb: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What cannot be undone, and is asked for first: the name of its texts; the address that the form is sent to; `about`, in each
    language; what is sent again when it is meant; and the page that leads `back`, with what was typed."""

    what: str
    path: str
    about: Mapping[str, str]
    again: Sequence[tuple[str, str]]
    back: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent: by whom; what was typed, and why it was not done, if it was refused; what came of one that did the same to
    several things; what it has done; or what is asked before it is done."""

    who: str
    typed: Mapping[str, str]
    refusal: EntenteError | None = None
    outcome: Outcome | None = None
    done: Done | None = None
    asked: Asked | None = None


class SentForms:
    """The last of them by name, so that the page which answers one has an address: to be opened again, in another language too. In
    memory alone: after a restart that address shows the page as it is."""

    def __init__(self, size: int = 300, letters: int = 8_000_000) -> None:
        self._size = size
        self._letters = letters
        self._kept: OrderedDict[str, Sent] = OrderedDict()
        self._lock = Lock()

    def keep(self, sent: Sent, at: str = "") -> str:
        """`at`: the page from which it was sent, whose form shows it again to who comes back to it; what was sent from there before is
        forgotten."""
        name = _from(at, sent.who) if at else secrets.token_urlsafe(12)
        with self._lock:
            self._kept.pop(name, None)
            self._kept[name] = sent
            while len(self._kept) > self._size or self._held() > self._letters:
                self._kept.popitem(last=False)
        return name

    def _held(self) -> int:
        return sum(len(value) for one in self._kept.values() for value in one.typed.values())

    def of(self, name: str, who: Principal) -> Sent | None:
        """None for somebody else's too."""
        with self._lock:
            found = self._kept.get(name)
        return found if found is not None and found.who == str(who) else None

    def last(self, at: str, who: Principal) -> Sent | None:
        """What one sent last from that page."""
        return self.of(_from(at, str(who)), who)

    def forget(self, at: str, who: Principal) -> None:
        with self._lock:
            self._kept.pop(_from(at, str(who)), None)


def _from(at: str, who: str) -> str:
    """The name under which is kept what somebody sent from a page."""
    return f"at.{digest(json.dumps([at, who]))}"


def add_ways_back(router: APIRouter, link: Callable[..., str], ways: Iterable[tuple[str, str]], *, whole: bool) -> None:
    """Who opens an address that forms are sent to (by its line in the browser, after a refusal) is led to the page of the form.

    `whole`: those within an id that may hold any character, which have to be asked before it; the others come after all pages.
    """
    for path, page in ways:
        if (":path}" in path) == whole:
            router.add_api_route(path, _leading_to(page, link), methods=["GET"])


def _leading_to(page: str, link: Callable[..., str]) -> Callable[[Request], Response]:
    def back(request: Request) -> Response:
        sent = request.query_params.get(SENT, "")
        return RedirectResponse(link(page.format(**request.path_params), **{SENT: sent}), 303)

    return back
