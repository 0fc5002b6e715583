"""`/commitments/{contract}/{deliverable}/{criterion}`: the sentence, the proof, every occurrence and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from dashboards import charts
from dashboards.figure_explanations import figure_sentences
from dashboards.marks import PAPER
from dashboards.pages.breaches.page import cause_mark, name_of
from dashboards.pages.excuses.asking import asking
from dashboards.pages.excuses.page import listed_excuses
from dashboards.pages.explaining.explaining import Explained, explained
from dashboards.pages.figures.ledger import ledger, lines
from dashboards.pages.figures.proofs import proofs
from dashboards.pages.figures.slicing import slices
from dashboards.pages.figures.standings import PERIODS, Standing, current_strip, standing, until_current
from dashboards.pages.figures.targets import budget, target_view
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import breakable, link
from dashboards.pages.house.waiting import waiting_for_files
from dashboards.standing import cell_counts, disc, is_below, is_rolling, mark_of, short_figure
from dashboards.words import action_words, cause_words, owed_words, period_short, period_words
from domain.kinds.faces import face
from services.breaches.reading import read_actions, read_breaches
from services.breaches.rows import BreachRow
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.excuses.reading import read_excuses
from services.explaining.figures import explain_figure
from services.explaining.occurrences import explain_occurrence
from services.figures.reading import read_commitment, read_figures, read_occurrences
from services.figures.rows import CommitmentRow, FigureRow, OccurrenceRow

MOST_CELLS = 800
MOST_POINTS = 4


def strip(view: View, row: Standing, figures: Sequence[FigureRow], zone: str) -> tuple[Markup, int, bool]:
    """Every due date of the last periods, how many they are, and whether today is marked."""
    series = until_current(
        [one for one in figures if one.target_index == 0], row.row.current[0] if row.row.current else None
    )
    total = sum(cell_counts(one) for one in series)
    rolls = all(is_rolling(one) for one in series)
    kind = face(row.row.criterion.indicator)
    if total == 0 or rolls or kind.counts != "occurrences" or kind.named_after == "period":
        return Markup(""), 0, False
    clock = view.moments(zone)
    today = clock.local_date(view.known.watermark) if view.known.watermark is not None else None
    seen: dict[str, list[OccurrenceRow]] = {}
    if total <= MOST_CELLS:
        for one in series:
            if cell_counts(one):
                seen[one.period] = read_occurrences(view.seen, row.row.id, period=one.period)
    rows = [
        _row(view, one, seen.get(one.period), is_current=one.period == series[-1].period) for one in reversed(series)
    ]
    cells = [
        charts.Cell(clock.local_date(o.due), mark_of(o)) for group in seen.values() for o in group if o.due is not None
    ]
    narrow = charts.row_strip(rows, view.language, css="narrow fluid", width=300, size=11, label=40)
    narrow += charts.row_strip(rows, view.language, css="paper fluid", width=PAPER, size=10, label=56)
    if cells and charts.has_day_rhythm([cell.day for cell in cells]):
        wide = charts.calendar_strip(cells, today, view.language)
        return wide + narrow, total, today in {cell.day for cell in cells}
    wide = charts.row_strip(rows, view.language, css="wide", width=1152, size=12, label=72)
    return wide + narrow, total, False


def _row(view: View, figure: FigureRow, seen: Sequence[OccurrenceRow] | None, *, is_current: bool) -> charts.Row:
    label = " ".join(period_short(figure.period, view.language)[:1])
    marks = tuple(mark_of(one) for one in seen) if seen is not None else ()
    is_drawn = (seen is not None or cell_counts(figure) == 0) and len(marks) <= charts.CELLS_A_ROW
    text = short_figure(figure, figure.adjusted, view.language)
    return charts.Row(
        label, figure.counts, text, marks if is_drawn else None, is_current, disc(figure) in ("lost", "breached")
    )


def commitment_page(view: View, id: str, period: str, verdict: str, page: int, key: str, by: str) -> Response:
    row = standing(view, read_commitment(view.seen, id))
    contract = read_contract(view.seen, row.row.contract)
    figures = read_figures(view.seen, commitment=id)
    targets = [target_view(view, row, i, target, figures) for i, target in enumerate(row.row.criterion.targets)]
    current = next((one.period for one in row.row.current), "")
    periods = list(dict.fromkeys(one.period for one in reversed(figures)))
    drawn, total, has_today = strip(view, row, figures, contract.timezone)
    why: Explained | None = explained(view, row, contract, explain_occurrence(view.seen, id, key)) if key else None
    return view.render(
        "explaining/commitment.html",
        row=row,
        contract=contract,
        contract_title=view.to(contract.title),
        files_awaited=waiting_for_files(view, contract.id),
        rule=owed_words(row.row.criterion.indicator, row.row.terms, view.language),
        targets=targets,
        first=targets[0] if targets else None,
        budget=budget(view, row, row.figure) if row.figure else None,
        current_strip=_strip_of_period(view, row, id),
        current_period=period_words(current, view.language) if current else "",
        strip=drawn,
        proofs=proofs(view, row, contract, figures, period or current or "all"),
        strip_total=total,
        slices=slices(view, id, row.row.criterion, by, period or current or "all"),
        has_today=has_today,
        put_together=_put_together(view, id, contract, period if period in periods else current),
        ledger=ledger(
            view, row, contract, period or current or "all", verdict, page, why.row.occurrence if why else None
        ),
        periods=[(one, period_words(one, view.language)) for one in periods[: 4 * PERIODS]],
        why=why,
        why_key=key,
        clock=view.moments(contract.timezone),
        breaches=_open_breaches(view, row.row),
        excuses=listed_excuses(view, read_excuses(view.seen, commitment=id)[:MOST_POINTS]),
        ask=asking(view, contract, row.row),
        actions=[
            (one, breakable(action_words(one.text, one.cause, view.language)))
            for one in read_actions(view.seen, commitment=id, state="open")
        ],
        most_points=MOST_POINTS,
        needs=_needs(view, row, contract),
        one_more_loses=row.figure is not None and row.disc == "tight" and not is_below(row.figure),
        kind=row.row.criterion.indicator.kind,
    )


def _strip_of_period(view: View, row: Standing, id: str) -> Markup:
    if face(row.row.criterion.indicator).counts != "occurrences":
        return Markup("")
    return current_strip(view, row.figure, id, a_row=18)


def _put_together(view: View, id: str, contract: ContractRow, period: str) -> list[list[str]]:
    """How the figures of that period come about, in sentences, one list a target."""
    if not period:
        return []
    clock = view.moments(contract.timezone)
    return [figure_sentences(one, contract, clock) for one in explain_figure(view.seen, id, period)]


def _open_breaches(view: View, commitment: CommitmentRow) -> list[tuple[BreachRow, str, str, str]]:
    """The newest first, each with its mark, its cause and what it is about."""
    found = read_breaches(view.seen, commitment=commitment.id, state="open")
    language = view.language
    return [
        (
            row,
            cause_mark(row),
            cause_words(row.cause, language),
            name_of(view, row, commitment).words or period_words(row.period, language),
        )
        for row in sorted(found, key=lambda row: -row.opened_position)
    ]


def _needs(view: View, row: Standing, contract: ContractRow) -> list[str]:
    """The deliverables that this one depends on, by title where they are in the same contract."""
    titles = {deliverable.id: view.to(deliverable.title) for deliverable in contract.terms.deliverables}
    return [titles.get(id, id) for id in row.row.deliverable.depends_on]


def add_commitment(router: APIRouter, pages: Pages) -> None:
    @router.get("/commitments/{contract}/{deliverable}/{criterion}")
    def commitment(
        request: Request,
        contract: str,
        deliverable: str,
        criterion: str,
        period: str = "",
        verdict: str = "",
        page: int = 1,
        slice: Annotated[str, Query(max_length=300)] = "",
        why: Annotated[str, Query(max_length=2_000)] = "",
    ) -> Response:
        view = View(pages, request)
        return commitment_page(view, f"{contract}/{deliverable}/{criterion}", period, verdict, page, why, slice)

    @router.get("/commitments/{contract}/{deliverable}/{criterion}/explain")
    def explain(request: Request, contract: str, deliverable: str, criterion: str, key: str) -> Response:
        view = View(pages, request)
        id = f"{contract}/{deliverable}/{criterion}"
        row = standing(view, read_commitment(view.seen, id))
        agreed = read_contract(view.seen, row.row.contract)
        why = explained(view, row, agreed, explain_occurrence(view.seen, id, key))
        [line] = lines(view, row.row, [why.row.occurrence], view.moments(agreed.timezone))
        return view.render(
            "explaining/explain.html",
            row=row,
            contract_title=view.to(agreed.title),
            contract=agreed,
            why=why,
            line=line,
            clock=view.moments(agreed.timezone),
            back=link(f"/commitments/{id}", period=why.row.occurrence.period),
            ask=asking(view, agreed, row.row, key, why.row.occurrence.due),
        )
