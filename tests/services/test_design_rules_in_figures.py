"""Rules 9 to 17 of the design (§3): what figures mean, who may change them, and what is said of them. As in
`test_design_rules.py`, each test names its rule and stands where it turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboards.language import language
from dashboards.standing import due_words, figure_words
from domain.events import OperationalEvent
from domain.risk import own_lateness
from domain.times import Instant, tzdata_version
from services.access import ADMINISTRATOR
from services.adopting import adopt
from services.arrivals.reading import unclaimed
from services.contracts.contracting import Contracting
from services.errors import NotAllowed, Refused
from services.excuses.reading import read_excuses
from services.excuses.rows import ExcuseRow
from services.explaining.occurrences import explain_occurrence
from services.explaining.rows import ByTime
from services.explaining.shapes import TimeCode
from services.figures.reading import read_commitment
from services.figures.rows import CommitmentRow
from services.history.entries import RULES, pack, rules_stream, unpack
from services.history.history import Fact, open_history
from services.judging.views import JUDGING
from services.seeing.progress import rules_in_force
from tests.given import Tree, at, contract, criterion, document, event, punctuality, turnaround
from tests.services.excused import LAB, WARD, Parties
from tests.services.judged import NOW, Life, counts, living

MONDAYS = contract(criterion(punctuality()))
DAYS = ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"]
EN = language("en")


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


def report(day: str, time: str | Instant) -> OperationalEvent:
    return event("report", time, None, date=day)


def january(life: Life, delivered: str, **target: Any) -> None:
    """Four reports due at 10:00, one letter each: in time, late by a microsecond, or - never."""
    life.sign(contract(criterion(punctuality(), **target)))
    for day, how in zip(DAYS, delivered, strict=False):
        if how != "-":
            life.happen(report(day, at(f"{day} 10:00") + (how == "l")))


# 9. Excuses leave both sides; nothing left to judge is no data.


def test_rule_09_an_excuse_leaves_numerator_and_denominator_and_raw_keeps_both(life: Life) -> None:
    january(life, "ml-m")
    life.advance("01-26 10:00")
    assert (life.figure("2026-01").raw, life.figure("2026-01").adjusted) == ((2, 4), (2, 4))
    Parties(life).excuse(DAYS[0])
    assert (life.figure("2026-01").raw, life.figure("2026-01").adjusted) == ((2, 4), (1, 3))
    Parties(life).excuse(DAYS[2])
    assert (life.figure("2026-01").raw, life.figure("2026-01").adjusted) == ((2, 4), (1, 2))


@pytest.mark.parametrize(("off", "excused"), [(0, DAYS[1]), (1, DAYS[2])])
def test_rule_09_an_interval_holds_what_is_due_at_its_start_and_not_at_its_end(
    life: Life, off: int, excused: str
) -> None:
    january(life, "")
    life.advance("01-06 00:00")
    parties = Parties(life)
    since, until = (at(f"{day} 10:00") + off for day in DAYS[1:3])
    id, _ = parties.excusing.ask(
        LAB, "c/d/on-time", reason="client-fault", text="they were closed", since=since, until=until
    )
    life.judge()
    parties.accept(id)
    life.advance("01-26 10:00")
    assert [key for key, verdict in life.verdicts().items() if verdict == "excused"] == [excused]


def test_rule_09_only_what_was_accepted_is_excused(life: Life) -> None:
    january(life, "")
    life.advance("01-12 10:00")
    parties = Parties(life)
    parties.ask(DAYS[2])
    parties.excuse(DAYS[1])
    life.advance("01-26 10:00")
    assert list(life.verdicts().values())[:4] == ["missing", "excused", "missing", "missing"]


def test_rule_09_nothing_left_to_judge_is_no_data_and_no_share(life: Life) -> None:
    january(life, "mmmm")
    life.advance("02-01 00:00")
    parties = Parties(life)
    parties.excuse(*DAYS[:3])
    assert (life.figure("2026-01").value, life.figure("2026-01").status) == ("1.0000", "met")
    parties.excuse(DAYS[3])
    shown = life.figure("2026-01")
    assert (shown.adjusted, shown.value, shown.status, shown.raw) == ((0, 0), None, "no_data", (4, 4))
    assert figure_words(shown, EN) == "no data"


# 10. Small numbers are counts, with targets that fit them.


def test_rule_10_as_many_misses_as_are_allowed_keep_the_target_and_one_more_loses_it(life: Life) -> None:
    january(life, "", targets=[{"max_misses": 1, "per": "month"}])
    life.advance(at("01-12 10:00") - 1)
    assert (life.figure("2026-01").status, life.figure("2026-01").misses_left) == ("open", 0)
    life.advance("01-12 10:00")
    assert life.figure("2026-01").status == "breached"


@pytest.mark.parametrize(
    ("delivered", "excused", "status"),
    [("--m-", [], "met"), ("---m", [], "breached"), ("----", [1], "breached"), ("--m-", [2], "breached")],
)
def test_rule_10_misses_in_a_row_skip_what_is_excused(
    life: Life, delivered: str, excused: list[int], status: str
) -> None:
    january(life, delivered, targets=[{"max_consecutive_misses": 2, "per": "month"}])
    life.advance("01-31 12:00")
    if excused:
        Parties(life).excuse(*(DAYS[one] for one in excused))
    life.advance("02-01 00:00")
    assert life.figure("2026-01").status == status


@pytest.mark.parametrize(("delivered", "value", "status"), [("ll", None, "open"), ("lll", "0.0000", "breached")])
def test_rule_10_under_min_count_there_is_no_value_and_at_it_there_is(
    life: Life, delivered: str, value: str | None, status: str
) -> None:
    january(life, delivered, min_count=3)
    assert (life.figure("2026-01").value, life.figure("2026-01").status) == (value, status)


def test_rule_10_few_are_shown_as_counts(life: Life) -> None:
    january(life, "mmml")
    few = life.figure("2026-01")
    assert figure_words(few, EN) == "3 of 4"
    assert figure_words(replace(few, adjusted=(98, 99), judged=99), EN) == "98 of 99"
    assert figure_words(replace(few, adjusted=(99, 100), judged=100), EN) == "99\u202f%"


# 11. At risk is arithmetic.


def test_rule_11_tight_is_one_more_miss_and_lost_is_beyond_saving(life: Life) -> None:
    january(life, "", targets=[{"at_least": "75 %", "per": "month"}])
    seen = []
    for moment in (at("01-05 10:00") - 1, at("01-05 10:00"), at("01-12 10:00") - 1, at("01-12 10:00")):
        life.advance(moment)
        seen.append((life.figure("2026-01").outlook, life.figure("2026-01").status))
    assert seen == [("safe", "open"), ("tight", "open"), ("tight", "open"), ("lost", "breached")]


def test_rule_11_less_than_a_quarter_of_its_time_left_is_at_risk(life: Life) -> None:
    life.sign(contract(criterion(turnaround())))
    life.happen(event("opened", "01-05 10:00"))
    life.advance("01-05 13:00")
    assert not life.occurrences()["1"].at_risk
    life.advance(at("01-05 13:00") + 1)
    assert life.occurrences()["1"].at_risk


def test_rule_11_somebodys_own_lateness_counts_once_there_is_enough_of_it() -> None:
    assert own_lateness([1] * 19) is None
    enough = own_lateness([1] * 20)
    assert enough is not None
    assert (enough.lies_beyond(0, is_strict=False), enough.lies_beyond(1, is_strict=False)) == (True, False)
    four_of_five = own_lateness([0] * 16 + [9] * 4)
    assert four_of_five is not None
    assert four_of_five.quantile == 0


# 12. Partial periods say "k of n due"; nothing is extrapolated.


def test_rule_12_a_partial_period_says_how_many_of_those_due_are_judged(life: Life) -> None:
    january(life, "m")
    shown = life.figure("2026-01")
    assert (shown.judged, shown.expected, shown.adjusted, shown.value) == (1, 4, (1, 1), "1.0000")
    assert due_words(shown, EN) == "1 of 4 due are judged"
    life.advance(at("01-12 10:00") - 1)
    assert life.figure("2026-01").judged == 1
    life.advance("01-12 10:00")
    shown = life.figure("2026-01")
    assert (shown.judged, shown.expected, shown.value) == (2, 4, "0.5000")


# 13. A period closes; later facts restate it; a later decision needs both parties.

LATE_DATA = {**MONDAYS, "late_data": "3 days"}


def final(life: Life) -> None:
    """January, with three of four in time."""
    january(life, "mmm")
    life.advance("02-01 00:00")
    assert (life.figure("2026-01").state, life.figure("2026-01").value) == ("final", "0.7500")


def test_rule_13_a_period_is_final_after_its_end_and_the_allowance_for_late_data(life: Life) -> None:
    life.sign(LATE_DATA)
    life.advance(at("02-04") - 1)
    assert life.figure("2026-01").state == "open"
    life.advance(at("02-04"))
    assert life.figure("2026-01").state == "final"


def test_rule_13_news_before_the_close_changes_an_open_figure_and_after_it_restates(life: Life) -> None:
    life.sign(LATE_DATA)
    life.advance(at("02-04") - 1)
    life.happen(report(DAYS[0], "01-05 10:00"))
    assert (life.figure("2026-01").state, life.figure("2026-01").final) == ("open", None)
    life.advance(at("02-04"))
    [news] = life.happen(report(DAYS[1], "01-12 10:00"))
    shown = life.figure("2026-01")
    assert (shown.state, shown.adjusted, shown.causes) == ("restated", (2, 4), (news.position,))
    assert shown.final is not None
    assert [shown.final[name] for name in ("good", "total", "value", "status")] == [1, 4, "0.2500", "breached"]


def test_rule_13_a_later_decision_needs_both_parties(life: Life) -> None:
    final(life)
    parties = Parties(life)
    excuse = parties.ask(DAYS[3])
    with pytest.raises(NotAllowed, match="accepting this excuse is for ward to do"):
        parties.excusing.accept(LAB, excuse)
    assert life.figure("2026-01").state == "final"
    position = parties.accept(excuse)
    shown = life.figure("2026-01")
    assert (shown.state, shown.adjusted, shown.raw, shown.causes) == ("restated", (3, 3), (3, 4), (position,))


def test_rule_13_an_arbiter_changes_no_final_figure(life: Life) -> None:
    january(life, "mmm")
    life.advance(at("02-01") - 1)
    parties = Parties(life)
    excuse = parties.ask(DAYS[3])
    parties.excusing.refuse(WARD, excuse, "no")
    parties.excusing.dispute(LAB, excuse, "but")
    life.judge()
    life.advance(at("02-01"))
    with pytest.raises(Refused, match="only both parties together change it"):
        parties.excusing.accept(ADMINISTRATOR, excuse)


def test_rule_13_a_rebaseline_restates_once_both_have_signed(life: Life) -> None:
    final(life)
    tree = contract(
        criterion(punctuality(tolerance="1 h")), effective="2026-01-01", rebaseline={"reason": "agreed by phone"}
    )
    life.happen(report(DAYS[3], "01-26 11:00"))
    assert counts(life.figure("2026-01")) == {"met": 3, "late": 1}
    life.store.use(Contracting).apply(ADMINISTRATOR, document(tree), sign=("supplier",))
    life.judge()
    assert counts(life.figure("2026-01")) == {"met": 3, "late": 1}
    life.store.use(Contracting).sign(ADMINISTRATOR, "c", "client")
    life.judge()
    shown = life.figure("2026-01")
    assert (shown.state, counts(shown), len(shown.causes)) == ("restated", {"met": 4}, 2)


# 14. Reciprocity.

PROMISED = punctuality(delivered={"type": "promo"}, due={"every": "monday", "at": "10:00"}, tolerance="2 h")
"""Owed by the client at the very due of what depends on it."""


def depending(life: Life, theirs: Tree = PROMISED, **mine: Any) -> None:
    tree = contract(criterion(punctuality(**mine), each_miss="breach"))
    tree["deliverables"][0]["depends_on"] = ["first"]
    tree["deliverables"].append({"id": "first", "title": "F", "owed_by": "client", "criteria": [criterion(theirs)]})
    life.sign(tree)


def promo(day: str, time: str | Instant) -> OperationalEvent:
    return event("promo", time, None, date=day)


def proposed(life: Life) -> list[ExcuseRow]:
    return life.store.read(ADMINISTRATOR, read_excuses)


def test_rule_14_what_the_client_owes_is_judged_alike_and_its_misses_are_the_clients(life: Life) -> None:
    depending(life)
    life.advance(at("01-05 12:00") - 1)
    assert life.verdicts("c/first/on-time")[DAYS[0]] == "pending"
    life.advance("01-05 12:00")
    assert life.verdicts("c/first/on-time")[DAYS[0]] == "missing"
    shown = life.store.read(ADMINISTRATOR, read_commitment, "c/first/on-time")
    assert (shown.debtor, shown.creditor) == ("ward", "lab")


@pytest.mark.parametrize(("off", "is_proposed"), [(0, False), (1, True)])
def test_rule_14_what_was_met_only_after_the_due_that_depends_on_it_is_held_against_it(
    life: Life, off: int, is_proposed: bool
) -> None:
    depending(life)
    life.happen(promo(DAYS[0], at("01-05 10:00") + off), report(DAYS[0], "01-05 11:00"))
    assert life.verdicts("c/first/on-time")[DAYS[0]] == "met"
    assert bool(proposed(life)) is is_proposed


def test_rule_14_a_miss_after_the_clients_miss_is_proposed_as_excused_with_both_events(life: Life) -> None:
    depending(life)
    [first] = life.happen(promo(DAYS[0], at("01-05 12:00") + 1))
    [second] = life.happen(report(DAYS[0], "01-05 13:00"))
    [excuse] = proposed(life)
    assert (excuse.keys, excuse.evidence, excuse.party) == ((DAYS[0],), (first.position, second.position), "supplier")
    assert [one.cause for one in life.breaches() if one.key] == ["client-obligation"]
    assert life.verdicts()[DAYS[0]] == "late"  # proposed, not yet agreed


@pytest.mark.parametrize("missed", DAYS[:2])
def test_rule_14_what_fell_due_at_the_due_before_counts_for_that_one_only(life: Life, missed: str) -> None:
    depending(life, {**PROMISED, "due": {"every": "first monday of the month", "at": "10:00"}})
    life.happen(promo(DAYS[0], "01-05 12:30"))
    life.happen(*(report(day, f"{day} {'11:00' if day == missed else '10:00'}") for day in DAYS[:2]))
    assert [one.keys for one in proposed(life)] == ([(DAYS[0],)] if missed == DAYS[0] else [])


# 15. Nothing is silently unmonitored.


def monitored(life: Life) -> tuple[bool, str | None]:
    row: CommitmentRow = life.store.read(ADMINISTRATOR, read_commitment, "c/d/on-time")
    return row.is_monitored, row.unmonitored_because


def test_rule_15_a_clause_is_not_monitored_before_its_first_event(life: Life) -> None:
    life.sign(contract(criterion(punctuality(delivered={"type": "report", "where": {"data.kind": "sales"}}))))
    assert monitored(life) == (False, "no event yet")
    life.happen(event("report", "01-05 09:00", date=DAYS[0], kind="stock"))  # of the type, but not this clause's
    assert monitored(life) == (False, "no event yet")
    life.happen(event("report", "01-05 09:00", date=DAYS[0], kind="sales"))
    assert monitored(life) == (True, None)


def test_rule_15_a_clause_without_an_owner_is_shown_as_such(life: Life) -> None:
    ownerless = criterion(punctuality())
    del ownerless["owner"]
    life.sign(contract(ownerless))
    life.happen(report(DAYS[0], "01-05 09:00"))
    assert monitored(life) == (False, "no owner")


def test_rule_15_events_that_nobody_claims_are_counted(life: Life) -> None:
    life.sign(MONDAYS)
    life.happen(report(DAYS[0], "01-05 09:00"), event("rapport", "01-05 09:00"))
    assert life.store.read(ADMINISTRATOR, unclaimed) == [("rapport", "tool", 1)]


# 16. Rules have a number.


def test_rule_16_the_history_says_by_which_rules_and_time_zone_data_it_is_judged(life: Life) -> None:
    [entry] = life.store.history.read(0, 10, [RULES])
    header, _ = unpack(entry.state)
    assert (header["judging"], header["tzdata"]) == (JUDGING, tzdata_version())
    life.sign(MONDAYS)
    assert life.store.read(ADMINISTRATOR, rules_in_force) == f"judging {JUDGING}, tzdata {tzdata_version()}"


def test_rule_16_a_store_keeps_its_rules_until_newer_ones_are_adopted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    history = open_history(url)
    header = {"judging": JUDGING - 1, "tzdata": "2020a", "received": NOW, "by": "entente"}
    history.append_facts([Fact(rules_stream(str(JUDGING - 1), "2020a"), RULES, pack(header, b""))])
    history.close()
    with living(url) as life:
        final(life)
        assert life.store.read(ADMINISTRATOR, rules_in_force) == f"judging {JUDGING - 1}, tzdata 2020a"
        _finally_was(life, good=2)
        adopt(life.store.history, ADMINISTRATOR, lambda: NOW)
        life.judge()
        [*_, adopted] = life.store.history.read(0, 1_000, [RULES])
        shown = life.figure("2026-01")
        assert life.store.read(ADMINISTRATOR, rules_in_force) == f"judging {JUDGING}, tzdata {tzdata_version()}"
        assert (shown.state, shown.adjusted, shown.causes) == ("restated", (3, 4), (adopted.position,))
        assert shown.final is not None
        assert shown.final["good"] == 2


def _finally_was(life: Life, good: int) -> None:
    """As the older rules had judged January."""
    with life.store.history.database.transaction() as writes:
        where = "WHERE period = '2026-01' AND final IS NOT NULL"
        [[kept]] = writes.query(f"SELECT final FROM view_period {where}")
        older = kept.replace('"good":3', f'"good":{good}')
        assert older != kept
        writes.execute(f"UPDATE view_period SET final = ? {where}", [older])


# 17. Every verdict explains itself.


def test_rule_17_a_verdict_says_version_rule_calendar_due_events_and_what_would_have_changed_it(life: Life) -> None:
    mornings: Tree = {
        "entente": 1,
        "calendar": "mornings",
        "timezone": "Europe/Paris",
        "open": {"mon-fri": "09:00-12:00"},
    }
    life.publish(mornings)
    life.sign(contract(criterion(punctuality(tolerance="1 working hour")), calendar="mornings"))
    limit = at("01-05 11:00")
    [decisive, second] = life.happen(report(DAYS[0], limit + 1), report(DAYS[0], limit + 2))
    why = life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", DAYS[0])
    assert why.rule["kind"] == "punctuality"
    assert (why.contract_version, why.rule["tolerance"], why.calendar) == (1, "1 working hour", "mornings")
    assert (why.due_local, why.due_utc) == ("2026-01-05T10:00:00+01:00", "2026-01-05T09:00:00Z")
    assert [(one.position, one.decided) for one in why.events] == [
        (decisive.position, True),
        (second.position, False),
    ]
    assert why.changed_by == (ByTime("delivered_by", limit),)


def test_rule_17_what_would_have_changed_it_stands_at_the_limit(life: Life) -> None:
    january(life, "ml")
    codes: tuple[TimeCode, TimeCode] = ("late_after", "delivered_by")
    for day, code in zip(DAYS, codes, strict=False):
        why = life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", day)
        assert why.changed_by == (ByTime(code, at(f"{day} 10:00")),)
