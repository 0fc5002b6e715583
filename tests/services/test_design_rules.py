"""Rules 1 to 8 of the design (§3): what is owed, and by when. Each test names its rule and stands where it turns: the last
instant in time, and the first that is not. `make guards` takes the code of each rule away and shows the test that fails.
"""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

import pytest

from domain.calendar import PublishedCalendar
from domain.decisions import stream_of
from domain.durations import Elapsed, NominalDays, WorkingDays, WorkingHours, parse_duration
from domain.events import OperationalEvent
from domain.occurrences import Judgement
from domain.times import Instant, instant, zone
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.errors import DocumentInvalid
from services.explaining.occurrences import explain_occurrence
from services.figures.reading import read_occurrences
from services.history.entries import TIME, pack, time_stream
from services.history.history import Fact
from services.opening import open_store
from services.seeing.past import seeing_at
from tests.given import (
    OFFICE,
    Tree,
    at,
    conformity,
    contract,
    criterion,
    deadline,
    due,
    event,
    judged,
    owing,
    pausable,
    punctuality,
    turnaround,
    verdict,
    version,
)
from tests.services.judged import NOW, Life, counts, living

MONDAYS = contract(criterion(punctuality()))
MONTH: Tree = {"at_least": "90 %", "per": "month"}


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


def report(day: str, time: str | Instant) -> OperationalEvent:
    """Named after that day; on the wall of Paris."""
    return event("report", time, None, date=f"2026-{day}")


def case(key: str, opened: str | Instant, closed: str | Instant) -> list[OperationalEvent]:
    return [event("opened", opened, key), event("closed", closed, key)]


def in_january(life: Life) -> dict[str, str]:
    """Dates are known to the end of February."""
    return {key: verdict for key, verdict in life.verdicts().items() if key < "2026-02"}


# 1. Occurrences exist before the events.


def test_rule_01_what_a_rule_schedules_is_owed_before_any_event(life: Life) -> None:
    life.sign(MONDAYS)
    days = ["2026-01-05", "2026-01-12", "2026-01-19", "2026-01-26"]
    assert in_january(life) == dict.fromkeys(days, "pending")
    life.advance(at("01-05 10:00") - 1)
    assert in_january(life) == dict.fromkeys(days, "pending")
    life.advance("01-05 10:00")
    assert in_january(life) == {**dict.fromkeys(days, "pending"), "2026-01-05": "missing"}


def test_rule_01_a_case_is_owed_when_its_opening_event_arrives(life: Life) -> None:
    life.sign(contract(criterion(turnaround())))
    life.happen(event("closed", "01-05 14:00", id="early"))
    assert (life.verdicts(), life.unmatched()) == ({}, ["early"])
    life.happen(event("opened", "01-05 10:00"))
    assert (life.verdicts(), life.unmatched()) == ({"1": "met"}, [])


def test_rule_01_only_what_opens_within_validity_is_owed(life: Life) -> None:
    life.sign(contract(criterion(turnaround()), valid={"from": "2026-01-01", "until": "2026-01-31"}))
    for key, opened in (
        ("before", at("01-01") - 1),
        ("first", at("01-01")),
        ("last", at("02-01") - 1),
        ("after", at("02-01")),
    ):
        life.happen(event("opened", opened, key, id=key))
    assert (set(life.verdicts()), life.unmatched()) == ({"first", "last"}, ["before", "after"])


# 2. Four separate numbers: when it is due, how much lateness is tolerated, when to warn, how early it may come.


def test_rule_02_a_tolerance_moves_the_limit_and_not_the_due(life: Life) -> None:
    life.sign(contract(criterion(punctuality(tolerance="30 min"))))
    life.happen(report("01-05", at("01-05 10:30")), report("01-12", at("01-12 10:30") + 1))
    shown = life.occurrences()
    assert [(shown[key].verdict, shown[key].due) for key in ("2026-01-05", "2026-01-12")] == [
        ("met", at("01-05 10:00")),
        ("late", at("01-12 10:00")),
    ]
    life.advance(at("01-19 10:30") - 1)
    assert life.verdicts()["2026-01-19"] == "pending"
    life.advance("01-19 10:30")
    assert life.verdicts()["2026-01-19"] == "missing"


