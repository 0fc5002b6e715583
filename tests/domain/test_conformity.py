"""Items: each event is one occurrence, or each key, whose last event decides (MEANING §4)."""

from __future__ import annotations

from tests.given import commitment, conformity, contract, criterion, event, judged, owing, verdict


def test_each_event_is_an_occurrence_in_the_period_of_its_time() -> None:
    found = judged(owing(conformity()), [event("item", "01-05 10:00", id="a", errors=0)])
    [(key, one)] = found.items()
    assert (key, one.verdict.value, one.due, one.anchor) == ("tool#a", "met", one.closed, one.closed)


def test_of_a_key_the_last_event_decides_whatever_arrives_first() -> None:
    found = owing(conformity(key="subject"))
    first, second = event("item", "01-05 10:00", errors=0), event("item", "01-05 11:00", errors=3)
    assert verdict(found, [first, second]) == verdict(found, [second, first]) == "failed"


def test_at_the_same_time_the_sequence_decides_then_source_and_id() -> None:
    found = owing(conformity(key="subject"))
    nine = event("item", "01-05 10:00", id="z", sequence="9", errors=1)
    ten = event("item", "01-05 10:00", id="a", sequence="10", errors=0)
    assert verdict(found, [ten, nine]) == "met"
    left = event("item", "01-05 10:00", source="a", id="z", errors=1)
    right = event("item", "01-05 10:00", source="b", id="a", errors=0)
    assert verdict(found, [right, left]) == "met"


def test_an_item_outside_validity_is_not_owed_and_decides_nothing() -> None:
    found = owing(conformity(key="subject"), valid={"from": "2026-01-01", "until": "2026-01-31"})
    inside = event("item", "2026-01-31 23:59:59", errors=0)
    outside = event("item", "2026-02-01 00:00", errors=9)
    assert verdict(found, [inside, outside]) == "met"
    assert verdict(found, [outside]) == "outside"
    assert verdict(found, [event("item", "2025-12-31 23:59:59", errors=0)]) == "outside"
    assert verdict(found, [event("item", "2026-01-01 00:00", errors=0)]) == "met"


def test_an_item_is_judged_by_the_version_at_its_time() -> None:
    strict = contract(criterion(conformity()))
    lenient = contract(criterion(conformity(good={"data.errors": {"le": 5}})), effective="2026-03-01")
    found = commitment(strict, lenient)
    assert verdict(found, [event("item", "02-28 23:59:59", id="a", errors=3)], key="tool#a") == "failed"
    assert verdict(found, [event("item", "03-01 00:00", id="a", errors=3)], key="tool#a") == "met"


def test_of_a_key_the_last_event_decides_across_versions() -> None:
    one = contract(criterion(conformity(key="subject")))
    two = contract(criterion(conformity(key="subject", good={"data.errors": {"le": 5}})), effective="2026-03-01")
    events = [event("item", "02-10", errors=9), event("item", "03-10", errors=3)]
    assert judged(commitment(one, two), events)["1"].version == 2
    back = contract(criterion(conformity(key="subject")), effective="2026-04-01")
    later = [*events, event("item", "04-10", errors=3)]
    assert judged(commitment(one, two, back), later)["1"].version == 3
    assert verdict(commitment(one, two, back), later) == "failed"
