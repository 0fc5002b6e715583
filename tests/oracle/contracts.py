"""Contracts as signed: which version is in force when, and what each commitment is worded like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from tests.oracle.calendars import Calendar, Interval
from tests.oracle.times import DAY, midnight, zone

if TYPE_CHECKING:
    from tests.oracle.agreed import Excuse

Tree = dict[str, Any]
T = TypeVar("T", date, datetime)

UNSAID: Tree = {"on_closed_day": "same", "tolerance": "0 min", "on_cancel": "dropped", "without_due": "ignore"}
"""What an indicator that does not say it means: to write it out changes nothing."""


@dataclass(frozen=True, eq=False)
class Version:
    """As signed; `calendars` are the published versions of its calendar that count for it."""

    number: int
    tree: Tree
    calendars: tuple[Tree, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        return zone(self.tree["timezone"])

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(self.calendars, self.tree["timezone"])

    @property
    def effective(self) -> date:
        return date.fromisoformat(self.tree.get("effective", self.tree["valid"]["from"]))

    @cached_property
    def start(self) -> datetime:
        return midnight(self.effective, self.zone)

    @property
    def last_day(self) -> date | None:
        until = self.tree["valid"].get("until")
        return date.fromisoformat(until) if until else None

    def criterion(self, clause: str) -> Tree | None:
        for deliverable in self.tree["deliverables"]:
            for criterion in deliverable["criteria"]:
                if f"{deliverable['id']}/{criterion['id']}" == clause:
                    return dict(criterion)
        return None


@dataclass(frozen=True)
class Clause:
    """A criterion while one version is in force, [start, end)."""

    version: Version
    criterion: Tree
    start: datetime
    end: datetime | None
    closed: tuple[Interval, ...] = ()

    @property
    def indicator(self) -> Tree:
        return dict(self.criterion["indicator"])

    @property
    def zone(self) -> ZoneInfo:
        return self.version.zone

    @cached_property
    def calendar(self) -> Calendar:
        return replace(self.version.calendar, closed=self.closed) if self.closed else self.version.calendar

    @property
    def targets(self) -> list[Tree]:
        return list(self.criterion.get("targets") or [self.criterion["target"]])

    @property
    def wording(self) -> object:
        """What splits a period when it changes."""
        version = self.version
        return (UNSAID | self.criterion["indicator"], self.targets, version.calendars, version.tree["timezone"])

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(frozen=True)
class Run:
    """Clauses that follow each other with the same wording: what becomes a segment of a period."""

    clauses: tuple[Clause, ...]

    @property
    def number(self) -> int:
        return self.clauses[0].version.number

    @property
    def targets(self) -> list[Tree]:
        return self.clauses[0].targets

    @property
    def start(self) -> datetime:
        return self.clauses[0].start

    @property
    def end(self) -> datetime | None:
        return self.clauses[-1].end


@dataclass(frozen=True)
class Contract:
    """All versions that both have signed, in the order of signing. `terminated`: its last day, where a party said so."""

    versions: tuple[Version, ...]
    terminated: date | None = None

    @cached_property
    def in_order(self) -> list[tuple[Version, datetime, datetime | None]]:
        """Each version with the time for which it is in force; of one date the last counts."""
        of_date = {one.effective: one for one in self.versions}
        ranked = sorted(of_date.values(), key=lambda one: (one.start, one.effective))
        nexts = [*(one.start for one in ranked[1:]), None]
        ends = [_earliest(then, self._end_of(one)) for one, then in zip(ranked, nexts, strict=True)]
        found = zip(ranked, ends, strict=True)
        return [(one, one.start, end) for one, end in found if end is None or one.start < end]

    def _end_of(self, version: Version) -> datetime | None:
        """Of what it says of its validity, or a party who terminated it."""
        last = _earliest(version.last_day, self.terminated)
        return midnight(last + DAY, version.zone) if last else None

    @property
    def newest(self) -> Version:
        return max({one.effective: one for one in self.versions}.values(), key=lambda one: (one.start, one.effective))

    @property
    def anchor(self) -> date:
        return date.fromisoformat(self.versions[0].tree["valid"]["from"])

    @property
    def start(self) -> datetime:
        return self.in_order[0][1]

    @property
    def end(self) -> datetime | None:
        return self.in_order[-1][2]

    @property
    def last_day(self) -> date | None:
        return _earliest(self.newest.last_day, self.terminated)

    def is_outside(self, start: datetime, end: datetime | None) -> bool:
        """Whether all of [start, end) lies before or after validity."""
        return (end is not None and end <= self.start) or (self.end is not None and start >= self.end)

    def names(self) -> list[str]:
        """`deliverable/criterion` of all clauses there ever were."""
        found: dict[str, None] = {}
        for version, _, _ in self.in_order:
            for deliverable in version.tree["deliverables"]:
                for criterion in deliverable["criteria"]:
                    found[f"{deliverable['id']}/{criterion['id']}"] = None
        return list(found)

    def id_of(self, name: str) -> str:
        return f"{self.versions[0].tree['contract']}/{name}"

    def clauses(self, name: str, excuses: tuple[Excuse, ...] = ()) -> list[Clause]:
        found = []
        for version, start, end in self.in_order:
            criterion = version.criterion(name)
            if criterion is not None:
                closed = [one.closes(self.id_of(name), criterion["indicator"]["kind"]) for one in excuses]
                cut = tuple(one for one in closed if one is not None)
                found.append(Clause(version, criterion, start, end, cut))
        return found


def _earliest(*moments: T | None) -> T | None:
    """None: never."""
    return min((one for one in moments if one is not None), default=None)


def clause_at(clauses: list[Clause], moment: datetime) -> Clause | None:
    return next((one for one in clauses if one.holds(moment)), None)


def runs(clauses: list[Clause]) -> list[Run]:
    found: list[list[Clause]] = []
    for clause in clauses:
        if found and found[-1][-1].end == clause.start and found[-1][-1].wording == clause.wording:
            found[-1].append(clause)
        else:
            found.append([clause])
    return [Run(tuple(one)) for one in found]
