"""Figures cut by weekday, hour or a field of data: exact, and they sum to what was cut."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.access import ADMINISTRATOR, principal
from services.errors import Invalid, NotFound
from services.figures.reading import read_slices
from services.figures.shown import slice_json
from services.figures.slice_rows import SliceRow, summed
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
)
from tests.services.excused import Parties
from tests.services.judged import Life, counts, living


def cut(life: Life, by: str, commitment: str = "c/d/on-time", period: str | None = None) -> list[SliceRow]:
    return life.store.read(ADMINISTRATOR, read_slices, by, commitment=commitment, period=period)


def shares(rows: list[SliceRow]) -> dict[str | None, tuple[int, int]]:
    return {one.group: (one.tally.good, one.tally.total) for one in summed(rows)}


def test_monday_deliveries_are_late(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(contract(criterion(punctuality(due={"every": ["monday", "thursday"], "at": "10:00"}))))
        for step in range(31):
            day = date(2026, 3, 1) + timedelta(days=step)
            if day.weekday() in (0, 3):
                time = "11:00" if day.weekday() == 0 else "09:00"
                life.happen(event("report", f"{day} {time}", date=str(day)))
        life.advance("2026-04-10")
        rows = cut(life, "weekday", period="2026-03")
        assert [(one.group, one.tally.good, one.tally.total) for one in rows] == [("monday", 0, 5), ("thursday", 4, 4)]
        shown = slice_json(rows[0], "Europe/Paris")
        assert shown["slice"] == {"by": "weekday", "value": "monday"}
        assert (shown["value"], shown["adjusted"], shown["status"]) == ("0.0000", {"good": 0, "total": 5}, None)


def test_weekday_and_hour_are_those_of_the_due_on_the_wall_of_the_contract() -> None:
    """Sunday 23:30 in UTC is Monday in Paris; the night of the clocks, 01:59 and 03:00 follow each other."""
    with living() as life:
        life.sign(contract(criterion(deadline())))
        for number, moment in enumerate(("2026-03-01T23:30:00Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z")):
            life.happen(event("opened", "2026-02-20", f"c{number}", due=moment))
        assert Counter(one.group for one in cut(life, "weekday")) == {"monday": 1, "sunday": 1}
        assert [one.group for one in cut(life, "hour")] == ["00:00", "01:00", "03:00"]


def test_a_field_is_that_of_the_event_that_opened_delivered_or_was_judged() -> None:
    with living() as life:
        slices = ["data.product"]
        life.sign(contract(criterion(turnaround(), slices=slices)))
        life.happen(
            event("opened", "03-02 10:00", "1", product="a"),
            event("closed", "03-02 11:00", "1", product="b"),
            event("opened", "03-02 10:00", "2"),
            event("opened", "03-02 10:00", "3", product=7),
            event("opened", "03-02 10:00", "4", product={"no": "scalar"}),
        )
        life.advance("2026-04-10")
        assert shares(cut(life, "data.product")) == {"7": (0, 1), "a": (1, 1), None: (0, 2)}
    with living() as life:
        life.sign(contract(criterion(punctuality(), slices=slices)))
        life.happen(event("report", "03-02 09:00", date="2026-03-02", product="first"))
        life.happen(event("report", "03-02 09:30", date="2026-03-02", product="second"))
        life.advance("2026-03-10")
        assert shares(cut(life, "data.product", period="2026-03")) == {"first": (1, 1), None: (0, 1)}
    with living() as life:
        life.sign(contract(criterion(conformity(key="subject"), slices=slices)))
        life.happen(event("item", "03-02 09:00", "x", errors=1, product="before"))
        life.happen(event("item", "03-02 09:30", "x", errors=0, product="after"))
        assert shares(cut(life, "data.product")) == {"after": (1, 1)}


def test_only_what_a_criterion_names_can_be_cut_so() -> None:
    with living() as life:
        named = criterion(conformity(), "named", slices=["data.product"])
        life.sign(contract(named, criterion(conformity(), "plain")))
        life.happen(event("item", "03-02 09:00", "x", errors=0, product="a"))
        assert {one.figure.commitment for one in life.store.read(ADMINISTRATOR, read_slices, "data.product")} == {
            "c/d/named"
        }
        with pytest.raises(Invalid, match=r"no criterion here is cut by “data\.product”"):
            cut(life, "data.product", "c/d/plain")
        with pytest.raises(Invalid, match=r"weekday, hour, data\.product"):
            life.store.read(ADMINISTRATOR, read_slices, "data.errors")
        with pytest.raises(NotFound):
            life.store.read(principal("stranger"), read_slices, "weekday", commitment="c/d/named")
        assert life.store.read(principal("stranger"), read_slices, "weekday") == []


def test_an_occurrence_due_after_validity_is_in_the_slice_as_in_the_figure() -> None:
    with living() as life:
        tree = contract(criterion(deadline()), valid={"from": "2026-01-01", "until": "2026-03-15"})
        life.sign(tree)
        life.happen(event("opened", "03-14 10:00", "1", **due("03-20 10:00")))
        life.advance("2026-05-01")
        [row] = cut(life, "weekday", period="2026-03")
        assert (row.group, row.tally.total) == ("friday", 1)
        assert life.figure("2026-03").judged == 1


def test_excuses_leave_both_sides_of_a_slice_too() -> None:
    with living() as life:
        life.sign(contract(criterion(punctuality())))
        life.happen(event("report", "03-02 09:00", date="2026-03-02"))
        life.advance("2026-04-10")
        Parties(life).excuse("2026-03-02")
        Parties(life).excuse("2026-03-09")
        [row] = cut(life, "weekday", period="2026-03")
        assert (row.tally.good, row.tally.total, row.tally.raw) == (0, 3, (1, 5))
        figure = life.figure("2026-03")
        assert (row.tally.raw, (row.tally.good, row.tally.total)) == (figure.raw, figure.adjusted)


def test_measures_and_scores_are_put_together_by_group() -> None:
    with living() as life:
        mean = criterion(measure(), target={"at_most": 9, "per": "month"}, slices=["data.team"])
        scores = criterion(satisfaction(), "liked", target={"at_least": 3, "per": "month"}, slices=["data.team"])
        life.sign(contract(mean, scores))
        for team, minutes in (("a", 2), ("a", 5), ("b", 10), (None, 1)):
            more = {} if team is None else {"team": team}
            life.happen(event("call", "03-02 10:00", minutes=minutes, **more))
        life.happen(
            event("answer", "03-02 10:00", score=5, team="a"), event("answer", "03-02 11:00", score=2, team="b")
        )
        life.advance("2026-04-10")
        rows = cut(life, "data.team", period="2026-03")
        assert [(one.group, one.value, one.judged, one.adjusted) for one in rows] == [
            ("a", Fraction(7, 2), 2, (None, None)),
            ("b", Fraction(10), 1, (None, None)),
            (None, Fraction(1), 1, (None, None)),
        ]
        shown = [slice_json(one, "Europe/Paris") for one in cut(life, "data.team", "c/d/liked", "2026-03")]
        assert [(one["value"], one["share"], one["mean"]) for one in shown] == [
            ("5.0000", "1.0000", "5.0000"),
            ("2.0000", "0.0000", "2.0000"),
        ]


def test_a_rolling_window_is_cut_too() -> None:
    with living() as life:
        life.sign(contract(criterion(conformity(), target={"at_least": "50 %", "per": "7 days"})))
        for day in ("03-01", "03-02", "03-03", "03-09"):
            life.happen(event("item", f"{day} 12:00", day, errors=0))
        life.advance("2026-03-09 12:00")
        rows = cut(life, "weekday")
        assert [(one.figure.period, one.group, one.tally.total) for one in rows] == [
            ("rolling-7d", "monday", 1),
            ("rolling-7d", "tuesday", 1),
        ]
        assert sum(one.tally.total for one in rows) == life.figures()[0].judged


@pytest.mark.parametrize("by", ["weekday", "hour"])
@pytest.mark.parametrize("calendar", [None, {"open": {"mon-fri": ["08:00-12:30", "13:00-24:00"]}}])
@pytest.mark.parametrize("indicator", [availability(), freshness(max_age="5 h")])
def test_service_time_is_cut_where_it_passes_and_sums_exactly(by: str, calendar: Tree | None, indicator: Tree) -> None:
    """Over the night of the clocks too; what is pending and what is to come stays out of both."""
    with living() as life:
        changes: Tree = {} if calendar is None else {"calendar": calendar}
        life.sign(contract(criterion(indicator), valid={"from": "2026-03-20"}, **changes))
        for day, kind in (
            ("03-21 10:00", "up"),
            ("03-28 23:30", "down"),
            ("03-29 03:30:00.5", "up"),
            ("03-30 09:00", "down"),
        ):
            life.happen(event(kind, day, "s"), event("updated", day))
        life.advance("2026-03-31 14:30")
        for figure in life.figures():
            mine = cut(life, by, period=figure.period)
            for name in ("adjusted", "raw"):
                whole = getattr(figure, name)
                assert tuple(sum(getattr(one, name)[place] for one in mine) for place in (0, 1)) == whole
            assert sum(one.expected or 0 for one in mine) == figure.expected
        with pytest.raises(Invalid, match="no criterion here is cut by"):
            cut(life, "data.product")


ANSWERS = st.lists(
    st.tuples(st.integers(0, 60 * 24), st.integers(0, 400), st.sampled_from(["a", "b", None])), max_size=25
)


@given(ANSWERS, st.sampled_from(["weekday", "hour", "data.product"]), st.booleans())
@settings(max_examples=60)
def test_slices_sum_to_the_figure(answers: list[tuple[int, int, str | None]], by: str, is_amended: bool) -> None:
    targets = [{"at_least": "90 %", "per": "month"}, {"max_misses": 3, "per": "week"}]
    with living() as life:
        life.sign(contract(criterion(turnaround(), targets=targets, slices=["data.product"])))
        if is_amended:
            changed = criterion(turnaround(within="2 h"), targets=targets[:1], slices=["data.product"])
            life.sign(contract(changed, effective="2026-02-10", rebaseline={"reason": "shorter"}))
        start = at("2026-01-20 00:00")
        for number, (hours, minutes, product) in enumerate(answers):
            opened = start + hours * 3_600_000_000
            data = {} if product is None else {"product": product}
            life.append([structured(event("opened", opened, f"c{number}", **data))])
            if minutes < 380:
                life.append([structured(event("closed", opened + minutes * 60_000_000, f"c{number}"))])
        life.advance("2026-03-05 12:00")
        cuts = cut(life, by)
        for figure in life.figures():
            mine = [one.tally for one in cuts if one.figure == figure]
            total = Counter[str]()
            for tally in mine:
                total.update({verdict.value: count for verdict, count in tally.counts.items() if count})
            assert dict(total) == counts(figure)
            assert (sum(one.good for one in mine), sum(one.total for one in mine)) == figure.adjusted
            assert sum(one.raw[1] for one in mine) == figure.raw[1]


@pytest.mark.parametrize(
    ("kind", "target", "sent", "said"),
    [
        (measure(), {"at_most": 9}, {"minutes": 9.00002}, "9.00002"),
        (measure(unit="s"), {"at_most": "4 h"}, {"minutes": 14400.00002}, "14400.00002"),
        (satisfaction(), {"at_least": 4.2}, {"score": 4.19999}, "4.19999"),
        (satisfaction(), {"at_least": 4.2}, {"score": 4.20001}, "4.2000"),
    ],
)
def test_what_a_group_comes_to_is_never_rounded_to_the_bound_that_it_misses(
    kind: Tree, target: Tree, sent: Tree, said: str
) -> None:
    with living() as life:
        life.sign(contract(criterion(kind, target={**target, "per": "month"})))
        life.happen(*(event(type, "03-02 09:00", **sent) for type in ("call", "answer")))
        life.advance("2026-04-01")
        [row] = [one for one in cut(life, "hour", period="2026-03") if one.judged]
        shown = slice_json(row, "Europe/Paris")
        assert (shown["value"], row.shown) == (said, said)
        assert shown["mean"] in (said, None)
