"""`POST /v1/events`: the CloudEvents HTTP binding in its three modes (INTERFACE §4).

A body that cannot be decoded, is too large or of another media type is refused and nothing is stored. A single event
that is not valid is refused with its problem, and its bytes are in quarantine; in a batch the answer is per item.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, Literal

import msgspec
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.saying import said
from ingestion.cloudevents import BATCH, STRUCTURED, Bad, Decoded, decode_batch, decode_binary, decode_structured
from ingestion.door import ID_REUSED, Answer, Door, Submission
from ingestion.hall import Hall
from ingestion.strict_json import LARGEST_EVENT
from ingestion.whose import FOREIGN, NOT_ALLOWED, not_theirs
from services.access import Principal, Right
from services.api.asking import chosen
from services.api.parameters import require_known
from services.api.problems import PROBLEM_JSON, problem, problem_bytes, problem_type, refusal
from services.api.speaking import spoken
from services.errors import EntenteError, NotAllowed

LARGEST_BATCH: Final = 8 * 1024 * 1024
"""Bytes that a batch may have."""

Mode = Literal["binary", "structured", "batch"]

_encode = msgspec.json.Encoder(enc_hook=str).encode


class _Refused(Exception):
    """The request is refused as a whole: nothing is stored."""

    def __init__(self, status: int, slug: str, detail: str):
        self.response = _problem(status, slug, detail)
        super().__init__(detail)


def events_router(door: Door, who: Callable[[Request], Principal], hall: Hall | None = None) -> APIRouter:
    """The route for events. `who` says on whose behalf a request is made; the errors of the tree that it raises become the
    answer. `hall` is that of the door, where others wait in it too."""
    router = APIRouter(route_class=_DirectRoute)
    hall = hall or Hall(door)

    @router.post("/v1/events", status_code=202, response_class=Response, openapi_extra=_OPENAPI, tags=["events"])
    async def push_events(request: Request) -> Response:
        """Push one event or a batch: every item is answered as accepted, duplicate or quarantined."""
        try:
            require_known(request, ())
            with door.entering(is_coming=True) as entering:
                principal = pushing(await asked(who, request))
                mode = _mode(request.headers)
                origin, key = sender(request, principal)
                most = LARGEST_BATCH if mode == "batch" else LARGEST_EVENT
                async with hall.body(request, key, most) as body:
                    entering.has_come()
                    items = await hall.decoded(body, lambda: _decoded(mode, request, body))
                    if mode != "batch":
                        _require_own(door, principal, items[0])
                    answers = await hall.submit(Submission(items, principal, "http", origin), key)
        except _Refused as whole:
            return whole.response
        except ClientDisconnect:
            return Response(status_code=400)
        except EntenteError as error:
            return refused(error)
        if mode != "batch" and answers[0].result == "quarantined":
            return _quarantined(answers[0])
        return Response(_encode(summary(answers)), 202, media_type="application/json")

    return router


class _DirectRoute(APIRoute):
    """An endpoint that takes the request and gives the response: without FastAPI's search for what else it might want."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handle


async def asked(who: Callable[[Request], Principal], request: Request) -> Principal:
    """Who asks, away from the loop where that may have to be looked up."""
    return who(request) if who is chosen else await run_in_threadpool(who, request)


def _require_own(door: Door, who: Principal, item: Decoded | Bad) -> None:
    """Raises NotAllowed, and nothing is kept, for a single event under a source that is not for who has signed in, or for the key."""
    if who.granted is not None and type(item) is Decoded and door.is_foreign(who, item.source):
        raise NotAllowed(not_theirs(item, who).problem, slug=FOREIGN)


def pushing(principal: Principal) -> Principal:
    if not principal.may(Right.PUSH):
        raise NotAllowed(
            said("pushing events is for services and their keys, not for {who}", who=principal),
            mend=said("act as the service that pushes"),
        )
    return principal


def sender(request: Request, principal: Principal) -> tuple[str, str]:
    """Gives the address that a request comes from, and the key under which its sender shares the room with others."""
    origin = request.client.host if request.client is not None else ""
    return origin, f"{principal} {origin}"


def _mode(headers: Mapping[str, str]) -> Mode:
    """Tells in which mode a request comes. Raises _Refused for a media type that is none of CloudEvents."""
    essence, charset = _media(headers.get("content-type", ""))
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise _Refused(415, "unsupported-media-type", said("the body is compressed: send it as it is"))
    if essence.startswith("application/cloudevents"):
        if essence not in (STRUCTURED, BATCH) or charset not in ("utf-8", "utf8", "us-ascii"):
            raise _Refused(
                415,
                "unsupported-media-type",
                said(
                    "{essence} in {charset}: send {structured} in UTF-8",
                    essence=essence,
                    charset=charset,
                    structured=STRUCTURED,
                ),
            )
        return "structured" if essence == STRUCTURED else "batch"
    if any(name.startswith("ce-") for name in headers):
        return "binary"
    what = (
        said("`{essence}` is no CloudEvent", essence=essence)
        if essence
        else said("without Content-Type and `ce-` headers this is no CloudEvent")
    )
    raise _Refused(
        415,
        "unsupported-media-type",
        said(
            "{what}: send {structured}, {batch}, or `ce-` headers with data",
            what=what,
            structured=STRUCTURED,
            batch=BATCH,
        ),
    )


