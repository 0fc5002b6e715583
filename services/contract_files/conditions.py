"""Conditions that could never hold, or never be told (MEANING §4 "Lookups"): refused where they are written."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from domain.saying import said
from domain.selecting import scalar_type
from services.contract_files.documents import Document, Path, Problem, Tree
from services.contract_files.suggesting import shown

_COMPARING = ("eq", "lt", "le", "gt", "ge", "starts_with")


def condition_problems(document: Document, where: Tree, at: Path, *, texts: str | None = None) -> Iterator[Problem]:
    """Problems of the conditions by path under `at`. `texts` says why every value is a text (columns); without it,
    only CloudEvents attributes are."""
    for name, condition in where.items():
        inside = (*at, name)
        only_texts = texts or (None if name.startswith("data.") else said("the attribute {name} is a text", name=name))
        if only_texts is not None:
            yield from _not_texts(document, condition, inside, only_texts)
        if isinstance(condition, dict):
            yield from _contradictions(document, condition, inside)


def _not_texts(document: Document, condition: Any, at: Path, why: str) -> Iterator[Problem]:
    for path, operand in _operands(condition, at):
        if not isinstance(operand, str):
            yield document.problem(
                path,
                said("{why}, never {operand}", why=why, operand=shown(operand)),
                said('quote it: "{operand}"', operand=_written(operand)),
            )


def _operands(condition: Any, at: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(condition, list):
        for index, one in enumerate(condition):
            yield (*at, index), one
    elif isinstance(condition, dict):
        for operator, operand in condition.items():
            if operator != "exists":
                yield from _operands(operand, (*at, operator))
    else:
        yield at, condition


def _contradictions(document: Document, condition: Tree, at: Path) -> Iterator[Problem]:
    if condition.get("exists") is False and len(condition) > 1:
        yield document.problem(at, said("what is absent cannot be compared"), said("exists: false stands alone"))
    types = {scalar_type(condition[operator]) for operator in _COMPARING if operator in condition}
    if len(types) > 1:
        yield document.problem(
            at, said("it compares with values of different types, so it never holds"), said("one type")
        )
    elif _is_empty(condition):
        yield document.problem(at, said("no value lies between these bounds"), said("the lower bound comes first"))


def _is_empty(condition: Tree) -> bool:
    """Says whether no value can satisfy the bounds, all of one type."""
    lower = [(condition[operator], operator == "gt") for operator in ("gt", "ge") if operator in condition]
    upper = [(condition[operator], operator == "lt") for operator in ("lt", "le") if operator in condition]
    return any(
        low > high or (low == high and (open_low or open_high)) for low, open_low in lower for high, open_high in upper
    )


def _written(operand: object) -> str:
    if isinstance(operand, bool):
        return "true" if operand else "false"
    return f"{operand:f}" if isinstance(operand, Decimal) else str(operand)
