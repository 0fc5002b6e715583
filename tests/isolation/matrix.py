"""Every address that reads, with whose things stand behind it: the rows of the matrix of isolation (trust §4).

Generated from the route table: an address that has no row here fails the tests, so that whoever adds one says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from fastapi import FastAPI
from starlette.routing import BaseRoute, Route

OPEN: Final = frozenset(
    {
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/static/{name}",
        "/favicon.ico",
        "/language/{code}",
        "/theme/{name}",
        "/as",
    }
)
"""Answered to everybody: they say nothing of anybody."""
SIGNING_IN: Final = frozenset(
    {
        "/sign-in",
        "/sign-in/again",
        "/sign-in/code",
        "/sign-in/factor",
        "/welcome/{secret}",
        "/sign-in/oidc",
        "/sign-in/oidc/back",
    }
)
"""For who is not in yet."""
LASTING: Final = frozenset({"/v1/stream", "/live"})
"""Answers without end, which say how far the judging is, and nothing else."""
ONES_OWN: Final = frozenset(
    {
        "/", "/portfolio", "/new-contract", "/contracts", "/calendars", "/excuses", "/breaches", "/actions", "/reviews", "/quarantine",
        "/history", "/account", "/people", "/search", "/style", "/accessibility", "/v1/figures", "/v1/occurrences", "/v1/contracts",
        "/v1/services", "/v1/excuses", "/v1/breaches", "/v1/actions", "/v1/reviews", "/v1/quarantine", "/v1/outages", "/v1/unmatched",
        "/v1/match", "/v1/history", "/v1/checkpoints", "/v1/consistency", "/metrics", "/exports/{name}.{form}",
        "/access-log", "/kept", "/v1/access-log", "/v1/kept", "/new-contract/check", "/account/{verb}", "/people/{person}/{verb}",
    }
)  # fmt: skip
"""Lists and forms: whoever asks sees what is theirs, or is refused."""

CONTRACT, COMMITMENT, EXCUSE, BREACH, ACTION, REVIEW, MATCH, QUARANTINED, POSITION, SERVICE = (
    "contract", "commitment", "excuse", "breach", "action", "review", "match", "quarantined", "position", "service",
)  # fmt: skip


class Row(NamedTuple):
    """An address of one thing: `{thing}` in `address` is its id; a commitment's parts stand one by one in it."""

    of: str
    address: str


