"""`/quarantine`: each tool and when it was heard last, what could not be accepted, and what no occurrence wanted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import required
from dashboards.pages.house.sending import await_judged, decided
from dashboards.pages.house.waiting import waiting_for_files
from dashboards.pages.matches.unmatched import A_PAGE, ASIDE, add_unmatched, queue
from dashboards.unselected import near_words
from domain.saying import said
from services.access import Right
from services.arrivals.reading import count_quarantine, read_quarantine, read_unselected
from services.directory.reading import read_sources
from services.errors import NotFound, Refused

Typed = Annotated[str, Form()]
LOOKED_AT = 1_000
"""How many of the newest entries are looked through for what was meant: a page waits for it."""
SHOWN = 600
"""Bytes of a refused event that the page shows."""


def content_words(content: bytes) -> tuple[str, int]:
    """The beginning of what was received, as text, and how many bytes are not shown."""
    return content[:SHOWN].decode("utf-8", "replace"), max(0, len(content) - SHOWN)


def quarantine_page(view: View, page: int = 1, *, aside: bool = False) -> Response:
    """`aside`: of the unmatched events those that belong nowhere."""
    total = count_quarantine(view.seen)
    pages = max(1, -(-total // A_PAGE))
    page = min(max(1, page), pages)
    rows = read_quarantine(view.seen, limit=A_PAGE, offset=(page - 1) * A_PAGE)
    return view.render(
        "arrivals/quarantine.html",
        rows=[(row, *content_words(row.content)) for row in rows],
        total=total,
        page=page,
        pages=pages,
        **queue(view, aside),
        unselected=[
            (row, [near_words(near, view.language) for near in row.near])
            for row in read_unselected(view.seen, most=LOOKED_AT)[:A_PAGE]
        ],
        may=view.who.may(Right.PUSH),
        tools=read_sources(view.seen),
        held=(held := view.pages.held()),
        waiting=[
            (id, view.to(view.contracts[id].title)) for id in (held.waiting if held else ()) if id in view.contracts
        ],
        files_awaited=waiting_for_files(view),
        every=lambda span: view.language.span(span, seconds=False),
    )


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

    @router.get("/quarantine")
    def quarantine(request: Request, page: int = 1, unmatched: str = "") -> Response:
        return quarantine_page(View(pages, request), page, aside=unmatched == ASIDE)

    @router.post("/quarantine/{id}/{verb}")
    def decide(request: Request, id: str, verb: str, text: Typed = "", ticket: Typed = "") -> Response:
        view = View(pages, request, {"text": text, "verb": verb, "id": id})
        verbs = {
            "retry": lambda: _retried(view, id),
            "discard": lambda: pages.quarantine.discard(id, view.who, required(text, said("the reason"))),
        }
        if verb not in verbs:
            raise NotFound(said("a quarantined event has no verb {verb}", verb=verb))

        def again() -> Response:
            return quarantine_page(view)

        return decided(view, ticket, verbs[verb], then="/quarantine", again=again)
