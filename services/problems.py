"""Problem documents (RFC 9457): one form for every error of the HTTP API. `type` ends in the stable slug."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from services.errors import EntenteError

PROBLEM_JSON: Final = "application/problem+json"

_encode = msgspec.json.Encoder().encode


def problem_type(slug: str) -> str:
    return f"urn:entente:problem:{slug}"


def problem(slug: str, status: int, detail: str, **members: object) -> dict[str, Any]:
    """The document; `members` that are None are left out."""
    document: dict[str, Any] = {
        "type": problem_type(slug),
        "title": slug.replace("-", " ").capitalize(),
        "status": status,
        "detail": detail,
    }
    return document | {name: value for name, value in members.items() if value is not None}


def problem_of(error: EntenteError) -> dict[str, Any]:
    """The document of an error of the tree."""
    return problem(error.slug, error.status, error.message, place=error.place, mend=error.mend)


def problem_bytes(document: dict[str, Any]) -> bytes:
    return _encode(document)
