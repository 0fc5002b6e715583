"""How one wording of an indicator judges: what every rule is asked, of whatever kind it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from domain.events import OperationalEvent
from domain.occurrences import Evidence, Judgement
from domain.routing import Route
from domain.terms import Selector
from domain.times import Instant


class Rule(Protocol):
    """Pure: an event → evidence, evidence → a judgement. `variant` numbers the wording."""

    @property
    def variant(self) -> int: ...

    @property
    def selectors(self) -> tuple[Selector, ...]: ...

    @property
    def roles(self) -> tuple[str, ...]:
        """As what a person may match an event to an occurrence; none where that is not for a person to say."""

    @property
    def is_known_ahead(self) -> bool:
        """Whether every occurrence is known before anything happens, so that it is owed without evidence."""

    @property
    def is_of_cases(self) -> bool:
        """Whether an event opens the occurrence, which keeps the wording of its opening for life."""

    @property
    def is_of_items(self) -> bool:
        """Whether what happens is the occurrence: nothing is awaited before its first event."""

    def route(self, event: OperationalEvent) -> list[Route]:
        """The occurrences that the event is evidence for."""

    def by_hand(self, event: OperationalEvent, roles: Sequence[str]) -> list[Evidence]:
        """What the event says where a person puts it."""

    def ahead(self, until: Instant) -> Iterable[tuple[Instant, str]]:
        """By the instant at which it is owed, the key of every occurrence that is known before anything happens. Rules of several
        wordings may name the same one."""

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement:
        """What is concluded of one occurrence from its evidence of this wording, which is in order (`evidence_order`)."""
