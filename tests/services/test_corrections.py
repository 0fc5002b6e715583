"""Events that take an earlier one out, or put themselves in its place (MEANING §3)."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from domain.events import OperationalEvent
from tests.given import conformity, contract, criterion, deadline, due, event, punctuality
from tests.given import structured as plainly
from tests.services.judged import counts, living


def structured(one: OperationalEvent, *, voids: str | None = None, replaces: str | None = None) -> bytes:
    """The event as a tool sends it, with what it corrects."""
    return plainly(replace(one, voids=voids, replaces=replaces))


MONDAYS = contract(criterion(punctuality(), target={"max_misses": 0, "per": "month"}, each_miss="breach"))
CASES = contract(criterion(deadline()))
ITEMS = contract(criterion(conformity()))

ON_TIME = structured(event("report", "01-05 09:00", None, id="first", date="2026-01-05"))
VOID = structured(event("note", "01-06 09:00", None, id="void"), voids="first")


def test_a_voided_delivery_is_evidence_no_more_and_what_was_met_is_missing(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(MONDAYS)
        life.receive([ON_TIME])
        life.advance("01-12 09:00")
        assert life.verdicts()["2026-01-05"] == "met"
        life.receive([VOID])
        assert life.verdicts()["2026-01-05"] == "missing"
        assert life.occurrences()["2026-01-05"].evidence == ()
        assert [one.key for one in life.breaches() if one.key] == ["2026-01-05"]


def test_a_replacing_event_takes_the_place_of_the_one_it_names() -> None:
    with living() as life:
        life.sign(MONDAYS)
        late = event("report", "01-05 11:00", None, id="second", date="2026-01-05")
        life.receive([ON_TIME, structured(late, replaces="first")])
        life.advance("01-12 09:00")
        assert life.verdicts()["2026-01-05"] == "late"


def test_chains_are_followed_to_their_end_in_any_order_of_arrival() -> None:
    sent = [
        structured(event("opened", "03-02 09:00", "7", id="opened", **due("03-03 12:00"))),
        structured(event("closed", "03-04 09:00", "7", id="a")),
        structured(event("closed", "03-05 09:00", "7", id="b"), replaces="a"),
        structured(event("closed", "03-03 11:00", "7", id="c"), replaces="b"),
    ]
    for order in permutations(sent):
        with living() as life:
            life.sign(CASES)
            life.receive(order)
            life.advance("04-01 00:00")
            [case] = life.occurrences().values()
            assert case.verdict == "met"
            assert life.unmatched() == []
            assert life.dump() == life.judged_again(1)


def test_a_voided_opening_leaves_the_closing_without_its_case() -> None:
    with living() as life:
        life.sign(CASES)
        opened = event("opened", "03-02 09:00", "7", id="opened", **due("03-03 12:00"))
        life.receive([structured(opened), structured(event("closed", "03-03 09:00", "7", id="closed"))])
        assert life.verdicts() == {"7": "met"}
        life.receive([structured(event("note", "03-04 09:00", None), voids="opened")])
        assert life.verdicts() == {}
        assert life.unmatched() == ["closed"]
        assert [counts(figure) for figure in life.figures() if counts(figure)] == []


def test_a_correction_of_a_final_period_restates_it_with_both_values_and_the_cause() -> None:
    with living() as life:
        life.sign(ITEMS)
        life.happen(
            event("item", "01-10 09:00", None, id="bad", errors=2), event("item", "01-11 09:00", None, errors=0)
        )
        life.advance("02-02 00:00")
        assert life.figure("2026-01").state == "final"
        [answer] = life.receive([structured(event("item", "01-10 09:00", None, id="good", errors=0), replaces="bad")])
        restated = life.figure("2026-01")
        assert (restated.state, restated.adjusted) == ("restated", (2, 2))
        assert restated.final is not None
        assert (restated.final["good"], restated.final["total"]) == (1, 2)
        assert restated.causes == (answer.position,)


def test_an_id_of_another_source_is_not_taken_out() -> None:
    with living() as life:
        life.sign(MONDAYS)
        foreign = structured(event("note", "01-06 09:00", None, source="elsewhere"), voids="first")
        life.receive([ON_TIME, foreign])
        assert life.verdicts()["2026-01-05"] == "met"


def test_a_contract_that_is_signed_later_sees_only_what_was_not_taken_out() -> None:
    with living() as life:
        life.receive([ON_TIME, VOID])
        life.advance("01-12 09:00")
        life.sign(MONDAYS)
        assert life.verdicts()["2026-01-05"] == "missing"
