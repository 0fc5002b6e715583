"""Items: one event is one occurrence (MEANING §4 `conformity`, `measure`, `satisfaction`). With a `key`, its last event
decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.events import OperationalEvent
from domain.occurrences import Evidence, Judgement, Standing, Verdict
from domain.routing import Route, evidence_of, key_of
from domain.selecting import is_good, number_of, selects
from domain.terms import Conformity, Measure, Satisfaction, Selector
from domain.times import Instant
from domain.versions import CommitmentVersion, VersionLookup

Conclusion = tuple[Standing, Verdict, str | None]
"""Standing, verdict, and the reason why it is unknown."""


@dataclass(frozen=True, slots=True)
class ItemRule:
    terms: Conformity | Measure | Satisfaction
    variant: int
    version_at: VersionLookup

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return (self._selector,)

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

    @property
    def _selector(self) -> Selector:
        return self.terms.answer if isinstance(self.terms, Satisfaction) else self.terms.each

    def _value(self, event: OperationalEvent) -> str | bool | None:
        """Whether it is good, or its number as text; None where that cannot be said."""
        if isinstance(self.terms, Conformity):
            return is_good(self.terms.good, event)
        path = self.terms.score if isinstance(self.terms, Satisfaction) else self.terms.value
        number = number_of(event.lookup(path))
        return str(number) if number is not None else None

    def _conclude(self, value: str | int | bool | None) -> Conclusion:
        if value is None:
            return "owed", Verdict.UNKNOWN, "value-absent-or-mistyped"
        if isinstance(self.terms, Measure):
            return "measured", Verdict.PENDING, None
        if isinstance(self.terms, Conformity):
            return "owed", Verdict.MET if value is True else Verdict.FAILED, None
        score = Decimal(value)
        low, high = self.terms.scale
        if not low <= score <= high:
            return "owed", Verdict.UNKNOWN, "off-the-scale"
        return "owed", Verdict.MET if score >= self.terms.satisfied else Verdict.FAILED, None

    def _version_of(self, evidence: Evidence) -> CommitmentVersion | None:
        """The version in force when it happened, if it has this wording: what came at another time decides nothing."""
        version = self.version_at(evidence.time)
        return version if version is not None and version.variant == self.variant else None