def test_rule_02_a_warning_is_counted_from_the_limit_and_makes_nothing_late(life: Life) -> None:
    life.sign(contract(criterion(punctuality(tolerance="30 min", warn="1 h"))))
    life.advance(at("01-05 09:30") - 1)
    assert not life.occurrences()["2026-01-05"].at_risk
    life.advance("01-05 09:30")
    shown = life.occurrences()["2026-01-05"]
    assert (shown.at_risk, shown.verdict) == (True, "pending")
    life.happen(report("01-05", "01-05 10:30"))
    assert life.verdicts()["2026-01-05"] == "met"


def test_rule_02_a_delivery_is_for_the_due_in_whose_window_it_comes(life: Life) -> None:
    life.sign(contract(criterion(punctuality(early="3 days"))))
    life.happen(event("report", at("01-02 10:00") - 1, id="before the first window"))
    life.happen(event("report", at("01-09 10:00") - 1), event("report", at("01-09 10:00")))
    assert life.unmatched() == ["before the first window"]
    assert in_january(life) == {
        "2026-01-05": "late",
        "2026-01-12": "met",
        "2026-01-19": "pending",
        "2026-01-26": "pending",
    }


def test_rule_02_windows_of_one_commitment_may_touch_and_not_overlap(life: Life) -> None:
    shortest = 167 * 60  # minutes from Monday to Monday in the week that loses an hour
    life.sign(contract(criterion(punctuality(early=f"{shortest} min"))))
    with pytest.raises(DocumentInvalid, match="the windows overlap"):
        life.sign(contract(criterion(punctuality(early=f"{shortest + 1} min")), id="other"))


def test_rule_02_the_producers_key_beats_matching_by_time(life: Life) -> None:
    life.sign(MONDAYS)
    life.happen(report("01-12", "01-01 00:00"), report("01-05", "01-19 09:00"))
    assert in_january(life) == {
        "2026-01-05": "late",
        "2026-01-12": "met",
        "2026-01-19": "pending",
        "2026-01-26": "pending",
    }


def test_rule_02_what_matches_nothing_waits_where_it_is_seen(life: Life) -> None:
    life.sign(MONDAYS)
    life.happen(event("report", "01-05 09:00", id="no such date", date="2026-01-06"))
    assert life.unmatched() == ["no such date"]
    assert set(life.verdicts().values()) == {"pending"}


# 3. Three times: when it happened is judged, when the tool noted it is shown, when it was received says what we believed.


def test_rule_03_what_is_judged_is_when_it_happened(life: Life) -> None:
    life.sign(MONDAYS)
    life.receive(
        [
            json.dumps(
                {
                    "specversion": "1.0",
                    "id": "1",
                    "source": "tool",
                    "type": "report",
                    "time": "2026-01-05T10:00:00+01:00",
                    "recordedtime": "2026-01-05T10:00:01+01:00",
                    "data": {"date": "2026-01-05"},
                }
            ).encode()
        ]
    )
    [shown] = life.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", "2026-01-05").events
    assert life.verdicts()["2026-01-05"] == "met"
    assert (shown.time, shown.recorded, shown.received) == (at("01-05 10:00"), at("01-05 10:00:01"), NOW)


def test_rule_03_late_news_never_changes_a_final_figure_silently(life: Life) -> None:
    life.sign(MONDAYS)
    life.advance("2026-02-01 00:00")
    assert (life.figure("2026-01").state, counts(life.figure("2026-01"))) == ("final", {"missing": 4})
    [news] = life.happen(report("01-26", "01-26 10:00"))
    shown = life.figure("2026-01")
    assert (shown.state, counts(shown), shown.causes) == ("restated", {"met": 1, "missing": 3}, (news.position,))


