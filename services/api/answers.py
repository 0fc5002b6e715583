"""The answers of the API's addresses: JSON, pages of a long list, what a command did, and the problems they name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Protocol, TypeVar

import msgspec
from fastapi import Query
from starlette.requests import Request
from starlette.responses import JSONResponse

from domain.saying import said, said_by
from domain.times import Instant, NotATime, TimeWithoutOffset, instant
from services.api.ports import Api
from services.api.problems import PROBLEM_JSON
from services.api.shapes import Done
from services.errors import Invalid
from services.history.entries import LAST_POSITION


class Named(Protocol):
    """A row that an id tells from all others of its list."""

    @property
    def id(self) -> str: ...


Row = TypeVar("Row")
NamedRow = TypeVar("NamedRow", bound=Named)

Limit = Annotated[int, Query(ge=1, le=1_000, description="How many at most; `Link` leads to the next.")]
Offset = Annotated[int, Query(ge=0, le=LAST_POSITION, description="How many of them to pass over.")]
Page = Annotated[
    int | None, Query(ge=1, le=1_000, description="How many at most, all without it; `Link` leads to the next.")
]
After = Annotated[str | None, Query(max_length=1_000, description="Behind which one, as a `Link` says it.")]
Name = Annotated[str, Query(max_length=300, pattern=r"^[^\x00]*$")]

_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode


class JsonAnswer(JSONResponse):
    """Exact numbers stay numbers."""

    def render(self, content: Any) -> bytes:
        return _encode(content)


def page_of(
    request: Request, rows: Sequence[Row], limit: int | None, **following: int | str
) -> tuple[Sequence[Row], dict[str, str]]:
    """The first `limit` of rows that were read one further than that, and the header that leads to the rest (RFC 8288).
    `following` are the parameters of the next page."""
    if limit is None or len(rows) <= limit:
        return rows, {}
    link = request.url.include_query_params(limit=limit, **following)
    return rows[:limit], {"link": f'<{link.path}?{link.query}>; rel="next"'}


def page_after(
    request: Request, rows: Sequence[Row], limit: int, name: Callable[[Row], str]
) -> tuple[Sequence[Row], dict[str, str]]:
    """Cuts a page as `page_of` does, where the next one is behind the last row of this one, as `name` names it."""
    return page_of(request, rows, limit, after=name(rows[limit - 1])) if len(rows) > limit else (rows, {})


def all_or_page(
    request: Request,
    limit: int | None,
    after: str | None,
    read_all: Callable[[], Sequence[NamedRow]],
    read_page: Callable[[int, str | None], Sequence[NamedRow]],
    name: Callable[[NamedRow], str] = lambda row: row.id,
) -> tuple[Sequence[NamedRow], dict[str, str]]:
    """All rows, or where there is a limit those behind the row of the `name` `after`, and the header that leads to the next page.
    `read_page` is asked for one row more than the page holds. Raises Invalid for an `after` without a limit."""
    require_page(limit, after)
    if limit is None:
        return read_all(), {}
    return page_after(request, read_page(limit + 1, after), limit, name)


def require_page(limit: int | None, after: str | None) -> None:
    if after is not None and limit is None:
        raise Invalid(said("`after` says where a page begins, and there is no `limit`"), mend=said("say both"))


def written(api: Api, id: str, position: int) -> Done:
    """What was done, once its entry is judged; or while the judge does not get there."""
    return {"id": id, "position": position, "is_judged": api.is_judged(position)}


def answer(content: Done, *, status: int = 200, location: str | None = None) -> JsonAnswer:
    """The answer of a command: `status` where its entry is judged, else 202. `location`: the address of what it made."""
    headers = {"location": location} if location is not None else None
    return JsonAnswer(content, status if content["is_judged"] else 202, headers)


def done(api: Api, id: str, position: int) -> JsonAnswer:
    """The answer of a command of which there is nothing more to say."""
    return answer(written(api, id, position))


def moment(text: str | None, name: str) -> Instant | None:
    """An instant of a request, where it says one. Raises Invalid for a text that is none."""
    return None if text is None else required_moment(text, name)


def required_moment(text: str, name: str) -> Instant:
    """An instant of a request. Raises Invalid for a text that is none."""
    try:
        return instant(text)
    except TimeWithoutOffset as error:
        raise Invalid(said("{name}: {error}", name=name, error=said_by(error)), slug="time-without-offset") from error
    except NotATime as error:
        raise Invalid(said("{name}: {error}", name=name, error=said_by(error)), slug="invalid") from error


_WORDS: Final = {
    400: "What was sent cannot be what was meant.",
    403: "It is not this service's to see or to do.",
    404: "There is no such thing, or it is not yours to see.",
    409: "It is understood, and the state of things does not allow it.",
    413: "The body is too large.",
    415: "The body is of another media type.",
    422: "It is not of the form that this address takes; `problems` names every place.",
    503: "A needed server, or the judge, cannot be had now: try again.",
}
_PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "urn:entente:problem: and a stable slug"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "place": {"type": "string"},
        "mend": {"type": "string", "description": "what would be right"},
        "problems": {"type": "array", "items": {"type": "string"}},
    },
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of an address, for its description (RFC 9457); those that any request may meet among them."""
    return {
        status: {"description": _WORDS[status], "content": {PROBLEM_JSON: {"schema": _PROBLEM}}}
        for status in sorted({400, 403, 422, *statuses})
    }


def commanded(answered: Any, *statuses: int) -> dict[str, Any]:
    """Describes what an address that changes something answers: such content, where it is judged or, as 202, only stored; and
    the refusals, of these statuses besides those that any command may meet."""
    stored = {"description": "Stored; the judge has not come to it yet.", "model": answered}
    return {"response_model": answered, "responses": {202: stored, **problems(404, 409, 413, 503, *statuses)}}
