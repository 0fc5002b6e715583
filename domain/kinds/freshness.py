"""Freshness: one stale stretch is one occurrence; the share of the service time that is fresh (MEANING §4 `freshness`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from domain.calendars import CalendarEnded, later
from domain.events import OperationalEvent
from domain.kinds.face import Face, Making, Wording, no_alternatives, no_calendar, no_faults, nothing
from domain.occurrences import Evidence, Judgement, Verdict
from domain.routing import Route, evidence_of
from domain.selecting import selects
from domain.stretches import SignalRule, Stretch, bounds_of, stretch_owed, version_owing, version_reading
from domain.terms import Freshness
from domain.times import Instant, show
from domain.versions import CommitmentVersion


class StaleRule(SignalRule):
    """Data is stale once the last `updated` is older than `max_age`; at first, the start of validity is the last."""

    turning = "updated"

    def __init__(self, versions: Sequence[CommitmentVersion]):
        self._versions = tuple(versions)
        self._start = versions[0].start
        self.selectors = tuple(_freshness(one).updated for one in versions)

    def route(self, event: OperationalEvent) -> list[Route]:
        terms = _freshness(version_reading(self._versions, event.time))
        return [Route("", evidence_of(event, "updated", 0))] if selects(terms.updated, event) else []

    def stretches(self, subject: str, signals: Sequence[Evidence], is_whole: bool) -> list[Stretch]:
        found: list[Stretch] = []
        if is_whole and (not signals or signals[0].time > self._start):
            found += self._between(None, signals[0] if signals else None)
        for before, after in pairwise(signals):
            found += self._between(before, after)
        if signals:
            found += self._between(signals[-1], None)
        return found

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement:
        start, end = bounds_of(evidence)
        version = version_owing(self._versions, start, end)
        if version is None:
            return Judgement("outside")
        was_updated_later = any(one.time > start for one in evidence[1:])
        if not was_updated_later and (watermark is None or watermark < start):
            return Judgement("waiting", opened=start, wake=start)
        judgement = stretch_owed(version, start, end, evidence)
        judgement.verdict = Verdict.FAILED
        return judgement

    def _between(self, before: Evidence | None, after: Evidence | None) -> Iterator[Stretch]:
        """The stale stretches after one update and before the next; what one wording calls stale and the next one too is
        one stretch."""
        updated = before.time if before is not None else self._start
        following = after.time if after is not None else None
        signals = tuple([one for one in (before, after) if one is not None])
        open_from: Instant | None = None
        upto: Instant | None = None
        validity_ends = self._versions[-1].end
        for index, version in enumerate(self._versions):
            try:
                since = later(updated, _freshness(version).max_age, version.zone, version.calendar)
            except CalendarEnded:
                continue
            start = since if index == 0 else max(since, version.start)
            if validity_ends is not None and start >= validity_ends:
                continue
            end = version.end if version is not self._versions[-1] else None
            if end is None or (following is not None and following < end):
                end = following
            if end is not None and (start >= end or end <= self._start):
                continue
            if open_from is not None and upto != start:
                yield self._stretch(open_from, upto, signals)
                open_from = None
            open_from = start if open_from is None else open_from
            upto = end
        if open_from is not None:
            yield self._stretch(open_from, upto, signals)

    @staticmethod
    def _stretch(start: Instant, end: Instant | None, signals: tuple[Evidence, ...]) -> Stretch:
        return Stretch(show(start), start, end, signals)


def _freshness(version: CommitmentVersion) -> Freshness:
    assert isinstance(version.criterion.indicator, Freshness)
    return version.criterion.indicator


def _rules(wordings: Sequence[Wording[Freshness]], making: Making) -> list[StaleRule]:
    """One for all versions."""
    return [StaleRule(making.versions)]


FACE = Face(
    terms=Freshness,
    counts="seconds",
    is_known_ahead=False,
    has_limit=False,
    is_of_items=False,
    is_excused_by_closures=False,
    can_be_closed=lambda terms: True,
    selectors=lambda terms: (("updated", terms.updated),),
    key=nothing,
    warn=nothing,
    counted_per=nothing,
    named_after="start",
    looks_at=lambda terms: (terms.updated,),
    aggregate=nothing,
    put_together=None,
    is_known_from_first_event=False,
    unit=nothing,
    rules=_rules,
    faults=no_faults,
    alternatives=no_alternatives,
    working_calendar=no_calendar,
)
