"""Money of shared services as the API shows and takes it: text in the main unit of the currency, without tax."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from domain.offers.allocating import DrivenBy
from domain.offers.corridor import State
from domain.offers.pricing import What
from services.api.shapes import Day, Moment, Sent
from services.costs.rows import SpanState

Amount = Annotated[str, Field(description="In the main unit of the currency, as text.", examples=["1800.00"])]
Exact = Annotated[str, Field(description="Exact where it ends, else with four places.", examples=["12.5"])]
Share = Annotated[str, Field(description="With four places.", examples=["0.6667"])]
Month = Annotated[str, Field(description="YYYY-MM", examples=["2026-03"])]
Span = Annotated[str, Field(description="A month, quarter, half or year, or twelve months.", examples=["2026-03"])]


class CostNote(TypedDict):
    amount: Amount
    text: str
    time: Moment
    by: str
    at: Moment


class Cost(TypedDict):
    """`amount` is what was booked with all that was added to it."""

    id: str
    offer: str
    pool: str
    month: Month
    amount: Amount
    currency: str
    booked: CostNote
    corrections: list[CostNote]


class ChargedLine(TypedDict):
    """`month` is that of which it is. `meter`, `quantity`, `unit_price`: null of what is of no units."""

    client: str
    charter: str
    month: Month
    meter: str | None
    what: What
    quantity: Exact | None
    unit_price: Exact | None
    amount: Amount


class Charges(TypedDict):
    """`allocated` and `unallocated` sum to what was booked; null for who is not shown what the offer costs, and of one client alone."""

    offer: str
    period: Span
    state: SpanState
    currency: str
    lines: list[ChargedLine]
    total: Amount
    allocated: Amount | None
    unallocated: Amount | None
    position: int
    watermark: Moment | None


class AllocatedLine(TypedDict):
    """`client` null: allocated to nobody. `weight` is the client's part `of` what divides the pool."""

    pool: str
    month: Month
    client: str | None
    amount: Amount
    driver: DrivenBy | None
    meter: str | None
    weight: Exact | None
    of: Exact | None


class PoolCost(TypedDict):
    pool: str
    booked: Amount
    allocated: Amount
    unallocated: Amount


class ClientCost(TypedDict):
    """`coverage`: what is charged of what is allocated; null where nothing is."""

    client: str
    allocated: Amount
    charged: Amount
    margin: Amount
    coverage: Share | None


class MeterCost(TypedDict):
    """`unit_cost` in the currency, with its decimals; null without units."""

    meter: str
    units: Exact
    unit_cost: Amount | None


class Allocation(TypedDict):
    """Sums are null where `because` says why they are not shown."""

    offer: str
    period: Span
    state: SpanState
    currency: str
    lines: list[AllocatedLine]
    pools: list[PoolCost]
    clients: list[ClientCost]
    meters: list[MeterCost]
    booked: Amount | None
    allocated: Amount | None
    unallocated: Amount | None
    charged: Amount | None
    coverage: Share | None
    because: Literal["not-shown-too-few"] | None
    position: int
    watermark: Moment | None


class BudgetLine(TypedDict):
    """`amount` null: nothing says how much will be used."""

    what: What
    meter: str | None
    quantity: Exact | None
    unit_price: Exact | None
    amount: Amount | None


class BudgetYear(TypedDict):
    year: Annotated[int, Field(description="Of the charter from 1, or of the calendar.")]
    first: Day
    last: Day
    lines: list[BudgetLine]
    total: Amount | None


class CorridorShape(TypedDict):
    """Of the charter year that runs. `to_date` and `used` are of its complete `months`, `so_far` is with the month that runs; `left` of
    the quota, which may be below nothing."""

    year: int
    first: Day
    meter: str | None
    months: int
    plan: Exact | None
    to_date: Exact | None
    used: Exact
    so_far: Exact
    ratio: Share | None
    state: State | None
    quota: Exact | None
    left: Exact | None
    flags: list[str]


class CharterCost(TypedDict):
    """`is_agreed`: of what both have signed."""

    charter: str
    offer: str
    client: str
    currency: str
    is_agreed: bool
    years: list[BudgetYear]
    calendar_years: list[BudgetYear]
    total: Amount | None
    corridor: CorridorShape | None
    position: int
    watermark: Moment | None


class Booking(Sent):
    offer: Annotated[str, Field(max_length=300)]
    pool: Annotated[str, Field(max_length=300)]
    month: Annotated[str, Field(max_length=20)]
    amount: Annotated[str, Field(max_length=40, strict=True, description="Text in the main unit of the currency.")]
    currency: Annotated[str | None, Field(max_length=10)] = None
    text: Annotated[str, Field(max_length=10_000)] = ""
    time: Annotated[str | None, Field(max_length=40, description="When it happened; without it, now.")] = None


class Correcting(Sent):
    amount: Annotated[
        str, Field(max_length=40, strict=True, description="What is added; negative, what is taken away.")
    ]
    text: Annotated[str, Field(max_length=10_000)]
    time: Annotated[str | None, Field(max_length=40, description="When it happened; without it, now.")] = None
