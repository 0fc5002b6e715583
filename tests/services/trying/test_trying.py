"""Past events against a draft: side by side with what was, without touching the store, and what that suggests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dashboards.language import LANGUAGES, language
from dashboards.proposals import proposal_words, support_words
from domain.events import OperationalEvent
from services.access import ADMINISTRATOR, principal
from services.errors import DocumentInvalid, Invalid, NotAllowed, Refused
from services.excuses.excusing import Excusing
from services.trying.beside import Compared
from services.trying.proposing import Change, Proposal, proposals
from services.trying.trial import tried
from tests.given import (
    Tree,
    at,
    availability,
    conformity,
    contract,
    criterion,
    deadline,
    document,
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
from tests.services.judged import Life, living

YEAR = (date(2026, 1, 1), date(2026, 6, 30))
AT_TEN = punctuality()
DAYS = {"every": "monday"}


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


def mondays(first: date, last: date) -> list[date]:
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return [day for day in days if day.weekday() == 0]


def reports(time: str, *, but: dict[str, str] | None = None) -> list[OperationalEvent]:
    """One for each Monday of the half-year, delivered at that time of the day."""
    return [
        event("report", f"{day} {(but or {}).get(str(day), time)}", id=str(day), date=str(day))
        for day in mondays(*YEAR)
    ]


def tried_out(life: Life, *trees: Tree, who: str | None = None, days: tuple[date, date] = YEAR) -> list[Compared]:
    with tried(life.store.seeing, principal(who), [document(one) for one in trees], *days) as found:
        return list(found.compared)


def suggested(life: Life, tree: Tree, days: tuple[date, date] = YEAR) -> list[Proposal]:
    with tried(life.store.seeing, ADMINISTRATOR, [document(tree)], *days) as found:
        return [one for id in found.then.catalogue.commitments for one in proposals(found.then, id)]


def draft(indicator: Tree, **more: Any) -> Tree:
    return contract(criterion(indicator, **more), valid={"from": "2027-01-01"})


def test_a_draft_is_judged_over_past_events_beside_what_really_was(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(contract(criterion(AT_TEN)))
        life.happen(*reports("09:30", but={"2026-02-09": "10:30", "2026-02-16": "11:00"}))
        life.advance("2026-07-15")
        before = life.dump(), life.position()
        rows = tried_out(life, draft(punctuality(due={**DAYS, "at": "11:00"})))
        shown = {one.draft.period: one for one in rows}
        assert shown["2026-02"].draft.adjusted == (4, 4)
        assert shown["2026-02"].draft.status == "met"
        really = shown["2026-02"].real
        assert really is not None
        assert (really.adjusted, really.status) == ((2, 4), "breached")
        assert not any(one.is_cut for one in rows)
        assert list(shown) == ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
        assert (life.dump(), life.position()) == before


def test_a_draft_of_what_is_in_force_comes_to_what_really_was(life: Life) -> None:
    agreed = contract(criterion(turnaround()))
    life.sign(agreed)
    for number in range(20):
        opened = at("2026-03-02 08:00") + number * 86_400_000_000
        life.happen(
            event("opened", opened, str(number)),
            event("closed", opened + (3 + number % 3) * 3_600_000_000, str(number)),
        )
    life.advance("2026-07-15")
    for one in tried_out(life, agreed):
        assert one.real is not None
        assert (one.draft.counts, one.draft.status, one.draft.adjusted) == (
            one.real.counts,
            one.real.status,
            one.real.adjusted,
        )


KINDS = (measure(), satisfaction(), volume(), availability(), freshness(), conformity(each={"type": "call"}))


@pytest.mark.parametrize("indicator", KINDS, ids=lambda one: str(one["kind"]))
@pytest.mark.parametrize("per", ["month", "28 days"])
def test_a_draft_of_any_kind_comes_to_what_really_was(life: Life, indicator: Tree, per: str) -> None:
    target = {"at_most": 9} if indicator["kind"] == "measure" else {"at_least": "90 %"}
    agreed = contract(
        criterion(indicator, target={**target, "per": per}), valid={"from": "2026-01-01", "until": "2026-06-30"}
    )
    life.sign(agreed)
    for number in range(12):
        day = at("2026-03-02 08:00") + number * 86_400_000_000
        data: Tree = {"minutes": number, "score": 1 + number % 5, "errors": number % 2}
        for kind in ("call", "answer", "meal", "updated", "up" if number % 3 else "down"):
            life.append([structured(event(kind, day, "s", **data))])
    life.advance("2026-07-15")
    shown = tried_out(life, agreed)
    assert shown
    for one in shown:
        assert one.real is not None
        assert replace(one.draft, position=0, final=None, causes=()) == replace(
            one.real, position=0, final=None, causes=()
        )


def test_another_contract_that_looks_at_the_same_events_stands_beside_it(life: Life) -> None:
    life.sign(contract(criterion(AT_TEN), id="old"))
    life.advance("2026-03-01")
    other = contract(criterion(punctuality(due={**DAYS, "at": "12:00"})), id="new")
    assert {one.counterpart for one in tried_out(life, other)} == {"old/d/on-time"}
    unlike = contract(criterion(punctuality(delivered={"type": "other"})), id="new")
    assert {one.counterpart for one in tried_out(life, unlike)} == {None}


def test_days_that_cut_a_period_cut_both_sides(life: Life) -> None:
    life.sign(contract(criterion(AT_TEN)))
    life.happen(*reports("09:30", but={"2026-02-02": "11:00", "2026-04-13": "11:00"}))
    life.advance("2026-07-15")
    rows = tried_out(life, draft(AT_TEN), days=(date(2026, 2, 10), date(2026, 4, 20)))
    assert [(one.draft.period, one.draft.adjusted, one.real and one.real.adjusted, one.is_cut) for one in rows] == [
        ("2026-02", (2, 2), (2, 2), True),
        ("2026-03", (5, 5), (5, 5), False),
        ("2026-04", (2, 3), (2, 3), True),
    ]


def test_what_was_in_force_is_cut_by_each_of_its_versions_and_its_excuses(life: Life) -> None:
    life.sign(contract(criterion(AT_TEN)))
    life.sign(contract(criterion(punctuality(due={**DAYS, "at": "12:00"}))) | {"effective": "2026-03-01"})
    life.happen(*reports("11:00"))
    life.advance("2026-07-15")
    Parties(life).excuse("2026-02-16")
    rows = tried_out(
        life, draft(AT_TEN, target={"at_least": "90 %", "per": "quarter"}), days=(date(2026, 2, 10), date(2026, 3, 20))
    )
    [only] = rows
    assert only.draft.adjusted == (0, 4)
    assert only.real is None  # of another length of period: nothing of it can be laid beside
    [first, second] = tried_out(life, draft(AT_TEN), days=(date(2026, 2, 10), date(2026, 3, 20)))
    assert [(one.real and one.real.adjusted, one.draft.adjusted) for one in (first, second)] == [
        ((0, 1), (0, 1)),
        ((3, 3), (0, 3)),
    ]


def test_cases_that_were_opened_before_the_days_count_on_neither_side(life: Life) -> None:
    life.sign(contract(criterion(turnaround(within="100 h"))))
    for number, day in enumerate(("02-27", "03-02", "03-28"), start=1):
        life.happen(event("opened", f"{day} 08:00", str(number)), event("closed", f"{day} 09:00", str(number)))
    life.advance("2026-07-15")
    march, april = tried_out(life, draft(turnaround(within="100 h")), days=(date(2026, 3, 1), date(2026, 3, 31)))
    assert march.real is not None
    assert (march.draft.adjusted, march.real.adjusted, march.is_cut) == ((1, 1), (1, 1), True)
    assert april.real is not None
    assert (april.draft.adjusted, april.real.adjusted) == ((1, 1), (1, 1))


QUARTER = {"at_least": "90 %", "per": "quarter"}
EDGES = {
    "a case that is due after the days": (deadline(), [event("opened", "03-30 09:00", "1", **due("04-01 10:00"))]),
    "a due that is moved behind the days": (
        punctuality(due={"every": "FREQ=MONTHLY;BYMONTHDAY=-1", "at": "10:00"}, on_closed_day="next"),
        [event("report", "04-01 09:00", date="2026-03-31")],
    ),
    "a week that the days cut": (volume(), [event("meal", f"03-{day} 12:00") for day in (28, 30, 31)]),
    "a key whose last event comes after the days": (
        conformity(key="subject"),
        [event("item", "03-30 09:00", "1", errors=0), event("item", "04-02 09:00", "1", errors=1)],
    ),
    "what is matched by time after the last due": (
        punctuality(key=None, early="3 days"),
        [event("report", "04-08 09:00")],
    ),
}


@pytest.mark.parametrize("name", EDGES)
def test_days_that_end_with_a_period_hold_the_same_on_both_sides(life: Life, name: str) -> None:
    indicator, events = EDGES[name]
    indicator = {key: value for key, value in indicator.items() if value is not None}
    agreed = contract(
        criterion(indicator, target=QUARTER), calendar={"open": {"mon": ["09:00-17:00"], "wed-fri": ["09:00-17:00"]}}
    )
    life.sign(agreed)
    later = [event("opened", "05-02 09:00", "later", **due("05-04 10:00")), event("meal", "05-02 12:00")]
    life.happen(*events, *later)
    life.advance("2026-07-15")
    found = tried_out(life, agreed, days=(date(2026, 1, 1), date(2026, 3, 31)))
    assert found
    for one in found:
        assert one.real is not None
        assert (one.real.counts, one.real.expected, one.real.adjusted) == (
            one.draft.counts,
            one.draft.expected,
            one.draft.adjusted,
        )


def test_a_rolling_window_holds_the_same_days_on_both_sides(life: Life) -> None:
    agreed = contract(criterion(measure(), target={"at_most": 9, "per": "28 days"}))
    life.sign(agreed)
    life.happen(*(event("call", f"05-{day:02d} 12:00", minutes=day) for day in range(1, 20)))
    life.advance("2026-05-20")
    [one] = tried_out(life, agreed, days=(date(2026, 3, 10), date(2026, 5, 10)))
    assert one.real is not None
    assert (one.real.judged, one.draft.judged, one.is_cut) == (10, 10, True)


def test_errors_of_the_draft_are_those_of_apply(life: Life) -> None:
    with pytest.raises(DocumentInvalid, match=r"given\.yaml:.*nothing says which due date"):
        tried_out(life, draft({key: value for key, value in AT_TEN.items() if key != "key"}))
    with pytest.raises(DocumentInvalid, match="there is no calendar"):
        tried_out(life, draft(AT_TEN) | {"calendar": "office"})
    with pytest.raises(Invalid, match="lies before"):
        tried_out(life, draft(AT_TEN), days=(date(2026, 2, 2), date(2026, 2, 1)))
    for days, told in (
        ((date(1989, 12, 31), date(1990, 2, 1)), "lies outside 1990 to 2199"),
        ((date(2026, 1, 1), date.max), "lies outside 1990 to 2199"),
        ((date(2016, 1, 1), date(2026, 1, 2)), "more than ten years"),
    ):
        with pytest.raises(Invalid, match=told):
            tried_out(life, draft(AT_TEN), days=days)
    with pytest.raises(Invalid, match="2 contracts in this file"):
        tried_out(life, draft(AT_TEN), draft(AT_TEN))


def test_a_calendar_of_the_same_file_counts(life: Life) -> None:
    office = {"entente": 1, "calendar": "office", "timezone": "Europe/Paris", "open": {"tue-fri": ["09:00-17:00"]}}
    life.advance("2026-07-15")
    tree = draft(punctuality(on_closed_day="skip")) | {"calendar": "office"}
    with pytest.raises(DocumentInvalid, match="no date"):
        tried_out(life, office, tree)
    open_on_mondays = office | {"open": {"mon": ["09:00-17:00"]}}
    assert tried_out(life, open_on_mondays, tree)[0].draft.expected == 4


def test_a_member_tries_drafts_of_its_own_on_events_that_it_may_know(life: Life) -> None:
    life.sign(contract(criterion(AT_TEN), id="theirs", supplier="hr", client="pay"))
    life.happen(*reports("09:30"))
    life.advance("2026-07-15")
    mine = contract(criterion(AT_TEN), supplier="lab", client="ward")
    with pytest.raises(NotAllowed):
        tried_out(life, mine, who="hr")
    [first, *_] = tried_out(life, mine, who="lab")
    assert first.draft.counts["missing"] == 4  # the events are those of others
    assert first.real is None
    [first, *_] = tried_out(life, contract(criterion(AT_TEN), supplier="hr", client="ward"), who="hr")
    assert first.draft.counts["met"] == 4


# What it suggests


def codes(found: list[Proposal]) -> list[tuple[str, str | None]]:
    return [(one.code, one.change.after if one.change else None) for one in found]


def test_six_periods_kept_ask_to_tighten_and_five_do_not(life: Life) -> None:
    life.happen(*reports("09:30", but={"2026-03-02": "23:00"}))  # 4 of 5 in March, else all
    life.advance("2026-07-15")
    tree = draft(AT_TEN, target={"at_least": "75 %", "per": "month"})
    [tighten] = suggested(life, tree)
    assert (tighten.code, tighten.change and (tighten.change.before, tighten.change.after)) == (
        "always-met",
        ("75 %", "80 %"),
    )
    assert [(one.period, one.figure.adjusted) for one in tighten.periods][2] == ("2026-03", (4, 5))
    assert suggested(life, tree, (date(2026, 2, 1), date(2026, 6, 30))) == []


def test_what_is_kept_without_a_miss_may_be_dropped(life: Life) -> None:
    life.happen(*reports("09:30"))
    life.advance("2026-07-15")
    assert codes(suggested(life, draft(AT_TEN, target={"at_least": "100 %", "per": "month"}))) == [("always-met", None)]
    assert codes(suggested(life, draft(AT_TEN, target={"max_misses": 2, "per": "month"}))) == [("always-met", "0")]


def test_what_is_never_kept_asks_to_be_renegotiated_with_the_least_change(life: Life) -> None:
    """Delivered at 10:47 every time: a quarter of an hour less than 11:00 would not have done."""
    life.happen(*reports("10:47"))
    life.advance("2026-07-15")
    found = suggested(life, draft(AT_TEN))
    assert codes(found) == [("never-met", None), ("met-if", "11:00"), ("met-if", "1 h")]
    assert [one.with_change for one in found[1].periods] == [(one.figure.judged,) * 2 for one in found[1].periods]
    assert suggested(life, draft(punctuality(due={**DAYS, "at": "11:00"})))[0].code == "always-met"
    assert suggested(life, draft(punctuality(due={**DAYS, "at": "10:45"})))[0].code == "never-met"


def test_the_least_change_stands_at_the_boundary(life: Life) -> None:
    life.happen(*reports("11:00"))
    life.advance("2026-07-15")
    assert ("met-if", "11:00") in codes(suggested(life, draft(AT_TEN)))
    with living() as later:
        later.happen(*reports("11:00:01"))
        later.advance("2026-07-15")
        assert ("met-if", "11:15") in codes(suggested(later, draft(AT_TEN)))


def test_matched_by_time_a_later_due_is_tried_with_its_own_windows(life: Life) -> None:
    early = punctuality(early="3 days")
    life.happen(*reports("10:20"))
    life.advance("2026-07-15")
    assert ("met-if", "10:30") in codes(suggested(life, draft(early)))


def test_a_longer_limit_is_of_the_same_kind(life: Life) -> None:
    office = {"open": {"mon-fri": ["09:00-17:00"]}}
    for month in range(1, 7):
        opened = at(f"2026-{month:02d}-05 09:00") if month not in (4,) else at("2026-04-07 09:00")
        life.happen(event("opened", opened, f"c{month}"), event("closed", opened + 6 * 3_600_000_000, f"c{month}"))
    life.advance("2026-07-15")
    tree = contract(criterion(turnaround(within="4 working hours")), calendar=office)
    assert ("met-if", "6 working hours") in codes(suggested(life, tree))


def test_misses_say_which_number_would_have_been_kept(life: Life) -> None:
    life.happen(*[one for one in reports("09:30") if one.id not in ("2026-05-04", "2026-05-11")])
    life.advance("2026-07-15")
    found = suggested(life, draft(AT_TEN, target={"max_misses": 1, "per": "month"}))
    assert codes(found) == [("met-if", "2")]
    runs = suggested(life, draft(AT_TEN, target={"max_consecutive_misses": 1, "per": "month"}))
    assert codes(runs) == [("met-if", "2")]


def test_no_wording_is_proposed_that_keeps_nothing(life: Life) -> None:
    """Nothing ever came: no later due time helps, and a target of 0 % is none."""
    life.advance("2026-07-15")
    assert codes(suggested(life, draft(AT_TEN))) == [("never-met", None)]


def test_a_deadline_asks_for_a_tolerance(life: Life) -> None:
    for month in range(1, 4):
        day = f"2026-{month:02d}-05"
        life.happen(
            event("opened", f"{day} 09:00", f"c{month}", **due(f"{day} 12:00")),
            event("closed", f"{day} 13:50", f"c{month}"),
        )
    life.advance("2026-07-15")
    assert codes(suggested(life, draft(deadline()) | {"valid": {"from": "2026-01-01"}})) == [
        ("never-met", None),
        ("met-if", "2 h"),
    ]


def test_proposals_are_said_in_both_languages(life: Life) -> None:
    life.happen(*reports("10:47"))
    life.advance("2026-07-15")
    never, met_if, _ = suggested(life, draft(AT_TEN))
    english, french = (language(code) for code in LANGUAGES)
    assert proposal_words(never, english) == "Never met for 6 periods, January 2026 to June 2026: renegotiate it."
    assert proposal_words(met_if, english).endswith("if due at 11:00 instead of 10:00.")
    assert "si l’échéance est à 11\u00a0h au lieu de 10\u00a0h" in proposal_words(met_if, french)
    assert support_words(met_if.periods[0], english) == "January 2026: 0 of 4, with it 4 of 4"


def one_a_month(kind: str, **data: Any) -> list[OperationalEvent]:
    return [event(kind, f"2026-{month:02d}-05 09:00", f"{kind}{month}", **data) for month in range(1, 7)]


def test_what_values_come_to_proposes_a_bound_as_people_agree_on_it(life: Life) -> None:
    life.happen(*one_a_month("call", minutes=47), event("call", "2026-03-06 09:00", "more", minutes=50))
    life.advance("2026-07-15")
    longest = measure(aggregate="max", unit="min")
    found = suggested(life, draft(longest, target={"at_most": "4 h", "per": "month"}))
    assert [(one.code, one.change) for one in found] == [("always-met", Change("target.at_most", "4 h", "50 min"))]
    assert support_words(found[0].periods[0], language("en")) == "January 2026: 47\u00a0min"
    missed = suggested(life, draft(longest, target={"at_most": "30 min", "per": "month"}))
    assert codes(missed) == [("never-met", None), ("met-if", "50 min")]
    mean = measure()
    assert codes(suggested(life, draft(mean, target={"at_least": 4.2, "per": "month"}))) == [("always-met", "47")]
    assert proposal_words(missed[1], language("fr")).endswith("d’au plus 50\u00a0min au lieu de 30\u00a0min.")


def test_service_time_proposes_a_share_and_no_wording(life: Life) -> None:
    life.happen(event("up", "01-01 00:00", None))
    for month in range(1, 7):
        life.happen(event("down", f"2026-{month:02d}-05 09:00", None), event("up", f"2026-{month:02d}-05 16:12", None))
    life.advance("2026-07-15")
    easy = suggested(life, draft(availability(), target={"at_least": "95 %", "per": "month"}))
    assert codes(easy) == [("always-met", "98 %")]  # 7.2 h of February's 672 h are 1.07 %
    hard = suggested(life, draft(availability(), target={"at_least": "99.9 %", "per": "month"}))
    assert codes(hard) == [("never-met", None), ("met-if", "98 %")]


def test_a_rolling_target_has_no_periods_to_speak_for_it(life: Life) -> None:
    life.happen(*reports("10:47"))
    life.advance("2026-07-15")
    assert suggested(life, draft(AT_TEN, target={"max_misses": 0, "per": "28 days"})) == []


def test_a_draft_does_not_take_the_id_or_the_excuses_of_what_others_agreed(life: Life) -> None:
    life.sign(contract(criterion(AT_TEN)))
    life.happen(*reports("11:00"))
    life.advance("2026-07-15")
    excuse, _ = life.store.use(Excusing).ask(
        principal("lab"), "c/d/on-time", reason="other", text="snow", keys=["2026-01-05", "2026-01-12"]
    )
    life.judge()
    life.store.use(Excusing).accept(principal("ward"), excuse)
    life.judge()
    [january] = [one for one in tried_out(life, draft(AT_TEN), who="lab") if one.draft.period == "2026-01"]
    assert january.draft.counts["excused"] == 2
    theirs = draft(AT_TEN) | {"supplier": "press"}
    with pytest.raises(Refused, match="the id c is taken"):
        tried_out(life, theirs, who="press")
    [january] = [
        one for one in tried_out(life, theirs | {"contract": "own"}, who="press") if one.draft.period == "2026-01"
    ]
    assert january.draft.counts["excused"] == 0
