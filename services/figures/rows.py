"""What reads return of commitments and figures: plain rows, already scoped to who asked. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from domain.figures import Outlook, Status
from domain.kinds.face import Counts
from domain.sums import Amount
from domain.terms import ContractTerms, Criterion, Deliverable, TimeUnit
from services.figures.shapes import AtRiskBecause, FinalFigure, Segment, State


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One commitment, target and period; INTERFACE §3 `figures --json` field by field. Values are text with four places, or
    None. `expected` is None where the period has no end. What is counted is occurrences, or of availability and freshness
    seconds of service time; a measure has no good and total."""

    commitment: str
    target_index: int
    period: str
    state: State
    start: int
    until: int | None
    counts: dict[str, int]
    expected: Amount | None
    judged: Amount
    raw: tuple[Amount | None, Amount | None]  # good, total
    adjusted: tuple[Amount | None, Amount | None]
    value: str | None
    target: str
    status: Status
    outlook: Outlook | None
    segments: tuple[Segment, ...]
    final: FinalFigure | None  # of a restated one: what it was
    causes: tuple[int, ...]
    position: int
    watermark: int | None
    misses_left: int | None = None  # how many more misses the target allows, where that is known
    must_keep: int | None = None  # a share below its target: how many more, all kept, bring it there
    unmonitored: str | None = None  # why nobody monitors the commitment: "no owner", "no event yet"
    without_due: int = 0
    counted: Counts = "occurrences"  # or seconds (availability, freshness), values (measures)
    exact: Fraction | None = None  # the value, not rounded
    share: str | None = None  # of satisfaction: the share that is satisfied, and the mean score
    mean: str | None = None
    unit: TimeUnit | None = None  # of the values, where they are times
    was_counts: dict[str, int] | None = None  # restated: the verdicts of the final figure
    time_allowed: Amount | None = None  # seconds that may be bad in the whole period, by the wording that holds
    time_left: Amount | None = None  # of them; below 0: too many
    unknown: Amount = 0  # what there was and cannot be judged, counted as `judged` is; it is in no sum


@dataclass(frozen=True, slots=True)
class RiskRow:
    """Of a pending occurrence whose clock runs. `because` it is at risk: warn, time (less than a quarter is left), lateness
    (its debtor's own); None where it is not. `lateness`: what the debtor stays within four times of five, in microseconds
    after the due, None where that never came; no tuple without enough history."""

    time_used: Fraction
    because: AtRiskBecause | None
    lateness: tuple[int | None] | None
    has_warning: bool


@dataclass(frozen=True, slots=True)
class OccurrenceRow:
    commitment: str
    key: str
    period: str
    due: int | None
    limit: int | None
    closed: int | None
    opened: int | None
    verdict: str  # pending met late missing failed excused unknown; `measured` of a measure; `dropped`, `without-due`: see explain
    version: int
    flags: tuple[str, ...]
    reason: str | None
    at_risk: bool
    evidence: tuple[int, ...]
    underlying: str | None = None  # the verdict that an excuse hides
    risk: RiskRow | None = None
    value: str | None = None  # exact: a measure, a score, a sum


class PressingRow(NamedTuple):
    """Of an occurrence that presses what a list of hundreds says of each. `verdict` and `at_risk` as of an OccurrenceRow."""

    commitment: str
    key: str
    period: str
    due: int | None
    limit: int | None
    verdict: str
    at_risk: bool


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """A commitment as the version in force (or the last one) says it, with its current figure per target."""

    id: str
    contract: str
    debtor: str
    creditor: str
    terms: ContractTerms
    deliverable: Deliverable
    criterion: Criterion
    current: tuple[FigureRow, ...]
    next_due: int | None
    pending: int
    overdue: int  # missing in the current period
    at_risk: int
    breaches_open: int
    actions_open: int
    actions_overdue: int
    last_event: int | None  # instant at which the last event for it happened
    is_monitored: bool
    unmonitored_because: str | None = None  # "no owner" | "no event yet"
    is_usually_late: bool = False  # some are at risk for their debtor's own lateness, however far ahead they are
    begins: int | None = None  # its first instant, where time has not reached it
