"""Looking for a stream of which the program and the oracle differ, and making it small."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from tests.oracle.comparing import difference
from tests.oracle.generating import streams
from tests.oracle.history import Step
from tests.oracle.living import GivesNoDate

KEPT = Path(__file__).parent / "kept.jsonl"
"""Streams of which they once differed, one a line."""


class Differs(AssertionError):
    """Says what differs, and gives the line for KEPT."""


def search(kinds: tuple[str, ...], number: int, count: int) -> None:
    """Tries that many streams of these kinds, the same ones for the same number. Raises Differs."""

    @seed(number)
    @settings(max_examples=count, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=SLOW)
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        steps = data.draw(streams(kinds))
        judges_each_step = data.draw(st.booleans())
        try:
            differs = difference(steps, judges_each_step) is not None
        except GivesNoDate:
            reject()
        if differs:
            raise Differs(told(smallest(steps, judges_each_step), judges_each_step))

    try:
        tried()
    except Differs as found:
        raise Differs(str(found)) from None


SLOW = list(HealthCheck)


def told(steps: Sequence[Step], judges_each_step: bool) -> str:
    return f"{difference(steps, judges_each_step)}\n\nto keep it:\n{line(steps, judges_each_step)}"


# Small


def smallest(steps: Sequence[Step], judges_each_step: bool) -> list[Step]:
    """What is left when each step, and each key of a contract, without which they still differ is taken out."""
    left = list(steps)
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for fewer in _smaller(left):
            if _still_differ(fewer, judges_each_step):
                left, is_smaller = fewer, True
                break
    return left


def _smaller(steps: list[Step]) -> Iterator[list[Step]]:
    for number in reversed(range(len(steps))):
        yield [*steps[:number], *steps[number + 1 :]]
    for number, (verb, what) in enumerate(steps):
        if verb in ("sign", "backfill", "publish", "ask"):
            for tree in _with_less(what):
                yield [*steps[:number], (verb, tree), *steps[number + 1 :]]


def _with_less(tree: Any) -> Iterator[Any]:
    """The tree without one of its keys, or one item of a list, at any depth."""
    for place in tree if isinstance(tree, dict) else range(len(tree)):
        if isinstance(tree, dict) or len(tree) > 1:
            less = copy.copy(tree)
            del less[place]
            yield less
        if isinstance(tree[place], dict | list):
            for inner in _with_less(tree[place]):
                less = copy.copy(tree)
                less[place] = inner
                yield less


def _still_differ(steps: Sequence[Step], judges_each_step: bool) -> bool:
    try:
        return difference(steps, judges_each_step) is not None
    except Exception:  # it is no contract any more
        return False


# Kept


def line(steps: Sequence[Step], judges_each_step: bool) -> str:
    said = [[verb, what.isoformat() if isinstance(what, datetime) else what] for verb, what in steps]
    return json.dumps({"judges_each_step": judges_each_step, "steps": said})


def kept() -> list[tuple[list[Step], bool]]:
    found = [json.loads(one) for one in KEPT.read_text().splitlines()]
    return [([_step(*step) for step in one["steps"]], one["judges_each_step"]) for one in found]


def _step(verb: str, what: Any) -> Step:
    is_moment = what is not None and verb in ("advance", "declare", "look")
    return verb, datetime.fromisoformat(what) if is_moment else what
