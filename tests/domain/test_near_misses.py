"""By which value an event comes nearest to being selected."""

from __future__ import annotations

from typing import Any

import pytest

from domain.events import ABSENT
from domain.near_misses import near_miss
from tests.given import conformity, event, owing


def missed(
    where: dict[str, Any] | None, type: str = "mail.sent", source: str = "tool", **data: Any
) -> tuple[Any, ...] | None:
    each = {"type": ["mail.sent", "mail.read"], "source": "tool", **({"where": where} if where else {})}
    found = near_miss(owing(conformity(each=each)).selectors, event(type, "01-05", source=source, **data))
    return None if found is None else (found.path, found.value, found.asked, found.is_near)


@pytest.mark.parametrize(
    ("where", "data", "expected"),
    [
        ({"data.service": "Éducation"}, {"service": "Education"}, ("data.service", "Education", ("Éducation",), True)),
        ({"data.service": "Éducation"}, {"service": " éducation "}, ("data.service", " éducation ", ("Éducation",), True)),
        ({"data.service": ["Culture", "Éducation"]}, {"service": "Educaton"}, ("data.service", "Educaton", ("Éducation",), True)),
        ({"data.service": ["Educations", "Éducation"]}, {"service": "Education"}, ("data.service", "Education", ("Éducation",), True)),
        ({"data.service": ["Culture", "Sport"]}, {"service": "Voirie"}, ("data.service", "Voirie", ("Sport", "Culture"), False)),
        ({"data.service": "Sport"}, {}, ("data.service", ABSENT, ("Sport",), False)),
        ({"data.level": 1}, {"level": "1"}, ("data.level", "1", (1,), True)),
        ({"data.level": {"ge": 3}}, {"level": 2}, ("data.level", 2, (), False)),
        ({"data.a": "x", "data.service": "Sport"}, {"a": "x", "service": "Sports"}, ("data.service", "Sports", ("Sport",), True)),
        ({"data.a": "x", "data.service": "Sport"}, {"a": "q", "service": "Sports"}, ("data.service", "Sports", ("Sport",), True)),
    ],
)  # fmt: skip
def test_the_nearest_value_is_named(where: dict[str, Any], data: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert missed(where, **data) == expected


def test_of_types_and_sources_too_but_of_another_type_altogether_nothing_is_said() -> None:
    assert missed(None, type="mail.snt") == ("type", "mail.snt", ("mail.sent",), True)
    assert missed(None, source="tools") == ("source", "tools", ("tool",), True)
    assert missed(None, type="deploy") is None
    assert missed(None) is None  # it is selected


def test_of_several_selectors_that_one_counts_of_which_the_fewest_conditions_fail() -> None:
    first = {"type": "mail.sent", "where": {"data.service": "Sport", "data.level": 1}}
    second = {"type": "mail.sent", "where": {"data.service": "Culture", "data.level": 2}}
    selectors = [*owing(conformity(each=first)).selectors, *owing(conformity(each=second)).selectors]
    found = near_miss(selectors, event("mail.sent", "01-05", service="Cultur", level=2))
    assert found is not None
    assert (found.path, found.asked) == ("data.service", ("Culture",))
