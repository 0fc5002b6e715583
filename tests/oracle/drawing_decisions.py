"""What people decide, and looks back, put into a stream of contracts, events and time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle.drawing_contracts import calendar
from tests.oracle.drawing_events import KEYS, shown
from tests.oracle.history import Step
from tests.oracle.times import DAY, local, zone
from tests.oracle.worlds import Tree, World, chance

REASONS = ["client-fault", "force-majeure", "agreed-closure", "agreed-closure"]
ANSWERS = [["accept"], ["accept"], ["accept"], [], ["refuse"], ["refuse", "accept"], ["refuse", "dispute", "settle"]]


def excused(draw: st.DrawFn, world: World, steps: list[Step]) -> list[Step]:
    """Asked after the contract is signed, answered at once or later."""
    found = list(steps)
    signed = [number for number, (verb, _) in enumerate(found) if verb in ("sign", "backfill")]
    for number in range(draw(st.integers(1, 3))):
        asked = _asked(draw, world, f"x{number}", found)
        place = draw(st.integers(signed[0] + 1, len(found)))
        found.insert(place, ("ask", asked))
        for verb in draw(st.sampled_from(ANSWERS)):
            place = draw(st.integers(place + 1, len(found)))
            found.insert(place, (verb, asked["id"]))
    return found


def _asked(draw: st.DrawFn, world: World, id: str, steps: list[Step]) -> Tree:
    contract = next(what for verb, what in steps if verb in ("sign", "backfill"))
    clauses = [f"c/d/{one['id']}" for one in contract["deliverables"][0]["criteria"]]
    found: Tree = {"id": id, "party": draw(st.sampled_from(["supplier", "client"]))}
    if chance(draw, 2):
        events = [what for verb, what in steps if verb == "event"]
        days = [world.day(draw) for _ in range(2)]
        keys = [*KEYS, *(f"tool#{one['id']}" for one in events), *(str(day) for day in days)]
        keys += [f"{days[0]:%Y-%m}", f"{days[0]}T10:00"]
        keys += [f"{one.get('subject', '')}@{one['time']}" for one in events if one["type"] == "down"]
        wanted = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=2, unique=True))
        return {**found, "scope": draw(st.sampled_from(clauses)), "keys": wanted, "reason": "client-fault"}
    since = world.moment(draw)
    length = draw(st.sampled_from([timedelta.resolution, timedelta(hours=3), DAY, 4 * DAY, 20 * DAY]))
    found |= {"since": shown(since), "until": shown(since + length), "reason": draw(st.sampled_from(REASONS))}
    return {**found, "scope": draw(st.sampled_from(["c", "c/d", *clauses]))}


def terminated(draw: st.DrawFn, world: World, steps: list[Step]) -> list[Step]:
    """After the last version, with a last day that is neither past nor before it, nor after its own."""
    signed = [number for number, (verb, _) in enumerate(steps) if verb in ("sign", "backfill")]
    place = draw(st.integers(signed[-1] + 1, len(steps)))
    contracts = [steps[number][1] for number in signed]
    newest = max(contracts, key=lambda one: str(one.get("effective", "")))
    passed = [local(what, zone(newest["timezone"])).date() for verb, what in steps[:place] if verb == "advance"]
    begun = [date.fromisoformat(one.get("effective", one["valid"]["from"])) for one in contracts]
    day = max([world.day(draw, 5), *passed, *(one + DAY for one in begun)])
    until = newest["valid"].get("until")
    if until is not None and day.isoformat() > until:
        return steps
    return [*steps[:place], ("terminate", day.isoformat()), *steps[place:]]


def announced(draw: st.DrawFn, world: World, steps: list[Step]) -> list[Step]:
    """A calendar that the contract names or follows; days of it change later, some as a rebaseline."""
    named: Any = {"name": "office", "follow": True} if draw(st.integers(0, 3)) else "office"
    found = [(verb, {**what, "calendar": named} if verb in ("sign", "backfill") else what) for verb, what in steps]
    hours = _published(draw, world, {})
    signed = next(number for number, (verb, _) in enumerate(found) if verb in ("sign", "backfill"))
    for _ in range(draw(st.integers(1, 2))):
        later = _published(draw, world, hours)
        if chance(draw, 2):
            later["from"] = world.day(draw).isoformat()
        if chance(draw, 2):
            later["rebaseline"] = {"reason": "agreed"}
        found.insert(draw(st.integers(signed + 1, len(found))), ("publish", later))
    return [("publish", hours), *found]


def _published(draw: st.DrawFn, world: World, before: Tree) -> Tree:
    """Other hours or the same, with exceptional days."""
    found = {**calendar(draw, world), "entente": 1, "calendar": "office", "timezone": world.zone_name}
    return {**found, "open": before["open"]} if before and chance(draw, 2) else found


def backfilled(draw: st.DrawFn, world: World, steps: list[Step]) -> list[Step]:
    """The contract's own time is declared, now and then; held at its start, or ahead of the store's."""
    found = list(steps)
    signed = next(number for number, (verb, _) in enumerate(found) if verb == "sign")
    if draw(st.integers(0, 3)):
        found[signed] = ("backfill", found[signed][1])
    for _ in range(draw(st.integers(1, 3))):
        moment = world.moment(draw) + draw(st.integers(0, 60)) * DAY
        found.insert(draw(st.integers(signed + 1, len(found))), ("declare", moment))
    return found


def looked_back(draw: st.DrawFn, world: World, steps: list[Step]) -> list[Step]:
    """At what was known about a moment, or shown, once or twice."""
    found = list(steps)
    for _ in range(draw(st.integers(1, 2))):
        moment: datetime | None = (
            world.moment(draw) + draw(st.integers(0, 30)) * DAY if draw(st.integers(0, 2)) else None
        )
        found.insert(draw(st.integers(1, len(found))), ("look", moment))
    return found


OPENED: list[Tree] = [{}, {}, {"shown_to": ["ward", "other"]}, {"shown_to": ["other"]}, {"shown_to": "everybody"}]


def declared(draw: st.DrawFn, world: World, steps: list[Step]) -> list[Step]:
    """The tool is a party's, a stranger's, or that of a part of one, and is shown to these or those; that changes now and then."""
    found = list(steps)
    for _ in range(draw(st.integers(1, 4))):
        service: Tree = {
            "entente": 1,
            "service": draw(st.sampled_from(["lab", "third", "third", "team"])),
            "sources": [],
        }
        if draw(st.integers(0, 5)):
            service["sources"] = [{"source": "tool", **draw(st.sampled_from(OPENED))}]
        if chance(draw, 2):
            service["part_of"] = draw(st.sampled_from(["lab", "third", "other", "team"]))
        found.insert(draw(st.integers(0, len(found))), ("describe", service))
    return found


def acted(draw: st.DrawFn, world: World, steps: list[Step]) -> list[Step]:
    """Actions are opened by hand and closed at once, to help from some day on."""
    found = list(steps)
    signed = next(number for number, (verb, _) in enumerate(found) if verb in ("sign", "backfill"))
    criteria = found[signed][1]["deliverables"][0]["criteria"]
    for number in range(draw(st.integers(1, 2))):
        action: Tree = {"id": f"a{number}", "commitment": f"c/d/{draw(st.sampled_from(criteria))['id']}"}
        action |= {"after": draw(st.integers(1, 4)), "before": draw(st.integers(1, 4))}
        action["effective_from"] = world.day(draw, 0, 60).isoformat()
        found.insert(draw(st.integers(signed + 1, len(found))), ("act", action))
    return found


TURNS = {
    "excuses": excused,
    "termination": terminated,
    "calendars": announced,
    "own time": backfilled,
    "looking back": looked_back,
    "sources": declared,
    "actions": acted,
}
"""By name; each is put into about one stream of six."""


def turned(draw: st.DrawFn, world: World, steps: list[Step], turns: tuple[str, ...]) -> list[Step]:
    for name in turns:
        if chance(draw, 6):
            steps = TURNS[name](draw, world, steps)
    return steps
