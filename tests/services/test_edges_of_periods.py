"""Where periods begin, end and are cut, what falls in them, and what restates them (MEANING §5, §7)."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from services.figures.rows import FigureRow
from services.figures.shown import figure_json
from tests.given import (
    at,
    availability,
    contract,
    criterion,
    deadline,
    due,
    event,
    freshness,
    punctuality,
    satisfaction,
    structured,
    volume,
)
from tests.services.judged import Life, counts, living

DAY = 86_400
SHARE = {"at_least": "90 %", "per": "month"}


def segments(figure: FigureRow) -> list[tuple[object, ...]]:
    shown = figure_json(figure, "Europe/Paris")["segments"]
    assert isinstance(shown, list)
    return [(one["version"], one["from"], one["until"], one["total"]) for one in shown]


def months_of_two_wordings(life: Life) -> None:
    life.sign(contract(criterion(deadline(cancelled={"type": "cancelled"}))))
    after = criterion(deadline(cancelled={"type": "cancelled"}), target={"at_least": "80 %", "per": "month"})
    life.sign(contract(after, effective="2026-02-10"))


def test_a_case_that_was_dropped_leaves_no_segment_whichever_event_came_first() -> None:
    opened = event("opened", "02-01 09:00", "a", **due("03-15 12:00"))
    cancelled = event("cancelled", "02-02 09:00", "a")
    for order in permutations([opened, cancelled]):
        with living() as life:
            months_of_two_wordings(life)
            for one in order:
                life.happen(one)
            life.advance("04-05 00:00")
            assert [one[0] for one in segments(life.figure("2026-03"))] == [2]


def test_a_version_that_only_reaches_into_a_period_with_its_cases_has_no_bounds_there() -> None:
    with living() as life:
        months_of_two_wordings(life)
        life.happen(event("opened", "02-02 09:00", "a", **due("03-15 12:00")))
        life.advance("03-02 00:00")
        march = segments(life.figure("2026-03"))
        assert [(one[0], one[1] is None, one[2] is None) for one in march] == [(1, True, True), (2, False, False)]


def test_a_period_outside_validity_whose_only_case_went_away_is_still_shown_restated() -> None:
    with living() as life:
        life.sign(contract(criterion(deadline(cancelled={"type": "cancelled"}))))
        life.happen(event("opened", "01-02 09:00", "a", **due("2025-12-20 12:00")))
        life.advance("03-02 00:00")
        assert life.figure("2025-12").state == "final"
        life.happen(event("cancelled", "2025-12-19 09:00", "a"))
        [december] = life.figures(period="2025-12")
        assert (december.state, counts(december), segments(december), december.status) == (
            "restated",
            {},
            [],
            "no_data",
        )


@pytest.mark.parametrize("how", ["left out", "ended"])
def test_a_gap_between_two_wordings_alike_is_no_service_time_and_splits_its_period(how: str) -> None:
    up = criterion(availability(), target={"at_least": "75 %", "per": "month"})
    on_time = criterion(deadline(), "cases", target={"max_misses": 1, "per": "month"})
    other = criterion(deadline(opened={"type": "asked"}), "other")
    with living() as life:
        ends = {"from": "2026-01-01", "until": "2026-02-09"}
        if how == "left out":
            life.sign(contract(up, on_time, other))
            life.sign(contract(other, effective="2026-02-10"))
        else:
            life.sign(contract(up, on_time, other, valid=ends))
        life.sign(contract(up, on_time, other, effective="2026-02-20"))
        life.happen(event("up", "01-01 00:00", "s"), event("down", "02-06 00:00", "s"), event("up", "02-22 00:00", "s"))
        for key, opened, limit in (("a", "02-02", "02-09"), ("b", "02-20", "02-25")):
            life.happen(event("opened", f"{opened} 09:00", key, **due(f"{limit} 12:00")))
        life.advance("02-15 00:00")
        newest = 3 if how == "left out" else 2
        february = life.figure("2026-02")
        assert (segments(february)[0][3], february.expected, february.judged) == (9 * DAY, 18 * DAY, 9 * DAY)
        life.advance("03-02 00:00")
        february = life.figure("2026-02")
        assert segments(february) == [
            (1, "2026-02-01T00:00:00+01:00", "2026-02-10T00:00:00+01:00", 9 * DAY),
            (newest, "2026-02-20T00:00:00+01:00", "2026-03-01T00:00:00+01:00", 9 * DAY),
        ]
        assert (february.expected, february.adjusted, february.status) == (18 * DAY, (12 * DAY, 18 * DAY), "breached")
        cases = life.figure("2026-02", "c/d/cases")
        assert (counts(cases), [one[3] for one in segments(cases)], cases.status) == ({"missing": 2}, [1, 1], "met")
        assert life.judged_again() == life.judged_again(1) == life.dump()


def test_a_replacement_that_says_the_same_leaves_final_figures_and_breaches_alone() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality(), target={"max_misses": 0, "per": "month"}, each_miss="breach")))
        for day in ("05", "12", "19", "26"):
            life.happen(event("report", f"01-{day} 09:00", None, id=day, date=f"2026-01-{day}"))
        life.advance("02-02 00:00")
        before = life.dump()
        again = event("report", "01-05 09:00", None, id="again", date="2026-01-05")
        life.receive([structured(replace(again, replaces="05"))])
        january = life.figure("2026-01")
        assert (january.state, january.causes, january.final) == ("final", (), None)
        assert life.breaches(state=None) == []
        for table in ("view_period", "view_tally", "view_breach", "view_outbox"):
            assert [one for one in life.dump() if one.startswith(table)] == [
                one for one in before if one.startswith(table)
            ]
        assert life.dump() == life.judged_again(1)


def test_an_outage_that_is_said_again_restates_nothing() -> None:
    with living() as life:
        life.sign(contract(criterion(availability(), target={"at_least": "99 %", "per": "month"})))
        life.happen(event("up", "01-01 00:00", "web"))
        life.happen(event("down", "01-10 09:00", "web", id="down"), event("up", "01-10 19:00", "web"))
        life.advance("02-02 00:00")
        january = life.figure("2026-01")
        assert (january.state, january.status) == ("final", "breached")
        life.receive([structured(replace(event("down", "01-10 09:00", "web", id="again"), replaces="down"))])
        said_again = life.figure("2026-01")
        assert (said_again.state, said_again.causes, said_again.adjusted) == ("final", (), january.adjusted)


def test_a_restated_period_names_only_what_changed_it_and_stays_restated_when_changed_back() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality())))
        life.advance("02-02 00:00")
        [first] = life.receive([structured(event("report", "01-05 09:00", None, id="a", date="2026-01-05"))])
        life.receive([structured(event("report", "01-05 09:30", None, id="b", date="2026-01-05"))])
        assert life.figure("2026-01").causes == (first.position,)
        life.receive([structured(replace(event("note", "01-06 09:00", None), voids="a"))])
        assert life.figure("2026-01").causes == (first.position,)
        [back] = life.receive([structured(replace(event("note", "01-06 09:00", None), voids="b"))])
        january = life.figure("2026-01")
        assert (january.state, january.causes, january.adjusted) == (
            "restated",
            (first.position, back.position),
            (0, 4),
        )
        assert life.dump() == life.judged_again(1)


def test_misses_in_a_row_that_fall_due_after_validity_count_in_its_last_period() -> None:
    target = {"max_consecutive_misses": 1, "per": "month"}
    with living() as life:
        until = {"from": "2026-01-01", "until": "2026-03-09"}
        life.sign(contract(criterion(deadline(), target=target), valid=until))
        late = [event("opened", "02-17 09:00", "a", **due("03-28 12:00")), event("closed", "03-29 12:00", "a")]
        life.happen(*late)
        life.advance("03-02 00:00")
        assert life.figure("2026-03").outlook == "tight"
        life.happen(event("opened", "02-18 09:00", "b", **due("03-29 12:00")), event("closed", "03-30 12:00", "b"))
        march = life.figure("2026-03")
        assert (counts(march), march.status, march.outlook) == ({"late": 2}, "breached", "lost")


def test_an_endless_period_is_unrolled_to_the_end_of_the_year_where_the_last_version_is() -> None:
    nightly = criterion(punctuality(due={"every": "day", "at": "02:30"}), target={"max_misses": 1, "per": "contract"})
    with living() as life:
        life.sign(contract(nightly, valid={"from": "2026-11-01"}))
        life.sign(contract(nightly, valid={"from": "2026-11-01"}, effective="2026-12-01", timezone="Pacific/Apia"))
        life.advance("2026-12-20 00:00")
        assert max(life.occurrences()) == "2026-12-31"


def test_a_rolling_target_is_judged_until_the_version_that_takes_it_away_and_its_window_have_passed() -> None:
    rolling = {"max_misses": 0, "per": "28 days"}
    with living() as life:
        life.sign(contract(criterion(deadline(), targets=[SHARE, rolling])))
        life.sign(contract(criterion(deadline(), target=SHARE), effective="2026-02-10"))
        life.happen(event("opened", "02-02 09:00", "a", **due("02-05 12:00")), event("closed", "02-06 09:00", "a"))
        for day, statuses, breaches in (
            ("02-06", ["breached"], 1),
            ("02-20", ["breached"], 1),
            ("03-06", ["no_data"], 0),
            ("03-11", [], 0),
        ):
            life.advance(f"{day} 00:00")
            assert [one.status for one in life.figures(period="rolling-28d")] == statuses, day
            assert len([one for one in life.breaches() if one.target_index == 1]) == breaches, day


def test_an_outage_is_seen_in_the_final_periods_of_targets_that_came_after_it_began() -> None:
    whole, weekly = {"at_least": "100 %", "per": "quarter"}, {"at_least": "50 %", "per": "week"}
    with living() as life:
        life.sign(contract(criterion(availability(), target=whole), valid={"from": "2026-06-01"}, timezone="UTC"))
        life.sign(
            contract(
                criterion(availability(), targets=[SHARE, weekly]),
                valid={"from": "2026-06-01"},
                timezone="UTC",
                effective="2026-06-10",
            )
        )
        life.happen(event("up", "2026-06-01T00:00:00Z", "c"))
        life.advance("2026-07-01T00:00:00Z")
        assert life.figures(period="2026-W25")[0].state == "final"
        [answer] = life.happen(event("down", "2026-06-03T12:00:00Z", "b"))
        [week] = life.figures(period="2026-W25")
        assert (week.state, week.causes, week.adjusted[0]) == ("restated", (answer.position,), 0)


def test_a_mean_that_changes_restates_even_where_no_count_does() -> None:
    with living() as life:
        life.sign(contract(criterion(satisfaction(key="subject"), target={"at_least": "50 %", "per": "month"})))
        life.happen(event("answer", "01-03 12:00", "1", score=3.5))
        life.advance("02-02 00:00")
        [answer] = life.happen(event("answer", "01-04 12:00", "1", score=3))
        january = life.figure("2026-01")
        assert (january.state, january.causes, january.mean) == ("restated", (answer.position,), "3.0000")


def test_a_window_rolls_over_the_local_days_of_the_version_in_force() -> None:
    rolling = criterion(deadline(), target={"max_misses": 0, "per": "28 days"})
    with living() as life:
        life.sign(contract(rolling))
        life.sign(contract(rolling, effective="2026-04-30", timezone="UTC"))
        life.advance("2026-04-03T23:00:00Z")
        [window] = life.figures(period="rolling-28d")
        assert window.start == at("2026-03-07 01:00")  # the same wall time in Paris, before its clocks changed
        life.advance("2026-05-10T00:00:00Z")
        [window] = life.figures(period="rolling-28d")
        assert window.start == at("2026-04-12T00:00:00Z")


def test_a_closed_period_that_a_rebaseline_takes_away_is_listed_no_more() -> None:
    stale = criterion(freshness(max_age="1 week"))
    with living() as life:
        life.sign(contract(stale))
        life.advance("2026-05-25 00:00")
        assert life.figure("2026-04").state == "final"
        shorter = {"from": "2026-01-01", "until": "2026-03-30"}
        life.sign(contract(stale, valid=shorter, effective="2026-01-01", rebaseline={"reason": "it ended then"}))
        assert [one.period for one in life.figures()] == ["2026-01", "2026-02", "2026-03"]


def test_a_date_of_an_endless_period_is_forgotten_when_its_early_delivery_is_voided() -> None:
    reports = criterion(punctuality(), target={"max_misses": 1, "per": "contract"})
    with living() as life:
        life.sign(contract(reports, valid={"from": "2026-11-01"}))
        life.advance("2026-11-20 00:00")
        early = event("report", "2026-11-19 09:00", date="2027-02-01")
        life.happen(early)
        assert life.verdicts()["2027-02-01"] == "met"
        voiding = event("note", "2026-11-19 10:00", None)
        life.receive([structured(replace(voiding, voids=early.id))])
        assert "2027-02-01" not in life.verdicts()
        assert counts(life.figure("contract")) == {"missing": 3, "pending": 6}
        assert [one for one in life.dump() if "2027-02-01" in one] == []
        life.advance("2027-01-02 00:00")
        assert life.verdicts()["2027-02-01"] == "pending"
        assert life.judged_again() == life.dump()


def test_of_two_volumes_of_one_name_the_later_bears_the_version_with_which_it_begins() -> None:
    amounts = criterion(volume(per="month"), target={"at_least": "90 %", "per": "quarter"})
    with living() as life:
        life.sign(contract(amounts))
        life.sign(contract(amounts, effective="2026-03-10", timezone="UTC"))
        expected = ["2026-01", "2026-02", "2026-03", "2026-03#2"]
        life.advance("2026-03-05")
        assert list(life.occurrences())[:4] == expected
        life.sign(contract(amounts, effective="2026-03-20", timezone="UTC", late_data="1 day"))
        assert list(life.occurrences())[:4] == expected


def test_a_period_without_end_is_not_unrolled_further_before_it_has_begun() -> None:
    targets = [{"max_misses": 1, "per": "28 days"}, {"max_misses": 1, "per": "contract"}]
    reports = criterion(punctuality(), targets=targets)
    with living() as life:
        life.sign(contract(reports, timezone="UTC"))
        life.sign(contract(reports, effective="2026-03-09"))
        life.advance("2026-03-10")
        assert max(life.occurrences()) == "2026-12-28"
        assert life.judged_again() == life.dump()


def test_a_window_of_a_target_that_was_taken_away_rolls_over_the_local_days_of_the_version_in_force() -> None:
    rolling = criterion(deadline(), targets=[{"max_misses": 0, "per": "month"}, {"max_misses": 0, "per": "28 days"}])
    with living() as life:
        life.sign(contract(rolling))
        life.sign(
            contract(
                criterion(deadline(), targets=[{"max_misses": 0, "per": "month"}]),
                effective="2026-03-20",
                timezone="UTC",
            )
        )
        life.advance("2026-04-03T23:00:00Z")
        [window] = life.figures(period="rolling-28d")
        assert window.start == at("2026-03-06T23:00:00Z")
