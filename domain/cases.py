"""Cases: `deadline` and `turnaround` (MEANING §4). A case is opened, perhaps changed, paused, cancelled, reopened, closed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, NamedTuple, Protocol, TypeVar

from domain.calendars import Calendar, CalendarEnded
from domain.durations import Duration
from domain.events import OperationalEvent
from domain.occurrences import Evidence, Judgement, Standing, Verdict, is_in_time
from domain.pauses import CountedPause
from domain.risk import at_risk_from
from domain.routing import Route, evidence_of, key_of
from domain.selecting import selects
from domain.terms import OnCancel, Selector
from domain.times import Instant
from domain.versions import CommitmentVersion, version_in_force


@dataclass(slots=True)
class Timeline:
    """What the events of one case say, once they are in order."""

    opening: Evidence
    closing: Evidence | None
    cancellation: Evidence | None
    strays: tuple[int, ...]

    @property
    def flags(self) -> tuple[str, ...]:
        is_before = self.closing is not None and self.closing.time < self.opening.time
        return ("closed-before-opened",) if is_before else ()

    @property
    def decided_by(self) -> tuple[int, ...]:
        if self.closing is None:
            return (self.opening.position,)
        return (self.opening.position, self.closing.position)


@dataclass(slots=True)
class Limit:
    """Until when the case may be closed. `is_paused`: a counted pause runs, so that time alone decides nothing."""

    due: Instant
    last: Instant
    is_strict: bool
    is_paused: bool = False


class Account(NamedTuple):
    """What a limit is made of: the duration that the contract gives this case, the due time without pauses, and the pauses
    that moved it. `value`: that of the case by which the duration was looked up, where the contract has several; `is_named`:
    whether one of them is named after it."""

    duration: Duration
    due: Instant
    pauses: tuple[CountedPause, ...]
    value: str | None = None
    is_named: bool = False


class CaseTerms(Protocol):
    """What the wordings of cases have in common."""

    @property
    def opened(self) -> Selector: ...
    @property
    def closed(self) -> Selector: ...
    @property
    def changed(self) -> Selector | None: ...
    @property
    def reopened(self) -> Selector | None: ...
    @property
    def cancelled(self) -> Selector | None: ...
    @property
    def on_cancel(self) -> OnCancel: ...
    @property
    def key(self) -> str: ...
    @property
    def warn(self) -> Duration | None: ...


Terms = TypeVar("Terms", bound=CaseTerms)


class CaseRule(ABC, Generic[Terms]):
    """Kinds of cases differ only in where the limit comes from."""

    is_known_ahead = False
    is_of_cases = True
    is_of_items = False

    def __init__(
        self,
        terms: Terms,
        variant: int,
        named: Sequence[tuple[str, Selector]],
        versions: Sequence[CommitmentVersion],
    ):
        self.terms = terms
        self.variant = variant
        self.version_at = partial(version_in_force, versions)
        self.roles = tuple(role for role, _ in named)
        self.selectors = tuple(selector for _, selector in named)
        types = {kind for selector in self.selectors for kind in selector.types}
        self._by_type = {kind: [one for one in named if kind in one[1].types] for kind in types}

    def route(self, event: OperationalEvent) -> list[Route]:
        routes: list[Route] = []
        for role, selector in self._by_type.get(event.type, ()):
            if selects(selector, event):
                key = key_of(event.lookup(self.terms.key))
                evidence = evidence_of(event, role, self.variant, self._value(role, event))
                routes.append(Route(key, evidence, None if key else "no-key"))
        return routes

    def by_hand(self, event: OperationalEvent, roles: Sequence[str]) -> list[Evidence]:
        """What the event says where a person puts it."""
        return [evidence_of(event, role, self.variant, self._value(role, event)) for role in roles]

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement:
        """`evidence` is in order, and not empty."""
        timeline, version = self._opened(evidence)
        if timeline is None:
            strays = tuple(one.position for one in evidence if not self._opens_another(one))
            return Judgement("waiting", strays=strays, reason="no-opening")
        if version is None:
            return Judgement("outside", strays=tuple(e.position for e in evidence), reason="opened-outside-validity")
        try:
            limit = self._limit(timeline, self._until_cancelled(timeline, evidence, version), version)
        except CalendarEnded:
            limit = "calendar-ended"
        if limit is None or isinstance(limit, str):
            return self._without_limit(limit, timeline, version)
        return self._against(limit, timeline, version, watermark)

    def _opened(self, evidence: Sequence[Evidence]) -> tuple[Timeline | None, CommitmentVersion | None]:
        """The case that this wording sees, and the version in force at its opening; None outside validity."""
        timeline = _timeline(evidence)
        if timeline is None:
            return None, None
        version = self.version_at(timeline.opening.time)
        if version is None or version.variant == self.variant:
            return timeline, version
        return self._opened([one for one in evidence if not self._opens_another(one)])

    def _opens_another(self, one: Evidence) -> bool:
        """Whether another wording was in force at this opening: it opens what that one calls a case, and none here."""
        if one.role != "opened":
            return False
        version = self.version_at(one.time)
        return version is not None and version.variant != self.variant

    @abstractmethod
    def _value(self, role: str, event: OperationalEvent) -> str | int | None:
        """What the role needs of the event."""

    @abstractmethod
    def _limit(
        self, timeline: Timeline, evidence: Sequence[Evidence], version: CommitmentVersion
    ) -> Limit | str | None:
        """The limit; None without a due time; a reason where it cannot be known. Raises CalendarEnded."""

    @abstractmethod
    def _is_met_without_due(self) -> bool:
        """Whether a case without due time counts as met."""

    @abstractmethod
    def _cancels(self, cancellation: Evidence, limit: Limit) -> bool:
        """Whether the cancellation came while the case was open."""

    def _working_calendar(self, version: CommitmentVersion) -> Calendar | None:
        """The calendar that its limits are counted in; None where they run on while it is closed."""
        return None

    def account(self, evidence: Sequence[Evidence]) -> Account | None:
        """How a limit that the contract counts from the opening came about; None for what has none. Raises CalendarEnded."""
        return None

    def ahead(self, until: Instant) -> tuple[()]:
        return ()

    def _without_limit(self, reason: str | None, timeline: Timeline, version: CommitmentVersion) -> Judgement:
        """No due time (`reason` None), or one that cannot be known: the case stands in the period of its opening."""
        opening, closing = timeline.opening, timeline.closing
        is_met = reason is None and self._is_met_without_due()
        return Judgement(
            "owed" if is_met or reason is not None else "without_due",
            Verdict.MET if is_met else Verdict.UNKNOWN,
            version=version.number,
            anchor=opening.time,
            opened=opening.time,
            closed=closing.time if closing is not None else None,
            flags=timeline.flags,
            reason=reason,
            strays=timeline.strays,
            decided_by=timeline.decided_by,
        )

    def _against(
        self, limit: Limit, timeline: Timeline, version: CommitmentVersion, watermark: Instant | None
    ) -> Judgement:
        opening, closing, cancellation = timeline.opening, timeline.closing, timeline.cancellation
        standing: Standing = "owed"
        wake, risk, reason = None, None, None
        flags, decided_by = timeline.flags, timeline.decided_by
        if cancellation is not None and self._cancels(cancellation, limit):
            reason, decided_by = "cancelled", (opening.position, cancellation.position)
            standing = "dropped" if self.terms.on_cancel == "dropped" else "owed"
            verdict = Verdict.FAILED
        elif closing is not None:
            verdict = Verdict.MET if is_in_time(closing.time, limit.last, limit.is_strict) else Verdict.LATE
        elif limit.is_paused:
            verdict, flags = Verdict.PENDING, (*flags, "paused")
        elif watermark is not None and watermark >= limit.last:
            verdict = Verdict.MISSING
        else:
            verdict = Verdict.PENDING
            calendar = self._working_calendar(version)
            wake, risk = limit.last, at_risk_from(limit.last, opening.time, self.terms.warn, version, calendar)
        return Judgement(
            standing,
            verdict,
            version.number,
            limit.due,
            opening.time,
            limit.due,
            limit.last,
            limit.is_strict,
            closing.time if closing is not None else None,
            wake,
            risk,
            flags,
            reason,
            timeline.strays,
            decided_by,
        )

    def _until_cancelled(
        self, timeline: Timeline, evidence: Sequence[Evidence], version: CommitmentVersion
    ) -> Sequence[Evidence]:
        """What the limit is read from: a case that is cancelled in time, as it stood then, is over, so that no later pause
        or change moves its limit. Raises CalendarEnded."""
        if (cancellation := timeline.cancellation) is None:
            return evidence
        by_then = [one for one in evidence if one.time <= cancellation.time]
        limit = self._limit(timeline, by_then, version)
        return by_then if isinstance(limit, Limit) and self._cancels(cancellation, limit) else evidence

    def _value_in_force(self, timeline: Timeline, evidence: Sequence[Evidence]) -> str | int | bool | None:
        """What the limit is read from: the opening's value, or what a change made of it."""
        if self.terms.changed is None:
            return timeline.opening.value
        return _value_in_force(evidence, timeline.opening, timeline.closing)


