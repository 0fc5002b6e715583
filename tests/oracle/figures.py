"""The figure of one commitment, target and period at one moment of the history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.oracle import cases, dated, items, more_figures, sums, timed, values
from tests.oracle.agreed import Excuse
from tests.oracle.contracts import Clause, Contract, Run, Tree, clause_at, runs
from tests.oracle.dated import Dated
from tests.oracle.durations import add, nominal
from tests.oracle.evidence import Event
from tests.oracle.occurrences import APART, MISSES, VERDICTS, Occurrence
from tests.oracle.periods import Cutting, Period, cutting, rolling_days, rolling_id
from tests.oracle.targets import Segment, ended, four_places, outlook_of, status_of, text, worst_of
from tests.oracle.times import local, midnight

Figure = dict[str, Any]
DATED = ("punctuality", "volume")


@dataclass(frozen=True)
class ClosedPeriod:
    """One that was final at the entry before. `was_outside`: of validity, when it became so.

    `may_go`: a signature may have taken it away.
    """

    target: int
    id: str
    start: datetime
    was_outside: bool
    may_go: bool


@dataclass(frozen=True)
class Commitment:
    """At one moment of the history: what is known of it then.

    `last` is the last day for which dates are made; `closed` are the final periods.
    """

    contract: Contract
    name: str
    events: list[Event]
    watermark: datetime | None
    last: date
    schedules: dict[Any, list[Dated]]
    closed: list[ClosedPeriod]
    excuses: tuple[Excuse, ...] = ()

    @cached_property
    def clauses(self) -> list[Clause]:
        return self.contract.clauses(self.name, self.excuses)

    @property
    def id(self) -> str:
        return self.contract.id_of(self.name)

    @property
    def kind(self) -> str:
        return str(self.clauses[0].indicator["kind"])

    @property
    def is_dated(self) -> bool:
        return self.kind in DATED

    def occurrences(self) -> list[Occurrence]:
        """What an excuse covers is hidden, and goes on to be judged underneath."""
        return [replace(one, excused=self._is_excused(one)) for one in self._owed()]

    def _is_excused(self, one: Occurrence) -> bool:
        return any(excuse.covers(self.id, self.kind, one) for excuse in self.excuses)

    def _owed(self) -> list[Occurrence]:
        match self.kind:
            case "punctuality":
                return dated.occurrences(self._schedule(), self.events, self.watermark)
            case "deadline" | "turnaround":
                return cases.occurrences(self.clauses, self.events, self.watermark)
            case "conformity":
                return items.occurrences(self.clauses, self.events)
            case "measure":
                return values.measured(self.clauses, self.events)
            case "satisfaction":
                return values.answers(self.clauses, self.events)
            case "volume":
                return sums.occurrences(self.contract, self.clauses, self.events, self.watermark, self.last)
            case "availability":
                return list(timed.outages(self.clauses, self.events, self.watermark))
            case "freshness":
                return list(timed.stale(self.clauses, self.events, self.watermark))
        raise AssertionError

    def _schedule(self) -> list[Dated]:
        """Kept from one entry to the next while the versions are the same."""
        key = (self.name, self.contract)
        if key not in self.schedules:
            self.schedules[key] = dated.schedule(self.contract, self.clauses, self.last)
        return self.schedules[key]

    def figures(self, owed: list[Occurrence]) -> list[Figure]:
        """Of all targets and periods."""
        most = max(len(clause.targets) for clause in self.clauses)
        return [one for index in range(most) for one in self._figures_of(index, owed)]

    def _figures_of(self, index: int, owed: list[Occurrence]) -> list[Figure]:
        days = rolling_days(self.clauses, index)
        if days is not None:
            return self._rolling(index, days, owed)
        cut = cutting(self.contract, self.clauses, index)
        if cut is None:
            return []
        placed: dict[Period, list[Occurrence]] = {}
        for one in owed:
            if index < len(one.clause.targets):
                placed.setdefault(cut.at(one.at), []).append(one)
        return [
            self._figure(index, period, placed.get(period, []), owed) for period in self._listed(cut, index, placed)
        ]

    def _rolling(self, index: int, days: int, owed: list[Occurrence]) -> list[Figure]:
        """The window [W - days, W), where the target was in force in it or anything falls in it."""
        if self.watermark is None:
            return []
        clause = clause_at(self.clauses, self.watermark) or self.clauses[-1]
        window = Period(rolling_id(days), nominal(self.watermark, -days, clause.zone), self.watermark)
        placed = [one for one in owed if index < len(one.clause.targets) and window.holds(one.at)]
        is_listed = bool(placed) or any(_meet(run, window) for run in runs(self.with_target(index)))
        return [self._figure(index, window, placed, owed)] if is_listed else []

    # Which periods

    def with_target(self, index: int) -> list[Clause]:
        return [one for one in self.clauses if index < len(one.targets)]

    def _listed(self, cut: Cutting, index: int, placed: dict[Period, list[Occurrence]]) -> list[Period]:
        """The first, those to the one that holds the watermark, those with a case or an item
        (with a date once time has reached them), and the closed ones.
        """
        found: dict[Period, None] = {cut.at(self.with_target(index)[0].start): None}
        for clause in self.with_target(index):
            reached = _reached(clause, self.watermark)
            if reached is not None:
                found |= dict.fromkeys(cut.between(clause.start, reached))
        time = self.watermark
        found |= {one: None for one in placed if not self.is_dated or (time is not None and one.start <= time)}
        for one in self.closed:
            period = cut.at(one.start)
            if (one.target, one.id, one.start) == (index, period.id, period.start) and self._knows(period, one):
                found[period] = None
        return sorted(found, key=lambda one: one.start)

    def _knows(self, period: Period, closed: ClosedPeriod) -> bool:
        """Not of a time for which a later signature took the target away, or the contract."""
        if not closed.may_go:
            return True
        if self.contract.is_outside(period.start, period.end):
            return closed.was_outside
        return any(_meet(run, period) for run in runs(self.with_target(closed.target)))

    # The figure

    def _figure(self, index: int, period: Period, placed: list[Occurrence], owed: list[Occurrence]) -> Figure:
        mine = [one for one in placed if one.verdict != APART and self._is_unrolled(one, period)]
        segments = self._segments(index, period, mine)
        total = sum(one.total for _, one in segments)
        good = sum(one.good for _, one in segments)
        raw = [one.verdict for one in mine]
        newest = self.newest(period).criterion
        min_count = newest.get("min_count", 0)
        has_value = total > 0 and total >= min_count
        figure = {
            "commitment": self.id,
            "target_index": index,
            "period": period.id,
            "from": period.start,
            "until": period.end,
            "counts": {verdict: sum(one.shown == verdict for one in mine) for verdict in VERDICTS},
            "expected": len(mine) if period.end is not None else None,
            "judged": total,
            "raw": {"good": raw.count("met"), "total": sum(one in ("met", *MISSES) for one in raw)},
            "adjusted": {"good": good, "total": total},
            "value": four_places(Fraction(good, total), self.current(segments, index)) if has_value else None,
            "target": text(self.current(segments, index)),
            "status": _status([one for _, one in segments], has_value, self.silence(index, period)),
            "outlook": worst_of(
                [outlook_of(one, total, min_count) for _, one in segments],
                is_dark=not total and any(one.shown == "unknown" for one in mine),
            ),
            "segments": [_shown(run, period, one) for run, one in segments],
        }
        if self.kind in ("measure", "satisfaction"):
            return more_figures.of_values(self, period, mine, segments, figure)
        if self.kind in ("availability", "freshness"):
            return more_figures.of_time(self, index, period, owed, figure)
        return figure

    def current(self, segments: list[tuple[Run, Segment]], index: int) -> Tree:
        """The target of the wording in force now, else the last; the first where nothing is left in the period."""
        if not segments:
            return self.with_target(index)[0].targets[index]
        now = clause_at(self.clauses, self.watermark) if self.watermark is not None else None
        return next((one.target for run, one in segments if now in run.clauses), segments[-1][1].target)

    def newest(self, period: Period) -> Clause:
        """What was in force last in that period: its `min_count` and `when_no_data` count for all of it."""
        begun = [one for one in self.clauses if period.end is None or one.start < period.end]
        return begun[-1] if begun else self.clauses[0]

    def silence(self, index: int, period: Period) -> str:
        """What it means that nothing can be judged of the period: no breach where nothing is asked for in it."""
        if not any(_meet(run, period) for run in runs(self.with_target(index))):
            return "unknown"
        return str(self.newest(period).criterion.get("when_no_data", "unknown"))

    def _is_unrolled(self, one: Occurrence, period: Period) -> bool:
        """Of an endless period, what something came for and what falls due in the year that time has reached."""
        is_bounded = period.end is not None or not self.is_dated
        return is_bounded or one.closed is not None or one.has_news or one.at < self._unrolled_to()

    def _unrolled_to(self) -> datetime:
        """The end of the local year that holds the watermark; before the contract is in force, its first one."""
        version = self.contract.in_order[-1][0]
        moment = max(self.watermark or self.contract.start, self.contract.start)
        return midnight(date(local(moment, version.zone).year + 1, 1, 1), version.zone)

    def _segments(self, index: int, period: Period, mine: list[Occurrence]) -> list[tuple[Run, Segment]]:
        found = []
        for run in runs(self.with_target(index)):
            own = [one for one in mine if one.clause in run.clauses]
            if own or _meet(run, period):
                end = min((one for one in (run.end, period.end) if one is not None), default=None)
                is_over = ended(end, self.watermark)
                found.append((run, Segment(run.targets[index], own, self.is_dated or is_over, is_over, end is None)))
        return found

    def late_data_end(self, period: Figure) -> datetime | None:
        """From then on the figure is final; a rolling one never is."""
        end: datetime | None = period["until"]
        if end is None or period["period"].startswith("rolling"):
            return None
        version = next((one for one, start, _ in reversed(self.contract.in_order) if start < end), None)
        version = version or self.contract.in_order[0][0]
        return add(end, version.tree.get("late_data", "0 s"), version.zone, version.calendar)


def _reached(clause: Clause, watermark: datetime | None) -> datetime | None:
    """How far time has come in it; None: not to its start."""
    if watermark is None or watermark < clause.start:
        return None
    return watermark if clause.end is None else min(watermark, clause.end - timedelta.resolution)


def _meet(run: Run, period: Period) -> bool:
    return (period.end is None or run.start < period.end) and (run.end is None or period.start < run.end)


def _shown(run: Run, period: Period, segment: Segment) -> Figure:
    start = max(run.start, period.start)
    end = min((one for one in (run.end, period.end) if one is not None), default=None)
    bounds = {"from": start, "until": end} if end is None or start < end else {"from": None, "until": None}
    return {"version": run.number, **bounds, "good": segment.good, "total": segment.total}


def _status(segments: list[Segment], has_enough: bool, when_no_data: str) -> str:
    each = [status_of(one, has_enough) for one in segments]
    for status in ("breached", "open"):
        if status in each:
            return status
    if not has_enough:
        return "breached" if when_no_data == "breach" else "no_data"
    return "met"
