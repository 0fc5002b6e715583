"""What a part is: something that people decide, with all that hangs on it, its use cases and pages in folders of their own
(docs/design/add-a-part.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from services.api.ports import Api
from services.store import UseCases


@dataclass(frozen=True)
class Part:
    """What services have of a part. Its tables and folds stand in services/tables, below the engine that writes them.

    `use_cases`: what people decide; `store.use` hands them out.
    `routes`: adds its addresses under `/v1`.
    """

    name: str
    use_cases: tuple[UseCases, ...] = ()
    routes: Callable[[APIRouter, Api], None] | None = None
