"""The program and the oracle live through the same steps; what each shows must be equal, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from pprint import pformat
from typing import Any

from services.seeing.past import seeing_at
from services.seeing.seen import Seeing
from tests.oracle import history
from tests.oracle.history import Step
from tests.oracle.living import Lived, occurrences, since_epoch
from tests.services import judged

Row = dict[str, Any]
FIGURE = (
    *("commitment", "target_index", "period", "state", "from", "until", "counts", "expected", "judged", "raw"),
    *("adjusted", "value", "status", "outlook", "target", "segments", "final", "causes", "share", "mean"),
)
OCCURRENCE = ("commitment", "key", "period", "due", "closed", "verdict", "version")


def difference(steps: Sequence[Step], judges_each_step: bool) -> str | None:
    """What differs first, at the end or looking back, with all that led to it; None where nothing does.

    Raises GivesNoDate. What the program refuses, the oracle does not live through.
    """
    with judged.living() as life:
        lived = Lived(life).through(steps, judges_each_step)
        taken = [("nothing", None) if number in lived.refused else step for number, step in enumerate(steps)]
        found = compared(lived, life.store.seeing, taken)
        found = found or _of_effects(taken, lived)
        for number, (verb, moment) in enumerate(taken):
            if found is None and verb == "look" and number:
                found = looking_back(lived, taken, number, moment)
    return f"{found}\n\n{told(steps)}" if found else None


def looking_back(lived: Lived, steps: list[Step], number: int, moment: datetime | None) -> str | None:
    """As believed before that step, about that moment or then."""
    as_of = since_epoch(moment) if moment is not None else None
    before = steps[:number] if moment is None else history.as_of(steps[:number], moment)
    position = lived.reached[number]
    with seeing_at(lived.life.store.history, as_of=as_of, position=position) as seeing:
        found = compared(lived, seeing, before, {number: lived.by_position.get(position, number)})
    return f"looking back at {number}, {moment}: {found}" if found else None


def compared(lived: Lived, seeing: Seeing, steps: list[Step], same_as: Mapping[int, int] | None = None) -> str | None:
    """`same_as`: what passes by time alone on the way to the moment looked at has no entry, and counts as of the last one."""
    expected = history.Life().live(steps)
    figures = lived.figures(seeing)
    rows = {name: occurrences(seeing, name) for name in expected.occurrences()}
    told_as = same_as or {}
    ours = [
        {**one, "causes": sorted({told_as.get(cause, cause) for cause in one["causes"]})} for one in expected.figures()
    ]
    return first_of(ours, figures) or _of_occurrences(expected, rows)


def first_of(expected: Iterable[Row], got: Iterable[Row]) -> str | None:
    """The first figure that differs, in the order of commitment, target and time."""
    ours, theirs = _by_place(expected), _by_place(got)
    for place in sorted(ours.keys() | theirs.keys()):
        found = _fields(place, ours.get(place), theirs.get(place), FIGURE)
        if found:
            return found
    return None


def _by_place(rows: Iterable[Row]) -> dict[tuple[Any, ...], Row]:
    return {(one["commitment"], one["target_index"], one["from"], one["period"]): one for one in rows}


def _of_effects(steps: list[Step], lived: Lived) -> str | None:
    """At the end."""
    expected = history.Life().live(steps).effects() if lived.actions else {}
    got = lived.effects(lived.life.store.seeing)
    for name, ours in expected.items():
        if found := _fields(name, ours, got[name], tuple(ours)):
            return found
    return None


def _of_occurrences(expected: history.Life, got: dict[str, list[Row]]) -> str | None:
    """All in listed periods are shown, and whatever is shown is so; dates to come may be shown as far as one likes, also
    further than the oracle looks."""
    for name, rows in expected.occurrences().items():
        ours = {one["key"]: one for one in rows}
        theirs = {one["key"]: one for one in got[name]}
        listed = {one["period"] for one in expected.figures() if one["commitment"] == name and not one["target_index"]}
        wanted = {key for key, one in ours.items() if one["period"] in listed and not one["is_ahead"]}
        beyond = datetime.combine(expected.last, time(), UTC)
        to_come = {
            key for key, one in theirs.items() if one["verdict"] == "pending" and one["due"] and one["due"] > beyond
        }
        for key in sorted(wanted | (theirs.keys() - to_come)):
            found = _fields((name, key), ours.get(key), theirs.get(key), OCCURRENCE)
            if found:
                return found
    return None


def _fields(place: object, expected: Row | None, got: Row | None, names: Sequence[str]) -> str | None:
    if expected is None or got is None:
        only = "the program" if expected is None else "the oracle"
        return f"{place}: only {only} has it:\n{pformat(expected or got)}"
    for name in names:
        if expected.get(name) != got.get(name):
            return f"{place}: {name}\n  oracle  {plain(expected.get(name))}\n  program {plain(got.get(name))}\n\n{pformat(got)}"
    return None


def plain(value: object) -> str:
    return json.dumps(value, default=str)


def told(steps: Sequence[Step]) -> str:
    return "\n".join(f"{number} {verb} {plain(what)}" for number, (verb, what) in enumerate(steps))
