"""What deliverables depend on: it must exist, and never lead back to itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

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
