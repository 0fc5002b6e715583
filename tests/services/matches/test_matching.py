"""Events matched by hand to what is owed (MEANING §3; §5 "Periods close"; DESIGN §3.2, §3.13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from services.access import ADMINISTRATOR, AUDITOR, principal
from services.errors import EntenteError, Invalid, NotAllowed, NotFound, Refused
from services.explaining.occurrences import explain_occurrence
from services.explaining.rows import MatchedRow
from services.history.entries import event_stream
from services.matches.matching import Matching
from services.matches.reading import read_candidates, read_match, read_matches
from services.matches.rows import MatchRow
from tests.given import (
    at,
    availability,
    conformity,
    contract,
    criterion,
    deadline,
    due,
    event,
    punctuality,
    structured,
    volume,
)
from tests.services.excused import LAB, WARD
from tests.services.judged import Life, counts, living


@dataclass(frozen=True, slots=True)
class Hands:
    """The supplier matches and the client answers; every step is judged before it returns."""

    life: Life

    def match(self, event: str, key: str, commitment: str = "c/d/on-time", who: Any = LAB, **more: Any) -> str:
        id, _ = self.life.store.use(Matching).match(who, self.position(event), commitment, key, **more)
        self.life.judge()
        return id

    def unmatch(self, match: str) -> int:
        position = self.life.store.use(Matching).unmatch(LAB, match)
        self.life.judge()
        return position

    def accept(self, match: str) -> int:
        position = self.life.store.use(Matching).accept(WARD, match)
        self.life.judge()
        return position

    def refuse(self, match: str) -> None:
        self.life.store.use(Matching).refuse(WARD, match, "it is not ours")
        self.life.judge()

    def row(self, match: str) -> MatchRow:
        return self.life.store.read(LAB, read_match, match)

    def position(self, id: str) -> int:
        entry = self.life.store.history.find(event_stream("tool", id))
        assert entry is not None
        return entry.position

    def check_replay(self) -> None:
        assert self.life.judged_again() == self.life.judged_again(1) == self.life.dump()


@pytest.fixture
def hands(store_url: str) -> Iterator[Hands]:
    with living(store_url) as life:
        yield Hands(life)


@pytest.fixture
def dated(hands: Hands) -> Hands:
    """Mondays in March; the report of the 9th bears a name that nobody can read."""
    hands.life.sign(contract(criterion(punctuality()), late_data="2 days"))
    hands.life.happen(
        event("report", "03-02 09:00", id="a", date="2026-03-02"),
        event("report", "03-09 10:00", id="b", date="week 11"),
    )
    hands.life.advance("03-10")
    return hands


@pytest.fixture
def cases(hands: Hands) -> Hands:
    """Case 1 is open; the tool closed it as 1b."""
    hands.life.sign(contract(criterion(deadline(reopened={"type": "reopened"})), late_data="2 days"))
    hands.life.happen(
        event("opened", "01-10", "1", id="open", **due("01-12")), event("closed", "01-11", "1b", id="close")
    )
    hands.life.advance("01-20")
    return hands


def refused(error: type[EntenteError], says: str, do: Callable[[], object]) -> None:
    with pytest.raises(error, match=says):
        do()


def test_a_delivery_matched_to_a_date_decides_it_at_the_limit(dated: Hands) -> None:
    assert (dated.life.unmatched(), dated.life.verdicts()["2026-03-09"]) == (["b"], "missing")
    dated.match("b", "2026-03-09")
    assert (dated.life.unmatched(), dated.life.verdicts()["2026-03-09"]) == ([], "met")
    dated.check_replay()


def test_a_delivery_one_microsecond_too_late_is_late_where_it_is_matched(dated: Hands) -> None:
    dated.life.happen(event("report", at("03-16 10:00") + 1, id="late", date="?"))
    dated.match("late", "2026-03-16")
    assert dated.life.verdicts()["2026-03-16"] == "late"


def test_taken_back_the_event_waits_in_the_queue_again(dated: Hands) -> None:
    match = dated.match("b", "2026-03-09")
    before = dated.life.occurrences()
    dated.unmatch(match)
    assert (dated.life.unmatched(), dated.life.verdicts()["2026-03-09"]) == (["b"], "missing")
    dated.match("b", "2026-03-09")
    assert (dated.life.occurrences(), dated.row(match).state) == (before, "matched")
    dated.check_replay()


def test_the_earliest_delivery_decides_whenever_it_was_matched(dated: Hands) -> None:
    dated.life.happen(event("report", "03-09 12:00", id="own", date="2026-03-09"))
    assert dated.life.verdicts()["2026-03-09"] == "late"
    dated.match("b", "2026-03-09")
    assert dated.life.verdicts()["2026-03-09"] == "met"


def test_a_closing_under_another_key_is_joined_to_its_case(cases: Hands) -> None:
    assert (cases.life.unmatched(), cases.life.verdicts()) == (["close"], {"1": "missing"})
    cases.match("close", "1")
    assert (cases.life.unmatched(), cases.life.verdicts()) == ([], {"1": "met"})
    cases.check_replay()


def test_a_case_that_was_opened_anew_under_another_key_is_joined_whole(cases: Hands) -> None:
    cases.life.happen(event("opened", "01-10 12:00", "1b", id="again", **due("01-14")))
    assert cases.life.verdicts() == {"1": "missing", "1b": "met"}
    cases.match("again", "1")
    cases.match("close", "1")
    assert (cases.life.verdicts(), cases.life.unmatched()) == ({"1": "met"}, [])
    assert counts(cases.life.figure("2026-01")) == {"met": 1}
    cases.check_replay()


def test_each_role_that_a_selector_gives_counts(cases: Hands) -> None:
    cases.life.happen(event("closed", "01-10 13:00", "1"), event("reopened", "01-10 14:00", "1b", id="re"))
    assert cases.life.verdicts() == {"1": "met"}
    cases.match("re", "1")
    assert cases.life.verdicts() == {"1": "missing"}
    cases.check_replay()


def test_an_opening_without_a_key_is_matched_to_what_waits(hands: Hands) -> None:
    hands.life.sign(contract(criterion(deadline())))
    hands.life.happen(event("closed", "01-11", "1"), event("opened", "01-10", None, id="open", **due("01-12")))
    hands.match("open", "1")
    assert (hands.life.verdicts(), hands.life.unmatched()) == ({"1": "met"}, [])


def test_an_event_that_no_selector_chooses_is_matched_in_a_role_that_a_person_names(cases: Hands) -> None:
    cases.life.happen(event("solved", "01-10 15:00", "1", id="other"))
    refused(
        Invalid, "no selector chooses .* .say its role: opened", lambda: cases.match("other", "1", who=ADMINISTRATOR)
    )
    refused(Invalid, "“done” is no role", lambda: cases.match("other", "1", role="done", who=ADMINISTRATOR))
    cases.match("other", "1", role="closed", who=ADMINISTRATOR)
    assert cases.life.verdicts() == {"1": "met"}
    cases.check_replay()


def test_a_member_matches_no_event_that_is_none_of_its_business(cases: Hands) -> None:
    cases.life.happen(event("solved", "01-10 15:00", "1", id="other"))
    refused(Invalid, "there is no event at position", lambda: cases.match("other", "1", role="closed"))


def test_an_item_of_a_key_is_matched_to_it_and_the_last_one_decides(hands: Hands) -> None:
    hands.life.sign(contract(criterion(conformity(key="data.batch"))))
    hands.life.happen(event("item", "03-01", batch="x", errors=0), event("item", "03-02", id="loose", errors=2))
    assert (hands.life.verdicts(), hands.life.unmatched()) == ({"x": "met"}, ["loose"])
    match = hands.match("loose", "x")
    assert (hands.life.verdicts(), hands.life.unmatched()) == ({"x": "failed"}, [])
    hands.unmatch(match)
    assert hands.life.verdicts() == {"x": "met"}
    hands.check_replay()


@pytest.mark.parametrize("correction", ["voids", "replaces"])
def test_what_is_voided_or_replaced_is_out_of_where_it_was_matched(dated: Hands, correction: str) -> None:
    match = dated.match("b", "2026-03-09")
    [news] = [event("report", "03-09 11:00", id="c", date="?")]
    dated.life.receive([_with(news, correction, "b")])
    assert dated.life.verdicts()["2026-03-09"] == "missing"
    assert dated.life.unmatched() == (["c"] if correction == "replaces" else [])
    dated.unmatch(match)
    assert dated.life.verdicts()["2026-03-09"] == "missing"
    refused(Refused, "was voided or replaced", lambda: dated.match("b", "2026-03-09"))
    dated.check_replay()


def _with(one: Any, name: str, value: str) -> bytes:
    return structured(replace(one, **{name: value}))


def test_a_match_outlives_an_amendment(dated: Hands) -> None:
    dated.match("b", "2026-03-09")
    tree = contract(criterion(punctuality(tolerance="1 h")), late_data="2 days", effective="2026-04-01")
    dated.life.sign(tree)
    assert (dated.life.verdicts()["2026-03-09"], dated.life.unmatched()) == ("met", [])
    dated.check_replay()


def test_a_match_is_kept_by_a_rebaseline_that_selects_other_events(dated: Hands) -> None:
    dated.match("b", "2026-03-09")
    tree = contract(criterion(punctuality(delivered={"type": "sent"})), effective="2026-03-01", late_data="2 days")
    dated.life.sign({**tree, "rebaseline": {"reason": "the tool was replaced"}})
    assert (dated.life.verdicts()["2026-03-02"], dated.life.verdicts()["2026-03-09"]) == ("missing", "met")
    dated.check_replay()


def test_in_a_final_period_nothing_changes_before_the_other_party_has_accepted(dated: Hands) -> None:
    dated.life.advance("04-03")
    before = dated.life.figure("2026-03")
    match = dated.match("b", "2026-03-09")
    assert (dated.row(match).state, dated.row(match).waits_for) == ("asked", "ward")
    assert dated.life.verdicts()["2026-03-09"] == "missing"
    assert (dated.life.figure("2026-03").counts, dated.life.figure("2026-03").state) == (before.counts, "final")
    refused(NotAllowed, "accepting this match is for ward", lambda: dated.life.store.use(Matching).accept(LAB, match))
    position = dated.accept(match)
    now = dated.life.figure("2026-03")
    assert (now.state, now.causes, now.counts["met"]) == ("restated", (position,), before.counts["met"] + 1)
    dated.check_replay()


def test_refused_it_changes_nothing_and_may_be_asked_again(dated: Hands) -> None:
    dated.life.advance("04-03")
    match = dated.match("b", "2026-03-09")
    dated.refuse(match)
    assert (dated.row(match).state, dated.life.figure("2026-03").state) == ("refused", "final")
    refused(Refused, "nobody is asked", lambda: dated.accept(match))
    dated.match("b", "2026-03-09")
    dated.accept(match)
    assert dated.life.figure("2026-03").state == "restated"
    dated.check_replay()


def test_taking_back_in_a_final_period_waits_for_the_other_party_too(dated: Hands) -> None:
    match = dated.match("b", "2026-03-09")
    dated.life.advance("04-03")
    dated.unmatch(match)
    assert (dated.row(match).state, dated.life.verdicts()["2026-03-09"]) == ("taking-back", "met")
    dated.refuse(match)
    assert (dated.row(match).state, dated.life.figure("2026-03").state) == ("matched", "final")
    dated.unmatch(match)
    position = dated.accept(match)
    assert (dated.row(match).state, dated.life.verdicts()["2026-03-09"]) == ("taken-back", "missing")
    assert dated.life.figure("2026-03").causes == (position,)
    dated.check_replay()


@pytest.mark.parametrize(("time", "state"), [(at("04-03") - 1, "matched"), (at("04-03"), "asked")])
def test_a_period_is_final_from_the_instant_at_which_it_closes(dated: Hands, time: int, state: str) -> None:
    dated.life.advance(time)
    assert dated.row(dated.match("b", "2026-03-09")).state == state


def test_what_changes_no_figure_of_a_final_period_needs_nobody(dated: Hands) -> None:
    dated.life.happen(event("report", "03-02 11:00", id="second", date="?"))
    dated.life.advance("04-03")
    assert dated.row(dated.match("second", "2026-03-02")).state == "matched"
    assert dated.life.figure("2026-03").state == "final"


def test_a_period_that_closed_unseen_between_asking_and_judging_is_not_changed_silently(dated: Hands) -> None:
    dated.life.append_time("04-03")
    dated.life.store.use(Matching).match(LAB, dated.position("b"), "c/d/on-time", "2026-03-09")
    dated.life.judge()
    [row] = dated.life.store.read(LAB, read_matches)
    assert (row.state, dated.life.figure("2026-03").state) == ("asked", "final")
    dated.accept(row.id)
    assert dated.life.figure("2026-03").state == "restated"
    dated.check_replay()


def test_one_event_is_matched_to_one_occurrence_of_a_commitment(dated: Hands) -> None:
    dated.match("b", "2026-03-09")
    for key in ("2026-03-09", "2026-03-16"):
        with pytest.raises(Refused, match="is matched to 2026-03-09 already"):
            dated.match("b", key)
    refused(Refused, "is evidence for 2026-03-02 already", lambda: dated.match("a", "2026-03-09"))


def test_what_cannot_be_meant_is_refused(dated: Hands) -> None:
    matching = dated.life.store.use(Matching)
    refused(Invalid, "has no occurrence “2026-03-10”", lambda: dated.match("b", "2026-03-10"))
    for position in (0, 1, -5, 10**30):
        with pytest.raises(Invalid, match="there is no event at position"):
            matching.match(LAB, position, "c/d/on-time", "2026-03-09")
    refused(NotFound, "there is no commitment", lambda: dated.match("b", "2026-03-09", commitment="c/d/x"))
    refused(NotFound, "there is no match", lambda: matching.unmatch(LAB, "x"))
    dated.life.sign(contract(criterion(deadline()), id="e"))
    refused(
        Invalid,
        "e/d/on-time has no occurrence “1”",
        lambda: dated.match("b", "1", commitment="e/d/on-time", role="closed"),
    )


@pytest.mark.parametrize("indicator", [availability(), volume(), conformity()])
def test_what_no_person_can_say_is_not_matched(dated: Hands, indicator: dict[str, Any]) -> None:
    dated.life.sign(contract(criterion(indicator), id="e"))
    refused(Invalid, "nothing to match", lambda: dated.match("b", "x", commitment="e/d/on-time"))


def test_the_party_of_the_owner_matches_and_nobody_else(dated: Hands) -> None:
    refused(NotAllowed, "matching its events is for lab to do", lambda: dated.match("b", "2026-03-09", who=WARD))
    refused(NotAllowed, "is for lab to do", lambda: dated.match("b", "2026-03-09", who=AUDITOR))
    refused(NotFound, "there is no contract", lambda: dated.match("b", "2026-03-09", who=principal("press/eve")))
    people = [{"id": "ann", "name": "Ann"}, {"id": "bob", "name": "Bob"}]
    dated.life.publish({"entente": 1, "service": "ward", "title": "W", "people": people})
    refused(NotAllowed, "is for ward to do", lambda: dated.match("b", "2026-03-09"))
    match = dated.match("b", "2026-03-09", who=WARD)
    assert (dated.row(match).made.by, dated.life.store.read(principal("press"), read_matches)) == ("ward/bob", [])


def test_explain_says_who_matched_it(dated: Hands) -> None:
    dated.match("b", "2026-03-09", text="Bob told us")
    [shown] = dated.life.store.read(LAB, explain_occurrence, "c/d/on-time", "2026-03-09").events
    assert shown.matched == MatchedRow("lab/ann", at("2026-06-30 12:00"), "Bob told us")
    [shown] = dated.life.store.read(LAB, explain_occurrence, "c/d/on-time", "2026-03-02").events
    assert shown.matched is None


def test_candidates_are_the_dates_that_wait_and_the_cases_that_are_open(cases: Hands) -> None:
    cases.life.happen(event("opened", "01-01", "other", **due("02-12")))
    position = cases.position("close")
    found = cases.life.store.read(LAB, read_candidates, [position])[position]
    assert [(one.key, one.verdict) for one in found] == [("1", "missing"), ("other", "pending")]
    assert cases.life.store.read(principal("press"), read_candidates, [position]) == {}
