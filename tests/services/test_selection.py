"""Who may select an event: nobody is passed over, and few are asked in vain."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.commitments import Commitment
from domain.events import OperationalEvent
from services.judging.selection import Selection
from tests.given import at, availability, commitment, conformity, contract, criterion, deadline

TEXTS = st.sampled_from(["1", "2", "a"])
VALUES = st.sampled_from([1, 2, "1", "2", True, "a"])


def conditions(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(values, min_size=1, max_size=3, unique_by=repr)
    return st.one_of(values, several, st.fixed_dictionaries({"ne": values}), st.just({"exists": True}))


OPTIONAL = {"data.a": conditions(VALUES), "data.b": conditions(VALUES), "subject": conditions(TEXTS)}
WHERES = st.fixed_dictionaries({}, optional=OPTIONAL)
SOURCES = st.sampled_from([None, "tool", "other"])


@st.composite
def selectors(draw: st.DrawFn, type: str) -> dict[str, Any]:
    where, source = draw(WHERES), draw(SOURCES)
    types = draw(st.sampled_from([type, [type, "both"]]))
    return {"type": types} | ({"where": where} if where else {}) | ({"source": source} if source else {})


@st.composite
def commitments(draw: st.DrawFn) -> list[Commitment]:
    kinds = [
        conformity(each=draw(selectors("item"))),
        deadline(opened=draw(selectors("item")), closed=draw(selectors("closed"))),
        availability(down=draw(selectors("item")), up=draw(selectors("closed"))),
    ]
    return [commitment(contract(criterion(kind), id=f"c{number}")) for number, kind in enumerate(kinds)]


EVENTS = st.builds(
    lambda type, source, subject, data: OperationalEvent("e", source, type, at("02-01"), subject, data),
    st.sampled_from(["item", "closed", "both", "none"]),
    st.sampled_from(["tool", "other", "third"]),
    st.sampled_from([None, "1", "a"]),
    st.dictionaries(st.sampled_from(["a", "b"]), st.one_of(VALUES, st.none(), st.just([1])), max_size=2),
)


@settings(max_examples=60)
@given(commitments(), st.lists(EVENTS, min_size=1, max_size=8))
def test_all_that_select_an_event_are_found_in_their_order(
    every: list[Commitment], events: list[OperationalEvent]
) -> None:
    selection = Selection(every)
    for event in events:
        assert [one for one in selection.of(event) if one.route(event)] == [one for one in every if one.route(event)]


def test_of_many_contracts_only_those_are_asked_that_name_the_value() -> None:
    every = [
        commitment(contract(criterion(conformity(each={"type": "item", "where": where})), id=f"c{number}"))
        for number in range(50)
        for where in [{"data.of": "everybody", "data.customer": number}]
    ]
    event = OperationalEvent("e", "tool", "item", at("02-01"), None, {"of": "everybody", "customer": 7})
    assert Selection(every).of(event) == [every[7]]


def test_a_value_of_another_type_is_another_value() -> None:
    [number, text] = [
        commitment(contract(criterion(conformity(each={"type": "item", "where": {"data.a": value}})), id=id))
        for id, value in (("c1", 1), ("c2", "1"))
    ]
    event = OperationalEvent("e", "tool", "item", at("02-01"), None, {"a": "1"})
    assert Selection([number, text]).of(event) == [text]
