"""The table of occurrences: a period or all, a verdict or all, page by page, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, assert_never

from dashboards.kinds.face import VERDICTS, Columns
from dashboards.kinds.faces import face
from dashboards.language import Language
from dashboards.moments import Moments
from dashboards.pages.figures.standings import Standing
from dashboards.pages.house.frame import View
from dashboards.standing import is_rolling, mark_of
from dashboards.values import exact_words, value_words
from dashboards.words import period_words
from domain.durations import MINUTE, SECOND
from domain.kinds.faces import face as domain_face
from domain.risk import LAST
from domain.terms import (
    Availability,
    Conformity,
    Criterion,
    Deadline,
    Freshness,
    Measure,
    Punctuality,
    Satisfaction,
    Turnaround,
    Volume,
)
from services.contracts.rows import ContractRow
from services.figures.reading import count_occurrences, read_occurrences
from services.figures.rows import CommitmentRow, FigureRow, OccurrenceRow, RiskRow

A_PAGE = 40
NEWEST: Final = 5
PAUSED: Final = "paused"
"""The flag of a case whose time stands still."""
QUIET: Final = frozenset({"met", "excused", "measured"})
"""Of the marks that say that nothing was missed, that many are listed before the others are folded."""
MOST_READ = 2_000
"""Occurrences that are read at once: the last ones."""


@dataclass(frozen=True)
class Line:
    row: OccurrenceRow
    mark: str
    word: str
    name: str
    due: str
    closed: str
    compared: str
    notes: tuple[str, ...]
    evidence: str
    until: int | None = None
    """The instant from which on `compared` is no longer true."""


def columns(criterion: Criterion) -> Columns:
    """The headers of name, when, what came and what it means; an empty one is left out."""
    indicator = criterion.indicator
    named, when, came, means = face(indicator).columns
    kind = domain_face(indicator)
    name = "case" if kind.is_of_items and kind.key(indicator) else named
    return name, when, came, means


def verdict_words(verdict: str, kind: str, language: Language) -> str:
    """The verdict as it is said of this kind: an outage, a satisfied answer; else as of any."""
    own = f"outcome.{kind}.{verdict}"
    return language.text(own if language.has(own) else f"verdict.{verdict}")


def lines(view: View, commitment: CommitmentRow, rows: Sequence[OccurrenceRow], clock: Moments) -> list[Line]:
    return [_line(view, commitment, row, clock) for row in rows]


def _line(view: View, commitment: CommitmentRow, row: OccurrenceRow, clock: Moments) -> Line:
    kind = commitment.criterion.indicator.kind
    due, closed, means = _cells(view, commitment, row, clock)
    return Line(
        row,
        mark_of(row),
        verdict_words(mark_of(row), kind, view.language),
        face(commitment.criterion.indicator).name(row.key),
        due,
        closed,
        means,
        (
            *(flag_words(view, flag) for flag in row.flags if flag != "at-risk"),
            *risk_words(view, row.risk),
            *([_reason(view, row.reason)] if row.reason else []),
        ),
        ", ".join(view.language.number(position) for position in row.evidence[:3])
        + (" …" if len(row.evidence) > 3 else ""),
        row.limit if means and is_left(view, row) else None,
    )


def _cells(view: View, commitment: CommitmentRow, row: OccurrenceRow, clock: Moments) -> tuple[str, str, str]:
    """When it was, what came, and what that means."""
    language, indicator = view.language, commitment.criterion.indicator
    when = clock.moment(row.due) if row.due is not None else "—"
    match indicator:
        case Measure() | Satisfaction():
            unit = domain_face(indicator).unit(indicator)
            return when, exact_words(row.value, unit, language) if row.value is not None else "—", ""
        case Conformity():
            return when, "", ""
        case Volume():
            came = exact_words(row.value, None, language) if row.value is not None else "—"
            return period_words(row.key, language), came, _beside_band(view, row, indicator)
        case Availability() | Freshness():
            now = view.known.watermark
            end = row.closed if row.closed is not None else now
            lasted = language.span(end - row.due, seconds=False) if end is not None and row.due is not None else ""
            ended = _closed(row, clock) if row.closed is not None else language.text("compared.goes_on")
            return when, ended, lasted
        case Punctuality() | Deadline() | Turnaround():
            return when, _closed(row, clock), compared(view, row, exact=False)
        case _:
            assert_never(indicator)


def _beside_band(view: View, row: OccurrenceRow, rule: Volume) -> str:
    """`4 % above what was expected`"""
    if row.value is None:
        return ""
    off = Fraction(row.value) / Fraction(rule.expected) - 1
    if row.verdict == "pending":
        return view.language.text("compared.so_far", share=view.language.percent(off + 1))
    if off == 0:
        return view.language.text("compared.as_expected")
    key = "compared.above" if off > 0 else "compared.below"
    return view.language.text(key, share=view.language.percent(abs(off), against=rule.band))


def _closed(row: OccurrenceRow, clock: Moments) -> str:
    if row.closed is None:
        return "—"
    is_same_day = row.due is not None and clock.local_date(row.due) == clock.local_date(row.closed)
    return clock.time(row.closed) if is_same_day else clock.moment(row.closed)


def compared(view: View, row: OccurrenceRow, *, exact: bool = True) -> str:
    """Against the due time: `8 min early`, `23 min late`, `4 min late, tolerated`, `18 min left`.

    Seconds are left out unless `exact`, or where they decide.
    """
    language = view.language
    if row.due is None or row.verdict in ("failed", "unknown", "measured", "dropped", "without-due"):
        return ""
    if row.closed is not None:
        late = row.closed - row.due
        if abs(late) < SECOND and row.verdict == "met":
            return language.text("compared.on_time")
        key = "early" if late < 0 else "tolerated" if row.verdict == "met" else "late"
        if 0 < late < SECOND:
            return language.text(
                f"compared.{key}", span=value_words(Fraction(late, SECOND), "s", language, Fraction(0))
            )
        return language.text(f"compared.{key}", span=language.span(late, seconds=exact or _is_close(row)))
    now = view.known.watermark
    if now is None or row.limit is None or is_paused(row):
        return ""
    if is_left(view, row):
        return language.text("compared.left", span=language.span(row.limit - view.now, seconds=exact))
    if now < row.limit:
        return language.text("compared.over")
    return language.text("compared.since", span=language.span(row.limit - now, seconds=exact))


def is_paused(row: OccurrenceRow) -> bool:
    """Says whether its time stands still: its limit goes on moving, so that nothing is left of it, and nothing is past."""
    return row.verdict == "pending" and PAUSED in row.flags


def is_left(view: View, row: OccurrenceRow) -> bool:
    """Says whether the occurrence pends and has time left."""
    has_time = row.verdict == "pending" and row.closed is None and not is_paused(row)
    return has_time and row.limit is not None and view.now < row.limit


def _is_close(row: OccurrenceRow) -> bool:
    return row.closed is not None and row.limit is not None and abs(row.closed - row.limit) < 2 * MINUTE


def flag_words(view: View, flag: str) -> str:
    key = f"flag.{flag}"
    return view.language.text(key) if view.language.has(key) else flag.replace("-", " ")


def risk_words(view: View, risk: RiskRow | None) -> list[str]:
    """Why a pending occurrence is at risk, and how much of its time is used; of one that is not, nothing."""
    if risk is None or risk.because is None:
        return []
    language = view.language
    if risk.because == "lateness" and risk.lateness is not None:
        [late] = risk.lateness
        words = language.text("risk.never") if late is None else language.text("risk.late", span=language.span(late))
        return [language.text("risk.lateness", n=LAST, usual=words)]
    return [language.text(f"risk.{risk.because}", share=language.percent(risk.time_used, against=Fraction(1)))]


def _reason(view: View, reason: str) -> str:
    key = f"reason.{reason}"
    return view.language.text(key) if view.language.has(key) else reason


@dataclass(frozen=True)
class Ledger:
    """The occurrences that are listed: a period or all, a verdict or all, newest first."""

    lines: tuple[Line, ...]
    total: int
    page: int
    pages: int
    period: str
    verdict: str
    more: int
    columns: tuple[str, str, str, str]
    verdicts: tuple[tuple[str, str], ...]
    is_whole: bool = False
    """Whether all of it is to be read at once: what was asked for by its verdict, or is further back."""
    apart: Line | None = None
    """The line of the occurrence that is asked about, where it is not among the lines: of another period or verdict, or far ahead."""

    def folded(self, why: str) -> frozenset[str]:
        """The keys of what is folded away: all but what was missed, is to come or is asked about (`why`), and the newest of the
        others."""
        quiet = [one.row.key for one in self.lines if one.mark in QUIET and one.row.key != why]
        return frozenset() if self.is_whole else frozenset(quiet[NEWEST:])


def window_of(row: CommitmentRow, period: str) -> FigureRow | None:
    """The figure of the rolling window of that name: no occurrence names it, since it moves."""
    return next((one for one in row.current if one.period == period and is_rolling(one)), None)


def occurrences_within(view: View, id: str, window: FigureRow, verdict: str | None = None) -> list[OccurrenceRow]:
    """The occurrences that are due in the window, of the last ones that are read."""
    count = count_occurrences(view.seen, id, verdict=verdict)
    first = max(0, count - MOST_READ)
    rows = read_occurrences(view.seen, id, verdict=verdict, limit=MOST_READ, offset=first)
    end = window.until
    return [one for one in rows if one.due is not None and window.start <= one.due and (end is None or one.due < end)]


def ledger(
    view: View,
    row: Standing,
    contract: ContractRow,
    period: str,
    verdict: str,
    page: int,
    why: OccurrenceRow | None = None,
) -> Ledger:
    """`why`: what is asked about; the page that holds it is listed, whatever `page` says, else it stands apart."""
    wanted = None if period == "all" else period
    kind = verdict if verdict in VERDICTS else None
    window = window_of(row.row, period)
    if window is not None:
        within = occurrences_within(view, row.row.id, window, kind)
        page = _page_of(within, why) or page
        return _with(_ledger(view, row, contract, within, period, kind, page), view, row, contract, why)
    every = count_occurrences(view.seen, row.row.id, period=wanted, verdict=kind)
    more = _far_ahead(view, row, wanted) if kind is None else 0
    total = every - more
    if why is not None and wanted in (None, why.period) and kind in (None, why.verdict):
        place = count_occurrences(view.seen, row.row.id, period=wanted, verdict=kind, through=why.key)
        page = 1 + max(0, total - place) // A_PAGE
    pages = max(1, -(-total // A_PAGE))
    page = min(max(1, page), pages)
    first = max(0, total - page * A_PAGE)
    found = read_occurrences(
        view.seen, row.row.id, period=wanted, verdict=kind, limit=total - (page - 1) * A_PAGE - first, offset=first
    )
    listed = _of(view, row, contract, found, total, page, pages, period, kind, more)
    return _with(listed, view, row, contract, why)


def _page_of(within: Sequence[OccurrenceRow], why: OccurrenceRow | None) -> int:
    """The page of rows that were read already on which it stands; 0: on none."""
    place = next((at for at, one in enumerate(reversed(within)) if why is not None and one.key == why.key), None)
    return 0 if place is None else 1 + place // A_PAGE


def _with(listed: Ledger, view: View, row: Standing, contract: ContractRow, why: OccurrenceRow | None) -> Ledger:
    if why is None or any(line.row.key == why.key for line in listed.lines):
        return listed
    [line] = lines(view, row.row, [why], view.moments(contract.timezone))
    return replace(listed, apart=line)


def _ledger(
    view: View,
    row: Standing,
    contract: ContractRow,
    every: Sequence[OccurrenceRow],
    period: str,
    verdict: str | None,
    page: int,
) -> Ledger:
    """The ledger of rows that were read already."""
    pages = max(1, -(-len(every) // A_PAGE))
    page = min(max(1, page), pages)
    end = len(every) - (page - 1) * A_PAGE
    found = every[max(0, end - A_PAGE) : end]
    return _of(view, row, contract, found, len(every), page, pages, period, verdict, 0)


def _of(
    view: View,
    row: Standing,
    contract: ContractRow,
    found: Sequence[OccurrenceRow],
    total: int,
    page: int,
    pages: int,
    period: str,
    verdict: str | None,
    more: int,
) -> Ledger:
    criterion = row.row.criterion
    listed = lines(view, row.row, list(reversed(found)), view.moments(contract.timezone))
    choices = face(criterion.indicator).verdicts
    named = tuple((one, verdict_words(one, criterion.indicator.kind, view.language)) for one in choices)
    return Ledger(
        tuple(listed),
        total,
        page,
        pages,
        period,
        verdict or "",
        more,
        columns(criterion),
        named,
        is_whole=bool(verdict) or page > 1 or period == "all",
    )


def _far_ahead(view: View, row: Standing, period: str | None) -> int:
    """How many dated occurrences are to come, without the next one and those at risk: they stand after everything else, and are
    listed when they are asked for."""
    if not domain_face(row.row.criterion.indicator).is_known_ahead:
        return 0
    to_come = count_occurrences(view.seen, row.row.id, period=period, verdict="pending")
    near = 0 if row.row.is_usually_late else row.row.at_risk
    return max(0, to_come - max(1, near))
