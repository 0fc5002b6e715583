"""Checks the deliverables that others depend on: each exists, and never leads back to itself."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from domain.saying import said
from domain.terms import deliverable_of
from services.contract_files.documents import Document, Problem
from services.contract_files.leaf_checks import ID_PATTERN
from services.contract_files.suggesting import did_you_mean

_ELSEWHERE = re.compile(rf"{ID_PATTERN}/{ID_PATTERN}")


def dependency_problems(document: Document) -> Iterator[Problem]:
    """Problems of every `depends_on` of a contract of good form."""
    contract = document.tree["contract"]
    deliverables = document.tree["deliverables"]
    own = {one["id"] for one in deliverables}
    needs = {one["id"]: [_own(name, contract) for name in one.get("depends_on", ())] for one in deliverables}
    ways = _ways(lambda name: needs.get(name, ()))
    for index, one in enumerate(deliverables):
        for number, written in enumerate(one.get("depends_on", ())):
            path = ("deliverables", index, "depends_on", number)
            name = _own(written, contract)
            if "/" in name:
                if not _ELSEWHERE.fullmatch(name):
                    yield document.problem(
                        path,
                        said("“{written}” names no deliverable", written=written),
                        said("deliverable, or contract/deliverable"),
                    )
            elif name not in own:
                right = did_you_mean(name, own) or said(
                    "one of {own}, or contract/deliverable", own=", ".join(sorted(own))
                )
                yield document.problem(path, said("this contract has no deliverable “{name}”", name=name), right)
            elif circle := _circle(one["id"], ways(name)):
                yield document.problem(
                    path, said("it depends on itself: {circle}", circle=" → ".join(circle)), said("break the circle")
                )


def far_circles(document: Document, needs: Callable[[str], Sequence[str]]) -> Iterator[Problem]:
    """Circles that lead through other contracts. `needs` tells what `contract/deliverable` of another one depends on."""
    contract = document.tree["contract"]
    deliverables = document.tree["deliverables"]
    own = {
        f"{contract}/{one['id']}": [deliverable_of(name, contract) for name in one.get("depends_on", ())]
        for one in deliverables
    }
    ways = _ways(cache(lambda name: own[name] if name in own else needs(name)))
    for index, one in enumerate(deliverables):
        start = f"{contract}/{one['id']}"
        for number, first in enumerate(own[start]):
            way = _circle(start, ways(first))
            if way and any(step.partition("/")[0] != contract for step in way):
                path = ("deliverables", index, "depends_on", number)
                shown = way if len(way) <= 3 else [*way[:2], "…", way[-1]]  # what others agreed is theirs
                yield document.problem(
                    path, said("it depends on itself: {shown}", shown=" → ".join(shown)), said("break the circle")
                )


Ways = Mapping[str, str | None]
"""All that one deliverable leads to, each with what it was reached by; the first, by nothing."""


def _ways(needs: Callable[[str], Sequence[str]]) -> Callable[[str], Ways]:
    """Finds the ways from a deliverable on, once for each however many depend on it."""

    @cache
    def ways(first: str) -> Ways:
        reached: dict[str, str | None] = {first: None}
        to_follow = deque([first])
        while to_follow:
            name = to_follow.popleft()
            fresh = [one for one in needs(name) if one not in reached]
            reached |= dict.fromkeys(fresh, name)
            to_follow += dict.fromkeys(fresh)
        return reached

    return ways


def _circle(start: str, ways: Ways) -> list[str]:
    """The shortest way from `start` back to it over where the ways begin; empty if there is none."""
    if start not in ways:
        return []
    back = [start]
    while (before := ways[back[-1]]) is not None:
        back.append(before)
    return [start, *reversed(back)]


def _own(name: str, contract: str) -> str:
    """A deliverable of this contract by its id alone."""
    return name.removeprefix(f"{contract}/")
