"""Turnaround: a case that is due so long after its opening (MEANING §4 `turnaround`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.alternatives import Ladder, longer_limits
from domain.calendars import Calendar, later
from domain.cases import Account, CaseRule, Limit, Timeline, selectors_of
from domain.durations import Duration, WorkingDays, WorkingHours
from domain.events import OperationalEvent
from domain.kinds.face import Face, Making, Wording, no_faults, nothing, only
from domain.occurrences import Evidence, is_in_time
from domain.pauses import counted_pauses, push_by_pauses
from domain.routing import text_of
from domain.terms import DurationTable, Selector, Turnaround
from domain.versions import CommitmentVersion


class TurnaroundRule(CaseRule[Turnaround]):
    """The limit is so long after the opening, by the value of the case where there are several, moved by pauses."""

    def _value(self, role: str, event: OperationalEvent) -> str | int | None:
        terms = self.terms
        if role in ("opened", "changed"):
            return text_of(event.lookup(terms.limit.by)) if isinstance(terms.limit, DurationTable) else None
        if role == "paused" and terms.pause_causes is not None:
            return text_of(event.lookup(terms.pause_causes.path))
        return None

    def _is_met_without_due(self) -> bool:
        return False

    def _cancels(self, cancellation: Evidence, limit: Limit) -> bool:
        """A cancellation at the limit counts, with `under` too."""
        return is_in_time(cancellation.time, limit.last, False)

    def _working_calendar(self, version: CommitmentVersion) -> Calendar | None:
        return _working_calendar(self.terms, version)

    def _limit(
        self, timeline: Timeline, evidence: Sequence[Evidence], version: CommitmentVersion
    ) -> Limit | str | None:
        terms = self.terms
        duration = _duration(terms, self._value_in_force(timeline, evidence))
        if duration is None:
            return "no-duration-for-value"
        due = later(timeline.opening.time, duration, version.zone, version.calendar)
        if terms.paused is None:
            return Limit(due, due, terms.under)
        calendar = _calendar_of(duration, version)
        due, is_paused = push_by_pauses(due, evidence, timeline.opening, timeline.closing, terms, calendar)
        return Limit(due, due, terms.under, is_paused)

    def account(self, evidence: Sequence[Evidence]) -> Account | None:
        terms = self.terms
        timeline, version = self._opened(evidence)
        if timeline is None or version is None:
            return None
        evidence = self._until_cancelled(timeline, evidence, version)
        value = self._value_in_force(timeline, evidence)
        duration = _duration(terms, value)
        if duration is None:
            return None
        due = later(timeline.opening.time, duration, version.zone, version.calendar)
        calendar = _calendar_of(duration, version)
        pauses = counted_pauses(due, evidence, timeline.opening, timeline.closing, terms, calendar)
        counted = tuple(pauses) if terms.paused is not None else ()
        text = str(value) if value is not None else None
        is_named = isinstance(terms.limit, DurationTable) and text in dict(terms.limit.choices)
        return Account(duration, due, counted, text, is_named)


def _duration(terms: Turnaround, value: str | int | bool | None) -> Duration | None:
    return terms.limit if not isinstance(terms.limit, DurationTable) else _chosen(terms.limit, value)


def _chosen(table: DurationTable, value: str | int | bool | None) -> Duration | None:
    return dict(table.choices).get(str(value), table.otherwise) if value is not None else table.otherwise


def _calendar_of(duration: Duration, version: CommitmentVersion) -> Calendar | None:
    """The calendar that pauses are measured by, where the limit is in working time."""
    return version.calendar if isinstance(duration, WorkingHours | WorkingDays) else None


def _every_limit(terms: Turnaround) -> list[Duration]:
    limit = terms.limit
    if not isinstance(limit, DurationTable):
        return [limit]
    return [*(one for _, one in limit.choices), *([limit.otherwise] if limit.otherwise is not None else [])]


def _can_be_closed(terms: Turnaround) -> bool:
    return any(isinstance(one, WorkingHours | WorkingDays) for one in _every_limit(terms))


def _working_calendar(terms: Turnaround, version: CommitmentVersion) -> Calendar | None:
    is_working = all(isinstance(one, WorkingHours | WorkingDays) for one in _every_limit(terms))
    return version.calendar if is_working else None


def _selectors(terms: Turnaround) -> tuple[tuple[str, Selector], ...]:
    return (*selectors_of(terms), *only(("paused", terms.paused), ("resumed", terms.resumed)))


def _rules(wordings: Sequence[Wording[Turnaround]], making: Making) -> list[TurnaroundRule]:
    return [TurnaroundRule(one.terms, one.variant, _selectors(one.terms), making.versions) for one in wordings]


def _alternatives(terms: Turnaround) -> Iterator[Ladder]:
    if not isinstance(terms.limit, DurationTable):
        yield tuple(longer_limits(terms, terms.limit))


FACE = Face(
    terms=Turnaround,
    counts="occurrences",
    is_known_ahead=False,
    has_limit=True,
    is_of_items=False,
    is_excused_by_closures=False,
    can_be_closed=_can_be_closed,
    selectors=_selectors,
    key=lambda terms: terms.key,
    warn=lambda terms: terms.warn,
    counted_per=nothing,
    named_after="key",
    looks_at=lambda terms: (terms.opened, terms.closed),
    aggregate=nothing,
    put_together=None,
    is_known_from_first_event=False,
    unit=nothing,
    rules=_rules,
    faults=no_faults,
    alternatives=_alternatives,
    working_calendar=_working_calendar,
)
