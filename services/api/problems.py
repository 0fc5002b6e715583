"""Problem documents (RFC 9457): one form for every error of the HTTP API. `type` ends in the stable slug."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.saying import heard, said
from services.api.speaking import spoken
from services.api.unsaid import address
from services.errors import MOST_PROBLEMS, DocumentInvalid, EntenteError, Invalid, NotAllowed

log = structlog.get_logger()

Page = Callable[[Request, EntenteError], Response]
"""Shows an error to people."""

PROBLEM_JSON: Final = "application/problem+json"
LONGEST_PLACE: Final = 200
"""Letters."""

_encode = msgspec.json.Encoder(enc_hook=str).encode


def problem_type(slug: str) -> str:
    return f"urn:entente:problem:{slug}"


def problem(slug: str, status: int, detail: str, **members: object) -> dict[str, Any]:
    """The document; `members` that are None are left out."""
    document: dict[str, Any] = {
        "type": problem_type(slug),
        "title": slug.replace("-", " ").capitalize(),
        "status": status,
        "detail": spoken(detail),
    }
    return _with(document, members)


def problem_of(error: EntenteError) -> dict[str, Any]:
    """The document of an error of the tree. `problems` are all the places where a file is wrong."""
    problems = [spoken(one) for one in error.problems] if isinstance(error, DocumentInvalid) else None
    mend = spoken(error.mend) if error.mend else error.mend
    return problem(error.slug, error.status, error.message, place=error.place, mend=mend, problems=problems)


def _with(document: dict[str, Any], members: Mapping[str, object]) -> dict[str, Any]:
    return document | {name: value for name, value in members.items() if value is not None}


def problem_bytes(document: dict[str, Any]) -> bytes:
    """Encodes a problem as JSON; what was sent may be quoted in it, half characters and all."""
    try:
        return _encode(document)
    except UnicodeEncodeError:
        return json.dumps(document).encode()


def problem_response(document: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(problem_bytes(document), document["status"], headers, PROBLEM_JSON)


def refusal(error: EntenteError, **members: object) -> Response:
    """The answer to a request that raised this error, with these members too."""
    headers = {"retry-after": str(error.retry_after)} if error.can_retry else {}
    if error.status == 401:  # RFC 9110 §15.5.2: with a 401 it is said what would do
        headers["www-authenticate"] = "Bearer"
    return problem_response(_with(problem_of(error), members), headers)


def problem_handlers(
    app: FastAPI, page: Page | None = None, administrators: Callable[[Request], list[str]] = lambda request: []
) -> None:
    """Every error becomes a problem document: those of the tree, requests of another form than the address takes,
    unknown addresses and methods, and faults of the program. `page`, where there is one, answers people instead:
    outside `/v1`, when HTML is asked for. `administrators`: who can let somebody do what is refused, said to who may know."""

    def answer(request: Request, error: EntenteError, headers: Mapping[str, str] | None = None) -> Response:
        is_for_people = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")
        if page is not None and is_for_people:
            try:
                return page(request, error)
            except EntenteError as refused:  # Not even the frame of a page is for who asks.
                error = refused
        names = administrators(request) if error.slug == NotAllowed.slug else []
        response = refusal(error, administrators=names or None)
        response.headers.update(headers or {})
        return response

    @app.exception_handler(EntenteError)
    def of_the_tree(request: Request, error: EntenteError) -> Response:
        return answer(request, error)

    @app.exception_handler(RequestValidationError)
    def of_another_form(request: Request, error: RequestValidationError) -> Response:
        return answer(request, _invalid(error))

    @app.exception_handler(HTTPException)
    def of_http(request: Request, error: HTTPException) -> Response:
        return answer(request, _http_error(request, error), error.headers)

    @app.exception_handler(ClientDisconnect)
    def of_who_is_gone(request: Request, error: ClientDisconnect) -> Response:
        return Response(status_code=400)

    @app.exception_handler(Exception)
    def fault(request: Request, error: Exception) -> Response:
        log.error("a fault of the program", address=address(request.url.path), error=repr(error))
        return answer(request, EntenteError(said("a fault of the program; its log says more"), slug="fault"))


def _http_error(request: Request, error: HTTPException) -> EntenteError:
    """Gives what the framework refuses as an error of ours: the slug is the status in words (`not-found`,
    `method-not-allowed`)."""
    words = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    stated = {
        404: said("nothing stands at {path}", path=address(request.url.path)),
        405: said("{method} is not for {path}", method=request.method, path=address(request.url.path)),
        413: said("the body is larger than this address takes"),
    }
    slug = {"content-too-large": "too-large", "request-entity-too-large": "too-large"}.get(words, words)
    found = EntenteError(stated.get(error.status_code) or heard(str(error.detail)), slug=slug)
    found.status = error.status_code
    return found


def _invalid(error: RequestValidationError) -> EntenteError:
    """All that is wrong in a request, each with its place: `query.limit`, `body.text`."""
    stated = error.errors()
    if stated and stated[0]["type"] == "json_invalid":
        return Invalid(
            said("the body is no JSON: {error}", error=heard(str(stated[0]["ctx"]["error"]))), slug="malformed-json"
        )
    if stated and stated[0]["type"] == "model_attributes_type" and tuple(stated[0]["loc"]) == ("body",):
        return Invalid(
            said("the body is no JSON object"), mend=said("Content-Type: application/json"), slug="malformed-json"
        )
    return DocumentInvalid([_line(one) for one in stated[:MOST_PROBLEMS]], slug="invalid")


def _line(wrong: dict[str, Any]) -> str:
    """Names in it are those of who sent it."""
    place = ".".join(map(str, wrong["loc"]))
    place = place if len(place) <= LONGEST_PLACE else f"{place[:LONGEST_PLACE]}…"
    return said("{place}: {what}", place=place, what=heard(wrong["msg"]))
