"""Real incidents, judged as their organisations judged them (shared `data/README.md`): an IT provider's verdicts under a rule that
was fitted on them, a city's under its calendar, and the waits of a car maker against a sum made another way."""

from __future__ import annotations

import csv
import gzip
import lzma
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.occurrences import Evidence, Verdict, evidence_order
from domain.times import Instant, from_local, instant, zone
from tests.given import Tree, commitment, contract, criterion, turnaround

DATA = Path(__file__).parents[2] / "../shared/data"
UTC, BOSTON = zone("UTC"), zone("America/New_York")
HOUR = 3_600_000_000


def needed(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.fail(f"the public records are absent: ../shared/data/{name} beside the project's folder")
    return path


def judged(found: Commitment, events: Iterable[OperationalEvent]) -> dict[str, Verdict]:
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for event in events:
        for route in found.route(event):
            assert route.key is not None
            evidence[route.key].append(route.evidence)
    return {key: found.judge(key, sorted(each, key=evidence_order), None).verdict for key, each in evidence.items()}


# An IT provider: UCI 498


def _uci_rows() -> Iterator[dict[str, str]]:
    path = needed("uci_servicenow_incidents/incident_event_log.csv.xz")
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _uci_time(text: str) -> Instant:
    return from_local(datetime.strptime(text, "%d/%m/%Y %H:%M"), UTC)  # noqa: DTZ007 — the file's own clock


def test_an_it_provider_reached_the_same_verdicts() -> None:
    working_day = 8
    under: Tree = {
        "by": "data.priority",
        **{str(level): f"{days * working_day} working hours" for level, days in enumerate((1, 1, 7, 15), 1)},
    }
    calendar = {"open": {"mon-fri": ["15:00-23:00"]}}
    rule = turnaround(under=under, changed={"type": "changed"})
    found = commitment(contract(criterion(rule), calendar=calendar, timezone="UTC", valid={"from": "2016-01-01"}))
    made: dict[str, bool] = {}
    events: list[OperationalEvent] = []
    for number, row in enumerate(_uci_rows()):
        case, data = row["number"], {"priority": row["priority"][0]}
        if case not in made:
            events.append(_event("opened", number, _uci_time(row["opened_at"]), case, data))
        events.append(_event("changed", number, _uci_time(row["sys_updated_at"]), case, data))
        if row["incident_state"] == "Closed":
            events.append(_event("closed", number, _uci_time(row["closed_at"]), case, data))
        made[case] = row["made_sla"] == "true"
    verdicts = judged(found, events)
    assert len(verdicts) == len(made) == 24_918
    assert sum((verdicts[case] is Verdict.MET) == kept for case, kept in made.items()) >= 24_881


def _event(type: str, number: int, time: Instant, subject: str, data: dict[str, str]) -> OperationalEvent:
    return OperationalEvent(f"{number}/{type}", "records", type, time, subject, data)


# A city: Boston 311


HOLIDAYS = ["01-01", "01-19", "02-16", "04-20", "05-25", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"]
OFFICE: Tree = {
    "open": {"mon-fri": ["08:30-17:00"]},
    "closures": [*(f"2015-{day}" for day in HOLIDAYS), "2016-01-01"],
}


@pytest.mark.parametrize(
    ("kind", "days", "reached", "closed"),
    [
        ("Pick up Dead Animal", 1, 2_195, 2_197),
        ("CE Collection", 1, 4_915, 4_923),
        ("Empty Litter Basket", 1, 2_909, 2_920),
        ("Equipment Repair", 5, 1_513, 1_515),
        ("Sticker Request", 1, 2_435, 2_459),
        ("Sidewalk Repair (Make Safe)", 1, 3_465, 3_608),
    ],
)
def test_a_city_reached_the_same_verdicts_under_its_calendar(kind: str, days: int, reached: int, closed: int) -> None:
    within = f"{days} working day{'s' if days > 1 else ''}"
    rule = turnaround(within=within)
    found = commitment(contract(criterion(rule), calendar=OFFICE, timezone=BOSTON.key, valid={"from": "2014-12-01"}))
    events: list[OperationalEvent] = []
    recorded: dict[str, str] = {}
    with lzma.open(needed("boston311_2015/boston311_2015.csv.xz"), "rt", encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["TYPE"] == kind and row["TARGET_DT"] and row["CLOSED_DT"] and row["OnTime_Status"]
        ]
    for number, row in enumerate(rows):
        case = row["CASE_ENQUIRY_ID"]
        recorded[case] = row["OnTime_Status"]
        events.append(_event("opened", number, _city_time(row["OPEN_DT"]), case, {}))
        events.append(_event("closed", number, _city_time(row["CLOSED_DT"]), case, {}))
    verdicts = judged(found, events)
    same = Counter((verdicts[case] is Verdict.MET) == (status == "ONTIME") for case, status in recorded.items())
    assert len(recorded) == closed
    assert same[True] >= reached


def _city_time(text: str) -> Instant:
    return from_local(datetime.strptime(text, "%m/%d/%Y %I:%M:%S %p"), BOSTON)  # noqa: DTZ007 — wall time of the city


# A car maker: BPI Challenge 2013


def _volvo() -> dict[str, list[tuple[Instant, str]]]:
    """(time, sub-status) of each case, in the file's order."""
    cases: dict[str, list[tuple[Instant, str]]] = {}
    space = "{http://www.xes-standard.org/}"
    with gzip.open(needed("bpic2013_volvo_incidents/bpic2013_incidents.xes.gz")) as file:
        for _, trace in ElementTree.iterparse(file):
            if trace.tag != f"{space}trace":
                continue
            name = next(one.get("value") for one in trace if one.get("key") == "concept:name")
            steps = []
            for event in trace.iter(f"{space}event"):
                said = {one.get("key"): one.get("value") or "" for one in event}
                steps.append((instant(said["time:timestamp"]), said["lifecycle:transition"]))
            assert name is not None
            cases[name] = steps
            trace.clear()
    return cases


def test_the_waits_of_a_car_maker_push_the_due_by_their_sum() -> None:
    cases = _volvo()
    rule = turnaround(within="800000 h", paused={"type": "paused"}, resumed={"type": "resumed"})
    found = commitment(contract(criterion(rule), timezone="UTC", valid={"from": "2010-01-01"}))
    independent: dict[str, int] = {}
    events: list[OperationalEvent] = []
    number = waits = 0
    for case, steps in cases.items():
        events.append(OperationalEvent(f"{case}/0", "records", "opened", steps[0][0], case))
        total, since = 0, None
        for time, status in steps:
            number += 1
            is_wait = status.startswith("Wait")
            waits += is_wait
            # The file's order decides where two steps share an instant: `sequence`.
            kind = "paused" if is_wait else "resumed"
            events.append(OperationalEvent(f"{case}/{number}", "records", kind, time, case, sequence=str(number)))
            if since is not None:
                total += time - since
            since = time if is_wait else None
        independent[case] = total
        if since is not None:  # it still waits at the end of the log: a closing ends the pause
            last = max(time for time, _ in steps)
            independent[case] += last - since
        events.append(
            OperationalEvent(f"{case}/end", "records", "closed", max(t for t, _ in steps), case, sequence="z")
        )
    assert (len(cases), waits) == (7_554, 6_657)
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for event in events:
        for route in found.route(event):
            evidence[str(route.key)].append(route.evidence)
    pushed = {}
    for case, each in evidence.items():
        judgement = found.judge(case, sorted(each, key=evidence_order), None)
        assert judgement.due is not None
        assert judgement.opened is not None
        pushed[case] = judgement.due - judgement.opened - 800_000 * HOUR
    assert pushed == independent
    assert sum(1 for one in independent.values() if one) <= 3_365
    assert round(Fraction(sum(independent.values()), HOUR * 6_657)) == 110
