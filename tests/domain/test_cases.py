"""Cases: opened, changed, cancelled, reopened, closed (MEANING §4 "Cases")."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.occurrences import Judgement
from tests.given import (
    OFFICE,
    Tree,
    at,
    commitment,
    contract,
    criterion,
    deadline,
    due,
    event,
    judged,
    owing,
    turnaround,
    verdict,
)

DUE = "03-02 10:00"
BY_DUE = owing(deadline())


def opened(time: str = "03-01 09:00", due_at: str | None = DUE, **more: Any) -> OperationalEvent:
    data = due(due_at) if due_at is not None else {}
    return event("opened", time, **(data | more))


def closed(time: str) -> OperationalEvent:
    return event("closed", time)


def one(found: Commitment, *events: OperationalEvent, watermark: str | None = None) -> Judgement:
    return judged(found, events, watermark)["1"]


@pytest.mark.parametrize(
    ("time", "expected"),
    [("03-02 09:59:59.999999", "met"), ("03-02 10:00", "met"), ("03-02 10:00:00.000001", "late")],
)
def test_a_deadline_is_met_up_to_its_limit_which_counts_as_in_time(time: str, expected: str) -> None:
    assert verdict(BY_DUE, [opened(), closed(time)]) == expected


@pytest.mark.parametrize(
    ("watermark", "expected"),
    [(None, "pending"), ("03-02 09:59:59.999999", "pending"), ("03-02 10:00", "missing"), ("04-01", "missing")],
)
def test_design_3_4_an_open_case_is_missing_only_when_the_watermark_has_reached_its_limit(
    watermark: str | None, expected: str
) -> None:
    assert verdict(BY_DUE, [opened()], watermark) == expected


def test_evidence_judges_at_once_without_any_watermark() -> None:
    assert verdict(BY_DUE, [opened(), closed("03-02 11:00")]) == "late"
    assert verdict(BY_DUE, [opened(), closed("03-02 11:00")], "02-01") == "late"


def test_design_3_17_a_verdict_names_the_events_that_decided_it() -> None:
    start, end, later = opened(), closed("03-02 09:00"), closed("03-02 12:00")
    assert one(BY_DUE, start).decided_by == (start.position,)
    assert one(BY_DUE, start, later, end).decided_by == (start.position, end.position)
    cancellable = owing(deadline(cancelled={"type": "cancelled"}, on_cancel="failed"))
    cancellation = event("cancelled", "03-01 10:00")
    assert one(cancellable, start, cancellation).decided_by == (start.position, cancellation.position)
    assert one(cancellable, start, cancellation).reason == "cancelled"


def test_a_pending_case_says_at_which_watermark_to_look_again() -> None:
    assert one(BY_DUE, opened(), watermark="03-01").wake == at(DUE)
    assert one(BY_DUE, opened(), watermark=DUE).wake is None
    assert one(BY_DUE, opened(), closed(DUE)).wake is None


def test_design_3_2_tolerance_moves_the_limit_and_not_the_due() -> None:
    found = owing(deadline(tolerance="15 min"))
    assert verdict(found, [opened(), closed("03-02 10:15")]) == "met"
    assert verdict(found, [opened(), closed("03-02 10:15:00.000001")]) == "late"
    assert verdict(found, [opened()], "03-02 10:14:59.999999") == "pending"
    assert verdict(found, [opened()], "03-02 10:15") == "missing"
    judgement = one(found, opened())
    assert (judgement.due, judgement.limit, judgement.anchor) == (at(DUE), at("03-02 10:15"), at(DUE))


def test_end_of_day_is_anything_before_the_next_local_midnight() -> None:
    found = owing(deadline(tolerance="end of day"))
    assert verdict(found, [opened(), closed("03-02 23:59:59.999999")]) == "met"
    assert verdict(found, [opened(), closed("03-03 00:00")]) == "late"
    assert verdict(found, [opened()], "03-02 23:59:59.999999") == "pending"
    assert verdict(found, [opened()], "03-03 00:00") == "missing"


def test_end_of_day_of_a_due_at_midnight_is_the_day_that_it_begins() -> None:
    found = owing(deadline(tolerance="end of day"))
    assert verdict(found, [opened(due_at="03-02 00:00"), closed("03-02 23:59")]) == "met"


@pytest.mark.parametrize(("limit", "expected"), [("within", "met"), ("under", "late")])
def test_within_includes_its_limit_and_under_excludes_it(limit: str, expected: str) -> None:
    found = owing(turnaround(**{limit: "4 h"}))
    assert verdict(found, [opened("03-02 09:00"), closed("03-02 13:00")]) == expected
    assert verdict(found, [opened("03-02 09:00"), closed("03-02 12:59:59.999999")]) == "met"
    assert verdict(found, [opened("03-02 09:00"), closed("03-02 13:00:00.000001")]) == "late"
    assert verdict(found, [opened("03-02 09:00")], "03-02 13:00") == "missing"


def test_a_turnaround_falls_in_the_period_of_its_due() -> None:
    assert one(owing(turnaround()), opened("03-31 22:00"), closed("03-31 23:00")).anchor == at("04-01 02:00")


def test_design_3_5_elapsed_hours_are_counted_in_utc_over_a_night_when_clocks_change() -> None:
    found = owing(turnaround(within="12 h"))
    assert one(found, opened("03-28 20:00")).due == at("03-29 09:00")
    assert one(found, opened("10-24 20:00")).due == at("10-25 07:00")


def test_nominal_days_keep_the_wall_time_over_a_night_when_clocks_change() -> None:
    found = owing(turnaround(within="1 day"))
    assert one(found, opened("03-28 20:00")).due == at("03-29 20:00")
    assert one(found, opened("03-28 02:30")).due == at("03-29 03:30")


def test_design_3_6_working_time_is_counted_in_the_calendar() -> None:
    hours = owing(turnaround(within="2 working hours"), calendar=OFFICE)
    assert one(hours, opened("03-06 16:00")).due == at("03-09 10:00")
    assert one(hours, opened("03-06 10:00")).due == at("03-06 12:00")
    days = owing(turnaround(within="1 working day"), calendar=OFFICE)
    assert one(days, opened("03-06 16:00")).due == at("03-09 16:00")
    assert one(days, opened("03-07 16:00")).due == at("03-10 09:00")


# What opens and closes a case


def test_the_first_opening_wins_and_later_ones_are_evidence() -> None:
    judgement = one(BY_DUE, opened(), opened("03-01 10:00", "03-09 10:00"), closed("03-02 11:00"))
    assert (judgement.verdict.value, judgement.strays) == ("late", ())


def test_the_first_closing_decides() -> None:
    assert verdict(BY_DUE, [opened(), closed("03-02 09:00"), closed("03-05 09:00")]) == "met"


def test_an_opening_after_the_closing_without_reopened_is_unmatched() -> None:
    again = opened("03-03 09:00", "03-09 10:00")
    assert one(BY_DUE, opened(), closed("03-02 09:00"), again).strays == (again.position,)


def test_reopened_voids_the_closing_and_a_later_closing_decides() -> None:
    found = owing(deadline(reopened={"type": "reopened"}))
    events = [opened(), closed("03-02 08:00"), event("reopened", "03-02 09:00")]
    assert verdict(found, events) == "pending"
    assert verdict(found, events, DUE) == "missing"
    assert verdict(found, [*events, closed("03-02 10:00")]) == "met"
    assert verdict(found, [*events, closed("03-02 10:01")]) == "late"
    assert verdict(found, [*events, opened("03-02 09:30", None)]) == "pending"
    assert one(found, *events, opened("03-02 09:30", None)).strays == ()


def test_a_closing_before_its_opening_waits_by_key_and_counts_when_the_opening_comes() -> None:
    close = closed("03-01 08:00")
    waiting = one(BY_DUE, close)
    assert (waiting.standing, waiting.strays) == ("waiting", (close.position,))
    judgement = one(BY_DUE, close, opened())
    assert (judgement.verdict.value, judgement.flags, judgement.strays) == ("met", ("closed-before-opened",), ())


def test_a_closing_at_the_time_of_its_opening_is_not_before_it() -> None:
    assert one(BY_DUE, closed("03-01 09:00"), opened("03-01 09:00")).flags == ()


def test_only_the_openings_time_must_be_in_validity() -> None:
    found = owing(deadline(), valid={"from": "2026-03-01", "until": "2026-03-31"})
    assert verdict(found, [opened("2026-02-28 23:59:59.999999"), closed("03-01 12:00")]) == "outside"
    assert verdict(found, [opened("2026-03-01 00:00"), closed("03-01 12:00")]) == "met"
    late = [opened("2026-03-31 23:59:59.999999", "06-01"), closed("2026-06-02")]
    assert verdict(found, late) == "late"
    assert verdict(found, [opened("2026-04-01 00:00", "06-01")]) == "outside"


def test_the_events_of_a_case_that_is_not_owed_have_no_use_here() -> None:
    found = owing(deadline(), valid={"from": "2026-03-01"})
    events = [opened("02-01"), closed("03-02")]
    assert one(found, *events).strays == tuple(each.position for each in events)


def test_a_case_without_key_is_unmatched() -> None:
    [route] = BY_DUE.route(event("opened", "03-01", None, **due(DUE)))
    assert (route.key, route.reason) == (None, "no-key")


def test_a_case_may_be_named_by_its_data() -> None:
    found = owing(deadline(key="data.case"))
    events = [opened(case=7), event("closed", "03-02 10:00", "other", case="7")]
    assert verdict(found, events, key="7") == "met"


# Without a due time, or with one that cannot be read


def test_without_due_ignore_there_is_no_occurrence() -> None:
    judgement = one(BY_DUE, opened(due_at=None), closed("03-05"), watermark="04-01")
    assert (judgement.standing, judgement.anchor) == ("without_due", at("03-01 09:00"))


def test_without_due_met_is_met_at_once_in_the_period_of_the_opening() -> None:
    judgement = one(owing(deadline(without_due="met")), opened("03-31 09:00", None))
    assert (judgement.verdict.value, judgement.anchor, judgement.wake) == ("met", at("03-31 09:00"), None)
    assert judgement.is_owed


@pytest.mark.parametrize("value", ["tomorrow", "2026-03-02", "2026-03-02T10:00:00", 20260302, True, {"time": "x"}])
@pytest.mark.parametrize("without_due", ["ignore", "met"])
def test_a_due_that_cannot_be_read_is_unknown_in_the_period_of_the_opening(value: object, without_due: str) -> None:
    found = owing(deadline(without_due=without_due))
    judgement = one(found, event("opened", "03-01 09:00", due=value), closed("03-05"), watermark="04-01")
    assert (judgement.verdict.value, judgement.reason) == ("unknown", "due-unreadable")
    assert judgement.anchor == at("03-01 09:00")


# Changes


CHANGEABLE = owing(deadline(changed={"type": "changed"}))


def changed(time: str, due_at: str | None = None, **data: Any) -> OperationalEvent:
    return event("changed", time, **(due(due_at) if due_at else {}), **data)


def test_the_last_change_at_or_before_the_closing_counts() -> None:
    close = closed("03-04 10:00")
    assert verdict(CHANGEABLE, [opened(), changed("03-03", "03-05"), close]) == "met"
    assert verdict(CHANGEABLE, [opened(), changed("03-04 10:00", "03-05"), close]) == "met"
    assert verdict(CHANGEABLE, [opened(), changed("03-04 10:00:00.000001", "03-05"), close]) == "late"
    assert verdict(CHANGEABLE, [opened(), changed("03-01 10:00", "03-05"), changed("03-03", "03-04"), close]) == "late"


def test_a_change_at_the_time_of_the_closing_counts_whichever_is_named_first() -> None:
    at_once = [
        opened(),
        event("closed", "03-04 10:00", id="a"),
        event("changed", "03-04 10:00", id="b", **due("03-05")),
    ]
    assert verdict(CHANGEABLE, at_once) == "met"


def test_a_change_without_the_path_is_ignored() -> None:
    assert verdict(CHANGEABLE, [opened(), changed("03-01 10:00", "03-05"), changed("03-03"), closed("03-04")]) == "met"


def test_a_change_gives_a_due_time_to_a_case_that_had_none() -> None:
    assert verdict(CHANGEABLE, [opened(due_at=None), changed("03-03", "03-05"), closed("03-04")]) == "met"


def test_a_change_that_cannot_be_read_makes_the_case_unknown() -> None:
    assert verdict(CHANGEABLE, [opened(), changed("03-01 10:00", due="soon")]) == "unknown"


def test_a_change_before_the_opening_counts_from_the_opening_on() -> None:
    assert one(CHANGEABLE, changed("02-28", "03-09"), opened()).due == at("03-09")


BY_PRIORITY: Tree = {"by": "data.priority", "1": "1 h", "true": "2 h", "2.5": "3 h", "else": "8 h"}


@pytest.mark.parametrize(
    ("priority", "expected"),
    [(1, "10:00"), ("1", "10:00"), (True, "11:00"), ("true", "11:00"), ("9", "17:00"), (None, "17:00"), ([1], "17:00")],
)
def test_a_duration_is_looked_up_by_the_text_of_a_value(priority: object, expected: str) -> None:
    found = owing(turnaround(within=BY_PRIORITY))
    assert one(found, event("opened", "03-02 09:00", priority=priority)).due == at(f"03-02 {expected}")


def test_a_value_that_the_table_lacks_is_unknown() -> None:
    found = owing(turnaround(within={"by": "data.priority", "1": "1 h"}))
    for start in (event("opened", "03-02 09:00", priority=2), event("opened", "03-02 09:00")):
        judgement = one(found, start, watermark="04-01")
        assert (judgement.verdict.value, judgement.reason) == ("unknown", "no-duration-for-value")
        assert judgement.anchor == at("03-02 09:00")


def test_a_change_alters_what_the_table_reads() -> None:
    found = owing(turnaround(within=BY_PRIORITY, changed={"type": "changed"}))
    start = event("opened", "03-02 09:00", priority=1)
    assert one(found, start, event("changed", "03-02 09:30", priority="low")).due == at("03-02 17:00")
    assert one(found, start, event("changed", "03-02 09:30")).due == at("03-02 10:00")


# Cancellations


@pytest.mark.parametrize(
    ("time", "expected"), [("03-02 10:00", "dropped"), ("03-02 10:00:00.000001", "missing"), ("03-01 10:00", "dropped")]
)
def test_a_cancellation_counts_up_to_the_limit(time: str, expected: str) -> None:
    found = owing(deadline(cancelled={"type": "cancelled"}))
    assert verdict(found, [opened(), event("cancelled", time)], "04-01") == expected


def test_a_cancellation_at_midnight_comes_after_the_end_of_the_day() -> None:
    found = owing(deadline(cancelled={"type": "cancelled"}, tolerance="end of day"))
    assert verdict(found, [opened(), event("cancelled", "03-02 23:59:59")], "04-01") == "dropped"
    assert verdict(found, [opened(), event("cancelled", "03-03 00:00")], "04-01") == "missing"


def test_with_under_a_cancellation_at_the_limit_counts_and_the_first_of_several_does() -> None:
    found = owing(turnaround(under="4 h", cancelled={"type": "cancelled"}))
    start = opened("03-02 09:00")
    assert verdict(found, [start, event("cancelled", "03-02 13:00")], "04-01") == "dropped"
    assert verdict(found, [start, event("cancelled", "03-02 13:00:00.000001")], "04-01") == "missing"
    again = [event("cancelled", "03-02 12:00"), event("cancelled", "03-02 14:00")]
    assert verdict(found, [start, *again], "04-01") == "dropped"


def test_what_is_said_after_a_cancellation_in_time_moves_its_case_no_more() -> None:
    found = owing(deadline(cancelled={"type": "cancelled"}, changed={"type": "changed"}, on_cancel="failed"))
    events = [opened(), event("cancelled", "03-01 10:00"), event("changed", "03-01 11:00", **due("03-01 09:00"))]
    assert verdict(found, events, "04-01") == "failed"
    assert one(found, *events).due == at(DUE)
    too_late = [opened(), event("cancelled", "03-02 11:00"), event("changed", "03-02 12:00", **due("03-05 10:00"))]
    assert one(found, *too_late).due == at("03-05 10:00")


def test_on_cancel_failed_is_a_miss() -> None:
    found = owing(deadline(cancelled={"type": "cancelled"}, on_cancel="failed"))
    assert verdict(found, [opened(), event("cancelled", DUE)]) == "failed"
    assert verdict(found, [opened(), event("cancelled", "03-01 10:00"), closed("03-01 11:00")]) == "failed"


def test_a_cancellation_after_the_limit_or_after_the_closing_is_evidence() -> None:
    found = owing(deadline(cancelled={"type": "cancelled"}))
    assert verdict(found, [opened(), event("cancelled", "03-02 11:00"), closed("03-02 12:00")]) == "late"
    assert verdict(found, [opened(), closed("03-01 10:00"), event("cancelled", "03-01 11:00")]) == "met"


# Versions


def test_design_3_8_a_case_stays_under_the_version_in_force_when_it_was_opened() -> None:
    old = contract(criterion(turnaround()))
    new = contract(criterion(turnaround(within="1 h")), effective="2026-03-02")
    found = commitment(old, new)
    before = one(found, opened("03-01 23:59:59"), closed("03-02 03:00"))
    assert (before.verdict.value, before.version) == ("met", 1)
    after = one(found, opened("03-02 00:00"), closed("03-02 03:00"))
    assert (after.verdict.value, after.version) == ("late", 2)


def test_a_case_whose_opening_is_told_by_another_event_in_a_new_version_is_one_case() -> None:
    old = contract(criterion(turnaround(opened={"type": "created"})))
    new = contract(criterion(turnaround(opened={"type": "assigned"})), effective="2026-03-02")
    found = commitment(old, new)
    across = [event("created", "03-01 23:00"), event("assigned", "03-02 01:00"), closed("03-02 02:00")]
    assert (one(found, *across).version, one(found, *across).due) == (1, at("03-02 03:00"))
    assert one(found, event("created", "03-01 23:00"), closed("03-02 02:00")).verdict.value == "met"
    assert one(found, event("assigned", "03-02 01:00"), closed("03-02 02:00")).version == 2


def test_a_criterion_may_become_one_of_another_kind() -> None:
    dated: Tree = {"kind": "punctuality", "delivered": {"type": "report"}, "key": "data.date"}
    old = contract(criterion({**dated, "due": {"every": "monday", "at": "10:00"}}))
    new = contract(criterion(turnaround()), effective="2026-03-02")
    found = commitment(old, new)
    assert verdict(found, [opened("03-02 09:00"), closed("03-02 09:30")]) == "met"
    assert verdict(found, [], "04-01", key="2026-02-23") == "missing"
    assert "2026-03-02" not in judged(found, [], "04-01")


# Order


def test_design_3_3_any_order_of_arrival_gives_the_same_verdict() -> None:
    found = owing(deadline(changed={"type": "changed"}, reopened={"type": "reopened"}, cancelled={"type": "cancelled"}))
    events = [
        opened(),
        changed("03-01 12:00", "03-03 10:00"),
        closed("03-02 08:00"),
        event("reopened", "03-02 09:00"),
        closed("03-03 10:00"),
    ]
    seen = {
        (judgement.verdict, judgement.due, judgement.closed, judgement.flags)
        for order in permutations(events)
        for judgement in judged(found, order, "04-01").values()
    }
    assert len(seen) == 1
    assert seen.pop()[0].value == "met"


def test_a_case_beyond_the_calendars_years_is_unknown() -> None:
    ending = OFFICE | {"holidays": {"country": "FR", "years": "2026", "dates": ["2026-01-01"]}}
    found = owing(turnaround(within="5 working days"), calendar=ending)
    judgement = one(found, opened("12-30 10:00"), watermark="2027-02-01")
    assert (judgement.verdict.value, judgement.reason) == ("unknown", "calendar-ended")
    assert judgement.anchor == at("12-30 10:00")


# At risk


@pytest.mark.parametrize(("warn", "from_"), [("2 h", "03-02 08:00"), ("1 day", "03-01 10:00"), (None, "03-02 04:00")])
def test_design_3_11_a_case_is_at_risk_within_warn_or_in_the_last_quarter_of_its_time(
    warn: str | None, from_: str
) -> None:
    found = owing(deadline(warn=warn) if warn else deadline())
    at_risk = one(found, opened("03-01 10:00")).risk_from
    assert at_risk == (at(from_) if warn else at(from_) + 1)


def test_what_is_decided_is_not_at_risk() -> None:
    assert one(BY_DUE, opened(), closed("03-02 09:00")).risk_from is None
    assert one(BY_DUE, opened(), watermark="04-01").risk_from is None
