"""What is kept of windows and of units ahead is what the rows would say."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.figures import Tally
from domain.occurrences import Verdict
from services.judging.effect_waiting import Ahead
from services.judging.kept_windows import Counting, KeptWindow

News = list[tuple[int, int, str | None]]
MOVES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8)
NEWS = st.lists(
    st.tuples(st.integers(0, 7), st.integers(0, 40), st.sampled_from(["met", "late", "excused", None])), max_size=6
)


def counting(key: int, anchor: int, verdict: str) -> Counting:
    underlying = Verdict.LATE if verdict == "excused" else None
    number = None if verdict == "excused" else Fraction(anchor, 3)
    return Counting((anchor, str(key)), "owed", Verdict(verdict), underlying, key % 2, number)


@given(st.lists(st.tuples(MOVES, NEWS), max_size=6), NEWS)
def test_a_window_that_moves_holds_what_is_in_it(steps: list[tuple[list[tuple[int, int]], News]], first: News) -> None:
    known = {key: counting(key, anchor, verdict) for key, anchor, verdict in first if verdict is not None}
    window, start, end = KeptWindow(0, known.values()), 0, 0
    for moves, news in steps:
        for by, longer in moves:
            start, end = start + by, max(end, start + by) + longer
            assert window.may_move_to(start, end)
            window.move_to(start, end)
            for segment in (0, 1):
                window.verdicts(segment)
                window.numbers(segment)
        for key, anchor, verdict in news:
            less = known.pop(key, None)
            more = counting(key, anchor, verdict) if verdict is not None else None
            window.change(less, more)
            if more is not None:
                known[key] = more
        within = sorted((one for one in known.values() if start <= one.place[0] < end), key=lambda one: one.place)
        for segment in (0, 1):
            every = [one for one in within if one.segment == segment]
            tally = Tally()
            for one in every:
                one.add_to(tally, +1)
            assert window.tallies.get(segment, Tally()) == tally
            assert list(window.verdicts(segment)) == [one.verdict for one in every]
            assert list(window.numbers(segment)) == sorted(one.number for one in every if one.number is not None)
    assert not window.may_move_to(start - 1, end)


UNITS = st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 12), st.sampled_from([True, False, None])), max_size=25)


@given(UNITS, st.integers(1, 4))
def test_a_check_that_is_sure_to_wait_has_no_whole_window(news: list[tuple[int, int, bool | None]], of: int) -> None:
    """The first units behind the change, which is at 0; where it knows no more, it is seen anew."""
    known: dict[int, tuple[int, bool]] = {}

    def seen() -> Ahead:
        units = [((place, str(key)), pends) for key, (place, pends) in known.items() if place >= 0]
        return Ahead.of_units(of, units, "none")

    ahead = seen()
    for key, place, pends in news:
        if pends is None:
            known.pop(key, None)
            is_known = ahead.put(str(key), None, pends=False)
        else:
            known[key] = place, pends
            is_known = ahead.put(str(key), (place, str(key)) if place >= 0 else None, pends=pends)
        now = seen()
        ahead = ahead if is_known else now
        assert (ahead.places, ahead.pending) == (now.places, now.pending)
        window = sorted(((place, str(key)), pends) for key, (place, pends) in known.items() if place >= 0)[:of]
        assert ahead.waits == (len(window) < of or any(pends for _, pends in window))


def test_a_trigger_that_may_be_ahead_may_be_what_pends() -> None:
    units = [((1, "a"), False), ((2, "b"), True)]
    assert Ahead.of_units(2, units, "before").waits
    assert not Ahead.of_units(2, units, None).waits
    assert not Ahead.of_units(2, units, "before").put("before", (3, "before"), pends=False)
