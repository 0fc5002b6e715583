"""Money of an offer as it is asked for: minor units of its currency. Months are named by their first day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from domain.offers.allocating import Allocated
from domain.offers.pricing import Line
from domain.times import Instant
from services.use.spans import Span

SpanState = Literal["open", "final"]


@dataclass(frozen=True, slots=True)
class CostNote:
    """What was booked, or added later. `time` is when it happened, `at` when it was said."""

    amount: int
    text: str
    time: Instant
    by: str
    at: Instant


@dataclass(frozen=True, slots=True)
class CostRow:
    id: str
    offer: str
    pool: str
    month: date
    currency: str
    booked: CostNote
    corrections: tuple[CostNote, ...]

    @property
    def amount(self) -> int:
        """With all that was added."""
        return sum(one.amount for one in (self.booked, *self.corrections))


@dataclass(frozen=True, slots=True)
class Summed:
    """What a pool, or a client, comes to over a span. `allocated` and `unallocated` sum to what was booked."""

    booked: int
    allocated: int

    @property
    def unallocated(self) -> int:
        return self.booked - self.allocated


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """What an offer cost over a span. `lines`: of each pool, month and client, and what is allocated to nobody. `unit_costs`: by meter
    the cost of a unit of the pools that it drives, None without units. `charged`: by client. `is_whole`: lines and charges
    of all clients are in it. `not_shown`: why a client is shown nothing of it; all of it is empty then."""

    offer: str
    currency: str
    span: Span
    state: SpanState
    lines: tuple[Allocated, ...]
    pools: Mapping[str, Summed]
    units: Mapping[str, Fraction]
    unit_costs: Mapping[str, Fraction | None]
    charged: Mapping[str, int]
    is_whole: bool = True
    not_shown: str | None = None

    @property
    def total(self) -> Summed:
        return Summed(sum(one.booked for one in self.pools.values()), sum(one.allocated for one in self.pools.values()))

    def allocated_to(self, client: str) -> int:
        return sum(one.amount for one in self.lines if one.client == client)


@dataclass(frozen=True, slots=True)
class Charged:
    """A line of a charter in the month in which it is charged."""

    charter: str
    client: str
    period: date
    line: Line


@dataclass(frozen=True, slots=True)
class ChargesRow:
    """What is charged over a span. `costs`: None for who is not shown what the offer costs, and of one client alone."""

    offer: str
    currency: str
    span: Span
    state: SpanState
    lines: tuple[Charged, ...]
    costs: Summed | None

    @property
    def total(self) -> int:
        return sum(one.line.amount for one in self.lines)
