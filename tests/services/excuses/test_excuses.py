"""Excuses in figures (DESIGN §3.9, §3.13, MEANING §5): out of both sides, with the verdict kept underneath."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.access import ADMINISTRATOR
from services.excuses.reading import excused_by
from services.explaining.occurrences import explain_occurrence
from services.explaining.shown import explanation_json
from services.figures.reading import read_commitment, read_figures
from services.judging.lens import Lens
from services.seeing.past import judged_anew, replay, seeing_at
from services.seeing.seen import Seeing
from tests.given import at, availability, contract, criterion, deadline, due, event, measure, punctuality, volume
from tests.services.excused import LAB, Parties
from tests.services.judged import NOW, Life, counts, living

REPORTS = contract(criterion(punctuality(), each_miss="breach"))
MONDAYS = ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"]
CASES = contract(criterion(deadline(), target={"max_misses": 0, "per": "month"}, each_miss="breach"))


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


def january(life: Life, time: str = "2026-01-28") -> Parties:
    """Four reports due: met, late, missing, met."""
    life.sign(REPORTS)
    for day, hour in ((MONDAYS[0], "09:00"), (MONDAYS[1], "11:00"), (MONDAYS[3], "09:00")):
        life.happen(event("report", f"{day} {hour}", None, date=day))
    life.advance(time)
    return Parties(life)


def test_an_excuse_leaves_both_sides_and_raw_keeps_the_verdict_underneath(store_url: str) -> None:
    with living(store_url) as life:
        parties = january(life)
        before = life.figure("2026-01")
        assert (before.raw, before.adjusted, before.value) == ((2, 4), (2, 4), "0.5000")
        excuse = parties.ask(MONDAYS[2], MONDAYS[0])
        assert life.figure("2026-01").adjusted == (2, 4)  # asked is not accepted
        parties.accept(excuse)
        figure = life.figure("2026-01")
        assert (figure.raw, figure.adjusted, figure.value) == ((2, 4), (1, 2), "0.5000")
        assert (counts(figure), figure.expected, figure.judged) == ({"met": 1, "late": 1, "excused": 2}, 4, 2)
        rows = life.occurrences()
        assert [(rows[day].verdict, rows[day].underlying) for day in MONDAYS] == [
            ("excused", "met"), ("late", None), ("excused", "missing"), ("met", None),
        ]  # fmt: skip
        assert life.judged_again() == life.judged_again(1) == life.dump()
        assert replay(life.store.history, life.store.history.database).is_same


def test_everything_excused_is_no_data(life: Life) -> None:
    parties = january(life, "2026-02-01")
    parties.excuse(*MONDAYS)
    figure = life.figure("2026-01")
    assert (figure.adjusted, figure.raw, figure.value, figure.status) == ((0, 0), (2, 4), None, "no_data")


def test_an_excused_miss_is_no_breach_and_an_open_breach_is_withdrawn(life: Life) -> None:
    parties = january(life)
    assert {one.key for one in life.breaches()} == {MONDAYS[1], MONDAYS[2], None}
    parties.excuse(MONDAYS[1])
    parties.excuse(MONDAYS[2])
    assert life.breaches() == []
    assert {one.state for one in life.actions(None)} == {"not needed"}
    assert life.figure("2026-01").status == "open"


def test_what_is_excused_before_it_is_due_is_never_a_breach_and_lives_on_underneath(life: Life) -> None:
    life.sign(CASES)
    life.happen(event("opened", "01-10", **due("01-12 10:00")))
    life.advance("2026-01-12 09:59")
    parties = Parties(life)
    parties.excuse("1")
    assert life.occurrences()["1"].underlying == "pending"
    assert (life.occurrences()["1"].at_risk, life.figure("2026-01").counts["pending"]) == (False, 0)
    row = life.store.read(LAB, read_commitment, "c/d/on-time")
    assert (row.at_risk, row.next_due) == (0, None)
    life.advance("2026-01-12 10:00")
    assert (life.verdicts(), life.occurrences()["1"].underlying) == ({"1": "excused"}, "missing")
    life.happen(event("closed", "01-12 11:00"))
    assert life.occurrences()["1"].underlying == "late"
    figure = life.figure("2026-01")
    assert (figure.raw, figure.adjusted, life.breaches(None)) == ((0, 1), (0, 0), [])
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_an_interval_holds_what_is_due_at_its_start_and_not_at_its_end(life: Life) -> None:
    parties = january(life)
    parties.excuse(since=f"{MONDAYS[1]} 10:00", until=f"{MONDAYS[2]} 10:00")
    assert list(life.verdicts().values())[:4] == ["met", "excused", "missing", "met"]


def test_an_interval_a_microsecond_off_at_either_end(life: Life) -> None:
    parties = january(life)
    parties.excuse(since=f"{MONDAYS[1]} 10:00:00.000001", until=f"{MONDAYS[2]} 10:00:00.000001")
    assert list(life.verdicts().values())[:4] == ["met", "late", "excused", "met"]


def test_an_interval_covers_what_comes_later_too(life: Life) -> None:
    life.sign(CASES)
    Parties(life).excuse(since="01-12", until="01-13")
    life.happen(event("opened", "01-10", **due("01-12 10:00")), event("opened", "01-10", "2", **due("01-13")))
    life.advance("2026-01-14")
    assert life.verdicts() == {"1": "excused", "2": "missing"}


def test_a_case_that_is_moved_out_of_the_interval_counts_again(life: Life) -> None:
    life.sign(contract(criterion(deadline(changed={"type": "changed"}))))
    life.happen(event("opened", "01-10", **due("01-12 10:00")))
    Parties(life).excuse(since="01-12", until="01-13")
    life.advance("2026-01-14")
    assert life.verdicts() == {"1": "excused"}
    life.happen(event("changed", "01-11", **due("01-13")))
    assert life.verdicts() == {"1": "missing"}
    assert life.figure("2026-01").raw == (0, 1)


def test_an_interval_holds_a_volume_by_its_last_instant_however_long_its_news_may_take(life: Life) -> None:
    life.sign(contract(criterion(volume()), late_data="3 days"))
    life.advance("2026-01-16")
    assert (life.verdicts()["2026-W01"], life.verdicts()["2026-W02"]) == ("unknown", "unknown")
    Parties(life).excuse(
        since="01-11", until="01-12"
    )  # the second week ends with that Sunday, and is judged on Thursday
    assert (life.verdicts()["2026-W01"], life.verdicts()["2026-W02"]) == ("unknown", "excused")
    Parties(life).excuse(since="01-07", until="01-08")  # the first was judged in it
    assert life.verdicts()["2026-W01"] == "unknown"


@pytest.mark.parametrize("scope", ["c", "c/d"])
def test_an_interval_of_a_contract_or_deliverable_covers_all_its_commitments(life: Life, scope: str) -> None:
    life.sign(contract(criterion(punctuality()), criterion(deadline(), "case")))
    life.happen(event("opened", "01-10", **due("01-12 10:00")))
    life.advance("2026-01-14")
    Parties(life).excuse(scope=scope, since="01-12", until="01-13", party="supplier")
    assert (life.verdicts()["2026-01-12"], life.verdicts("c/d/case")) == ("excused", {"1": "excused"})


def test_a_commitment_whose_id_begins_the_same_is_another(life: Life) -> None:
    life.sign(contract(criterion(deadline(), "case"), criterion(deadline(), "case-2")))
    life.happen(event("opened", "01-10", **due("01-12 10:00")))
    Parties(life).excuse(scope="c/d/case", since="01-12", until="01-13")
    assert (life.verdicts("c/d/case"), life.verdicts("c/d/case-2")) == ({"1": "excused"}, {"1": "pending"})


def test_misses_in_a_row_pass_over_what_is_excused(life: Life) -> None:
    life.sign(contract(criterion(punctuality(), target={"max_consecutive_misses": 2, "per": "month"})))
    life.happen(event("report", f"{MONDAYS[3]} 09:00", None, date=MONDAYS[3]))
    life.advance("2026-02-01")
    assert life.figure("2026-01").status == "breached"
    Parties(life).excuse(MONDAYS[1])
    assert life.figure("2026-01").status == "met"


def test_unknown_stays_out_of_raw_too(life: Life) -> None:
    life.sign(CASES)
    life.happen(event("opened", "01-10", due="soon"))
    Parties(life).excuse("1")
    figure = life.figure("2026-01")
    assert (counts(figure), figure.raw) == ({"excused": 1}, (0, 0))


# Final periods


def test_an_accepted_excuse_restates_a_final_period_and_says_so(life: Life) -> None:
    parties = january(life, "2026-02-02")
    assert life.figure("2026-01").state == "final"
    excuse = parties.ask(MONDAYS[2])
    assert life.figure("2026-01").state == "final"
    position = parties.accept(excuse)
    figure = life.figure("2026-01")
    assert (figure.state, figure.causes) == ("restated", (position,))
    assert figure.final is not None
    assert (figure.final["good"], figure.final["total"], figure.adjusted) == (2, 4, (2, 3))
    assert set(figure.final) == {"good", "total", "value", "status", "position"}
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_a_period_that_closes_excused_stays_final(life: Life) -> None:
    parties = january(life)
    parties.excuse(MONDAYS[2])
    life.advance("2026-02-02")
    assert (life.figure("2026-01").state, life.figure("2026-01").adjusted) == ("final", (2, 3))


def test_late_news_under_an_excuse_restates_for_it_changes_raw(life: Life) -> None:
    parties = january(life)
    parties.excuse(MONDAYS[2])
    life.advance("2026-02-02")
    life.happen(event("report", f"{MONDAYS[2]} 09:00", None, date=MONDAYS[2]))
    figure = life.figure("2026-01")
    assert (figure.state, figure.adjusted, figure.raw) == ("restated", (2, 3), (3, 4))


# Looking back


def test_as_of_counts_every_decision_and_believed_at_only_those_of_then(life: Life) -> None:
    parties = january(life)
    before = life.position()
    parties.excuse(MONDAYS[1])

    def adjusted(seeing: Seeing) -> object:
        [figure] = seeing.read(ADMINISTRATOR, read_figures, commitment="c/d/on-time", period="2026-01")
        return figure.adjusted

    history = life.store.history
    with seeing_at(history, as_of=at("2026-01-13")) as then:
        assert adjusted(then) == (1, 1)
    with seeing_at(history, position=before) as then:
        assert adjusted(then) == (2, 4)
    with seeing_at(history, as_of=at("2026-01-13"), position=before) as then:
        assert adjusted(then) == (1, 2)
    with seeing_at(history, believed_at=NOW, contract="c") as then:
        assert adjusted(then) == (2, 3)
    with judged_anew(history, Lens(last_position=before + 1)) as judge:
        assert adjusted(Seeing(history, judge.database)) == (2, 4)


def test_explain_names_the_excuse_and_what_is_underneath(life: Life) -> None:
    parties = january(life)
    excuse = parties.ask(MONDAYS[1])
    parties.accept(excuse)
    row = life.store.read(LAB, explain_occurrence, "c/d/on-time", MONDAYS[1])
    assert [one.id for one in row.excuses] == [excuse]
    shown = explanation_json(row, "Europe/Paris")
    assert (shown["verdict"], shown["underlying"]) == ("excused", "late")
    [told] = shown["excuses"]
    assert (told["reason"], told["accepted_by"], told["keys"]) == ("client-fault", "ward/bob", [MONDAYS[1]])
    assert [one["code"] for one in shown["changed_by"]] == ["delivered_by"]
    assert life.store.read(LAB, explain_occurrence, "c/d/on-time", MONDAYS[2]).excuses == ()


# Kinds without cases


def test_an_excused_item_of_a_measure_is_left_out_of_what_is_put_together(life: Life) -> None:
    life.sign(contract(criterion(measure(aggregate="max"), targets=[{"at_most": 10, "per": "month"}])))
    life.happen(event("call", "01-10", minutes=12, id="long"), event("call", "01-11", minutes=4))
    life.advance("2026-01-20")
    assert (life.figure("2026-01").value, life.figure("2026-01").status) == ("12.0000", "breached")
    parties = Parties(life)
    excuse = parties.ask("tool#long")
    assert [one.key for one in life.store.read(LAB, excused_by, excuse)] == ["tool#long"]
    parties.accept(excuse)
    figure = life.figure("2026-01")
    assert (figure.value, figure.status, counts(figure), figure.judged) == ("4.0000", "open", {"excused": 1}, 1)
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_an_excused_outage_is_in_neither_side(life: Life) -> None:
    life.sign(contract(criterion(availability())))
    life.happen(event("up", "01-01", "db"), event("down", "01-05 10:00", "db"), event("up", "01-05 16:00", "db"))
    life.advance("2026-01-06")
    hour = 3_600
    figure = life.figure("2026-01")
    assert (figure.raw, figure.adjusted) == ((114 * hour, 120 * hour), (114 * hour, 120 * hour))
    Parties(life).excuse(since="01-05 10:00", until="01-05 10:00:01")
    figure = life.figure("2026-01")
    assert (figure.raw, figure.adjusted) == ((114 * hour, 120 * hour), (114 * hour, 114 * hour))
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_an_excused_window_of_a_rolling_target_counts_no_more(life: Life) -> None:
    life.sign(contract(criterion(punctuality(), target={"max_misses": 1, "per": "28 days"})))
    life.advance("2026-01-20")
    assert {one.cause for one in life.breaches()} == {"target-lost"}
    Parties(life).excuse(since="01-01", until="01-18")
    assert life.breaches() == []
    assert life.judged_again() == life.judged_again(1) == life.dump()
