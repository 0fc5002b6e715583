"""The model of a contract file (INTERFACE §1)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag, model_validator

from domain.saying import said
from services.contract_files import bounds
from services.contract_files.calendar_model import InlineCalendar, RebaselineModel
from services.contract_files.day_rules import RuleText
from services.contract_files.indicator_models import IndicatorModel
from services.contract_files.leaves import (
    AtLeast,
    AtMost,
    Count,
    DateText,
    DurationText,
    Entered,
    Id,
    Line,
    PersonId,
    PerText,
    RecipientText,
    SliceText,
    SomeTimeText,
    SureText,
    TimeText,
    UnitCount,
    Weight,
    ZoneText,
)
from services.contract_files.model_base import Strict, Title, by_shape, exactly_one, may, need, not_twice
from services.contract_files.names import TARGETS
from services.contract_files.scalars import Complaint


class TargetModel(Strict):
    """What must hold over a period: exactly one of the forms."""

    model_config = exactly_one(*TARGETS)

    at_least: AtLeast = may("A share of what was judged, such as 95 %; of a measure or a mean, its least value")
    at_most: AtMost = may("Of a measure, or a mean of scores: its greatest value")
    max_misses: Count = may("At most so many misses")
    max_consecutive_misses: Count = may("At most so many misses in a row")
    per: PerText = need("The period, or a rolling window such as 28 days")

    @model_validator(mode="after")
    def _has_one_form(self) -> TargetModel:
        if len(self.model_fields_set & set(TARGETS)) != 1:
            raise Complaint(said("a target has exactly one form"), said("one of {targets}", targets=", ".join(TARGETS)))
        return self


class CriterionModel(Strict):
    """One quality of a deliverable that is judged."""

    model_config = exactly_one("target", "targets")

    id: Id = need("The name in commitments: contract/deliverable/criterion")
    title: Title = may("For people")
    owner: Line = may("Who keeps the indicator alive")
    weight: Weight = may("In scores; default 1")
    indicator: IndicatorModel = need("How it is observed in events")
    target: TargetModel = may("What must hold over a period")
    targets: Annotated[list[TargetModel], Field(min_length=1, max_length=bounds.TARGETS), AfterValidator(not_twice)] = (
        may("Several targets")
    )
    min_count: Count = may("Fewer judged occurrences than this are no data")
    when_no_data: Literal["unknown", "breach", "ignore"] = may("What a period without data means; default unknown")
    each_miss: Literal["breach"] = may("Every miss is a breach of its own")
    slices: Annotated[
        list[SliceText], Field(min_length=1, max_length=bounds.SLICES), AfterValidator(not_twice), Entered("slices")
    ] = may("What figures are cut by")

    @model_validator(mode="after")
    def _has_targets(self) -> CriterionModel:
        if (self.target is None) == (self.targets is None):
            raise Complaint(
                said("it says no target") if self.target is None else said("it says both target and targets"),
                said("one of them, such as target: {at_least: 95 %, per: month}"),
            )
        return self


class DeliverableModel(Strict):
    """What one party owes the other."""

    id: Id = need("Unique in the contract")
    title: Title = may("For people")
    owed_by: Literal["supplier", "client"] = may("Who owes it; default supplier")
    depends_on: Annotated[
        list[Line], Field(max_length=bounds.DEPENDS_ON), AfterValidator(not_twice), Entered("names")
    ] = may("Deliverables of the other party it needs")
    criteria: list[CriterionModel] = need("What is judged", min_length=1, max_length=bounds.CRITERIA)


People = Annotated[
    list[PersonId], Field(min_length=1, max_length=bounds.PRESENT), AfterValidator(not_twice), Entered("names")
]


class ValidityModel(Strict):
    """Local dates, both included."""

    from_: DateText = need("The first day", alias="from")
    until: DateText = may("The last day; none: no end")


class PresentModel(Strict):
    """Who is to be there, by party."""

    supplier: People = may("People of the supplier")
    client: People = may("People of the client")


class ReviewModel(Strict):
    """When the parties meet."""

    every: RuleText = need('The days, such as "FREQ=MONTHLY;BYDAY=1TU"')
    at: TimeText = need('The time of day, such as "14:00"')
    duration: SomeTimeText = may("How long; default 1 h")
    place: Title = may("Where they meet, for people")
    pack: SomeTimeText = may("How long before it the pack is issued; default: not before")
    minutes_within: SomeTimeText = may("How long after its end its minutes are awaited; default: for ever")
    present: PresentModel = may("Who is to be there")


class RungModel(Strict):
    """A step of the ladder."""

    after: SomeTimeText = need("How long after the day on which an action was due")
    to: Annotated[
        Annotated[RecipientText, Tag("·text")]
        | Annotated[list[RecipientText], Field(min_length=1, max_length=4), AfterValidator(not_twice), Tag("·list")],
        by_shape(said("owner, supplier, client or arbiter, or a list of them")),
        Entered("texts"),
    ] = need("Who is told: owner, supplier, client or arbiter")


class EffectModel(Strict):
    """How the effect of an action is looked for."""

    after: UnitCount = may("How many units after it; default: those of a period, from 4 to 20")
    before: UnitCount = may("How many units before it; default: twice as many")
    sure: SureText = may("How sure one wants to be that it is no luck; default 90 %")


class ActionsModel(Strict):
    """How actions are followed."""

    evidence: Literal["required"] = may("Whether an action is closed only with evidence")
    remind: Annotated[
        list[SomeTimeText],
        Field(min_length=1, max_length=bounds.REMINDERS),
        AfterValidator(not_twice),
        Entered("names"),
    ] = may("How long before its day somebody is reminded of an action")
    effect: EffectModel = may("How the effect of actions is looked for")
    escalation: Annotated[list[RungModel], Field(min_length=1, max_length=bounds.RUNGS)] = may(
        "Who is told of an action whose day is over, and when"
    )


class CalendarReferenceModel(Strict):
    """A published calendar by name."""

    name: Id = need("The calendar")
    follow: bool = may("Take its new versions at once")


def _calendar_shape(value: Any) -> str | None:
    if isinstance(value, dict):
        return "·reference" if "name" in value or "follow" in value else "·inline"
    return "·text" if isinstance(value, str) else None


class ContractModel(Strict):
    """What a supplier and a client agreed."""

    entente: Literal[1] = need("The version of the format")
    contract: Id = need("The name of the contract")
    title: Title = may("For people")
    supplier: Id = need("The service that supplies")
    client: Id = need("The service that is supplied")
    timezone: ZoneText = need("An IANA name such as Europe/Paris")
    valid: ValidityModel = need("From when until when")
    effective: DateText = may("From when this version is in force; default valid.from; required in later versions")
    calendar: Annotated[
        Annotated[Id, Tag("·text")]
        | Annotated[CalendarReferenceModel, Tag("·reference")]
        | Annotated[InlineCalendar, Tag("·inline")],
        by_shape(said("a calendar's name, {name: …, follow: true}, or {open: …}"), _calendar_shape),
        Entered("calendar"),
    ] = may("Opening hours; none: always open")
    late_data: DurationText = may("How long after a period its figures stay open; default 0 min")
    review: ReviewModel = may("When the parties meet")
    actions: ActionsModel = may("How actions are followed")
    shown_to: Literal["parts"] = may("Who reads it besides: the services that are part of a party")
    deliverables: list[DeliverableModel] = need("What is owed", min_length=1, max_length=bounds.DELIVERABLES)
    rebaseline: RebaselineModel = may("For an amendment whose date has passed")
