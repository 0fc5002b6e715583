"""The store's life, entry by entry: what is final, what was restated, and by what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tests.oracle.agreed import Excuse, excuse
from tests.oracle.contracts import Contract, Version
from tests.oracle.dated import Dated, days_named
from tests.oracle.effects import OF_ONE, Act, act, effect
from tests.oracle.evidence import Event, standing, stored, value_at
from tests.oracle.figures import ClosedPeriod, Commitment, Figure
from tests.oracle.occurrences import APART, Occurrence
from tests.oracle.owntime import Time
from tests.oracle.periods import cutting, rolling_days, rolling_id
from tests.oracle.sources import reaches
from tests.oracle.times import DAY, read_time
from tests.oracle.values import MEASURED

Tree = dict[str, Any]
Step = tuple[str, Any]
"""`("sign", contract)`, `("backfill", contract)`, `("describe", service)`, `("terminate", last day)`, `("publish", calendar)`,
`("event", event)`, `("advance", moment)`, `("declare", moment)` for the contract alone, `("ask", excuse)`, `("accept", id)` and
`("settle", id)` by the arbiter, `("act", action)` opened by hand and closed at once, or what changes nothing: `("refuse", id)`,
`("dispute", id)`, `("look", moment or None)`, `("nothing", None)`.
"""

SIGNED = ("sign", "backfill", "terminate", "publish")
DECIDED = (*SIGNED, "accept", "settle")


@dataclass
class Closed:
    """A period that became final: what it said then, what it says now, and which entries changed it since."""

    first: Figure
    now: Figure
    was_outside: bool
    """Of validity, when it became final."""
    causes: list[int] = field(default_factory=list)


@dataclass
class Life:
    """After some steps. Entries are told apart by the number of their step."""

    versions: list[Version] = field(default_factory=list)
    terminated: date | None = None
    calendars: dict[str, list[Tree]] = field(default_factory=dict)
    described: list[Tree] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    strange: set[int] = field(default_factory=set)
    """The events, by identity, that are not for the parties: their source was somebody else's when they came."""
    time: Time = field(default_factory=Time)
    asked: dict[str, Excuse] = field(default_factory=dict)
    accepted: list[Excuse] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    closed: dict[Any, Closed] = field(default_factory=dict)
    last: date = date.min
    schedules: dict[Any, list[Dated]] = field(default_factory=dict)

    passing: datetime | None = None
    """While a step of time is lived through: how far it has come."""

    @property
    def watermark(self) -> datetime | None:
        return self.passing or self.time.watermark

    def live(self, steps: Iterable[Step]) -> Life:
        steps = list(steps)
        self.last = last_day(steps)
        for number, (verb, what) in enumerate(steps):
            before = self.watermark
            self._take(verb, what)
            if verb in ("advance", "declare"):
                for end in self._ends_after(before):
                    self.passing = end
                    self._close(number, verb)
                self.passing = None
            self._close(number, verb)
        return self

    def _ends_after(self, before: datetime | None) -> list[datetime]:
        """When periods became final on the way of one step of time: each by what was known at that moment, as day by day."""
        now = self.watermark
        if now is None or not self.versions:
            return []
        ends = {end for key, _, end in self._computed() if key not in self.closed and end is not None and end < now}
        return sorted(end for end in ends if before is None or end > before)

    def _take(self, verb: str, what: Any) -> None:
        match verb:
            case "sign" | "backfill":
                self.versions.append(Version(len(self.versions) + 1, what, self._calendars(what)))
                if verb == "backfill":
                    self.time.hold(self.versions[0].start)
            case "terminate":
                self.terminated = date.fromisoformat(what)
            case "publish":
                self.calendars.setdefault(what["calendar"], []).append(what)
                self.versions = [self._following(one) for one in self.versions]
            case "describe":
                self.described.append(what)
            case "event":
                self.events.append(what)
                if not reaches(self.described, what["source"], {"lab", "ward"}):
                    self.strange.add(id(what))
            case "advance":
                self.time.advance(what)
            case "declare":
                self.time.declare(what)
            case "ask":
                self.asked[what["id"]] = excuse(what)
            case "act":
                self.acts.append(act(what, self.watermark))
            case "accept" | "settle":
                self.accepted.append(self.asked[what])

    def _calendars(self, tree: Tree) -> tuple[Tree, ...]:
        """All versions of a published calendar, or the contract's own."""
        named = tree.get("calendar")
        if named is None:
            return ()
        name = named.get("name") if isinstance(named, dict) else named
        return tuple(self.calendars[name]) if name is not None else (named,)

    def _following(self, version: Version) -> Version:
        named = version.tree.get("calendar")
        is_following = isinstance(named, dict) and named.get("follow", False)
        return replace(version, calendars=self._calendars(version.tree)) if is_following else version

    # What is shown

    def commitments(self, verb: str = "") -> list[Commitment]:
        """After an entry of that kind."""
        if not self.versions:
            return []
        contract = self._contract()
        events = [one for one in standing(stored(self.events)) if id(one) not in self.strange]
        closed = self._closed(verb in SIGNED)
        common = (self.watermark, self.last, self.schedules)
        excuses = tuple(self.accepted)
        return [
            Commitment(contract, name, events, *common, closed[contract.id_of(name)], excuses)
            for name in contract.names()
        ]

    def _contract(self) -> Contract:
        return Contract(tuple(self.versions), self.terminated)

    def _closed(self, may_go: bool) -> dict[str, list[ClosedPeriod]]:
        found: dict[str, list[ClosedPeriod]] = defaultdict(list)
        for (commitment, target, id, start), one in self.closed.items():
            found[commitment].append(ClosedPeriod(target, id, start, one.was_outside, may_go))
        return found

    def figures(self) -> list[Figure]:
        """As `figures --json`, with moments instead of text and steps instead of positions."""
        return [self._stated(key, figure) for key, figure, _ in self._computed()]

    def occurrences(self) -> dict[str, list[Figure]]:
        """As `occurrences --json`, by commitment; of dates also those that are not listed yet."""
        return {
            one.contract.id_of(one.name): [_row(one, owed) for owed in one.occurrences() if owed.verdict != APART]
            for one in self.commitments()
        }

    def effects(self) -> dict[str, Figure]:
        """Of each action about what is owed one by one, by its name."""
        found = {one.id: one for one in self.commitments() if one.kind in OF_ONE}
        return {one.id: effect(found[one.commitment], one) for one in self.acts if one.commitment in found}

    def _computed(self, verb: str = "") -> list[tuple[Any, Figure, datetime | None]]:
        found = []
        for commitment in self.commitments(verb):
            for figure in commitment.figures(commitment.occurrences()):
                key = (figure["commitment"], figure["target_index"], figure["period"], figure["from"])
                found.append((key, figure, commitment.late_data_end(figure)))
        return found

    def _close(self, number: int, verb: str) -> None:
        """A fact restates when it changes a count; what was signed, also when it changes what the figure says."""
        if self.watermark is None or not self.versions:
            return
        computed = self._computed(verb)
        contract = self._contract()
        self.closed = {key: self.closed[key] for key, _, _ in computed if key in self.closed}
        for key, figure, end in computed:
            if key in self.closed:
                before = self.closed[key].now
                looks = _said if verb in DECIDED else _counted
                if looks(figure) != looks(before) and number not in self.closed[key].causes:
                    self.closed[key].causes.append(number)
                self.closed[key].now = figure
            elif end is not None and self.watermark >= end:
                self.closed[key] = Closed(figure, figure, contract.is_outside(figure["from"], figure["until"]))

    def _stated(self, key: Any, figure: Figure) -> Figure:
        closed = self.closed.get(key)
        if closed is None:
            return {**figure, "state": "open", "final": None, "causes": []}
        if not closed.causes:
            return {**figure, "state": "final", "outlook": None, "final": None, "causes": []}
        first = closed.first
        final = {**first["adjusted"], "value": first["value"], "status": first["status"]}
        return {**figure, "state": "restated", "outlook": None, "final": final, "causes": closed.causes}


