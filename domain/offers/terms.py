"""What offers and charters say, as values: the parsed, checked forms of their files (SHARED §1).

Dates are local to the offer's zone. Money is in minor units of the offer's currency, without tax; a unit price may be a part of
one. Quantities are exact decimals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from domain.durations import Duration, Elapsed
from domain.terms import Selector, Text

CountedBy = Literal["service", "top"]
IntentionKind = Literal["grow", "hold", "cap", "shrink"]
Over = Literal["allowed", "billed"]
DataKind = Literal["none", "personal", "sensitive"]
PRIMARY_FROM: Final = Fraction(1, 3)
"""The share from which a client is primary, where the offer does not say it."""
BAND: Final = Fraction(1, 10)
"""How far use may lie from its plan, as a part of it, where the charter does not say it. Both ends are inside."""


@dataclass(frozen=True, slots=True)
class ClientRule:
    """How an event says whose use it is: the text at the path, or the service that the map gives for it. A text that the map does not
    have, a value that is no text, and nothing at all are nobody's."""

    path: str
    map: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class Meter:
    """What is counted: each event that is selected is one unit, or as many as its `value` says. `by`: the paths by which it is cut,
    beside hour and weekday."""

    id: str
    title: Text
    unit: str
    each: Selector
    client: ClientRule
    value: str | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """A piece of the offer that clients may want or not; events name it by its id."""

    id: str
    title: Text


@dataclass(frozen=True, slots=True)
class Price:
    """From that day on: `unit_price` of one unit of the meter, and `fixed`, the fee of a charter year."""

    since: date
    meter: str
    unit_price: Fraction
    fixed: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    id: str
    title: Text
    prices: tuple[Price, ...] = ()


@dataclass(frozen=True, slots=True)
class Driver:
    """By what a pool is divided: the units of a meter, keys by client, or (neither) equally among those that have a charter."""

    meter: str | None = None
    keys: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """A sort of cost. `feature`: the piece that it is spent on. One without a driver is allocated to nobody."""

    id: str
    title: Text
    feature: str | None = None
    driver: Driver | None = None


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """`effective`: the day from which its meters and its map count; None: from ever."""

    id: str
    title: Text
    supplier: str
    timezone: str
    currency: str
    meters: tuple[Meter, ...]
    late_data: Duration = Elapsed(0)
    effective: date | None = None
    clients: CountedBy = "service"
    primary_from: Fraction = PRIMARY_FROM
    open_books: bool = False
    features: tuple[Feature, ...] = ()
    levels: tuple[Level, ...] = ()
    index: Fraction | None = None
    pools: tuple[Pool, ...] = ()

    def meter(self, id: str) -> Meter:
        """The meter of that id. Raises KeyError."""
        return {one.id: one for one in self.meters}[id]

    def level(self, id: str) -> Level:
        """The level of that id. Raises KeyError."""
        return {one.id: one for one in self.levels}[id]


@dataclass(frozen=True, slots=True)
class Intention:
    """What a client means to do with one meter. `at`: of hold and cap, in units of a charter year. `to` and `by` are what growing or
    shrinking is meant to come to; nothing is measured by them."""

    kind: IntentionKind
    meter: str
    at: Decimal | None = None
    band: Fraction = BAND
    to: Decimal | None = None
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Quota:
    """A ceiling of units of a charter year that is watched. `price`, of a unit beyond it where it is billed; None: the unit price."""

    quantity: Decimal
    over: Over
    price: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what was sent is kept: so many days, months or years."""

    count: int
    unit: Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class DataRules:
    """What the data of a charter are, where they may lie (countries of ISO 3166, or EU), and until when."""

    kind: DataKind
    residence: tuple[str, ...] = ()
    retention: Retention | None = None
    basis: Text | None = None


@dataclass(frozen=True, slots=True)
class CharterTerms:
    """`follow`: a newer version of the offer reaches it at once. `plan`: units of the charter years, the first first. `profile`: the
    parts of a year's plan from January on; None: twelfths."""

    id: str
    title: Text
    offer: str
    client: str
    effective: date
    level: str
    follow: bool = False
    contract: str | None = None
    intention: Intention | None = None
    plan: tuple[Decimal, ...] = ()
    profile: tuple[int, ...] | None = None
    quota: Quota | None = None
    one_off: int = 0
    calendar: str | None = None
    data: DataRules | None = None
    rebaseline: str | None = None
