"""A commitment as pages list it: its title, who owes whom, how it stands, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from markupsafe import Markup

from dashboards import charts
from dashboards.language import Language
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.standing import cell_counts, disc, exposure, figure_words, fraction_words, is_rolling, mark_of, worst
from domain.kinds.faces import face
from domain.terms import Criterion, Deliverable
from services.figures.reading import read_figures, read_occurrences, read_rolling_trend
from services.figures.rows import CommitmentRow, FigureRow

PERIODS = 13
"""How many periods a page looks back."""


@dataclass(frozen=True)
class Standing:
    """`disc` is the mark of the target that stands worst. Words are found when they are asked for: most lists show few of many."""

    view: View = field(repr=False, compare=False)
    row: CommitmentRow
    disc: str

    @property
    def title(self) -> str:
        return f"{self.deliverable} · {self.criterion}"

    @cached_property
    def path(self) -> str:
        return commitment_path(self.row.id)

    @cached_property
    def deliverable(self) -> str:
        return self.view.to(self.row.deliverable.title)

    @cached_property
    def criterion(self) -> str:
        return self.view.to(self.row.criterion.title)

    @cached_property
    def debtor(self) -> str:
        return self.view.service(self.row.debtor)

    @cached_property
    def creditor(self) -> str:
        return self.view.service(self.row.creditor)

    @cached_property
    def begins(self) -> str:
        """From when on it is owed, where time has not reached that: `begins tomorrow`."""
        return begins_words(self.view, self.row.begins, self.row.terms.timezone)

    @cached_property
    def figure(self) -> FigureRow | None:
        """The figure of the target that stands worst; None where there is none."""
        return next((one for one in self.row.current if disc(one) == self.disc), None)

    @cached_property
    def figure_words(self) -> str:
        return figure_words(self.figure, self.view.language) if self.figure else ""

    @cached_property
    def raw_words(self) -> str:
        """The raw figure in words; empty where it is the adjusted one."""
        figure = self.figure
        if figure is None or figure.raw == figure.adjusted:
            return ""
        _, total = figure.raw
        return fraction_words(figure, figure.raw, self.view.language) if total else ""


def begins_words(view: View, begins: int | None, zone: str) -> str:
    """`begins today`, `begins tomorrow`, `begins on Mon 7 Dec`; empty where it has begun."""
    now = view.known.watermark
    if begins is None or now is None:
        return ""
    clock = view.moments(zone)
    days = (clock.local_date(begins) - clock.local_date(now)).days
    if days < 2:
        return view.language.text("begins.tomorrow" if days else "begins.today")
    return view.language.text("begins.on", day=clock.day(begins))


def commitment_path(id: str) -> str:
    return link(f"/commitments/{id}")


def unknown_sentence(language: Language, rows: Iterable[Standing]) -> str:
    """`In 2 of them something could not be judged.`; empty where everything was."""
    unknown = sum(any(one.unknown for one in row.row.current) for row in rows)
    return language.counted("portfolio.unknown", unknown) if unknown else ""


def title(view: View, deliverable: Deliverable, criterion: Criterion) -> str:
    return f"{view.to(deliverable.title)} · {view.to(criterion.title)}"


def standing(view: View, row: CommitmentRow) -> Standing:
    return Standing(view, row, worst(row.current))


def most_exposed(view: View, rows: Iterable[CommitmentRow]) -> list[Standing]:
    """All of them, the most exposed first."""
    return sorted((standing(view, row) for row in rows), key=lambda one: exposure(one.row, one.disc))


def until_current(figures: Sequence[FigureRow], current: FigureRow | None) -> list[FigureRow]:
    """The last periods up to the current one, ascending."""
    if current is None:
        return list(figures)[-PERIODS:]
    return [one for one in figures if one.start <= current.start][-PERIODS:]


def trend(view: View, figures: Sequence[FigureRow]) -> Markup:
    """The discs of consecutive periods, in one picture that says what they are."""
    names = [disc(figure) for figure in figures]
    found = dict.fromkeys(names)
    parts = [f"{names.count(name)} {view.language.text(f'disc.{name}')}" for name in found]
    sentence = view.language.counted("trend.periods", len(names), parts=", ".join(parts))
    return charts.discs(names, sentence)


def trend_of(view: View, row: Standing) -> Markup:
    """The discs of its last periods; of a rolling window, week by week."""
    if row.figure is None:
        return Markup("")
    index = row.figure.target_index
    if is_rolling(row.figure):
        weeks = read_rolling_trend(view.seen, row.row.id)
        return trend(view, [one for one in weeks if one.target_index == index])
    figures = read_figures(view.seen, commitment=row.row.id)
    return trend(view, until_current([one for one in figures if one.target_index == index], row.figure))


def strip_or_trend(view: View, row: Standing) -> Markup:
    """The occurrences of the current period; the last periods where there is nothing to count one by one."""
    if face(row.row.criterion.indicator).counts != "occurrences":
        return trend_of(view, row)
    return current_strip(view, row.figure, row.row.id)


def current_strip(view: View, figure: FigureRow | None, commitment: str, *, a_row: int = 30) -> Markup:
    """The occurrences of the current period, one mark each while they can be counted at a glance, else one bar."""
    if figure is None or cell_counts(figure) == 0:
        return Markup("")
    if cell_counts(figure) > charts.CELLS_A_ROW:
        return charts.count_bar(figure.counts, view.language, width=a_row * 14)
    rows = read_occurrences(view.seen, commitment, period=figure.period, limit=charts.CELLS_A_ROW)
    return charts.cells([mark_of(row) for row in rows], view.language, a_row=a_row)