def test_rule_03_what_was_believed_is_what_had_been_received() -> None:
    now = [NOW]
    store = open_store("sqlite://:memory:", clock=lambda: now[0])
    life = Life(store, Door(store.history, lambda: now[0]))
    life.sign(MONDAYS)
    now[0] = NOW + 1_000_000
    life.happen(report("01-05", "01-05 10:00"))

    def believed(moment: Instant) -> dict[str, str]:
        with seeing_at(store.history, believed_at=moment) as then:
            return {one.key: one.verdict for one in then.read(ADMINISTRATOR, read_occurrences, "c/d/on-time")}

    assert believed(NOW + 999_999)["2026-01-05"] == "pending"
    assert believed(NOW + 1_000_000)["2026-01-05"] == "met"
    store.close()


# 4. Time is an event.


@pytest.mark.parametrize(
    ("tree", "happened", "key"),
    [
        (MONDAYS, [report("01-26", "01-26 10:00")], "2026-01-05"),
        (
            contract(criterion(turnaround())),
            [event("opened", "01-05 06:00"), event("opened", "01-26 10:00", "2")],
            "1",
        ),
        (contract(criterion(deadline())), [event("opened", "01-05 06:00", **due("01-05 10:00"))], "1"),
    ],
    ids=["date", "turnaround", "deadline"],
)
def test_rule_04_only_the_watermark_makes_missing(
    life: Life, tree: Tree, happened: list[OperationalEvent], key: str
) -> None:
    life.sign(tree)
    life.happen(*happened)
    assert life.verdicts()[key] == "pending"  # although the clock and later events say that it is over
    life.advance(at("01-05 10:00") - 1)
    assert life.verdicts()[key] == "pending"
    life.advance("01-05 10:00")
    assert life.verdicts()[key] == "missing"


def test_rule_04_the_watermark_only_grows(life: Life) -> None:
    life.sign(MONDAYS)
    life.advance("01-12 10:00")
    assert not life.store.timekeeping.advance(ADMINISTRATOR, at("01-12 10:00") - 1).has_moved
    earlier = at("01-05 10:00")
    state = pack({"time": earlier, "received": NOW, "by": "another door"}, b"")
    life.store.history.append_facts([Fact(time_stream(earlier), TIME, state)])
    life.judge()
    assert life.store.seeing.known().watermark == at("01-12 10:00")


def test_rule_04_a_replay_is_a_fold_over_the_history(life: Life) -> None:
    life.sign(MONDAYS)
    life.advance("01-05 10:00")
    life.happen(report("01-05", "01-05 10:00"), report("01-12", at("01-12 10:00") + 1))
    assert life.figure("2026-01").counts["met"] == 1
    life.advance("02-01 00:00")
    assert life.judged_again() == life.judged_again(1) == life.dump()


# 5. Local rules, UTC arithmetic. Instants are written in UTC here: what is tested converts the others.

NIGHTS = punctuality(due={"every": "sunday", "at": "02:30"})


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-03-22", "2026-03-22T01:30:00Z"),
        ("2026-03-29", "2026-03-29T01:30:00Z"),  # 02:30 is skipped: 03:30, in summer time
        ("2026-10-18", "2026-10-18T00:30:00Z"),
        ("2026-10-25", "2026-10-25T00:30:00Z"),  # 02:30 comes twice: the first
        ("2026-11-01", "2026-11-01T01:30:00Z"),
    ],
)
def test_rule_05_a_gap_moves_a_due_forward_and_an_overlap_takes_the_first(day: str, expected: str) -> None:
    found = owing(NIGHTS)
    wanted = instant(expected)
    assert judged(found, [], "12-31")[day].due == wanted
    assert verdict(found, [event("report", wanted, date=day)], key=day) == "met"
    assert verdict(found, [event("report", wanted + 1, date=day)], key=day) == "late"


