"""Events of few keys, close to each other, with corrections, repeats and ids used twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle import more_generating
from tests.oracle.times import DAY
from tests.oracle.worlds import SHIFTS, Tree, World, chance

Event = dict[str, Any]
KEYS = ["a", "b", "c"]


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


def id_of(draw: st.DrawFn, number: int) -> str:
    """Mostly numbers, some of them about 10."""
    return f"{draw(st.sampled_from(['', '', '', '0', 'e']))}{number + 5}"


def event(draw: st.DrawFn, world: World, number: int, types: list[str]) -> Event:
    type = draw(st.sampled_from(types))
    subject = draw(st.sampled_from(KEYS))
    data = {**data_of(draw, type, world), "ref": draw(st.sampled_from([subject, "a", None, 7]))}
    found: Event = {
        "id": id_of(draw, number),
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
                "id": id_of(draw, number + place),
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
