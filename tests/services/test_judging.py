"""Judging on real stores: what each kind of entry does to what is shown."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.times import show
from services.access import ADMINISTRATOR
from services.arrivals.reading import unclaimed
from services.errors import DocumentInvalid
from tests.given import (
    Tree,
    at,
    conformity,
    contract,
    criterion,
    deadline,
    due,
    event,
    pausable,
    punctuality,
    turnaround,
)
from tests.services.judged import Life, counts, living


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


MONDAYS = contract(criterion(punctuality()))
CASES = contract(criterion(deadline()))
MISSES = contract(criterion(punctuality(), target={"max_misses": 1, "per": "month"}, each_miss="breach"))


def test_dates_are_owed_as_soon_as_the_contract_is_signed(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(MONDAYS)
        [january] = life.figures()
        assert (january.period, january.expected, january.judged, january.status) == ("2026-01", 4, 0, "open")
        assert january.value is None
        assert counts(january) == {"pending": 4}


def test_design_3_4_time_is_an_entry_and_only_it_makes_missing(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(MONDAYS)
        life.happen(event("report", "2026-03-30 09:00", None, date="2026-03-30"))
        assert set(life.verdicts().values()) == {"pending", "met"}
        life.advance("2026-01-12 10:00")
        assert [life.verdicts()[key] for key in ("2026-01-05", "2026-01-12", "2026-01-19")] == [
            "missing", "missing", "pending",
        ]  # fmt: skip


def test_a_smaller_time_changes_nothing(life: Life) -> None:
    life.sign(MONDAYS)
    life.advance("02-01")
    before = life.dump()
    assert str(life.store.timekeeping.watermark()) == str(at("02-01"))
    life.append_time("01-15")
    life.judge()
    assert life.dump() == before


def test_design_3_12_a_partial_period_says_how_many_of_how_many_are_due(life: Life) -> None:
    life.sign(MONDAYS)
    life.advance("2026-01-13 00:00")
    january = life.figure("2026-01")
    assert (january.judged, january.expected, january.outlook) == (2, 4, "lost")


def test_periods_are_listed_from_validity_to_the_one_that_holds_the_watermark(life: Life) -> None:
    life.sign(MONDAYS)
    life.happen(event("report", "2026-01-02", None, date="2026-06-01"))
    life.advance("2026-03-01 00:00")
    assert [one.period for one in life.figures()] == ["2026-01", "2026-02", "2026-03"]
    assert show(life.figures()[0].start) == "2025-12-31T23:00:00Z"


def test_of_cases_later_periods_are_listed_where_a_case_falls(life: Life) -> None:
    life.sign(contract(criterion(deadline(changed={"type": "changed"}))))
    life.happen(event("opened", "01-10", **due("06-10")))
    assert [one.period for one in life.figures()] == ["2026-01", "2026-06"]
    life.happen(event("changed", "01-11", **due("08-10")))
    assert [one.period for one in life.figures()] == ["2026-01", "2026-08"]


def test_a_period_closes_after_its_end_and_the_allowance_for_late_data(life: Life) -> None:
    life.sign({**MONDAYS, "late_data": "3 days"})
    life.advance("2026-02-03 23:59:59.999999")
    assert life.figure("2026-01").state == "open"
    life.advance("2026-02-04 00:00")
    january = life.figure("2026-01")
    assert (january.state, january.status, january.final, january.outlook) == ("final", "breached", None, None)


def test_design_3_13_late_news_restates_a_final_period_with_both_values_and_the_cause(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(MONDAYS)
        for day in ("05", "12", "19"):
            life.happen(event("report", f"2026-01-{day} 09:00", None, date=f"2026-01-{day}"))
        life.advance("2026-02-01 00:00")
        closed = life.figure("2026-01")
        assert (closed.state, closed.value, closed.causes) == ("final", "0.7500", ())
        kept = life.position()
        [news] = life.happen(event("report", "2026-01-26 09:00", None, date="2026-01-26"))
        restated = life.figure("2026-01")
        assert (restated.state, restated.value, restated.status) == ("restated", "1.0000", "met")
        assert restated.causes == (news.position,)
        assert restated.final is not None
        final = dict(restated.final)
        assert 0 < final.pop("position") <= kept  # type: ignore[operator]
        assert final == {"good": 3, "total": 4, "value": "0.7500", "status": "breached"}


def test_late_news_that_leaves_the_share_as_it_was_restates_too(life: Life) -> None:
    life.sign(MONDAYS)
    life.advance("2026-02-01 00:00")
    life.happen(event("report", "2026-02-01", None, date="2026-01-26"))
    january = life.figure("2026-01")
    assert (january.state, january.value) == ("restated", "0.0000")
    assert counts(january) == {"missing": 3, "late": 1}


def test_a_restated_period_stays_restated_with_every_cause_even_if_it_comes_back(life: Life) -> None:
    life.sign(contract(criterion(deadline(reopened={"type": "reopened"}))))
    life.happen(event("opened", "01-10", **due("01-12")), event("closed", "01-11"))
    life.advance("2026-02-01 00:00")
    [first] = life.happen(event("reopened", "01-11 10:00"))
    assert life.figure("2026-01").value == "0.0000"
    [second] = life.happen(event("closed", "01-11 12:00"))
    january = life.figure("2026-01")
    assert (january.state, january.value, january.causes) == ("restated", "1.0000", (first.position, second.position))


def test_a_period_closes_by_the_allowance_of_the_last_version_in_it(life: Life) -> None:
    life.sign({**MONDAYS, "late_data": "1 day"})
    life.sign({**MONDAYS, "late_data": "9 days", "effective": "2026-01-20"})
    life.advance("2026-02-09 23:59")
    assert life.figure("2026-01").state == "open"
    life.advance("2026-02-10 00:00")
    assert life.figure("2026-01").state == "final"


def test_final_stays_final_otherwise(life: Life) -> None:
    life.sign(MONDAYS)
    life.happen(event("report", "2026-01-05 09:00", None, date="2026-01-05"))
    life.advance("2026-02-01 00:00")
    before = life.figure("2026-01")
    life.happen(event("report", "2026-01-05 09:30", None, date="2026-01-05"))
    life.happen(event("report", "2026-02-02 09:30", None, date="2026-02-02"))
    life.advance("2026-03-01 00:00")
    after = life.figure("2026-01")
    assert (after.state, after.counts, after.causes) == ("final", before.counts, ())


def test_late_news_that_changes_no_count_leaves_it_final(life: Life) -> None:
    life.sign(contract(criterion(deadline(changed={"type": "changed"}))))
    life.happen(event("opened", "01-10", **due("01-12")), event("closed", "01-11"))
    life.advance("2026-02-01 00:00")
    life.happen(event("changed", "01-10 12:00", **due("01-20")))
    assert life.occurrences()["1"].due == at("01-20")
    assert (life.figure("2026-01").state, life.figure("2026-01").causes) == ("final", ())


def test_late_news_in_a_period_that_nobody_knew_makes_it_final_at_once(life: Life) -> None:
    life.sign({**CASES, "valid": {"from": "2026-01-01", "until": "2026-01-31"}})
    life.advance("2026-06-01 00:00")
    assert [one.period for one in life.figures()] == ["2026-01"]
    life.happen(event("opened", "2026-01-10", **due("2026-03-10")))
    assert (life.figure("2026-03").state, counts(life.figure("2026-03"))) == ("final", {"missing": 1})


def test_an_endless_contract_period_goes_on_owing_its_dates(life: Life) -> None:
    life.sign(contract(criterion(punctuality(), target={"at_least": "90 %", "per": "contract"})))
    life.advance("2026-12-31 23:00")
    assert life.verdicts()["2026-12-28"] == "missing"
    life.advance("2028-02-01 00:00")
    assert life.verdicts()["2028-01-31"] == "missing"
    [whole] = life.figures()
    assert (whole.period, whole.until, whole.expected, whole.status) == ("contract", None, None, "open")


def test_an_endless_contract_period_is_looked_at_where_a_wording_ends(life: Life) -> None:
    whole: Tree = {"at_least": "90 %", "per": "contract"}
    life.sign(contract(criterion(turnaround(), target=whole)))
    life.sign(contract(criterion(turnaround(within="8 h"), target=whole), effective="2026-03-01"))
    life.happen(event("opened", "01-10 09:00"), event("closed", "01-10 15:00"))
    life.advance("2026-02-28 23:59")
    assert (life.figures()[0].status, life.breaches()) == ("open", [])
    life.advance("2026-03-01 00:00")
    assert (life.figures()[0].status, life.figures()[0].state, len(life.breaches())) == ("breached", "open", 1)


def test_without_due_is_counted_apart(life: Life) -> None:
    life.sign(CASES)
    life.happen(event("opened", "01-10"), event("closed", "01-11"))
    [january] = life.figures()
    assert (january.without_due, january.judged, counts(january)) == (1, 0, {})
    assert life.verdicts() == {}


def test_nothing_judged_is_null_at_the_end_too(life: Life) -> None:
    life.sign(CASES)
    life.advance("2026-02-01 00:00")
    january = life.figure("2026-01")
    assert (january.value, january.status, january.adjusted) == (None, "no_data", (0, 0))


def test_min_count_leaves_a_small_period_without_value(life: Life) -> None:
    life.sign(contract(criterion(deadline(), min_count=2)))
    life.happen(event("opened", "01-10", **due("01-12")), event("closed", "01-11"))
    life.advance("2026-02-01 00:00")
    assert (life.figure("2026-01").value, life.figure("2026-01").status) == (None, "no_data")
    life.happen(event("opened", "01-10", "2", **due("01-12")), event("closed", "01-11", "2"))
    assert (life.figure("2026-01").value, life.figure("2026-01").status) == ("1.0000", "met")


def test_a_period_without_data_is_a_breach_where_the_contract_says_so(life: Life) -> None:
    life.sign(contract(criterion(deadline(), when_no_data="breach", min_count=2)))
    life.happen(event("opened", "02-10", **due("02-12")), event("closed", "02-11"))
    life.advance("2026-03-01 00:00")
    assert {(one.period, one.cause) for one in life.breaches()} == {("2026-01", "no-data"), ("2026-02", "no-data")}


def test_a_case_in_a_pause_never_goes_missing_and_does_when_it_ends(life: Life) -> None:
    life.sign(contract(criterion(pausable())))
    life.happen(event("opened", "01-10 09:00"), event("paused", "01-10 10:00"))
    life.advance("01-20 00:00")
    assert (life.verdicts(), life.occurrences()["1"].flags) == ({"1": "pending"}, ("paused",))
    life.happen(event("resumed", "01-10 11:00"))
    assert life.verdicts() == {"1": "missing"}


def test_a_dropped_case_is_in_no_count_and_in_no_list(life: Life) -> None:
    life.sign(contract(criterion(deadline(cancelled={"type": "cancelled"}))))
    life.happen(event("opened", "01-10", **due("01-12")))
    life.advance("01-13 00:00")
    assert (life.verdicts(), life.figure("2026-01").expected) == ({"1": "missing"}, 1)
    life.happen(event("cancelled", "01-12 00:00"))
    assert (life.verdicts(), life.figure("2026-01").expected) == ({}, 0)


def test_at_risk_is_a_flag_that_follows_the_watermark(life: Life) -> None:
    life.sign(contract(criterion(deadline(warn="2 h"))))
    life.happen(event("opened", "01-10", **due("01-12 10:00")))
    life.advance("01-12 07:59:59.999999")
    assert not life.occurrences()["1"].at_risk
    life.advance("01-12 08:00")
    assert life.occurrences()["1"].at_risk
    life.happen(event("closed", "01-12 09:00"))
    assert life.occurrences()["1"].flags == ()


def test_runs_of_misses_are_counted_by_due_whatever_came_first(store_url: str) -> None:
    with living(store_url) as life:
        indicator = deadline(without_due="met")
        life.sign(contract(criterion(indicator, target={"max_consecutive_misses": 1, "per": "month"})))
        for key, day in (("a", "12"), ("b", "14")):
            life.happen(event("opened", "01-10", key, **due(f"01-{day}")), event("closed", "01-20", key))
        assert life.figure("2026-01").status == "breached"
        life.happen(event("opened", "01-13", "c"))
        assert (life.figure("2026-01").status, len(life.breaches())) == ("open", 0)


# Queues


def test_a_closing_waits_in_the_queue_until_its_opening_comes(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(CASES)
        life.happen(event("closed", "01-11", id="close"))
        assert life.unmatched() == ["close"]
        assert life.verdicts() == {}
        life.happen(event("opened", "01-10", **due("01-12")))
        assert (life.unmatched(), life.verdicts()) == ([], {"1": "met"})


def test_an_event_is_unmatched_only_if_no_commitment_that_selects_it_has_its_case(life: Life) -> None:
    other = criterion(deadline(opened={"type": "taken"}), "taken")
    life.sign(contract(criterion(deadline()), other))
    life.happen(event("opened", "01-10", **due("01-12")), event("closed", "01-11", id="close"))
    assert life.unmatched() == []
    life.happen(event("closed", "01-11", "2", id="stray"))
    assert life.unmatched() == ["stray"]
    life.happen(event("taken", "01-10", "2", **due("01-12")))
    assert life.unmatched() == []


def test_a_contract_that_comes_later_takes_events_from_the_queue_and_from_the_unclaimed(life: Life) -> None:
    life.sign(CASES)
    life.happen(event("closed", "01-11", id="close"), event("taken", "01-10", **due("01-12")))
    assert (life.unmatched(), life.store.read(ADMINISTRATOR, unclaimed)) == (["close"], [("taken", "tool", 1)])
    life.sign(contract(criterion(deadline(opened={"type": "taken"})), id="later"))
    assert (life.unmatched(), life.store.read(ADMINISTRATOR, unclaimed)) == ([], [])


def test_an_amendment_that_selects_more_claims_it(life: Life) -> None:
    life.sign(CASES)
    life.happen(event("withdrawn", "01-11"))
    assert life.store.read(ADMINISTRATOR, unclaimed) == [("withdrawn", "tool", 1)]
    life.sign({**contract(criterion(deadline(cancelled={"type": "withdrawn"}))), "effective": "2026-03-01"})
    assert life.store.read(ADMINISTRATOR, unclaimed) == []


def test_an_opening_after_the_closing_is_in_the_queue_until_a_reopening_explains_it(life: Life) -> None:
    life.sign(contract(criterion(deadline(reopened={"type": "reopened"}))))
    life.happen(event("opened", "01-10", **due("01-12")), event("closed", "01-11"))
    life.happen(event("opened", "01-13", id="again"))
    assert life.unmatched() == ["again"]
    life.happen(event("reopened", "01-12"))
    assert (life.unmatched(), life.verdicts()) == ([], {"1": "pending"})


def test_events_before_validity_and_without_key_are_in_the_queue(life: Life) -> None:
    life.sign(CASES)
    life.happen(
        event("opened", "2025-12-31 23:59:59", id="early", **due("01-12")), event("opened", "01-10", None, id="no")
    )
    assert life.unmatched() == ["early", "no"]


def test_a_key_too_long_for_a_database_harms_nobody(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(contract(criterion(conformity(key="data.name"))))
        life.happen(event("item", "01-10", id="long", name="".join(map(chr, range(256, 6_000))), errors=0))
        life.happen(event("item", "01-10", id="short", name="a", errors=0))
        assert (life.unmatched(), life.verdicts()) == (["long"], {"a": "met"})


def test_what_no_contract_selects_is_counted_by_type_and_source(life: Life) -> None:
    life.sign(CASES)
    life.happen(event("a", "01-10"), event("a", "01-11", source="other"), event("a", "01-12"), event("closed", "01-10"))
    assert life.store.read(ADMINISTRATOR, unclaimed) == [("a", "other", 1), ("a", "tool", 2)]


# Amendments


def test_design_3_8_an_amendment_in_mid_period_splits_only_the_commitments_it_touches(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(contract(criterion(turnaround()), criterion(conformity(), "good")))
        changed = contract(criterion(turnaround(within="1 h")), criterion(conformity(), "good"), effective="2026-01-16")
        life.sign(changed)
        for key, day in (("a", "15"), ("b", "16")):
            life.happen(event("opened", f"01-{day} 09:00", key), event("closed", f"01-{day} 11:00", key))
            life.happen(event("item", f"01-{day}", errors=0))
        [january] = life.figures()
        assert [(one["version"], one["good"], one["total"]) for one in january.segments] == [(1, 1, 1), (2, 0, 1)]
        assert [one["until"] for one in january.segments] == ["2026-01-16T00:00:00+01:00", "2026-02-01T00:00:00+01:00"]
        assert january.adjusted == (1, 2)
        [good] = life.figures("c/d/good")
        assert [(one["version"], one["good"]) for one in good.segments] == [(1, 2)]


def test_an_amendment_that_touches_nothing_of_a_commitment_leaves_its_period_whole(life: Life) -> None:
    office = {"open": {"mon-fri": "09:00-17:00"}}
    life.sign(contract(criterion(turnaround(within="4 working hours")), calendar=office))
    other = criterion(conformity(), "good")
    life.sign(contract(criterion(turnaround(within="4 working hours")), other, calendar=office, effective="2026-01-16"))
    assert [len(one.segments) for one in life.figures()] == [1]


def test_a_segment_that_has_ended_below_its_target_breaches_the_period_then(life: Life) -> None:
    life.sign(contract(criterion(turnaround())))
    life.sign(contract(criterion(turnaround(within="8 h")), effective="2026-01-16"))
    life.happen(event("opened", "01-10 09:00"), event("closed", "01-10 15:00"))
    life.advance("2026-01-15 23:59:59.999999")
    assert (life.figure("2026-01").status, life.breaches()) == ("open", [])
    life.advance("2026-01-16 00:00")
    assert (life.figure("2026-01").status, [one.cause for one in life.breaches()]) == ("breached", ["target-lost"])


def test_a_version_that_changes_per_begins_new_periods_at_its_start(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(contract(criterion(punctuality())))
        quarters = criterion(punctuality(), target={"at_least": "90 %", "per": "quarter"})
        life.sign(contract(quarters, effective="2026-02-15"))
        for day in ("2026-01-05", "2026-02-02", "2026-02-16", "2026-03-02"):
            life.happen(event("report", f"{day} 09:00", None, date=day))
        life.advance("2026-04-01 00:00")
        shown = [(one.period, one.adjusted, one.expected) for one in life.figures()]
        assert shown == [
            ("2026-01", (1, 4), 4), ("2026-02", (1, 2), 2), ("2026-Q1", (2, 7), 7), ("2026-Q2", (0, 0), 13),
        ]  # fmt: skip
        assert [show(one.start) for one in life.figures()][2] == "2026-02-14T23:00:00Z"


def test_a_version_that_changes_the_zone_begins_new_periods_at_its_start(life: Life) -> None:
    life.sign(contract(criterion(punctuality())))
    life.sign(contract(criterion(punctuality()), timezone="America/New_York", effective="2026-01-15"))
    life.advance("2026-02-10 00:00")
    shown = [(one.period, show(one.start), one.expected) for one in life.figures()]
    assert shown == [
        ("2026-01", "2025-12-31T23:00:00Z", 2),
        ("2026-01", "2026-01-15T05:00:00Z", 2),
        ("2026-02", "2026-02-01T05:00:00Z", 4),
    ]
    assert [(one.period, one.cause) for one in life.breaches()] == [
        ("2026-02", "target-lost"), ("2026-01", "target-lost"), ("2026-01", "target-lost"),
    ]  # fmt: skip


def test_what_an_amendment_adds_is_judged_from_then_on(life: Life) -> None:
    life.sign(CASES)
    added = criterion(punctuality(), "report", targets=[{"at_least": "90 %", "per": "month"}])
    life.sign(contract(criterion(deadline()), added, effective="2026-03-16"))
    life.advance("2026-05-01 00:00")
    assert [(one.period, one.expected) for one in life.figures("c/d/report")] == [
        ("2026-03", 3), ("2026-04", 4), ("2026-05", 4),
    ]  # fmt: skip


def test_a_target_that_an_amendment_adds_is_judged_from_then_on(life: Life) -> None:
    month, quarter = {"at_least": "90 %", "per": "month"}, {"max_misses": 3, "per": "quarter"}
    life.sign(contract(criterion(deadline(), targets=[month])))
    life.sign(contract(criterion(deadline(), targets=[month, quarter]), effective="2026-05-01"))
    life.happen(event("opened", "04-10", **due("04-12")), event("opened", "05-10", "2", **due("05-12")))
    life.advance("2026-05-20 00:00")
    assert [(one.period, counts(one)) for one in life.figures() if one.target_index == 1] == [
        ("2026-Q2", {"missing": 1})
    ]


def test_what_an_amendment_takes_away_is_owed_no_longer(life: Life) -> None:
    life.sign(contract(criterion(punctuality()), criterion(conformity(), "good")))
    life.sign(contract(criterion(conformity(), "good"), effective="2026-02-10"))
    life.advance("2026-05-01 00:00")
    assert [(one.period, one.expected) for one in life.figures()] == [("2026-01", 4), ("2026-02", 2)]


def test_a_rebaseline_restates_final_periods_with_that_cause(life: Life) -> None:
    life.sign(contract(criterion(turnaround())))
    life.happen(event("opened", "01-10 09:00"), event("closed", "01-10 15:00"))
    life.advance("2026-02-01 00:00")
    assert (life.figure("2026-01").state, life.figure("2026-01").status) == ("final", "breached")
    amended = contract(criterion(turnaround(within="8 h")), effective="2026-01-01", rebaseline={"reason": "as meant"})
    applied = life.sign(amended)
    january = life.figure("2026-01")
    assert (january.state, january.status, january.value) == ("restated", "met", "1.0000")
    assert january.final is not None
    assert january.final["status"] == "breached"
    [cause] = january.causes
    assert cause == applied.position
    assert life.breaches() == []


def test_an_amendment_that_changes_no_final_figure_is_no_cause(life: Life) -> None:
    life.sign(contract(criterion(turnaround())))
    life.advance("2026-02-01 00:00")
    life.happen(event("opened", "01-10 09:00"), event("closed", "01-10 15:00"))
    before = life.figure("2026-01")
    assert before.state == "restated"
    life.sign(contract(criterion(turnaround(within="8 h")), effective="2026-03-01"))
    assert life.figure("2026-01").causes == before.causes


def test_an_amendment_that_has_passed_needs_a_rebaseline(life: Life) -> None:
    life.sign(CASES)
    life.advance("2026-02-01 00:00")
    with pytest.raises(DocumentInvalid, match="has passed"):
        life.sign({**CASES, "effective": "2026-02-01"})
    life.sign({**CASES, "effective": "2026-02-02"})


def test_termination_ends_what_is_owed(life: Life) -> None:
    life.sign(MONDAYS)
    life.advance("2026-02-01 00:00")
    life.terminate("2026-02-12")
    life.advance("2026-05-01 00:00")
    assert [(one.period, one.expected) for one in life.figures()] == [("2026-01", 4), ("2026-02", 2)]
    assert show(life.figure("2026-02").until or 0) == "2026-02-12T23:00:00Z"


def test_a_contract_terminated_before_it_begins_owes_nothing(life: Life) -> None:
    life.sign({**MISSES, "valid": {"from": "2026-03-01"}})
    life.terminate("2026-01-31")
    life.happen(event("report", "2026-03-02 09:00", None, date="2026-03-02"))
    life.advance("2026-05-01 00:00")
    assert (life.breaches(), life.store.read(ADMINISTRATOR, unclaimed)) == ([], [("report", "tool", 1)])


def test_terminating_earlier_than_agreed_is_shown_at_once(life: Life) -> None:
    life.sign(MONDAYS)
    life.terminate("2026-12-31")
    assert [one.expected for one in life.figures()] == [4]
    life.terminate("2026-01-15")
    assert [one.expected for one in life.figures()] == [2]


# Calendars


def office(**changes: object) -> dict[str, object]:
    return {
        "entente": 1, "calendar": "office", "timezone": "Europe/Paris", "open": {"mon-fri": "09:00-17:00"}, **changes,
    }  # fmt: skip


def test_a_contract_that_follows_a_calendar_takes_its_new_version_at_once(store_url: str) -> None:
    with living(store_url) as life:
        life.publish(office())
        indicator = punctuality(on_closed_day="next")
        life.sign(contract(criterion(indicator), calendar={"name": "office", "follow": True}))
        life.sign(contract(criterion(indicator), id="fixed", calendar="office"))
        life.advance("2026-01-15 00:00")
        life.publish(office(closures=["2026-01-26"]))
        assert show(life.occurrences()["2026-01-26"].due or 0) == "2026-01-27T09:00:00Z"
        assert show(life.occurrences("fixed/d/on-time")["2026-01-26"].due or 0) == "2026-01-26T09:00:00Z"


def test_a_new_calendar_leaves_the_days_that_have_passed(life: Life) -> None:
    life.publish(office())
    life.sign(contract(criterion(punctuality(on_closed_day="next")), calendar={"name": "office", "follow": True}))
    life.advance("2026-01-15 12:00")
    with pytest.raises(DocumentInvalid, match="2026-01-15, which has passed"):
        life.publish(office(closures=["2026-01-15"]))
    with pytest.raises(DocumentInvalid, match="2026-01-12, which has passed"):
        life.publish(office(closures=["2026-01-12"]))
    life.publish(office(closures=["2026-01-16"]))
    life.publish(office(**{"from": "2026-02-01"}, open={"tue-fri": "09:00-17:00"}))


def test_the_last_date_of_a_contract_that_a_closed_day_moves_beyond_it_is_owed(life: Life) -> None:
    due = {"every": "sunday", "at": "10:00"}
    office = {"open": {"mon-fri": ["09:00-17:00"]}}
    rule = punctuality(due=due, on_closed_day="next")
    validity = {"from": "2026-05-01", "until": "2026-05-31"}
    life.sign(
        contract(criterion(rule, targets=[{"at_least": "90 %", "per": "quarter"}]), valid=validity, calendar=office)
    )
    life.happen(*(event("report", f"05-{day} 09:00", date=f"2026-05-{day}") for day in ("03", "10", "17", "24")))
    life.advance("05-20 00:00")
    assert life.figure("2026-Q2").expected == 5
    life.advance("06-02 00:00")
    assert life.verdicts()["2026-05-31"] == "missing"
    assert life.figure("2026-Q2").adjusted == (4, 5)
    life.advance("07-02 00:00")
    assert (life.figure("2026-Q2").state, life.figure("2026-Q2").adjusted) == ("final", (4, 5))
