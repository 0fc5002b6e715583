"""What is kept up comes to what all of it, put together anew, does."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.figures import longest_run
from domain.kept_up import InARow, Numbers
from domain.occurrences import Verdict
from domain.sums import aggregated

VERDICTS = st.sampled_from([Verdict.MET, Verdict.LATE, Verdict.LATE, Verdict.MISSING, Verdict.EXCUSED, Verdict.PENDING])
Steps = list[tuple[int, str, Verdict]]
STEPS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from("ab"), VERDICTS), max_size=60)


@given(STEPS, STEPS)
def test_misses_in_a_row_are_those_of_all_verdicts(
    first: list[tuple[int, str, Verdict]], steps: list[tuple[int, str, Verdict]]
) -> None:
    known = {(due, key): verdict for due, key, verdict in first}
    kept = InARow(sorted(known.items()))
    for due, key, verdict in steps:
        place = due, key
        if place in known:
            kept.take_out(place)
            del known[place]
        else:
            kept.put(place, verdict)
            known[place] = verdict
        ordered = [known[one] for one in sorted(known)]
        assert (list(kept), len(kept), kept.longest) == (ordered, len(ordered), longest_run(ordered))


def test_many_are_kept_in_chunks() -> None:
    """Put in from both ends and between, and taken out again."""
    kept = InARow()
    places = [(number * 7_919 % 5_000, "k") for number in range(5_000)]
    for number, place in enumerate(places):
        kept.put(place, Verdict.LATE)
        assert number % 500 or kept.longest == number + 1
    kept.take_out((2_000, "k"))
    kept.put((2_000, "k"), Verdict.MET)
    assert (len(kept), kept.longest) == (5_000, 2_999)
    for place in places:
        kept.take_out(place)
    assert (list(kept), kept.longest) == ([], 0)


def test_nothing_is_taken_out_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        InARow([((1, "a"), Verdict.MET)]).take_out((1, "b"))
    with pytest.raises(KeyError):
        Numbers([Fraction(1)]).take_out(Fraction(2))


@given(st.lists(st.fractions(max_denominator=9)), st.lists(st.fractions(max_denominator=9)), st.data())
def test_numbers_come_to_what_all_of_them_do(first: list[Fraction], more: list[Fraction], data: st.DataObject) -> None:
    kept, known = Numbers(first), list(first)
    for number in more:
        kept.put(number)
        known.append(number)
        if data.draw(st.booleans()):
            gone = data.draw(st.sampled_from(known))
            kept.take_out(gone)
            known.remove(gone)
    assert list(kept) == sorted(known)
    for aggregate in ("mean", "median", "p95", "min", "max", "sum", "count"):
        assert aggregated(aggregate, kept) == aggregated(aggregate, sorted(known))
