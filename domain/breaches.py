"""When a breach opens, and which action it asks for (MEANING §5 "Breaches and actions")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.figures import Status
from domain.occurrences import Judgement
from domain.periods import Period
from domain.terms import Criterion
from domain.times import Instant

WITHOUT_REVIEW = timedelta(days=14)
"""When an action is due in a contract whose parties never meet."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A commitment that was not kept. `key` names the occurrence that matters on its own, `target_index` the target
    that is lost; exactly one of them is set."""

    commitment: str
    period: str
    cause: str
    key: str | None = None
    target_index: int | None = None
    since: Instant | None = None
    """What tells breaches of one target and period apart: when the period begins, as two of the same name may follow each
    other where a version changes the zone; of a rolling window, when this breach of it opened."""

    @property
    def id(self) -> str:
        """Stable: the same breach found again, by any replay, has the same id."""
        which = f"key:{self.key}" if self.key is not None else f"target:{self.target_index}:{self.period}:{self.since}"
        return str(uuid5(NAMESPACE_URL, f"entente:breach:{self.commitment}:{which}"))


def breach_of_occurrence(
    commitment: str, period: str, key: str, judgement: Judgement, criterion: Criterion
) -> Breach | None:
    """A miss of a criterion that says `each_miss: breach`."""
    if not (criterion.each_miss_is_breach and judgement.is_miss):
        return None
    return Breach(commitment, period, judgement.verdict.value, key=key)


def breach_of_target(
    commitment: str, period: Period, target_index: int, status: Status, *, has_data: bool
) -> Breach | None:
    """A target that no future can keep, or a period without data where the contract says that this is a breach."""
    if status != "breached":
        return None
    cause = "target-lost" if has_data else "no-data"
    return Breach(commitment, period.id, cause, target_index=target_index, since=period.start)


ROLLING_BEFORE: Instant = 0
"""`Breach.since` of every breach of a rolling window under the judging rules 1, which knew no episodes."""


def action_id(commitment: str, period: str, cause: str) -> UUID:
    """Derived, so that a repeat is refused as already there (DESIGN §4)."""
    return uuid5(NAMESPACE_URL, f"entente:action:{commitment}:{period}:{cause}")


def action_due(opened_on: date, next_review: date | None) -> date:
    """An action is due before the next review: the day before it, but never before the day after it was opened."""
    if next_review is None:
        return opened_on + WITHOUT_REVIEW
    return max(next_review - timedelta(days=1), opened_on + timedelta(days=1))
