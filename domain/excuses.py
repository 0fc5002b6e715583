"""What an accepted excuse does (MEANING §5 "Excuses"): it hides verdicts, or closes time; and which miss of the other
party makes one likely (DESIGN §3.14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args
from uuid import NAMESPACE_URL, uuid5

from domain.calendars import Calendar
from domain.kinds.faces import FACES, face
from domain.occurrences import MISSES, Judgement, Verdict
from domain.open_time import Span
from domain.terms import CalendarTerms, DayHours, Indicator, Kind
from domain.times import Instant

Category = Literal["client-fault", "supplier-fault", "force-majeure", "agreed-closure", "dependency", "other"]
CATEGORIES: Final[tuple[str, ...]] = get_args(Category)
"""Why something shall not count. `dependency`: what the other party owed first came late, or not at all."""
CLOSURE: Final = "agreed-closure"


@dataclass(frozen=True, slots=True)
class AcceptedExcuse:
    """`keys`, or an interval [since, until) in instants."""

    id: str
    scope: str
    category: str
    keys: frozenset[str] = frozenset()
    since: Instant | None = None
    until: Instant | None = None

    @property
    def is_closure(self) -> bool:
        return self.category == CLOSURE

    @property
    def span(self) -> Span | None:
        return (self.since, self.until) if self.since is not None and self.until is not None else None

    def concerns(self, commitment: str) -> bool:
        return is_within(self.scope, commitment)

    def covers(self, names: Sequence[str], judgement: Judgement, kind: Kind) -> bool:
        """Whether it hides the verdict of the occurrence of those names, judged by an indicator of that kind. An interval
        holds what falls due (or, without a due, stands) at its start, not what does at its end."""
        if self.span is None:
            return not self.keys.isdisjoint(names)
        if self.is_closure and not FACES[kind].is_excused_by_closures:
            return False
        return self.span[0] <= judgement.anchor < self.span[1]


def is_within(scope: str, commitment: str) -> bool:
    """Whether the contract, contract/deliverable or commitment `scope` holds that commitment."""
    return commitment == scope or commitment.startswith(f"{scope}/")


def can_be_excused(judgement: Judgement) -> bool:
    """Only what is counted."""
    return judgement.standing in ("owed", "measured")


def excused(judgement: Judgement) -> Judgement:
    """The verdict is hidden and kept underneath; time goes on to decide the one underneath."""
    if judgement.standing == "measured":
        return replace(judgement, standing="owed", verdict=Verdict.EXCUSED)
    return replace(judgement, verdict=Verdict.EXCUSED, underlying=judgement.verdict, risk_from=None)


def can_be_closed(indicator: Indicator) -> bool:
    """Whether closed time changes anything: elapsed time runs on while it is closed, working time does not."""
    return face(indicator).can_be_closed(indicator)


def feels_closures(indicator: Indicator) -> bool:
    """Whether an agreed closure changes anything: it excuses what falls due in it, or is closed time."""
    return face(indicator).is_excused_by_closures or can_be_closed(indicator)


def without(calendar: Calendar | None, zone: str, spans: Sequence[Span]) -> Calendar:
    """The calendar with those spans closed; no calendar is always open but for them."""
    return (calendar or Calendar(always_open(zone))).without(spans)


def always_open(zone: str) -> CalendarTerms:
    return CalendarTerms("always-open", zone, (DayHours(((0, 1440),)),) * 7)


def kept_late(other: Judgement, due: Instant | None) -> bool:
    """Whether what the other party owed was missed, or met only after this due (None: whenever it was met)."""
    if not other.is_owed:
        return False
    if other.verdict in MISSES:
        return True
    is_met = other.verdict is Verdict.MET and other.closed is not None
    return is_met and due is not None and (other.closed or 0) > due


def proposal_id(commitment: str, key: str) -> str:
    """Derived, so that a miss is proposed once (MEANING §5)."""
    return str(uuid5(NAMESPACE_URL, f"entente:excuse:{commitment}:{key}"))
