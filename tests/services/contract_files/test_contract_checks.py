"""What needs the calendar, or more than one replaced passage, to be refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.terms import CalendarTerms
from services.contract_files import Document, calendar_terms, check, check_contract, read_documents
from services.contract_files.to_terms import canonical_text, tree_from_canonical

One = Callable[[str], Document]
CALENDAR = 'entente: 1\ncalendar: office\ntimezone: Europe/Paris\nopen: {mon-fri: "09:00-17:00"}\n'
AT = "deliverables[0].criteria[0].indicator"


def contract(due: str, more: str, *, valid: str = "{from: 2026-01-01, until: 2026-12-31}", calendar: str = "") -> str:
    return f"""entente: 1
contract: c
supplier: a
client: b
timezone: Europe/Paris
valid: {valid}
deliverables:
  - id: d
    criteria:
      - id: k
        indicator:
          kind: punctuality
          delivered: {{type: t}}
          due: {due}
          {more}
        target: {{max_misses: 1, per: month}}
{calendar}"""


def turnaround(more: str) -> str:
    text = contract("-", "-")
    start, end = text.index("          kind:"), text.index("        target:")
    indicator = f"{{kind: turnaround, opened: {{type: o}}, closed: {{type: c}}, {more}}}"
    return f"{text[:start]}          {indicator}\n{text[end:]}"


def office(holidays: str = "") -> dict[str, CalendarTerms]:
    [document] = read_documents(CALENDAR + holidays, "c.yaml")
    return {"office": calendar_terms(document)}


@pytest.mark.parametrize(
    ("due", "early", "is_refused"),
    [
        ('{every: day, at: "09:30"}', "1 day", False),
        ('{every: day, at: "09:30"}', "23 h", False),
        ('{every: day, at: "09:30"}', "24 h", True),
        ('{every: day, at: "09:30"}', "2 days", True),
        ('{every: day, at: ["09:30", "15:30"]}', "6 h", False),
        ('{every: day, at: ["09:30", "15:30"]}', "361 min", True),
        ('{every: "FREQ=MONTHLY;BYMONTHDAY=1", at: "12:00"}', "28 days", False),
        ('{every: "FREQ=MONTHLY;BYMONTHDAY=1", at: "12:00"}', "29 days", True),
        ('{every: [monday, thursday], at: "12:00"}', "3 days", False),
        ('{every: [monday, thursday], at: "12:00"}', "4 days", True),
    ],
)
def test_windows_may_touch_and_not_overlap(one: One, due: str, early: str, is_refused: bool) -> None:
    problems = check(one(contract(due, f"early: {early}")))
    assert [problem.split(": ")[:3] for problem in problems] == (
        [["f.yaml:15:18", f"{AT}.early", "the windows overlap"]] if is_refused else []
    )


def test_days_that_the_calendar_moves_together_make_windows_overlap(one: One) -> None:
    text = contract(
        '{every: [friday, monday], at: "12:00"}',
        "early: 3 days\n          on_closed_day: next",
        calendar="calendar: office",
    )
    assert check_contract(one(text), office()) == []
    closed = office('closures: ["2026-05-15"]\n')  # a Friday: its due moves to Monday, where another stands already
    assert check_contract(one(text), closed) == []
    closed = office('closures: ["2026-05-18"]\n')  # a Monday: its due moves to Tuesday
    assert check_contract(one(text), closed) == []
    closed = office('closures: ["2026-05-14..2026-05-16"]\nopenings: [{date: 2026-05-17, at: ["09:00-12:00"]}]\n')
    [problem] = check_contract(one(text), closed)
    assert "begins before the due of 2026-05-17T12:00:00+02:00" in problem
    assert problem.endswith("(no longer than the shortest time between two dues, 1 day)")


def test_a_rule_that_gives_no_date_in_the_validity_is_refused(one: One) -> None:
    valid = "{from: 2026-01-06, until: 2026-01-11}"
    [problem] = check(one(contract('{every: monday, at: "09:00"}', "key: data.week", valid=valid)))
    assert problem == (
        f"f.yaml:14:24: {AT}.due.every: the rule gives no date between 2026-01-06 and 2026-01-11"
        " (another rule, or a longer validity)"
    )
    valid = "{from: 2026-01-06, until: 2026-01-12}"
    assert check(one(contract('{every: monday, at: "09:00"}', "key: data.week", valid=valid))) == []


def test_a_rule_whose_days_are_all_skipped_gives_no_date(one: One) -> None:
    more = "key: data.week\n          on_closed_day: skip"
    text = contract('{every: sunday, at: "09:00"}', more, calendar="calendar: office")
    assert check_contract(one(text)) == [], "without the calendar nobody can tell"
    [problem] = check_contract(one(text), office())
    assert "the rule gives no date between" in problem


def test_a_rare_rule_of_a_contract_without_end_is_accepted(one: One) -> None:
    due = '{every: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", at: "09:00"}'
    assert check(one(contract(due, "key: data.date", valid="{from: 2026-03-01}"))) == []


def test_dues_beyond_the_years_of_the_calendar_are_refused_where_the_end_is_known(one: One) -> None:
    due, more = '{every: working day, at: "09:00"}', "key: data.date"
    calendars = office("holidays: {country: FR, years: 2026}\n")
    text = contract(due, more, valid="{from: 2026-01-01, until: 2027-01-31}", calendar="calendar: office")
    [problem] = check_contract(one(text), calendars)
    assert problem.startswith(f"f.yaml:14:24: {AT}.due.every: the calendar ends with ")
    assert check_contract(one(contract(due, more, calendar="calendar: office")), calendars) == []
    assert (
        check_contract(one(contract(due, more, valid="{from: 2026-01-01}", calendar="calendar: office")), calendars)
        == []
    )


def test_a_calendar_that_was_not_published_is_refused_where_the_published_ones_are_known(one: One) -> None:
    text = contract('{every: monday, at: "09:00"}', "key: data.week", calendar="calendar: ofice")
    assert check_contract(one(text)) == []
    assert check_contract(one(text), office()) == [
        "f.yaml:17:11: calendar: there is no calendar “ofice” (did you mean “office”?)"
    ]
    text = contract('{every: monday, at: "09:00"}', "key: data.week", calendar="calendar: {name: x, follow: true}")
    assert check_contract(one(text), {}) == [
        "f.yaml:17:18: calendar.name: there is no calendar “x” (apply its file first)"
    ]


@pytest.mark.parametrize(
    ("due", "more", "place", "path", "written"),
    [
        ("working day", "key: data.date", "14:24", "due.every", "working day"),
        ("last working day of the month", "key: data.date", "14:24", "due.every", "last working day of the month"),
        ("monday", "key: data.date\n          tolerance: 2 working hours", "16:22", "tolerance", "2 working hours"),
        ("monday", "early: 1 working day", "15:18", "early", "1 working day"),
        ("monday", "key: data.date\n          warn: 3 working days", "16:17", "warn", "3 working days"),
    ],
)
def test_working_time_needs_a_calendar(one: One, due: str, more: str, place: str, path: str, written: str) -> None:
    text = contract(f'{{every: {due}, at: "09:00"}}', more)
    assert check(one(text)) == [
        f"f.yaml:{place}: {AT}.{path}: “{written}” needs a calendar (add calendar: and its name to the contract)"
    ]
    assert check_contract(one(text + "calendar: office\n"), office()) == []


def test_working_time_in_a_table_needs_a_calendar(one: One) -> None:
    table = '{by: data.p, "1": 4 working hours, else: 1 day}'
    text = turnaround(f"within: {table}")
    [problem] = check(one(text))
    assert problem.startswith(f"f.yaml:12:94: {AT}.within.1: “4 working hours” needs a calendar")


@pytest.mark.parametrize(
    ("indicator", "problem"),
    [
        (
            "within: 1 h, under: 2 h",
            f"f.yaml:12:11: {AT}: it says both within and under (exactly one of the two, such as within: 4 h)",
        ),
        (
            "warn: 1 h",
            f"f.yaml:12:11: {AT}: it says neither within nor under (exactly one of the two, such as within: 4 h)",
        ),
        (
            "within: {by: data.p, else: 1 h}",
            f"f.yaml:12:76: {AT}.within: the table has no values"
            ' (such as {by: data.priority, "1": 4 h, else: 2 days})',
        ),
        ("within: {1: 4 h}", f"f.yaml:12:76: {AT}.within: the key “by” is missing (by: where the value stands)"),
        (
            "within: 1 h, resumed: {type: r}",
            f"f.yaml:12:11: {AT}: it says resumed, but nothing pauses (add paused, or leave it out)",
        ),
        (
            "within: 1 h, paused: {type: p}, pause_causes: {path: data.r, client: [x, y], none: [y]}",
            f"f.yaml:12:152: {AT}.pause_causes.none[0]: “y” stands under “client” too (one cause for a reason)",
        ),
    ],
)
def test_a_turnaround_says_one_limit_and_each_cause_once(one: One, indicator: str, problem: str) -> None:
    text = turnaround(indicator)
    assert check(one(text)) == [problem]


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for name, one in inside for found in _paths(one, (*path, name)))]


_WORDS = [
    *(
        "2026-01-01",
        "9999-12-31",
        "0001-01-01",
        "1 day",
        "36500 days",
        "3 working days",
        "95 %",
        "monday",
        "FREQ=DAILY",
    ),
    *("FREQ=YEARLY;INTERVAL=999", "data.x", "subject", "a", "10:00", "working day", "end of day", "contract"),
]
_KEYS = st.sampled_from(["a", "kind", "type", "every", "by", "else", "open", "at_least", "data.x", "path"])
_LEAVES = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.sampled_from(_WORDS)
_VALUES = st.recursive(
    _LEAVES, lambda inside: st.lists(inside, max_size=3) | st.dictionaries(_KEYS, inside, max_size=3), max_leaves=5
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_value_anywhere_is_checked_without_a_crash(data: st.DataObject) -> None:
    text = contract('{every: friday, at: "12:00"}', "early: 3 days", calendar="calendar: {open: {mon: '09:00-10:00'}}")
    [document] = read_documents(text, "f.yaml")
    tree = tree_from_canonical(canonical_text(document.tree))
    path = data.draw(st.sampled_from([path for path in _paths(tree) if path]))
    holder = tree
    for part in path[:-1]:
        holder = holder[part]  # type: ignore[index]
    holder[path[-1]] = data.draw(_VALUES)  # type: ignore[index]
    assert all(problem.startswith("f.yaml:1:1: ") for problem in check(Document("f.yaml", tree, {}, {})))
