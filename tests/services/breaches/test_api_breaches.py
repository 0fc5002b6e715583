"""`/v1/actions`: one that a person opens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.api_case import Case, opened, slug

ON_TIME = "to-marketing/report/on-time"


@pytest.fixture
def case() -> Iterator[Case]:
    with opened("sqlite://:memory:") as case:
        yield case.lived()


def test_an_action_opened_by_hand_stands_where_the_answer_says(case: Case) -> None:
    answer = case.post("/v1/actions", "marketing", commitment=ON_TIME, text=" call them ", due="2026-03-01")
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/actions/{answer.json()['id']}"
    action = case.get(answer.headers["location"], "sales")
    assert (action["text"], action["due"], action["owner"]) == ("call them", "2026-03-01", "sales")
    assert action["cause"] == "opened-by-hand"
    assert slug(case.post("/v1/actions", commitment=ON_TIME, text="x", due="2026-02-30"), 400) == "invalid"
    assert slug(case.post("/v1/actions", commitment=ON_TIME, text="  "), 422) == "invalid"
