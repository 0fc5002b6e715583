"""Periods of a volume are looked for by name as far as they must be, and no further than the horizon."""

from __future__ import annotations

from domain.kinds.volume import VolumePeriods, VolumeRule
from tests.given import commitment, contract, criterion, volume


def _periods() -> VolumePeriods:
    (rule,) = commitment(contract(criterion(volume()))).rules
    assert isinstance(rule, VolumeRule)
    return rule.schedule


def test_a_near_period_is_found_without_unrolling_all_that_may_come() -> None:
    periods = _periods()
    found = periods.named("2026-W12")
    assert found is not None
    assert found.key == "2026-W12"
    assert len(periods._found) < 100


def test_a_far_period_is_found_and_one_beyond_the_horizon_is_none() -> None:
    periods = _periods()
    assert [periods.named(key) is not None for key in ("2061-W07", "2099-W07", "no week", "2026-W05")] == [
        True, False, False, True,
    ]  # fmt: skip
    assert [one.key for one in periods.through(periods.named("2026-W05").anchor)][-1] == "2026-W05"  # type: ignore[union-attr]
