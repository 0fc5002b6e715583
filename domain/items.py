"""Items: one event is one occurrence (MEANING §4 `conformity`, `measure`, `satisfaction`). With a `key`, its last event
decides."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Final, Generic, Protocol, TypeVar

from domain.events import OperationalEvent
from domain.occurrences import Evidence, Judgement, Standing, Verdict
from domain.routing import Route, evidence_of, key_of
from domain.selecting import number_of, selects
from domain.terms import Selector
from domain.times import Instant
from domain.versions import CommitmentVersion, version_in_force

Conclusion = tuple[Standing, Verdict, str | None]
"""Standing, verdict, and the reason why it is unknown."""
UNREADABLE: Final[Conclusion] = ("owed", Verdict.UNKNOWN, "value-absent-or-mistyped")


class ItemTerms(Protocol):
    """What the wordings of items have in common."""

    @property
    def key(self) -> str | None: ...


Terms = TypeVar("Terms", bound=ItemTerms)


class ItemRule(ABC, Generic[Terms]):
    """Kinds of items differ in what they read of an event, and in what they conclude from it."""

    is_known_ahead = False
    is_of_cases = False
    is_of_items = True

    def __init__(self, terms: Terms, variant: int, selector: Selector, versions: Sequence[CommitmentVersion]):
        self.terms = terms
        self.variant = variant
        self.selectors = (selector,)
        self.roles = ("each",) if terms.key is not None else ()
        self._selector = selector
        self.version_at = partial(version_in_force, versions)

    def route(self, event: OperationalEvent) -> list[Route]:
        if not selects(self._selector, event):
            return []
        evidence = evidence_of(event, "each", self.variant, self._value(event))
        if self.terms.key is None:
            return [Route(f"{event.source}#{event.id}", evidence)]
        key = key_of(event.lookup(self.terms.key))
        return [Route(key, evidence, None if key else "no-key")]

    def by_hand(self, event: OperationalEvent, roles: Sequence[str]) -> list[Evidence]:
        """What the event says where a person puts it."""
        return [evidence_of(event, role, self.variant, self._value(event)) for role in roles]

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement:
        owed = [(one, version) for one in evidence if (version := self._version_of(one)) is not None]
        if not owed:
            return Judgement("outside", strays=tuple(e.position for e in evidence), reason="outside-validity")
        last, version = owed[-1]
        standing, verdict, reason = self._conclude(last.value)
        return Judgement(
            standing,
            verdict,
            version=version.number,
            anchor=last.time,
            due=last.time,
            closed=last.time,
            reason=reason,
            decided_by=(last.position,),
            value=last.value if isinstance(last.value, str) and verdict is not Verdict.UNKNOWN else None,
        )

    @abstractmethod
    def _value(self, event: OperationalEvent) -> str | bool | None:
        """Whether it is good, or its number as text; None where that cannot be said."""

    @abstractmethod
    def _conclude(self, value: str | int | bool | None) -> Conclusion:
        """From what was read."""

    def ahead(self, until: Instant) -> tuple[()]:
        return ()

    def _version_of(self, evidence: Evidence) -> CommitmentVersion | None:
        """The version in force when it happened, if it has this wording: what came at another time decides nothing."""
        version = self.version_at(evidence.time)
        return version if version is not None and version.variant == self.variant else None


def number_at(path: str, event: OperationalEvent) -> str | None:
    """The number there as text; None where none stands."""
    number = number_of(event.lookup(path))
    return str(number) if number is not None else None
