"""`/portfolio`: who owes whom, and every commitment, the most exposed first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from dashboards.maps import Line, Place, service_map
from dashboards.multiples import Small, small_multiple
from dashboards.pages.figures.listing import COMMITMENTS, shown_commitments
from dashboards.pages.figures.standings import Standing, standing, trend_of, unknown_sentence, until_current
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.templates import link
from dashboards.plain import plain
from dashboards.standing import (
    EXPOSURE,
    FEW,
    disc,
    exposure,
    is_about_values,
    is_on_track,
    is_rolling,
    share,
    short_figure,
)
from dashboards.words import bound_words, period_short, share_of
from services.figures.reading import read_figures
from services.figures.rows import FigureRow

MOST_SERVICES = 12
MOST_DISCS = 6
MOST_MULTIPLES = 12
MOST_DEALINGS = 60


@dataclass(frozen=True)
class Cell:
    """The commitments that one service owes another: discs worst first, and how many more there are."""

    discs: tuple[str, ...]
    more: int
    on_track: int
    total: int
    is_lost: bool


@dataclass(frozen=True)
class Matrix:
    debtors: tuple[str, ...]
    creditors: tuple[str, ...]
    cells: dict[tuple[str, str], Cell]
    owes: dict[str, Cell]
    owed: dict[str, Cell]
    left_out: int


def matrix(rows: Sequence[Standing]) -> Matrix:
    """The matrix of who owes whom; of more than twelve services, those with the most exposed commitments."""
    names = list(dict.fromkeys(name for row in rows for name in (row.row.debtor, row.row.creditor)))
    shown = set(names[:MOST_SERVICES])
    kept = [row for row in rows if row.row.debtor in shown and row.row.creditor in shown]
    pairs = sorted({(row.row.debtor, row.row.creditor) for row in kept})
    return Matrix(
        tuple(sorted({debtor for debtor, _ in pairs})),
        tuple(sorted({creditor for _, creditor in pairs})),
        {(d, c): _cell([r for r in kept if (r.row.debtor, r.row.creditor) == (d, c)]) for d, c in pairs},
        {debtor: _cell([row for row in kept if row.row.debtor == debtor]) for debtor, _ in pairs},
        {creditor: _cell([row for row in kept if row.row.creditor == creditor]) for _, creditor in pairs},
        len(names) - len(shown),
    )


def _cell(rows: Sequence[Standing]) -> Cell:
    discs = sorted((row.disc for row in rows), key=EXPOSURE.index)
    on_track = sum(is_on_track(name) for name in discs)
    is_lost = any(name in ("lost", "breached") for name in discs)
    return Cell(tuple(discs[:MOST_DISCS]), max(0, len(discs) - MOST_DISCS), on_track, len(discs), is_lost)


@dataclass(frozen=True)
class Dealing:
    """A contract as the map shows it, in words."""

    title: str
    path: str
    supplier: str
    client: str
    disc: str
    on_track: int
    total: int


@dataclass(frozen=True)
class Map:
    drawing: Markup
    dealings: tuple[Dealing, ...]
    total: int
    services: tuple[str, ...]


def map_of(view: View, rows: Sequence[Standing]) -> Map:
    """Who deals with whom: each contract in which something is judged, the most exposed first."""
    by_contract: dict[str, list[Standing]] = {}
    for row in rows:
        by_contract.setdefault(row.row.contract, []).append(row)
    lines, dealings = [], []
    for id, held in by_contract.items():
        contract = view.contracts[id]
        worst = min((row.disc for row in held), key=EXPOSURE.index)
        lines.append(Line(contract.supplier, contract.client, worst))
        dealings.append(
            Dealing(
                view.to(contract.title),
                link(f"/contracts/{id}"),
                view.service(contract.supplier),
                view.service(contract.client),
                worst,
                sum(is_on_track(row.disc) for row in held),
                len(held),
            )
        )
    owed = {id: [row for row in rows if row.row.debtor == id] for one in lines for id in (one.supplier, one.client)}
    places = {id: Place(view.service(id), _kept(view, held), _is_external(view, id)) for id, held in owed.items()}
    sentence = view.language.counted("map.sentence", len(lines), services=len(places))
    order = sorted(range(len(lines)), key=lambda at: EXPOSURE.index(lines[at].disc))
    drawing = service_map(places, lines, sentence)
    named = sorted(places, key=lambda id: (plain(view.service(id)), id))
    return Map(drawing, tuple(dealings[at] for at in order[:MOST_DEALINGS]), len(lines), tuple(named))


def _kept(view: View, rows: Sequence[Standing]) -> str:
    on_track = sum(is_on_track(row.disc) for row in rows)
    return view.language.text("map.owes", on_track=on_track, total=len(rows)) if rows else ""


def _is_external(view: View, id: str) -> bool:
    return id in view.services and view.services[id].is_external


def summary(view: View, rows: Sequence[Standing]) -> str:
    """How the whole portfolio stands: `74 commitments between 12 services. 66 are on track, 4 have no miss left…`"""
    language = view.language
    services = {name for row in rows for name in (row.row.debtor, row.row.creditor)}
    counts = Counter("on_track" if is_on_track(row.disc) else row.disc for row in rows)
    order = ("on_track", "tight", "lost", "breached", "no-data")
    parts = [language.counted(f"portfolio.{name}", counts[name]) for name in order if counts[name]]
    first = language.counted("portfolio.commitments", len(rows), services=len(services))
    unmonitored = sum(not row.row.is_monitored for row in rows)
    last = language.counted("portfolio.unmonitored", unmonitored) if unmonitored else ""
    said = [f"{first} {language.listing(parts)}.", unknown_sentence(language, rows), last]
    return " ".join(filter(None, said))


@dataclass(frozen=True)
class Multiple:
    """One of the small drawings of the most exposed."""

    row: Standing
    drawing: Markup
    target: str


def multiples(view: View, rows: Sequence[Standing]) -> tuple[list[Multiple], str]:
    """Thirteen periods of each, all on one scale, and where that begins. Rolling windows and times have no share by period."""
    found = []
    for row in rows:
        if row.figure is None or is_rolling(row.figure):
            continue
        index = row.figure.target_index
        figures = [one for one in read_figures(view.seen, commitment=row.row.id) if one.target_index == index]
        found.append((row, until_current(figures, row.figure)))
    shares = [
        one for row, figures in found if _is_line(row, figures) for one in map(_share, figures) if one is not None
    ]
    low = Fraction(int(min(shares) * 20), 20) if shares else Fraction(9, 10)
    low = min(low, Fraction(9, 10))
    drawn = [Multiple(row, _drawn(view, row, figures, low), _target(view, row)) for row, figures in found]
    return drawn, view.language.percent(low)


def _is_line(row: Standing, figures: Sequence[FigureRow]) -> bool:
    """Says whether a period has enough judged that its share means something."""
    if row.figure is None or is_about_values(row.figure) or share_of(row.figure.target) is None:
        return False
    counts = [total or 0 for _, total in (figure.adjusted for figure in figures[:-1] or figures)]
    return bool(counts) and sorted(counts)[len(counts) // 2] >= FEW


def _share(figure: FigureRow) -> Fraction | None:
    return share(figure.adjusted)


def _target(view: View, row: Standing) -> str:
    return bound_words(row.figure.target, view.language) if row.figure else ""


def _drawn(view: View, row: Standing, figures: Sequence[FigureRow], low: Fraction) -> Markup:
    assert row.figure is not None
    names = tuple(map(disc, figures))
    shown = Small(
        tuple(map(_share, figures)),
        names,
        share_of(row.figure.target),
        low,
        short_figure(row.figure, row.figure.adjusted, view.language),
        (_short(view, figures[0]), _short(view, figures[-1])),
        _is_line(row, figures),
    )
    parts = ", ".join(f"{names.count(name)} {view.language.text(f'disc.{name}')}" for name in dict.fromkeys(names))
    return small_multiple(shown, view.language.counted("trend.periods", len(names), parts=parts))


def _short(view: View, figure: FigureRow) -> str:
    return " ".join(part for part in period_short(figure.period, view.language) if part)


def add_portfolio(router: APIRouter, pages: Pages) -> None:
    @router.get("/portfolio", dependencies=[asks(COMMITMENTS)])
    def portfolio(request: Request) -> Response:
        view = View(pages, request)
        rows = [standing(view, row) for row in sorted(view.commitments, key=exposure)]
        shown = shown_commitments(view)
        is_first = shown.page == 1
        drawn, low = multiples(view, rows[:MOST_MULTIPLES]) if is_first else ([], "")
        return view.render(
            "figures/portfolio.html",
            summary=summary(view, rows) if rows else "",
            matrix=matrix(rows),
            map=map_of(view, rows) if is_first else None,
            list=shown,
            rows=[(row, trend_of(view, row)) for row in shown.rows],
            multiples=drawn,
            scale=low,
            total=len(rows),
        )
