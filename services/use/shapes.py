"""Use and clients as JSON: what `--json` prints, and the API shows."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from services.api.shapes import Moment

Units = Annotated[str, Field(description="An exact decimal.", examples=["5400"])]
Share = Annotated[str, Field(description="With four places.", examples=["0.6000"])]
Reason = Annotated[
    Literal["not-shown-too-few"] | None, Field(description="Why what all clients used together is not shown.")
]
Class = Literal["primary", "secondary", "occasional"]
Base = Literal["dominated", "concentrated", "spread"]


class Cut(TypedDict):
    by: str
    value: str | None


class Consumption(TypedDict):
    """What one client used of a meter in a period. `units` is null while the period is to come; `total` is of all clients, without
    `unattributed`, which nobody's events say; `final` is what `units` were when the period became final. `unusable`: events without
    a number, in no sum."""

    offer: str
    meter: str
    client: str
    period: str
    state: Literal["open", "final", "restated"]
    units: Units | None
    share: Share | None
    total: Units | None
    unattributed: Units | None
    final: Units | None
    causes: list[int]
    unusable: int
    reason: Reason
    position: int
    watermark: Moment | None
    slice: NotRequired[Cut]


Client = TypedDict("Client", {"client": str, "units": Units, "share": Share | None, "class": Class | None})


class Clients(TypedDict):
    """Over the last complete months, `months` of twelve: no class is said of fewer."""

    offer: str
    meter: str
    window: str
    clients: list[Client]
    total: Units | None
    unattributed: Units | None
    hhi: Share | None
    as_if: Share | None
    base: Base | None
    months: int
    reason: Reason
    position: int
    watermark: Moment | None


ExpectedClient = TypedDict(
    "ExpectedClient",
    {
        "client": str,
        "units": Units | None,
        "method": Literal["declared", "trend"] | None,
        "share": Share | None,
        "class": Class | None,
    },
)


class Year(TypedDict):
    """A year to come."""

    year: int
    window: str
    clients: list[ExpectedClient]
    total: Units | None
    hhi: Share | None
    as_if: Share | None
    base: Base | None


class Forecast(TypedDict):
    """What signed charters declare, else the trend of the window; no figure rests on it."""

    offer: str
    meter: str
    window: str
    years: list[Year]
    reason: Reason
    position: int
    watermark: Moment | None
