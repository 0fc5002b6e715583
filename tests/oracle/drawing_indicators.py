"""Indicators of dates, cases and items; those of values and time are in `more_generating`."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.oracle import more_generating
from tests.oracle.worlds import CLOCKS, Tree, chance


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
                "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
                "FREQ=YEARLY;BYWEEKNO=3,6,10,14,-1",
                "FREQ=YEARLY;BYYEARDAY=1,70,-300,366;WKST=SU",
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
                {"data.errors": {"le": 0, "exists": True}},
                {"data.errors": {"exists": True, "lt": 2}, "data.note": {"ne": "off"}},
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
