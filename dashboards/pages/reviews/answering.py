"""`/answer/…`: the link of an invitation, by which one person says whether they come, without signing in (MEETING §1).

Looking at it shows what the invitation said, and changes nothing. Nothing of a pack or of minutes is on it.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from dashboards.language import choose
from dashboards.messages import messages
from dashboards.pages.house.assets import font_name, style_name
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import environment, link, marked
from dashboards.pages.reviews.inviting import title_of, when_and_where
from domain.saying import said
from domain.times import local_date, zone
from services.access import Principal
from services.api.cookies import chosen
from services.api.ports import JUDGED_WITHIN
from services.contracts.reading import read_contract
from services.errors import EntenteError, NotFound
from services.reviews.answer_links import AnswerLinks, Asked
from services.reviews.reading import read_review
from services.reviews.reviewing import Reviewing
from services.reviews.rows import ReviewRow
from services.roles.following import Roles
from services.throttling import Throttle

_SHOWN: Final = 12
"""Letters of an address that tell which it is, and open nothing."""
HEADERS: Final = {"referrer-policy": "no-referrer", "cache-control": "no-store"}
"""The address is a key: no page that this one leads to is told of it, and nothing keeps it."""


def add_answering(router: APIRouter, pages: Pages) -> None:
    answering = _Answering(pages)

    @router.get("/answer/{token}")
    def ask(request: Request, token: str) -> Response:
        return answering.page(request, answering.asked(token))

    @router.post("/answer/{token}")
    def answer(request: Request, token: str, answer: Annotated[str, Form(max_length=20)] = "") -> Response:
        answering.count_wrong(request, token)
        asked = answering.asked(token)
        problem = answering.record(asked, answer)
        return answering.page(request, asked, problem)


class _Answering:
    def __init__(self, pages: Pages):
        self._pages = pages
        self._links = AnswerLinks(pages.store.history.database)
        self._roles = Roles(pages.store.history)
        self._reviewing = pages.store.use(Reviewing)
        self._throttle = Throttle(pages.store.history.database, pages.store.clock)

    def asked(self, token: str) -> Asked:
        """Raises NotFound, the same for an address that was never made and for somebody who is let in no more."""
        asked = self._links.read(token)
        if self._who(asked) is None:
            raise NotFound(said("this link does not work"), mend=said("answer on the page of the review"))
        return asked

    def count_wrong(self, request: Request, token: str) -> None:
        """Looking only reads, and a code of 256 bits is found by nobody; who sends forms to wrong addresses is slowed. Raises
        TooMany."""
        try:
            self._links.read(token)
        except NotFound:
            address = request.client.host if request.client is not None else ""
            self._throttle.attempt(token[:_SHOWN], address)

    def _who(self, asked: Asked) -> Principal | None:
        today = local_date(self._pages.store.clock(), zone(self._pages.zone))
        return self._roles.principal(asked.person, today)

    def record(self, asked: Asked, answer: str) -> EntenteError | None:
        """What is refused is said on the page, as it then is."""
        who = self._who(asked)
        if who is None:
            return NotFound(asked.review)
        try:
            self._reviewing.answer(who, asked.review, answer, None, asked.sequence, way="link")
        except EntenteError as error:
            return error
        self._pages.store.judging.catch_up(timeout=JUDGED_WITHIN)
        return None

    def page(self, request: Request, asked: Asked, problem: EntenteError | None = None) -> Response:
        """In no frame: nobody has signed in."""
        who = self._who(asked)
        assert who is not None
        language = choose(chosen(request, "language"), request.headers.get("accept-language"))
        with self._pages.store.seen(who) as seen:
            row = read_review(seen, asked.review)
            contract = read_contract(seen, row.contract)
            title = title_of(language, contract, row)
            when = when_and_where(language, contract, seen.catalogue.contracts.get(row.contract), row)
        html = environment().get_template("reviews/answer.html").render(
            language=language, t=marked(language.text), title=title, when=when, state=_state(row, asked), link=link,
            answered=row.answer_of(asked.person), organisation=self._pages.organisation, problem=problem,
            told=messages(language.code).refusal, other_languages=(), here="", theme="",
            style_sheet=f"/static/{style_name()}", font=f"/static/{font_name()}",
        )  # fmt: skip
        return HTMLResponse(html, 200 if problem is None else problem.status, headers=HEADERS)


def _state(row: ReviewRow, asked: Asked) -> str:
    """Why it cannot be answered: old, over, off; empty where it can."""
    if row.cancelled is not None:
        return "off"
    if row.position is not None:
        return "over"
    return "" if len(row.moves) == asked.sequence else "old"
