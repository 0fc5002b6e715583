"""Whether actions helped, as judging finds it (MEETING §5): the worked examples word by word, and what must not matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.effects import effect_groups
from dashboards.language import language
from dashboards.messages import messages
from domain.action import Action
from services.access import ADMINISTRATOR
from services.breaches.effect_shown import effect_of
from services.breaches.effect_words import effect_remarks, effect_sentence
from services.breaches.effects import count_effects, read_effect, read_effects
from services.breaches.following_up import FollowingUp
from services.excuses.excusing import Excusing
from services.judging.judge import Judge
from services.judging.shares import Share
from services.seeing.past import replay
from services.tables.documents import StoredEffect
from tests.given import Tree, at, availability, conformity, contract, criterion, event, measure, punctuality, turnaround
from tests.services.judged import Life, living, scratch

LATE = ("01-19", "02-09", "02-23")


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as store:
        yield store


def weekly(**changes: Any) -> Tree:
    """The weekly report of the README, from 5 January on."""
    asked = criterion(punctuality(tolerance="15 min"), targets=[{"max_misses": 1, "per": "month"}])
    return contract(asked, valid={"from": "2026-01-05"}, actions={"effect": {"after": 8, "before": 8}}, **changes)


def deliver(life: Life, *days: str) -> None:
    for day in days:
        hour = "11:20" if day in LATE else "09:40"
        life.happen(event("report", at(f"{day} {hour}"), date=f"2026-{day}"))


def until_february(life: Life) -> None:
    life.sign(weekly())
    deliver(life, "01-05", "01-12", "01-19", "01-26", "02-02", "02-09", "02-16", "02-23")
    life.advance("2026-02-24T00:00+01:00")


AFTER = ("03-02", "03-09", "03-16", "03-23", "03-30", "04-06", "04-13", "04-20")


def close(life: Life, id: str, effective_from: str = "2026-03-02") -> None:
    day = date.fromisoformat(effective_from)
    life.store.use(FollowingUp).close(ADMINISTRATOR, id, "x", effective_from=day)
    life.judge()


def effect(life: Life, action: str) -> StoredEffect:
    with life.store.history.database.connect() as reads:
        sql = "SELECT document FROM view_effect WHERE action = ? AND change_at IS NOT NULL ORDER BY number DESC LIMIT 1"
        [(document,)] = reads.query(sql, [action])
    return msgspec.json.decode(document)  # type: ignore[no-any-return]


def test_a1_it_holds(life: Life) -> None:
    until_february(life)
    assert life.figure("2026-01").adjusted == (3, 4)
    assert (life.figure("2026-02").adjusted, life.figure("2026-02").status) == ((2, 4), "breached")
    [breach] = life.breaches()
    [action] = life.actions()
    assert breach.cause == "target-lost"
    close(life, action.id)
    deliver(life, *AFTER)
    life.advance("2026-04-21T00:00+02:00")
    found = effect(life, action.id)
    assert found["verdict"] == "holding"
    assert (found["after"]["missed"], found["after"]["judged"]) == (0, 8)
    assert (found["before"]["missed"], found["before"]["judged"]) == (2, 7)
    assert (found["trigger"], found["between"]) == ("2026-02-23", [])
    assert (found["p_better"], found["at_most"]) == ("1/5", "2501/10000")
    [closed] = life.actions("closed")
    assert [(one["check"], one["verdict"]) for one in closed.checks] == [(1, "holding")]


def test_a1_evidence_decides_at_once(life: Life) -> None:
    until_february(life)
    [action] = life.actions()
    close(life, action.id)
    deliver(life, *AFTER[:-1])
    life.advance("2026-04-14T00:00+02:00")
    found = effect(life, action.id)
    assert (found["verdict"], found["after"]["judged"], found["after"]["of"]) == ("waiting", 7, 8)
    assert found["p_better"] is None
    deliver(life, AFTER[-1])
    assert effect(life, action.id)["verdict"] == "holding"
    assert life.actions("closed")[0].checks[0]["position"] == life.position() - 1


def test_a1_one_miss_after_is_luck_nearly_once_in_two(life: Life) -> None:
    until_february(life)
    [action] = life.actions()
    close(life, action.id)
    deliver(life, *AFTER[:-1])
    life.advance("2026-04-21T00:00+02:00")
    found = effect(life, action.id)
    assert (found["verdict"], found["after"]["missed"]) == ("holding", 1)
    assert f"{float(Fraction(str(found['p_better']))):.4f}" == "0.4462"
    assert found["at_most"] is None


def test_a2_the_bound_itself_is_enough(life: Life) -> None:
    until_february(life)
    [own] = life.actions()
    by_hand, _ = life.store.use(FollowingUp).open_action(ADMINISTRATOR, "c/d/on-time", "look every evening")
    life.judge()
    for id in (own.id, by_hand):
        close(life, id)
    deliver(life, *AFTER)
    found = effect(life, by_hand)
    assert (found["before"]["missed"], found["before"]["judged"], found["trigger"]) == (3, 8, None)
    assert (found["p_better"], found["verdict"]) == ("1/10", "effective")
    assert effect(life, own.id)["verdict"] == "holding"


def test_what_it_comes_to_is_shown_with_four_places_and_who_shares_it(life: Life) -> None:
    until_february(life)
    [own] = life.actions()
    assert life.store.read(ADMINISTRATOR, effect_of, own.id)["verdict"] is None  # not closed yet
    by_hand = opened_by_hand(life)
    for id in (own.id, by_hand):
        close(life, id)
    deliver(life, *AFTER)
    shown = life.store.read(ADMINISTRATOR, effect_of, by_hand)
    assert shown["after"] == {"missed": 0, "judged": 8, "of": 8, "from": "2026-03-02", "to": "2026-04-20"}
    assert shown["before"] == {"missed": 3, "judged": 8, "of": 8, "from": "2026-01-05", "to": "2026-02-23"}
    shares = ("p_better", "p_worse", "at_most", "sure")
    assert [shown[name] for name in shares] == ["0.1000", "1.0000", "0.2501", "90 %"]  # type: ignore[literal-required]
    assert (shown["check"], shown["shared_with"]) == (1, [own.id])
    row = life.store.read(ADMINISTRATOR, read_effect, own.id)
    assert row is not None
    assert effect_sentence(row) == "It holds. Missed: 0 of 8 after, 2 of 7 before; could be luck: 1 in 5."
    assert "pourrait être la chance" in messages("fr").say(effect_sentence(row))
    quiet = replace(row, now={**row.now, "before": {**row.now["before"], "missed": 0}}, shared_with=("one", "other"))
    assert effect_sentence(quiet) == "Nothing was missed before or after: 0 of 8 after, 0 of 7 before."
    assert effect_remarks(quiet) == ["2 other actions were at work at the same time: the effect is of all."]
    drawn = effect_groups(row, "Europe/Paris", language("en"))
    assert [(one.name, one.says) for one in drawn] == [
        ("before", "2 of 7 missed"), ("what made us act", ""), ("after", "0 of 8 missed"),
    ]  # fmt: skip
    assert all('role="img" aria-label="' in one.drawing for one in drawn)
    counts = life.store.read(ADMINISTRATOR, count_effects)
    assert counts == {("c", "holding"): 1, ("c", "effective"): 1}
    found = life.store.read(ADMINISTRATOR, read_effects, "c", at("2026-04-20"))
    assert [(one.action, one.verdict) for one in found] == [(own.id, "holding"), (by_hand, "effective")]


def test_what_did_not_help_is_reopened_once(life: Life) -> None:
    life.sign(weekly(review={"every": "FREQ=MONTHLY;BYDAY=2TU", "at": "10:00"}))
    deliver(life, "01-05", "01-12", "01-19", "01-26", "02-02", "02-09", "02-16", "02-23")
    life.advance("2026-02-24T00:00+01:00")
    [action] = life.actions()
    close(life, action.id)
    life.advance("2026-04-21T00:00+02:00")  # nothing came
    found = effect(life, action.id)
    assert (found["verdict"], found["after"]["missed"]) == ("worse", 8)
    [reopened] = [one for one in life.actions() if one.id == action.id]
    assert str(reopened.due) == "2026-05-11"  # the day before Tuesday 12 May
    assert [one["text"] for one in reopened.changes] == ["it did not help"]
    assert life.judged_again(1) == life.dump()

    close(life, action.id, "2026-04-22")
    life.advance("2026-06-17T00:00+02:00")
    again = effect(life, action.id)
    assert (again["verdict"], again["before"]["missed"], again["before"]["judged"]) == ("ineffective", 8, 8)
    [closed] = [one for one in life.actions("closed") if one.id == action.id]
    assert [one["verdict"] for one in closed.checks] == ["worse", "ineffective"]
    assert life.judged_again(1) == life.dump()


def test_what_got_worse_goes_up_the_ladder_at_once(life: Life) -> None:
    rungs = [{"after": "2 days", "to": "owner"}, {"after": "5 days", "to": ["supplier", "client"]}]
    life.sign(weekly() | {"actions": {"effect": {"after": 8, "before": 8}, "escalation": rungs}})
    deliver(life, "01-05", "01-12", "01-19", "01-26", "02-02", "02-09", "02-16", "02-23")
    life.advance("2026-02-24T00:00+01:00")
    [action] = life.actions()
    close(life, action.id)
    life.advance("2026-04-21T00:00+02:00")
    [reopened] = [one for one in life.actions() if one.id == action.id]
    assert [(one["step"], one["to"]) for one in reopened.escalations] == [(2, ["supplier", "client"])]
    assert life.judged_again(1) == life.dump()


def test_what_was_found_stays_and_what_it_is_now_stands_beside_it(life: Life) -> None:
    until_february(life)
    [action] = life.actions()
    close(life, action.id)
    life.advance("2026-04-21T00:00+02:00")
    assert effect(life, action.id)["verdict"] == "worse"
    deliver(life, *AFTER)
    assert effect(life, action.id)["verdict"] == "holding"
    [reopened] = life.actions()
    assert (reopened.id, [one["verdict"] for one in reopened.checks]) == (action.id, ["worse"])
    assert life.judged_again(3) == life.dump()


def test_an_excuse_takes_the_unit_out_and_the_next_one_in(life: Life) -> None:
    until_february(life)
    [action] = life.actions()
    close(life, action.id)
    deliver(life, *AFTER[1:], "04-27")
    life.advance("2026-04-28T00:00+02:00")
    assert effect(life, action.id)["after"]["missed"] == 1
    excusing = life.store.use(Excusing)
    id, _ = excusing.ask(ADMINISTRATOR, "c/d/on-time", reason="client-fault", text="x", keys=["2026-03-02"])
    life.judge()
    excusing.accept(ADMINISTRATOR, id)
    life.judge()
    found = effect(life, action.id)
    assert [one[0] for one in found["after"]["units"]][::7] == ["2026-03-09", "2026-04-27"]
    assert found["after"]["missed"] == 0


def test_people_who_reopen_it_end_its_check(life: Life) -> None:
    until_february(life)
    [action] = life.actions()
    close(life, action.id)
    it = life.store.history.get(UUID(action.id), Action)
    it.reopen("not yet", by="ward", at=0)
    life.store.history.save(it)
    deliver(life, *AFTER)
    assert life.actions()[0].checks == ()
    close(life, action.id, "2026-04-21")
    assert [one[0] for one in effect(life, action.id)["before"]["units"]][-1] == "2026-02-16"


# Incomparable


def why(life: Life, action: str) -> tuple[str, str | None]:
    found = effect(life, action)
    return found["verdict"], found["why"]


def opened_by_hand(life: Life, *, commitment: str = "c/d/on-time") -> str:
    id, _ = life.store.use(FollowingUp).open_action(ADMINISTRATOR, commitment, "look every evening")
    life.judge()
    return id


def test_without_a_unit_before_there_is_nothing_to_compare_with(life: Life) -> None:
    life.sign(weekly())
    life.advance("2026-01-01")
    id = opened_by_hand(life)
    close(life, id, "2026-01-05")
    deliver(life, "01-05", "01-12")
    assert why(life, id) == ("waiting", None)  # it waits for its window
    life.advance("2026-03-03")
    assert why(life, id) == ("incomparable", "no-unit-before")


def test_of_a_contract_that_has_ended_no_more_is_awaited(life: Life) -> None:
    until_february(life)
    [action] = life.actions()
    close(life, action.id)
    deliver(life, *AFTER[:4])
    life.terminate("2026-03-31")
    life.advance("2026-03-31 23:59")
    assert why(life, action.id) == ("waiting", None)
    life.advance("2026-04-01")
    assert why(life, action.id) == ("incomparable", "contract-ended")


def test_a_before_under_another_wording_is_not_compared(life: Life) -> None:
    until_february(life)
    [action] = life.actions()
    close(life, action.id)
    life.sign(weekly() | {"effective": "2026-03-01", "deliverables": [
        {"id": "d", "title": "A deliverable", "criteria": [
            criterion(punctuality(tolerance="2 h"), targets=[{"max_misses": 1, "per": "month"}])
        ]}
    ]})  # fmt: skip
    deliver(life, *AFTER)
    assert why(life, action.id) == ("incomparable", "wording-changed")


def test_fewer_than_four_within_a_year_are_too_few(life: Life) -> None:
    asked = criterion(conformity(), targets=[{"max_misses": 0, "per": "month"}])
    life.sign(contract(asked))
    life.happen(*(event("item", f"01-{day:02} 12:00", errors=1) for day in (5, 6)))
    life.advance("2026-02-01")
    [action] = life.actions()
    close(life, action.id, "2026-02-02")
    life.happen(*(event("item", f"{month} 12:00", errors=0) for month in ("03-01", "04-01", "05-01")))
    life.advance("2027-02-01 23:59")
    assert why(life, action.id) == ("waiting", None)
    life.advance("2027-02-02")
    assert why(life, action.id) == ("incomparable", "too-few-after")


# Other units


def test_of_service_time_the_units_are_days(life: Life) -> None:
    asked = criterion(availability(), targets=[{"at_least": "99 %", "per": "month"}])
    life.sign(contract(asked, actions={"effect": {"after": 4, "before": 4}}))
    life.advance("2026-01-02")
    life.happen(event("up", "01-01 00:00"), event("down", "01-08 10:00"))
    life.advance("2026-01-08 23:00")
    life.happen(event("up", "01-08 23:00"))
    life.advance("2026-01-10")
    [action] = life.actions()
    close(life, action.id, "2026-01-12")
    life.advance("2026-01-15")
    found = effect(life, action.id)
    assert (found["verdict"], found["after"]["judged"]) == ("waiting", 3)
    life.advance("2026-01-16")
    found = effect(life, action.id)
    assert (found["trigger"], found["verdict"], found["after"]["judged"]) == ("2026-01-08", "holding", 4)
    assert [one[0] for one in found["before"]["units"]] == ["2026-01-04", "2026-01-05", "2026-01-06", "2026-01-07"]
    assert [one[0] for one in found["between"]] == ["2026-01-09", "2026-01-10", "2026-01-11"]


def test_of_a_mean_the_trigger_is_the_last_item_of_its_period(life: Life) -> None:
    asked = criterion(measure(), targets=[{"at_most": 10, "per": "month"}])
    life.sign(contract(asked, actions={"effect": {"after": 4, "before": 4}}))
    life.happen(*(event("call", f"01-{day:02} 12:00", minutes=day, id=f"k{day}") for day in (8, 12, 14)))
    life.advance("2026-02-01")
    [action] = life.actions()
    close(life, action.id, "2026-02-02")
    life.happen(*(event("call", f"02-{day:02} 12:00", minutes=day) for day in (8, 9, 11, 12)))
    found = effect(life, action.id)
    assert (found["trigger"], found["before"]["missed"], found["before"]["judged"]) == ("tool#k14", 1, 2)
    assert (found["after"]["missed"], found["kept"], found["verdict"]) == (2, True, "holding")


def test_of_a_sum_the_units_are_periods(life: Life) -> None:
    asked = criterion(measure(aggregate="sum"), targets=[{"at_most": 10, "per": "month"}])
    life.sign(contract(asked))
    for month, minutes in enumerate((5, 12, 20, 8, 9), 1):
        if month == 4:
            life.advance("2026-04-01")
            action = next(one for one in life.actions())
            close(life, action.id, "2026-04-01")
        life.happen(event("call", f"{month:02}-10 12:00", minutes=minutes))
    life.advance("2026-06-01")
    found = effect(life, action.id)
    assert (found["trigger"], found["after"]["of"]) == ("2026-02", 2)
    assert [one[0] for one in found["between"]] == ["2026-03"]
    assert (found["verdict"], found["after"]["missed"], found["after"]["judged"]) == ("holding", 0, 2)


def test_of_a_sum_nothing_stands_behind_the_end_of_the_contract(life: Life) -> None:
    asked = criterion(measure(aggregate="sum"), targets=[{"at_most": 10, "per": "month"}])
    life.sign(contract(asked, valid={"from": "2026-01-01", "until": "2026-03-15"}))
    life.happen(event("call", "02-10 12:00", minutes=12))
    life.advance("2026-04-01")
    [action] = life.actions()
    close(life, action.id, "2026-04-02")
    life.advance("2026-05-01")
    found = effect(life, action.id)
    assert (found["verdict"], found["why"], found["after"]["units"]) == ("incomparable", "contract-ended", [])


def test_a_case_that_was_open_when_it_changed_is_in_neither_window(life: Life) -> None:
    asked = criterion(turnaround(), targets=[{"max_misses": 0, "per": "month"}])
    life.sign(contract(asked, actions={"effect": {"after": 1, "before": 4}}))
    life.happen(
        event("opened", "01-05 10:00", "a"), event("closed", "01-05 11:00", "a"),
        event("opened", "01-07 10:00", "b"),
        event("opened", "01-08 10:00", "c"), event("closed", "01-30 11:00", "c"),
    )  # fmt: skip
    life.advance("2026-01-31")
    [action] = life.actions()
    close(life, action.id, "2026-02-02")
    life.happen(
        event("closed", "02-03 10:00", "b"), event("opened", "02-04 10:00", "d"), event("closed", "02-04 11:00", "d")
    )
    found = effect(life, action.id)
    assert [one[0] for one in found["after"]["units"]] == ["d"]
    assert found["trigger"] == "b"
    assert [one[0] for one in found["before"]["units"]] == ["a"]


# What must not matter


@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_neither_the_steps_of_time_nor_the_order_of_news_matter(data: st.DataObject) -> None:
    """Effects as they are now; the trigger and the windows with them. Some reports turn out to have come in time after all."""
    news = data.draw(st.lists(st.sampled_from([*AFTER, *LATE]), unique=True))
    otherwise = data.draw(st.permutations(news))
    steps = data.draw(st.lists(st.integers(1, 70), max_size=4, unique=True).map(sorted))
    with living() as at_once, living() as by_steps:
        found = []
        for life in (at_once, by_steps):
            until_february(life)
            [action] = life.actions()
            close(life, action.id)
        for day in news:
            came_in_time(at_once, day)
        at_once.advance("2026-05-05T00:00+02:00")
        for step in steps:
            by_steps.advance(at("2026-02-24") + step * 86_400_000_000)
        by_steps.advance("2026-05-05T00:00+02:00")
        for day in otherwise:
            came_in_time(by_steps, day)
        for life in (at_once, by_steps):
            found.append(effect(life, action.id))
            assert life.judged_again(2) == life.dump()
        assert found[0] == found[1]


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sampled_from(["opened", "closed", "closed", "cancelled", "advance"])),
        min_size=6,
        max_size=24,
    ),
    st.integers(1, 3),
)
def test_batches_of_any_size_find_effects_at_the_same_entries(steps: list[tuple[int, str]], after: int) -> None:
    """Cases that pend, end in time or late, or fall out of the window after the change."""
    with living() as life:
        asked = criterion(turnaround(cancelled={"type": "cancelled"}), targets=[{"max_misses": 0, "per": "month"}])
        life.sign(contract(asked, actions={"effect": {"after": after, "before": 4}}))
        life.happen(event("opened", "01-05 10:00", "a"), event("opened", "01-07 10:00", "b"))
        life.advance("2026-01-31")
        for action in life.actions():
            close(life, action.id, "2026-02-02")
        now = at("02-02 08:00")
        for case, what in steps:
            now += 3 * 3_600_000_000
            if what == "advance":
                life.advance(now)
            else:
                life.happen(event(what, now, f"case-{case}"))
        life.advance("2026-03-20")
        dump = life.dump()
        for size in (1, 2, 5, 5_000):
            assert life.judged_again(size) == dump, size


def test_late_news_that_makes_a_window_whole_decides_at_its_entry() -> None:
    """The case that pends is pushed out of the window by one that was opened before it, and told of later."""
    with living() as life:
        asked = criterion(turnaround(within="9 h"), targets=[{"max_misses": 0, "per": "month"}])
        life.sign(contract(asked, actions={"effect": {"after": 2, "before": 4}}))
        life.happen(event("opened", "01-05 10:00", "a"))
        life.advance("01-31")
        [action] = life.actions()
        close(life, action.id, "2026-02-02")
        life.happen(event("opened", "02-02 08:00", "b"), event("closed", "02-02 09:00", "b"))
        life.happen(event("opened", "02-02 12:00", "c"))
        life.happen(event("opened", "02-02 10:00", "d"))
        life.happen(event("closed", "02-02 11:00", "d"))
        found = position_of_finding(life, action.id)
        assert found is not None
        for number in range(4):
            life.happen(event("closed", f"02-02 1{number + 3}:00", "c"))
        dump = life.dump()
        for size in (1, 2, 5, 5_000):
            assert life.judged_again(size) == dump, size
        assert position_of_finding(life, action.id) == found


def position_of_finding(life: Life, action: str) -> int | None:
    with life.store.history.database.connect() as reads:
        [(found,)] = reads.query("SELECT found FROM view_effect WHERE action = ? AND change_at IS NOT NULL", [action])
    return found  # type: ignore[no-any-return]


def came_in_time(life: Life, day: str) -> None:
    life.happen(event("report", at(f"{day} 09:40"), date=f"2026-{day}"))


def test_each_shard_finds_the_effects_of_its_own_commitments(life: Life) -> None:
    until_february(life)
    [action] = life.actions()
    close(life, action.id)
    life.advance("2026-04-21T00:00+02:00")
    sql = "SELECT * FROM view_effect ORDER BY action, number"
    with life.store.history.database.connect() as reads:
        whole = reads.query(sql)
    found = []
    for shard in (0, 1):
        with scratch() as database:
            Judge(life.store.history, database, share=Share(shard, 2)).catch_up()
            with database.connect() as reads:
                found += reads.query(sql)
    assert [tuple(row) for row in found] == [tuple(row) for row in whole]


def test_what_was_found_otherwise_than_the_rules_say_is_told(life: Life) -> None:
    until_february(life)
    [action] = life.actions()
    close(life, action.id)
    it = life.store.history.get(UUID(action.id), Action)
    finding = {"check": 1, "verdict": "effective", "p_better": None, "p_worse": None, "kept": True, "position": 1}
    none = {"missed": 0, "judged": 0}
    it.find_effect({**finding, "before": none, "after": none, "from_key": None, "to_key": None}, by="platform", at=0)
    life.store.history.save(it)
    life.judge()
    assert replay(life.store.history, life.store.history.database).of_others == 1
