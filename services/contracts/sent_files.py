"""Files that are sent to an address: which may be, what they hold, and what is answered of one that was applied."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import Depends, HTTPException, Query
from starlette.requests import Request

from domain.saying import said
from services.api.answers import JsonAnswer, answer, written
from services.api.ports import Api
from services.contract_files import Document, read_bytes
from services.contracts import applied
from services.contracts.shapes import Applied
from services.errors import DocumentInvalid

MEDIA_TYPES: Final = (
    "application/yaml",
    "application/json",
    "application/x-yaml",
    "text/yaml",
    "text/x-yaml",
    "text/plain",
)

Kind = Literal["contract", "calendar", "service", "access", "causes", "action", "offer", "charter"]
DryRun = Annotated[bool, Query(description="Say what would change, and change nothing.")]
Speaking = Annotated[Literal["en", "fr"], Query(description="The language of `changes`.")]


async def _file(request: Request) -> bytes:
    """The body, where it may be a file of ours."""
    essence = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if essence not in ("", *MEDIA_TYPES):
        raise HTTPException(
            415, said("{essence} is no file of ours: send application/yaml or application/json", essence=essence)
        )
    return await request.body()


sent_file: Final[Any] = Depends(_file)
A_FILE: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/yaml": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "object"}},
        },
    }
}


def applied_answer(api: Api, found: applied.Applied) -> JsonAnswer:
    """What came of it."""
    content: Applied = {
        **written(api, found.id, found.position),
        "kind": found.kind,
        "outcome": found.outcome,
        "version": found.version,
        "changes": [*found.changes],
        "signed": [*found.signed],
        "warnings": [str(one) for one in found.warnings],
    }
    return answer(content)


def the_document(body: bytes, kind: Kind, id: str) -> Document:
    """The one document of that kind and id. Raises DocumentInvalid."""
    found = read_bytes(body, "body")
    document, *others = found
    if others:
        raise DocumentInvalid([others[0].problem((), said("a second document"), said("send each to its own address"))])
    if document.tree.get(kind) != id:
        raise DocumentInvalid(
            [
                document.problem(
                    (kind,),
                    said("the address names {kind} {id}", kind=kind, id=id),
                    said("`{kind}: {id}`", kind=kind, id=id),
                )
            ]
        )
    return document
