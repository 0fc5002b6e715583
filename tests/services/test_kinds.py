"""Measures, satisfaction, volumes, availability, freshness and rolling windows, through a whole store (MEANING §4, §5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from services.errors import DocumentInvalid
from tests.given import Tree, availability, contract, criterion, event, freshness, measure, satisfaction, volume
from tests.services.judged import Life, counts, living


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as alive:
        yield alive


def owed(
    life: Life, indicator: Tree, *, targets: list[Tree] | None = None, more: Tree | None = None, **changes: Any
) -> None:
    said: Tree = {**({"targets": targets} if targets else {}), **(more or {})}
    life.sign(contract(criterion(indicator, **said), **changes))


def minutes(*values: object, day: str = "03-02 10:00") -> list[Any]:
    return [event("call", day, minutes=value) for value in values]


# Measures


@pytest.mark.parametrize(
    ("aggregate", "value"),
    [
        ("mean", "5.0000"),
        ("median", "3.5000"),
        ("p90", "12.0000"),
        ("p95", "12.0000"),
        ("max", "12.0000"),
        ("min", "1.0000"),
        ("sum", "20.0000"),
        ("count", "4.0000"),
    ],
)
def test_a_measure_puts_the_numbers_of_its_items_together(life: Life, aggregate: str, value: str) -> None:
    owed(life, measure(aggregate=aggregate), targets=[{"at_most": 100, "per": "month"}])
    life.happen(*minutes(5, 2, 12, 1), *minutes("5", None, True))
    life.advance("04-02 00:00")
    figure = life.figure("2026-03")
    assert figure.value == value
    assert (figure.judged, figure.expected, figure.raw, figure.adjusted) == (4, 7, (None, None), (None, None))
    assert counts(figure) == {"unknown": 3}
    assert (figure.status, figure.outlook, figure.target) == ("met", None, "at_most 100")


def test_percentiles_go_by_nearest_rank(life: Life) -> None:
    owed(life, measure(aggregate="p90"), targets=[{"at_most": 9, "per": "month"}])
    life.happen(*minutes(*range(1, 11)))
    life.advance("04-02 00:00")
    assert (life.figure("2026-03").value, life.figure("2026-03").status) == ("9.0000", "met")
    life.happen(*minutes(11))
    assert (life.figure("2026-03").value, life.figure("2026-03").status) == ("10.0000", "breached")


def test_a_target_in_time_is_compared_in_the_unit_of_the_numbers(life: Life) -> None:
    targets: list[Tree] = [{"at_most": "2 h", "per": "month"}, {"at_most": "7201 s", "per": "month"}]
    owed(life, measure(unit="min"), targets=targets)
    life.happen(*minutes(120, 121))
    life.advance("04-02 00:00")
    first, second = life.figures(period="2026-03")
    assert (first.value, first.status, first.target) == ("120.5000", "breached", "at_most 2 h")
    assert (second.status, second.target) == ("breached", "at_most 7201 s")


def test_numbers_keep_their_exactness(life: Life) -> None:
    owed(life, measure(aggregate="sum"), targets=[{"at_most": 1, "per": "month"}])
    life.happen(*minutes(*[0.1] * 10))
    life.advance("04-02 00:00")
    assert life.figure("2026-03").status == "met"


def test_a_greatest_value_is_lost_at_once_a_mean_only_when_the_period_ends(life: Life) -> None:
    owed(life, measure(aggregate="max"), targets=[{"at_most": 10, "per": "month"}])
    life.advance("03-01 00:00")
    life.happen(*minutes(11))
    assert (life.figure("2026-03").status, [one.cause for one in life.breaches()]) == ("breached", ["target-lost"])


def test_a_mean_is_not_lost_before_its_period_ends(life: Life) -> None:
    owed(life, measure(), targets=[{"at_most": 10, "per": "month"}])
    life.advance("03-01 00:00")
    life.happen(*minutes(100))
    assert (life.figure("2026-03").status, life.breaches()) == ("open", [])
    life.advance("04-01 00:00")
    assert life.figure("2026-03").status == "breached"


def test_the_last_event_of_a_key_is_its_value_and_a_replaced_one_counts_no_more(life: Life) -> None:
    owed(life, measure(key="subject"), targets=[{"at_most": 10, "per": "month"}])
    life.happen(event("call", "03-02 10:00", "a", minutes=90), event("call", "03-02 11:00", "a", minutes=3))
    life.advance("04-02 00:00")
    assert (life.figure("2026-03").value, life.figure("2026-03").judged) == ("3.0000", 1)
    [only] = life.occurrences().values()
    assert (only.verdict, only.value) == ("measured", "3")


def test_late_news_restates_a_measure_even_where_the_shown_value_is_the_same(life: Life) -> None:
    owed(life, measure(aggregate="median"), targets=[{"at_most": 10, "per": "month"}])
    life.happen(*minutes(1, 5, 5, 9))
    life.advance("04-01 00:00")
    assert life.figure("2026-03").state == "final"
    life.happen(*minutes(5))
    figure = life.figure("2026-03")
    assert (figure.state, figure.value, figure.judged) == ("restated", "5.0000", 5)


def test_fewer_than_min_count_is_no_data(life: Life) -> None:
    owed(life, measure(), targets=[{"at_most": 10, "per": "month"}], more={"min_count": 3})
    life.happen(*minutes(100, 100))
    life.advance("04-01 00:00")
    assert (life.figure("2026-03").status, life.figure("2026-03").value) == ("no_data", None)


# Satisfaction


def scores(*values: object) -> list[Any]:
    return [event("answer", "03-02 10:00", score=value) for value in values]


def test_satisfaction_is_a_share_and_a_mean(life: Life) -> None:
    targets: list[Tree] = [{"at_least": "75 %", "per": "month"}, {"at_least": 3.5, "per": "month"}]
    owed(life, satisfaction(), targets=targets)
    life.happen(*scores(5, 4, 3, 4), *scores(6, 0, "5", None))
    life.advance("04-01 00:00")
    share, mean = life.figures(period="2026-03")
    assert counts(share) == {"met": 3, "failed": 1, "unknown": 4}
    assert (share.value, share.status, share.adjusted) == ("0.7500", "met", (3, 4))
    assert (mean.value, mean.status, mean.share, mean.mean) == ("4.0000", "met", "0.7500", "4.0000")
    assert mean.outlook is None


# Volumes


def meals(count: int, day: str = "03-03 12:00") -> list[Any]:
    return [event("meal", day) for _ in range(count)]


@pytest.mark.parametrize(("count", "verdict"), [(8, "failed"), (9, "met"), (11, "met"), (12, "failed")])
def test_a_volume_is_met_inside_its_band_ends_included(life: Life, count: int, verdict: str) -> None:
    owed(life, volume())
    life.happen(*meals(count))
    life.advance("03-08 23:59")
    assert life.verdicts()["2026-W10"] == "pending"
    life.advance("03-09 00:00")
    assert life.verdicts()["2026-W10"] == verdict
    assert life.occurrences()["2026-W10"].value == str(count)


def test_a_volume_waits_for_late_data_and_stands_in_the_target_period_of_its_last_instant(life: Life) -> None:
    owed(life, volume(), late_data="2 days")
    life.advance("04-06 00:00")  # 2026-W14: 30 March to 5 April
    assert life.verdicts()["2026-W14"] == "pending"
    life.happen(*meals(10, "03-31 12:00"))
    life.advance("04-07 23:59")
    assert life.verdicts()["2026-W14"] == "pending"
    life.advance("04-08 00:00")
    row = life.occurrences()["2026-W14"]
    assert (row.verdict, row.period) == ("met", "2026-04")


@pytest.mark.parametrize(("says", "verdict"), [("unknown", "unknown"), ("breach", "failed"), ("ignore", None)])
def test_no_event_at_all_is_what_the_contract_says(life: Life, says: str, verdict: str | None) -> None:
    owed(life, volume(), more={"when_no_data": says})
    life.advance("03-09 00:00")
    assert life.verdicts().get("2026-W10") == verdict


def test_sums_add_and_subtract_exactly_and_one_event_without_its_number_makes_it_unknown(life: Life) -> None:
    owed(life, volume(value="data.kg", expected=1, band="0 %"))
    first = event("meal", "03-03 12:00", kg=0.7)
    life.happen(first, event("meal", "03-03 13:00", kg=0.3))
    life.advance("03-09 00:00")
    assert life.verdicts()["2026-W10"] == "met"
    life.happen(event("meal", "03-03 14:00"))
    assert life.verdicts()["2026-W10"] == "unknown"


def test_what_came_before_the_contract_was_in_force_is_not_counted(life: Life) -> None:
    owed(life, volume(per="month", expected=1, band="0 %"), valid={"from": "2026-03-01"}, effective="2026-03-03")
    life.happen(*meals(1, "03-02 23:59"), *meals(1, "03-03 00:00"))
    life.advance("04-02 00:00")
    assert (life.occurrences()["2026-03"].value, life.verdicts()["2026-03"]) == ("1", "met")


def test_the_periods_of_a_volume_are_owed_before_anything_comes(life: Life) -> None:
    owed(life, volume(per="month"), valid={"from": "2026-01-01", "until": "2026-03-31"})
    life.advance("01-15 00:00")
    assert (life.figure("2026-01").expected, life.figure("2026-01").outlook) == (1, "tight")


# Availability

HOURS = 3600


def test_availability_is_the_share_of_known_service_time_that_is_up(life: Life) -> None:
    owed(life, availability(), valid={"from": "2026-03-02"})
    life.happen(
        event("up", "03-02 00:00", "web"), event("down", "03-03 10:00", "web"), event("up", "03-03 12:00", "web")
    )
    life.advance("03-04 00:00")
    figure = life.figure("2026-03")
    assert figure.adjusted == (46 * HOURS, 48 * HOURS)
    assert (figure.judged, figure.expected) == (48 * HOURS, 30 * 24 * HOURS - HOURS)
    assert figure.value == "0.9583"
    assert counts(figure) == {"failed": 1}
    row = life.occurrences()["web@2026-03-03T09:00:00Z"]
    assert (row.verdict, row.period) == ("failed", "2026-03")


def test_nothing_is_known_before_the_first_event_of_any_subject(life: Life) -> None:
    owed(life, availability(), valid={"from": "2026-03-02"})
    life.advance("03-03 00:00")
    assert (life.figure("2026-03").judged, life.figure("2026-03").value) == (0, None)
    life.happen(event("down", "03-02 18:00", "web"))
    assert life.figure("2026-03").adjusted == (0, 6 * HOURS)
    life.happen(event("up", "03-02 12:00", "db"))
    assert life.figure("2026-03").adjusted == (6 * HOURS, 12 * HOURS)


def test_the_service_is_down_while_any_subject_is(life: Life) -> None:
    owed(life, availability(), valid={"from": "2026-03-02"})
    life.happen(
        event("up", "03-02 00:00", "web"), event("down", "03-02 10:00", "web"), event("up", "03-02 12:00", "web")
    )
    life.happen(event("down", "03-02 11:00", "db"), event("up", "03-02 13:00", "db"))
    life.advance("03-03 00:00")
    assert life.figure("2026-03").adjusted == (21 * HOURS, 24 * HOURS)


@pytest.mark.parametrize(
    ("until", "verdict", "good"), [("10:04:59", "met", 24 * HOURS), ("10:05:00", "failed", 24 * HOURS - 300)]
)
def test_an_outage_shorter_than_counts_is_ignored(life: Life, until: str, verdict: str, good: int) -> None:
    owed(life, availability(ignore_shorter_than="5 min"), valid={"from": "2026-03-02"})
    life.happen(event("up", "03-02 00:00", "web"), event("down", "03-02 10:00:00", "web"))
    life.advance("03-02 10:04")
    [running] = life.verdicts().values()
    assert running == "pending"
    assert life.figure("2026-03").adjusted == (10 * HOURS, 10 * HOURS)
    life.happen(event("up", f"03-02 {until}", "web"))
    life.advance("03-03 00:00")
    assert list(life.verdicts().values()) == [verdict]
    assert life.figure("2026-03").adjusted == (good, 24 * HOURS)


def test_a_running_outage_fails_when_time_reaches_its_length(life: Life) -> None:
    owed(life, availability(ignore_shorter_than="5 min"), valid={"from": "2026-03-02"})
    life.happen(event("up", "03-02 00:00", "web"), event("down", "03-02 10:00", "web"))
    life.advance("03-02 10:05")
    assert list(life.verdicts().values()) == ["failed"]


def test_seconds_are_cut_at_the_ends_of_periods(life: Life) -> None:
    owed(life, availability(), valid={"from": "2026-03-01"})
    life.happen(
        event("up", "03-01 00:00", "web"), event("down", "03-31 23:00", "web"), event("up", "04-01 02:00", "web")
    )
    life.advance("05-01 00:00")
    march, april = life.figure("2026-03"), life.figure("2026-04")
    assert [march.adjusted[1], april.adjusted[1]] == [31 * 24 * HOURS - HOURS, 30 * 24 * HOURS]
    assert march.adjusted[1] - march.adjusted[0] == HOURS  # type: ignore[operator]
    assert april.adjusted[1] - april.adjusted[0] == 2 * HOURS  # type: ignore[operator]
    assert (counts(march), counts(april)) == ({"failed": 1}, {})


def test_only_service_time_counts(life: Life) -> None:
    office = {"open": {"mon-fri": ["09:00-17:00"]}}
    owed(life, availability(), valid={"from": "2026-03-02"}, calendar=office)
    life.happen(
        event("up", "03-02 08:00", "web"), event("down", "03-02 16:00", "web"), event("up", "03-03 10:00", "web")
    )
    life.advance("03-04 00:00")
    assert life.figure("2026-03").adjusted == (14 * HOURS, 16 * HOURS)


def test_a_target_is_lost_while_the_outage_goes_on(life: Life) -> None:
    owed(life, availability(), targets=[{"at_least": "99 %", "per": "week"}], valid={"from": "2026-03-02"})
    life.happen(event("up", "03-02 00:00", "web"), event("down", "03-04 00:00", "web"))
    life.advance("03-04 01:00")  # 1 % of a week are 1 h 40 min 48 s
    assert (life.figure("2026-W10").status, life.figure("2026-W10").outlook, life.breaches()) == ("open", "tight", [])
    life.advance("03-04 01:41")
    assert (life.figure("2026-W10").status, life.figure("2026-W10").outlook) == ("breached", "lost")
    assert [one.cause for one in life.breaches()] == ["target-lost"]


def test_what_happened_before_validity_sets_the_state_it_begins_with(life: Life) -> None:
    owed(life, availability(), valid={"from": "2026-03-02"})
    life.happen(event("down", "02-28 00:00", "web"), event("up", "03-02 06:00", "web"))
    life.advance("03-03 00:00")
    assert life.figure("2026-03").adjusted == (18 * HOURS, 24 * HOURS)


def test_late_news_splits_an_outage_and_restates_what_was_final(life: Life) -> None:
    owed(life, availability(), valid={"from": "2026-03-01"})
    life.happen(
        event("up", "03-01 00:00", "web"), event("down", "03-31 20:00", "web"), event("up", "04-01 04:00", "web")
    )
    life.advance("04-02 00:00")
    assert life.figure("2026-03").state == "final"
    life.happen(event("up", "03-31 21:00", "web"), event("down", "04-01 03:00", "web"))
    march = life.figure("2026-03")
    assert march.state == "restated"
    assert march.adjusted[1] - march.adjusted[0] == HOURS  # type: ignore[operator]
    assert sorted(life.verdicts()) == ["web@2026-03-31T18:00:00Z", "web@2026-04-01T01:00:00Z"]


def test_a_down_after_validity_is_unmatched(life: Life) -> None:
    owed(life, availability(), valid={"from": "2026-03-02", "until": "2026-03-31"})
    life.happen(event("up", "03-02 00:00", "web"), event("down", "04-02 00:00", "web", id="late"))
    assert life.unmatched() == ["late"]


# Freshness


def test_data_is_stale_once_the_last_update_is_too_old(life: Life) -> None:
    owed(life, freshness(), valid={"from": "2026-03-02"})
    life.happen(event("updated", "03-02 12:00", None), event("updated", "03-03 18:00", None))
    life.advance("03-04 00:00")
    assert life.verdicts() == {"2026-03-03T11:00:00Z": "failed"}
    assert life.figure("2026-03").adjusted == (42 * HOURS, 48 * HOURS)


def test_data_that_never_came_goes_stale(life: Life) -> None:
    owed(life, freshness(), valid={"from": "2026-03-02"})
    life.advance("03-02 23:59:59")
    assert life.verdicts() == {}
    life.advance("03-03 00:00")
    assert life.verdicts() == {"2026-03-02T23:00:00Z": "failed"}
    life.advance("03-03 06:00")
    assert life.figure("2026-03").adjusted == (24 * HOURS, 30 * HOURS)


def test_what_will_be_stale_is_not_before_time_has_reached_it_though_validity_ends(life: Life) -> None:
    owed(life, freshness(), valid={"from": "2026-03-02", "until": "2026-03-31"})
    assert life.verdicts() == {}
    life.advance("03-03 00:00")
    [row] = life.occurrences().values()
    assert (row.verdict, row.closed) == ("failed", None)
    life.advance("04-02 00:00")
    [row] = life.occurrences().values()
    assert (row.verdict, row.closed) == ("failed", None)
    assert life.figure("2026-03").adjusted == (24 * HOURS, 30 * 24 * HOURS - HOURS)


def test_what_a_longer_age_makes_fresh_again_is_stale_only_once_time_has_reached_it(life: Life) -> None:
    targets: list[Tree] = [{"at_least": "90 %", "per": "month"}]
    owed(life, freshness(), targets=targets, valid={"from": "2026-03-02"})
    amended = criterion(freshness(max_age="96 h"), targets=targets)
    life.sign(contract(amended, valid={"from": "2026-03-02"}, effective="2026-03-04"))
    assert life.verdicts() == {}
    life.advance("03-05 00:00")
    assert life.verdicts() == {"2026-03-02T23:00:00Z": "failed"}
    assert life.figure("2026-03").adjusted == (48 * HOURS, 72 * HOURS)


def test_an_update_at_its_greatest_age_is_in_time(life: Life) -> None:
    owed(life, freshness(), valid={"from": "2026-03-02"})
    life.happen(event("updated", "03-02 12:00", None), event("updated", "03-03 12:00", None))
    life.advance("03-03 13:00")
    assert life.verdicts() == {}


def test_an_update_before_validity_counts_for_the_age_of_the_data(life: Life) -> None:
    owed(life, freshness(), valid={"from": "2026-03-02"})
    life.happen(event("updated", "03-01 06:00", None), event("updated", "03-02 18:00", None))
    life.advance("03-03 00:00")
    assert life.figure("2026-03").adjusted == (12 * HOURS, 24 * HOURS)


def test_an_amendment_changes_the_age_from_its_date_on(life: Life) -> None:
    targets: list[Tree] = [{"at_least": "90 %", "per": "month"}]
    owed(life, freshness(), targets=targets, valid={"from": "2026-03-02"})
    life.happen(event("updated", "03-03 22:00", None))
    life.sign(
        contract(
            criterion(freshness(max_age="1 h"), targets=targets),
            valid={"from": "2026-03-02"},
            effective="2026-03-04",
        )
    )
    life.advance("03-04 06:00")
    figure = life.figure("2026-03")
    assert [(one["good"], one["total"]) for one in figure.segments] == [(26 * HOURS, 48 * HOURS), (0, 6 * HOURS)]


# Rolling windows


def test_a_rolling_window_ends_at_the_watermark_and_never_closes(life: Life) -> None:
    owed(life, measure(), targets=[{"at_most": 10, "per": "28 days"}])
    assert life.figures() == []
    life.happen(*minutes(100, day="03-02 10:00"), *minutes(2, day="03-20 10:00"))
    life.advance("03-29 23:00")
    [figure] = life.figures()
    assert (figure.period, figure.state, figure.status, figure.value) == ("rolling-28d", "open", "breached", "51.0000")
    assert [one.cause for one in life.breaches()] == ["target-lost"]
    life.advance("03-30 10:00")
    assert life.figures()[0].judged == 2
    life.advance("03-30 10:00:01")
    assert (life.figures()[0].judged, life.figures()[0].status) == (1, "met")
    assert life.breaches() == []


@pytest.mark.parametrize("limit", [1, 3, 5_000])
def test_any_batch_size_gives_the_same_read_models(life: Life, limit: int) -> None:
    life.sign(
        contract(
            criterion(availability(ignore_shorter_than="5 min"), id="up"),
            criterion(freshness(), id="fresh", targets=[{"at_least": "95 %", "per": "28 days"}]),
            criterion(volume(), id="meals"),
            criterion(satisfaction(), id="glad", targets=[{"at_least": 4, "per": "month"}]),
            criterion(measure(aggregate="p95"), id="calls", targets=[{"at_most": 9, "per": "week"}]),
        )
    )
    life.happen(event("up", "03-01 00:00", "web"), event("updated", "03-02 10:00", None), *minutes(4, 9), *scores(5, 3))
    life.advance("03-03 00:00")
    life.happen(event("down", "03-03 10:00", "web"), *meals(10), event("updated", "03-02 12:00", None))
    life.advance("03-06 00:00")
    life.happen(event("up", "03-03 10:03", "web"), event("updated", "03-04 12:00", None), *minutes(40))
    life.advance("04-06 00:00")
    life.happen(event("down", "03-02 10:00", "web"), *meals(2))
    assert life.judged_again(limit) == life.dump()


def test_a_voided_signal_is_none(life: Life) -> None:
    owed(life, availability(), valid={"from": "2026-03-02"})
    life.happen(event("up", "03-02 00:00", "web"), event("down", "03-02 06:00", "web", id="wrong"))
    life.advance("03-03 00:00")
    assert life.figure("2026-03").adjusted == (6 * HOURS, 24 * HOURS)
    voiding = event("correction", "03-03 00:00")
    voiding.voids = "wrong"
    life.happen(voiding)
    assert (life.figure("2026-03").adjusted, life.verdicts()) == ((24 * HOURS, 24 * HOURS), {})
    assert life.judged_again() == life.dump()


def test_a_voided_event_is_taken_out_of_its_sum(life: Life) -> None:
    owed(life, volume(value="data.kg", expected=1, band="0 %"))
    life.happen(event("meal", "03-03 12:00", kg=1), event("meal", "03-03 13:00", kg=0.25, id="twice"))
    voiding = event("correction", "03-03 14:00")
    voiding.voids = "twice"
    life.happen(voiding)
    life.advance("03-09 00:00")
    assert life.verdicts()["2026-W10"] == "met"


def test_measures_do_not_become_shares_by_an_amendment(life: Life) -> None:
    targets: list[Tree] = [{"at_most": 9, "per": "month"}]
    owed(life, measure(), targets=targets)
    with pytest.raises(DocumentInvalid, match="on-time was a measure"):
        life.sign(contract(criterion(availability()), effective="2026-03-04"))


def test_a_voiding_event_that_is_voided_itself_was_never_in_the_sum(life: Life) -> None:
    owed(life, volume(per="month"))
    voiding = event("meal", "03-03 12:00", id="b")
    voided_too = event("meal", "03-04 12:00", id="c")
    voiding.voids = "a"
    voided_too.voids = "b"
    life.happen(event("meal", "03-02 12:00", id="a"), voiding, voided_too)
    life.advance("04-02 00:00")
    row = life.occurrences()["2026-03"]
    assert (row.verdict, row.reason, row.value) == ("unknown", "no-data", None)
