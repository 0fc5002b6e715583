"""Contracts and events of the kinds that count values and time."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Tree = dict[str, Any]


def one_of(draw: st.DrawFn, *choices: Any) -> Any:
    return draw(st.sampled_from(choices))


def measure(draw: st.DrawFn) -> Tree:
    found: Tree = {
        "kind": "measure",
        "each": one_of(
            draw, {"type": "call"}, {"type": "call"}, {"type": "call", "where": {"data.note": {"ne": "off"}}}
        ),
        "value": one_of(draw, "data.amount", "data.amount", "data.ref"),
        "aggregate": one_of(draw, "mean", "median", "p90", "p95", "p99", "max", "min", "sum", "count"),
        "unit": one_of(draw, "s", "min", "h"),
    }
    if one_of(draw, True, False):
        found["key"] = one_of(draw, "subject", "data.ref")
    return found


def satisfaction(draw: st.DrawFn) -> Tree:
    found: Tree = {
        "kind": "satisfaction",
        "answer": one_of(draw, {"type": "answer"}, {"type": "answer", "where": {"data.note": "ok"}}),
        "score": "data.score",
        "scale": one_of(draw, [1, 5], [1, 5], [0, 10], [2, 5]),
        "satisfied": one_of(draw, 4, 3.5),
    }
    if one_of(draw, True, False):
        found["key"] = one_of(draw, "subject", "data.ref")
    return found


def volume(draw: st.DrawFn) -> Tree:
    found: Tree = {"kind": "volume", "each": {"type": "meal"}, "per": one_of(draw, "week", "month", "quarter")}
    found |= {"expected": one_of(draw, 1, 2, 2.5, 3), "band": one_of(draw, "0 %", "50 %", "33.3 %", "100 %")}
    return {**found, "value": "data.kg"} if one_of(draw, True, False) else found


def availability(draw: st.DrawFn) -> Tree:
    found: Tree = {"kind": "availability", "down": {"type": "down"}, "up": {"type": "up"}}
    shorter = one_of(draw, None, "30 min", "90 min", "5 h", "1 s")
    return {**found, "ignore_shorter_than": shorter} if shorter else found


def freshness(draw: st.DrawFn) -> Tree:
    age = one_of(draw, "4 h", "30 min", "36 h", "1 day", "1 week", "20 days")
    return {"kind": "freshness", "updated": {"type": "updated"}, "max_age": age}


INDICATORS = {
    "measure": measure,
    "satisfaction": satisfaction,
    "volume": volume,
    "availability": availability,
    "freshness": freshness,
}
TYPES = {
    "measure": ["call"],
    "satisfaction": ["answer"],
    "volume": ["meal"],
    "availability": ["down", "up"],
    "freshness": ["updated"],
}

BOUNDS: dict[str, list[Tree]] = {
    "measure": [
        {"at_most": 3},
        {"at_most": 2.5},
        {"at_least": 2},
        {"at_least": 0},
        {"at_most": "2 min"},
        {"at_most": "121 s"},
        {"at_least": "90 s"},
        {"at_most": "1 h"},
    ],
    "satisfaction": [{"at_least": 4}, {"at_least": 3.5}, {"at_least": 4.2}, {"at_least": 5}],
}


def said_by(draw: st.DrawFn, kind: str) -> Tree | None:
    """What a target of that kind may say besides shares and misses; None: one of those."""
    if kind == "satisfaction" and one_of(draw, True, False):
        return None
    return dict(one_of(draw, *BOUNDS[kind])) if kind in BOUNDS else None


def data_of(draw: st.DrawFn, type: str) -> Tree:
    note = one_of(draw, None, None, "ok", "ok", "off", 1)
    match type:
        case "call":
            said: Tree = {"amount": one_of(draw, 1, 2, 2, 3, 2.5, 120, 121, -1, 0.1, 0.2, 0, "2", None, True)}
        case "answer":
            said = {"score": one_of(draw, 1, 3, 4, 4, 5, 3.5, 4.5, 0, 6, 10, 11, "4", None, True)}
        case "meal":
            said = {"kg": one_of(draw, 1, 1, 2, 0.5, -1, 0.1, 2.5, 1.25, 0, 1, 2, 3, "1", None)}
        case _:
            return {}
    return {name: value for name, value in {**said, "note": note}.items() if value is not None}