def selectors_of(terms: CaseTerms) -> tuple[tuple[str, Selector], ...]:
    """Those of every case that are given, by their names."""
    named = (
        ("opened", terms.opened),
        ("closed", terms.closed),
        ("changed", terms.changed),
        ("reopened", terms.reopened),
        ("cancelled", terms.cancelled),
    )
    return tuple((role, selector) for role, selector in named if selector is not None)


def _timeline(evidence: Sequence[Evidence]) -> Timeline | None:
    """First opening, first closing that no `reopened` voids, first cancellation of an open case; None without opening."""
    opening = closing = cancellation = None
    strays: list[int] = []
    for one in evidence:
        role = one.role
        if role == "opened":
            if opening is None:
                opening = one
            elif closing is not None:
                strays.append(one.position)
        elif role == "closed":
            closing = closing or one
        elif role == "reopened":
            closing = None
        elif role == "cancelled" and closing is None:
            cancellation = cancellation or one
    return Timeline(opening, closing, cancellation, tuple(strays)) if opening is not None else None


def _value_in_force(
    evidence: Sequence[Evidence], opening: Evidence, closing: Evidence | None
) -> str | int | bool | None:
    """The opening's value, or that of the last `changed` at or before the closing (one before the opening too)."""
    value = opening.value
    for one in evidence:
        if one.role != "changed" or one.value is None:
            continue
        if closing is None or one.time <= closing.time:
            value = one.value
    return value
