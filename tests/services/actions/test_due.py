"""Which day and which person the platform gives an action: the day counts from the instant at which its breach opened."""

from __future__ import annotations

import pytest

from tests.given import Tree, contract, criterion, event, punctuality
from tests.services.judged import Life, living

WEEKLY: Tree = contract(
    criterion(punctuality(), target={"max_misses": 1, "per": "month"}),
    valid={"from": "2026-01-05"},
    actions={"effect": {"after": 8, "before": 8}},
)
LATE = ("2026-01-19", "2026-02-09", "2026-02-23")


def delivered(life: Life) -> None:
    """Mondays at 09:40, except the late ones at 11:20 (worked example A-1)."""
    for day in ("01-05", "01-12", "01-19", "01-26", "02-02", "02-09", "02-16", "02-23"):
        clock = "11:20" if f"2026-{day}" in LATE else "09:40"
        life.happen(event("report", f"2026-{day} {clock}", None, date=f"2026-{day}"))


def test_the_action_of_a_month_is_due_after_the_miss_that_lost_it() -> None:
    with living() as life:
        life.sign(WEEKLY)
        delivered(life)
        life.advance("2026-02-24 00:00")
        [breach] = life.breaches()
        [action] = life.actions()
        assert (breach.cause, action.trigger) == ("target-lost", "2026-02-23")
        assert (str(action.due), action.is_overdue) == ("2026-03-09", False)


@pytest.mark.parametrize("steps", [("2026-03-20 00:00",), ("2026-02-23 12:00", "2026-03-01 00:00", "2026-03-20 00:00")])
def test_a_leap_of_time_gives_no_action_a_day_before_its_miss(steps: tuple[str, ...]) -> None:
    """The miss of 23 February is not due on 2 February, whatever reviews one leap passes."""
    rule: Tree = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00"}
    with living() as life:
        life.sign(
            contract(
                criterion(punctuality(), target={"max_misses": 1, "per": "month"}, each_miss="breach"), review=rule
            )
        )
        delivered(life)
        for step in steps:
            life.advance(step)
        [lost] = [one for one in life.actions() if one.cause == "target-lost"]
        assert str(lost.due) == "2026-03-02"
        assert lost.due is not None
        assert lost.due.isoformat() > "2026-02-23"


@pytest.mark.parametrize(
    ("lab", "ward", "person"),
    [
        ((), (), "ann"),
        (("ann",), ("bob",), "ann"),
        (("kim",), ("ann",), None),
        ((), ("ann",), None),
        (("kim",), (), None),
    ],
)
def test_who_cannot_do_it_is_not_the_person_of_an_action(
    lab: tuple[str, ...], ward: tuple[str, ...], person: str | None
) -> None:
    """Ann owns the indicator; the lab owes."""
    with living() as life:
        for service, people in (("lab", lab), ("ward", ward)):
            if people:
                life.publish({"entente": 1, "service": service, "people": [{"id": one, "name": one} for one in people]})
        life.sign(WEEKLY)
        delivered(life)
        life.advance("2026-02-24 00:00")
        [action] = life.actions()
        assert action.person == person
        assert life.judged_again() == life.dump()
