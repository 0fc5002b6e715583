"""Measure: each event carries a number, and the numbers of a period are put together (MEANING §4 `measure`)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from domain.durations import UNITS
from domain.events import OperationalEvent
from domain.faults import Fault, of_number
from domain.items import UNREADABLE, Conclusion, ItemRule, number_at
from domain.kinds.face import Face, Making, Wording, never, no_alternatives, no_calendar, nothing
from domain.occurrences import Verdict
from domain.sums import Values
from domain.terms import Measure, TimeUnit


class MeasureRule(ItemRule[Measure]):
    """One number has no verdict."""

    def _value(self, event: OperationalEvent) -> str | bool | None:
        return number_at(self.terms.value, event)

    def _conclude(self, value: str | int | bool | None) -> Conclusion:
        if value is None:
            return UNREADABLE
        return "measured", Verdict.PENDING, None


def _rules(wordings: Sequence[Wording[Measure]], making: Making) -> list[MeasureRule]:
    return [MeasureRule(one.terms, one.variant, one.terms.each, making.versions) for one in wordings]


def _faults(terms: Measure, event: OperationalEvent) -> list[Fault]:
    return list(of_number(terms.value, event))


def _unit(terms: Measure) -> TimeUnit | None:
    """A count of numbers is no time."""
    return terms.unit if terms.aggregate != "count" else None


def _put_together(terms: Measure, numbers: Sequence[Fraction]) -> Values:
    unit = _unit(terms)
    return Values(terms.aggregate, numbers, unit=UNITS[unit] if unit is not None else 1)


FACE = Face(
    terms=Measure,
    counts="values",
    is_known_ahead=False,
    has_limit=False,
    is_of_items=True,
    is_excused_by_closures=False,
    can_be_closed=never,
    selectors=lambda terms: (("each", terms.each),),
    key=lambda terms: terms.key,
    warn=nothing,
    counted_per=nothing,
    named_after="event",
    looks_at=lambda terms: (terms.each, terms.value),
    aggregate=lambda terms: terms.aggregate,
    put_together=_put_together,
    is_known_from_first_event=False,
    unit=_unit,
    rules=_rules,
    faults=_faults,
    alternatives=no_alternatives,
    working_calendar=no_calendar,
)
