"""The HTTP API under `/v1` but for events, which ingestion takes, and what tells other programs how this one fares
(INTERFACE §4). Errors are for `problems.problem_handlers` to answer."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from functools import partial
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
from services.api.ports import Api, Quarantine, Retried
from services.api.stream import add_stream
from services.arrivals.api import add_outages, add_quarantine
from services.auditing.api import add_history
from services.breaches.api import add_actions, add_breaches
from services.contracts.api import add_contracts
from services.excuses.api import add_excuses
from services.explaining.api import Explain, add_explaining
from services.figures.api import add_figures
from services.matches.api import add_matching, add_unmatched
from services.reviews.api import add_reviews
from services.seeing.seen import Seeing
from services.serving.health import add_health

__all__ = ["Api", "Quarantine", "Retried", "api_router"]

LARGEST_BODY: Final = 1 << 20
"""Bytes; as large as a contract file may be."""


Routes = Callable[[APIRouter, Api], None]
"""Adds addresses under `/v1`."""


def api_router(api: Api, why: Explain, parts: Iterable[Routes] = ()) -> APIRouter:
    """`why` explains, in words too; `parts`: what adds the addresses of each part."""
    router = APIRouter(default_response_class=JsonAnswer, generate_unique_id_function=lambda route: route.name)
    versioned = APIRouter(prefix="/v1", route_class=_route(api.store.seeing))
    every: tuple[Routes, ...] = (
        add_contracts,
        add_figures,
        partial(add_explaining, why=why),
        add_breaches,
        add_actions,
        add_excuses,
        add_reviews,
        add_quarantine,
        add_unmatched,
        add_matching,
        add_history,
        add_outages,
        *parts,
        add_stream,
    )
    for add in every:
        add(versioned, api)
    router.include_router(versioned)
    add_health(router, api.store, api.troubles, api.held)
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
