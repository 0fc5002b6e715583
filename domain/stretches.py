"""Stretches of time that are bad: outages and stale data (MEANING §4 `availability`, `freshness`).

Here one event says little: what counts is the time between two of them. The events of a subject, in order, are *signals*;
the stretches between them are the occurrences. All of it is a pure function of the set of signals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

from domain.calendars import CalendarEnded, later
from domain.events import OperationalEvent
from domain.occurrences import Evidence, Judgement, Verdict
from domain.routing import Route, evidence_of, key_of
from domain.selecting import selects
from domain.terms import Availability, Freshness, Selector
from domain.times import Instant, show
from domain.versions import CommitmentVersion


class Stretch(NamedTuple):
    """[start, end) is bad; without end it goes on. `signals`: those that began and ended it."""

    key: str
    start: Instant
    end: Instant | None
    signals: tuple[Evidence, ...]

    def as_evidence(self) -> list[Evidence]:
        """What its occurrence is judged from: the bounds first, then the signals that set them."""
        return [Evidence("stretch", 0, self.start, None, "", "", 0, self.end), *self.signals]


class SignalRule(Protocol):
    """One rule for all versions of a commitment: each event is read by the wording of its time."""

    variant: int
    turning: str
    """The role after which all is good, so that what came before plays no part any more."""

    selectors: tuple[Selector, ...]

    def route(self, event: OperationalEvent) -> list[Route]:
        """The routes' keys are subjects."""

    def stretches(self, subject: str, signals: Sequence[Evidence], is_whole: bool) -> list[Stretch]:
        """What lies between these signals of a subject, which are in order. `is_whole`: none came before the first."""

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement: ...


class OutageRule:
    """A subject is down from the first `down` after an `up` (or after nothing) until its next `up`."""

    variant = 0
    turning = "up"

    def __init__(self, versions: Sequence[CommitmentVersion]):
        self._versions = tuple(versions)
        terms = [_availability(one) for one in versions]
        self.selectors = tuple(selector for one in terms for selector in (one.down, one.up))

    def route(self, event: OperationalEvent) -> list[Route]:
        terms = _availability(_reading(self._versions, event.time))
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
        version = _owing(self._versions, start, end)
        if version is None:
            return Judgement("outside", strays=_positions(evidence), reason="outside-validity")
        ignored = _availability(version).ignore_shorter_than.microseconds
        now = end if end is not None else watermark
        has_lasted = ignored == 0 or (now is not None and now - start >= ignored)
        judgement = _judgement(version, start, end, evidence)
        if has_lasted:
            judgement.verdict = Verdict.FAILED
        elif end is not None:
            judgement.verdict, judgement.reason = Verdict.MET, "shorter-than-counts"
        else:
            judgement.verdict, judgement.wake = Verdict.PENDING, start + ignored
        return judgement


class StaleRule:
    """Data is stale once the last `updated` is older than `max_age`; at first, the start of validity is the last."""

    variant = 0
    turning = "updated"

    def __init__(self, versions: Sequence[CommitmentVersion]):
        self._versions = tuple(versions)
        self._start = versions[0].start
        self.selectors = tuple(_freshness(one).updated for one in versions)

    def route(self, event: OperationalEvent) -> list[Route]:
        terms = _freshness(_reading(self._versions, event.time))
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
        version = _owing(self._versions, start, end)
        if version is None:
            return Judgement("outside")
        was_updated_later = any(one.time > start for one in evidence[1:])
        if not was_updated_later and (watermark is None or watermark < start):
            return Judgement("waiting", opened=start, wake=start)
        judgement = _judgement(version, start, end, evidence)
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


def bounds_of(evidence: Sequence[Evidence]) -> tuple[Instant, Instant | None]:
    """[start, end) of a stretch, from what its occurrence is judged from."""
    first = evidence[0]
    assert first.role == "stretch"
    assert first.value is None or isinstance(first.value, int)
    return first.time, first.value


def _outage(subject: str, down: Evidence, up: Evidence | None) -> Stretch:
    signals = (down,) if up is None else (down, up)
    return Stretch(f"{subject}@{show(down.time)}", down.time, up.time if up is not None else None, signals)


def _judgement(
    version: CommitmentVersion, start: Instant, end: Instant | None, evidence: Sequence[Evidence]
) -> Judgement:
    return Judgement(
        "owed",
        version=version.number,
        anchor=max(start, version.start),
        opened=start,
        due=start,
        closed=end,
        decided_by=_positions(evidence),
    )


def _positions(evidence: Sequence[Evidence]) -> tuple[int, ...]:
    return tuple([one.position for one in evidence[1:]])


def _owing(versions: Sequence[CommitmentVersion], start: Instant, end: Instant | None) -> CommitmentVersion | None:
    """The version in force at the start, or the first that the stretch reaches; None where it lies outside them all."""
    for one in versions:
        if (one.end is None or start < one.end) and (start >= one.start or end is None or end > one.start):
            return one
    return None


def _reading(versions: Sequence[CommitmentVersion], at: Instant) -> CommitmentVersion:
    """The version by which an event of that time is read: the one in force, else the last before, else the first."""
    for one in reversed(versions):
        if one.start <= at:
            return one
    return versions[0]


def _availability(version: CommitmentVersion) -> Availability:
    assert isinstance(version.criterion.indicator, Availability)
    return version.criterion.indicator


def _freshness(version: CommitmentVersion) -> Freshness:
    assert isinstance(version.criterion.indicator, Freshness)
    return version.criterion.indicator