@pytest.mark.parametrize(
    ("within", "opened", "expected"),
    [
        ("4 h", "2026-03-29T00:30:00Z", "2026-03-29T04:30:00Z"),
        ("4 h", "2026-10-25T00:30:00Z", "2026-10-25T04:30:00Z"),
        ("1 day", "2026-03-28T09:00:00Z", "2026-03-29T08:00:00Z"),
        ("1 day", "2026-10-24T08:00:00Z", "2026-10-25T09:00:00Z"),
        ("24 h", "2026-03-28T09:00:00Z", "2026-03-29T09:00:00Z"),
        ("24 h", "2026-10-24T08:00:00Z", "2026-10-25T08:00:00Z"),
    ],
)
def test_rule_05_lengths_are_measured_in_utc_and_days_on_the_wall(within: str, opened: str, expected: str) -> None:
    found = owing(turnaround(within=within))
    limit = instant(expected)
    assert verdict(found, case("1", opened, limit)) == "met"
    assert verdict(found, case("1", opened, limit + 1)) == "late"


SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def test_rule_05_a_night_shift_has_the_hours_it_has() -> None:
    shift: Tree = {"open": {"mon-sun": "00:00-06:00"}}
    found = version(1, contract(criterion(turnaround()), calendar=shift)).calendar
    assert found is not None
    assert [sum(b - a for a, b in found.spans(day)) // 3_600_000_000 for day in (SPRING, AUTUMN)] == [5, 7]


NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def test_rule_05_zones_are_those_of_the_pinned_data_and_not_of_the_machine(tmp_path: Path) -> None:
    wrong = tmp_path / "Europe" / "Paris"
    wrong.parent.mkdir()
    wrong.write_bytes(resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes())
    zoneinfo.reset_tzpath([tmp_path])
    try:
        found = [
            NEW_YEAR.astimezone(one("Europe/Paris")).hour for one in (zoneinfo.ZoneInfo.no_cache, zone.__wrapped__)
        ]
    finally:
        zoneinfo.reset_tzpath()
    assert found == [9, 1]


# 6. Working time: one interval set; closed days by rule; holidays copied.


def working(within: str, opened: str | Instant) -> Instant:
    """The due of a case, in the office of Monday to Friday, 9 to 12 and 13 to 17."""
    due = judged(owing(turnaround(within=within), calendar=OFFICE), [event("opened", opened)])["1"].due
    assert due is not None
    return due


@pytest.mark.parametrize(
    ("within", "opened", "expected"),
    [
        ("3 working hours", at("03-02 09:00"), at("03-02 12:00")),  # a limit may land on closing
        ("3 working hours", at("03-02 09:00") + 1, at("03-02 13:00") + 1),
        ("3 working hours", at("03-02 17:00") - 1, at("03-03 12:00") - 1),
        ("3 working hours", at("03-02 17:00"), at("03-03 12:00")),  # a start at closing is the next opening
        ("1 working day", at("03-02 17:00") - 1, at("03-03 17:00") - 1),
        ("1 working day", at("03-02 17:00"), at("03-04 09:00")),
    ],
)
def test_rule_06_opening_hours_exclude_their_end(within: str, opened: Instant, expected: Instant) -> None:
    assert working(within, opened) == expected


def test_rule_06_the_four_kinds_of_duration_never_stand_for_one_another() -> None:
    friday = at("03-06 16:00")
    kinds = {"4 h": Elapsed, "4 working hours": WorkingHours, "1 day": NominalDays, "1 working day": WorkingDays}
    assert {text: type(parse_duration(text)) for text in kinds} == kinds
    assert [working(one, friday) for one in kinds] == [
        at("03-06 20:00"), at("03-09 12:00"), at("03-07 16:00"), at("03-09 16:00"),
    ]  # fmt: skip


@pytest.mark.parametrize("start", ["03-02 08:00", "03-02 11:59", "03-02 12:00", "03-02 12:30", "03-06 17:00", "03-07"])
@pytest.mark.parametrize("hours", [1, 3, 7, 20])
def test_rule_06_adding_and_measuring_use_the_same_hours(start: str, hours: int) -> None:
    found = version(1, contract(criterion(turnaround()), calendar=OFFICE)).calendar
    assert found is not None
    assert found.open_between(at(start), found.next_opening(at(start))) == 0
    length = hours * 3_600_000_000
    assert found.open_between(at(start), found.add(at(start), WorkingHours(length))) == length


EASTER = {"open": {"mon-fri": "09:00-17:00"}, "closures": ["2026-04-06"]}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("previous", "04-03 10:00"), ("next", "04-07 10:00"), ("same", "04-06 10:00"), ("skip", None)],
)
def test_rule_06_a_due_on_a_closed_day_follows_the_deliverables_rule(rule: str, expected: str | None) -> None:
    found = owing(punctuality(on_closed_day=rule), calendar=EASTER)
    shown = judged(found, [], "05-01")
    assert shown["2026-03-30"].due == at("03-30 10:00")
    if expected is None:
        assert "2026-04-06" not in shown
        return
    assert shown["2026-04-06"].due == at(expected)
    assert verdict(found, [report("04-06", at(expected))], key="2026-04-06") == "met"
    assert verdict(found, [report("04-06", at(expected) + 1)], key="2026-04-06") == "late"


