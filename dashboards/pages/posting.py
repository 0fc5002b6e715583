"""Forms: plain POST, from our own pages only, once each, and nothing that was typed is lost."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.api.strangers import host_of
from services.errors import EntenteError, Invalid, NotAllowed

LONGEST = 10_000
"""Characters that one field may hold."""


def check_origin(request: Request) -> None:
    """Raises NotAllowed unless the form was sent from a page of this very program.

    Browsers say where a request comes from in `Sec-Fetch-Site` and `Origin`; without either it is no form of ours.
    """
    site = request.headers.get("sec-fetch-site")
    origin = host_of(request.headers.get("origin") or request.headers.get("referer") or "")
    is_ours = bool(origin) and origin == request.headers.get("host")
    if not is_ours or site not in (None, "same-origin"):
        raise NotAllowed("this form was sent from another page", mend="open the page here and send it again")


def required(text: str, what: str) -> str:
    """What was typed, without the blanks around it. Raises Invalid when nothing is left, or far too much."""
    text = text.strip().replace("\r\n", "\n")
    if not text:
        raise Invalid(f"{what} is empty", mend="write a few words", slug="text-empty")
    if len(text) > LONGEST:
        raise Invalid(f"{what} is longer than {LONGEST} characters", mend="shorten it", slug="text-too-long")
    return text


def ticket() -> str:
    """The name of one form on one page: sent twice, it is done once."""
    return secrets.token_urlsafe(9)


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
        """Whether this form is to be done now; False when it was done already."""
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


def decided(
    tickets: Tickets,
    request: Request,
    name: str,
    decide: Callable[[], object],
    *,
    then: str,
    again: Callable[[EntenteError], Response],
    found: Callable[[object], str] | None = None,
) -> Response:
    """Does what the form asks, and leads on to `then`, or to where what it made is `found`; a refusal shows the page `again` with
    what was typed."""
    check_origin(request)
    if name and not tickets.take(name):
        return RedirectResponse(then, 303)
    try:
        made = decide()
    except EntenteError as error:
        if name:
            tickets.give_back(name)
        if error.status in (403, 404):
            raise
        return again(error)
    return RedirectResponse(found(made) if found is not None else then, 303)
