"""Rules of RFC 5545 give the dates of its text: as another reader of it, who shares no code, says (`tests/oracle/recurrence.py`),
and as libical has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from domain.recurrence import DayRule
from tests.domain import drawn_rules
from tests.oracle import recurrence
from tests.oracle.calendars import Calendar

RULES = 2_000
DATA = Path(__file__).parents[2] / "../shared/data/rfc5545_recurrences/rules.jsonl"
DATED = 100
"""Of the rules of libical's table, at least so many give its dates; the others are refused."""


def dates(rule: str, anchor: date, last: date) -> list[date]:
    DayRule.check(rule)
    return list(DayRule.parse(rule).dates(anchor, anchor, last, lambda _: False))


def drawn(seed: int) -> Iterator[tuple[str, date]]:
    """Those that are not refused."""
    draw = Random(seed)
    while True:
        rule, anchor = drawn_rules.rule(draw), drawn_rules.anchor(draw)
        try:
            DayRule.check(rule)
        except ValueError:
            continue
        yield rule, anchor


@pytest.mark.parametrize("seed", range(4))
def test_random_rules_give_the_dates_that_another_reader_of_the_rfc_says(seed: int) -> None:
    for _, (rule, anchor) in zip(range(RULES // 4), drawn(seed), strict=False):
        last = date(anchor.year + (6 if "YEARLY" in rule else 2), 12, 31)
        expected = recurrence.dates(rule, anchor, last, Calendar((), "UTC"))
        assert dates(rule, anchor, last) == expected, f"{rule} from {anchor}"
        later = anchor + timedelta(days=700)
        assert list(DayRule.parse(rule).dates(anchor, later, last, lambda _: False)) == [
            day for day in expected if day >= later
        ], f"{rule} from {anchor}, asked from {later}"


def test_each_rule_of_libicals_table_gives_its_dates_or_is_refused() -> None:
    if not DATA.exists():
        pytest.fail("libical's rules are not here: ../shared/data/rfc5545_recurrences beside the project's folder")
    agreed, wrong = 0, []
    for line in DATA.read_text().splitlines():
        it = json.loads(line)
        parts = [one for one in it["rrule"].rstrip(";").split(";") if not one.startswith(("COUNT=", "UNTIL="))]
        try:
            given = dates(";".join(parts), *map(date.fromisoformat, (it["dtstart"], it["dates"][-1])))
        except ValueError:
            continue
        is_same = [str(day) for day in given] == it["dates"]
        agreed += is_same
        wrong += [] if is_same else [f"{it['rrule']} from {it['dtstart']}: {', '.join(map(str, given))}"]
    assert wrong == []
    assert agreed >= DATED
