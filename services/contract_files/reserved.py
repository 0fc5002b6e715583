"""Names that no service may take."""

from __future__ import annotations

from collections.abc import Iterator

from domain.saying import said
from services.access import RESERVED
from services.contract_files.documents import Document, Problem


def reserved_problems(document: Document, *keys: str) -> Iterator[Problem]:
    """Problems of the services named under these keys."""
    for key in keys:
        if document.tree.get(key) in RESERVED:
            what = said("the name “{tree}” is reserved", tree=document.tree[key])
            yield document.problem((key,), what, said("another name for the service"))
