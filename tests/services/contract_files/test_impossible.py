"""Contracts that could never be judged, or only ever one way, are refused with line and reason; their neighbours are not."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from services.access import ADMINISTRATOR, principal
from services.contract_files import check_contract, far_circles
from services.contracts.contracting import Contracting
from services.errors import DocumentInvalid
from tests.given import Tree, contract, criterion, document, pausable, punctuality, turnaround
from tests.services.judged import Life, living

OFFICE: Tree = {"open": {"mon-fri": ["09:00-17:00"]}}
YEAR: Tree = {"valid": {"from": "2026-01-01", "until": "2026-12-31"}}


def of(indicator: Tree, **more: Any) -> Tree:
    return contract(criterion(indicator, **more))


def freshness(max_age: str) -> Tree:
    return of({"kind": "freshness", "updated": {"type": "u"}, "max_age": max_age})


def availability(up: Tree) -> Tree:
    return of({"kind": "availability", "down": {"type": "state", "where": {"data.up": False}}, "up": up})


def counting(most: int) -> Tree:
    indicator = {"kind": "measure", "each": {"type": "i"}, "value": "data.v", "aggregate": "count"}
    return of(indicator, target={"at_most": most, "per": "month"})


def open_on(day: str) -> Tree:
    return contract(
        criterion(turnaround(within="4 working hours")),
        calendar={"open": {"mon": []}, "openings": [{"date": day, "at": ["09:00-10:00"]}]},
        **YEAR,
    )


@pytest.mark.parametrize(
    ("tree", "place", "what"),
    [
        (of(turnaround(under="0 min")), "indicator.under", "less than no time"),
        (of(turnaround(under={"by": "data.p", "1": "0 days", "else": "2 h"})), "indicator.under.1", "no time"),
        (freshness("0 h"), "indicator.max_age", "always be stale"),
        (availability({"type": "state", "where": {"data.up": False}}), "indicator.up", "the very events"),
        (of(turnaround(closed={"type": "opened"})), "indicator.closed", "the very events"),
        (of(pausable() | {"resumed": {"type": "paused"}}), "indicator.resumed", "the very events"),
        (counting(-1), "target.at_most", "less than nothing"),
        (open_on("2025-12-31"), "calendar", "never open from 2026-01-01 until 2026-12-31"),
        (open_on("2027-01-01"), "calendar", "never open"),
        (
            contract(
                criterion(turnaround(within="4 working hours")),
                calendar=OFFICE | {"holidays": {"country": "FR", "years": "2024-2025"}},
            ),
            "calendar",
            "has no days from 2026-01-01 on",
        ),
    ],
)
def test_what_could_never_be_judged_is_refused(tree: Tree, place: str, what: str) -> None:
    [problem] = check_contract(document(tree))
    assert problem.startswith("given.yaml:1:")
    assert f"{place}: " in problem
    assert what in problem


@pytest.mark.parametrize(
    "tree",
    [
        of(turnaround(under="1 s")),
        contract(criterion(turnaround(under="0 working hours")), calendar=OFFICE),
        of(turnaround(within="0 min")),
        freshness("1 s"),
        availability({"type": "state", "where": {"data.up": True}}),
        counting(0),
        open_on("2026-01-01"),
        open_on("2026-12-31"),
    ],
)
def test_its_neighbour_is_accepted(tree: Tree) -> None:
    assert check_contract(document(tree)) == []


# Circles


def depending(id: str, *needs: str) -> Tree:
    tree = contract(criterion(punctuality()), id=id)
    if needs:
        tree["deliverables"][0]["depends_on"] = list(needs)
    return tree


def test_a_circle_through_other_contracts_is_refused_where_it_closes(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(depending("a", "b/d"))
        life.sign(depending("b", "c/d"))
        with pytest.raises(DocumentInvalid, match=r"depends_on\[0\]: it depends on itself: c/d → a/d → … → c/d"):
            life.sign(depending("c", "a/d"))
        life.sign(depending("c"))


def test_a_circle_of_two_and_one_that_was_refused() -> None:
    with living() as life:
        propose(life, depending("a", "b/d"))
        with pytest.raises(DocumentInvalid, match="b/d → a/d → b/d"):
            propose(life, depending("b", "a/d"))
        life.store.use(Contracting).refuse(ADMINISTRATOR, "a", "no")
        propose(life, depending("b", "a/d"))


def test_a_circle_through_contracts_of_others_tells_nothing_of_them() -> None:
    with living() as life:
        propose(life, depending("a", "b/d"))
        theirs = depending("b", "a/d") | {"supplier": "press"}
        assert (
            life.store.use(Contracting).apply(principal("press"), document(theirs), dry_run=True).outcome == "proposed"
        )


def test_what_many_depend_on_is_looked_at_once_for_each_of_them_and_not_once_a_way() -> None:
    asked: Counter[str] = Counter()

    def needs(name: str) -> list[str]:
        asked[name] += 1
        number = int(name.removeprefix("far/d"))
        return [f"far/d{one}" for one in range(number + 1, 40)]

    assert not list(far_circles(document(depending("a", *(f"far/d{n}" for n in range(40)))), needs))
    assert set(asked.values()) == {1}


def propose(life: Life, tree: Tree) -> None:
    life.store.use(Contracting).apply(ADMINISTRATOR, document(tree))
    life.judge()
