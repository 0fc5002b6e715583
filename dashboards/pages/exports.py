"""Everything that leaves the pages: every table as CSV and XLSX, feeds of due dates and reviews for calendars, badges, packs as PDF."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from icalendar import Calendar, Event

from dashboards.badges import badge
from dashboards.marks import TONES, mark
from dashboards.naming import occurrence_name
from dashboards.pages.frame import SECURITY, Pages, View
from dashboards.pages.parts import PARTS
from dashboards.pages.printing import pack_pdf
from dashboards.pages.spoken_tables import spoken, written
from dashboards.pages.standings import standing, title
from dashboards.tables import FORMS, MEDIA, STABLE, Cell, Form, Moment, Share, Table, table_bytes
from domain.saying import said
from domain.times import Instant
from services.arrivals.reading import read_quarantine
from services.breaches.reading import read_actions, read_breaches
from services.directory.reading import read_sources
from services.errors import NotFound
from services.excuses.reading import read_excuses
from services.figures.reading import read_commitment, read_figures, read_occurrences, read_slices
from services.figures.rows import CommitmentRow, FigureRow, OccurrenceRow
from services.matches.reading import read_unmatched
from services.reviews.packs import review_pack
from services.reviews.reading import read_reviews

MOST = 100_000
"""Rows of one table."""
A_READ = 2_000
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
FEED_DAYS, FEED_EACH = 92, 100
"""How far ahead a feed looks, and how much of one commitment it holds."""
Text = Annotated[str, Query(max_length=300)]
Separator = Annotated[str, Query(max_length=9, description="between the cells of a CSV; default by language")]
Decimals = Annotated[str, Query(max_length=1, description="before the decimals of a CSV; default by language")]
Headers = Annotated[Literal["shown", "stable"], Query(description="of a CSV: as readers know them, or as programs do")]


def instant(at: int | None, where: str) -> Moment | None:
    return Moment(at, where) if at is not None else None


def number(value: object) -> Cell:
    """An amount as the number that it is; a text that is none stays a text."""
    match value:
        case None | int() | Decimal():
            return value
        case Fraction():
            return Decimal(value.numerator) / Decimal(value.denominator)
    return Decimal(str(value)) if _NUMBER.fullmatch(str(value)) else str(value)


def share(value: object, is_share: bool) -> Cell:
    """A value, and whether it is a part of 1."""
    found = number(value)
    return Share(found) if is_share and isinstance(found, int | Decimal) else found


def commitments(view: View) -> Table:
    headers = ("commitment", "title", "owed by", "owed to", "standing", "figure", "next due", "pending", "at risk", "overdue",
               "breaches open", "actions open", "monitored")  # fmt: skip
    return headers, (
        (row.id, title(view, row.deliverable, row.criterion), row.debtor, row.creditor, standing(view, row).disc,
         standing(view, row).figure_words, instant(row.next_due, row.terms.timezone), row.pending, row.at_risk, row.overdue,
         row.breaches_open, row.actions_open, "yes" if row.is_monitored else "no")
        for row in view.commitments
    )  # fmt: skip


def figures(view: View, contract: str, commitment: str) -> Table:
    headers = ("commitment", "target", "period", "from", "until", "state", "good", "of", "raw good", "raw of", "value", "status",
               "outlook", "expected", "judged", "final value", "position", "unknown")  # fmt: skip
    zones = {row.id: row.terms.timezone for row in view.commitments}
    rows = read_figures(view.seen, contract=contract or None, commitment=commitment or None)
    return headers, (_figure(row, zones.get(row.commitment, "UTC")) for row in rows)


def _figure(row: FigureRow, where: str) -> tuple[Cell, ...]:
    amounts = [number(one) for one in (*row.adjusted, *row.raw)]
    is_share = "%" in row.target or (row.counted != "values" and row.share is None)
    final = share(row.final["value"], is_share) if row.final else None
    return (
        row.commitment, row.target, row.period, instant(row.start, where), instant(row.until, where), row.state, *amounts,
        share(row.value, is_share), row.status, row.outlook, number(row.expected), number(row.judged), final,
        row.position, number(row.unknown),
    )  # fmt: skip


def occurrences(view: View, commitment: str) -> Table:
    row = read_commitment(view.seen, commitment)
    headers = ("commitment", "key", "period", "due", "limit", "happened", "verdict", "without the excuse", "version", "flags",
               "reason", "value", "evidence")  # fmt: skip
    return headers, (_occurrence(one, row.terms.timezone) for one in _every(view, row))


def _every(view: View, row: CommitmentRow) -> Iterator[OccurrenceRow]:
    for offset in range(0, MOST, A_READ):
        found = read_occurrences(view.seen, row.id, limit=A_READ, offset=offset)
        yield from found
        if len(found) < A_READ:
            return


def _occurrence(one: OccurrenceRow, where: str) -> tuple[Cell, ...]:
    return (
        one.commitment, one.key, one.period, instant(one.due, where), instant(one.limit, where), instant(one.closed, where),
        one.verdict, one.underlying, one.version, " ".join(one.flags), one.reason, number(one.value),
        " ".join(map(str, one.evidence)),
    )  # fmt: skip


def breaches(view: View) -> Table:
    zones = {row.id: row.terms.timezone for row in view.commitments}
    headers = ("breach", "commitment", "period", "cause", "key", "due", "state", "opened at", "opened position", "owed by", "action",
               "acknowledged by", "explanations")  # fmt: skip
    return headers, (
        (row.id, row.commitment, row.period, row.cause, row.key, instant(row.due, zones.get(row.commitment, "UTC")), row.state,
         instant(row.opened_at, zones.get(row.commitment, "UTC")), row.opened_position, row.debtor, row.action,
         row.acknowledged_by, "\n".join(text for _, _, text in row.explanations))
        for row in read_breaches(view.seen)
    )  # fmt: skip


def actions(view: View) -> Table:
    headers = (
        "action",
        "commitment",
        "period",
        "cause",
        "text",
        "owner",
        "person",
        "due",
        "state",
        "overdue",
        "progress",
        "closing",
    )
    return headers, (
        (row.id, row.commitment, row.period, row.cause, row.text, row.owner, row.person, row.due, row.state,
         "yes" if row.is_overdue else "no", "\n".join(text for _, _, text in row.progress), row.closing_text)
        for row in read_actions(view.seen)
    )  # fmt: skip


def excuses(view: View) -> Table:
    headers = (
        "excuse",
        "scope",
        "keys",
        "from",
        "until",
        "reason",
        "text",
        "asked for",
        "asked by",
        "state",
        "answers",
    )
    return headers, (
        (row.id, row.scope, " ".join(row.keys), instant(row.since, _zone(view, row.contract)),
         instant(row.until, _zone(view, row.contract)), row.reason, row.text, row.party, row.asked_by, row.state,
         "\n".join(f"{one.verb} {one.by}: {one.text}" for one in row.answers))
        for row in read_excuses(view.seen)
    )  # fmt: skip


def contracts(view: View) -> Table:
    headers = ("contract", "title", "supplier", "client", "state", "time zone", "from", "until", "versions")
    return headers, (
        (row.id, view.to(row.title), row.supplier, row.client, row.state, row.timezone, row.valid_from,
         row.valid_until, len(row.versions))
        for row in view.contracts.values()
    )  # fmt: skip


def reviews(view: View) -> Table:
    headers = ("review", "contract", "starts", "ends", "state", "position")
    return headers, (
        (row.id, row.contract, instant(row.starts, _zone(view, row.contract)), instant(row.ends, _zone(view, row.contract)),
         row.state, row.position)
        for row in read_reviews(view.seen)
    )  # fmt: skip


def sources(view: View) -> Table:
    headers = (
        "source",
        "declared by",
        "types",
        "last event",
        "expected every s",
        "silent",
        "events",
        "claimed by nobody",
    )
    return headers, (
        (row.source, row.service, " ".join(row.types), instant(row.last, "UTC"),
         row.expected_every // 1_000_000 if row.expected_every is not None else None, "yes" if row.is_silent else "no",
         row.events if row.is_counted else None, row.unclaimed if row.is_counted else None)
        for row in read_sources(view.seen)
    )  # fmt: skip


def quarantine(view: View) -> Table:
    headers = ("item", "position", "received", "channel", "sent by", "from", "problem", "what", "bytes")
    return headers, (
        (row.id, row.position, instant(row.received, "UTC"), row.channel, row.by, row.origin, row.slug, row.problem,
         row.content.decode("utf-8", "replace"))
        for row in read_quarantine(view.seen, limit=MOST)
    )  # fmt: skip


def unmatched(view: View) -> Table:
    headers = ("position", "source", "id", "type", "subject", "happened", "commitments", "reason")
    return headers, (
        (row.position, row.source, row.id, row.type, row.subject, instant(row.time, "UTC"), " ".join(row.commitments), row.reason)
        for row in read_unmatched(view.seen, limit=MOST)
    )  # fmt: skip


def slices(view: View, commitment: str, by: str) -> Table:
    """The figures of a commitment, cut. Raises Invalid where they cannot be cut so."""
    headers = ("commitment", "target", "period", "cut by", "group", "good", "of", "value", "unknown")
    return headers, (
        (row.figure.commitment, row.figure.target, row.figure.period, row.by, row.group,
         *(number(one) for one in row.adjusted), share(row.shown, "%" in row.figure.target), number(row.unknown))
        for row in read_slices(view.seen, by, commitment=commitment)
    )  # fmt: skip


def pack(made: dict[str, Any]) -> Table:
    """The figures of a pack, one a line; what else it says is in its JSON."""
    headers = ("side", "owed by", "commitment", "target", "per", "period", "state", "good", "of", "raw good", "raw of", "value",
               "status", "expected", "judged", "position", "fingerprint", "unknown")  # fmt: skip
    return headers, (
        (side["party"], side["debtor"], one["commitment"], one["target"], one["per"], one["period"], one["state"],
         *(number(one[kind][part]) for kind in ("adjusted", "raw") for part in ("good", "total")),
         share(one["value"], "%" in str(one["target"])), one["status"], number(one["expected"]), number(one["judged"]),
         made["position"], made["fingerprint"], number(one.get("unknown", 0)))
        for side in made["sides"]
        for one in side["figures"]
    )  # fmt: skip


def _zone(view: View, contract: str) -> str:
    row = view.contracts.get(contract)
    return row.timezone if row else "UTC"


def table(view: View, name: str, contract: str, commitment: str, by: str) -> Table:
    """Raises NotFound."""
    tables: dict[str, Callable[[], Table]] = {
        "commitments": lambda: commitments(view),
        "figures": lambda: figures(view, contract, commitment),
        "occurrences": lambda: occurrences(view, commitment),
        "breaches": lambda: breaches(view),
        "actions": lambda: actions(view),
        "excuses": lambda: excuses(view),
        "contracts": lambda: contracts(view),
        "reviews": lambda: reviews(view),
        "sources": lambda: sources(view),
        "quarantine": lambda: quarantine(view),
        "unmatched": lambda: unmatched(view),
        "slices": lambda: slices(view, commitment, by),
        **{name: partial(made, view) for part in PARTS for name, made in part.tables.items()},
    }
    if name not in tables:
        raise NotFound(said("there is no table {name}", name=name), mend=", ".join(tables))
    return tables[name]()


def feed(view: View, service: str) -> bytes:
    """A calendar (RFC 5545) of what falls due for a service, by it or to it, and of its reviews. The same thing keeps its identity.

    Times are in UTC: they mean the same instant to whoever reads them, and need no zone's rules beside them."""
    if service not in view.services:
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
                f"{about} · {name}",
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


