"""An offer as it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.offers.terms import OfferTerms
from domain.times import Instant


@dataclass(frozen=True, slots=True)
class OfferVersionRow:
    """`document`: the canonical text of the file."""

    number: int
    document: str
    by: str
    at: Instant
    terms: OfferTerms


@dataclass(frozen=True, slots=True)
class OfferRow:
    """`versions` in their order, the last of them in force. `is_own`: whoever asks is of its supplier, or sees everything, and sees
    costs and the map of clients too. `clients`: those that have a charter, by id, as far as who asks may know of them."""

    id: str
    supplier: str
    state: Literal["offered", "withdrawn"]
    versions: tuple[OfferVersionRow, ...]
    clients: tuple[str, ...]
    is_own: bool

    @property
    def terms(self) -> OfferTerms:
        return self.versions[-1].terms

    def version(self, number: int) -> OfferVersionRow:
        """The version of that number. Raises KeyError."""
        return {one.number: one for one in self.versions}[number]