def _counted(figure: Figure) -> tuple[object, ...]:
    return (*(figure[name] for name in ("counts", "raw", "adjusted", "judged", "status")), figure.get("exact"))


def _said(figure: Figure) -> tuple[object, ...]:
    said = (figure[name] for name in ("counts", "raw", "adjusted", "judged", "value", "status"))
    return (*said, figure.get("exact"))


def as_of(steps: Sequence[Step], moment: datetime) -> list[Step]:
    """What is known now about that moment: no later event, time up to it, but every decision."""
    first = {id(one) for one in stored(what for verb, what in steps if verb == "event")}
    return [*(_known_of(moment, *step, id(step[1]) in first) for step in steps), ("advance", moment)]


def _known_of(moment: datetime, verb: str, what: Any, is_stored: bool) -> Step:
    if verb in ("advance", "declare"):
        return verb, min(what, moment)
    happened = read_time(what["time"]) if verb == "event" else None
    is_known = happened is None or (happened <= moment and is_stored)
    return (verb, what) if is_known else ("nothing", None)


def last_day(steps: list[Step]) -> date:
    """Far enough for every date that an event can concern and every period that time can reach."""
    days = []
    contracts = [what for verb, what in steps if verb in ("sign", "backfill")]
    criteria = [one for tree in contracts for each in tree["deliverables"] for one in each["criteria"]]
    keys = [one["indicator"].get("key", "subject") for one in criteria]
    for verb, what in steps:
        match verb:
            case "sign" | "backfill":
                days.append(date.fromisoformat(what.get("effective", what["valid"]["from"])))
            case "advance" | "declare":
                days.append(what.date())
            case "event":
                moment = read_time(what["time"])
                assert moment is not None
                days.append(moment.date())
                for key in keys:
                    path, plus = (key, None) if isinstance(key, str) else (key["path"], key.get("plus"))
                    span = days_named(value_at(what, path), plus)
                    days += [span[1]] if span is not None else []
    return max(days, default=date(2026, 1, 1)) + 400 * DAY


def _row(commitment: Commitment, owed: Occurrence) -> Figure:
    return {
        "commitment": commitment.contract.id_of(commitment.name),
        "key": owed.key,
        "period": _period_of(commitment, owed),
        "due": owed.due,
        "closed": owed.closed,
        "verdict": owed.shown if owed.shown != MEASURED else None,
        "version": owed.clause.version.number,
        "is_ahead": owed.verdict == "pending",
    }


def _period_of(commitment: Commitment, owed: Occurrence) -> str:
    """Of the first target."""
    days = rolling_days(commitment.clauses, 0)
    if days is not None:
        return rolling_id(days)
    cut = cutting(commitment.contract, commitment.clauses, 0)
    assert cut is not None
    return cut.at(owed.at).id
