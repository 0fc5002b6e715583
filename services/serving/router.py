"""The HTTP API under `/v1` but for events, which ingestion takes (INTERFACE §4); `problems.problem_handlers` answers errors."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from services.api.answers import JsonAnswer
from services.api.json_bodies import JsonRequest
from services.api.one_state import reading_in
from services.api.parameters import parameters_of, require_known
from services.api.ports import Api, Quarantine, Retried, Routes
from services.api.stream import add_stream
from services.seeing.seen import Seeing

__all__ = ["Api", "Quarantine", "Retried", "api_router"]

LARGEST_BODY: Final = 1 << 20
"""Bytes; as large as a contract file may be."""


def api_router(api: Api, routes: Iterable[Routes]) -> APIRouter:
    """`routes`: what adds the addresses of the parts, in their order."""
    router = APIRouter(
        prefix="/v1",
        route_class=_route(api.store.seeing),
        default_response_class=JsonAnswer,
        generate_unique_id_function=lambda route: route.name,
    )
    for add in (*routes, add_stream):
        add(router, api)
    return router


def _route(seeing: Seeing) -> type[APIRoute]:
    class BoundedRoute(APIRoute):
        """Refuses parameters that it does not know, and a body that is too large, before it is read where its length is announced."""

        def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
            super().__init__(path, reading_in(seeing, endpoint, described.get("methods")), **described)

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()
            known = parameters_of(self)

            async def answer(request: Request) -> Response:
                require_known(request, known)
                size = 0

                async def receive() -> Message:
                    nonlocal size
                    message = await request.receive()
                    size += len(message.get("body", b""))
                    if size > LARGEST_BODY:
                        raise _too_large()
                    return message

                announced = request.headers.get("content-length", "")
                if announced.isdecimal() and int(announced) > LARGEST_BODY:
                    raise _too_large()
                return await handle(JsonRequest(request.scope, receive))

            return answer

    return BoundedRoute


def _too_large() -> HTTPException:
    return HTTPException(413, headers={"connection": "close"})
