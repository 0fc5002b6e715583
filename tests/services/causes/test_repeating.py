"""What repeats in a contract: its groups, the time that is looked at, and what leaves them (MEETING §3)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from domain.times import Instant, show
from services.access import ADMINISTRATOR, principal
from services.breaches.following_up import FollowingUp
from services.causes.agenda import subjects
from services.causes.attributing import Attributing
from services.causes.repeating import read_repeats, repeats_before
from services.causes.shown import repeats_json
from services.contracts.contracting import Contracting
from services.errors import EntenteError, Invalid
from services.excuses.excusing import Excusing
from tests.given import PARIS, Tree, at, availability, contract, criterion, document, event, measure, punctuality
from tests.services.causes.attributed import (
    ANN,
    BOB,
    CAUSES,
    MANY,
    attribute,
    breach_of,
    each_miss,
    mondays,
    repeats,
    told,
)
from tests.services.judged import Life, living

MONTHLY: Tree = {"target": {"max_misses": 0, "per": "month"}}
MEETING = {"every": "FREQ=MONTHLY;BYMONTHDAY=10", "at": "14:00"}


def begun(life: Life, tree: Tree, until: str) -> None:
    life.publish(CAUSES)
    life.sign(tree)
    life.advance(until)


def test_breaches_of_one_root_cause_are_a_group_whatever_the_machine_calls_them() -> None:
    with living() as life:
        life.publish(CAUSES)
        life.sign(mondays())
        life.happen(event("report", "01-05 12:00", date="2026-01-05"))
        life.advance("01-27 00:00")
        attribute(life, "2026-01-05", "van-down")
        attribute(life, "2026-01-12", "van-down")
        assert told(repeats(life)) == [("van-down", 2, 2), ("d/missing", 2, 2)]
        found = repeats(life).groups[0]
        assert [breach_of(life, key).id for key in ("2026-01-05", "2026-01-12")] == list(found.breaches)
        assert (found.weight, found.share) == (Fraction(2), Fraction(1, 2))


def test_where_the_parties_differ_the_debtors_counts() -> None:
    with living() as life:
        begun(life, mondays(), "01-13 00:00")
        attribute(life, "2026-01-05", "weather", BOB)
        assert told(repeats(life)) == [("weather", 1, 1), ("d/missing", 1, 1)]
        attribute(life, "2026-01-05", "van-down", ANN)
        assert told(repeats(life)) == [("van-down", 1, 1), ("d/missing", 1, 1)]


def test_a_lost_target_brings_the_misses_of_its_period_and_an_occurrence_counts_once_per_group() -> None:
    with living() as life:
        begun(life, contract(each_miss(**MONTHLY)), "02-03 00:00")
        for key in ("2026-01-05", "2026-01-12", "2026-01", "2026-02"):
            attribute(life, key, "van-down")
        assert told(repeats(life)) == [("van-down", 4, 5), ("d/missing", 3, 3)]
        assert repeats(life).found.misses == 5, "each stands behind a target, and three of them for themselves, too"


def test_an_excuse_that_comes_later_takes_its_miss_out_and_a_withdrawn_breach_its_group() -> None:
    with living() as life:
        begun(life, contract(criterion(punctuality(), **MONTHLY)), "01-13 00:00")
        attribute(life, "2026-01", "van-down")
        before = life.store.history.last_position()
        assert told(repeats(life)) == [("van-down", 1, 2)]
        accept(life, "2026-01-05")
        assert told(repeats(life)) == [("van-down", 1, 1)]
        accept(life, "2026-01-12")
        assert told(repeats(life)) == []
        assert breach_of(life, "2026-01").state == "withdrawn"
        life.advance("01-20 00:00")
        assert told(repeats(life)) == [("van-down", 1, 1)], "what was said of it is about the same target still"
        assert before < life.position()


def accept(life: Life, key: str) -> None:
    excusing = life.store.use(Excusing)
    id, _ = excusing.ask(ANN, "c/d/on-time", reason="force-majeure", text="snow", keys=[key])
    life.judge()
    excusing.accept(BOB, id)
    life.judge()


def test_a_breach_with_no_miss_behind_it_counts_as_one() -> None:
    mean = criterion(measure(), "mean", target={"at_most": 5, "per": "month"})
    open_ = criterion(availability(), "up", target={"at_least": "99.9 %", "per": "month"})
    with living() as life:
        life.sign(contract(mean, open_))
        life.happen(event("call", "01-05 12:00", minutes=9), event("down", "01-05 12:00"))
        life.advance("02-05 00:00")
        assert {one.commitment for one in life.breaches()} == {"c/d/mean", "c/d/up"}
        [(_, breaches, misses)] = told(repeats(life))
        assert breaches == misses == len(life.breaches())


def test_weights_are_those_of_the_criteria_and_shares_have_four_places() -> None:
    with living() as life:
        begun(life, contract(each_miss(weight=2), each_miss(id="again", weight=0.5)), "01-13 00:00")
        for row in life.breaches():
            cause = "van-down" if row.commitment.endswith("on-time") else "weather"
            if row.key == "2026-01-05" or cause == "van-down":
                attribute_one(life, row.id, cause)
        shown = repeats_json(repeats(life), "Europe/Paris")
        assert [(one["key"], one["weight"], one["share"]) for one in shown["groups"]] == [
            ("van-down", "4", "0.8000"),
            ("weather", "0.5", "0.1000"),
            ("d/missing", "0.5", "0.1000"),
        ]
        assert (shown["few"], shown["few_misses"], shown["misses"]) == (2, 3, 4)
        assert (shown["since"], shown["until"]) == ("2026-01-01T00:00:00+01:00", None)
        assert shown["groups"][2] | {"breaches": []} == {
            "key": "d/missing", "root_cause": None, "deliverable": "d", "cause": "missing", "breaches": [], "misses": 1,
            "weight": "0.5", "share": "0.1000", "recurrences": 0,
        }  # fmt: skip


def attribute_one(life: Life, id: str, cause: str) -> None:
    life.store.use(Attributing).attribute(ANN, id, cause)
    life.judge()


def test_what_came_after_an_action_of_the_group_was_closed_came_again() -> None:
    with living() as life:
        begun(life, mondays(), "01-06 00:00")
        attribute(life, "2026-01-05", "van-down")
        life.store.use(FollowingUp).close(ANN, life.actions()[0].id, "another van was hired")
        life.advance("01-20 00:00")
        attribute(life, "2026-01-12", "van-down")
        assert [(one.cause.key, one.recurrences) for one in repeats(life).groups] == [("van-down", 1), ("d/missing", 0)]
        later = repeats(life, since="2026-01-10").groups[0]
        assert (later.cause.key, later.recurrences) == ("van-down", 1), (
            "its ground lies before the time that is looked at"
        )
        attribute(life, "2026-01-05", "weather")
        assert [one.recurrences for one in repeats(life).groups if one.cause.key == "van-down"] == [0]


def test_the_time_is_from_the_last_review_to_the_next_one() -> None:
    with living() as life:
        begun(life, mondays(review=MEETING), "01-06 00:00")
        assert window(life) == ("2026-01-01T00:00:00+01:00", "2026-01-10T14:00:00+01:00")
        assert told(repeats(life, since=None)) == [("d/missing", 1, 1)]
        life.advance("01-13 00:00")
        assert window(life) == ("2026-01-10T14:00:00+01:00", "2026-02-10T14:00:00+01:00")
        assert told(repeats(life, since=None)) == [("d/missing", 1, 1)]
        assert told(repeats(life)) == [("d/missing", 2, 2)]
        life.advance("03-01 00:00")
        held = life.store.read(ADMINISTRATOR, repeats_before, "c", at("02-10 14:00"))
        assert (show_of(held.since), show_of(held.until), told(held)) == (
            "2026-01-10T14:00:00+01:00", "2026-02-10T14:00:00+01:00", [("d/missing", 5, 5)],
        )  # fmt: skip


def window(life: Life) -> tuple[str, str]:
    row = repeats(life, since=None)
    return show_of(row.since), show_of(row.until)


def show_of(moment: Instant | None) -> str:
    return show(moment, PARIS) if moment is not None else ""


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    with living() as life:
        life.sign(mondays())
        with pytest.raises(Invalid) as refused:
            repeats(life, since="2026-03-01", until="2026-01-01")
    assert refused.value.slug == "ends-before"


def test_since_is_included_and_until_is_not() -> None:
    with living() as life:
        begun(life, mondays(), "01-13 00:00")
        opened = breach_of(life, "2026-01-12").opened_at or 0
        first = breach_of(life, "2026-01-05").opened_at or 0
        row = life.store.read(ADMINISTRATOR, lambda seen: subjects(seen, "c", first, opened))
        assert [one.key for one in row.single] == ["2026-01-05"]
        row = life.store.read(ADMINISTRATOR, lambda seen: subjects(seen, "c", first + 1, opened + 1))
        assert [one.key for one in row.single] == ["2026-01-12"]
        assert told(repeats(life, until="2026-01-12")) == [("d/missing", 1, 1)]
        for text in ("soon", "2026-01-32", "2026-01-05T10:00", "9999-01-01"):
            with pytest.raises(EntenteError):
                repeats(life, since=text)


def test_an_agenda_has_groups_of_two_and_the_breaches_in_none_of_them() -> None:
    with living() as life:
        begun(life, mondays(), "01-20 00:00")
        attribute(life, "2026-01-12", "weather")
        row = life.store.read(ADMINISTRATOR, lambda seen: subjects(seen, "c", at("01-01"), None))
        assert [one.cause.key for one in row.repeated] == ["d/missing"]
        assert [one.key for one in row.single] == ["2026-01-12"]
        life.happen(event("report", "01-12 09:30", date="2026-01-12"))
        row = life.store.read(ADMINISTRATOR, lambda seen: subjects(seen, "c", at("01-01"), None))
        assert [(one.key, one.state) for one in row.single] == [("2026-01-12", "withdrawn")]


def test_who_does_not_see_the_contract_sees_nothing_of_it_and_of_what_nobody_signed_nothing_repeats() -> None:
    with living() as life:
        begun(life, mondays(), "01-13 00:00")
        for who, of, slug in ((principal("elsewhere"), "c", "not-found"), (ADMINISTRATOR, "nothing", "not-found")):
            with pytest.raises(EntenteError) as found:
                life.store.read(who, read_repeats, of)
            assert found.value.slug == slug
        life.store.use(Contracting).apply(ADMINISTRATOR, document(mondays(id="proposed")))
        life.judge()
        with pytest.raises(EntenteError, match="nobody has signed"):
            life.store.read(ADMINISTRATOR, read_repeats, "proposed")


@pytest.mark.parametrize("steps", [["02-03 00:00"], ["01-06 00:00", "01-12 09:00", "01-13 00:00", "02-03 00:00"]])
def test_other_cuts_of_time_give_the_same_groups(steps: list[str]) -> None:
    with living() as life:
        life.publish(CAUSES)
        life.sign(contract(each_miss(**MONTHLY), criterion(punctuality(), "most", target=MANY)))
        for step in steps:
            life.advance(step)
        for key in ("2026-01", "2026-01-19"):
            attribute(life, key, "van-down")
        assert told(repeats(life)) == [("van-down", 2, 4), ("d/missing", 4, 4), ("d/target-lost", 1, 1)]
        row = repeats(life)
        assert (row.found.few, row.found.few_misses, row.found.misses) == (1, 4, 5)
        assert life.judged_again() == life.dump()


def test_of_a_rolling_window_the_misses_are_those_that_stand_in_it_now() -> None:
    with living() as life:
        begun(life, contract(criterion(punctuality(), target={"max_misses": 1, "per": "21 days"})), "01-13 00:00")
        assert told(repeats(life)) == [("d/target-lost", 1, 2)]
        life.advance("01-29 00:00")
        assert told(repeats(life)) == [("d/target-lost", 1, 3)]
