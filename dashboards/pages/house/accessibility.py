"""`/accessibility`: what was checked of WCAG 2.2 AA and RGAA 4.1, how, and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter, Request, Response

from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages

Result = Literal["met", "partly", "unchecked", "none"]
"""`none`: nothing on the pages that the criterion is about."""
How = Literal["axe", "test", "read"]
"""By axe-core; by a test of ours in a browser; by reading templates and looking at pictures of every page."""


@dataclass(frozen=True)
class Criterion:
    """One of WCAG 2.2 at level A or AA. `theme` is the one of RGAA 4.1 that it mostly falls under, 1 to 13."""

    number: str
    theme: int
    result: Result
    how: tuple[How, ...] = ()

    @property
    def key(self) -> str:
        return self.number.replace(".", "-")


def _criterion(line: str) -> Criterion:
    number, theme, result, *how = line.split()
    return Criterion(number, int(theme), result, tuple(how))  # type: ignore[arg-type]


CRITERIA: tuple[Criterion, ...] = tuple(
    _criterion(line)
    for line in """
1.1.1 1 met axe test
1.2.1 4 none
1.2.2 4 none
1.2.3 4 none
1.2.4 4 none
1.2.5 4 none
1.3.1 9 met axe test
1.3.2 10 met read
1.3.3 10 met read
1.3.4 13 met read
1.3.5 11 met read
1.4.1 3 met read
1.4.2 4 none
1.4.3 3 met axe
1.4.4 10 met test
1.4.5 1 none
1.4.10 10 met test
1.4.11 3 met read
1.4.12 10 met test
1.4.13 10 none
2.1.1 7 met test
2.1.2 12 met test
2.1.4 12 met test
2.2.1 13 partly test
2.2.2 13 met test
2.3.1 13 met read
2.4.1 12 met axe test
2.4.2 8 met axe
2.4.3 12 met test
2.4.4 6 met read
2.4.5 12 met read
2.4.6 9 met test
2.4.7 10 met test
2.4.11 10 met read
2.5.1 13 none
2.5.2 13 met read
2.5.3 6 met axe
2.5.4 13 none
2.5.7 13 met read
2.5.8 13 met axe
3.1.1 8 met axe test
3.1.2 8 partly read
3.2.1 7 met read
3.2.2 11 met read
3.2.3 12 met read
3.2.4 12 met read
3.2.6 12 none
3.3.1 11 met test
3.3.2 11 met axe
3.3.3 11 met test
3.3.4 11 met read
3.3.7 11 met read
3.3.8 11 met read
4.1.2 7 met axe
4.1.3 7 partly read
""".strip().splitlines()
)
PARTS = ("axe", "test", "read", "never")


def add_accessibility(router: APIRouter, pages: Pages) -> None:
    @router.get("/accessibility")
    def accessibility(request: Request) -> Response:
        results = [one.result for one in CRITERIA]
        return View(pages, request).render(
            "accessibility.html",
            criteria=CRITERIA,
            parts=PARTS,
            counts={name: results.count(name) for name in ("met", "partly", "none")},
        )
