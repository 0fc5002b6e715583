"""The map of who deals with whom: the same for the same contracts, near what belongs together, and nothing that cannot be read."""

from __future__ import annotations

import re
from itertools import permutations

from dashboards.maps import MOST, Line, Place, ring_order, service_map

PLACES = {id: Place(f"Service {id}", "keeps 1 of 2") for id in "abcdef"}
LINES = [Line("a", "b", "kept"), Line("b", "a", "lost"), Line("c", "d", "tight"), Line("e", "f", "no-data")]


def test_the_order_in_which_contracts_are_read_changes_nothing() -> None:
    drawn = {ring_order("abcdef", list(lines)).__repr__() for lines in permutations(LINES)}
    assert len(drawn) == 1


def test_those_who_deal_with_each_other_stand_side_by_side() -> None:
    order = ring_order("abcdef", LINES)
    for line in LINES:
        apart = abs(order.index(line.supplier) - order.index(line.client))
        assert min(apart, len(order) - apart) == 1


def test_each_contract_is_a_line_and_what_is_lost_is_loud() -> None:
    drawn = service_map(PLACES, LINES, "4 contracts")
    assert drawn.count("map-line") == 4
    assert len(re.findall(r'map-line miss"', drawn)) == 1
    assert len(re.findall(r'map-line late"', drawn)) == 1
    assert 'role="img" aria-label="4 contracts"' in drawn
    assert len(set(re.findall(r'map-line [a-z]*" d="([^"]+)"', drawn))) == 4


def test_names_are_shown_and_never_run_and_cut_where_they_have_no_room() -> None:
    hostile = {"a": Place('<script>alert("x")</script>', "", True), "b": Place("n" * 500, "")}
    drawn = service_map(hostile, [Line("a", "b", "kept")], "<b>")
    assert "<script" not in drawn
    assert "<b>" not in drawn
    assert "n" * 33 + "…" in drawn
    assert "n" * 34 not in drawn


def test_there_is_none_without_contracts_and_none_of_more_than_forty_services() -> None:
    assert service_map({}, [], "x") == ""
    ids = [f"s{number}" for number in range(MOST + 1)]
    places = {id: Place(id, "") for id in ids}
    lines = [Line("s0", id, "kept") for id in ids[1:]]
    assert service_map(places, lines, "x") == ""
    assert service_map(places, lines[:-1], "x").count("map-line") == MOST - 1
