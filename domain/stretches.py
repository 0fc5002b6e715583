"""Stretches of time that are bad: outages and stale data (MEANING §4 `availability`, `freshness`).

Here one event says little: what counts is the time between two of them. The events of a subject, in order, are *signals*;
the stretches between them are the occurrences. All of it is a pure function of the set of signals.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from domain.events import OperationalEvent
from domain.occurrences import Evidence, Judgement
from domain.routing import Route
from domain.terms import Selector
from domain.times import Instant
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


class SignalRule(ABC):
    """One rule for all versions of a commitment: each event is read by the wording of its time."""

    turning: ClassVar[str]
    """The role after which all is good, so that what came before plays no part any more."""

    variant: int = 0
    selectors: tuple[Selector, ...]
    roles: tuple[str, ...] = ()
    is_known_ahead: bool = False
    is_of_cases: bool = False
    is_of_items: bool = False

    @abstractmethod
    def route(self, event: OperationalEvent) -> list[Route]:
        """The routes' keys are subjects."""

    @abstractmethod
    def stretches(self, subject: str, signals: Sequence[Evidence], is_whole: bool) -> list[Stretch]:
        """What lies between these signals of a subject, which are in order. `is_whole`: none came before the first."""

    @abstractmethod
    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement: ...

    def by_hand(self, event: OperationalEvent, roles: Sequence[str]) -> list[Evidence]:
        """Nobody says by hand what lies between events."""
        return []

    def ahead(self, until: Instant) -> tuple[()]:
        return ()


def bounds_of(evidence: Sequence[Evidence]) -> tuple[Instant, Instant | None]:
    """[start, end) of a stretch, from what its occurrence is judged from."""
    first = evidence[0]
    assert first.role == "stretch"
    assert first.value is None or isinstance(first.value, int)
    return first.time, first.value


def stretch_owed(
    version: CommitmentVersion, start: Instant, end: Instant | None, evidence: Sequence[Evidence]
) -> Judgement:
    """What every stretch has in common; its verdict is still to be said."""
    return Judgement(
        "owed",
        version=version.number,
        anchor=max(start, version.start),
        opened=start,
        due=start,
        closed=end,
        decided_by=positions_of(evidence),
    )


def positions_of(evidence: Sequence[Evidence]) -> tuple[int, ...]:
    """Those of the signals that gave the bounds."""
    return tuple([one.position for one in evidence[1:]])


def version_owing(
    versions: Sequence[CommitmentVersion], start: Instant, end: Instant | None
) -> CommitmentVersion | None:
    """The version in force at the start, or the first that the stretch reaches; None where it lies outside them all."""
    for one in versions:
        if (one.end is None or start < one.end) and (start >= one.start or end is None or end > one.start):
            return one
    return None


def version_reading(versions: Sequence[CommitmentVersion], at: Instant) -> CommitmentVersion:
    """The version by which an event of that time is read: the one in force, else the last before, else the first."""
    for one in reversed(versions):
        if one.start <= at:
            return one
    return versions[0]