def sent(content: bytes, media: str, name: str) -> Response:
    safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in name)
    return Response(
        content, media_type=media, headers={**SECURITY, "Content-Disposition": f'attachment; filename="{safe}"'}
    )


def _form(form: str) -> Form:
    for one in FORMS:
        if one == form:
            return one
    raise NotFound(said("no table in the form {form}", form=form), mend=said("csv or xlsx"))


def add_exports(router: APIRouter, pages: Pages) -> None:
    @router.get("/exports/{name}.{form}")
    def export(
        request: Request,
        name: str,
        form: str,
        contract: Text = "",
        commitment: Text = "",
        by: Text = "weekday",
        separator: Separator = "",
        decimal: Decimals = "",
        headers: Headers = "shown",
    ) -> Response:
        view = View(pages, request, breaks=False)
        wanted = _form(form)
        how = written(view.language.code, separator, decimal)
        names, rows = table(view, name, contract, commitment, by)
        about = commitment.replace("/", "-") or contract
        file = "-".join(part for part in (name, about) if part)
        words = STABLE if headers == "stable" else spoken(view.language, name, view.people)
        return sent(table_bytes(wanted, names, rows, file, words=words, written=how), MEDIA[wanted], f"{file}.{form}")

    @router.get("/reviews/{id}/pack.{form}")
    def pack_as(
        request: Request,
        id: str,
        form: str,
        separator: Separator = "",
        decimal: Decimals = "",
        headers: Headers = "shown",
    ) -> Response:
        view = View(pages, request, breaks=False)
        how = written(view.language.code, separator, decimal)
        made = review_pack(pages.store.seeing, view.who, id)
        if form == "pdf":
            return sent(
                pack_pdf(made, view.language.code, organisation=pages.organisation, people=view.people),
                "application/pdf",
                f"{id}.pdf",
            )
        wanted = _form(form)
        words = STABLE if headers == "stable" else spoken(view.language, "pack")
        return sent(table_bytes(wanted, *pack(made), words=words, written=how), MEDIA[wanted], f"{id}.{form}")

    @router.get("/calendars/{service}.ics")
    def calendar(request: Request, service: str) -> Response:
        return sent(feed(View(pages, request, breaks=False), service), "text/calendar; charset=utf-8", f"{service}.ics")

    @router.get("/badges/{contract}/{deliverable}/{criterion}.svg")
    def drawn_badge(request: Request, contract: str, deliverable: str, criterion: str) -> Response:
        view = View(pages, request, breaks=False)
        row = standing(view, read_commitment(view.seen, f"{contract}/{deliverable}/{criterion}"))
        words = f"{view.language.text(f'disc.{row.disc}')} · {row.figure_words}" if row.figure_words else ""
        drawn = badge(row.title, words or view.language.text(f"disc.{row.disc}"), TONES[row.disc], mark(row.disc))
        headers = {
            **SECURITY,
            "Cache-Control": "no-cache",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        }
        return Response(drawn, media_type="image/svg+xml", headers=headers)
