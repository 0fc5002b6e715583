"""Does what a form asks for, once, and for nobody but whom it was made for; a refusal loses nothing of what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.language import LANGUAGES, language
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import SENT, Asked, Done, Sent, digest
from domain.saying import said
from services.api.cross_site import FIELD
from services.api.ports import JUDGED_WITHIN
from services.api.unsaid import is_secret
from services.errors import EntenteError, Refused, Unavailable

Made = TypeVar("Made")
CONFIRMED = "confirmed"
"""The field of a form that says that it was asked what cannot be undone."""
Texts = Sequence[tuple[str, str]]
Typed = Annotated[str, Form()]
"""What was typed into one box; how much of it is too much is for what takes it."""


async def _texts(request: Request) -> Texts:
    return [(name, value) for name, value in (await request.form()).multi_items() if isinstance(value, str)]


Fields = Annotated[Texts, Depends(_texts)]
"""All that was typed into a form, for what may have to be asked before it is done."""


async def _by_name(request: Request) -> dict[str, str]:
    return dict(await _texts(request))


ByName = Annotated[dict[str, str], Depends(_by_name)]
"""The same by the names of the boxes, for a form that has each name once."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """A decision that nobody can undo. `what`: the name of its texts (`confirm.WHAT_…`); `fields`: what was sent; `about`: what it is
    done to, which raises NotFound for who does not see that; `needs` raises Invalid for what lacks, before anything is asked."""

    what: str
    fields: Texts
    about: Callable[[], str]
    needs: Callable[[], object] = lambda: None

    @property
    def is_confirmed(self) -> bool:
        return (CONFIRMED, "yes") in self.fields

    @property
    def again(self) -> Texts:
        """What is sent once more, when it is confirmed."""
        return [(name, value) for name, value in self.fields if name not in (FIELD, "ticket", CONFIRMED)]


def decided(
    view: View,
    ticket: str,
    decide: Callable[[], object],
    *,
    then: str,
    again: Callable[[], Response],
    page: str = "",
    found: Callable[[object], str] | None = None,
    words: str | None = None,
    final: Lasting | None = None,
    about: str = "",
    says: bool = True,
) -> Response:
    """Does what the form asks, waits until it is judged, and leads on to `then`, or to where what it made is `found`. A refusal
    shows `again` the page that holds the form, with what was typed; `page` is its address, where that is not `then`.
    The next page says what was done (to what it is `about`), unless another way `says` it. What is `final` is asked for first.

    The same form with other words (what it comes to: `words`) is another: who goes back, changes them and sends again is not told
    that it was done.
    """
    if final is not None and not final.is_confirmed:
        return _asked_first(view, final, page or then, again)
    words = repr(sorted(view.typed.items())) if words is None else words
    tickets, name = view.pages.tickets, ticket and ticket + digest(words)
    try:
        _require_same_person(view, ticket)
        if name and not tickets.take(name):
            return RedirectResponse(then, 303)
        try:
            made = decide()
        except EntenteError:
            tickets.give_back(name)
            raise
        await_judged(view)  # the ticket stays taken: it is stored, whatever the judge does
    except EntenteError as error:
        if error.status in (403, 404):
            raise
        view.keep(page or then, error)
        with view.state():
            return again()
    there = found(made) if found is not None else then
    return RedirectResponse(_saying(view, there, about) if says else there, 303)


def _saying(view: View, there: str, about: str) -> str:
    """Where the next page says what was done."""
    return view.leading(there, Sent(str(view.who), {}, done=Done(view.typed.get("verb", ""), about)))


def _asked_first(view: View, final: Lasting, page: str, again: Callable[[], Response]) -> Response:
    """Leads to the page that says what cannot be undone, and asks whether to do it; what was typed goes on with it. Where something
    lacks, the page that holds the form."""
    try:
        final.needs()
    except EntenteError as error:
        view.keep(page, error)
        with view.state():
            return again()
    with view.state():
        about = in_each_language(view, final.about)
    fields = [(name, value) for name, value in final.again if not is_secret(name)]
    who = str(view.who)
    path = view.request.url.path
    asked = Asked(final.what, path, about, fields, view.leading(page, Sent(who, view.typed)))
    return RedirectResponse(view.leading(path, Sent(who, view.typed, asked=asked)), 303)


def in_each_language(view: View, say: Callable[[], str]) -> dict[str, str]:
    """What is said of something, by the code of the language: its page may be read in another one."""
    here, found = view.language, {}
    try:
        for code in LANGUAGES:
            view.language = language(code)
            found[code] = say()
    finally:
        view.language = here
    return found


def asked_page(pages: Pages, request: Request) -> Response | None:
    """The page that asks for what cannot be undone, at the address that the form was sent to; None where nothing is asked there."""
    name = request.query_params.get(SENT, "") if request.method == "GET" else ""
    if not name:
        return None
    view = View(pages, request)
    sent = pages.sent.of(name, view.who)
    if sent is None or sent.asked is None or sent.asked.path != request.url.path:
        return None
    asked, view.typed = sent.asked, {}
    with view.state():
        return view.render("confirm.html", asked=asked, about=asked.about[view.language.code])


def once(view: View, ticket: str, make: Callable[[], Made]) -> Made:
    """What the form makes whose answer shows a secret, as nothing can show it again. Raises Refused for the same form sent twice."""
    tickets, name = view.pages.tickets, ticket and ticket + digest(repr(sorted(view.typed.items())))
    _require_same_person(view, ticket)
    if name and not tickets.take(name):
        raise Refused(
            said("this form was sent already, and what came of it was shown once"),
            mend=said("look at the list; for another one send the form anew"),
            slug="sent-already",
        )
    try:
        return make()
    except EntenteError:
        tickets.give_back(name)
        raise


def shown_once(
    view: View, ticket: str, make: Callable[[], Made], *, shown: Callable[[Made | None], Response], page: str
) -> Response:
    """The page that shows what the form made, this once; refused, it shows why beside what was typed, also at an address of `page`."""
    made = None
    try:
        made = once(view, ticket, make)
    except EntenteError as error:
        view.keep(page, error)
    with view.state():
        return shown(made)


def await_judged(view: View) -> None:
    """Raises Unavailable where the judge does not come to what was sent within JUDGED_WITHIN seconds."""
    try:
        view.pages.store.judging.catch_up(timeout=JUDGED_WITHIN)
    except Unavailable as error:
        what = said("what was sent is stored, and not judged yet")
        raise Unavailable(what, mend=said("send nothing again, and look at this page in a minute")) from error


def _require_same_person(view: View, ticket: str) -> None:
    """Raises Refused for a form that was made for somebody else: in another window one has become who one is now."""
    of = ticket.partition(".")[2]
    if of and of != digest(str(view.who)):
        what = said("this form was made for somebody else: you are {who} now", who=view.who)
        raise Refused(what, mend=said("send it again, or become who you were"), slug="somebody-else")
