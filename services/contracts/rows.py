"""What reads return of contracts: plain rows, already scoped to who asked. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.terms import ContractTerms, Party, Text

VersionState = Literal["proposed", "refused", "withdrawn", "replaced", "signed", "in force", "past"]
"""`signed`: agreed, not yet in force."""
State = Literal["proposed", "signed", "in force", "expired", "terminated", "refused", "withdrawn"]
"""Of a contract. `signed`: agreed, starts later."""


@dataclass(frozen=True, slots=True)
class SignatureRow:
    party: Party
    service: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class CommentRow:
    clause: str  # path in the document, "" for the whole
    text: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a contract."""

    number: int
    state: VersionState
    effective: date
    terms: ContractTerms
    document: str
    proposed_by: str
    proposed_at: int
    position: int
    signatures: tuple[SignatureRow, ...] = ()
    comments: tuple[CommentRow, ...] = ()
    differences: tuple[str, ...] = ()
    differences_fr: tuple[str, ...] = ()
    refusal: str | None = None
    refused_by: str = ""
    refused_at: int | None = None
    party: str = "supplier"
    """The party that proposed it; `position` is which of all proposals of the contract it is."""

    def differences_in(self, language: str) -> tuple[str, ...]:
        """Lists what this version changes of the one before it, a sentence each."""
        return self.differences_fr if language == "fr" else self.differences


@dataclass(frozen=True, slots=True)
class ContractRow:
    id: str
    title: Text
    supplier: str
    client: str
    state: State
    timezone: str
    valid_from: date
    valid_until: date | None
    versions: tuple[VersionRow, ...]
    next_review: int | None
    terms: ContractTerms  # of the version in force, else of the newest

    def service_of(self, party: str) -> str:
        return self.supplier if party == "supplier" else self.client

    def title_on(self, day: date) -> Text:
        """Gives the title that it had on that day."""
        version = version_on(self.versions, day)
        return version.terms.title if version is not None else self.title


def version_on(versions: Sequence[VersionRow], day: date) -> VersionRow | None:
    """The one in force on that day; None before the first."""
    begun = [one for one in versions if one.state in ("signed", "in force", "past") and one.effective <= day]
    return max(begun, key=lambda one: (one.effective, one.number), default=None)
