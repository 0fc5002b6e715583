"""Agreed closures (MEANING §5 "Excuses"): closed time for turnaround, an excuse for what is due on dates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR
from services.excuses.reading import excuse_touches_final
from services.explaining.occurrences import explain_occurrence
from services.explaining.shown import explanation_json
from services.figures.reading import read_figures
from services.seeing.past import replay, seeing_at
from tests.given import (
    OFFICE,
    Tree,
    at,
    availability,
    contract,
    criterion,
    deadline,
    due,
    event,
    freshness,
    pausable,
    punctuality,
    turnaround,
)
from tests.services.excused import LAB, Parties
from tests.services.judged import Life, living

OFFICE_FR: Tree = {"entente": 1, "calendar": "office", "timezone": "Europe/Paris", **OFFICE}
"""Monday to Friday, 9 to 12 and 13 to 17."""
SLOW = criterion(turnaround(within="4 working hours"), each_miss="breach")
NEVER = {"max_misses": 0, "per": "month"}


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        life.publish(OFFICE_FR)
        yield life


def closed(life: Life, scope: str = "c", since: str = "03-03 10:00", until: str = "03-03 12:00") -> int:
    """On a Tuesday."""
    return Parties(life).excuse(scope=scope, reason="agreed-closure", party="supplier", since=since, until=until)


def test_closed_time_pushes_what_is_due_for_the_past_and_for_what_comes(store_url: str) -> None:
    with living(store_url) as life:
        life.publish(OFFICE_FR)
        life.sign(contract(SLOW, calendar="office"))
        life.happen(event("opened", "03-03 09:00"), event("closed", "03-03 16:00"))
        life.advance("2026-03-03 18:00")
        assert life.verdicts() == {"1": "late"}
        closed(life)
        row = life.occurrences()["1"]
        assert (row.due, row.verdict) == (at("03-03 16:00"), "met")
        life.happen(event("opened", "03-03 11:00", "2"))
        assert life.occurrences()["2"].due == at("03-03 17:00")
        assert life.judged_again() == life.judged_again(1) == life.dump()
        assert replay(life.store.history, life.store.history.database).is_same


def test_raw_and_adjusted_both_know_closed_time(life: Life) -> None:
    life.sign(contract(SLOW, calendar="office"))
    life.happen(event("opened", "03-03 09:00"), event("closed", "03-03 16:00"))
    closed(life)
    figure = life.figure("2026-03")
    assert (figure.raw, figure.adjusted, figure.counts["excused"], life.breaches()) == ((1, 1), (1, 1), 0, [])


def test_a_microsecond_less_closed_is_a_microsecond_late(life: Life) -> None:
    life.sign(contract(SLOW, calendar="office"))
    life.happen(event("opened", "03-03 09:00"), event("closed", "03-03 16:00"))
    closed(life, until="03-03 11:59:59.999999")
    assert (life.occurrences()["1"].due, life.verdicts()) == (at("03-03 16:00") - 1, {"1": "late"})


def test_a_closure_outside_opening_hours_changes_nothing(life: Life) -> None:
    life.sign(contract(SLOW, calendar="office"))
    life.happen(event("opened", "03-03 09:00"))
    closed(life, since="03-03 12:00", until="03-03 13:00")
    assert life.occurrences()["1"].due == at("03-03 14:00")


def test_a_whole_day_closed_is_no_working_day(life: Life) -> None:
    life.sign(contract(criterion(turnaround(within="2 working days")), calendar="office"))
    life.happen(event("opened", "03-02 10:00"))
    closed(life, since="03-03", until="03-04")
    assert life.occurrences()["1"].due == at("03-05 10:00")


def test_elapsed_limits_run_on_while_it_is_closed(life: Life) -> None:
    fast = criterion(turnaround(within="4 h"), "fast")
    life.sign(contract(SLOW, fast, calendar="office"))
    life.happen(event("opened", "03-03 09:00"))
    closed(life)
    assert life.occurrences("c/d/fast")["1"].due == at("03-03 13:00")
    assert life.occurrences()["1"].due == at("03-03 16:00")


def test_a_pause_pushes_by_the_open_time_that_the_closure_leaves(life: Life) -> None:
    life.sign(contract(criterion(pausable(within="4 working hours")), calendar="office"))
    life.happen(event("opened", "03-03 09:00"), event("paused", "03-03 10:00"), event("resumed", "03-03 14:00"))
    assert life.occurrences()["1"].due == at("03-03 17:00")  # 10 to 12 and 13 to 14 are pushed
    closed(life)
    assert life.occurrences()["1"].due == at("03-03 17:00")  # 10 to 12 is closed, 13 to 14 is pushed


def test_dates_due_in_it_are_excused_and_do_not_move(life: Life) -> None:
    life.sign(contract(criterion(punctuality(on_closed_day="next"), target=NEVER), calendar="office"))
    life.advance("2026-03-20")
    closed(life, since="03-02 10:00", until="03-09 10:00")
    rows = life.occurrences()
    march = {key: (row.verdict, row.underlying, row.due) for key, row in rows.items() if key >= "2026-03"}
    assert march["2026-03-02"] == ("excused", "missing", at("03-02 10:00"))
    assert march["2026-03-09"] == ("missing", None, at("03-09 10:00"))


def test_deadlines_know_no_closed_time_and_are_not_excused(life: Life) -> None:
    life.sign(contract(SLOW, criterion(deadline(), "case"), calendar="office"))
    life.happen(event("opened", "03-01", **due("03-03 11:00")))
    life.advance("2026-03-04")
    closed(life)
    assert life.verdicts("c/d/case") == {"1": "missing"}


def test_only_the_commitments_of_its_scope_are_closed(life: Life) -> None:
    other = criterion(turnaround(within="4 working hours"), "other")
    life.sign(contract(SLOW, other, calendar="office"))
    life.happen(event("opened", "03-03 09:00"))
    before = [line for line in life.dump() if "c/d/other" in line and "view_excuse" not in line]
    closed(life, scope="c/d/on-time")
    assert life.occurrences()["1"].due == at("03-03 16:00")
    assert [line for line in life.dump() if "c/d/other" in line and "view_excuse" not in line] == before
    life.happen(event("opened", "03-03 09:30", "2"))
    assert [life.occurrences(f"c/d/{one}")["2"].due for one in ("on-time", "other")] == [
        at("03-03 16:30"), at("03-03 14:30"),
    ]  # fmt: skip
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_two_closures_add_up_and_do_not_count_twice_where_they_overlap(life: Life) -> None:
    life.sign(contract(SLOW, calendar="office"))
    life.happen(event("opened", "03-03 09:00"))
    closed(life)
    closed(life, since="03-03 11:00", until="03-03 13:30", scope="c/d")
    assert life.occurrences()["1"].due == at("03-03 16:30")


def test_it_goes_on_across_an_amendment_that_changes_nothing_else(life: Life) -> None:
    life.sign(contract(SLOW, calendar="office"))
    closed(life, since="03-03", until="03-05")
    life.sign(contract({**SLOW, "owner": "eve"}, calendar="office", effective="2026-03-04", rebaseline={"reason": "x"}))
    life.happen(event("opened", "03-02 16:00"), event("opened", "03-04 10:00", "2"))
    assert [row.due for row in life.occurrences().values()] == [at("03-05 12:00"), at("03-05 14:00")]
    [figure] = life.figures(period="2026-03")
    assert len(figure.segments) == 1
    assert life.judged_again() == life.judged_again(1) == life.dump()


@pytest.mark.parametrize("is_closed_first", [True, False])
def test_events_before_and_after_the_closure_are_judged_alike(life: Life, is_closed_first: bool) -> None:
    life.sign(contract(SLOW, criterion(punctuality(), "report"), calendar="office"))
    events = [event("opened", "03-03 09:00"), event("closed", "03-03 16:00"), event("opened", "03-03 11:00", "2")]
    if is_closed_first:
        closed(life)
    life.happen(*events)
    life.advance("2026-03-05")
    if not is_closed_first:
        closed(life)
    assert life.verdicts() == {"1": "met", "2": "missing"}
    assert life.figure("2026-03").raw == (1, 2)
    assert {one.key for one in life.breaches() if one.key} == {"2"}


def test_a_final_period_is_restated_by_the_acceptance(life: Life) -> None:
    life.sign(contract(SLOW, calendar="office"))
    life.happen(event("opened", "03-03 09:00"), event("closed", "03-03 16:00"))
    life.advance("2026-04-01")
    assert (life.figure("2026-03").state, life.figure("2026-03").adjusted) == ("final", (0, 1))
    position = closed(life)
    figure = life.figure("2026-03")
    assert (figure.state, figure.adjusted, figure.causes, figure.status) == ("restated", (1, 1), (position,), "met")
    assert life.breaches() == []


def test_the_arbiter_closes_nothing_of_a_final_period(life: Life) -> None:
    life.sign(contract(SLOW, calendar="office"))
    life.advance("2026-04-01")
    parties = Parties(life)
    for since, is_final in (("03-31 10:00", True), ("04-01", False)):
        excuse = parties.ask(scope="c", reason="agreed-closure", since=since, until="04-02")
        assert life.store.read(ADMINISTRATOR, excuse_touches_final, parties.row(excuse)) is is_final


def test_looking_back_knows_it_as_of_and_not_before_it_was_agreed(life: Life) -> None:
    life.sign(contract(SLOW, calendar="office"))
    life.happen(event("opened", "03-03 09:00"), event("closed", "03-03 16:00"))
    life.advance("2026-04-01")
    before = life.position()
    closed(life)
    for as_of, position, good in ((at("03-20"), None, 1), (None, before, 0)):
        with seeing_at(life.store.history, contract="c", as_of=as_of, position=position) as then:
            [figure] = then.read(ADMINISTRATOR, read_figures, commitment="c/d/on-time", period="2026-03")
            assert figure.adjusted == (good, 1)


def test_explain_names_the_closure_that_counted(life: Life) -> None:
    life.sign(contract(SLOW, calendar="office"))
    life.happen(event("opened", "03-03 09:00"), event("opened", "03-04 09:00", "2"))
    closed(life)
    shown = explanation_json(life.store.read(LAB, explain_occurrence, "c/d/on-time", "1"), "Europe/Paris")
    assert [(one["reason"], one["from"]) for one in shown["closures"]] == [
        ("agreed-closure", "2026-03-03T10:00:00+01:00"),
    ]  # fmt: skip
    assert (shown["excuses"], shown["verdict"]) == ([], "pending")
    assert life.store.read(LAB, explain_occurrence, "c/d/on-time", "2").closures == ()


@pytest.mark.parametrize("is_closed_first", [True, False])
def test_service_time_is_what_the_closure_leaves(life: Life, is_closed_first: bool) -> None:
    """Without a calendar the service is always owed, but for the closure."""
    life.sign(contract(criterion(availability())))
    if is_closed_first:
        closed(life, since="03-05 12:00", until="03-05 18:00")
    life.happen(event("up", "03-01", "db"), event("down", "03-05 10:00", "db"), event("up", "03-05 14:00", "db"))
    life.advance("2026-03-06")
    if not is_closed_first:
        closed(life, since="03-05 12:00", until="03-05 18:00")
    hour = 3_600
    figure = life.figure("2026-03")
    assert (figure.raw, figure.adjusted) == ((112 * hour, 114 * hour), (112 * hour, 114 * hour))
    assert figure.expected == (31 * 24 - 1 - 6) * hour  # in March an hour is lost
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_nothing_is_stale_while_it_is_closed(life: Life) -> None:
    life.sign(contract(criterion(freshness(max_age="1 h")), calendar="office"))
    life.happen(event("updated", "03-03 09:00"), event("updated", "03-03 12:00"))
    life.advance("2026-03-03 12:00")
    closed(life)
    figure = life.figure("2026-03")
    monday, this_morning = 7 * 3_600, 3_600
    assert figure.raw == figure.adjusted
    assert figure.adjusted[1] == monday + this_morning
    assert life.judged_again() == life.judged_again(1) == life.dump()
