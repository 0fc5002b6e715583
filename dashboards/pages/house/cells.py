"""The cells of tables that are exported: instants, amounts, shares, and whose time is shown."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from dashboards.pages.house.frame import View
from dashboards.tables import Cell, Moment, Share

MOST = 100_000
"""Rows of one table."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


def instant(at: int | None, where: str) -> Moment | None:
    return Moment(at, where) if at is not None else None


def number(value: object) -> Cell:
    """An amount as the number that it is; a text that is none stays a text."""
    match value:
        case None | int() | Decimal():
            return value
        case Fraction():
            return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(str(value)) if _NUMBER.fullmatch(str(value)) else str(value)


def share(value: object, is_share: bool) -> Cell:
    """A value, and whether it is a part of 1."""
    found = number(value)
    return Share(found) if is_share and isinstance(found, int | Decimal) else found


def zone_of(view: View, contract: str) -> str:
    row = view.contracts.get(contract)
    return row.timezone if row else "UTC"
