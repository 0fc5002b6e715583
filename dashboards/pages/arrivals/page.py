"""`/quarantine`: each tool and when it was heard last, what could not be accepted, and what no occurrence wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from dashboards.pages.arrivals.listing import QUARANTINE, SOURCES, problem_words, shown_quarantine, shown_sources
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import A_PAGE, asks
from dashboards.pages.house.posting import required
from dashboards.pages.house.sending import Typed, await_judged, decided
from dashboards.pages.house.together import Rows, together
from dashboards.pages.house.waiting import waiting_for_files
from dashboards.pages.matches.listing import UNMATCHED
from dashboards.pages.matches.unmatched import ASIDE, add_matches, add_unmatched, queue
from dashboards.unselected import near_words
from domain.saying import said
from services.access import Right
from services.arrivals.reading import read_discarded, read_quarantined, read_unselected
from services.errors import NotFound, Refused

Aside = Annotated[str, Query(max_length=20)]
LOOKED_AT = 1_000
"""How many of the newest entries are looked through for what was meant: a page waits for it."""
SHOWN = 600
"""Bytes of a refused event that the page shows."""


def content_words(content: bytes) -> tuple[str, int]:
    """The beginning of what was received, as text, and how many bytes are not shown."""
    return content[:SHOWN].decode("utf-8", "replace"), max(0, len(content) - SHOWN)


def quarantine_page(view: View, *, aside: bool = False) -> Response:
    """`aside`: of the unmatched events those that belong nowhere."""
    shown = shown_quarantine(view)
    may = view.who.may(Right.PUSH)
    return view.render(
        "arrivals/quarantine.html",
        list=shown,
        rows=[(row, *content_words(row.content)) for row in shown.rows],
        picks={row.id for row in shown.rows if may and row.state == "waiting"},
        row_of=partial(_called, view),
        discarded=read_discarded(view.seen)[:A_PAGE],
        problem_of=partial(problem_words, view),
        **queue(view, aside),
        unselected=[
            (row, [near_words(near, view.language) for near in row.near])
            for row in read_unselected(view.seen, most=LOOKED_AT)[:A_PAGE]
        ],
        may=may,
        tools=shown_sources(view),
        held=(held := view.pages.held()),
        waiting=[
            (id, view.to(view.contracts[id].title)) for id in (held.waiting if held else ()) if id in view.contracts
        ],
        files_awaited=waiting_for_files(view),
        every=lambda span: view.language.span(span, seconds=False),
    )


def _called(view: View, id: str) -> tuple[str, str]:
    """What is wrong with an event in quarantine, for a row that was not settled; of an unmatched event its position."""
    if id.partition(" ")[0].isdecimal():
        return view.language.text("word.position", position=id.partition(" ")[0]), ""
    try:
        row = read_quarantined(view.seen, id)
    except NotFound:
        return id, ""
    return f"{problem_words(view, row.slug)}, {view.moments().moment(row.received)}", ""


def _retried(view: View, item: str) -> object:
    """Sends it through the door again. Raises Refused where it was not accepted this time either, which is an entry too."""
    answer = view.pages.quarantine.retry(item, view.who)
    if answer.result == "quarantined":
        await_judged(view)
        raise Refused(
            said("it could not be accepted this time either"),
            place=item,
            mend=answer.problem or "",
            slug="still-quarantined",
        )
    return answer


def add_sources(router: APIRouter, pages: Pages) -> None:
    add_unmatched(router, pages, quarantine_page)
    add_matches(router, pages, quarantine_page)

    @router.get("/quarantine", dependencies=[asks(SOURCES, QUARANTINE, UNMATCHED)])
    def quarantine(request: Request, unmatched: Aside = "") -> Response:
        return quarantine_page(View(pages, request), aside=unmatched == ASIDE)

    @router.post("/quarantine", dependencies=[asks(SOURCES, QUARANTINE, UNMATCHED)])
    def decide_together(
        request: Request, verb: Typed = "", row: Rows = (), text: Typed = "", ticket: Typed = "", unmatched: Aside = ""
    ) -> Response:
        """Does the same to several of them."""
        view = View(pages, request, {"text": text, "verb": verb})
        with view.state():
            then = shown_quarantine(view).here
        act = _verb(view, verb, text)
        return together(
            view,
            ticket,
            row,
            act,
            then=then,
            again=lambda: quarantine_page(view, aside=unmatched == ASIDE),
            needs=lambda: required(text, said("the reason")) if verb == "discard" else None,
        )

    @router.post("/quarantine/{id}/{verb}")
    def decide(request: Request, id: str, verb: str, text: Typed = "", ticket: Typed = "") -> Response:
        view = View(pages, request, {"text": text, "verb": verb, "id": id})
        act = _verb(view, verb, text)
        return decided(view, ticket, lambda: act(id), then="/quarantine", again=lambda: quarantine_page(view))


def _verb(view: View, verb: str, text: str) -> Callable[[str], object]:
    """What a verb does to the event of an id in quarantine. Raises NotFound."""
    verbs: dict[str, Callable[[str], object]] = {
        "retry": lambda id: _retried(view, id),
        "discard": lambda id: view.pages.quarantine.discard(id, view.who, required(text, said("the reason"))),
        "take-back": lambda id: view.pages.quarantine.take_back(id, view.who),
    }
    if verb not in verbs:
        raise NotFound(said("a quarantined event has no verb {verb}", verb=verb))
    return verbs[verb]