def _media(content_type: str) -> tuple[str, str]:
    essence, *parameters = content_type.lower().split(";")
    pairs = (parameter.strip().partition("=") for parameter in parameters)
    charset = next((value.strip('"') for name, _, value in pairs if name == "charset"), "utf-8")
    return essence.strip(), charset


def _decoded(mode: Mode, request: Request, body: bytes) -> list[Decoded | Bad]:
    """Decodes the items of a body. Raises _Refused for one that cannot be decoded."""
    if mode == "batch":
        items = decode_batch(body)
        if isinstance(items, Bad):
            raise _Refused(413 if items.slug == "too-large" else 400, items.slug, items.problem)
        return items
    item = decode_structured(body) if mode == "structured" else _binary(request, body)
    if type(item) is Bad and item.slug == "malformed-json":
        raise _Refused(400, item.slug, item.problem)
    return [item]


def _binary(request: Request, body: bytes) -> Decoded | Bad:
    headers: dict[str, str] = {}
    repeated = None
    for name, value in request.headers.items():
        if name.startswith("ce-"):
            repeated = name if name[3:] in headers else repeated
            headers[name[3:]] = f"{headers[name[3:]]}, {value}" if repeated == name else value
    content_type = request.headers.get("content-type")
    if repeated is not None:
        as_sent = {f"ce-{name}": value for name, value in headers.items()}
        text = said("the header `{repeated}` is there twice: leave one of them out", repeated=repeated)
        return Bad(body, "duplicate-key", text, attributes=as_sent, datacontenttype=content_type)
    return decode_binary(headers, content_type, body)


class Taken(msgspec.Struct, gc=False, omit_defaults=True):
    """What is answered of an event that is stored. `index` is null: its place in the tree is told with the proof."""

    id: str | None
    source: str | None
    result: str
    position: int | None
    leaf: str
    index: None
    salt: str
    state: str | None = None


def summary(answers: list[Answer]) -> dict[str, Any]:
    counts = {"accepted": 0, "duplicate": 0, "quarantined": 0}
    items: list[object] = []
    for answer in answers:
        result = answer.result
        counts[result] += 1
        if (receipt := answer.receipt) is not None:
            items.append(
                Taken(
                    answer.id, answer.source, result, answer.position, receipt.leaf, None, receipt.salt, receipt.state
                )
            )
            continue
        item: dict[str, object] = {"id": answer.id, "source": answer.source, "result": result}
        if answer.slug is None:
            item["position"] = answer.position
        else:
            item["problem"] = {"type": problem_type(answer.slug), "detail": spoken(answer.problem or "")}
        items.append(item)
    return {
        "accepted": counts["accepted"],
        "duplicates": counts["duplicate"],
        "quarantined": counts["quarantined"],
        "items": items,
    }


def _quarantined(answer: Answer) -> Response:
    assert answer.slug is not None
    assert answer.problem is not None
    status = {ID_REUSED: 409, NOT_ALLOWED: 403, FOREIGN: 403}.get(answer.slug, 400)
    members = {"id": answer.id, "source": answer.source, "quarantined": answer.quarantined_at}
    return _problem(status, answer.slug, answer.problem, **members)


def _problem(status: int, slug: str, detail: str, **members: object) -> Response:
    headers = {"connection": "close"} if status in (413, 415) else None
    return Response(problem_bytes(problem(slug, status, detail, **members)), status, headers, PROBLEM_JSON)


def refused(error: EntenteError) -> Response:
    """Answers a push that raised this error. The rest of a body that was not read to its end is not read: the connection is
    closed."""
    answer = refusal(error)
    if error.can_retry or error.status == 413:
        answer.headers["connection"] = "close"
    return answer


_OBJECT: Final = {"schema": {"type": "object"}}
_OPENAPI: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {STRUCTURED: _OBJECT, BATCH: {"schema": {"type": "array", "items": {"type": "object"}}}, "*/*": {}},
    },
    "responses": {
        "202": {
            "description": "What became of each item.",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "required": ["accepted", "duplicates", "quarantined", "items"],
                        "properties": {
                            "accepted": {"type": "integer"},
                            "duplicates": {"type": "integer"},
                            "quarantined": {"type": "integer"},
                            "items": {"type": "array", "items": {"type": "object"}},
                        },
                    }
                }
            },
        },
        **{
            str(status): {"description": text, "content": {PROBLEM_JSON: _OBJECT}}
            for status, text in {
                400: "It cannot be decoded (nothing is stored), or the one event is not valid (it is in quarantine).",
                403: "The source belongs to another service; the event is in quarantine. Or it is not this asker's to push at all.",
                409: "The id stands for other content already; the event is in quarantine.",
                413: "Too large; nothing is stored.",
                415: "No media type of CloudEvents; nothing is stored.",
                429: "Too much of who pushes is waiting already; nothing is stored. Retry-After says when to send it again.",
                503: "It cannot be stored now; nothing is stored. Retry-After says when to send it again.",
            }.items()
        },
    },
}
