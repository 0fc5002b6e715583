"""No data in its meanings: nothing was due, nothing came; what a criterion says of it, and of which time; and clauses that nobody
monitors (DESIGN §3.9, §3.15; MEANING §5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.access import ADMINISTRATOR
from services.contracts.reading import read_contracts
from services.contracts.shown import whole_contract_json
from services.figures.reading import read_commitments, read_figures
from services.figures.shown import figure_json
from tests.given import (
    Tree,
    at,
    availability,
    conformity,
    contract,
    criterion,
    deadline,
    due,
    event,
    freshness,
    measure,
    punctuality,
    satisfaction,
    structured,
    turnaround,
    volume,
)
from tests.services.excused import Parties
from tests.services.judged import Life, counts, living

SHARE: Tree = {"at_least": "90 %", "per": "month"}
QUIET = [deadline(), turnaround(), conformity(), conformity(key="data.batch"), satisfaction(), volume(), availability()]


@pytest.mark.parametrize(("says", "status"), [("unknown", "no_data"), ("breach", "breached"), ("ignore", "no_data")])
@pytest.mark.parametrize("indicator", [*QUIET, measure()], ids=lambda one: one["kind"])
def test_a_quiet_period_is_never_all_or_nothing(indicator: Tree, says: str, status: str) -> None:
    target = SHARE if indicator["kind"] != "measure" else {"at_most": 5, "per": "month"}
    with living() as life:
        life.sign(contract(criterion(indicator, when_no_data=says, target=target)))
        life.advance("03-01")
        figure = life.figure("2026-02")
        if indicator["kind"] == "volume" and says == "breach":
            assert (figure.counts["failed"] > 0, figure.status) == (True, "breached")
        else:
            assert (figure.value, bool(figure.adjusted[1]), figure.status) == (None, False, status)
        assert life.judged_again() == life.dump()


@pytest.mark.parametrize("says", ["unknown", "breach", "ignore"])
@pytest.mark.parametrize(("indicator", "missed"), [(punctuality(), "missing"), (freshness(), "failed")])
def test_where_something_was_due_its_absence_is_a_miss_whatever_is_said(
    indicator: Tree, missed: str, says: str
) -> None:
    with living() as life:
        life.sign(contract(criterion(indicator, when_no_data=says)))
        life.advance("03-01")
        assert (life.figure("2026-02").status, set(life.verdicts().values()) <= {missed, "pending"}) == (
            "breached",
            True,
        )


# Of which time data can be wanting

NO_MISS: Tree = {"max_misses": 0, "per": "month"}
CASES = deadline(cancelled={"type": "cancelled"}, changed={"type": "changed"})


def voided(life: Life) -> None:
    life.receive([structured(replace(event("note", "02-02 10:00", None), voids="opening"))])


def opened_before_by_another(life: Life) -> None:
    """Which then is the opening, and says another due."""
    life.happen(event("opened", "02-01 09:00", "a", **due("02-09 12:00")))


Way = Callable[[Life], object]
WAYS: dict[str, Way] = {
    "voided": voided,
    "opened before by another": opened_before_by_another,
    "moved": lambda life: life.happen(event("changed", "02-03 09:00", "a", **due("02-09 12:00"))),
    "dropped": lambda life: life.happen(event("cancelled", "02-03 09:00", "a")),
    "excused": lambda life: Parties(life).excuse("a"),
    "excused with its days": lambda life: Parties(life).excuse(since="03-20", until="03-21"),
}


@pytest.mark.parametrize("says", ["unknown", "breach", "ignore"])
@pytest.mark.parametrize("is_final", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_beyond_validity_no_data_is_no_breach_whatever_became_of_its_only_case(
    way: str, is_final: bool, says: str
) -> None:
    with living() as life:
        rule = criterion(CASES, when_no_data=says, target=NO_MISS)
        life.sign(contract(rule, valid={"from": "2026-01-01", "until": "2026-02-10"}))
        life.happen(event("opened", "02-02 09:00", "a", id="opening", **due("03-20 12:00")))
        if is_final:
            life.advance("04-10 00:00")
            assert [(one.state, one.status) for one in life.figures(period="2026-03")] == [("final", "breached")]
        WAYS[way](life)
        if not is_final:
            life.advance("03-01 00:00")
            assert [one for one in life.breaches() if one.period == "2026-03"] == []
            life.advance("04-10 00:00")
        march = [(one.state, one.status) for one in life.figures(period="2026-03")]
        if is_final:
            assert march == [("restated", "no_data")]
        else:
            assert march == ([("final", "no_data")] if "excused" in way else [])
        assert [one for one in life.breaches() if one.period == "2026-03"] == []
        assert [one for one in life.actions() if one.period == "2026-03"] == []
        assert life.judged_again() == life.judged_again(1) == life.dump()


def test_beyond_validity_too_few_are_no_breach_either_and_enough_are_judged() -> None:
    for least, status in ((2, "no_data"), (1, "breached")):
        with living() as life:
            rule = criterion(deadline(), min_count=least, when_no_data="breach", target=NO_MISS)
            life.sign(contract(rule, valid={"from": "2026-01-01", "until": "2026-02-10"}))
            life.happen(event("opened", "02-02 09:00", "a", **due("03-20 12:00")))
            life.advance("05-01 00:00")
            assert [one.status for one in life.figures()] == ["breached", "breached", status]
            assert {one.period: one.cause for one in life.breaches()} == {
                "2026-01": "no-data",
                "2026-02": "no-data",
                **({"2026-03": "target-lost"} if status == "breached" else {}),
            }


def test_before_validity_nobody_waits_for_data() -> None:
    with living() as life:
        life.sign(contract(criterion(deadline(), when_no_data="breach", target=NO_MISS)))
        life.happen(event("opened", "01-02 09:00", "a", **due("2025-12-20 12:00")))
        Parties(life).excuse("a")
        life.advance("03-01 00:00")
        assert [(one.period, one.status) for one in life.figures()] == [
            ("2025-12", "no_data"), ("2026-01", "breached"), ("2026-02", "breached"), ("2026-03", "open"),
        ]  # fmt: skip


def test_in_a_gap_between_two_wordings_nobody_waits_for_data_and_as_soon_as_one_is_in_force_somebody_does() -> None:
    rule, other = (criterion(deadline(), id, when_no_data="breach", target=NO_MISS) for id in ("on-time", "other"))
    with living() as life:
        life.sign(contract(rule, other))
        life.sign(contract(other, effective="2026-02-10"))
        life.sign(contract(rule, other, effective="2026-05-20"))
        for key, day in (("a", "04-20"), ("b", "05-05"), ("c", "02-20")):
            life.happen(event("opened", "02-02 09:00", key, **due(f"{day} 12:00")))
        Parties(life).excuse("a", "b", "c")
        life.advance("06-10 00:00")
        assert [(one.period, one.status, counts(one)) for one in life.figures()] == [
            ("2026-01", "breached", {}),
            ("2026-02", "breached", {"excused": 1}),
            ("2026-04", "no_data", {"excused": 1}),
            ("2026-05", "breached", {"excused": 1}),
            ("2026-06", "open", {}),
        ]


def test_of_a_target_that_was_taken_away_nobody_waits_for_data() -> None:
    """Though its clause goes on with the other one."""
    quarterly: Tree = {"max_misses": 0, "per": "quarter"}
    with living() as life:
        life.sign(contract(criterion(deadline(), when_no_data="breach", targets=[quarterly, NO_MISS])))
        after = criterion(deadline(), when_no_data="breach", target=quarterly)
        life.sign(contract(after, effective="2026-02-10"))
        life.happen(event("opened", "02-02 09:00", "a", **due("04-20 12:00")))
        Parties(life).excuse("a")
        life.advance("07-10 00:00")
        assert [(one.target_index, one.period, one.status) for one in life.figures()] == [
            (0, "2026-Q1", "breached"), (0, "2026-Q2", "breached"), (0, "2026-Q3", "open"),
            (1, "2026-01", "breached"), (1, "2026-02", "breached"), (1, "2026-04", "no_data"),
        ]  # fmt: skip


def test_a_wording_in_force_waits_for_data_where_a_case_of_the_one_before_is_all_there_is() -> None:
    with living() as life:
        life.sign(contract(criterion(deadline(), when_no_data="breach", target=NO_MISS)))
        later = criterion(deadline(), when_no_data="breach", target={"max_misses": 1, "per": "month"})
        life.sign(contract(later, effective="2026-02-10"))
        life.happen(event("opened", "02-02 09:00", "a", **due("03-20 12:00")))
        Parties(life).excuse("a")
        life.advance("04-10 00:00")
        assert life.figure("2026-03").status == "breached"


def test_a_rolling_window_waits_for_data_from_the_first_instant_of_its_wording_in_it_to_the_last() -> None:
    rule = criterion(deadline(), when_no_data="breach", target={"max_misses": 0, "per": "28 days"})
    first, last = "01-01 00:00:00.000001", "03-10 23:59:59.999999"
    moments = [
        ("01-01 00:00", []), (first, ["breached"]), ("02-20 00:00", ["breached"]), (last, ["breached"]), ("03-11 00:00", []),
        ("03-20 12:00", []), ("03-25 00:00", ["no_data"]), ("04-20 00:00", []),
    ]  # fmt: skip
    with living() as life:
        life.sign(contract(rule, valid={"from": "2026-01-01", "until": "2026-02-10"}))
        life.happen(event("opened", "02-02 09:00", "a", **due("03-20 12:00")))
        Parties(life).excuse("a")
        for moment, expected in moments:
            life.advance(moment)
            assert [one.status for one in life.figures()] == expected, moment
            assert [one.cause for one in life.breaches()] == ["no-data"] * expected.count("breached"), moment
        assert [(one.opened_at, one.state) for one in life.breaches(None)] == [(at(first), "withdrawn")]
        assert life.judged_again() == life.judged_again(1) == life.dump()


@pytest.mark.parametrize(
    "kind", [conformity(), satisfaction(), turnaround(), availability()], ids=lambda one: one["kind"]
)
def test_a_rolling_window_waits_for_data_from_when_a_wording_says_so_until_it_is_past(kind: Tree) -> None:
    """In one leap."""
    rolling: Tree = {"at_least": "90 %", "per": "7 days"}
    with living() as life:
        until = {"from": "2026-01-01", "until": "2026-02-10"}
        life.sign(contract(criterion(kind, target=rolling), valid=until))
        life.sign(contract(criterion(kind, target=rolling, when_no_data="breach"), valid=until, effective="2026-01-20"))
        life.advance("02-15 00:00")
        [breach] = life.breaches()
        assert (breach.period, breach.cause, breach.opened_at) == ("rolling-7d", "no-data", at("01-20 00:00:00.000001"))
        life.advance("03-15 00:00")
        assert (life.figures(), life.breaches(), life.actions()) == ([], [], [])
        assert life.judged_again(1) == life.dump()


def test_one_leap_comes_to_the_same_as_many_where_validity_ends_on_the_way() -> None:
    def lived(*days: str) -> tuple[object, ...]:
        with living() as life:
            rule = criterion(deadline(), when_no_data="breach", target={"max_misses": 0, "per": "week"})
            life.sign(contract(rule, valid={"from": "2026-01-01", "until": "2026-02-10"}))
            life.happen(event("opened", "02-02 09:00", "a", **due("03-20 12:00")))
            Parties(life).excuse("a")
            for day in days:
                life.advance(f"{day} 00:00")
            figures = [(one.period, one.state, one.status) for one in life.figures()]
            return figures, sorted((one.period, one.cause, one.opened_at) for one in life.breaches())

    leap = lived("04-10")
    assert leap[0][-1] == ("2026-W12", "final", "no_data")  # type: ignore[index]
    assert leap == lived("01-20", "02-09", "02-11", "02-16", "03-16", "03-20", "03-23", "04-10")


@pytest.mark.parametrize(("until", "status"), [("2026-02-10", "no_data"), ("2026-03-10", "breached")])
def test_a_period_that_validity_cuts_is_waited_for_and_one_beyond_a_later_end_is_not(until: str, status: str) -> None:
    """A wording signed later, with a rebaseline, says that the contract ended before."""
    rule = criterion(deadline(), when_no_data="breach", target=NO_MISS)
    with living() as life:
        life.sign(contract(rule))
        life.happen(event("opened", "02-02 09:00", "a", **due("03-20 12:00")))
        Parties(life).excuse("a")
        life.advance("04-10 00:00")
        assert (life.figure("2026-03").state, life.figure("2026-03").status) == ("final", "breached")
        ended = {"from": "2026-01-01", "until": until}
        why = {"reason": "agreed"}
        life.sign(contract(rule, valid=ended, effective="2026-02-05", rebaseline=why))
        march = life.figure("2026-03")
        assert (march.state, march.status) == ("restated" if status == "no_data" else "final", status)
        assert [one.period for one in life.breaches()] == ["2026-01", "2026-02", "2026-03"][: 2 + (status != "no_data")]
        assert life.judged_again() == life.judged_again(1) == life.dump()


# Unmonitored


def test_a_clause_that_nobody_monitors_is_named_with_its_owner_wherever_it_is_shown() -> None:
    with living() as life:
        quiet = criterion(deadline(opened={"type": "quiet"}), "quiet")
        life.sign(contract(criterion(deadline(), "lively"), quiet))
        life.happen(event("opened", "01-10"))
        life.advance("01-20")
        store = life.store
        [whole] = store.read(ADMINISTRATOR, read_contracts)
        shown = whole_contract_json(whole, [], store.read(ADMINISTRATOR, read_commitments, "c"))
        assert shown["unmonitored"] == [{"commitment": "c/d/quiet", "owner": "ann", "because": "no event yet"}]
        figures = [figure_json(one, "Europe/Paris") for one in store.read(ADMINISTRATOR, read_figures)]
        assert {(one["commitment"], one["unmonitored"]) for one in figures} == {
            ("c/d/lively", None), ("c/d/quiet", "no event yet"),
        }  # fmt: skip
