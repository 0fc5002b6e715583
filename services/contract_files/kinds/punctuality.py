"""Punctuality in a file: one date of a rule is one occurrence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, Tag

from domain.durations import parse_duration
from domain.saying import said
from domain.terms import Criterion, DueRule, KeyRule, Punctuality
from services.contract_files import bounds, readings
from services.contract_files.dated_checks import Setting, dated_problems, dates_until
from services.contract_files.day_rules import RULE, RuleText
from services.contract_files.documents import Path, Problem, Tree
from services.contract_files.kinds.face import Face, Place, no_problems, shares_alone, times_at
from services.contract_files.leaves import DueTimeText, DurationText, Entered, PathText, PlusText, ToleranceText
from services.contract_files.model_base import SelectorModel, Strict, by_shape, may, need, not_twice
from services.contract_files.tree_reading import given, selector_of


class DueModel(Strict):
    """When a dated deliverable is due."""

    every: RuleText = need("The days, " + RULE)
    at: Annotated[
        Annotated[DueTimeText, Tag("·text")]
        | Annotated[
            list[DueTimeText],
            Field(min_length=1, max_length=bounds.TIMES_OF_DAY),
            AfterValidator(not_twice),
            Tag("·list"),
        ],
        by_shape(said('a time of day such as "10:00", or a list of them')),
        Entered("times"),
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
        Entered("key"),
    ] = may("The producer's own name for the due date")
    early: DurationText = may("How early a delivery may come, to match by time where there is no key")
    tolerance: ToleranceText = may("How much lateness is accepted; default none")
    warn: DurationText = may("How long before the limit to warn")
    on_closed_day: Literal["previous", "next", "same", "skip"] = may("Where a due on a closed day goes; default same")


def _read(tree: Tree) -> Punctuality:
    return Punctuality(
        delivered=selector_of(tree["delivered"]),
        due=DueRule(
            every=readings.joined(tree["due"]["every"]),
            at=tuple(sorted(readings.wall_time(one) for one in readings.as_list(tree["due"]["at"]))),
        ),
        on_closed_day=tree.get("on_closed_day", "same"),
        key=given(_key, tree.get("key")),
        early=given(parse_duration, tree.get("early")),
        tolerance=readings.tolerance(tree.get("tolerance", "0 min")),
        warn=given(parse_duration, tree.get("warn")),
    )


def _key(value: Any) -> KeyRule:
    if isinstance(value, str):
        return KeyRule(value)
    if "plus" not in value:
        return KeyRule(value["path"])
    count, unit = readings.later_unit(value["plus"])
    return KeyRule(value["path"], count, unit)  # type: ignore[arg-type]


def _times(tree: Tree) -> Iterator[tuple[Path, Any]]:
    yield from times_at("early", "tolerance", "warn")(tree)
    yield ("due", "every"), readings.joined(tree["due"]["every"])


def _problems(at: Place, criterion: Criterion, terms: Punctuality, setting: Setting) -> Iterator[Problem]:
    """Finds problems of the dates. Where the calendar never opens, no date says more."""
    return no_problems() if setting.never_opens else dated_problems(at.document, at.indicator, terms, setting)


FACE = Face(
    model=PunctualityModel,
    read=_read,
    times=_times,
    form_problems=no_problems,
    misfit=shares_alone,
    problems=_problems,
    has_dates=True,
    dates_until=dates_until,
)
