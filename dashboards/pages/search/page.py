"""`/search`: contracts, services, commitments and occurrences by any of their names, of what the reader may see."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Request, Response

from dashboards.naming import Name, occurrence_name
from dashboards.pages.contracts.page import proposal
from dashboards.pages.figures.standings import Standing, commitment_path, standing, title
from dashboards.pages.house.frame import Pages, View, link
from dashboards.pages.parts import PARTS
from dashboards.plain import plain
from dashboards.standing import exposure, mark_of
from domain.terms import Text
from services.contracts.rows import ContractRow
from services.figures.reading import occurrences_named
from services.figures.rows import CommitmentRow

MOST = 20
"""Lines of each sort."""
LONGEST = 200


@dataclass(frozen=True)
class FoundContract:
    row: ContractRow
    is_proposed: bool


@dataclass(frozen=True)
class FoundService:
    name: str
    path: str
    contracts: int
    is_external: bool


@dataclass(frozen=True)
class FoundOccurrence:
    mark: str
    name: Name
    about: str
    path: str


def _says(words: list[str], *texts: str | Text) -> bool:
    """Says whether each word stands in one of the texts, in any language."""
    every = [text if isinstance(text, str) else " ".join(said for _, said in text.by_language) for text in texts]
    held = plain(" ".join(every))
    return all(word in held for word in words)


def keys_of(text: str) -> list[str]:
    """The keys of occurrences that somebody may mean who types this: the text, also in capitals and in small letters, or the date
    that it names."""
    text = text.strip().lstrip("#")
    found = [text, text.upper(), text.lower()]
    if said := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
        with contextlib.suppress(ValueError):
            found.append(date(int(said[3]), int(said[2]), int(said[1])).isoformat())
    return list(dict.fromkeys(one for one in found if one))


def search_page(view: View, query: str) -> Response:
    query = "".join(one for one in query if one.isprintable()).strip()[:LONGEST]
    words = plain(query).split()
    contracts = [row for row in view.contracts.values() if words and _contract_says(view, words, row)]
    every = sorted(view.commitments, key=exposure) if words else []
    commitments = [
        row for row in every if _says(words, row.id, row.deliverable.title, row.criterion.title, row.deliverable.id)
    ]
    services = list(_services(view, words))
    occurrences = list(_occurrences(view, keys_of(query))) if words else []
    of_parts = [(part.name, part.finds(view, words)) for part in PARTS if part.finds is not None and words]
    return view.render(
        "search/search.html",
        query=query,
        contracts=[FoundContract(row, proposal(row) is not None) for row in contracts[:MOST]],
        services=services[:MOST],
        commitments=_standings(view, commitments[:MOST]),
        occurrences=occurrences[:MOST],
        of_parts=[(name, found[:MOST], len(found)) for name, found in of_parts if found],
        counts=[
            len(contracts),
            len(services),
            len(commitments),
            len(occurrences),
            *(len(found) for _, found in of_parts),
        ],
        most=MOST,
    )


def _standings(view: View, rows: Sequence[CommitmentRow]) -> list[Standing]:
    return [standing(view, row) for row in rows]


def _contract_says(view: View, words: list[str], row: ContractRow) -> bool:
    parties = [view.services[id].title for id in (row.supplier, row.client) if id in view.services]
    return _says(words, row.id, row.title, row.supplier, row.client, *parties)


def _services(view: View, words: list[str]) -> Iterator[FoundService]:
    for row in view.services.values() if words else ():
        if _says(words, row.id, row.title):
            held = sum(row.id in (one.supplier, one.client) for one in view.contracts.values())
            yield FoundService(view.to(row.title), link("/contracts", service=row.id), held, row.is_external)


def _occurrences(view: View, keys: list[str]) -> Iterator[FoundOccurrence]:
    rows = {row.id: row for row in view.commitments}
    for one in occurrences_named(view.seen, keys):
        row = rows.get(one.commitment)
        if row is None:
            continue
        name = occurrence_name(one.key, row.criterion.indicator.kind, one.due, view.moments(row.terms.timezone))
        path = link(commitment_path(row.id), period=one.period, why=one.key) + "#why"
        yield FoundOccurrence(mark_of(one), name, title(view, row.deliverable, row.criterion), path)


def add_search(router: APIRouter, pages: Pages) -> None:
    @router.get("/search")
    def search(request: Request, q: str = "") -> Response:
        return search_page(View(pages, request), q)
