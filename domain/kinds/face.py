"""What a kind of indicator answers about itself, so that nobody asks which kind it is (MEANING §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, Literal, NamedTuple, TypeVar

from domain.alternatives import Ladder
from domain.calendars import Calendar
from domain.durations import Duration
from domain.events import OperationalEvent
from domain.faults import Fault
from domain.rule import Rule
from domain.sums import Values
from domain.target_periods import TargetPeriods
from domain.terms import Aggregate, Indicator, Per, Selector, TimeUnit
from domain.versions import CommitmentVersion

Terms = TypeVar("Terms", bound=Indicator)
Counts = Literal["occurrences", "values", "seconds"]
NamedAfter = Literal["key", "event", "start", "period"]


class Wording(NamedTuple, Generic[Terms]):
    """What the versions of a commitment say in the same words; `variant` is its number."""

    terms: Terms
    variant: int


class Making(NamedTuple):
    """What rules are made of: all versions of the commitment, and the periods of those that count by period."""

    versions: Sequence[CommitmentVersion]
    counted: TargetPeriods | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Face(Generic[Terms]):
    """One kind. Nothing has a default: whoever adds a kind answers every question."""

    terms: type[Terms]
    counts: Counts
    """What figures are made of: verdicts of occurrences, values put together, or seconds of service time that were good. Only what
    is made of occurrences adds up with another kind."""
    is_known_ahead: bool
    """Whether every occurrence of a period is known before the period begins."""
    has_limit: bool
    """Whether each occurrence awaits something until a limit: it can be late, and missing, and at risk before."""
    is_of_items: bool
    """Whether one event (or the last of its key) is one occurrence."""
    is_excused_by_closures: bool
    """Whether an agreed closure excuses what falls due in it."""
    can_be_closed: Callable[[Terms], bool]
    """Whether closed time changes anything: elapsed time runs on while it is closed, working time does not."""
    selectors: Callable[[Terms], tuple[tuple[str, Selector], ...]]
    """The selectors that are given, by their names in the file."""
    key: Callable[[Terms], str | None]
    """The path at which an event names its occurrence; None where its time or the event itself does, or a rule of dates."""
    warn: Callable[[Terms], Duration | None]
    """How long before the limit it is said to be at risk, where the contract says so."""
    counted_per: Callable[[Terms], Per | None]
    """The periods each of which is one occurrence."""
    named_after: NamedAfter
    """What people call an occurrence by: its own key (a date, a case), the event that it is, the start of a stretch, or a period."""
    looks_at: Callable[[Terms], tuple[object, ...]]
    """The selectors and paths that say which events are meant and what is read of them; not what is asked of them."""
    aggregate: Callable[[Terms], Aggregate | None]
    """How the numbers that its occurrences carry are put together; None where they carry none."""
    put_together: Callable[[Terms, Sequence[Fraction]], Values] | None
    """The value of a period from these numbers, ascending; None where its occurrences carry none."""
    is_known_from_first_event: bool
    """Whether nobody knows how it stood before its first event."""
    unit: Callable[[Terms], TimeUnit | None]
    """What the numbers are, and their value, where that is a time."""
    rules: Callable[[Sequence[Wording[Terms]], Making], Sequence[Rule]]
    """The rules of a commitment for its wordings of this kind, in their order."""
    faults: Callable[[Terms, OperationalEvent], list[Fault]]
    """What it is to read in a selected event and cannot, so that the verdict is unknown; none of what may be absent."""
    alternatives: Callable[[Terms], Iterator[Ladder]]
    """Ladders of what it could ask instead, each ascending: whoever keeps one step keeps those above it."""
    working_calendar: Callable[[Terms, CommitmentVersion], Calendar | None]
    """The calendar that all its limits are counted in; None where one of them runs on while it is closed."""

    @property
    def is_scored(self) -> bool:
        """Whether an occurrence has a verdict, and a number too."""
        return self.counts == "occurrences" and self.put_together is not None


def never(terms: object) -> bool:
    """What a kind has not, whatever its terms."""
    return False


def nothing(terms: object) -> None:
    """What a kind has not, whatever its terms."""
    return


def no_calendar(terms: object, version: CommitmentVersion) -> None:
    """Limits that run on while it is closed, or none."""
    return


def no_faults(terms: object, event: OperationalEvent) -> list[Fault]:
    """Nothing is read in the event but its time."""
    return []


def no_alternatives(terms: object) -> Iterator[Ladder]:
    """What is not about time."""
    return iter(())


def only(*named: tuple[str, Selector | None]) -> tuple[tuple[str, Selector], ...]:
    """The selectors that are given."""
    return tuple((name, selector) for name, selector in named if selector is not None)
