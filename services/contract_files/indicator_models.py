"""The kinds of indicators, one model each. A new kind is a model here and its name in `names.KINDS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from domain.recurrence import DayRule
from domain.saying import said, said_by
from services.contract_files import bounds
from services.contract_files.leaves import (
    Amount,
    BandText,
    DueTimeText,
    DurationText,
    ElapsedText,
    Number,
    PathText,
    PlainPer,
    PlusText,
    Text,
    ToleranceText,
)
from services.contract_files.model_base import (
    TAG,
    SelectorModel,
    Strict,
    TextOrTexts,
    WhereMap,
    by_shape,
    exactly_one,
    may,
    need,
    not_twice,
)
from services.contract_files.readings import joined
from services.contract_files.scalars import Complaint

_RULE = said(
    "such as monday, [monday, thursday], day, working day, first working day of the month, last "
    'working day of the quarter, or an RFC 5545 rule such as "FREQ=MONTHLY;BYMONTHDAY=5"'
)


def not_too_many(stated: Mapping[str, object] | None) -> None:
    """Raises Complaint where keys of the writer's own are more than a table may have, or longer than a line."""
    if len(stated or ()) > bounds.CHOICES:
        raise Complaint(
            said("{count:,} keys are too many", count=len(stated or ())),
            said("at most {choices}", choices=bounds.CHOICES),
        )
    if (longest := max(map(len, stated or ("",)), default=0)) > bounds.LINE:
        raise Complaint(
            said("a key has {longest:,} letters", longest=longest), said("at most {line}", line=bounds.LINE)
        )


def day_rule(value: str | list[str]) -> str | list[str]:
    """Raises Complaint unless a text, or a list as one text, is a day rule."""
    try:
        DayRule.check(joined(value))
    except ValueError as error:
        raise Complaint(said_by(error)) from None
    return value


RuleText = Annotated[TextOrTexts, AfterValidator(day_rule)]


class DueModel(Strict):
    """When a dated deliverable is due."""

    every: RuleText = need("The days, " + _RULE)
    at: Annotated[
        Annotated[DueTimeText, Tag("·text")]
        | Annotated[
            list[DueTimeText],
            Field(min_length=1, max_length=bounds.TIMES_OF_DAY),
            AfterValidator(not_twice),
            Tag("·list"),
        ],
        by_shape(said('a time of day such as "10:00", or a list of them')),
    ] = need('The time of day, such as "10:00", or a list of them')


class KeyModel(Strict):
    """Where the producer names the due date, and how much later the date it names is due."""

    path: PathText = need("Where the date, ISO week, month, quarter, half or year stands")
    plus: PlusText = may("How much later than named it is due, such as 1 week")


class PunctualityModel(Strict):
    """One occurrence per date of the rule: delivered in time or not."""

    kind: Literal["punctuality"] = need("The kind of indicator")
    delivered: SelectorModel = need("The events that deliver")
    due: DueModel = need("When it is due")
    key: Annotated[
        Annotated[PathText, Tag("·text")] | Annotated[KeyModel, Tag("·keys")],
        by_shape(said("a path such as data.week, or {path: data.week, plus: 1 week}")),
    ] = may("The producer's own name for the due date")
    early: DurationText = may("How early a delivery may come, to match by time where there is no key")
    tolerance: ToleranceText = may("How much lateness is accepted; default none")
    warn: DurationText = may("How long before the limit to warn")
    on_closed_day: Literal["previous", "next", "same", "skip"] = may("Where a due on a closed day goes; default same")


class _Cases(Strict):
    """What `deadline` and `turnaround` share."""

    opened: SelectorModel = need("The events that open a case")
    closed: SelectorModel = need("The events that close it")
    key: PathText = may("What names the case; default subject")
    changed: SelectorModel = may("The events that change what the limit reads")
    reopened: SelectorModel = may("The events that void the closing")
    cancelled: SelectorModel = may("The events that cancel the case")
    on_cancel: Literal["dropped", "failed"] = may("What a cancelled case becomes; default dropped")
    warn: DurationText = may("How long before the limit to warn")


class DeadlineModel(_Cases):
    """One occurrence per case, which carries its own due time."""

    kind: Literal["deadline"] = need("The kind of indicator")
    due: PathText = need("Where the opening event says when the case is due")
    without_due: Literal["ignore", "met"] = may("What a case without due becomes; default ignore")
    tolerance: ToleranceText = may("How much lateness is accepted; default none")


class DurationTableModel(Strict):
    """A duration chosen by the value at a path; every other key is a value."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, DurationText] = Field(init=False)

    by: PathText = need("Where the value stands")
    else_: DurationText = may("The duration for every other value", alias="else")

    @model_validator(mode="after")
    def _has_choices(self) -> DurationTableModel:
        not_too_many(self.__pydantic_extra__)
        if not self.__pydantic_extra__:
            raise Complaint(
                said("the table has no values"), said('such as {by: data.priority, "1": 4 h, else: 2 days}')
            )
        return self


Limit = Annotated[
    Annotated[DurationText, Tag("·text")] | Annotated[DurationTableModel, Tag("·keys")],
    by_shape(said('a duration such as 4 h, or a table such as {by: data.priority, "1": 4 h, else: 2 days}')),
]


class PauseCausesModel(Strict):
    """Which reasons stop the clock, by who causes them; every key but `path` is a name (client, supplier, none…)."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[
        str, Annotated[list[Text], Field(max_length=bounds.CHOICES), AfterValidator(not_twice)]
    ] = Field(init=False)

    path: PathText = need("Where the reason of a pause stands")

    @model_validator(mode="after")
    def _has_few_names(self) -> PauseCausesModel:
        not_too_many(self.__pydantic_extra__)
        return self


