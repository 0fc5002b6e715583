"""What the list of occurrences says beside each: how much time is left, or was."""

from __future__ import annotations

import re
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from dashboards.language import language
from dashboards.pages.figures.ledger import risk_words
from services.figures.rows import RiskRow
from tests.dashboards.town import empty_town
from tests.dashboards.visiting import visited
from tests.given import at, contract, criterion, event, pausable, structured


def test_of_a_case_whose_time_stands_still_nothing_is_left_and_nothing_is_past() -> None:
    with empty_town() as town, visited(town) as site:
        town.clock.now = at("2026-02-20 12:00")
        town.agree(contract(criterion(pausable()), valid={"from": "2026-03-01"}), "supplier", "client")
        town.advance(at("2026-03-02 08:00"))
        happened = [event("opened", "2026-03-02 09:00", one) for one in ("1", "2")]
        town.hear(*(structured(one) for one in (*happened, event("paused", "2026-03-02 10:00", "1"))))
        town.advance(at("2026-03-02 11:00"))
        rows = re.findall(r"<tr.*?</tr>", site.page("/commitments/c/d/on-time?period=all"), re.DOTALL)
        paused, running = ([row for row in rows if f"key={one}" in row or f"why={one}" in row] for one in ("1", "2"))
    assert ("left" in str(running), "left" in str(paused), "paused" in str(paused)) == (True, False, True)


def test_time_that_is_not_all_used_is_not_said_to_be() -> None:
    view: Any = SimpleNamespace(language=language("en"))
    for used, words in ((Fraction(9_999, 10_000), "99.99"), (Fraction(1), "100"), (Fraction(4, 5), "80")):
        [said] = risk_words(view, RiskRow(used, "time", None, has_warning=False))
        assert said.replace("\u202f", "").replace("\xa0", "").startswith(f"{words}%"), said
