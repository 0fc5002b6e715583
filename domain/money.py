"""Amounts of money: whole minor units of one currency (ISO 4217), without tax. Amounts of two currencies are never added."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm
from typing import Final

from domain.saying import said

_CODES: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC
    CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK
    JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR
    MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR
    ZMW ZWG
"""
CURRENCIES: Final = frozenset(_CODES.split())
"""The currencies of ISO 4217 that are money; funds, metals and codes for tests are none."""
_WITHOUT, _OF_THREE, _OF_FOUR = (
    frozenset(one.split())
    for one in (
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        "BHD IQD JOD KWD LYD OMR TND",
        "CLF UYW",
    )
)
"""Currencies whose main unit has other than two decimals: none, three, four."""
LARGEST: Final = 10**15
"""Minor units that no amount reaches."""
_FORM = re.compile(r"(-?)(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,4}))?", re.ASCII)


def decimals_of(currency: str) -> int:
    """How many decimals the currency has. Raises ValueError for what is none."""
    if currency not in CURRENCIES:
        raise ValueError(said("“{currency}” is no currency; write its three letters, such as EUR", currency=currency))
    return next((n for n, some in ((0, _WITHOUT), (3, _OF_THREE), (4, _OF_FOUR)) if currency in some), 2)


def parse_amount(text: str, currency: str) -> int:
    """`1800.00` in the currency's main unit → its minor units. Raises ValueError, which says what would be right."""
    decimals = decimals_of(currency)
    form = _FORM.fullmatch(text)
    if form is None or len(form[3] or "") > decimals:
        right = show_amount(180_000 * 10 ** max(decimals - 2, 0), currency)
        raise ValueError(
            said(
                "“{text}” is no amount of {currency}; write such as {right}", text=text, currency=currency, right=right
            )
        )
    minor = int(form[2] + (form[3] or "").ljust(decimals, "0"))
    if minor >= LARGEST:
        raise ValueError(said("so much money is none that an action costs"))
    return -minor if form[1] else minor


def show_amount(minor: int, currency: str) -> str:
    """The minor units as text in the main unit, with all decimals that the currency has."""
    decimals = decimals_of(currency)
    sign, digits = "-" if minor < 0 else "", str(abs(minor)).rjust(decimals + 1, "0")
    return f"{sign}{digits}" if decimals == 0 else f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def summed(lines: Iterable[tuple[int, str, int]]) -> dict[tuple[int, str], int]:
    """Sums of (year, currency, minor units): each year and each currency by itself, in their order."""
    found: dict[tuple[int, str], int] = {}
    for year, currency, minor in lines:
        found[(year, currency)] = found.get((year, currency), 0) + minor
    return dict(sorted(found.items()))


def divided(amount: int, weights: Sequence[Fraction]) -> list[int]:
    """The amount cut by weights whose sum is above nothing, by largest remainder: each part is rounded down (towards −∞), then those
    of the largest fractions get one minor unit more, of equal ones the first. The parts sum to the amount. One below nothing is cut as
    its absolute value is."""
    if amount < 0:
        return [-part for part in divided(-amount, weights)]
    scale = lcm(*(weight.denominator for weight in weights))
    whole = [weight.numerator * (scale // weight.denominator) for weight in weights]
    total = sum(whole)
    parts, fractions = [], []
    for weight in whole:
        part, fraction = divmod(amount * weight, total)
        parts.append(part)
        fractions.append(fraction)
    order = sorted(range(len(parts)), key=lambda place: (-fractions[place], place))
    for place in order[: amount - sum(parts)]:
        parts[place] += 1
    return parts
