"""`/quarantine`: each tool and when it was heard last, what could not be accepted, and what no occurrence wanted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from dashboards.pages.frame import Pages, View
from dashboards.pages.posting import decided, required
from dashboards.pages.standings import title
from domain.saying import said
from services.errors import NotFound

Typed = Annotated[str, Form()]
A_PAGE = 40
SHOWN = 600
"""Bytes of a refused event that the page shows."""


def content_words(content: bytes) -> tuple[str, int]:
    """The beginning of what was received, as text, and how many bytes are not shown."""
    return content[:SHOWN].decode("utf-8", "replace"), max(0, len(content) - SHOWN)


def quarantine_page(view: View, page: int) -> Response:
    total = view.reading.count_quarantine(view.who)
    pages = max(1, -(-total // A_PAGE))
    page = min(max(1, page), pages)
    rows = view.reading.quarantine(view.who, limit=A_PAGE, offset=(page - 1) * A_PAGE)
    unmatched = view.reading.unmatched(view.who, limit=A_PAGE)
    titles = {row.id: title(view, row.deliverable, row.criterion) for row in view.commitments}
    return view.render(
        "quarantine.html",
        rows=[(row, *content_words(row.content)) for row in rows],
        total=total,
        page=page,
        pages=pages,
        unmatched=unmatched,
        candidates=view.reading.candidates(view.who, [row.position for row in unmatched]),
        matches=view.reading.matches(view.who)[:A_PAGE],
        most=A_PAGE,
        may=view.who.role != "auditor",
        tools=view.reading.sources(view.who),
        held=(held := view.pages.held()),
        waiting=[
            (id, view.to(view.contracts[id].title)) for id in (held.waiting if held else ()) if id in view.contracts
        ],
        called=lambda id: titles.get(id, id),
        every=lambda span: view.language.span(span, seconds=False),
    )


def destination(to: str, key: str) -> tuple[str, str]:
    """The commitment and the key of an occurrence: `to` names both with a blank between; a key that was typed wins."""
    commitment, _, chosen = to.partition(" ")
    return commitment, required(key or chosen, "the occurrence")


def add_sources(router: APIRouter, pages: Pages) -> None:
    @router.get("/quarantine")
    def quarantine(request: Request, page: int = 1) -> Response:
        return quarantine_page(View(pages, request), page)

    @router.post("/quarantine/{id}/{verb}")
    def decide(request: Request, id: str, verb: str, text: Typed = "", ticket: Typed = "") -> Response:
        view = View(pages, request, {"text": text, "verb": verb, "id": id})
        verbs = {
            "retry": lambda: pages.deciding.retry(view.who, id),
            "discard": lambda: pages.deciding.discard(view.who, id, required(text, "the reason")),
        }
        if verb not in verbs:
            raise NotFound(said("a quarantined event has no verb {verb}", verb=verb))

        def again() -> Response:
            return quarantine_page(view, 1)

        return decided(view, ticket, verbs[verb], then="/quarantine", again=again)

    @router.post("/unmatched/{event}/match")
    def match(
        request: Request, event: int, to: Typed = "", key: Typed = "", text: Typed = "", ticket: Typed = ""
    ) -> Response:
        view = View(pages, request, {"text": text, "verb": "match", "id": str(event), "to": to, "key": key})

        def decide() -> object:
            commitment, chosen = destination(to, key)
            return pages.deciding.match_event(view.who, event, commitment, chosen, text)

        def again() -> Response:
            return quarantine_page(view, 1)

        return decided(view, ticket, decide, then="/quarantine", again=again)

    @router.post("/matches/{id}/{verb}")
    def settle(request: Request, id: str, verb: str, text: Typed = "", ticket: Typed = "") -> Response:
        view = View(pages, request, {"text": text, "verb": verb, "id": id})
        verbs = {
            "take-back": lambda: pages.deciding.unmatch(view.who, id, text),
            "accept": lambda: pages.deciding.accept_match(view.who, id, text),
            "refuse": lambda: pages.deciding.refuse_match(view.who, id, required(text, "the reason")),
        }
        if verb not in verbs:
            raise NotFound(said("a match has no verb {verb}", verb=verb))

        def again() -> Response:
            return quarantine_page(view, 1)

        return decided(view, ticket, verbs[verb], then="/quarantine", again=again)
