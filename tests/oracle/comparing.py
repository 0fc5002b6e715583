"""The program and the oracle live through the same steps; what each shows must be equal, field by field."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pprint import pformat
from typing import Any

from services.access import ADMINISTRATOR
from services.errors import DocumentInvalid
from services.reading.figure_rows import figure_json
from services.reading.occurrence_rows import occurrence_json
from tests.oracle import history
from tests.oracle.history import Step
from tests.oracle.times import read_time
from tests.services import judged

Row = dict[str, Any]
REFUSED = ("the rule gives no date", "a target in time needs to know")
"""What no generator looks ahead for: a rule without dates, a count against a time."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIGURE = (
    *("commitment", "target_index", "period", "state", "from", "until", "counts", "expected", "judged", "raw"),
    *("adjusted", "value", "status", "outlook", "target", "segments", "final", "causes", "share", "mean"),
)
OCCURRENCE = ("commitment", "key", "period", "due", "closed", "verdict", "version")


class GivesNoDate(Exception):
    """A contract without any date to be judged is refused."""


def difference(steps: Sequence[Step], judges_each_step: bool) -> str | None:
    """What differs first, with all that led to it; None where nothing does. Raises GivesNoDate."""
    expected = history.Life().live(steps)
    with judged.living() as life:
        steps_by_position = lived(life, steps, judges_each_step)
        figures = shown_figures(life, steps_by_position)
        rows = {name: shown_occurrences(life, name) for name in expected.occurrences()}
    found = first_of(expected.figures(), figures) or _of_occurrences(expected, rows)
    return f"{found}\n\n{told(steps)}" if found else None


def lived(life: judged.Life, steps: Sequence[Step], judges_each_step: bool) -> dict[int, int]:
    """The number of the step that each position of the history belongs to."""
    found: dict[int, int] = {}
    for number, (verb, what) in enumerate(steps):
        before = life.position()
        match verb:
            case "sign":
                sign(life, what)
            case "publish":
                life.publish(what)
            case "event":
                life.append([sent(what)])
            case "advance":
                life.append_time((what - EPOCH) // timedelta(microseconds=1))
        found |= dict.fromkeys(range(before + 1, life.position() + 1), number)
        if judges_each_step:
            life.judge()
    life.judge()
    return found


def sign(life: judged.Life, tree: Row) -> None:
    try:
        life.sign(tree)
    except DocumentInvalid as error:
        if any(one in str(error) for one in REFUSED):
            raise GivesNoDate from error
        raise


def sent(event: Row) -> bytes:
    return json.dumps({"specversion": "1.0", **event}).encode()


def shown_figures(life: judged.Life, steps_by_position: dict[int, int]) -> list[Row]:
    rows = [figure_json(one, "UTC") for one in life.store.reading.figures(ADMINISTRATOR)]
    return [_figure(json.loads(json.dumps(row, default=str)), steps_by_position) for row in rows]


def _figure(row: Row, steps_by_position: dict[int, int]) -> Row:
    final = row["final"]
    if final is not None:
        del final["position"]
    for segment in row["segments"]:
        segment["from"], segment["until"] = read_time(segment["from"]), read_time(segment["until"])
    causes = [steps_by_position[position] for position in row["causes"]]
    return {**row, "from": read_time(row["from"]), "until": read_time(row["until"]), "causes": causes}


def shown_occurrences(life: judged.Life, commitment: str) -> list[Row]:
    rows = [occurrence_json(one, "UTC") for one in life.store.reading.occurrences(ADMINISTRATOR, commitment)]
    return [{**row, "due": read_time(row["due"]), "closed": read_time(row["closed"])} for row in rows]


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


def _of_occurrences(expected: history.Life, got: dict[str, list[Row]]) -> str | None:
    """All in listed periods are shown, and whatever is shown is so; dates to come may be shown as far as one likes."""
    for name, rows in expected.occurrences().items():
        ours = {one["key"]: one for one in rows}
        theirs = {one["key"]: one for one in got[name]}
        listed = {one["period"] for one in expected.figures() if one["commitment"] == name and not one["target_index"]}
        wanted = {key for key, one in ours.items() if one["period"] in listed and one["verdict"] != "pending"}
        for key in sorted(wanted | theirs.keys()):
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
