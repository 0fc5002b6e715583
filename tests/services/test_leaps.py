"""A leap of time: however far one step goes, what follows is what it would be had time passed day by day (MEANING §2, §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from threading import Thread
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.action import Action
from domain.breach import BreachFile
from domain.breaches import ROLLING_BEFORE, Breach
from domain.events import OperationalEvent
from domain.review import Review
from domain.times import Instant, local_date, show
from services.access import ADMINISTRATOR
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_actions, read_breaches
from services.excuses.reading import read_excuses
from services.figures.reading import read_figures
from services.history.entries import RULES, rules_stream
from services.history.entries import pack as pack_fact
from services.history.history import Fact
from services.judging.judge import Judge
from services.judging.loop import JudgingLoop
from services.judging.views import JUDGING
from services.reviews.packs import issued_pack, pack_bytes, review_pack
from services.reviews.reading import read_reviews
from services.seeing.past import replay
from tests.given import (
    PARIS,
    Tree,
    at,
    availability,
    conformity,
    contract,
    criterion,
    deadline,
    event,
    freshness,
    pausable,
    punctuality,
    structured,
    volume,
)
from tests.services.judged import NOW, Life, dumped, living, scratch
from tests.services.sharded import judged_in_shards

HOUR = 3_600_000_000
DAY = 24 * HOUR
BEGUN, END = at("01-03"), at("04-20")
MONTHLY = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h", "pack": "5 days"}
DEFAULTS: dict[str, Any] = Judge.__init__.__kwdefaults__ or {}
REPORTS = ["2026-01-05", "2026-01-12", "2026-02-16", "2026-W09", "2026-03-30"]


def agreement() -> Tree:
    """Targets of every form, over periods that end and over windows that roll; what the client owes is depended on."""
    misses, weekly = {"max_misses": 1, "per": "quarter"}, {"at_least": "80 %", "per": "week"}
    rolling, few = {"at_least": "75 %", "per": "10 days"}, {"max_misses": 1, "per": "28 days"}
    made = contract(
        criterion(punctuality(tolerance="1 h"), "report", each_miss="breach", targets=[misses, rolling]),
        criterion(deadline(changed={"type": "changed"}), "case", targets=[few, weekly], each_miss="breach"),
        criterion(pausable(within="30 h"), "speed", targets=[weekly, {"max_consecutive_misses": 1, "per": "month"}]),
        criterion(conformity(), "item", when_no_data="breach", targets=[few, {"at_least": "90 %", "per": "month"}]),
        criterion(availability(ignore_shorter_than="2 h"), "up", targets=[{"at_least": "97 %", "per": "month"},
                                                                          {"at_least": "90 %", "per": "7 days"}]),
        criterion(freshness(max_age="6 days"), "fresh", targets=[{"at_least": "80 %", "per": "month"}]),
        criterion(volume(per="month"), "much", targets=[{"at_least": "50 %", "per": "quarter"}]),
        late_data="2 days",
        review=MONTHLY,
    )  # fmt: skip
    made["deliverables"][0]["depends_on"] = ["input"]
    inputs = criterion(punctuality(delivered={"type": "input"}, due={"every": "friday", "at": "12:00"}), "in")
    made["deliverables"].append({"id": "input", "title": "Input", "owed_by": "client", "criteria": [inputs]})
    return made


@st.composite
def happenings(draw: st.DrawFn) -> OperationalEvent:
    time = BEGUN + draw(st.integers(-24, 24 * 100)) * HOUR
    subject = draw(st.sampled_from("abc"))
    kind = draw(st.sampled_from(["report", "input", "opened", "opened", "closed", "changed", "paused", "resumed", "item",
                                 "down", "down", "up", "updated"]))  # fmt: skip
    data: dict[str, object] = {}
    match kind:
        case "report" | "input":
            data["date"] = draw(st.sampled_from([*REPORTS, "2026-01-09", "2026-02-13", "2026-03-06"]))
        case "opened" | "changed":
            data["due"] = show(time + draw(st.integers(-24, 24 * 40)) * HOUR)
        case "item":
            data["errors"] = draw(st.sampled_from([0, 1]))
    return replace(event(kind, time, subject, id=f"{kind}{draw(st.integers(0, 10**6))}"), data=data)


histories = st.lists(happenings(), max_size=24, unique_by=lambda one: one.id)
cuttings = st.lists(st.integers(1, (END - BEGUN) // HOUR - 1), max_size=12)


def passed(life: Life, events: Sequence[OperationalEvent], steps: Sequence[Instant]) -> Life:
    """All events are there before time passes."""
    life.sign(agreement())
    life.advance(BEGUN)
    life.append([structured(one) for one in events])
    life.judge()
    for time in steps:
        life.advance(time)
    return life


POSITIONS = {"position", "opened_position", "evidence", "causes", "fingerprint"}


def without_positions(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: without_positions(one) for name, one in found.items() if name not in POSITIONS}
    return [without_positions(one) for one in found] if isinstance(found, list) else found


def pack(life: Life, review: str) -> Any:
    made = review_pack(life.store.seeing, ADMINISTRATOR, review)
    assert "1970-01-" not in pack_bytes(made).decode()
    return without_positions(made)


def followed(life: Life) -> dict[str, list[Any]]:
    """What follows from time, but for positions; packs too."""
    store = life.store
    reviews = [one for one in store.read(ADMINISTRATOR, read_reviews) if one.position is not None]
    breaches = [replace(one, opened_position=0) for one in store.read(ADMINISTRATOR, read_breaches)]
    excuses = [replace(one, position=0, evidence=()) for one in store.read(ADMINISTRATOR, read_excuses)]
    figures = [replace(one, position=0, causes=(), final=one.final and without_positions(dict(one.final)))
               for one in store.read(ADMINISTRATOR, read_figures)]  # fmt: skip
    return {
        "breaches": sorted(breaches, key=lambda one: one.id),
        "actions": sorted(store.read(ADMINISTRATOR, read_actions), key=lambda one: one.id),
        "reviews": [
            replace(one, position=0, issued=tuple(replace(each, position=0, at=0) for each in one.issued))
            for one in reviews
        ],
        "excuses": sorted(excuses, key=lambda one: one.id),
        "figures": figures,
        "packs": [pack(life, one.id) for one in reviews],
    }


@settings(max_examples=6)
@given(histories, cuttings)
def test_any_cutting_of_an_advance_into_steps_comes_to_the_same(
    events: list[OperationalEvent], hours: list[int]
) -> None:
    steps = sorted({BEGUN + hour * HOUR for hour in hours})
    with living() as leapt, living() as walked:
        once = followed(passed(leapt, events, [END]))
        cut = followed(passed(walked, events, [*steps, END]))
        for name, found in once.items():
            assert found == cut[name], name


@settings(max_examples=5)
@given(histories, st.integers(1, 40))
def test_an_advance_judged_in_slices_by_judges_that_end_after_each_comes_to_the_same(
    events: list[OperationalEvent], size: int
) -> None:
    with living() as life, scratch() as database:
        history = life.store.history
        whole = passed(life, events, [END]).dump()
        while Judge(history, database, slice=size).run():
            pass
        assert dumped(database) == whole
        assert judged_in_shards(history, 3, slice=size) == sorted(whole)
        assert replay(history, history.database).is_same


def mondays(*criteria: Tree) -> Tree:
    return contract(*(criteria or [criterion(punctuality(), each_miss="breach")]), review=MONTHLY)


def test_seven_weeks_in_one_step_are_seven_weeks_day_by_day() -> None:
    delivered = [event("report", f"{day} 09:00", date=f"2026-{day}") for day in ("01-05", "01-12", "01-26", "02-09")]
    late = event("report", "02-23 11:30", date="2026-02-23")
    found, issued = [], []
    for days in ([49], range(1, 50)):
        with living() as life:
            life.sign(mondays())
            life.advance(BEGUN)
            life.happen(*delivered, late)
            for day in days:
                life.advance(BEGUN + day * DAY + 14 * HOUR)
            found.append(followed(life))
            january, february = found[-1]["packs"]
            issued.append(without_positions(issued_pack(life.store.seeing, ADMINISTRATOR, "c@2026-02-03").pack))
    assert found[0] == found[1]
    assert issued[0] == issued[1]
    assert issued[0]["watermark"] == "2026-01-29T14:00:00+01:00"
    assert (january["review"]["number"], february["review"]["number"]) == (1, 2)
    assert february["watermark"] == february["review"]["starts"] == "2026-02-03T14:00:00+01:00"
    assert [(one["key"], one["opened_at"]) for one in february["breaches"] if one["key"]] == [
        ("2026-02-02", "2026-02-02T10:00:00+01:00"),
        ("2026-01-19", "2026-01-19T10:00:00+01:00"),
    ]
    assert [(one["cause"], one["due"], one["is_overdue"]) for one in february["actions"]] == [
        ("missing", "2026-02-02", True),
        ("target-lost", "2026-02-02", True),
    ]
    due = {one.cause: (one.due, one.opened_at) for one in found[0]["actions"]}
    assert due["late"] == (date(2026, 3, 2), at("02-23 10:00")), "due before the review after what was missed"
    assert all(one.due is not None and local_date(one.opened_at, PARIS) < one.due for one in found[0]["actions"])


def test_what_nobody_knew_then_opens_no_action_in_a_pack() -> None:
    """The second miss was known before its time: with it the quarter is lost from the first one on, but not as of February."""
    two: Tree = {"max_misses": 1, "per": "quarter"}
    with living() as life:
        life.sign(mondays(criterion(punctuality(), "report", target=two)))
        life.advance(BEGUN)
        delivered = [
            event("report", f"{day} 09:00", date=f"2026-{day}") for day in ("01-05", "01-12", "01-26", "02-02")
        ]
        life.happen(*delivered, event("report", "03-23 11:00", date="2026-03-23"))
        life.advance("01-20")
        life.advance("02-04")
        assert [one.opened_at for one in life.breaches()] == [at("01-19 10:00")]
        shown = pack(life, "c@2026-02-03")
        assert (shown["breaches"], shown["actions"]) == ([], [])


def test_a_breach_that_time_opens_bears_the_instant_at_which_its_limit_passed() -> None:
    share: Tree = {"at_least": "97 %", "per": "month"}
    with living() as life:
        life.sign(
            contract(
                criterion(punctuality(tolerance="90 min"), "report", each_miss="breach"),
                criterion(availability(), "up", target=share),
                criterion(conformity(), "item", when_no_data="breach"),
            )
        )
        life.advance(BEGUN)
        life.happen(event("down", "02-10 00:00"))
        life.advance(END)
        opened = {(one.commitment, one.period, one.key): one.opened_at for one in life.breaches()}
        assert opened["c/d/report", "2026-02", "2026-02-16"] == at("02-16 11:30")
        assert opened["c/d/item", "2026-02", None] == at("03-01 00:00")
        lost = opened["c/d/up", "2026-02", None]
        assert lost is not None
        assert abs(lost - (at("02-10 00:00") + 19 * DAY * 3 // 100)) <= 1, "3 % of what is known of the month"


def test_a_rolling_windows_breach_that_opens_anew_is_a_breach_of_its_own() -> None:
    none: Tree = {"max_misses": 0, "per": "10 days"}
    with living() as life:
        life.sign(mondays(criterion(conformity(), "item", target=none)))
        life.advance(BEGUN)
        life.happen(event("item", "01-05 09:00", id="1", errors=1))
        life.advance("01-06")
        [first] = life.breaches()
        [action] = life.actions()
        following_up = life.store.use(FollowingUp)
        following_up.acknowledge(ADMINISTRATOR, first.id)
        following_up.explain_breach(ADMINISTRATOR, first.id, "a slip")
        following_up.progress(ADMINISTRATOR, action.id, "looked at it")
        following_up.close(ADMINISTRATOR, action.id, "done")
        life.happen(event("item", "02-10 09:00", id="2", errors=1))
        life.advance(END)
        assert life.breaches() == []
        second, again = sorted(life.breaches("withdrawn"), key=lambda one: -(one.opened_at or 0))
        assert (again.id, again.acknowledged_by, len(again.explanations)) == (first.id, "administrator", 1)
        assert (second.opened_at, second.acknowledged_by, second.explanations) == (at("02-10 09:00") + 1, None, ())
        other = next(one for one in life.actions(None) if one.id == second.action)
        assert (other.id != action.id, other.state, other.opened_at) == (True, "not needed", second.opened_at)
        assert other.closed_at == at("02-20 09:00") + 1, "when it had left the window"
        assert life.judged_again() == life.dump()


def test_an_action_that_went_away_is_joined_by_no_later_breach_of_the_same_step() -> None:
    none: Tree = {"max_misses": 0, "per": "10 days"}
    with living() as life:
        life.sign(mondays(criterion(conformity(), "item", target=none)))
        life.advance(BEGUN)
        life.happen(*(event("item", f"{day} 09:00", id=day, errors=1) for day in ("01-05", "02-10")))
        life.advance("02-12")
        [open_now], [gone] = life.breaches(), life.breaches("withdrawn")
        actions = {one.id: (one.state, one.due) for one in life.actions(None)}
        assert actions[gone.action or ""] == ("not needed", date(2026, 1, 6))
        assert actions[open_now.action or ""] == ("open", date(2026, 3, 2))


def test_what_was_said_of_a_windows_breach_while_all_were_one_is_about_the_last() -> None:
    none: Tree = {"max_misses": 0, "per": "10 days"}
    with living() as life:
        life.sign(mondays(criterion(conformity(), "item", target=none)))
        life.advance(BEGUN)
        life.happen(event("item", "01-05 09:00", id="1", errors=1))
        life.advance("01-20")
        life.happen(event("item", "01-25 09:00", id="2", errors=1))
        life.advance("01-26")
        every = Breach("c/d/item", "rolling-10d", "", target_index=0, since=ROLLING_BEFORE)
        said = BreachFile(breach=every.id, commitment="c/d/item")
        said.acknowledge(by="ward", at=at("01-26"))
        life.store.history.save(said)
        life.judge()
        [last] = life.breaches()
        assert last.acknowledged_by == "ward"
        assert [one.acknowledged_by for one in life.breaches("withdrawn")] == [None]


def test_the_pack_of_a_review_that_was_called_before_shows_what_it_showed() -> None:
    with living() as life:
        life.sign(mondays())
        starts = at("02-03 14:00")
        position = life.position() + 2
        life.store.history.save(
            Review(review="c@2026-02-03", contract="c", starts=starts, pack_position=position, by="entente", at=starts)
        )
        life.advance("02-24")
        shown = pack(life, "c@2026-02-03")
        assert shown["watermark"] == "2026-02-24T00:00:00+01:00"
        assert next(one["key"] for one in shown["breaches"] if one["key"]) == "2026-02-23"


def test_what_waits_under_other_rules_joins_the_action_that_they_opened() -> None:
    """A store that was judged by older rules, which asked for the same action under another period."""
    with living() as life:
        life.sign(mondays())
        history = life.store.history
        life.append_time("02-24")
        old = Action(
            action=str(uuid4()), commitment="c/d/on-time", period="2026-02", cause="missing", text="", owner="lab",
            person="ann", due="2026-02-02", by="entente", at=NOW,
        )  # fmt: skip
        history.save(old)
        header = {"judging": JUDGING, "tzdata": "x", "received": NOW, "by": "administrator", "finals": []}
        history.append_facts([Fact(rules_stream(str(JUDGING), "x"), RULES, pack_fact(header, b""))])
        life.judge()
        assert [one.id for one in life.actions(None) if one.cause == "missing"] == [old.action]
        assert {one.action for one in life.breaches() if one.cause == "missing"} == {old.action}
        assert replay(history, history.database).is_same


def test_a_position_is_not_shown_as_reached_before_its_entry_is_whole() -> None:
    with living() as life:
        life.sign(mondays())
        life.append_time(END)
        history = life.store.history
        with scratch() as database:
            judge = Judge(history, database, slice=2)
            reached = []
            while judge.run():
                reached.append((judge.position, judge.slices > 0))
            assert reached[-1] == (life.position(), False)
            assert [one for one in reached if one[1]] == [(life.position() - 1, True)] * (len(reached) - 1)
            assert len(reached) > 5


def test_others_write_between_slices_and_a_judge_is_stopped_within_one(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DEFAULTS, "slice", 1)
    with living(sqlite_url) as life, scratch() as database:
        life.sign(mondays())
        before = life.position()
        life.append_time(at("2031-01-01"))
        judging = life.store.judging
        serving = Thread(target=judging.serve)
        serving.start()
        with life.store.history.database.connect() as reads:
            while not reads.query("SELECT slices FROM view_position")[0][0]:
                sleep(0.01)
        assert [one.result for one in life.append([structured(event("report", "01-05 09:00"))])] == ["accepted"]
        judging.stop()
        serving.join(30)
        assert not serving.is_alive()
        assert judging.position() < before + 1, "the entry is not whole yet"
        monkeypatch.undo()
        open_loop = JudgingLoop(life.store.history, life.store.history.database, lambda: NOW)
        open_loop.catch_up()
        Judge(life.store.history, database).catch_up()
        assert dumped(database) == life.dump()


def test_a_writer_of_another_process_gets_in_between_two_slices(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks for the lock of the file by itself, ten times a second: no hand holds it back meanwhile."""
    monkeypatch.setitem(DEFAULTS, "slice", 20)
    with living(sqlite_url) as life, living(sqlite_url) as other:
        life.sign(mondays())
        life.append_time(at("2034-01-01"))
        judging = life.store.judging
        serving = Thread(target=judging.serve)
        serving.start()
        try:
            waits = 0.0
            with life.store.history.database.connect() as reads:
                while not reads.query("SELECT slices FROM view_position")[0][0]:
                    sleep(0.01)
                for number in range(5):
                    began = monotonic()
                    other.append([structured(event("report", "01-05 09:00", id=f"n{number}"))])
                    waits += monotonic() - began
                assert reads.query("SELECT slices FROM view_position")[0][0], "and the step is still being judged"
        finally:
            judging.stop()
            serving.join(60)
        assert waits < 25
