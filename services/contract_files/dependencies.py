"""What deliverables depend on: it must exist, and never lead back to itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from services.contract_files.documents import Document, Problem
from services.contract_files.leaves import ID_PATTERN
from services.contract_files.suggesting import did_you_mean

_ELSEWHERE = re.compile(rf"{ID_PATTERN}/{ID_PATTERN}")


def dependency_problems(document: Document) -> Iterator[Problem]:
    """Problems of every `depends_on` of a contract of good form."""
    contract = document.tree["contract"]
    deliverables = document.tree["deliverables"]
    own = {one["id"] for one in deliverables}
    needs = {one["id"]: [_own(name, contract) for name in one.get("depends_on", ())] for one in deliverables}
    for index, one in enumerate(deliverables):
        for number, written in enumerate(one.get("depends_on", ())):
            path = ("deliverables", index, "depends_on", number)
            name = _own(written, contract)
            if "/" in name:
                if not _ELSEWHERE.fullmatch(name):
                    yield document.problem(
                        path, f"“{written}” names no deliverable", "deliverable, or contract/deliverable"
                    )
            elif name not in own:
                right = did_you_mean(name, own) or f"one of {', '.join(sorted(own))}, or contract/deliverable"
                yield document.problem(path, f"this contract has no deliverable “{name}”", right)
            elif circle := _circle(one["id"], name, needs):
                yield document.problem(path, f"it depends on itself: {' → '.join(circle)}", "break the circle")


def far_circles(document: Document, needs: Callable[[str], Sequence[str]]) -> Iterator[Problem]:
    """Circles that lead through other contracts. `needs` tells what `contract/deliverable` of another one depends on."""
    contract = document.tree["contract"]
    deliverables = document.tree["deliverables"]
    own = {
        f"{contract}/{one['id']}": [_whole(name, contract) for name in one.get("depends_on", ())]
        for one in deliverables
    }
    for index, one in enumerate(deliverables):
        start = f"{contract}/{one['id']}"
        for number, first in enumerate(own[start]):
            way = _far_way(start, first, lambda name: own[name] if name in own else needs(name))
            if way and any(step.partition("/")[0] != contract for step in way):
                path = ("deliverables", index, "depends_on", number)
                shown = way if len(way) <= 3 else [*way[:2], "…", way[-1]]  # what others agreed is theirs
                yield document.problem(path, f"it depends on itself: {' → '.join(shown)}", "break the circle")


def _whole(name: str, contract: str) -> str:
    return name if "/" in name else f"{contract}/{name}"


def _far_way(start: str, first: str, needs: Callable[[str], Sequence[str]]) -> list[str]:
    """The way from `start` over `first` back to `start`; empty if there is none."""
    ways, seen = [[start, first]], {first}
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        for following in needs(way[-1]):
            if following not in seen:
                seen.add(following)
                ways.append([*way, following])
    return []


def _own(name: str, contract: str) -> str:
    """A deliverable of this contract by its id alone."""
    return name.removeprefix(f"{contract}/")


def _circle(start: str, first: str, needs: Mapping[str, list[str]]) -> list[str]:
    """The way from `start` over `first` back to `start`; empty if there is none."""
    ways = [[start, first]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, following] for following in needs.get(way[-1], ())]
    return []