class TurnaroundModel(_Cases):
    """One occurrence per case, due so long after its opening."""

    model_config = exactly_one("within", "under")

    kind: Literal["turnaround"] = need("The kind of indicator")
    within: Limit = may("The limit; reaching it is still in time")
    under: Limit = may("The limit; reaching it is too late")
    paused: SelectorModel = may("The events that stop the clock")
    resumed: SelectorModel = may("The events that let it run again")
    pause_causes: PauseCausesModel = may("Which reasons stop the clock; default all")

    @model_validator(mode="after")
    def _has_one_limit(self) -> TurnaroundModel:
        if (self.within is None) == (self.under is None):
            raise Complaint(
                said("it says neither within nor under")
                if self.within is None
                else said("it says both within and under"),
                said("exactly one of the two, such as within: 4 h"),
            )
        for name, other in (("resumed", self.resumed), ("pause_causes", self.pause_causes)):
            if other is not None and self.paused is None:
                raise Complaint(
                    said("it says {name}, but nothing pauses", name=name), said("add paused, or leave it out")
                )
        return self


class ConformityModel(Strict):
    """One occurrence per event (or key): good or not."""

    kind: Literal["conformity"] = need("The kind of indicator")
    each: SelectorModel = need("The events that are judged")
    good: WhereMap = need("The conditions by path that make it good")
    key: PathText = may("What names the item whose last event decides; default each event for itself")


class MeasureModel(Strict):
    """A number that each event (or key) carries, put together over the period."""

    kind: Literal["measure"] = need("The kind of indicator")
    each: SelectorModel = need("The events that are measured")
    value: PathText = need("Where the number stands")
    aggregate: Literal["mean", "median", "p90", "p95", "p99", "max", "min", "sum", "count"] = need(
        "How the numbers are put together; percentiles by nearest rank"
    )
    unit: Literal["s", "min", "h"] = may("What the number is, where it is a time; targets such as 4 h need it")
    key: PathText = may("What names the item whose last event counts; default each event for itself")


class SatisfactionModel(Strict):
    """One occurrence per answer: satisfied or not."""

    kind: Literal["satisfaction"] = need("The kind of indicator")
    answer: SelectorModel = need("The events that answer")
    score: PathText = need("Where the score stands")
    scale: list[Number] = need("The lowest and the highest score, such as [1, 5]", max_length=2)
    satisfied: Number = need("The least score that is satisfied")
    key: PathText = may("What names the answer whose last event counts; default each event for itself")

    @model_validator(mode="after")
    def _has_a_scale(self) -> SatisfactionModel:
        if len(self.scale) != 2 or self.scale[0] >= self.scale[1]:
            raise Complaint(said("the scale is not a lowest and a highest score"), said("such as scale: [1, 5]"))
        if not self.scale[0] <= self.satisfied <= self.scale[1]:
            low, high = self.scale
            raise Complaint(
                said("satisfied: {satisfied} is off the scale", satisfied=self.satisfied),
                said("from {low} to {high}", low=low, high=high),
            )
        return self


class VolumeModel(Strict):
    """One occurrence per period: as much as expected or not."""

    kind: Literal["volume"] = need("The kind of indicator")
    each: SelectorModel = need("The events that are counted, or whose values are summed")
    per: PlainPer = need("The period that is counted")
    expected: Amount = need("How much is expected in each period")
    band: BandText = need("By how much it may differ, such as 10 %; both ends included")
    value: PathText = may("Where the number to be summed stands; default each event counts one")


class AvailabilityModel(Strict):
    """One occurrence per outage; the share of the service time that is up."""

    kind: Literal["availability"] = need("The kind of indicator")
    down: SelectorModel = need("The events that say that a subject is down")
    up: SelectorModel = need("The events that say that it is up")
    ignore_shorter_than: ElapsedText = may("Outages shorter than this do not count; default all do")


class FreshnessModel(Strict):
    """One occurrence per stale stretch; the share of the service time that is fresh."""

    kind: Literal["freshness"] = need("The kind of indicator")
    updated: SelectorModel = need("The events that bring news")
    max_age: DurationText = need("How old the last news may be")


MODELS_BY_KIND: dict[str, type[Strict]] = {
    "punctuality": PunctualityModel,
    "deadline": DeadlineModel,
    "turnaround": TurnaroundModel,
    "conformity": ConformityModel,
    "measure": MeasureModel,
    "availability": AvailabilityModel,
    "volume": VolumeModel,
    "freshness": FreshnessModel,
    "satisfaction": SatisfactionModel,
}


def _kind(value: Any) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else None
    return TAG + kind if isinstance(kind, str) and kind in MODELS_BY_KIND else None


IndicatorModel = Annotated[
    Annotated[PunctualityModel, Tag("·punctuality")]
    | Annotated[DeadlineModel, Tag("·deadline")]
    | Annotated[TurnaroundModel, Tag("·turnaround")]
    | Annotated[ConformityModel, Tag("·conformity")]
    | Annotated[MeasureModel, Tag("·measure")]
    | Annotated[AvailabilityModel, Tag("·availability")]
    | Annotated[VolumeModel, Tag("·volume")]
    | Annotated[FreshnessModel, Tag("·freshness")]
    | Annotated[SatisfactionModel, Tag("·satisfaction")],
    Discriminator(_kind, custom_error_type="kind", custom_error_message="kind"),
]
