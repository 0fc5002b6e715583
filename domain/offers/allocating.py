"""What the units of an offer cost: pools of money divided among clients by their drivers (SHARED §4).

The parts of a pool always sum to it, and the total is the same however it is cut: what no driver divides stays, as unallocated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from domain.money import divided
from domain.offers.terms import Driver

DrivenBy = Literal["meter", "keys", "equal"]


@dataclass(frozen=True, slots=True)
class Allocated:
    """A client's part of a pool in a month. `driver`: by what it was divided (None: by nothing), `weight`: the client's part of `of`.
    `client` None: unallocated."""

    pool: str
    month: date
    amount: int
    client: str | None = None
    driver: DrivenBy | None = None
    meter: str | None = None
    weight: Fraction | None = None
    of: Fraction | None = None


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    """What drivers read of a month: attributed units by meter and client, and the clients that have a charter in force on its first
    day."""

    units: Mapping[str, Mapping[str, Fraction]]
    clients: Collection[str] = ()


def allocated(pool: str, month: date, amount: int, driver: Driver | None, use: MonthOfUse) -> list[Allocated]:
    """The parts of a pool's month, by client. Where the driver comes to nothing, or less, all of it is unallocated."""
    by, weights = _weights(driver, use)
    total = sum(weights.values(), Fraction(0))
    meter = driver.meter if driver is not None else None
    if total <= 0:
        return [Allocated(pool, month, amount, None, by, meter, None, total if by is not None else None)]
    clients = sorted(weights)
    parts = divided(amount, [weights[client] for client in clients])
    return [
        Allocated(pool, month, part, client, by, meter, weights[client], total)
        for client, part in zip(clients, parts, strict=True)
    ]


def _weights(driver: Driver | None, use: MonthOfUse) -> tuple[DrivenBy | None, Mapping[str, Fraction]]:
    if driver is None:
        return None, {}
    if driver.meter is not None:
        return "meter", use.units.get(driver.meter, {})
    if driver.keys is not None:
        return "keys", {client: Fraction(key) for client, key in driver.keys}
    return "equal", dict.fromkeys(use.clients, Fraction(1))


def unit_cost(costs: Iterable[int], units: Fraction) -> Fraction | None:
    """What one unit cost, in minor units: of the pools that its meter drives. None where there were none."""
    return None if units == 0 else Fraction(sum(costs)) / units


def coverage(charged: int, allocated: int) -> Fraction | None:
    """How much of what was allocated is charged; None where nothing was."""
    return None if allocated == 0 else Fraction(charged, allocated)
