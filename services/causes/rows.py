"""What reads return of root causes and of what repeats. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass

from domain.repeats import Group, Repeats
from domain.terms import Text
from domain.times import Instant
from services.contract_files.causes_terms import Doing


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A root cause, and the list that it stands in."""

    id: str
    title: Text
    party: Doing
    list: str


@dataclass(frozen=True, slots=True)
class CausesRow:
    """A list of root causes, in the order in which they are offered."""

    id: str
    title: Text
    version: int
    causes: tuple[CauseRow, ...]


@dataclass(frozen=True, slots=True)
class RepeatsRow:
    """What repeats in a contract, of the breaches opened in [since, until). `until`: None where no review comes."""

    contract: str
    since: Instant
    until: Instant | None
    found: Repeats
    position: int
    watermark: Instant | None

    @property
    def groups(self) -> tuple[Group, ...]:
        return self.found.groups
