"""Conformity: each event is one occurrence, good or not (MEANING §4 `conformity`)."""

from __future__ import annotations

from collections.abc import Sequence

from domain.events import OperationalEvent
from domain.faults import Fault, of_conditions
from domain.items import UNREADABLE, Conclusion, ItemRule
from domain.kinds.face import Face, Making, Wording, never, no_alternatives, no_calendar, nothing
from domain.occurrences import Verdict
from domain.selecting import is_good
from domain.terms import Conformity


class ConformityRule(ItemRule[Conformity]):
    """What is read is whether all conditions hold."""

    def _value(self, event: OperationalEvent) -> str | bool | None:
        return is_good(self.terms.good, event)

    def _conclude(self, value: str | int | bool | None) -> Conclusion:
        if value is None:
            return UNREADABLE
        return "owed", Verdict.MET if value is True else Verdict.FAILED, None


def _rules(wordings: Sequence[Wording[Conformity]], making: Making) -> list[ConformityRule]:
    return [ConformityRule(one.terms, one.variant, one.terms.each, making.versions) for one in wordings]


def _faults(terms: Conformity, event: OperationalEvent) -> list[Fault]:
    return list(of_conditions(terms.good, event))


FACE = Face(
    terms=Conformity,
    counts="occurrences",
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
    looks_at=lambda terms: (terms.each, terms.good),
    aggregate=nothing,
    put_together=None,
    is_known_from_first_event=False,
    unit=nothing,
    rules=_rules,
    faults=_faults,
    alternatives=no_alternatives,
    working_calendar=no_calendar,
)
