"""The comparisons that a contract made in an event, and those that it could not make, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import cast

from dashboards.language import Language
from dashboards.words import asked_words, path_words
from domain.terms import Condition, Operator, Scalar

REASONS = ("value-absent-or-mistyped", "due-unreadable")
"""Why a verdict is unknown where an event says something otherwise than the contract reads it."""


def is_fault(change: Mapping[str, object]) -> bool:
    """Says whether the field could not be compared; False where it was compared and is not as agreed."""
    return change.get("code") in ("mistyped", "absent") or change.get("is") == "absent"


def fault_words(changes: Iterable[Mapping[str, object]], language: Language) -> str:
    """`temperature is the text “66.8”, and the contract compares with a number: …`; empty where nothing is faulty. A path
    is named once."""
    by_path = {str(change["path"]): change for change in changes if is_fault(change)}
    return language.apart(_fault(change, language) for change in by_path.values())


def compared_words(change: Mapping[str, object], language: Language) -> str:
    """`temperature ≥ 63 instead of 61`, or what could not be compared."""
    if change["code"] != "good" or "operator" not in change:
        return _fault(change, language)
    is_number = change["wants"] == "number"
    condition = Condition(cast(Operator, change["operator"]), _operand(change["operand"], is_number=is_number))
    asked = asked_words(str(change["path"]), condition, language)
    return language.text("change.good", asked=asked, found=found_words(change, language))


def _operand(value: object, *, is_number: bool) -> Scalar | tuple[Scalar, ...]:
    if isinstance(value, list):
        return tuple(cast(Scalar, _operand(each, is_number=is_number)) for each in value)
    return Decimal(value) if is_number and isinstance(value, str) else cast(Scalar, value)


def found_words(change: Mapping[str, object], language: Language) -> str:
    kind, found = str(change["is"]), str(change.get("found", ""))
    if kind == "number":
        return language.decimal(Decimal(found))
    if kind == "truth":
        return language.text("word.yes" if found == "true" else "word.no")
    return language.text("found.absent") if kind == "absent" else found


def _fault(change: Mapping[str, object], language: Language) -> str:
    path, kind, wants = path_words(str(change["path"])), str(change["is"]), str(change["wants"])
    if kind == "absent":
        return language.text("fault.absent", path=path)
    found = language.text(f"found.{kind}", found=found_words(change, language))
    asked = language.text(f"wanted.{wants}")
    return language.text("fault.mistyped", path=path, found=found, wants=asked, mend=_mend(kind, wants, path, language))


def _mend(kind: str, wants: str, path: str, language: Language) -> str:
    """How a mapping gives the field as it is wanted; empty for a list or an object, of which that cannot be said in one line."""
    return language.text(f"mend.{wants}", path=path) if kind in ("text", "number") else ""
