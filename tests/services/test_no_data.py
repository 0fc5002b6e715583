"""No data in its meanings: nothing was due, nothing came; what a criterion says of it; and clauses that nobody monitors
(DESIGN §3.9, §3.15; MEANING §5)."""

from __future__ import annotations

import pytest

from services.access import ADMINISTRATOR
from services.api.json_rows import contract_json
from services.reading.figure_rows import figure_json
from tests.given import (
    Tree,
    availability,
    conformity,
    contract,
    criterion,
    deadline,
    event,
    freshness,
    measure,
    punctuality,
    satisfaction,
    turnaround,
    volume,
)
from tests.services.judged import living

SHARE: Tree = {"at_least": "90 %", "per": "month"}
QUIET = [deadline(), turnaround(), conformity(), conformity(key="data.batch"), satisfaction(), volume(), availability()]


@pytest.mark.parametrize(("says", "status"), [("unknown", "no_data"), ("breach", "breached"), ("ignore", "no_data")])
@pytest.mark.parametrize("indicator", [*QUIET, measure()], ids=lambda one: one["kind"])
def test_a_quiet_period_is_never_all_or_nothing(indicator: Tree, says: str, status: str) -> None:
    target = SHARE if indicator["kind"] != "measure" else {"at_most": 5, "per": "month"}
    with living() as life:
        life.sign(contract(criterion(indicator, when_no_data=says, target=target)))
        life.advance("03-01")
        figure = life.figure("2026-02")
        if indicator["kind"] == "volume" and says == "breach":
            assert (figure.counts["failed"] > 0, figure.status) == (True, "breached")
        else:
            assert (figure.value, bool(figure.adjusted[1]), figure.status) == (None, False, status)
        assert life.judged_again() == life.dump()


@pytest.mark.parametrize("says", ["unknown", "breach", "ignore"])
@pytest.mark.parametrize(("indicator", "missed"), [(punctuality(), "missing"), (freshness(), "failed")])
def test_where_something_was_due_its_absence_is_a_miss_whatever_is_said(
    indicator: Tree, missed: str, says: str
) -> None:
    with living() as life:
        life.sign(contract(criterion(indicator, when_no_data=says)))
        life.advance("03-01")
        assert (life.figure("2026-02").status, set(life.verdicts().values()) <= {missed, "pending"}) == (
            "breached",
            True,
        )


def test_a_clause_that_nobody_monitors_is_named_with_its_owner_wherever_it_is_shown() -> None:
    with living() as life:
        quiet = criterion(deadline(opened={"type": "quiet"}), "quiet")
        life.sign(contract(criterion(deadline(), "lively"), quiet))
        life.happen(event("opened", "01-10"))
        life.advance("01-20")
        reading = life.store.reading
        [whole] = reading.contracts(ADMINISTRATOR)
        shown = contract_json(whole, [], reading.commitments(ADMINISTRATOR, "c"))
        assert shown["unmonitored"] == [{"commitment": "c/d/quiet", "owner": "ann", "because": "no event yet"}]
        figures = [figure_json(one, "Europe/Paris") for one in reading.figures(ADMINISTRATOR)]
        assert {(one["commitment"], one["unmonitored"]) for one in figures} == {
            ("c/d/lively", None), ("c/d/quiet", "no event yet"),
        }  # fmt: skip
