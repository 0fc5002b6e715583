"""JSON from outside, read exactly: one meaning for everybody or none (RFC 8259 §4, §6, §8.2 leave some to the reader).

Numbers keep every digit (`int`, else `Decimal`). Refused, each with its slug: equal keys in one object, NaN and
infinities, half surrogates, the character NUL, numbers too large to calculate with, too many brackets, too many bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Inexact, InvalidOperation, Overflow, Subnormal
from typing import Any, Final

import msgspec

from domain.saying import said
from ingestion.json_problems import MOST_NESTED, TOO_DEEP, Problem, duplicate_key, is_too_deep, why_malformed

LARGEST_EVENT: Final = 1024 * 1024
"""Bytes of one event, in whatever mode."""
LARGEST_EXPONENT: Final = 1000
"""The largest exponent of a number: more than any binary floating point has, and small enough that arithmetic stays cheap."""


_NUMBERS: Final = Context(
    prec=2 * LARGEST_EVENT,
    Emin=-LARGEST_EXPONENT,
    Emax=LARGEST_EXPONENT,
    traps=[InvalidOperation, Overflow, Subnormal, Inexact],
)
"""Reads every number exactly or not at all, at the speed of C."""
_decode = msgspec.json.Decoder(float_hook=_NUMBERS.create_decimal).decode

_ESCAPED_COLON: Final = b"\\u003"
"""The front of an escaped colon: its last digit is A or a."""


def decode_exactly(raw: bytes) -> tuple[Any, Problem | None]:
    """Reads the JSON value, or says why there is none. Equal keys are looked for only when the number of colons leaves it open:
    where one of two is lost, its colon is missing."""
    if len(raw) > LARGEST_EVENT:
        return None, too_large(len(raw))
    if raw.count(b"{") + raw.count(b"[") > MOST_NESTED and is_too_deep(raw):
        return None, TOO_DEEP
    try:
        value = _decode(raw)
    except (msgspec.DecodeError, ValueError, ArithmeticError, RecursionError) as error:
        return None, _why_undecodable(raw, error)
    problem = None
    has_escapes = b"\\" in raw
    if raw.count(b":") != _colons_in((value,)) or (has_escapes and _ESCAPED_COLON in raw):
        problem = duplicate_key(raw)
    if problem is None and has_escapes and b"\\u0000" in raw and holds_nul(value):
        problem = NUL
    return value, problem


def too_large(size: int) -> Problem:
    text = said(
        "{size:,} bytes are more than the {largest_event:,} an event may have", size=size, largest_event=LARGEST_EVENT
    )
    return Problem("too-large", said("{text}: keep large content elsewhere and send its address", text=text))


NUL: Final = Problem(
    "nul-character", said("a text holds the character NUL (\\u0000), which no database keeps: take it out")
)


def holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(holds_nul(key) or holds_nul(inner) for key, inner in value.items())
    return isinstance(value, list) and any(map(holds_nul, value))


def _why_undecodable(raw: bytes, error: Exception) -> Problem:
    if isinstance(error, ArithmeticError) or "out of range" in str(error):
        text = said(
            "a number has more than {largest_exponent} digits before or behind its point: send it as text",
            largest_exponent=LARGEST_EXPONENT,
        )
        return Problem("number-out-of-range", text)
    return why_malformed(raw, str(error))


def _colons_in(values: Iterable[Any]) -> int:
    """Counts the colons that the JSON of these values has at least: those in texts, and one behind each key."""
    count = 0
    for value in values:
        kind = type(value)
        if kind is str:
            if ":" in value:
                count += value.count(":")
        elif kind is dict:
            count += len(value) + _colons_in(value.values())
        elif kind is list:
            count += _colons_in(value)
    return count
