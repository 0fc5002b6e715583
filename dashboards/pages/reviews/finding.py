"""What a search finds of reviews, by their ids and by their days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Found, Group, Query
from dashboards.typed_dates import dates_of
from services.reviews.reading import read_reviews
from services.reviews.rows import ReviewRow


def finds(view: View, query: Query) -> Sequence[Group]:
    """The newest first. What names a contract alone finds its reviews, too, behind what it finds before."""
    days = dates_of(query.text, view.moments().local_date(view.now))
    rows = [row for row in reversed(read_reviews(view.seen)) if _day(view, row) in days or _is_named(query, row)]
    return [Group("nav.reviews", len(rows), [_found(view, row) for row in rows[: query.most]])]


def completes(view: View, query: Query) -> Iterator[str]:
    """Their ids, the newest first."""
    begun = query.id_begun
    return (row.id for row in reversed(read_reviews(view.seen)) if begun and row.id.startswith(begun))


def _is_named(query: Query, row: ReviewRow) -> bool:
    return "@" in query.text and query.is_said_by(row.id)


def _day(view: View, row: ReviewRow) -> object:
    contract = view.contracts.get(row.contract)
    return view.moments(contract.timezone if contract else None).local_date(row.starts)


def _found(view: View, row: ReviewRow) -> Found:
    contract = view.contracts.get(row.contract)
    clock = view.moments(contract.timezone if contract else None)
    about = view.language.text(f"review_state.{row.state}")
    title = view.to(contract.title) if contract else row.contract
    return Found(f"{title}, {clock.moment(row.starts)}", link(f"/reviews/{row.id}"), about)
