"""Conformity: one event is one occurrence, good or not (MEANING §4). With a `key`, its last event decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.events import OperationalEvent
from domain.occurrences import Evidence, Judgement, Verdict
from domain.routing import Route, evidence_of, key_of
from domain.selecting import is_good, selects
from domain.terms import Conformity
from domain.times import Instant
from domain.versions import CommitmentVersion, VersionLookup


@dataclass(frozen=True, slots=True)
class ConformityRule:
    terms: Conformity
    variant: int
    version_at: VersionLookup

    @property
    def types(self) -> tuple[str, ...]:
        return self.terms.each.types

    def route(self, event: OperationalEvent) -> list[Route]:
        if not selects(self.terms.each, event):
            return []
        evidence = evidence_of(event, "each", self.variant, is_good(self.terms.good, event))
        if self.terms.key is None:
            return [Route(f"{event.source}#{event.id}", evidence)]
        key = key_of(event.lookup(self.terms.key))
        return [Route(key, evidence, None if key else "no-key")]

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement:
        owed = [(one, version) for one in evidence if (version := self._version_of(one)) is not None]
        if not owed:
            return Judgement("outside", strays=tuple(e.position for e in evidence), reason="outside-validity")
        last, version = owed[-1]
        verdict = {True: Verdict.MET, False: Verdict.FAILED, None: Verdict.UNKNOWN}[_good(last)]
        return Judgement(
            "owed",
            verdict,
            version=version.number,
            anchor=last.time,
            due=last.time,
            closed=last.time,
            reason="value-absent-or-mistyped" if verdict is Verdict.UNKNOWN else None,
            decided_by=(last.position,),
        )

    def _version_of(self, evidence: Evidence) -> CommitmentVersion | None:
        """The version in force when it happened, if it has this wording: what came at another time decides nothing."""
        version = self.version_at(evidence.time)
        return version if version is not None and version.variant == self.variant else None


def _good(evidence: Evidence) -> bool | None:
    assert evidence.value is None or isinstance(evidence.value, bool)
    return evidence.value
