"""Availability: one outage is one occurrence; the share of the service time that is up (MEANING §4 `availability`)."""

from __future__ import annotations

from collections.abc import Sequence

from domain.events import OperationalEvent
from domain.kinds.face import Face, Making, Wording, no_alternatives, no_calendar, no_faults, nothing
from domain.occurrences import Evidence, Judgement, Verdict
from domain.routing import Route, evidence_of, key_of
from domain.selecting import selects
from domain.stretches import SignalRule, Stretch, bounds_of, positions_of, stretch_owed, version_owing, version_reading
from domain.terms import Availability
from domain.times import Instant, show
from domain.versions import CommitmentVersion


class OutageRule(SignalRule):
    """A subject is down from the first `down` after an `up` (or after nothing) until its next `up`."""

    turning = "up"

    def __init__(self, versions: Sequence[CommitmentVersion]):
        self._versions = tuple(versions)
        terms = [_availability(one) for one in versions]
        self.selectors = tuple(selector for one in terms for selector in (one.down, one.up))

    def route(self, event: OperationalEvent) -> list[Route]:
        terms = _availability(version_reading(self._versions, event.time))
        routes: list[Route] = []
        for role, selector in (("down", terms.down), ("up", terms.up)):
            if selects(selector, event):
                routes.append(Route(key_of(event.subject) or "", evidence_of(event, role, 0)))
        return routes

    def stretches(self, subject: str, signals: Sequence[Evidence], is_whole: bool) -> list[Stretch]:
        """Those that were over before validity only set the state with which it begins."""
        found: dict[str, Stretch] = {}
        down: Evidence | None = None
        for signal in signals:
            if signal.role == "down":
                down = down or signal
            elif down is not None:
                ended = _outage(subject, down, signal)
                found[ended.key] = ended
                down = None
        if down is not None:
            running = _outage(subject, down, None)
            found[running.key] = running
        began = self._versions[0].start
        return [one for one in found.values() if one.end is None or one.end > began]

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement:
        start, end = bounds_of(evidence)
        version = version_owing(self._versions, start, end)
        if version is None:
            return Judgement("outside", strays=positions_of(evidence), reason="outside-validity")
        ignored = _availability(version).ignore_shorter_than.microseconds
        now = end if end is not None else watermark
        has_lasted = ignored == 0 or (now is not None and now - start >= ignored)
        judgement = stretch_owed(version, start, end, evidence)
        if has_lasted:
            judgement.verdict = Verdict.FAILED
        elif end is not None:
            judgement.verdict, judgement.reason = Verdict.MET, "shorter-than-counts"
        else:
            judgement.verdict, judgement.wake = Verdict.PENDING, start + ignored
        return judgement


def _outage(subject: str, down: Evidence, up: Evidence | None) -> Stretch:
    signals = (down,) if up is None else (down, up)
    return Stretch(f"{subject}@{show(down.time)}", down.time, up.time if up is not None else None, signals)


def _availability(version: CommitmentVersion) -> Availability:
    assert isinstance(version.criterion.indicator, Availability)
    return version.criterion.indicator


def _rules(wordings: Sequence[Wording[Availability]], making: Making) -> list[OutageRule]:
    """One for all versions."""
    return [OutageRule(making.versions)]


FACE = Face(
    terms=Availability,
    counts="seconds",
    is_known_ahead=False,
    has_limit=False,
    is_of_items=False,
    is_excused_by_closures=False,
    can_be_closed=lambda terms: True,
    selectors=lambda terms: (("down", terms.down), ("up", terms.up)),
    key=nothing,
    warn=nothing,
    counted_per=nothing,
    named_after="start",
    looks_at=lambda terms: (terms.down, terms.up),
    aggregate=nothing,
    put_together=None,
    is_known_from_first_event=True,
    unit=nothing,
    rules=_rules,
    faults=no_faults,
    alternatives=no_alternatives,
    working_calendar=no_calendar,
)
