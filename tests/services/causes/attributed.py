"""Root causes and attributions for tests: a list, breaches of single occurrences, and who says what of them."""

from __future__ import annotations

from typing import Any

from domain.terms import Party
from services.access import ADMINISTRATOR, Principal, principal
from services.breaches.rows import BreachRow
from services.causes.attributing import Attributing
from services.causes.repeating import read_repeats
from services.causes.rows import RepeatsRow
from tests.given import Tree, contract, criterion, punctuality
from tests.services.judged import Life

ANN, BOB = principal("lab/ann"), principal("ward/bob")
CAUSES: Tree = {
    "entente": 1,
    "causes": "house",
    "title": {"en": "Root causes", "fr": "Causes premières"},
    "list": [
        {"id": "van-down", "title": {"en": "Van out of order", "fr": "Camion en panne"}, "party": "supplier"},
        {"id": "headcount-late", "title": {"en": "Headcount late", "fr": "Effectif tardif"}, "party": "client"},
        {"id": "weather", "party": "none"},
    ],
}
MANY: Tree = {"max_misses": 99, "per": "month"}


def each_miss(**more: Any) -> Tree:
    """A report due on Mondays, of which each miss is a breach."""
    return criterion(punctuality(), **{"target": MANY, "each_miss": "breach", **more})


def mondays(**changes: Any) -> Tree:
    return contract(each_miss(), **changes)


def attribute(life: Life, key: str, cause: str, who: Principal = ANN, party: Party | None = None) -> None:
    life.store.use(Attributing).attribute(who, breach_of(life, key).id, cause, party)
    life.judge()


def breach_of(life: Life, key: str) -> BreachRow:
    [row] = [one for one in life.breaches(None) if key == (one.key or one.period)]
    return row


def repeats(life: Life, contract: str = "c", since: str | None = "2026-01-01", until: str | None = None) -> RepeatsRow:
    return life.store.read(ADMINISTRATOR, read_repeats, contract, since, until)


def told(row: RepeatsRow) -> list[tuple[str, int, int]]:
    """Of each group its key, how many breaches and how many misses."""
    return [(one.cause.key, len(one.breaches), len(one.misses)) for one in row.groups]
