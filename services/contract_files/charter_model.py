"""The model of a charter file (SHARED §1)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag, model_validator

from domain.saying import said
from services.contract_files import bounds
from services.contract_files.calendar_model import RebaselineModel
from services.contract_files.leaves import BandText, DateText, Id
from services.contract_files.model_base import Strict, Title, by_shape, exactly_one, may, need, not_twice, require_one
from services.contract_files.names import INTENTIONS
from services.contract_files.offer_leaves import KeptText, MoneyText, Month, PlaceText, Quantity, UnitPriceText


class FollowedModel(Strict):
    """An offer whose newer versions reach the charter at once."""

    name: Id = need("The name of the offer")
    follow: bool = may("Whether a newer version of it reaches the charter at once")


def _offer_shape(value: Any) -> str | None:
    return "·text" if isinstance(value, str) else "·keys" if isinstance(value, dict) else None


OfferText = Annotated[
    Annotated[Id, Tag("·text")] | Annotated[FollowedModel, Tag("·keys")],
    by_shape(said("the name of an offer, or {name: it-support, follow: true}"), _offer_shape),
]


class AimModel(Strict):
    """Growing or shrinking."""

    to: Quantity = may("What it is meant to come to, in units of a year")
    by: DateText = may("Until when")


class HoldModel(Strict):
    """Using as much as now."""

    at: Quantity = may("Units of a charter year")
    band: BandText = may("How far it may lie from that; default 10 %")


class CapModel(Strict):
    """Using no more than that."""

    at: Quantity = need("Units of a charter year")


class IntentionModel(Strict):
    """What the client means to do."""

    model_config = exactly_one(*INTENTIONS)

    grow: AimModel = may("To use more")
    hold: HoldModel = may("To use as much")
    cap: CapModel = may("To use no more than that")
    shrink: AimModel = may("To use less")
    meter: Id = need("The meter that is meant")

    @model_validator(mode="after")
    def _has_one_kind(self) -> IntentionModel:
        require_one(self, *INTENTIONS)
        return self


class QuotaModel(Strict):
    """A ceiling that is watched."""

    quantity: Quantity = need("Units of a charter year")
    per: Literal["year"] = need("The charter year")
    over: Literal["allowed", "billed"] = need("What is charged beyond it: nothing, or the price")
    price: UnitPriceText = may("Of a unit beyond it, where it is billed; default: the unit price")


class DataModel(Strict):
    """What its data are, and where they may lie."""

    kind: Literal["none", "personal", "sensitive"] = need("What is in them")
    residence: Annotated[
        list[PlaceText], Field(min_length=1, max_length=bounds.RESIDENCES), AfterValidator(not_twice)
    ] = may("Countries where they may lie, or EU")
    retention: KeptText = may("How long they are kept, such as 24 months")
    basis: Title = may("Why they may be kept")


class CharterModel(Strict):
    """What a client takes of an offer."""

    entente: Literal[1] = need("The version of the format")
    charter: Id = need("The name of the charter")
    title: Title = may("For people")
    offer: OfferText = need("The offer")
    client: Id = need("The service that takes it")
    contract: Id = may("The contract whose commitments are its levels")
    effective: DateText = need("From when this version is in force; the first one on the first of a month")
    level: Id = need("The level that is taken")
    intention: IntentionModel = may("What the client means to do")
    plan: Annotated[list[Quantity], Field(min_length=1, max_length=bounds.PLAN_YEARS)] = may(
        "Units of each charter year, from the first"
    )
    profile: Annotated[list[Month], Field(min_length=12, max_length=12)] = may(
        "How a year falls on its months, from January"
    )
    quota: QuotaModel = may("A ceiling that is watched")
    one_off: MoneyText = may("Paid once, in the first year, without tax")
    calendar: Id = may("The calendar of its delays")
    data: DataModel = may("What its data are, and where they may lie")
    rebaseline: RebaselineModel = may("Why what is past is agreed anew")
