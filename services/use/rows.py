"""Use and clients, as they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from domain.kinds.volume import Sum
from domain.offers.clients import Base, ClientClass, Method
from domain.times import Instant

State = Literal["open", "final", "restated"]
NOT_SHOWN: Final = "not-shown-too-few"
"""Why a total of all clients is not shown to one of them."""


@dataclass(frozen=True, slots=True)
class UseRow:
    """What one client used of a meter in a period. `used`: None where the period is still to come. `final`: as it stood when the period
    became final. `total`: of all clients, and `unattributed`, beside it: None, as `share`, where they are not shown, for the `reason`.
    `by`, `group`: where the period is cut."""

    offer: str
    meter: str
    unit: str
    client: str
    period: str
    state: State
    used: Sum | None
    final: Sum | None
    causes: tuple[int, ...]
    share: Fraction | None
    total: Sum | None
    unattributed: Sum | None
    reason: str | None
    position: int
    watermark: Instant | None
    by: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client over the window."""

    client: str
    used: Sum
    share: Fraction | None
    client_class: ClientClass | None


@dataclass(frozen=True, slots=True)
class ClientsRow:
    """The clients of an offer side by side, by the last twelve complete months of one meter; `months`: so many of them there are. What
    is not shown to who asks is None, for the `reason`."""

    offer: str
    meter: str
    unit: str
    window: str
    clients: tuple[ClientRow, ...]
    months: int
    total: Sum | None
    unattributed: Sum | None
    hhi: Fraction | None
    as_if: Fraction | None
    base: Base | None
    reason: str | None
    position: int
    watermark: Instant | None


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """A client in a year to come; `units` None where nothing says them."""

    client: str
    units: Fraction | None
    method: Method | None
    share: Fraction | None
    client_class: ClientClass | None


@dataclass(frozen=True, slots=True)
class YearRow:
    """The mix of a year to come: a forecast."""

    year: int
    window: str
    clients: tuple[ExpectedRow, ...]
    total: Fraction | None
    hhi: Fraction | None
    as_if: Fraction | None
    base: Base | None


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """`window`: the twelve months that the trend goes on from."""

    offer: str
    meter: str
    unit: str
    window: str
    years: tuple[YearRow, ...]
    reason: str | None
    position: int
    watermark: Instant | None