def test_rule_06_holidays_are_copied_into_what_is_published_and_are_closed(life: Life) -> None:
    may_day = {"country": "FR", "years": 2026}
    life.publish({"entente": 1, "calendar": "office", "timezone": "Europe/Paris", **OFFICE, "holidays": may_day})
    life.sign(contract(criterion(turnaround(within="1 working hour")), calendar="office"))
    life.happen(event("opened", "04-30 17:00"))
    assert life.occurrences()["1"].due == at("05-04 10:00")
    published = life.store.history.get(stream_of("calendar", "office"), PublishedCalendar).versions[-1]
    assert "2026-05-01" in json.loads(published.document)["holidays"]["dates"]


# 7. Pauses are events, with who caused them.

PAUSABLE = pausable(pause_causes={"path": "data.reason", "client": ["waiting"], "supplier": [], "none": ["strike"]})


def paused(*pauses: OperationalEvent, closed: str | Instant | None = None, watermark: str | None = None) -> Judgement:
    """A case that is opened at 10:00 on 2 March and may take four hours."""
    closing = [event("closed", closed)] if closed is not None else []
    return judged(owing(PAUSABLE), [event("opened", "03-02 10:00"), *pauses, *closing], watermark)["1"]


def pause(start: str | Instant, reason: str = "waiting") -> OperationalEvent:
    return event("paused", start, reason=reason)


def resume(end: str) -> OperationalEvent:
    return event("resumed", end)


def test_rule_07_a_pause_pushes_the_limit_by_its_length() -> None:
    around = (pause("03-02 11:00"), resume("03-02 12:30"))
    assert paused(*around, closed=at("03-02 15:30")).verdict == "met"
    assert paused(*around, closed=at("03-02 15:30") + 1).verdict == "late"


@pytest.mark.parametrize(("reason", "limit"), [("waiting", "15:30"), ("strike", "15:30"), ("lunch", "14:00")])
def test_rule_07_a_pause_counts_by_who_caused_it(reason: str, limit: str) -> None:
    assert paused(pause("03-02 11:00", reason), resume("03-02 12:30")).due == at(f"03-02 {limit}")


def test_rule_07_nothing_is_missing_while_a_pause_runs() -> None:
    running = pause("03-02 11:00")
    assert (paused(running, watermark="03-02 18:00").verdict, paused(running).flags) == ("pending", ("paused",))
    assert paused(running, resume("03-02 18:00"), watermark="03-02 20:59:59.999999").verdict == "pending"
    assert paused(running, resume("03-02 18:00"), watermark="03-02 21:00").verdict == "missing"


def test_rule_07_a_pause_that_starts_after_the_limit_changes_nothing() -> None:
    assert paused(pause(at("03-02 14:00")), resume("03-02 15:00")).due == at("03-02 15:00")
    assert paused(pause(at("03-02 14:00") + 1), resume("03-02 15:00")).due == at("03-02 14:00")


