"""Turnaround in a file: a case that is due so long after its opening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, Tag, model_validator

from domain.durations import Elapsed, NominalDays, parse_duration
from domain.saying import said
from domain.terms import Criterion, DurationTable, PauseCauses, Turnaround
from services.contract_files import bounds
from services.contract_files.dated_checks import Setting
from services.contract_files.documents import Document, Path, Problem, Tree
from services.contract_files.kinds.cases import CasesModel
from services.contract_files.kinds.face import Face, Place, no_dates, shares_alone, times_at
from services.contract_files.leaves import DurationText, Entered, PathText, Text
from services.contract_files.model_base import (
    SelectorModel,
    Strict,
    by_shape,
    exactly_one,
    may,
    need,
    not_twice,
)
from services.contract_files.scalars import Complaint
from services.contract_files.tree_reading import given, optional_selector, selector_of


def _not_too_many(stated: Mapping[str, object] | None) -> None:
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


class DurationTableModel(Strict):
    """A duration chosen by the value at a path; every other key is a value."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, DurationText] = Field(init=False)

    by: PathText = need("Where the value stands")
    else_: DurationText = may("The duration for every other value", alias="else")

    @model_validator(mode="after")
    def _has_choices(self) -> DurationTableModel:
        _not_too_many(self.__pydantic_extra__)
        if not self.__pydantic_extra__:
            raise Complaint(
                said("the table has no values"), said('such as {by: data.priority, "1": 4 h, else: 2 days}')
            )
        return self


Limit = Annotated[
    Annotated[DurationText, Tag("·text")] | Annotated[DurationTableModel, Tag("·keys")],
    by_shape(said('a duration such as 4 h, or a table such as {by: data.priority, "1": 4 h, else: 2 days}')),
    Entered("limit"),
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
        _not_too_many(self.__pydantic_extra__)
        return self


class TurnaroundModel(CasesModel):
    """One occurrence per case, due so long after its opening."""

    model_config = exactly_one("within", "under")

    kind: Literal["turnaround"] = need("The kind of indicator")
    within: Limit = may("The limit; reaching it is still in time")
    under: Limit = may("The limit; reaching it is too late")
    paused: SelectorModel = may("The events that stop the clock")
    resumed: SelectorModel = may("The events that let it run again")
    pause_causes: Annotated[PauseCausesModel, Entered("causes")] = may("Which reasons stop the clock; default all")

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


def _read(tree: Tree) -> Turnaround:
    return Turnaround(
        opened=selector_of(tree["opened"]),
        closed=selector_of(tree["closed"]),
        limit=_limit(tree["under"] if "under" in tree else tree["within"]),
        under="under" in tree,
        paused=optional_selector(tree, "paused"),
        resumed=optional_selector(tree, "resumed"),
        pause_causes=given(_pause_causes, tree.get("pause_causes")),
        changed=optional_selector(tree, "changed"),
        reopened=optional_selector(tree, "reopened"),
        cancelled=optional_selector(tree, "cancelled"),
        on_cancel=tree.get("on_cancel", "dropped"),
        key=tree.get("key", "subject"),
        warn=given(parse_duration, tree.get("warn")),
    )


def _limit(value: Any) -> Any:
    if isinstance(value, str):
        return parse_duration(value)
    choices = sorted((name, text) for name, text in value.items() if name not in ("by", "else"))
    return DurationTable(
        by=value["by"],
        choices=tuple((name, parse_duration(text)) for name, text in choices),
        otherwise=given(parse_duration, value.get("else")),
    )


def _pause_causes(tree: Tree) -> PauseCauses:
    names = sorted(name for name in tree if name != "path")
    return PauseCauses(tree["path"], tuple((name, tuple(tree[name])) for name in names))


def _causes_said_twice(document: Document, indicator: Tree, at: Path) -> Iterator[Problem]:
    """Reasons that two parties cause."""
    stated: dict[str, str] = {}
    for name, reasons in indicator.get("pause_causes", {}).items():
        for index, reason in enumerate(reasons if name != "path" else ()):
            if reason in stated:
                path = (*at, "pause_causes", name, index)
                yield document.problem(
                    path,
                    said("“{reason}” stands under “{stated}” too", reason=reason, stated=stated[reason]),
                    said("one cause for a reason"),
                )
            stated.setdefault(reason, name)


def _problems(at: Place, criterion: Criterion, terms: Turnaround, setting: Setting) -> Iterator[Problem]:
    if terms.under:
        yield from _no_time(at.document, (*at.indicator, "under"), terms)


def _no_time(document: Document, at: Path, indicator: Turnaround) -> Iterator[Problem]:
    """Nothing is closed in less than no time. (Less than 0 working hours may be: until the next opening.)"""
    limits: Mapping[str | None, object] = (
        {None: indicator.limit}
        if not isinstance(indicator.limit, DurationTable)
        else {**dict(indicator.limit.choices), "else": indicator.limit.otherwise}
    )
    for name, limit in limits.items():
        if limit in (Elapsed(0), NominalDays(0)):
            path = at if name is None else (*at, name)
            yield document.problem(
                path, said("nothing is closed in less than no time"), said("a longer time, or `within`")
            )


FACE = Face(
    model=TurnaroundModel,
    read=_read,
    times=times_at("warn", "within", "under"),
    form_problems=_causes_said_twice,
    misfit=shares_alone,
    problems=_problems,
    has_dates=False,
    dates_until=no_dates,
)
