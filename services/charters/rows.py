"""A charter as it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.contract import Signature
from domain.offers.charter import CharterState
from domain.offers.terms import CharterTerms, OfferTerms
from domain.terms import Party
from domain.times import Instant

State = Literal["proposed", "in force", "to come", "ended", "not agreed"]


@dataclass(frozen=True, slots=True)
class CharterVersionRow:
    """One wording. `offer`: the version of the offer that was current when it was proposed, which both sign by its fingerprint; it
    prices the charter until a newer one follows. `reached`: the instant that time had reached when both had signed."""

    number: int
    version: int
    state: CharterState
    document: str
    effective: date
    offer_version: int
    fingerprint: str
    party: Party
    proposed_by: str
    proposed_at: Instant
    signatures: tuple[Signature, ...]
    reached: Instant | None
    refusal: str | None
    refused_by: str
    terms: CharterTerms
    offer: OfferTerms


@dataclass(frozen=True, slots=True)
class CharterRow:
    """`proposals` in the order in which they came. `until`: its last day, where it was terminated."""

    id: str
    offer: str
    supplier: str
    client: str
    state: State
    until: date | None
    proposals: tuple[CharterVersionRow, ...]

    @property
    def agreed(self) -> tuple[CharterVersionRow, ...]:
        """What both have signed, by the day from which it is in force; of one day the last counts."""
        return tuple(
            sorted((one for one in self.proposals if one.version), key=lambda one: (one.effective, one.version))
        )

    @property
    def pending(self) -> CharterVersionRow | None:
        return next((one for one in self.proposals if one.state == "proposed"), None)

    @property
    def shown(self) -> CharterVersionRow:
        """The wording that speaks for it: the last that both have signed, else the last one."""
        return self.agreed[-1] if self.agreed else self.proposals[-1]

    @property
    def begins(self) -> date | None:
        """The first day of its first charter year; None where nothing is agreed."""
        first = next((one for one in sorted(self.agreed, key=lambda one: one.version)), None)
        return first.effective if first is not None else None

    def on(self, day: date) -> CharterVersionRow | None:
        """The version in force on that day; None before the first, and after its last day."""
        if self.until is not None and day > self.until:
            return None
        return next((one for one in reversed(self.agreed) if one.effective <= day), None)
