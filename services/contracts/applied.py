"""What a file that is applied is to do, and what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from domain.saying import Said
from domain.terms import Party
from services.contract_files import differences, sentences, tree_from_canonical
from services.contracts.knowing import FilesTogether

Outcome = Literal["proposed", "unchanged", "published", "described"]


class Applying(NamedTuple):
    """The way in which a file is applied: signed for the parties named, or (`dry_run`) only looked at; `language` is
    that of what changes. `backfill`: the time of a new contract waits at the start of its validity until it is let go
    on. `beside`: files that are applied with it, whose names are known, and whose calendars would be published."""

    beside: FilesTogether
    sign: Sequence[Party] = ()
    dry_run: bool = False
    language: str = "en"
    backfill: bool = False

    def changes(self, before: str | None, after: str) -> tuple[str, ...]:
        """A sentence for each difference between two canonical documents; all of the second, where there was none."""
        old = tree_from_canonical(before) if before else None
        return tuple(sentences(differences(old, tree_from_canonical(after)), self.language))


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying one document did, or would do. `changes` are what differs from the wording before, or the whole wording where
    nothing was before (`is_first`)."""

    kind: Literal["contract", "calendar", "service", "access", "causes", "action", "offer", "charter"]
    id: str
    outcome: Outcome
    version: int
    changes: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    position: int = 0
    is_first: bool = False
    warnings: tuple[Said, ...] = ()
    """Names that nobody knows who may have been meant (services/contracts/knowing.py)."""