THINGS: Final[Mapping[str, tuple[Row, ...]]] = {
    "/contracts/{id}": (Row(CONTRACT, "/contracts/{thing}"),),
    "/contracts/{id}/edit": (Row(CONTRACT, "/contracts/{thing}/edit"),),
    "/contracts/{id}/edit/check": (Row(CONTRACT, "/contracts/{thing}/edit/check"),),
    "/contracts/{id}/versions/{number}": (Row(CONTRACT, "/contracts/{thing}/versions/1"),),
    "/contracts/{id}/versions/{number}/{verb}": (Row(CONTRACT, "/contracts/{thing}/versions/1/comment"),),
    "/excuses/ask": (Row(CONTRACT, "/excuses/ask?scope={thing}"), Row(COMMITMENT, "/excuses/ask?scope={thing}")),
    "/excuses/{id}": (Row(EXCUSE, "/excuses/{thing}"),),
    "/excuses/{id}/{verb}": (Row(EXCUSE, "/excuses/{thing}/accept"),),
    "/breaches/{id:path}": (Row(BREACH, "/breaches/{thing}"),),
    "/breaches/{id:path}/acknowledge": (Row(BREACH, "/breaches/{thing}/acknowledge"),),
    "/breaches/{id:path}/explain": (Row(BREACH, "/breaches/{thing}/explain"),),
    "/actions/{id:path}": (Row(ACTION, "/actions/{thing}"),),
    "/actions/{id:path}/progress": (Row(ACTION, "/actions/{thing}/progress"),),
    "/actions/{id:path}/close": (Row(ACTION, "/actions/{thing}/close"),),
    "/reviews/{id}": (Row(REVIEW, "/reviews/{thing}"),),
    "/reviews/{id}/pack": (Row(REVIEW, "/reviews/{thing}/pack"),),
    "/reviews/{id}/pack.{form}": (Row(REVIEW, "/reviews/{thing}/pack.json"), Row(REVIEW, "/reviews/{thing}/pack.html")),
    "/reviews/{id}/{verb}": (Row(REVIEW, "/reviews/{thing}/minutes"),),
    "/quarantine/{id}/{verb}": (Row(QUARANTINED, "/quarantine/{thing}/retry"),),
    "/unmatched/{id}/{verb}": (Row(POSITION, "/unmatched/{thing}/match"),),
    "/matches/{id}/{verb}": (Row(MATCH, "/matches/{thing}/accept"),),
    "/commitments/{contract}/{deliverable}/{criterion}": (Row(COMMITMENT, "/commitments/{thing}"),),
    "/commitments/{contract}/{deliverable}/{criterion}/explain": (
        Row(COMMITMENT, "/commitments/{thing}/explain?key=2026-11-03"),
    ),
    "/badges/{contract}/{deliverable}/{criterion}.svg": (Row(COMMITMENT, "/badges/{thing}.svg"),),
    "/calendars/{service}.ics": (Row(SERVICE, "/calendars/{thing}.ics"),),
    "/v1/contracts/{id}": (Row(CONTRACT, "/v1/contracts/{thing}"),),
    "/v1/excuses/{id}": (Row(EXCUSE, "/v1/excuses/{thing}"),),
    "/v1/breaches/{id}": (Row(BREACH, "/v1/breaches/{thing}"),),
    "/v1/actions/{id}": (Row(ACTION, "/v1/actions/{thing}"),),
    "/v1/reviews/{id}": (Row(REVIEW, "/v1/reviews/{thing}"),),
    "/v1/reviews/{id}/signing": (Row(REVIEW, "/v1/reviews/{thing}/signing"),),
    "/v1/reviews/{id}/pack": (Row(REVIEW, "/v1/reviews/{thing}/pack"),),
    "/v1/quarantine/{id}": (Row(QUARANTINED, "/v1/quarantine/{thing}"),),
    "/v1/unmatched/{position}": (Row(POSITION, "/v1/unmatched/{thing}"),),
    "/v1/match/{id}": (Row(MATCH, "/v1/match/{thing}"),),
    "/v1/explain": (
        Row(COMMITMENT, "/v1/explain?commitment={thing}&key=2026-11-03"),
        Row(POSITION, "/v1/explain?position={thing}"),
    ),
    "/personal/{position}": (Row(POSITION, "/personal/{thing}"),),
    "/personal/{position}/show": (Row(POSITION, "/personal/{thing}/show"),),
    "/v1/events/{position}/personal": (Row(POSITION, "/v1/events/{thing}/personal"),),
    "/v1/proof": (Row(POSITION, "/v1/proof?position={thing}"),),
}
NARROWED: Final = tuple(
    Row(of, f"{address}?{of}={{thing}}")
    for of, addresses in (
        (CONTRACT, ("/v1/figures", "/v1/breaches", "/v1/actions", "/v1/excuses", "/v1/reviews", "/v1/occurrences")),
        (COMMITMENT, ("/v1/figures", "/v1/occurrences")),
    )
    for address in addresses
)
"""Lists that are narrowed to a thing of somebody else."""


def reads(app: FastAPI) -> Iterator[str]:
    """The path of every route that answers GET."""
    return (route.path for route in _routes(app.routes) if "GET" in (route.methods or ()))


def writes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route that changes something."""
    for route in _routes(app.routes):
        yield from (
            (method, route.path)
            for method in sorted(route.methods or ())
            if method in ("POST", "PUT", "DELETE", "PATCH")
        )


def _routes(routes: list[BaseRoute]) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _routes(inner.routes)