def test_rule_07_in_working_time_a_pause_pushes_by_what_was_open_of_it() -> None:
    found = owing(pausable(within="4 working hours"), calendar=OFFICE)
    around = [event("opened", "03-02 10:00"), pause("03-02 11:00"), resume("03-02 14:00")]
    assert judged(found, around)["1"].due == at("03-02 17:00")  # 15:00, and the two open hours of three


def test_rule_07_elapsed_time_is_a_function_of_the_events_in_whatever_order_they_come(life: Life) -> None:
    life.sign(contract(criterion(PAUSABLE)))
    events = [event("opened", "03-02 10:00"), pause("03-02 11:00"), resume("03-02 12:30"), *_strike()]
    for one in reversed(events):
        life.happen(one)
    assert life.occurrences()["1"].due == at("03-02 16:00")


def _strike() -> list[OperationalEvent]:
    return [pause("03-02 13:00", "strike"), resume("03-02 13:30")]


# 8. Versions.


def test_rule_08_an_amendment_splits_the_period_of_the_commitments_it_touches_and_of_those_only(life: Life) -> None:
    other = criterion(conformity(), "good")
    life.sign(contract(criterion(turnaround()), other))
    life.sign(contract(criterion(turnaround(within="1 h")), other, effective="2026-01-16"))
    for key, opened in (("old", at("01-16") - 1), ("new", at("01-16"))):
        life.happen(*case(key, opened, opened + 7_200_000_000), event("item", opened, errors=0))
    rows = life.occurrences()
    assert [(rows[key].version, rows[key].verdict) for key in ("old", "new")] == [(1, "met"), (2, "late")]
    on_time, good = life.figure("2026-01"), life.figure("2026-01", "c/d/good")
    assert [(one["version"], one["good"], one["total"]) for one in on_time.segments] == [(1, 1, 1), (2, 0, 1)]
    assert on_time.adjusted == (1, 2)
    assert [(one["version"], one["good"], one["total"]) for one in good.segments] == [(1, 2, 2)]


def test_rule_08_a_case_stays_under_the_version_of_its_opening(life: Life) -> None:
    life.sign(contract(criterion(turnaround(within="8 h"))))
    life.sign(contract(criterion(turnaround(within="1 h")), effective="2026-01-16"))
    life.happen(*case("1", at("01-16") - 1, at("01-16 08:00") - 1), *case("2", at("01-16") - 1, at("01-16 08:00")))
    assert life.verdicts() == {"1": "met", "2": "late"}


def test_rule_08_each_segment_is_held_against_its_own_target(life: Life) -> None:
    strict, lax = ({"at_least": share, "per": "month"} for share in ("90 %", "10 %"))
    life.sign(contract(criterion(turnaround(), target=strict)))
    life.sign(contract(criterion(turnaround(), target=lax), effective="2026-01-16"))
    life.happen(*case("late", "01-10 08:00", "01-10 18:00"), *case("met", "01-10 08:00", "01-10 12:00"))
    life.happen(*(one for key in "abcdefghijk" for one in case(key, "01-20 08:00", "01-20 09:00")))
    life.advance(at("01-16") - 1)
    assert life.figure("2026-01").status == "open"
    life.advance(at("01-16"))
    shown = life.figure("2026-01")
    assert (shown.adjusted, shown.status) == ((12, 13), "breached")  # 92 % over all, but one of two before


def test_rule_08_a_version_may_not_begin_on_a_day_that_time_has_reached(life: Life) -> None:
    life.sign(MONDAYS)
    life.advance(at("01-16") - 1)
    changed = contract(criterion(punctuality(tolerance="1 h")))
    with pytest.raises(DocumentInvalid, match="2026-01-15 has passed"):
        life.sign({**changed, "effective": "2026-01-15"})
    life.advance(at("01-16"))
    with pytest.raises(DocumentInvalid, match="2026-01-16 has passed"):
        life.sign({**changed, "effective": "2026-01-16"})
    assert life.sign({**changed, "effective": "2026-01-17"}).version == 2
