"""How much a file may say: each list has a bound, said in the refusal and in the schema; names from outside reach nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from domain.recurrence import DayRule
from domain.schedule import Moving
from domain.times import UnknownZone, zone
from services.contract_files import bounds, check, expand_holidays, json_schema, read_documents
from services.contract_files.holidays_source import HolidaysUnknown
from services.contract_files.mapping_terms import template
from services.errors import DocumentInvalid, Invalid
from tests.given import Tree, conformity, contract, criterion, document, punctuality, turnaround
from tests.services.judged import Life, living

CALENDAR: Tree = {"entente": 1, "calendar": "c", "timezone": "Europe/Paris", "open": {"mon": "09:00-10:00"}}
SERVICE: Tree = {"entente": 1, "service": "s"}
MAPPING: Tree = {
    "entente": 1,
    "mapping": "m",
    "read": {"format": "csv", "timezone": "UTC"},
    "events": [{"type": "t", "id": "{a}", "source": "s", "time": "{b}"}],
}
LETTERS = "x" * (bounds.TEXT + 1)


def said(**changes: Any) -> Tree:
    return contract(criterion(punctuality(**changes)))


def days(count: int) -> list[str]:
    return [f"{1990 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}" for number in range(count)]


TOO_MUCH: dict[str, tuple[Tree, str]] = {
    "types": (said(delivered={"type": [f"t{n}" for n in range(20_000)]}), "20,000 are too many (at most 200)"),
    "values": (said(delivered={"type": "t", "where": {"data.a": list(range(201))}}), "201 are too many (at most 200)"),
    "where": (
        said(delivered={"type": "t", "where": {f"data.a{n}": 1 for n in range(51)}}), "51 are too many (at most 50)",
    ),
    "at": (said(due={"every": "day", "at": [f"{n // 60:02}:{n % 60:02}" for n in range(97)]}), "97 are too many (at most 96)"),
    "every": (said(due={"every": "FREQ=DAILY;BYMONTH=" + "1," * 2_000 + "1", "at": "10:00"}), "letters (at most 2,000)"),
    "path": (said(key="data." + "a" * 400), "the path has 405 letters (at most 300)"),
    "choices": (
        contract(criterion(turnaround(within={"by": "data.p", **{f"p{n}": "1 h" for n in range(201)}}))),
        "201 keys are too many (at most 200)",
    ),
    "choice": (contract(criterion(turnaround(within={"by": "data.p", "p" * 400: "1 h"}))), "a key has 400 letters"),
    "criteria": (contract(*[criterion(conformity(), id=f"c{n}") for n in range(51)]), "51 are too many (at most 50)"),
    "criteria in all": (
        {
            **contract(),
            "deliverables": [
                {"id": f"d{n}", "criteria": [criterion(conformity(), id=f"c{m}") for m in range(50)]} for n in range(11)
            ],
        },
        "550 criteria in all are too many (at most 500",
    ),
    "deliverables": (
        {**contract(), "deliverables": [{"id": f"d{n}", "criteria": [criterion(conformity())]} for n in range(201)]},
        "201 are too many (at most 200)",
    ),
    "title": (contract(criterion(conformity()), title=LETTERS), "the text has 2,001 letters (at most 2,000)"),
    "owner": (contract({**criterion(conformity()), "owner": "x" * 301}), "the line has 301 letters (at most 300)"),
    "hours": (
        {**CALENDAR, "open": {"mon": [f"{n // 60:02}:{n % 60:02}-{(n + 1) // 60:02}:{(n + 1) % 60:02}" for n in range(1_439)]}},
        "1,439 are too many (at most 24)",
    ),
    "closures": ({**CALENDAR, "closures": days(2_001)}, "2,001 are too many (at most 2,000)"),
    "openings": (
        {**CALENDAR, "openings": [{"date": day, "at": "09:00-10:00"} for day in days(2_001)]}, "2,001 are too many",
    ),
    "years": ({**CALENDAR, "holidays": {"country": "FR", "years": "2000-2030"}}, "at most 30 years"),
    "people": ({**SERVICE, "people": [{"id": f"p{n}", "name": "P"} for n in range(1_001)]}, "1,001 are too many"),
    "sources": ({**SERVICE, "sources": [{"source": f"s{n}"} for n in range(201)]}, "201 are too many (at most 200)"),
    "expected every 0 s": ({**SERVICE, "sources": [{"source": "a", "expected_every": "0 s"}]}, "no time at all (a longer one)"),
    "expected every working day": (
        {**SERVICE, "sources": [{"source": "a", "expected_every": "1 working day"}]}, "needs a calendar, and a tool has none",
    ),
    "expected every age": ({**SERVICE, "sources": [{"source": "a", "expected_every": "40000 days"}]}, "longer than a century"),
    "mapped events": ({**MAPPING, "events": MAPPING["events"] * 101}, "101 are too many (at most 100)"),
    "form of times": ({**MAPPING, "read": {**MAPPING["read"], "times": "%d/%m/%Y %d"}}, "is not a form of times"),
    "wide form of times": ({**MAPPING, "read": {**MAPPING["read"], "times": "%999999999Y"}}, "is not a form of times (of these"),
    "encoding": ({**MAPPING, "read": {**MAPPING["read"], "encoding": "zlib"}}, "unknown encoding “zlib”"),
    "module as encoding": ({**MAPPING, "read": {**MAPPING["read"], "encoding": "../os"}}, "unknown encoding “../os”"),
}  # fmt: skip


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_is_too_much_is_refused_with_its_bound(what: str) -> None:
    tree, says = TOO_MUCH[what]
    problems = check(document(tree))
    assert any(says in one for one in problems), problems
    assert all(len(one) < 1_000 and "\n" not in one for one in problems)


@pytest.mark.parametrize("kind", ["contract", "calendar", "service", "mapping"])
def test_every_list_and_every_map_of_the_schema_has_a_bound(kind: str) -> None:
    unbounded = [path for path, one in _nodes(json_schema(kind), ()) if _is_open(one)]
    assert [path for path in unbounded if path[-1] not in ("DurationTableModel", "PauseCausesModel", "data")] == []


def _nodes(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Tree]]:
    if isinstance(tree, dict):
        yield path, tree
        for name, one in tree.items():
            yield from _nodes(one, (*path, name))
    elif isinstance(tree, list):
        for one in tree:
            yield from _nodes(one, path)


def _is_open(node: Tree) -> bool:
    match node.get("type"):
        case "array":
            return "maxItems" not in node
        case "object":
            is_map = node.get("additionalProperties", True) is not False or "patternProperties" in node
            return is_map and "maxProperties" not in node
    return False


@pytest.mark.parametrize("name", ["__loader__", "__class__", "registry", "HolidayBase", "os.path", "", "FR\x00", "fr"])
def test_only_names_of_the_librarys_own_list_are_asked_of_it(name: str) -> None:
    with pytest.raises(HolidaysUnknown):
        expand_holidays(name, [2026])
    with pytest.raises(HolidaysUnknown):
        expand_holidays("FR", [2026], name)


def test_countries_parts_and_payment_systems_of_the_library_are_known() -> None:
    assert date(2026, 7, 14) in expand_holidays("FR", [2026])
    assert date(2026, 12, 26) in expand_holidays("FR", [2026], "57")
    assert date(2026, 5, 1) in expand_holidays("XECB", [2026])


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/localtime", "Europe/../Europe/Paris", "Europe", "", "zone.tab", "__init__.py"]
)
def test_a_zone_is_a_name_of_the_pinned_data_and_no_path(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone(name)


def test_a_template_only_puts_cells_in() -> None:
    assert template("{x.__class__}-{0!r:>99}").filled({"x.__class__": "a", "0!r:>99": "b"}) == "a-b"
    assert template("{x.__class__}").filled({"x": "a"}) is None


def test_a_long_unknown_key_is_named_in_one_short_line() -> None:
    [problem] = check(document({**contract(criterion(conformity())), "k" * 900: 1}))
    assert len(problem) < 1_000
    assert "kkk…" in problem


def test_an_error_of_any_length_from_outside_is_one_short_line() -> None:
    error = Invalid("x" * 100_000, place="y" * 100_000, mend="z" * 100_000)
    assert len(str(error)) < 2_000
    many = DocumentInvalid(["x" * 100_000] * 1_000)
    assert (len(many.problems), max(map(len, many.problems))) == (100, 1_800)


def test_many_problems_of_one_file_are_said_up_to_a_hundred() -> None:
    tree = contract(*[{**criterion(conformity(), id=f"c{n}"), "wrong": 1, "bad": 2, "no": 3} for n in range(50)])
    assert len(check(document(tree))) == 100


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as alive:
        yield alive


def test_a_version_that_makes_too_many_dates_at_once_is_refused(life: Life) -> None:
    """Time has reached June 2026."""
    times = [f"{n // 4:02}:{n % 4 * 15:02}" for n in range(96)]
    dated = criterion(punctuality(due={"every": "day", "at": times}, early="5 min"))
    with pytest.raises(DocumentInvalid, match="more than 100,000 dates and periods between 1990-01-01 and 2028-07-01"):
        life.sign(contract(dated, valid={"from": "1990-01-01"}))
    life.sign(contract(dated, valid={"from": "2026-06-01"}, contract="c2"))
    endless = {**dated, "target": {"at_least": "90 %", "per": "contract"}}
    with pytest.raises(DocumentInvalid, match="between 2026-06-01 and 2199-12-31"):
        life.sign(contract(endless, valid={"from": "2026-06-01", "until": "2199-12-31"}, contract="c3"))


@pytest.mark.parametrize("day", ["0202-01-01", "1989-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_outside_the_years_that_can_be_judged_is_refused(day: str) -> None:
    for changes in ({"valid": {"from": day}}, {"effective": day}, {"calendar": {**CALENDAR, "closures": [day]}}):
        assert any("1990 to 2199" in one for one in check(document(contract(criterion(conformity()), **changes))))


def test_a_run_of_closed_days_is_walked_through_once() -> None:
    asked = 0

    def is_closed(day: date) -> bool:
        nonlocal asked
        asked += 1
        return date(2026, 1, 2) <= day <= date(2035, 12, 31)

    run = list(DayRule.parse("day").dates(date(2026, 1, 1), date(2026, 1, 1), date(2036, 1, 2), is_closed))
    for rule, goes in (("next", date(2036, 1, 1)), ("previous", date(2026, 1, 1))):
        asked, move = 0, Moving(rule, is_closed)
        assert {move(day) for day in run[1:-2]} == {goes}
        assert [move(day) for day in (run[0], run[-2], run[-1])] == [run[0], run[-2], run[-1]]
        assert asked < 4 * len(run)
    assert Moving("skip", is_closed)(run[1]) is None


def test_the_end_of_a_calendar_is_said_as_it_is() -> None:
    """The last days of the year are closed: what would move beyond them does."""
    calendar = {
        "open": {"mon-fri": "09:00-17:00"},
        "holidays": {"country": "FR", "years": 2026},
        "closures": ["2026-12-24..2026-12-31"],
    }
    tree = contract(
        criterion(punctuality(due={"every": "day", "at": "10:00"}, on_closed_day="next")),
        valid={"from": "2026-01-01", "until": "2026-12-31"},
        calendar=calendar,
    )  # fmt: skip
    [problem] = check(document(tree))
    assert "the calendar ends with 2026-12-31, and dues go on after it (add years to it)" in problem


def test_a_day_is_found_among_closures_that_overlap(life: Life) -> None:
    closures = ["2026-03-02..2026-03-20", "2026-03-04..2026-03-05", "2026-03-10..2026-03-24", "2026-03-30"]
    calendar = {"open": {"mon-fri": "09:00-17:00"}, "closures": closures}
    life.sign(
        contract(
            criterion(punctuality(on_closed_day="skip")),
            calendar=calendar,
            valid={"from": "2026-02-23", "until": "2026-04-06"},
        )
    )
    life.advance("04-30 00:00")
    assert list(life.verdicts()) == ["2026-02-23", "2026-04-06"]


def test_a_file_of_many_documents_is_read_document_by_document() -> None:
    assert len(read_documents("---\n".join(["entente: 1\nservice: a\n"] * 50), "f.yaml")) == 50
