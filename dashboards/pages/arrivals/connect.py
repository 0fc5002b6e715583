"""`/connect`: a tool is connected: whose source it is, a key for it, what it sends, and its first event as it comes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request, Response

from dashboards.pages.arrivals.listing import problem_words
from dashboards.pages.arrivals.ways_in import VARIABLE, WaysIn, ways_in
from dashboards.pages.figures.standings import commitment_path, title
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import required
from dashboards.pages.house.sending import decided, shown_once
from dashboards.pages.house.templates import link
from dashboards.unselected import near_words
from domain.saying import said
from domain.times import zone
from services.access import ADMINISTRATOR, Right
from services.access_keys.keeping import Given, KeyKeeping, may_push
from services.arrivals.connecting import Awaited, CameRow, read_awaited_types, read_came
from services.contracts.standing import apply_tree, service_tree, undescribed
from services.directory.reading import read_services
from services.directory.rows import ServiceRow
from services.errors import NotAllowed, NotFound

CONNECT: Final = "/connect"
LONGEST: Final = 300
"""Letters of the name of a source."""
SOME_TYPE: Final = "something.happened"
"""Stands where no contract waits for anything from the source."""
Name = Annotated[str, Form(max_length=LONGEST)]
Source = Annotated[str, Query(max_length=LONGEST)]
Since = Annotated[int, Query(ge=0, le=2**62)]


@dataclass(frozen=True)
class Tool:
    """A source that one may connect, the service that it belongs to, and whose contracts may take its events (None: all)."""

    source: str
    service: ServiceRow
    shown_to: tuple[str, ...] | None


@dataclass(frozen=True)
class Offered:
    """A type of events that contracts wait for, with an example and what it would count for; `type` is empty where none does."""

    type: str
    ways: WaysIn
    counts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CameLine:
    """An event that came, in words: `counts` are titles and addresses, each with the key of what hinders it, if anything does."""

    row: CameRow
    counts: tuple[tuple[str, str, str], ...]
    near: tuple[str, ...]


def tools(view: View) -> dict[str, Tool]:
    """The sources of the services whose access keys the reader may make, by name."""
    is_all = view.who.may(Right.ADMIT, "")
    services = read_services(view.seen.by(ADMINISTRATOR)) if is_all else view.services
    return {
        source: Tool(source, row, dict(row.shown_to).get(source, ()))
        for id, row in services.items()
        if view.who.may(Right.ADMIT, id)
        for source, _ in row.sources
    }


def add_connect(router: APIRouter, pages: Pages) -> None:
    @router.get(CONNECT)
    def connect(request: Request, source: Source = "", since: Since = 0) -> Response:
        return connect_page(View(pages, request), source, since)

    @router.post(CONNECT)
    def make(
        request: Request,
        verb: Name = "",
        ticket: Name = "",
        source: Name = "",
        service: Name = "",
        since: Annotated[int, Form(ge=0, le=2**62)] = 0,
    ) -> Response:
        """Declares a source of a service, or makes a key for one that is there."""
        typed = {"verb": verb, "source": source, "service": service}
        view = View(pages, request, typed)
        _require(view)
        if verb == "key":
            return _with_key(view, ticket, source, since)
        return decided(
            view,
            ticket,
            lambda: _declare(view, service, required(source, said("the name of the source"))),
            then=CONNECT,
            again=lambda: connect_page(view, "", 0),
            found=lambda _: link(CONNECT, source=source.strip()),
        )


def _require(view: View) -> None:
    if not view.who.may(Right.ADMIT):
        raise NotAllowed(
            said("connecting a tool is for heads of services and the administrator, not for {who}", who=view.who)
        )


def _declare(view: View, service: str, source: str) -> None:
    """A source more in the file of the service. Raises NotAllowed, DocumentInvalid for a source of others."""
    tree = service_tree(view.pages.store, view.who, service) or undescribed(service)
    standing = tree.get("sources", [])
    if source not in {one["source"] for one in standing}:
        tree = {**tree, "sources": [*standing, {"source": source}]}
        apply_tree(view.pages.store, view.who, tree, service)


def _with_key(view: View, ticket: str, source: str, since: int) -> Response:
    """The page with the key, which it shows this once."""
    keeping = view.pages.access_keys
    if keeping is None:
        raise NotFound(said("nobody signs in here: no key is needed"))
    with view.state():
        tool = _named(view, source)
    view.address = link(CONNECT, source=source, since=since)  # loaded again, it goes on waiting, without the key
    return shown_once(
        view,
        ticket,
        lambda: keeping.create(view.who, tool.service.id, "push", [tool.source]),
        shown=lambda made: connect_page(view, source, since, made),
        page=view.address,
    )


def _named(view: View, source: str) -> Tool:
    """Raises NotFound, in the same words for one that is not there and for one of others."""
    found = tools(view).get(source)
    if found is None:
        raise NotFound(
            said("there is no source “{source}” of a service whose access keys you make", source=source),
            mend=said("choose one of your own, or declare it"),
        )
    return found


def connect_page(view: View, source: str, since: int, made: Given | None = None) -> Response:
    _require(view)
    every = tools(view)
    if not source:
        is_all = view.who.may(Right.ADMIT, "")
        services = read_services(view.seen.by(ADMINISTRATOR)) if is_all else view.services
        own = [(view.to(row.title), id) for id, row in services.items() if view.who.may(Right.DESCRIBE, id)]
        return view.render(
            "arrivals/connect.html",
            tool=None,
            tools=[(one.source, view.to(one.service.title)) for one in every.values()],
            own=[(id, name) for name, id in sorted(own)],
        )
    tool = _named(view, source)
    since = since or view.known.position
    keeping = view.pages.access_keys
    return view.render(
        "arrivals/connect.html",
        tool=tool,
        service=view.to(tool.service.title),
        made=made,
        variable=VARIABLE,
        with_key=keeping is not None,
        keys=_keys(view, keeping, tool),
        until=made.terms.until if made is not None else None,
        offered=_offered(view, tool),
        since=since,
        again=link(CONNECT, source=source, since=since),
        **_came(view, tool, since),
    )


def _keys(view: View, keeping: KeyKeeping | None, tool: Tool) -> list[str]:
    """The live keys that may send what is of the source."""
    live = keeping.live() if keeping is not None else ()
    return [
        one.key
        for one in live
        if one.service == tool.service.id and one.can == "push" and may_push(one.sources, tool.source)
    ]


def _offered(view: View, tool: Tool) -> list[Offered]:
    """What contracts wait for from the source; something that none does, where they wait for nothing."""
    where = zone(view.pages.zone)
    now = datetime.fromtimestamp(view.now // 1_000_000, where)
    moment = now.isoformat()
    found = read_awaited_types(view.seen, tool.source, tool.shown_to, now.date(), moment)
    found = found or [Awaited(SOME_TYPE, {}, "", ())]
    here = str(view.request.base_url).rstrip("/")
    rows = {row.id: row for row in view.commitments}
    offered = []
    for one in found:
        event: Mapping[str, Any] = {
            "specversion": "1.0",
            "id": f"{one.type}/{moment}",
            "source": tool.source,
            "type": one.type,
            "time": moment,
            "subject": one.subject or "1",
            **({"data": one.data} if one.data else {}),
        }
        ways = ways_in(event, tool.service.id, here, view.pages.doors, with_key=view.pages.access_keys is not None)
        counts = tuple(
            (title(view, rows[id].deliverable, rows[id].criterion), commitment_path(id))
            for id in one.commitments
            if id in rows
        )
        offered.append(Offered(one.type if one.commitments else "", ways, counts))
    return offered


def _hindered(row: CameRow, id: str) -> str:
    """The key of why an event that the commitment takes decides nothing there; empty where it does."""
    return "connect.unread" if id in row.unread else "connect.unmatched" if id in row.unmatched else ""


def _came(view: View, tool: Tool, since: int) -> dict[str, Any]:
    """What came from the source since then, what was set aside, and whether that is for the reader to see."""
    rows = {row.id: row for row in view.commitments}
    came = read_came(view.seen, tool.source, tool.service.id, since)

    def line(row: CameRow) -> CameLine:
        counts = [
            (title(view, rows[id].deliverable, rows[id].criterion), commitment_path(id), _hindered(row, id))
            for id in row.commitments
            if id in rows
        ]
        return CameLine(row, tuple(counts), tuple(near_words(one, view.language) for one in row.near))

    return {
        "is_seen": view.seen.sees(tool.service.id),
        "came": [line(row) for row in came.events],
        "refused": [(row, problem_words(view, row.slug)) for row in came.refused],
    }
