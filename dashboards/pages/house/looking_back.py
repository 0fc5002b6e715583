"""`?at=POSITION` and `?at=DATE`: a page as it was believed at another moment (MORNING §6, decision 62).

The one place where pages look back: an address is answered in the store as it was then, and what comes of it loses what one can only
do now; its links keep the moment. Pages that mean only the present are shown as they are, and say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from html.parser import HTMLParser
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from fastapi import Request
from fastapi.responses import RedirectResponse
from markupsafe import escape

from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from services.auditing.moments import Moment, moment_of
from services.seeing.kept_looks import KeptLooks
from services.seeing.seen import Seeing

AT: Final = "at"
"""The part of an address that says the moment."""
LONGEST: Final = 40
"""Letters of a moment."""
_THEN: Final = re.compile(
    r"/(portfolio|calendars|causes|repeats|contracts(/[^/]+(/versions/[0-9]+)?)?|(breaches|actions)(/.+[^/])?|reviews(/[^/]+)?|"
    r"excuses(/(?!ask$)[^/]+)?|commitments/[^/]+/[^/]+/[^/]+(/explain)?|services/[^/]+|reminders/(?!new$)[^/]+|"
    r"exports/(?!(people|access-keys|access-log)\.)[^/]+)?"
)
"""The addresses of pages that have a past."""
_OF_CONTRACT: Final = re.compile(r"/(?:contracts|commitments)/([^/]+)")
"""The addresses of pages about one contract, which is judged sooner than all."""
_ONLY_NOW: Final = re.compile(
    r"/(new-[^/]+|excuses/ask|reminders/new|errands/.*|contracts/[^/]+/edit.*|"
    r"(services|calendars|causes|people)/[^/]+/edit|sources/edit|connect)"
)
"""The addresses of forms: nothing can be done in the past."""
_VERBS: Final = frozenset({"verbs", "button"})
"""The classes of what offers to do something."""
_AS_THEY_ARE: Final = ("/static/", "/language/", "/theme/", "/feeds/", "/history", "/v1/")
"""The beginnings of addresses that know no moment, or say their own."""
_EMPTY: Final = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(frozen=True)
class Looked:
    """The moment that an address asks for, and the store as it was then; None for a page that has no past."""

    moment: Moment
    seeing: Seeing | None = None


def asked_of(request: Request) -> str:
    """The moment that the address asks for; empty: now."""
    return request.query_params.get(AT, "").strip() if request.method in ("GET", "HEAD") else ""


def has_past(path: str) -> bool:
    return _THEN.fullmatch(path) is not None


def looked_of(request: Request) -> Looked | None:
    """The moment in which this request is answered; None: now, as refusals are."""
    return getattr(request.state, "looked", None)


def looking_back(pages: Pages, endpoint: Callable[..., Any], methods: Iterable[str] | None) -> Callable[..., Any]:
    """The endpoint of a page, answered in the store of the moment that its address asks for."""
    waits = iscoroutinefunction(endpoint) or isasyncgenfunction(endpoint)
    if waits or not set(methods or ()) <= {"GET", "HEAD"}:
        return endpoint

    @wraps(endpoint)
    def answered(*args: Any, **kwargs: Any) -> Any:
        request = kwargs.get("request")
        if request is None or not (asked := asked_of(request)):
            return endpoint(*args, **kwargs)
        store, who = pages.store, pages.who(request)
        moment = moment_of(store.history, store.clock(), asked[: LONGEST + 1], pages.zone)
        if request.url.path == "/history":
            return RedirectResponse(link("/history", position=moment.position), 303)
        if not has_past(request.url.path):
            with _looked(request, Looked(moment)):
                return endpoint(*args, **kwargs)
        still = store.read(who, lambda now: now.shown)  # what is shown no more is not shown as it was, either
        of = _OF_CONTRACT.match(request.url.path)
        kept = store.seeing.kept(KeptLooks)
        with kept.look(store.seeing, moment.position, of[1] if of else None) as seeing, seeing.seen(who) as then:
            then.shown &= still
            with _looked(request, Looked(moment, seeing)):
                return endpoint(*args, **kwargs)

    return answered


@contextmanager
def _looked(request: Request, looked: Looked) -> Iterator[None]:
    request.state.looked = looked
    try:
        yield
    finally:
        request.state.looked = None


def as_it_was(html: str, at: str, *, is_past: bool) -> str:
    """The page with that moment in its links; `is_past`: its main part without what can only be done now. What a link says of
    another moment, or that it leads to now, or elsewhere in time (`data-now`), stays."""
    reader = _Reader(at, is_past)
    reader.feed(html)
    reader.close()
    return "".join(reader.said)


class _Reader(HTMLParser):
    def __init__(self, at: str, is_past: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.said: list[str] = []
        self._at, self._is_past, self._is_in_main = at, is_past, False
        self._skipped, self._depth = "", 0
        self._folded: list[_Folded] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipped:
            self._depth += tag == self._skipped
            return
        held = dict(attrs)
        self._is_in_main |= tag == "main"
        if self._is_past and self._is_in_main and _is_of_now(tag, held):
            for one in self._folded:
                one.has_lost = True
            if tag not in _EMPTY:
                self._skipped, self._depth = tag, 1
            return
        if tag == "details":
            self._folded.append(_Folded(len(self.said)))
        if self._folded:
            self._folded[-1].is_summary = tag == "summary" or (self._folded[-1].is_summary and tag != "div")
        self.said.append(self._opened(tag, held))
        if tag == "form" and (held.get("method") or "get").lower() == "get" and "data-now" not in held:
            self.said.append(f'<input type="hidden" name="{AT}" value="{escape(self._at)}">')

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._skipped:
            self.said.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            self._depth -= tag == self._skipped
            self._skipped = self._skipped if self._depth else ""
            return
        self._is_in_main &= tag != "main"
        self.said.append(f"</{tag}>")
        if tag == "summary" and self._folded:
            self._folded[-1].is_summary = False
        if tag == "details" and self._folded:
            folded = self._folded.pop()
            if folded.has_lost and not folded.holds:
                del self.said[folded.begins :]
            elif self._folded:
                self._folded[-1].holds |= folded.holds

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if self._folded and data.strip() and not self._folded[-1].is_summary:
            self._folded[-1].holds = True
        self.said.append(data)

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._say(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>")

    def _say(self, text: str) -> None:
        if not self._skipped:
            self.said.append(text)

    def _opened(self, tag: str, held: dict[str, str | None]) -> str:
        written, href = self.get_starttag_text() or "", held.get("href") or ""
        if tag != "a" or "data-now" in held or not href.startswith(("/", "?")) or href.startswith(_AS_THEY_ARE):
            return written
        return written.replace(f'href="{escape(href)}"', f'href="{escape(_with(href, self._at))}"')


@dataclass
class _Folded:
    """A `details` that is being read: where it begins, whether anything was left out of it, and whether it still holds words besides
    what it is called."""

    begins: int
    has_lost: bool = False
    holds: bool = False
    is_summary: bool = False


def _is_of_now(tag: str, held: dict[str, str | None]) -> bool:
    """Says whether an element does something, or leads to where something is done."""
    if tag == "form":
        return (held.get("method") or "get").lower() == "post"
    if tag in ("input", "button", "textarea", "select") and "form" in held:
        return True
    if _VERBS & set((held.get("class") or "").split()):
        return True
    to = urlsplit(held.get("href") or "") if tag == "a" else None
    return to is not None and (to.fragment.startswith("f-") or _ONLY_NOW.fullmatch(to.path) is not None)


def _with(href: str, at: str) -> str:
    parts = urlsplit(href)
    if any(name == AT for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return href
    query = f"{parts.query}&{urlencode({AT: at})}" if parts.query else urlencode({AT: at})
    return urlunsplit(parts._replace(query=query))
