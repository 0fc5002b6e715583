"""What reads return of breaches and actions. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, Literal, NamedTuple, get_args

from domain.breach import SIDES, Side
from domain.plan import NO_PLAN, Ground, Plan, done_share
from services.tables.documents import (
    ActionState,
    StoredAcceptance,
    StoredChange,
    StoredCheck,
    StoredClosing,
    StoredEscalation,
    StoredEvidence,
    StoredSpending,
    StoredStepDone,
)

BreachState = Literal["open", "withdrawn", "past"]
"""`past`: what was missed before the contract came into use, which calls nobody."""
Handling = Literal["open", "acknowledged", "explained", "dealt-with"]
"""How far people are with a breach that is open; `dealt-with` ends it (MEANING §5)."""
OfBreach = Literal["acknowledgement", "explanation", "attribution"]
"""What people say of a breach, and may take back."""
OF_BREACH: Final = get_args(OfBreach)
HANDLINGS: Final = get_args(Handling)


class AttributionRow(NamedTuple):
    """One side said to which root cause a breach is due."""

    side: Side
    root_cause: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class BreachRow:
    """`cause`: late missing failed no-data target-lost client-obligation. `key` is set when one occurrence matters on its own."""

    id: str
    commitment: str
    period: str
    cause: str
    key: str | None
    target_index: int | None
    state: BreachState
    opened_position: int
    opened_at: (
        int | None
    )  # when its limit or period passed; by evidence, the watermark then, or what was missed if later
    debtor: str
    action: str | None
    acknowledged_by: str | None = None
    acknowledged_at: int | None = None
    explanations: tuple[tuple[str, int, str], ...] = ()  # (by, at, text)
    due: int | None = None  # of the occurrence, where there is one
    handling: Handling | None = None
    """None of what is not open: it waits for nobody."""
    root_cause: str | None = None
    """The one that counts: what a review decided, else the debtor's, else the creditor's."""
    attributions: tuple[AttributionRow, ...] = ()
    """What the sides said, in their order."""
    decided_in: str | None = None
    """The review that decided the root cause."""

    @property
    def waits(self) -> bool:
        """Says whether there is anything left to say of it."""
        return self.handling not in (None, "dealt-with")

    @property
    def attributed(self) -> tuple[AttributionRow, ...]:
        """What each side said last, the debtor first."""
        last = {one.side: one for one in self.attributions}
        return tuple(last[side] for side in SIDES if side in last)


@dataclass(frozen=True, slots=True)
class ActionRow:
    id: str
    commitment: str
    period: str | None
    cause: str
    text: str
    owner: str
    person: str | None
    due: date | None
    state: ActionState
    opened_at: int
    is_overdue: bool
    progress: tuple[tuple[str, int, str], ...] = ()  # (by, at, text)
    closed_by: str | None = None
    closed_at: int | None = None
    closing_text: str | None = None
    details: str = ""
    """What was said to be done, where it has a title of its own, which is the `text`."""
    comments: tuple[tuple[str, int, str], ...] = ()
    scope: str = ""
    """What it is about: its commitment, or more than that."""
    trigger: str | None = None
    review: str | None = None
    """The meeting whose signed decision made it."""
    grounds: tuple[Ground, ...] = ()
    plan: Plan = field(default_factory=lambda: NO_PLAN)
    steps_done: Mapping[str, StoredStepDone] = field(default_factory=dict)
    evidence: tuple[StoredEvidence, ...] = ()
    spent: tuple[StoredSpending, ...] = ()
    changes: tuple[StoredChange, ...] = ()
    closings: tuple[StoredClosing, ...] = ()
    checks: tuple[StoredCheck, ...] = ()
    escalations: tuple[StoredEscalation, ...] = ()
    accepted: StoredAcceptance | None = None

    @property
    def done(self) -> Fraction:
        """How much of it is done, by the weight of its steps."""
        return done_share(self.plan["steps"], self.steps_done.keys(), is_closed=self.state == "closed")

    @property
    def effective_from(self) -> str | None:
        """The local date from which the last closing is to help."""
        return self.closings[-1]["effective_from"] if self.state == "closed" and self.closings else None

    @property
    def step(self) -> int:
        """The highest step of the ladder that was reached; 0: none."""
        return max((one["step"] for one in self.escalations), default=0) if self.state == "open" else 0
