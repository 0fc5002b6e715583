"""Streams of contracts, events and time."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import strategies as st

from tests.oracle.drawing_contracts import amended, contract
from tests.oracle.drawing_decisions import TURNS, turned
from tests.oracle.drawing_events import events
from tests.oracle.drawing_indicators import INDICATORS
from tests.oracle.history import Step
from tests.oracle.owntime import Time
from tests.oracle.times import DAY, midnight, zone
from tests.oracle.worlds import World, chance, worlds

BUILT_KINDS = tuple(INDICATORS)
"""What the program accepts today."""


@st.composite
def streams(draw: st.DrawFn, kinds: tuple[str, ...], turns: tuple[str, ...] = tuple(TURNS)) -> list[Step]:
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
    return _rebased(turned(draw, world, _rebased(steps), turns))


def _later(draw: st.DrawFn, world: World) -> datetime:
    if chance(draw, 3):
        return midnight(world.first + draw(st.sampled_from([31, 62, 90, 120, 400])) * DAY, zone(world.zone_name))
    return world.moment(draw) + draw(st.integers(0, 60)) * DAY


def _rebased(steps: list[Step]) -> list[Step]:
    """Amendments whose date has passed for the contract say so; time does not go back."""
    time = Time()
    found: list[Step] = []
    for verb, what in steps:
        match verb:
            case "advance":
                time.advance(what)
                what = time.store
            case "declare":
                time.declare(what)
            case "backfill":
                time.hold(midnight(date.fromisoformat(what["valid"]["from"]), zone(what["timezone"])))
            case "sign" if "effective" in what and time.watermark is not None:
                start = midnight(date.fromisoformat(what["effective"]), zone(what["timezone"]))
                if start <= time.watermark:
                    what = {**what, "rebaseline": {"reason": "agreed"}}
        found.append((verb, what))
    return found
