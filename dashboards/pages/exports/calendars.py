"""Feeds for calendar programs: for who has signed in, `/calendars/SERVICE.ics`; at an address that holds a key, `/feeds/<key>.ics`;
and `/calendar-feeds`, where such addresses are made, shown once and revoked."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from icalendar import Calendar, Event
from starlette.concurrency import run_in_threadpool

from dashboards.naming import occurrence_name
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.sending import Fields, Lasting, decided, shown_once
from domain.saying import said
from domain.times import Instant
from services.access import Right
from services.access_keys.feeds import Feeds
from services.errors import EntenteError, NotFound
from services.figures.reading import read_occurrences
from services.reviews.reading import read_reviews

FEED_DAYS, FEED_EACH = 92, 100
"""How far ahead a feed looks, and how much of one commitment it holds."""
MEDIA: Final = "text/calendar; charset=utf-8"
Typed = Annotated[str, Form(max_length=200)]


def add_calendars(router: APIRouter, pages: Pages) -> None:
    @router.get("/calendars/{service}.ics")
    def calendar(request: Request, service: str) -> Response:
        return _sent(feed(View(pages, request, breaks=False), service), f"{service}.ics")

    if pages.feeds is not None:  # where nobody signs in there is nobody to keep it from
        _add_by_key(router, pages, pages.feeds)
        _add_addresses(router, pages, pages.feeds)


def _add_by_key(router: APIRouter, pages: Pages, feeds: Feeds) -> None:
    # `async`: a wrong key is counted, and written while nothing is read in one state
    @router.get("/feeds/{key}.ics")
    async def calendar(request: Request, key: str) -> Response:
        return await run_in_threadpool(_calendar, pages, feeds, request, key)


def feed(view: View, service: str, *, is_whole: bool = True) -> bytes:
    """A calendar (RFC 5545) of what falls due for a service, by it or to it, and of its reviews: dates and titles, and, where it
    `is_whole`, who owes it to whom. The same thing keeps its identity.

    Times are in UTC: they mean the same instant to whoever reads them, and need no zone's rules beside them."""
    if service not in view.services or not view.services[service].is_whole:
        raise NotFound(said("there is no service {service}", service=service))
    calendar = Calendar()
    calendar.add("prodid", "-//Entente//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Entente, {view.service(service)}")
    now = view.known.watermark or 0
    stamp = _utc(now)
    end = now + FEED_DAYS * 24 * 3_600_000_000
    for row in view.commitments:
        if service not in (row.debtor, row.creditor):
            continue
        clock = view.moments(row.terms.timezone)
        for one in read_occurrences(view.seen, row.id, verdict="pending", limit=FEED_EACH):
            if one.due is None or one.due > end:
                continue
            name = occurrence_name(one.key, row.criterion.indicator.kind, one.due, clock).words
            about = view.language.text(
                "word.owes", debtor=view.service(row.debtor), creditor=view.service(row.creditor)
            )
            at = _utc(one.due)
            _add(
                calendar,
                f"{row.id}#{one.key}",
                title(view, row.deliverable, row.criterion),
                f"{about} · {name}" if is_whole else "",
                at,
                at,
                stamp,
            )
    for review in read_reviews(view.seen):
        contract = view.contracts[review.contract]
        if service in (contract.supplier, contract.client) and review.starts >= now - 31 * 24 * 3_600_000_000:
            words = view.language.text("review.title", contract=view.to(contract.title))
            _add(calendar, review.id, words, "", _utc(review.starts), _utc(review.ends), stamp)
    made: bytes = calendar.to_ical()
    return made


def _utc(at: Instant) -> datetime:
    """To the second, as iCalendar has it."""
    return datetime.fromtimestamp(at // 1_000_000, UTC)


def _add(
    calendar: Calendar, id: str, summary: str, about: str, start: datetime, end: datetime, stamp: datetime
) -> None:
    event = Event()
    event.add("uid", hashlib.sha256(id.encode()).hexdigest()[:32] + "@entente")
    event.add("dtstamp", stamp)
    event.add("summary", summary)
    if about:
        event.add("description", about)
    event.add("dtstart", start)
    event.add("dtend", end if end > start else start + timedelta(minutes=15))
    event.add("transp", "TRANSPARENT")
    calendar.add_component(event)


def _calendar(pages: Pages, feeds: Feeds, request: Request, key: str) -> Response:
    address = request.client.host if request.client is not None else ""
    try:
        request.state.who, service = feeds.opened(key, address)
    except EntenteError as error:  # the same bytes, whatever is wrong
        headers = {"retry-after": str(error.retry_after)} if error.can_retry else {}
        return Response(f"{error.message}\n", error.status, headers, "text/plain")
    view = View(pages, request, breaks=False)
    with view.state():
        return _sent(feed(view, service, is_whole=False), "entente.ics")


def _add_addresses(router: APIRouter, pages: Pages, feeds: Feeds) -> None:
    @router.get("/calendar-feeds")
    def addresses(request: Request) -> Response:
        return _shown(View(pages, request), feeds)

    @router.post("/calendar-feeds")
    def make(request: Request, ticket: Typed = "", service: Typed = "") -> Response:
        view = View(pages, request, {"service": service, "verb": "make"})
        return shown_once(
            view,
            ticket,
            lambda: feeds.make(view.who, service).secret,
            shown=lambda made: _shown(view, feeds, made or ""),
            page="/calendar-feeds",
        )

    @router.post("/calendar-feeds/{key}/revoke")
    def revoke(request: Request, key: str, fields: Fields, ticket: Typed = "") -> Response:
        view = View(pages, request, {"verb": "revoke", "id": key})
        return decided(
            view,
            ticket,
            lambda: feeds.revoke(view.who, key),
            then="/calendar-feeds",
            final=Lasting("revoke_feed", fields, lambda: ""),
            again=lambda: _shown(view, feeds),
        )


def _shown(view: View, feeds: Feeds, made: str = "") -> Response:
    here = str(view.request.base_url).rstrip("/")
    return view.render(
        "exports/feeds.html",
        rows=feeds.live(view.who),
        services=[(id, view.service(id)) for id in sorted(view.services) if view.who.may(Right.TAKE_PART, id)],
        made=f"{here}/feeds/{made}.ics" if made else "",
    )


def _sent(calendar: bytes, name: str) -> Response:
    return Response(calendar, media_type=MEDIA, headers={"content-disposition": f'attachment; filename="{name}"'})
