"""Contracts, calendars and amendments, small but nasty."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.oracle import more_generating
from tests.oracle.drawing_indicators import INDICATORS
from tests.oracle.times import DAY
from tests.oracle.worlds import PLACES, Tree, World, chance

PERS = ["week", "month", "month", "quarter", "half", "year", "contract", "28 days", "7 days"]
HOURS: list[Tree] = [
    {"mon-fri": ["09:00-12:00", "13:00-17:00"]},
    {"mon-sat": ["08:30-18:00"]},
    {"mon-sun": ["00:00-02:30", "22:00-24:00"]},
    {"tue": ["10:00-11:00"], "thu-sun": ["01:30-03:00", "12:00-24:00"]},
]


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
    if chance(draw, 5):
        found["timezone"] = draw(st.sampled_from([name for name, _ in PLACES]))
    return unmoved(found)


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
