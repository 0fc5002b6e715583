"""Parts of a tree of good form → parts of terms, wherever they stand in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.terms import Condition, Selector, Text, Where
from services.contract_files import readings
from services.contract_files.documents import Tree


def text_of(value: Any, otherwise: str) -> Text:
    """A plain text stands under the key ""; none given, the id does."""
    if isinstance(value, dict):
        return Text(tuple(sorted(value.items())))
    return Text((("", value if value is not None else otherwise),))


def where_of(tree: Mapping[str, Any] | None) -> Where:
    """Conditions by path, sorted by path and operator, so that their order in a file changes nothing."""
    return tuple((path, _conditions(value)) for path, value in sorted((tree or {}).items()))


def _conditions(value: Any) -> tuple[Condition, ...]:
    if isinstance(value, list):
        return (Condition("in", tuple(value)),)
    if not isinstance(value, dict):
        return (Condition("eq", value),)
    return tuple(
        Condition(operator, tuple(operand) if isinstance(operand, list) else operand)
        for operator, operand in sorted(value.items())
    )


def given(reading: Any, value: Any) -> Any:
    return None if value is None else reading(value)


def selector_of(tree: Tree) -> Selector:
    return Selector(
        types=tuple(readings.as_list(tree["type"])),
        sources=tuple(readings.as_list(tree.get("source", []))),
        where=where_of(tree.get("where")),
    )


def optional_selector(tree: Tree, name: str) -> Selector | None:
    return selector_of(tree[name]) if name in tree else None
