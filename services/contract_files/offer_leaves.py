"""The types of single values in the files of shared services: money, unit prices, shares as fractions, places of residence."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from domain.money import CURRENCIES
from domain.offers.terms import Retention
from domain.saying import said
from services.contract_files import bounds
from services.contract_files import leaf_checks as check
from services.contract_files.countries import countries
from services.contract_files.scalars import Complaint
from services.contract_files.suggesting import shown

UNIT_DECIMALS: Final = 6
"""Decimals that a unit price may have; lines are rounded to the currency's."""
_UNIT_PRICE = re.compile(rf"(0|[1-9][0-9]{{0,11}})(\.[0-9]{{1,{UNIT_DECIMALS}}})?", re.ASCII)
_PART = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", re.ASCII)
_RETENTION = re.compile(r"([1-9][0-9]{0,4}) +(day|month|year)s?", re.ASCII)


def retention_of(text: str) -> Retention:
    """`24 months`. Raises ValueError."""
    match = _RETENTION.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a retention")
    return Retention(int(match[1]), match[2])  # type: ignore[arg-type]


def money(value: object) -> str:
    """An amount is a text: a number of JSON may have lost digits on its way. Its decimals are looked at with its currency."""
    if check.is_number(value):
        raise Complaint(
            said("money is a text, not {value}", value=shown(value)), said('in quotes: "{value}"', value=value)
        )
    return check.line(value)


def _unit_price(value: object) -> str:
    if not _UNIT_PRICE.fullmatch(text := money(value)):
        what = said("{text} is no price of one unit", text=shown(text))
        raise Complaint(what, said('0 or more, with {most} decimals at most, such as "48.00"', most=UNIT_DECIMALS))
    return text


def _currency(value: object) -> str:
    if (text := check.text(value)) not in CURRENCIES:
        raise Complaint(said("{text} is no currency", text=shown(text)), said("its three letters, such as EUR"))
    return text


def _part(value: object) -> str:
    match = _PART.fullmatch(check.text(value))
    if match is None or int(match[1]) > int(match[2]):
        raise Complaint(said("{value} is no part of the whole", value=shown(value)), said("such as 1/3"))
    return match[0]


def _quantity(value: object) -> object:
    """A number of units, 0 or more."""
    found = check.number(value)
    if isinstance(found, int | Decimal) and found < 0:
        raise Complaint(said("less than nothing is no quantity"), said("0 or more"))
    return found


def _place(value: object) -> str:
    text = check.text(value)
    if text != "EU" and text not in countries():
        raise Complaint(said("{text} is no country", text=shown(text)), said("two letters, such as FR, or EU"))
    return text


MoneyText = Annotated[
    str, BeforeValidator(money), WithJsonSchema({"type": "string", "description": 'Without tax, such as "1800.00"'})
]
UnitPriceText = Annotated[
    str, BeforeValidator(_unit_price), WithJsonSchema({"type": "string", "pattern": f"^{_UNIT_PRICE.pattern}$"})
]
CurrencyText = Annotated[str, BeforeValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]
PartText = Annotated[str, BeforeValidator(_part), WithJsonSchema({"type": "string", "pattern": f"^{_PART.pattern}$"})]
Quantity = Annotated[Any, BeforeValidator(_quantity), WithJsonSchema({"type": "number", "minimum": 0})]
PlaceText = Annotated[
    str,
    BeforeValidator(_place),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2, or EU"}),
]
KeptText = Annotated[
    str,
    BeforeValidator(check.readable(retention_of, said("a retention"), said("such as 24 months, 10 years, 90 days"))),
    WithJsonSchema({"type": "string", "pattern": f"^{_RETENTION.pattern}$"}),
]
Month = Annotated[int, BeforeValidator(check.whole(0, bounds.PROFILE))]
Key = Annotated[int, BeforeValidator(check.whole(0, bounds.PROFILE))]
