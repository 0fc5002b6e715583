"""Plain scalars of YAML 1.2 (core schema), made stricter: what two readers could take for two things is refused."""

from __future__ import annotations

import re
from decimal import Decimal

from domain.saying import said

Scalar = str | int | Decimal | bool | None

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0([0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?|o[0-7]+|x[0-9a-fA-F]+)")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LONGEST_NUMBER = 40
_LARGEST_EXPONENT = 40


class Complaint(ValueError):
    """An error of one value: `what` is wrong with it, and what would mend it."""

    def __init__(self, what: str, mend: str | None = None):
        super().__init__(what)
        self.what = what
        self.mend = mend


def plain(text: str) -> Scalar:
    """The value of an unquoted scalar: `NO`, `1:30` and `2026-01-01` stay text, fractions are exact. Raises
    Complaint."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _LEADING_ZERO.fullmatch(text):
        raise Complaint(
            said("the number {text} has a leading zero", text=text),
            said("quote it if it is a text: '{text}'", text=text),
        )
    if _NOT_FINITE.fullmatch(text):
        raise Complaint(
            said("{text} is not a finite number", text=text), said("quote it if it is a text: '{text}'", text=text)
        )
    if _DECIMAL.fullmatch(text):
        return _number(text)
    return quoted(text)


def quoted(text: str) -> str:
    """A text without control characters; the two halves that JSON may write for one character are joined. Raises
    Complaint."""
    if _CONTROL.search(text):
        raise Complaint(said("the text holds a control character"), said("only line breaks and tabs are allowed"))
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeError:
        raise Complaint(
            said("the text holds half a character (a lone surrogate)"), said("write the whole character")
        ) from None


def _number(text: str) -> int | Decimal:
    if len(text) > _LONGEST_NUMBER:
        raise Complaint(
            said("the number is longer than {longest_number} signs", longest_number=_LONGEST_NUMBER),
            said("quote it if it is a text"),
        )
    if _INTEGER.fullmatch(text):
        return int(text)
    exponent = text.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > _LARGEST_EXPONENT:
        raise Complaint(
            said("the number {text} is beyond 10^{largest_exponent}", text=text, largest_exponent=_LARGEST_EXPONENT),
            said("quote it if it is a text"),
        )
    return Decimal(text)
