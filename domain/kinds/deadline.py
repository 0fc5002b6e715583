"""Deadline: a case that carries its own due time (MEANING §4 `deadline`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.alternatives import Ladder, longer_tolerances
from domain.cases import CaseRule, Limit, Timeline, selectors_of
from domain.events import ABSENT, OperationalEvent
from domain.faults import Fault, of_time
from domain.kinds.face import Face, Making, Wording, never, no_calendar, nothing
from domain.occurrences import Evidence, is_in_time
from domain.risk import limit_after
from domain.terms import Deadline
from domain.times import NotATime, TimeWithoutOffset, instant
from domain.versions import CommitmentVersion


class DeadlineRule(CaseRule[Deadline]):
    """The limit is the due time that its events name, and the tolerance."""

    def _value(self, role: str, event: OperationalEvent) -> str | int | None:
        return _due_value(event.lookup(self.terms.due)) if role in ("opened", "changed") else None

    def _is_met_without_due(self) -> bool:
        return self.terms.without_due == "met"

    def _cancels(self, cancellation: Evidence, limit: Limit) -> bool:
        """At the limit it still does; midnight is too late for `end of day`."""
        return is_in_time(cancellation.time, limit.last, limit.is_strict)

    def _limit(
        self, timeline: Timeline, evidence: Sequence[Evidence], version: CommitmentVersion
    ) -> Limit | str | None:
        value = self._value_in_force(timeline, evidence)
        if value is None:
            return None
        if not isinstance(value, int):
            return "due-unreadable"
        return Limit(value, *limit_after(value, self.terms.tolerance, version))


def _due_value(value: object) -> str | int | None:
    """The due time as an instant; its text where it cannot be read; None where there is none."""
    if value is ABSENT:
        return None
    if not isinstance(value, str):
        return f"not a time: {value!r}"[:200]
    try:
        return instant(value)
    except (NotATime, TimeWithoutOffset):
        return value[:200]


def _rules(wordings: Sequence[Wording[Deadline]], making: Making) -> list[DeadlineRule]:
    return [DeadlineRule(one.terms, one.variant, selectors_of(one.terms), making.versions) for one in wordings]


def _faults(terms: Deadline, event: OperationalEvent) -> list[Fault]:
    return list(of_time(terms.due, event))


def _alternatives(terms: Deadline) -> Iterator[Ladder]:
    yield tuple(longer_tolerances(terms))


FACE = Face(
    terms=Deadline,
    counts="occurrences",
    is_known_ahead=False,
    has_limit=True,
    is_of_items=False,
    is_excused_by_closures=False,
    can_be_closed=never,
    selectors=selectors_of,
    key=lambda terms: terms.key,
    warn=lambda terms: terms.warn,
    counted_per=nothing,
    named_after="key",
    looks_at=lambda terms: (terms.opened, terms.closed, terms.due),
    aggregate=nothing,
    put_together=None,
    is_known_from_first_event=False,
    unit=nothing,
    rules=_rules,
    faults=_faults,
    alternatives=_alternatives,
    working_calendar=no_calendar,
)
