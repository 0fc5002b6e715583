"""Punctuality: one date of a rule is one occurrence, delivered by its limit or not (MEANING §4)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from domain.alternatives import Ladder, later_dues, longer_tolerances
from domain.events import OperationalEvent
from domain.kinds.face import Face, Making, Wording, never, no_calendar, no_faults, nothing
from domain.occurrences import Evidence, Judgement, Verdict, is_in_time
from domain.risk import at_risk_from
from domain.routing import Route, evidence_of
from domain.schedule import Due, Schedule
from domain.selecting import selects
from domain.terms import KeyRule, Punctuality, Selector
from domain.times import Instant


@dataclass(frozen=True, slots=True)
class PunctualityRule:
    terms: Punctuality
    variant: int
    schedule: Schedule
    roles: ClassVar[tuple[str, ...]] = ("delivered",)
    is_known_ahead: ClassVar[bool] = True
    is_of_cases: ClassVar[bool] = False
    is_of_items: ClassVar[bool] = False

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return (self.terms.delivered,)

    def route(self, event: OperationalEvent) -> list[Route]:
        if not selects(self.terms.delivered, event):
            return []
        evidence = evidence_of(event, "delivered", self.variant)
        due, reason = self._due_of(event)
        if due is not None and due.version.variant != self.variant:
            return []
        return [Route(due.key if due else None, evidence, reason)]

    def by_hand(self, event: OperationalEvent, roles: Sequence[str]) -> list[Evidence]:
        """What the event says where a person puts it."""
        return [evidence_of(event, role, self.variant) for role in roles]

    def ahead(self, until: Instant) -> Iterator[tuple[Instant, str]]:
        return ((one.due, one.key) for one in self.schedule.through(until))

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement:
        due = self.schedule.named(key)
        if due is None or due.version.variant != self.variant:
            return Judgement("outside", strays=tuple(e.position for e in evidence), reason="no-such-date")
        delivery = evidence[0] if evidence else None
        verdict, wake = self._verdict(due, delivery, watermark)
        return Judgement(
            "owed",
            verdict,
            version=due.version.number,
            anchor=due.due,
            due=due.due,
            limit=due.limit,
            is_strict=due.is_strict,
            closed=delivery.time if delivery else None,
            wake=wake,
            risk_from=at_risk_from(due.limit, due.previous, self.terms.warn, due.version) if wake else None,
            reason=due.reason,
            decided_by=(delivery.position,) if delivery else (),
        )

    def _verdict(
        self, due: Due, delivery: Evidence | None, watermark: Instant | None
    ) -> tuple[Verdict, Instant | None]:
        if due.reason is not None:
            return Verdict.UNKNOWN, None
        if delivery is not None:
            in_time = is_in_time(delivery.time, due.limit, due.is_strict)
            return (Verdict.MET if in_time else Verdict.LATE), None
        if watermark is not None and watermark >= due.limit:
            return Verdict.MISSING, None
        return Verdict.PENDING, due.limit

    def _due_of(self, event: OperationalEvent) -> tuple[Due | None, str | None]:
        if self.terms.key is None:
            due = self.schedule.at(event.time)
            return due, None if due else "before-the-first-window"
        named = event.lookup(self.terms.key.path)
        if isinstance(named, str) and self.terms.key.plus == 0 and (due := self.schedule.meant_by(named)) is not None:
            return due, None
        span = named_span(named, self.terms.key) if isinstance(named, str) else None
        if span is None:
            return None, "key-absent-or-unreadable"
        dues = self.schedule.on_dates(*span)
        if len(dues) != 1:
            return None, "key-names-no-due-date" if not dues else "key-names-several-due-dates"
        return dues[0], None


_FORMS = {
    "day": re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII),
    "week": re.compile(r"(\d{4})-W(\d{2})", re.ASCII),
    "month": re.compile(r"(\d{4})-(\d{2})", re.ASCII),
    "quarter": re.compile(r"(\d{4})-Q([1-4])", re.ASCII),
    "half": re.compile(r"(\d{4})-H([12])", re.ASCII),
    "year": re.compile(r"(\d{4})", re.ASCII),
}


def named_span(text: str, rule: KeyRule) -> tuple[date, date] | None:
    """The local dates, both included, that a producer's date, ISO week, month, quarter, half or year stands for, moved
    by the rule's `plus`; None where the text is none of these."""
    for unit, form in _FORMS.items():
        if found := form.fullmatch(text):
            try:
                return _moved(unit, [int(part) for part in found.groups()], rule)
            except (ValueError, OverflowError):
                return None
    return None


_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def _moved(unit: str, parts: list[int], rule: KeyRule) -> tuple[date, date]:
    if unit == "day":
        first = last = date(*parts)
    elif unit == "week":
        first = date.fromisocalendar(parts[0], parts[1], 1)
        last = first + timedelta(days=6)
    else:
        months = _MONTHS[unit]
        first = date(parts[0], 1 if unit == "year" else (parts[1] - 1) * months + 1, 1)
        last = _plus_months(first, months) - timedelta(days=1)
    if rule.plus == 0:
        return first, last
    if rule.unit in ("day", "week"):
        shift = timedelta(days=rule.plus * (7 if rule.unit == "week" else 1))
        return first + shift, last + shift
    after = last + timedelta(days=1)
    shift_months = rule.plus * _MONTHS[rule.unit]
    if unit == "day":
        return _plus_months(first, shift_months), _plus_months(first, shift_months)
    return _plus_months(first, shift_months), _plus_months(after, shift_months) - timedelta(days=1)


def _plus_months(day: date, months: int) -> date:
    """The same day of the month that many months later, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _rules(wordings: Sequence[Wording[Punctuality]], making: Making) -> list[PunctualityRule]:
    """All wordings share the dates."""
    schedule = Schedule(making.versions)
    return [PunctualityRule(one.terms, one.variant, schedule) for one in wordings]


def _alternatives(terms: Punctuality) -> Iterator[Ladder]:
    yield tuple(later_dues(terms))
    yield tuple(longer_tolerances(terms))


FACE = Face(
    terms=Punctuality,
    counts="occurrences",
    is_known_ahead=True,
    has_limit=True,
    is_of_items=False,
    is_excused_by_closures=True,
    can_be_closed=never,
    selectors=lambda terms: (("delivered", terms.delivered),),
    key=nothing,
    warn=lambda terms: terms.warn,
    counted_per=nothing,
    named_after="key",
    looks_at=lambda terms: (terms.delivered,),
    aggregate=nothing,
    put_together=None,
    is_known_from_first_event=False,
    unit=nothing,
    rules=_rules,
    faults=no_faults,
    alternatives=_alternatives,
    working_calendar=no_calendar,
)
