"""Which events are meant, and what is good (MEANING §4 "Lookups")."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.occurrences import id_order, sequence_order
from tests.given import conformity, event, owing, verdict


def selecting(condition: Any, **more: Any) -> Commitment:
    return owing(conformity(each={"type": "item", "where": {"data.x": condition}, **more}))


def selects(condition: Any, **data: Any) -> bool:
    return bool(selecting(condition).route(event("item", "01-05", **data)))


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        (1, 1),
        (1, Decimal("1.0")),
        ("1", "1"),
        (True, True),
        ([1, "2"], "2"),
        ({"ne": 1}, 2),
        ({"ne": 1}, "1"),
        ({"ne": 1}, [1]),
        ({"lt": 2}, 1),
        ({"le": 2}, 2),
        ({"gt": 2}, 3),
        ({"ge": 2}, 2),
        ({"ge": 2, "lt": 4}, 3),
        ({"exists": True}, 0),
        ({"exists": True}, {}),
        ({"starts_with": "ab"}, "abc"),
    ],
)
def test_a_condition_holds(condition: Any, value: Any) -> None:
    assert selects(condition, x=value)


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        (1, "1"),
        ("1", 1),
        (1, True),
        (True, 1),
        ([1, "2"], 2),
        ([1], True),
        ({"ne": 1}, 1),
        ({"ne": 1}, Decimal("1.0")),
        ({"lt": 2}, 2),
        ({"lt": 2}, "1"),
        ({"gt": 2}, 2),
        ({"ge": 2, "lt": 4}, 4),
        ({"exists": False}, 0),
        ({"starts_with": "ab"}, "a"),
        ({"starts_with": "1"}, 12),
        (1, {"x": 1}),
    ],
)
def test_a_condition_does_not_hold(condition: Any, value: Any) -> None:
    assert not selects(condition, x=value)


@pytest.mark.parametrize("condition", [1, {"ne": 1}, {"lt": 9}, [1], {"exists": True}])
@pytest.mark.parametrize("data", [{}, {"x": None}])
def test_of_an_absent_path_and_of_null_nothing_holds_but_its_absence(condition: Any, data: dict[str, Any]) -> None:
    assert not selects(condition, **data)
    assert selects({"exists": False}, **data)


def test_all_of_a_where_the_type_and_the_source_must_agree() -> None:
    two = owing(conformity(each={"type": ["a", "b"], "source": "tool", "where": {"data.x": 1, "subject": "s"}}))
    assert two.route(event("b", "01-05", "s", x=1))
    assert not two.route(event("b", "01-05", "t", x=1))
    assert not two.route(event("b", "01-05", "s", x=2))
    assert not two.route(event("c", "01-05", "s", x=1))
    assert not two.route(event("a", "01-05", "s", source="other", x=1))


@pytest.mark.parametrize(
    ("good", "data", "expected"),
    [
        ({"data.n": {"le": 0}}, {"n": 0}, "met"),
        ({"data.n": {"le": 0}}, {"n": 1}, "failed"),
        ({"data.n": {"le": 0}}, {"n": "0"}, "unknown"),
        ({"data.n": {"le": 0}}, {"n": [0]}, "unknown"),
        ({"data.n": {"le": 0}}, {}, "unknown"),
        ({"data.n": {"le": 0}}, {"n": None}, "unknown"),
        ({"data.n": {"ne": 0}}, {"n": "0"}, "unknown"),
        ({"data.ok": True}, {"ok": 1}, "unknown"),
        ({"data.n": [1, 2]}, {"n": 3}, "failed"),
        ({"data.n": [1, 2]}, {"n": "1"}, "unknown"),
        ({"data.n": [1, "x"]}, {"n": "y"}, "failed"),
        ({"data.n": 1, "data.m": 1}, {"n": 2}, "unknown"),
        ({"data.m": 1, "data.n": 1}, {"n": 2}, "unknown"),
        ({"data.n": {"ge": 1, "le": 3}}, {"n": Decimal("3.0")}, "met"),
        ({"data.n": {"exists": True}}, {}, "failed"),
        ({"data.n": {"exists": False}}, {}, "met"),
        ({"data.n": {"exists": False}}, {"n": 0}, "failed"),
        ({"data.n": {"ge": 63, "exists": True}}, {}, "failed"),
        ({"data.n": {"exists": True, "ge": 63}}, {"n": None}, "failed"),
        ({"data.n": {"ge": 63, "exists": True}}, {"n": 62}, "failed"),
        ({"data.n": {"ge": 63, "exists": True}}, {"n": 63}, "met"),
        ({"data.n": {"ge": 63, "exists": True}}, {"n": "66"}, "unknown"),
        ({"data.n": {"exists": True, "in": [1, 2]}}, {}, "failed"),
        ({"data.n": {"exists": True, "ge": 1}, "data.m": {"le": 0}}, {}, "unknown"),
        ({"data.m": {"le": 0}, "data.n": {"exists": True, "ge": 1}}, {"m": 0}, "failed"),
    ],
)
def test_good_is_unknown_as_soon_as_one_path_is_absent_or_mistyped(
    good: dict[str, Any], data: dict[str, Any], expected: str
) -> None:
    item = event("item", "01-05", id="i", **data)
    assert verdict(owing(conformity(good=good)), [item], key="tool#i") == expected


def by_sequence(*sequences: str | None) -> list[str | None]:
    return sorted(sequences, key=sequence_order)


def test_sequences_compare_as_numbers_where_both_are_digits_and_absent_comes_first() -> None:
    assert by_sequence("10", "9", None, "0") == [None, "0", "9", "10"]
    assert by_sequence("b", "10", "a") == ["10", "a", "b"]
    assert sequence_order("007") == sequence_order("7")
    assert by_sequence("9" * 5_000, "1" + "0" * 5_000) == ["9" * 5_000, "1" + "0" * 5_000]


def test_ids_of_digits_alone_compare_as_numbers_before_any_text_and_always_have_one_order() -> None:
    ids = ["9", "10", "010", "8a", "0", "000", "a", "-1", "9" * 500, "1" + "0" * 499, "٣"]
    assert sorted(ids, key=id_order) == [
        "0", "000", "9", "010", "10", "1" + "0" * 499, "9" * 500, "-1", "8a", "a", "٣",
    ]  # fmt: skip
    assert len({id_order(id) for id in ids}) == len(ids)


def keyed(value: object) -> OperationalEvent:
    return event("item", "01-05", value=value)


def test_an_item_is_named_by_a_text_or_a_number_and_by_nothing_else() -> None:
    found = owing(conformity(key="data.value"))
    assert [found.route(keyed(one))[0].key for one in ("a", 7, Decimal("1.5"))] == ["a", "7", "1.5"]
    for none in ("", True, [1], {"a": 1}, "x" * 513, "é" * 257):
        assert found.route(keyed(none))[0].reason == "no-key"
