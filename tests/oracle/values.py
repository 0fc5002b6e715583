"""Measures and satisfaction: one number per item, and figures that are put together from numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.cases import when
from tests.oracle.contracts import Clause, Tree
from tests.oracle.durations import ELAPSED, split
from tests.oracle.evidence import Event, exact, kind_of, value_at
from tests.oracle.items import deciding
from tests.oracle.occurrences import Occurrence

MEASURED = "measured"
"""The verdict of an item of a measure with a usable number: none, as the outside sees it."""


@dataclass(frozen=True)
class Valued(Occurrence):
    number: Fraction | None = None


def measured(clauses: list[Clause], events: list[Event]) -> list[Occurrence]:
    return [_measured(key, *found) for key, found in deciding(clauses, events, "each").items()]


def _measured(key: str, clause: Clause, event: Event) -> Valued:
    number = _number(value_at(event, clause.indicator["value"]))
    verdict = "unknown" if number is None else MEASURED
    return Valued(key, clause, when(event), verdict, when(event), when(event), number=number)


def answers(clauses: list[Clause], events: list[Event]) -> list[Occurrence]:
    return [_answer(key, *found) for key, found in deciding(clauses, events, "answer").items()]


def _answer(key: str, clause: Clause, event: Event) -> Valued:
    lowest, highest = (Fraction(str(one)) for one in clause.indicator["scale"])
    number = _number(value_at(event, clause.indicator["score"]))
    if number is None or not lowest <= number <= highest:
        return Valued(key, clause, when(event), "unknown", when(event), when(event))
    verdict = "met" if number >= Fraction(str(clause.indicator["satisfied"])) else "failed"
    return Valued(key, clause, when(event), verdict, when(event), when(event), number=number)


def _number(value: object) -> Fraction | None:
    found = exact(value)
    return found if kind_of(value) == "number" and isinstance(found, Fraction) else None


def numbers(occurrences: list[Occurrence]) -> list[Fraction]:
    """In order of size, of those that count."""
    counting = [one for one in occurrences if isinstance(one, Valued) and not one.excused]
    return sorted(one.number for one in counting if one.number is not None)


def together(aggregate: str, found: list[Fraction]) -> Fraction | None:
    """Of numbers in order of size; of none there is no value."""
    if not found:
        return None
    count = len(found)
    match aggregate:
        case "mean":
            return sum(found, Fraction()) / count
        case "median":
            return (found[(count - 1) // 2] + found[count // 2]) / 2
        case "max":
            return found[-1]
        case "min":
            return found[0]
        case "sum":
            return sum(found, Fraction())
        case "count":
            return Fraction(count)
    percent = int(aggregate.removeprefix("p"))
    return next(one for rank, one in enumerate(found, 1) if 100 * rank >= percent * count)


def is_of_value(target: Tree) -> bool:
    """Whether it is compared with a value: `at_most: 4 h`, `at_least: 4.2`."""
    return "at_most" in target or ("at_least" in target and "%" not in str(target["at_least"]))


def aggregate_of(indicator: Tree) -> str:
    return "mean" if indicator["kind"] == "satisfaction" else str(indicator["aggregate"])


@dataclass(frozen=True)
class Values:
    """The numbers of one wording in one period against a bound."""

    target: Tree
    clause: Clause
    occurrences: list[Occurrence]
    is_over: bool

    @property
    def bound(self) -> Fraction:
        """In the unit of the numbers."""
        said: Any = self.target.get("at_most", self.target.get("at_least"))
        if not isinstance(said, str):
            return Fraction(str(said))
        count, unit = split(said)
        return Fraction(count * ELAPSED[unit] / ELAPSED["s"]) / Fraction(
            ELAPSED[self.clause.indicator["unit"]] / ELAPSED["s"]
        )

    @property
    def value(self) -> Fraction | None:
        return together(aggregate_of(self.clause.indicator), numbers(self.occurrences))

    @property
    def fails(self) -> bool:
        if self.value is None:
            return False
        return self.value > self.bound if "at_most" in self.target else self.value < self.bound

    @property
    def is_beyond_hope(self) -> bool:
        """It fails and can go no way but the wrong one."""
        if not self.fails or self.is_over:
            return self.fails
        says = "at_most" if "at_most" in self.target else "at_least"
        indicator = self.clause.indicator
        if indicator["kind"] == "satisfaction":
            lowest, highest = (Fraction(str(one)) for one in indicator["scale"])
            return self.bound <= lowest if says == "at_most" else self.bound >= highest
        return (indicator["aggregate"], says) in (("max", "at_most"), ("min", "at_least"), ("count", "at_most"))


def status_of(segment: Values, has_enough: bool) -> str:
    if has_enough and segment.is_beyond_hope:
        return "breached"
    if not segment.is_over:
        return "open"
    return "met" if segment.value is not None else "no_data"
