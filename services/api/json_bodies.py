"""JSON bodies read with one meaning for everybody or none (RFC 8259 §4, §6): as strictly as events are."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request


class JsonRequest(Request):
    async def json(self) -> Any:
        """The value of the body. Raises JSONDecodeError for what is no JSON, equal keys in one object, and numbers that are
        none."""
        raw = await self.body()
        try:
            return json.loads(raw, object_pairs_hook=_each_once, parse_constant=_finite)
        except json.JSONDecodeError:
            raise
        except RecursionError as error:
            raise json.JSONDecodeError("arrays and objects lie too deep in each other", "", 0) from error
        except ValueError as error:  # Bytes that are no UTF-8, numbers of too many digits, and what is refused below.
            raise json.JSONDecodeError(str(error), "", 0) from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key “{key}” stands twice in one object")
        found[key] = value
    return found


def _finite(word: str) -> None:
    raise ValueError(f"{word} is no number")
