"""One commitment as one version of its contract says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from domain.calendars import Calendar
from domain.target_periods import RollingWindow, TargetPeriods
from domain.terms import ContractTerms, Criterion, Deliverable
from domain.times import Instant


@dataclass(frozen=True, slots=True, eq=False)
class CommitmentVersion:
    """In force in [start, end). `variant` numbers the wording of the indicator, `segment` is the number of the first
    version of the run in which nothing that concerns this commitment changed (MEANING §7)."""

    number: int
    start: Instant
    end: Instant | None
    terms: ContractTerms
    deliverable: Deliverable
    criterion: Criterion
    calendar: Calendar | None
    zone: ZoneInfo
    variant: int
    segment: int
    periods: tuple[TargetPeriods | RollingWindow, ...]

    def period_name(self, at: Instant) -> str | None:
        """What the period of the first target is called in which an instant falls."""
        if not self.periods:
            return None
        first = self.periods[0]
        return first.id if isinstance(first, RollingWindow) else first.of(at).id

    @property
    def debtor(self) -> str:
        return self.terms.debtor(self.deliverable)


def version_in_force(versions: Sequence[CommitmentVersion], at: Instant) -> CommitmentVersion | None:
    """The one in force at that instant, of versions that follow each other; None outside validity."""
    for one in reversed(versions):
        if one.start <= at:
            return one if one.end is None or at < one.end else None
    return None
