"""JSON that has one meaning for everybody or none (RFC 8259 §4, §6, §8.1): of equal names in one object one reader takes the first,
another the last."""

from __future__ import annotations

import json
from typing import Any


class Ambiguous(ValueError):
    """It is no JSON, or not everybody reads the same in it; says why."""


def read_once(text: bytes, parse_float: type | None = None) -> Any:
    """Raises Ambiguous."""
    try:
        told = text.decode("utf-8-sig")
        return json.loads(told, object_pairs_hook=_each_once, parse_constant=_finite, parse_float=parse_float)
    except RecursionError as error:
        raise Ambiguous("arrays and objects lie too deep in each other") from error
    except (ValueError, ArithmeticError) as error:  # also of too many digits, and what is refused below
        raise Ambiguous(str(error)) from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key “{key}” stands twice in one object")
        found[key] = value
    return found


def _finite(word: str) -> None:
    raise ValueError(f"{word} is no number")
