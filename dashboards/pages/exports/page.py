"""Everything that leaves the pages: every table as CSV and XLSX, feeds of due dates and reviews for calendars, badges, packs as PDF."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response

from dashboards.badges import badge
from dashboards.marks import TONES, mark
from dashboards.pages.exports.calendars import add_calendars
from dashboards.pages.exports.spoken_tables import spoken, written
from dashboards.pages.figures.standings import standing
from dashboards.pages.figures.tables import figures, occurrences, slices
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.looking_back import AT
from dashboards.pages.parts import PARTS
from dashboards.pages.reviews.printing import minutes_pdf, pack_pdf
from dashboards.pages.reviews.tables import agenda, pack
from dashboards.tables import FORMS, MEDIA, STABLE, Form, Table, table_bytes
from domain.saying import said
from services.api.parameters import require_known_to_people
from services.errors import NotFound
from services.figures.reading import read_commitment
from services.reviews.packs import held_pack
from services.reviews.reading import read_review

Text = Annotated[str, Query(max_length=300)]
Separator = Annotated[str, Query(max_length=9, description="between the cells of a CSV; default by language")]
Decimals = Annotated[str, Query(max_length=1, description="before the decimals of a CSV; default by language")]
Headers = Annotated[Literal["shown", "stable"], Query(description="of a CSV: as readers know them, or as programs do")]


def table(view: View, name: str, contract: str, commitment: str, by: str) -> Table:
    """Raises NotFound."""
    tables: dict[str, Callable[[], Table]] = {
        "figures": lambda: figures(view, contract, commitment),
        "occurrences": lambda: occurrences(view, commitment),
        "slices": lambda: slices(view, commitment, by),
        **{name: partial(made, view) for part in PARTS for name, made in part.tables.items()},
    }
    if name not in tables:
        raise NotFound(said("there is no table {name}", name=name), mend=", ".join(tables))
    return tables[name]()


def sent(content: bytes, media: str, name: str) -> Response:
    safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in name)
    return Response(content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{safe}"'})


def _form(form: str) -> Form:
    for one in FORMS:
        if one == form:
            return one
    raise NotFound(said("no table in the form {form}", form=form), mend=said("csv or xlsx"))


_DRAWN: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""A drawing has its style in itself."""


def add_exports(router: APIRouter, pages: Pages) -> None:
    _add_tables(router, pages)
    _add_packs(router, pages)
    _add_meetings(router, pages)
    add_calendars(router, pages)
    _add_badges(router, pages)


_LISTS: Final = {one.table: one for part in PARTS for one in part.lists if one.table}
"""The lists that are exported, by the names of their tables."""
_OF_ALL: Final = frozenset({"contract", "commitment", "by", "separator", "decimal", "headers", AT})
"""What the address of every table takes."""


def _require_of(name: str, request: Request) -> None:
    """Raises Invalid where the address narrows a table by what its list has not: it would be passed over."""
    known = _OF_ALL | set(_LISTS[name].parameters if name in _LISTS else ())
    require_known_to_people(request, known)


def _add_tables(router: APIRouter, pages: Pages) -> None:
    @router.get("/exports/{name}.{form}", dependencies=[asks(*_LISTS.values())])
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
        _require_of(name, request)
        how = written(view.language.code, separator, decimal)
        names, rows = table(view, name, contract, commitment, by)
        about = commitment.replace("/", "-") or contract
        file = "-".join(part for part in (name, about) if part)
        words = STABLE if headers == "stable" else spoken(view.language, name, view.people)
        return sent(table_bytes(wanted, names, rows, file, words=words, written=how), MEDIA[wanted], f"{file}.{form}")


def _add_packs(router: APIRouter, pages: Pages) -> None:
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
        held = held_pack(pages.store.seeing, view.who, id)
        if form == "pdf":
            code, organisation = view.language.code, pages.organisation
            made = pack_pdf(held.pack, code, organisation=organisation, people=view.people, told=held.told)
            return sent(made, "application/pdf", f"{id}.pdf")
        wanted = _form(form)
        words = STABLE if headers == "stable" else spoken(view.language, "pack")
        return sent(table_bytes(wanted, *pack(held.pack), words=words, written=how), MEDIA[wanted], f"{id}.{form}")


def _add_meetings(router: APIRouter, pages: Pages) -> None:
    @router.get("/reviews/{id}/minutes.pdf")
    def minutes_as_pdf(request: Request, id: str) -> Response:
        view = View(pages, request, breaks=False)
        row, held = read_review(view.seen, id), held_pack(pages.store.seeing, view.who, id)
        code, organisation = view.language.code, pages.organisation
        made = minutes_pdf(held, row, code, organisation=organisation, people=view.people)
        return sent(made, "application/pdf", f"{id}-minutes.pdf")

    @router.get("/reviews/{id}/agenda.{form}")
    def agenda_as(
        request: Request,
        id: str,
        form: str,
        separator: Separator = "",
        decimal: Decimals = "",
        headers: Headers = "shown",
    ) -> Response:
        view = View(pages, request, breaks=False)
        how, wanted = written(view.language.code, separator, decimal), _form(form)
        row, held = read_review(view.seen, id), held_pack(pages.store.seeing, view.who, id)
        words = STABLE if headers == "stable" else spoken(view.language, "agenda")
        made = table_bytes(wanted, *agenda(view, row, held), words=words, written=how)
        return sent(made, MEDIA[wanted], f"{id}-agenda.{form}")


def _add_badges(router: APIRouter, pages: Pages) -> None:
    @router.get("/badges/{contract}/{deliverable}/{criterion}.svg")
    def drawn_badge(request: Request, contract: str, deliverable: str, criterion: str) -> Response:
        view = View(pages, request, breaks=False)
        row = standing(view, read_commitment(view.seen, f"{contract}/{deliverable}/{criterion}"))
        words = f"{view.language.text(f'disc.{row.disc}')} · {row.figure_words}" if row.figure_words else ""
        drawn = badge(row.title, words or view.language.text(f"disc.{row.disc}"), TONES[row.disc], mark(row.disc))
        headers = {
            "Cache-Control": "private, no-cache",
            "Content-Security-Policy": _DRAWN,
        }
        return Response(drawn, media_type="image/svg+xml", headers=headers)
