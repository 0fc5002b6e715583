"""Offers as the API shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from domain.offers.terms import CountedBy
from services.api.shapes import Moment, Title


class Offer(TypedDict):
    id: str
    title: Title
    supplier: str
    state: Literal["offered", "withdrawn"]
    timezone: str
    currency: str
    counted_by: CountedBy
    open_books: bool
    version: Annotated[int, Field(description="The number of its last version.")]
    clients: Annotated[list[str], Field(description="Those that have a charter, as far as one may know of them.")]


class OfferVersion(TypedDict):
    number: int
    published_by: str
    published_at: Moment
    differences: list[str]
    document: Annotated[
        dict[str, Any],
        Field(
            description="The offer file, as `entente schema offer` describes it. A client is shown no map of clients and, unless the "
            "books are open, no costs."
        ),
    ]


class WholeOffer(Offer):
    versions: list[OfferVersion]
