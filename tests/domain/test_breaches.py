"""When a breach opens, and which action it asks for (MEANING §5)."""

from __future__ import annotations

from datetime import date

import pytest

from domain.breaches import Breach, action_due, action_id, breach_of_occurrence, breach_of_target
from domain.figures import Tally
from domain.occurrences import Judgement, Verdict
from domain.periods import Period
from tests.given import at, commitment, contract, criterion, deadline

MATTERS = commitment(contract(criterion(deadline(), each_miss="breach"))).newest.criterion
DOES_NOT = commitment(contract(criterion(deadline()))).newest.criterion
MARCH = Period("2026-03", at("03-01"), at("04-01"))


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_miss_of_a_criterion_whose_every_miss_matters_is_a_breach(verdict: Verdict) -> None:
    found = breach_of_occurrence("c/d/k", "2026-03", "1", Judgement("owed", verdict), MATTERS)
    expected = verdict.value if verdict.value in ("late", "missing", "failed") else None
    assert (found.cause if found else None) == expected
    assert breach_of_occurrence("c/d/k", "2026-03", "1", Judgement("owed", verdict), DOES_NOT) is None
    assert breach_of_occurrence("c/d/k", "2026-03", "1", Judgement("dropped", verdict), MATTERS) is None


def counted(**counts: int) -> Tally:
    tally = Tally()
    for name, count in counts.items():
        tally.counts[Verdict(name)] = count
    return tally


@pytest.mark.parametrize(("has_data", "cause"), [(True, "target-lost"), (False, "no-data")])
def test_a_breached_target_is_lost_or_has_no_data(has_data: bool, cause: str) -> None:
    found = breach_of_target("c/d/k", MARCH, 0, "breached", has_data=has_data)
    assert found is not None
    assert (found.cause, found.period, found.target_index, found.key) == (cause, "2026-03", 0, None)


@pytest.mark.parametrize("status", ["open", "met", "no_data"])
def test_only_a_breached_target_is_a_breach(status: str) -> None:
    assert breach_of_target("c/d/k", MARCH, 0, status, has_data=True) is None  # type: ignore[arg-type]


def test_a_breach_keeps_its_identity_whatever_its_cause_and_has_its_own_per_occurrence_target_and_period() -> None:
    ids = {
        Breach("c/d/k", "2026-03", "late", key="1").id,
        Breach("c/d/k", "2026-03", "late", key="2").id,
        Breach("c/d/j", "2026-03", "late", key="1").id,
        Breach("c/d/k", "2026-03", "target-lost", target_index=0, since=1).id,
        Breach("c/d/k", "2026-03", "target-lost", target_index=1, since=1).id,
        Breach("c/d/k", "2026-04", "target-lost", target_index=0, since=1).id,
        Breach("c/d/k", "2026-03", "target-lost", target_index=0, since=2).id,
    }
    assert len(ids) == 7
    assert Breach("c/d/k", "2026-04", "missing", key="1").id == Breach("c/d/k", "2026-03", "late", key="1").id


def test_an_action_is_named_after_its_commitment_period_and_cause() -> None:
    assert action_id("c/d/k", "2026-03", "late") == action_id("c/d/k", "2026-03", "late")
    assert len({action_id("c/d/k", "2026-03", "late"), action_id("c/d/k", "2026-04", "late")}) == 2


@pytest.mark.parametrize(
    ("review", "due"),
    [
        (date(2026, 3, 10), date(2026, 3, 9)),
        (date(2026, 3, 3), date(2026, 3, 2)),
        (date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 3, 1), date(2026, 3, 2)),
        (None, date(2026, 3, 15)),
    ],
)
def test_an_action_is_due_the_day_before_the_review_but_not_before_tomorrow(review: date | None, due: date) -> None:
    assert action_due(date(2026, 3, 1), review) == due
