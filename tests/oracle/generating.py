"""Contracts, events and time, small but nasty: few keys, and moments that lie on or beside every boundary."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle import more_generating
from tests.oracle.history import Step
from tests.oracle.times import DAY, midnight, wall, zone

Tree = dict[str, Any]
Event = dict[str, Any]

BUILT_KINDS = ("punctuality", "deadline", "turnaround", "conformity", *more_generating.INDICATORS)
"""What the program accepts today."""

PLACES: list[tuple[str, list[str]]] = [
    ("Europe/Paris", ["2026-03-29", "2026-10-25", "2026-01-01"]),
    ("America/New_York", ["2026-03-08", "2026-11-01", "2025-12-31"]),
    ("Asia/Kolkata", ["2026-01-31", "2024-02-29"]),
    ("Australia/Lord_Howe", ["2026-04-05", "2026-10-04"]),
    ("America/Santiago", ["2026-04-05", "2026-09-06"]),
    ("America/Havana", ["2026-03-08", "2026-11-01"]),
    ("Africa/Casablanca", ["2026-02-15", "2026-03-22"]),
    ("Pacific/Apia", ["2026-04-01", "2011-12-30"]),
    ("UTC", ["2026-06-30"]),
]
"""Zones, and days around which something is odd there."""

KEYS = ["a", "b", "c"]
PERS = ["week", "month", "month", "quarter", "half", "year", "contract"]
CLOCKS = ["00:00", "00:30", "02:00", "02:30", "10:00", "17:00", "23:30"]
HOURS: list[Tree] = [
    {"mon-fri": ["09:00-12:00", "13:00-17:00"]},
    {"mon-sat": ["08:30-18:00"]},
    {"mon-sun": ["00:00-02:30", "22:00-24:00"]},
    {"tue": ["10:00-11:00"], "thu-sun": ["01:30-03:00", "12:00-24:00"]},
]
SHIFTS = [timedelta()] * 4 + [
    sign * length
    for sign in (1, -1)
    for length in (timedelta.resolution, timedelta(seconds=1), timedelta(minutes=30), timedelta(hours=1))
]


@dataclass(frozen=True)
class World:
    """Where and when: a zone, and the days that matter, the odd one in their midst."""

    zone_name: str
    first: date
    odd: date

    def day(self, draw: st.DrawFn, least: int = 0, most: int = 75) -> date:
        return (
            draw(st.sampled_from([self.odd, self.odd + DAY, self.odd - DAY]))
            if draw(st.integers(0, 3)) == 0
            else (self.first + draw(st.integers(least, most)) * DAY)
        )

    def moment(self, draw: st.DrawFn) -> datetime:
        """On a boundary or beside it."""
        at = time.fromisoformat(draw(st.sampled_from(CLOCKS)))
        return wall(self.day(draw, -10), at, zone(self.zone_name)) + draw(st.sampled_from(SHIFTS))


def chance(draw: st.DrawFn, one_in: int) -> bool:
    return draw(st.integers(1, one_in)) == one_in


@st.composite
def worlds(draw: st.DrawFn) -> World:
    name, days = draw(st.sampled_from(PLACES))
    odd = date.fromisoformat(draw(st.sampled_from(days)))
    first = draw(st.sampled_from([odd - 40 * DAY, odd - 7 * DAY, odd, odd.replace(day=1), odd - 20 * DAY]))
    return World(name, first, odd)


# Contracts


def targets(draw: st.DrawFn, kind: str) -> Tree:
    found = draw(st.lists(_target(kind), min_size=1, max_size=2, unique_by=str))
    return {"target": found[0]} if len(found) == 1 else {"targets": found}


@st.composite
def _target(draw: st.DrawFn, kind: str) -> Tree:
    said: Any = more_generating.said_by(draw, kind) or draw(
        st.sampled_from(
            [
                {"at_least": "100 %"},
                {"at_least": "90 %"},
                {"at_least": "66.7 %"},
                {"at_least": "50 %"},
                {"max_misses": 0},
                {"max_misses": 1},
                {"max_consecutive_misses": 1},
                {"max_consecutive_misses": 2},
            ]
        )
    )
    return {**said, "per": draw(st.sampled_from(PERS))}


def criterion(draw: st.DrawFn, id: str, indicator: Tree) -> Tree:
    more: Tree = {}
    if chance(draw, 4):
        more["min_count"] = draw(st.integers(1, 4))
    if chance(draw, 4):
        more["when_no_data"] = draw(st.sampled_from(["unknown", "breach", "ignore"]))
    return {"id": id, "owner": "ann", "indicator": indicator, **targets(draw, indicator["kind"]), **more}


def punctuality(draw: st.DrawFn) -> Tree:
    every = draw(
        st.sampled_from(
            [
                "monday",
                ["tuesday", "friday", "saturday", "sunday"],
                "day",
                "working day",
                "first working day of the month",
                "last working day of the month",
                "last working day of the quarter",
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU",
                "FREQ=MONTHLY;BYDAY=-1FR,1SU",
                "FREQ=MONTHLY;BYMONTHDAY=1,-1,29",
                "FREQ=MONTHLY",
                "FREQ=DAILY;INTERVAL=9",
                "FREQ=WEEKLY",
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=2,-2",
            ]
        )
    )
    at = draw(st.sampled_from([*CLOCKS, ["02:30", "10:00"], ["00:00", "23:30"]]))
    found: Tree = {"kind": "punctuality", "delivered": {"type": "report"}, "due": {"every": every, "at": at}}
    if chance(draw, 3):
        found["early"] = draw(st.sampled_from(["0 min", "20 min"] if isinstance(at, list) else ["0 min", "1 h", "6 h"]))
    else:
        plus = None if isinstance(at, list) else draw(st.sampled_from([None, None, "1 week", "1 day"]))
        found["key"] = {"path": "data.name", "plus": plus} if plus else "data.name"
    if chance(draw, 2):
        found["tolerance"] = draw(
            st.sampled_from(["0 min", "30 min", "5 h", "1 day", "end of day", "3 working hours", "2 working days"])
        )
    if chance(draw, 2):
        found["on_closed_day"] = draw(st.sampled_from(["previous", "next", "same", "skip"]))
    return found


def _turns(draw: st.DrawFn) -> Tree:
    """What both kinds of cases may listen to."""
    found: Tree = {role: {"type": role} for role in ("changed", "reopened", "cancelled") if chance(draw, 2)}
    if "cancelled" in found and chance(draw, 2):
        found["on_cancel"] = draw(st.sampled_from(["dropped", "failed"]))
    if chance(draw, 6):
        found["key"] = "data.ref"
    return found


def deadline(draw: st.DrawFn) -> Tree:
    found: Tree = {"kind": "deadline", "opened": {"type": "opened"}, "due": "data.due", "closed": {"type": "closed"}}
    if chance(draw, 2):
        found["tolerance"] = draw(st.sampled_from(["1 h", "1 day", "end of day", "3 working hours", "1 working day"]))
    if chance(draw, 2):
        found["without_due"] = draw(st.sampled_from(["ignore", "met"]))
    return {**found, **_turns(draw)}


LIMITS = ["4 h", "90 min", "2 days", "1 week", "3 working hours", "8 working hours", "1 working day", "3 working days"]


def turnaround(draw: st.DrawFn) -> Tree:
    limit: Any = draw(st.sampled_from(LIMITS))
    if chance(draw, 3):
        limit = {"by": "data.priority", "1": limit, "true": "1 h"}
        if chance(draw, 2):
            limit["else"] = draw(st.sampled_from(LIMITS))
    found: Tree = {"kind": "turnaround", "opened": {"type": "opened"}, "closed": {"type": "closed"}}
    found["under" if chance(draw, 3) else "within"] = limit
    if chance(draw, 2):
        found |= {"paused": {"type": "paused"}, "resumed": {"type": "resumed"}}
        if chance(draw, 2):
            found["pause_causes"] = {"path": "data.reason", "client": ["waiting"], "supplier": [], "none": ["strike"]}
    return {**found, **_turns(draw)}


def conformity(draw: st.DrawFn) -> Tree:
    good = draw(
        st.sampled_from(
            [
                {"data.errors": {"le": 0}},
                {"data.errors": 0},
                {"data.errors": [0, 1, "none"]},
                {"data.errors": {"ne": 1}},
                {"data.errors": {"gt": 0, "lt": 1.5}},
                {"data.errors": {"exists": True}},
                {"data.note": {"exists": False}, "data.errors": {"ge": 0}},
                {"data.note": {"starts_with": "o"}},
            ]
        )
    )
    where: Tree = draw(
        st.sampled_from([{}, {}, {"where": {"data.note": {"ne": "off"}}}, {"where": {"data.errors": {"le": 1}}}])
    )
    found: Tree = {"kind": "conformity", "each": {"type": "item", **where}, "good": good}
    if chance(draw, 2):
        found["key"] = draw(st.sampled_from(["subject", "data.ref"]))
    return found


INDICATORS = {
    "punctuality": punctuality,
    "deadline": deadline,
    "turnaround": turnaround,
    "conformity": conformity,
    **more_generating.INDICATORS,
}


def calendar(draw: st.DrawFn, world: World) -> Tree:
    found: Tree = {"open": draw(st.sampled_from(HOURS))}
    if chance(draw, 3):
        day = world.day(draw)
        found["closures"] = [day.isoformat(), f"{day + 3 * DAY}..{day + 9 * DAY}"]
    if chance(draw, 4):
        found["openings"] = [{"date": world.day(draw).isoformat(), "at": ["01:00-02:30", "09:00-12:00"]}]
    return found


def contract(draw: st.DrawFn, world: World, kinds: tuple[str, ...]) -> Tree:
    wanted = [draw(st.sampled_from(kinds)) for _ in range(draw(st.sampled_from([1, 1, 1, 2])))]
    found: Tree = {
        "entente": 1,
        "contract": "c",
        "title": "A contract",
        "supplier": "lab",
        "client": "ward",
        "timezone": world.zone_name,
        "valid": {"from": world.first.isoformat()},
        "deliverables": [
            {
                "id": "d",
                "title": "A deliverable",
                "criteria": [criterion(draw, f"k{i}", INDICATORS[kind](draw)) for i, kind in enumerate(wanted)],
            }
        ],
    }
    if chance(draw, 2):
        found["valid"]["until"] = (world.first + draw(st.integers(20, 80)) * DAY).isoformat()
    if chance(draw, 2):
        found["late_data"] = draw(st.sampled_from(["1 h", "3 days", "36 h"]))
    if needs_calendar(found) or chance(draw, 3):
        found["calendar"] = calendar(draw, world)
    return unmoved(found)


def unmoved(contract: Tree) -> Tree:
    """No date moves beyond the end of validity. To be lifted when such dates are judged like others."""
    if "until" not in contract["valid"]:
        return contract
    found: Tree = json.loads(json.dumps(contract).replace('"next"', '"previous"'))
    return found


def needs_calendar(contract: Tree) -> bool:
    return any(word in str(contract["deliverables"]) for word in ("working", "on_closed_day"))


def amended(draw: st.DrawFn, world: World, before: Tree) -> Tree:
    """Another wording of the same clauses, in force from a day in their midst."""
    criteria = [_reworded(draw, one) for one in before["deliverables"][0]["criteria"]]
    found = {**before, "deliverables": [{**before["deliverables"][0], "criteria": criteria}]}
    found["title"] = f"{before['title']}, amended"
    day = max(world.day(draw, 1), world.first + DAY)
    found["effective"] = min(day.isoformat(), before["valid"].get("until", day.isoformat()))
    if (needs_calendar(found) and "calendar" not in found) or chance(draw, 4):
        found["calendar"] = calendar(draw, world)
    if chance(draw, 5) and not is_endless(found):
        found["timezone"] = draw(st.sampled_from([name for name, _ in PLACES]))
    return unmoved(found)


def is_endless(contract: Tree) -> bool:
    """To be lifted when the year of an endless period is that of the zone in force."""
    return "until" not in contract["valid"] and "'per': 'contract'" in str(contract["deliverables"])


def _reworded(draw: st.DrawFn, before: Tree) -> Tree:
    kind = before["indicator"]["kind"]
    match draw(st.sampled_from(["same", "indicator", "target", "both"])):
        case "same":
            return before
        case "indicator":
            return {**before, "indicator": INDICATORS[kind](draw)}
        case "target":
            return criterion(draw, before["id"], before["indicator"])
    return criterion(draw, before["id"], INDICATORS[kind](draw))


# Events


def data_of(draw: st.DrawFn, type: str, world: World) -> Tree:
    match type:
        case "report":
            return {"name": _name(draw, world.day(draw))}
        case "opened" | "changed":
            return _said(draw, world)
        case "paused":
            return {"reason": draw(st.sampled_from(["waiting", "lunch", "strike", None, 1]))}
        case "item":
            errors: Any = draw(st.sampled_from([0, 0, 1, 0.5, -1, "none", "0", True, None, []]))
            note = draw(st.sampled_from([None, "ok", "off", 1]))
            return {name: value for name, value in (("errors", errors), ("note", note)) if value is not None}
    return more_generating.data_of(draw, type)


def _name(draw: st.DrawFn, day: date) -> Any:
    year, week, _ = day.isocalendar()
    month = f"{day:%Y-%m}"
    forms = [
        f"{day}",
        f"{day}",
        f"{year}-W{week:02}",
        f"{year}-W{week:02}",
        month,
        f"{day.year}-Q{(day.month + 2) // 3}",
    ]
    return draw(st.sampled_from([*forms, f"{day.year}", f"{day}T10:00", f"{day}T02:30", "soon", None, 7]))


def _said(draw: st.DrawFn, world: World) -> Tree:
    due = draw(st.sampled_from(["moment"] * 5 + ["soon", None, 7, "2026-04-01", "2026-04-01T10:00:00"]))
    if due == "moment":
        due = shown(world.moment(draw) + draw(st.integers(0, 20)) * DAY)
    found: Tree = {"priority": draw(st.sampled_from(["1", 1, "2", True, None])), "due": due}
    return {name: value for name, value in found.items() if value is not None}


TYPES = {
    "punctuality": ["report"],
    "deadline": ["opened", "closed", "closed", "changed", "reopened", "cancelled"],
    "turnaround": ["opened", "closed", "paused", "paused", "resumed", "changed", "reopened", "cancelled"],
    "conformity": ["item"],
    **more_generating.TYPES,
}


def shown(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def event(draw: st.DrawFn, world: World, number: int, types: list[str]) -> Event:
    type = draw(st.sampled_from(types))
    subject = draw(st.sampled_from(KEYS))
    data = {**data_of(draw, type, world), "ref": draw(st.sampled_from([subject, "a", None, 7]))}
    found: Event = {
        "id": f"e{number}",
        "source": "tool",
        "type": type,
        "subject": subject,
        "time": shown(world.moment(draw)),
        "data": {name: value for name, value in data.items() if value is not None},
    }
    if chance(draw, 6):
        found["sequence"] = draw(st.sampled_from(["1", "2", "10", "x"]))
    if chance(draw, 12):
        del found["subject"]
    return found


def cases(draw: st.DrawFn, world: World, number: int, types: list[str]) -> list[Event]:
    """A case that opens and goes on from there, its steps close to each other."""
    moment, subject = world.moment(draw), draw(st.sampled_from(KEYS))
    gaps = [timedelta(), timedelta(minutes=30), timedelta(hours=4), timedelta(hours=1), DAY, 3 * DAY, 10 * DAY]
    found = []
    for place in range(draw(st.integers(2, 6))):
        type = "opened" if place == 0 else draw(st.sampled_from(types))
        data = {**data_of(draw, type, world), "ref": subject}
        found.append(
            {
                "id": f"e{number + place}",
                "source": "tool",
                "type": type,
                "subject": subject,
                "time": shown(moment),
                "data": data,
            }
        )
        moment += draw(st.sampled_from(gaps)) + draw(st.sampled_from(SHIFTS))
    return found


def events(draw: st.DrawFn, world: World, kinds: list[str]) -> list[Event]:
    """In the order of their times, but for some; with corrections, repeats and ids used twice."""
    types = [type for kind in kinds for type in TYPES[kind]]
    found: list[Event] = []
    size = draw(st.integers(0, 16))
    while len(found) < size:
        if "opened" in types and chance(draw, 2):
            found += cases(draw, world, len(found), types)
        else:
            found.append(event(draw, world, len(found), types))
    for one in found:
        verb = draw(st.sampled_from([None] * 12 + ["voids", "replaces"]))
        if verb:
            one[verb] = draw(st.sampled_from(found))["id"]
    if found and chance(draw, 3):
        again = dict(draw(st.sampled_from(found)))
        found.append(draw(st.sampled_from([again, {**again, "time": shown(world.moment(draw))}])))
    if chance(draw, 3):
        return list(draw(st.permutations(found)))
    return sorted(found, key=lambda one: one["time"])


# Streams


@st.composite
def streams(draw: st.DrawFn, kinds: tuple[str, ...]) -> list[Step]:
    """Versions are signed, events come, time passes, in some order; the first version is the first step or a late one."""
    world = draw(worlds())
    first = contract(draw, world, kinds)
    used = [one["indicator"]["kind"] for one in first["deliverables"][0]["criteria"]]
    steps: list[Step] = [("event", one) for one in events(draw, world, used)]
    moments = sorted(_later(draw, world) for _ in range(draw(st.integers(0, 3))))
    for moment in moments:
        steps.insert(draw(st.integers(0, len(steps))), ("advance", moment))
    signed, place = [first], 0 if draw(st.integers(0, 3)) else draw(st.integers(0, len(steps)))
    steps.insert(place, ("sign", first))
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        signed.append(amended(draw, world, signed[-1]))
        place = draw(st.integers(place + 1, len(steps)))
        steps.insert(place, ("sign", signed[-1]))
    return _rebased(steps)


def _later(draw: st.DrawFn, world: World) -> datetime:
    if chance(draw, 3):
        return midnight(world.first + draw(st.sampled_from([31, 62, 90, 120, 400])) * DAY, zone(world.zone_name))
    return world.moment(draw) + draw(st.integers(0, 60)) * DAY


def _rebased(steps: list[Step]) -> list[Step]:
    """Amendments whose date has passed say so; time does not go back."""
    watermark: datetime | None = None
    found: list[Step] = []
    for verb, what in steps:
        if verb == "advance":
            watermark = max(watermark or what, what)
            found.append((verb, watermark))
            continue
        if verb == "sign" and "effective" in what and watermark is not None:
            start = midnight(date.fromisoformat(what["effective"]), zone(what["timezone"]))
            if start <= watermark:
                what = {**what, "rebaseline": {"reason": "agreed"}}
        found.append((verb, what))
    return found
