"""A miss that depended on what the other party owed first (DESIGN §3.14): proposed as excused, once, with both events."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from domain.events import OperationalEvent
from domain.excuse import Excuse
from services.access import ADMINISTRATOR
from services.breaches.reading import read_breaches
from services.excuses.reading import read_excuses
from services.excuses.rows import ExcuseRow
from services.history.entries import TIME, unpack
from services.judging.lens import Lens
from services.seeing.past import judged_anew, replay, seeing_at
from services.seeing.seen import Seeing
from tests.given import Tree, at, contract, criterion, deadline, due, event, punctuality
from tests.services.excused import LAB, WARD, Parties
from tests.services.judged import Life, living

PROMO = punctuality(delivered={"type": "promo"}, due={"every": "thursday", "at": "17:00"})
"""Owed by the client every Thursday, before the report of Monday."""


def agreement(
    mine: Tree, theirs: Tree, *, id: str = "c", depends_on: tuple[str, ...] = ("first",), **more: Any
) -> Tree:
    """`d`, owed by the lab, depends on `first`, owed by the ward."""
    tree = contract(criterion(mine, each_miss="breach"), id=id, **more)
    tree["deliverables"][0]["depends_on"] = list(depends_on)
    tree["deliverables"].append({"id": "first", "title": "F", "owed_by": "client", "criteria": [criterion(theirs)]})
    return tree


WEEKLY = agreement(punctuality(), PROMO)


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


def promo(day: str, time: str) -> OperationalEvent:
    return event("promo", time, None, date=f"2026-{day}")


def report(day: str, time: str) -> OperationalEvent:
    return event("report", time, None, date=f"2026-{day}")


def proposed(life: Life) -> list[ExcuseRow]:
    return sorted(life.store.read(LAB, read_excuses), key=lambda one: one.keys)


def causes(life: Life) -> dict[str | None, str]:
    return {one.key: one.cause for one in life.breaches() if one.commitment == "c/d/on-time" and one.key}


def test_a_late_delivery_after_a_late_promise_is_proposed_with_both_events(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(WEEKLY)
        [first] = life.happen(promo("03-05", "03-06 09:00"))
        [second] = life.happen(report("03-09", "03-09 11:00"))
        [excuse] = proposed(life)
        assert (excuse.scope, excuse.keys, excuse.reason) == ("c/d/on-time", ("2026-03-09",), "dependency")
        assert excuse.evidence == (first.position, second.position)
        assert (excuse.party, excuse.asked_by, excuse.state, excuse.waits_for) == (
            "supplier",
            "entente",
            "asked",
            "ward",
        )
        assert excuse.text == "c/first/on-time 2026-03-05: late"
        assert causes(life) == {"2026-03-09": "client-obligation"}
        assert life.verdicts()["2026-03-09"] == "late"  # proposed is not accepted
        assert life.judged_again() == life.judged_again(1) == life.dump()
        assert replay(life.store.history, life.store.history.database).is_same
        Parties(life).accept(excuse.id)
        assert (life.verdicts()["2026-03-09"], causes(life)) == ("excused", {})


def test_what_never_came_is_known_by_the_time_that_has_passed(life: Life) -> None:
    life.sign(WEEKLY)
    life.advance("2026-03-01")
    life.advance("2026-03-09 10:00")
    position = life.position()
    march = [one for one in proposed(life) if one.keys == ("2026-03-09",)]
    assert [one.evidence for one in march] == [(_passed(life, "2026-03-09 10:00"),)]
    assert march[0].text == "c/first/on-time 2026-03-05: missing"
    assert position > march[0].evidence[0]


def _passed(life: Life, time: str) -> int:
    [found] = [one for one in life.store.history.read(0, 1_000, [TIME]) if unpack(one.state)[0]["time"] == at(time)]
    return found.position


@pytest.mark.parametrize(
    ("promos", "is_proposed"),
    [
        ([("03-05", "03-05 17:00")], False),
        ([("03-05", "03-05 17:00:00.000001")], True),
        ([("03-05", "03-05 16:00"), ("02-26", "03-01 09:00")], False),
    ],
    ids=["in time", "a microsecond late", "an earlier one late"],
)
def test_only_the_last_one_before_counts(life: Life, promos: list[tuple[str, str]], is_proposed: bool) -> None:
    life.sign(WEEKLY)
    life.happen(report("03-02", "03-02 09:00"), *(promo(*one) for one in promos), report("03-09", "03-09 11:00"))
    assert bool(proposed(life)) is is_proposed
    assert causes(life) == {"2026-03-09": "client-obligation" if is_proposed else "late"}


@pytest.mark.parametrize("is_promise_first", [True, False])
@pytest.mark.parametrize(("at_hour", "key"), [("10:00", "2026-03-09"), ("10:01", "2026-03-16")])
def test_what_is_due_at_the_very_due_still_counts_and_after_it_for_the_next(
    life: Life, at_hour: str, key: str, is_promise_first: bool
) -> None:
    theirs = punctuality(delivered={"type": "promo"}, due={"every": "monday", "at": at_hour})
    life.sign(agreement(punctuality(), theirs))
    promises = [*(promo(f"03-{day}", f"03-{day} 09:00") for day in ("02", "16")), promo("03-09", "03-09 12:00")]
    reports = [report("03-09", "03-09 12:00"), report("03-16", "03-16 12:00")]
    for one in [*promises, *reports] if is_promise_first else [*reports, *promises]:
        life.happen(one)
    assert [one.keys for one in proposed(life)] == [(key,)]


def test_met_within_its_tolerance_but_after_this_due_is_proposed(life: Life) -> None:
    theirs = {**PROMO, "due": {"every": "monday", "at": "09:00"}, "tolerance": "2 h"}
    life.sign(agreement(punctuality(), theirs))
    life.happen(promo("03-09", "03-09 10:00"), report("03-09", "03-09 11:00"))
    assert proposed(life) == []
    life.happen(promo("03-16", "03-16 10:00:01"), report("03-16", "03-16 11:00"))
    assert [(one.keys, one.text) for one in proposed(life)] == [(("2026-03-16",), "c/first/on-time 2026-03-16: met")]


def test_cases_depend_on_the_one_with_the_same_key(life: Life) -> None:
    theirs = deadline(opened={"type": "asked"}, closed={"type": "answered"})
    life.sign(agreement(deadline(), theirs))
    for subject, hour in (("1", "13:00"), ("2", "11:00")):
        life.happen(event("asked", "03-02", subject, **due("03-03 12:00")), event("answered", f"03-03 {hour}", subject))
        life.happen(event("opened", "03-02", subject, **due("03-05 12:00")), event("closed", "03-06", subject))
    assert [one.keys for one in proposed(life)] == [("1",)]
    assert causes(life) == {"1": "client-obligation", "2": "late"}


def test_dates_may_depend_on_cases_that_fell_due_before(life: Life) -> None:
    theirs = deadline(opened={"type": "asked"}, closed={"type": "answered"})
    life.sign(agreement(punctuality(), theirs))
    for subject, limit in (("a", "03-03 12:00"), ("b", "03-04 12:00"), ("c", "03-02 10:00")):
        life.happen(event("asked", "03-01", subject, **due(limit)))
    life.happen(event("answered", "03-02", "a"), event("answered", "03-05", "b"), event("answered", "03-20", "c"))
    life.happen(report("03-09", "03-09 11:00"))
    assert [(one.keys, one.text) for one in proposed(life)] == [(("2026-03-09",), "c/first/on-time b: late")]


def test_one_is_proposed_whatever_comes_first_and_only_once() -> None:
    events = [promo("03-05", "03-06 09:00"), report("03-09", "03-09 11:00"), promo("03-12", "03-12 09:00")]
    for order in permutations(events):
        with living() as life:
            life.sign(WEEKLY)
            for one in order:
                life.happen(one)
            life.happen(promo("03-05", "03-07 09:00"))
            assert [one.keys for one in proposed(life)] == [("2026-03-09",)]
            assert causes(life) == {"2026-03-09": "client-obligation"}
            assert life.judged_again() == life.judged_again(1) == life.dump()


def test_a_contract_signed_after_the_events_proposes_the_same(life: Life) -> None:
    life.happen(promo("03-05", "03-06 09:00"), report("03-09", "03-09 11:00"))
    life.sign(WEEKLY)
    assert [one.keys for one in proposed(life)] == [("2026-03-09",)]
    assert causes(life) == {"2026-03-09": "client-obligation"}
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_a_promise_that_turns_out_kept_leaves_the_miss_alone_and_the_proposal_to_people(life: Life) -> None:
    life.sign(WEEKLY)
    life.happen(report("03-02", "03-02 09:00"), promo("02-26", "02-26 09:00"))
    life.advance("2026-03-09 10:00")
    assert causes(life)["2026-03-09"] == "client-obligation"
    life.happen(promo("03-05", "03-05 09:00"))
    assert causes(life)["2026-03-09"] == "missing"
    [excuse] = [one for one in proposed(life) if one.keys == ("2026-03-09",)]
    Parties(life).excusing.refuse(WARD, excuse.id, "it came in time")
    life.happen(report("03-09", "03-10 09:00"))
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_a_promise_that_is_excused_is_not_held_against_anybody(life: Life) -> None:
    life.sign(WEEKLY)
    life.happen(promo("03-05", "03-06 09:00"))
    parties = Parties(life)
    parties.excuse("2026-03-05", scope="c/first/on-time", party="supplier")
    life.happen(report("03-09", "03-09 11:00"))
    assert [one.reason for one in proposed(life)] == ["client-fault"]
    assert causes(life) == {"2026-03-09": "late"}


def test_what_one_owes_oneself_excuses_nothing(life: Life) -> None:
    tree = agreement(punctuality(), PROMO)
    tree["deliverables"][1]["owed_by"] = "supplier"
    life.sign(tree)
    life.happen(promo("03-05", "03-06 09:00"), report("03-09", "03-09 11:00"))
    assert (proposed(life), causes(life)) == ([], {"2026-03-09": "late"})


def test_a_miss_of_the_client_that_depended_on_the_supplier_is_proposed_too(life: Life) -> None:
    tree = agreement(punctuality(), PROMO)
    tree["deliverables"][0]["owed_by"], tree["deliverables"][1]["owed_by"] = "client", "supplier"
    life.sign(tree)
    life.happen(promo("03-05", "03-06 09:00"), report("03-09", "03-09 11:00"))
    assert [(one.party, one.waits_for) for one in proposed(life)] == [("client", "lab")]
    assert causes(life) == {"2026-03-09": "late"}


def test_a_deliverable_of_another_contract_may_come_first(life: Life) -> None:
    other = contract(criterion(PROMO), id="other", supplier="ward", client="lab")
    mine = contract(criterion(punctuality(), each_miss="breach"))
    mine["deliverables"][0]["depends_on"] = ["other/d"]
    life.sign(mine)
    life.happen(promo("03-05", "03-06 09:00"), report("03-09", "03-09 11:00"))
    assert (proposed(life), causes(life)) == ([], {"2026-03-09": "late"})
    life.sign(other)
    assert [one.text for one in proposed(life)] == ["other/d/on-time 2026-03-05: late"]
    assert causes(life) == {"2026-03-09": "client-obligation"}
    with seeing_at(life.store.history, position=life.position(), contract="c") as then:
        assert {one.cause for one in then.read(ADMINISTRATOR, read_breaches, contract="c") if one.key} == {
            "client-obligation"
        }
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_a_third_service_is_not_the_other_party(life: Life) -> None:
    other = contract(criterion(PROMO), id="other", supplier="press", client="lab")
    mine = contract(criterion(punctuality(), each_miss="breach"))
    mine["deliverables"][0]["depends_on"] = ["other/d"]
    life.sign(other)
    life.sign(mine)
    life.happen(promo("03-05", "03-06 09:00"), report("03-09", "03-09 11:00"))
    assert (proposed(life), causes(life)) == ([], {"2026-03-09": "late"})


def test_what_the_other_party_owes_somebody_else_is_not_told(life: Life) -> None:
    other = contract(criterion(PROMO), id="other", supplier="ward", client="press")
    mine = contract(criterion(punctuality(), each_miss="breach"))
    mine["deliverables"][0]["depends_on"] = ["other/d"]
    life.sign(other)
    life.sign(mine)
    life.happen(promo("03-05", "03-06 09:00"), report("03-09", "03-09 11:00"))
    assert (proposed(life), causes(life)) == ([], {"2026-03-09": "late"})


def test_what_fell_due_before_the_previous_due_counts_no_more(life: Life) -> None:
    theirs = {**PROMO, "due": {"every": "FREQ=MONTHLY;BYMONTHDAY=5", "at": "17:00"}}
    life.sign(agreement(punctuality(), theirs))
    life.happen(promo("03-05", "03-30 09:00"), report("03-09", "03-09 11:00"), report("03-16", "03-16 11:00"))
    assert causes(life) == {"2026-03-09": "client-obligation", "2026-03-16": "late"}
    assert [one.keys for one in proposed(life)] == [("2026-03-09",)]


def test_each_version_depends_on_what_it_says(life: Life) -> None:
    life.sign(WEEKLY)
    life.sign(agreement(punctuality(), PROMO, depends_on=(), effective="2026-03-10", rebaseline={"reason": "x"}))
    for day in ("05", "12"):
        life.happen(promo(f"03-{day}", f"03-{day} 18:00"))
    life.happen(report("03-09", "03-09 11:00"), report("03-16", "03-16 11:00"))
    assert causes(life) == {"2026-03-09": "client-obligation", "2026-03-16": "late"}


def test_an_amendment_that_drops_the_dependency_drops_the_cause(life: Life) -> None:
    life.sign(WEEKLY)
    life.happen(promo("03-05", "03-06 09:00"), report("03-09", "03-09 11:00"))
    life.sign(agreement(punctuality(), PROMO, depends_on=(), effective="2026-01-01", rebaseline={"reason": "x"}))
    assert causes(life) == {"2026-03-09": "late"}


def test_an_excuse_that_no_rule_asked_for_is_a_difference(life: Life) -> None:
    life.sign(WEEKLY)
    id = "5a5f2d0e-0000-4000-8000-000000000009"
    life.store.history.save(
        Excuse(id, "c/d/on-time", ["2026-03-09"], None, None, "dependency", "", [], "supplier", "entente", 1)
    )
    life.judge()
    found = replay(life.store.history, life.store.history.database)
    assert found.differences == (f"not asked for: excuse {id} was proposed by the platform",)


def test_random_orders_give_the_same_verdicts_causes_and_proposals() -> None:
    events = [promo("03-05", "03-06 09:00"), promo("03-12", "03-12 09:00"), promo("03-19", "03-22 09:00")]
    events += [report(f"03-{day}", f"03-{day} 11:00") for day in ("09", "16", "23")]
    chance = random.Random(1)
    seen = set()
    for _ in range(8):
        with living() as life:
            steps: list[Any] = [WEEKLY, *chance.sample(events, len(events))]
            steps.insert(chance.randint(0, len(steps)), at("2026-03-01"))
            for step in chance.sample(steps, len(steps)):
                if isinstance(step, int):
                    life.advance(step)
                elif isinstance(step, OperationalEvent):
                    life.happen(step)
                else:
                    life.sign(step)
            life.advance("2026-04-01")
            kept = {one.keys[0] for one in proposed(life)} & {"2026-03-09", "2026-03-16", "2026-03-23"}
            seen.add((tuple(sorted(life.verdicts().items())), tuple(sorted(causes(life).items())), tuple(sorted(kept))))
            assert life.judged_again() == life.judged_again(1) == life.dump()
    [(_, found, kept_by_all)] = seen
    assert kept_by_all == ("2026-03-09", "2026-03-23")
    assert dict(found)["2026-03-16"] == "late"


def test_judged_aside_nothing_is_proposed(life: Life) -> None:
    life.sign(WEEKLY)
    life.happen(promo("03-05", "03-06 09:00"), report("03-09", "03-09 11:00"))
    position = life.position()
    with judged_anew(life.store.history, Lens()) as judge:
        assert [one.id for one in Seeing(life.store.history, judge.database).read(ADMINISTRATOR, read_excuses)] == [
            one.id for one in proposed(life)
        ]
    assert life.position() == position
