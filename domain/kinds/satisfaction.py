"""Satisfaction: each answer is one occurrence, satisfied or not (MEANING §4 `satisfaction`)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from domain.events import OperationalEvent
from domain.faults import Fault, of_number
from domain.items import UNREADABLE, Conclusion, ItemRule, number_at
from domain.kinds.face import Face, Making, Wording, never, no_alternatives, no_calendar, nothing
from domain.occurrences import Verdict
from domain.sums import Values
from domain.terms import Satisfaction


class SatisfactionRule(ItemRule[Satisfaction]):
    """What lies off the scale is unknown."""

    def _value(self, event: OperationalEvent) -> str | bool | None:
        return number_at(self.terms.score, event)

    def _conclude(self, value: str | int | bool | None) -> Conclusion:
        if value is None:
            return UNREADABLE
        score = Decimal(value)
        low, high = self.terms.scale
        if not low <= score <= high:
            return "owed", Verdict.UNKNOWN, "off-the-scale"
        return "owed", Verdict.MET if score >= self.terms.satisfied else Verdict.FAILED, None


def _rules(wordings: Sequence[Wording[Satisfaction]], making: Making) -> list[SatisfactionRule]:
    return [SatisfactionRule(one.terms, one.variant, one.terms.answer, making.versions) for one in wordings]


def _faults(terms: Satisfaction, event: OperationalEvent) -> list[Fault]:
    return list(of_number(terms.score, event))


def _put_together(terms: Satisfaction, numbers: Sequence[Fraction]) -> Values:
    low, high = terms.scale
    return Values("mean", numbers, (Fraction(low), Fraction(high)))


FACE = Face(
    terms=Satisfaction,
    counts="occurrences",
    is_known_ahead=False,
    has_limit=False,
    is_of_items=True,
    is_excused_by_closures=False,
    can_be_closed=never,
    selectors=lambda terms: (("answer", terms.answer),),
    key=lambda terms: terms.key,
    warn=nothing,
    counted_per=nothing,
    named_after="event",
    looks_at=lambda terms: (terms.answer, terms.score),
    aggregate=lambda terms: "mean",
    put_together=_put_together,
    is_known_from_first_event=False,
    unit=nothing,
    rules=_rules,
    faults=_faults,
    alternatives=no_alternatives,
    working_calendar=no_calendar,
)
