"""The model of an offer file (SHARED §1)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag, model_validator

from domain.saying import said
from services.contract_files import bounds
from services.contract_files.calendar_model import Hours
from services.contract_files.leaves import (
    BandText,
    DateText,
    DaysText,
    DurationText,
    Id,
    Line,
    PathText,
    Text,
    ZoneText,
)
from services.contract_files.model_base import (
    SelectorModel,
    Strict,
    Title,
    by_shape,
    exactly_one,
    may,
    need,
    not_twice,
    require_one,
)
from services.contract_files.offer_leaves import CurrencyText, Key, MoneyText, PartText, UnitPriceText


class ClientModel(Strict):
    """Whose use an event is."""

    path: PathText = need("Where the event says it")
    map: Annotated[dict[Text, Id], Field(min_length=1, max_length=bounds.MAPPED_CLIENTS)] = may(
        "The service for each text; without it, the text is the service"
    )
    else_: Literal["unattributed"] = may("What has no client is nobody's", alias="else")


class MeterModel(Strict):
    """What is counted."""

    id: Id = need("Its name among the meters")
    title: Title = may("For people")
    unit: Line = may("What one is, such as h; default: one event")
    each: SelectorModel = need("The events that are counted")
    value: PathText = may("Where the event says how many; default: each is one")
    client: ClientModel = need("Whose use it is")
    by: Annotated[list[PathText], Field(min_length=1, max_length=bounds.METER_CUTS), AfterValidator(not_twice)] = may(
        "Where it can be cut, beside hour and weekday"
    )


class FeatureModel(Strict):
    """A piece of the offer."""

    id: Id = need("Its name, as events say it")
    title: Title = may("For people")
    hours: Annotated[dict[DaysText, Hours], Field(min_length=1, max_length=7)] = may("When it is there")


class PriceModel(Strict):
    """A price from a day on."""

    from_: DateText = need("The first day", alias="from")
    meter: Id = need("The meter whose units it is of")
    unit_price: UnitPriceText = need('Of one unit, without tax, such as "48.00"')
    fixed: MoneyText = may("The fee of a charter year, without tax")


class LevelModel(Strict):
    """A level of the offer, with its prices."""

    id: Id = need("Its name among the levels")
    title: Title = may("For people")
    prices: list[PriceModel] = may("By date", max_length=bounds.PRICES)


class DriverModel(Strict):
    """By what a pool is divided."""

    model_config = exactly_one("meter", "keys")

    meter: Id = may("By the units of that meter in the month")
    keys: Annotated[dict[Id, Key], Field(min_length=1, max_length=bounds.MAPPED_CLIENTS)] = may("By these keys")

    @model_validator(mode="after")
    def _has_one_way(self) -> DriverModel:
        require_one(self, "meter", "keys")
        return self


def _driver_shape(value: Any) -> str | None:
    return "·text" if isinstance(value, str) else "·keys" if isinstance(value, dict) else None


DriverText = Annotated[
    Annotated[Literal["equal"], Tag("·text")] | Annotated[DriverModel, Tag("·keys")],
    by_shape(said("`equal`, {meter: …} or {keys: {client: 1}}"), _driver_shape),
]


class PoolModel(Strict):
    """A sort of cost."""

    id: Id = need("Its name among the pools")
    title: Title = may("For people")
    feature: Id = may("The piece that it is spent on")
    driver: DriverText = may("By what it is divided among clients; without it, it is allocated to nobody")


class OfferModel(Strict):
    """What a shared service offers to its clients."""

    entente: Literal[1] = need("The version of the format")
    offer: Id = need("The name of the offer")
    title: Title = may("For people")
    supplier: Id = need("The service that offers it")
    timezone: ZoneText = need("The zone of its months")
    currency: CurrencyText = need("Of all its money, such as EUR")
    effective: DateText = may("The day from which this version counts; default: all that ever came")
    late_data: DurationText = may("How long after its end a month stays open; default none")
    clients: Literal["service", "top"] = may(
        "Whether a client is a service, or the service at the top that it is part of"
    )
    primary_from: PartText = may("The share from which a client is primary; default 1/3")
    open_books: bool = may("Whether clients see costs; default false")
    meters: list[MeterModel] = need("What is counted", min_length=1, max_length=bounds.METERS)
    features: list[FeatureModel] = may("Pieces that a client may want or not", max_length=bounds.FEATURES)
    levels: list[LevelModel] = may("What can be taken, with prices", max_length=bounds.LEVELS)
    index: BandText = may("By how much prices grow with each year, such as 2 %")
    costs: list[PoolModel] = may("What it costs, by sort", max_length=bounds.POOLS)
