"""The table of occurrences: a period or all, a verdict or all, page by page, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.moments import Moments
from dashboards.pages.frame import View
from dashboards.pages.standings import Standing
from dashboards.standing import mark_of
from domain.durations import MINUTE
from domain.risk import LAST
from services.reading.rows import CommitmentRow, ContractRow, OccurrenceRow, RiskRow

A_PAGE = 40
VERDICTS = ("pending", "met", "late", "missing", "failed", "excused", "unknown")


@dataclass(frozen=True)
class Line:
    row: OccurrenceRow
    mark: str
    due: str
    closed: str
    compared: str
    notes: tuple[str, ...]
    evidence: str


def lines(view: View, commitment: CommitmentRow, rows: Sequence[OccurrenceRow], clock: Moments) -> list[Line]:
    return [_line(view, row, clock) for row in rows]


def _line(view: View, row: OccurrenceRow, clock: Moments) -> Line:
    return Line(
        row,
        mark_of(row),
        clock.moment(row.due) if row.due is not None else "—",
        _closed(row, clock),
        compared(view, row, exact=False),
        (
            *(flag_words(view, flag) for flag in row.flags if flag != "at-risk"),
            *risk_words(view, row.risk),
            *([_reason(view, row.reason)] if row.reason else []),
        ),
        ", ".join(view.language.number(position) for position in row.evidence[:3])
        + (" …" if len(row.evidence) > 3 else ""),
    )


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
    if row.due is None or row.verdict in ("failed", "unknown"):
        return ""
    if row.closed is not None:
        late = row.closed - row.due
        if abs(late) < 1_000_000:
            return language.text("compared.on_time")
        key = "early" if late < 0 else "tolerated" if row.verdict == "met" else "late"
        return language.text(f"compared.{key}", span=language.span(late, seconds=exact or _is_close(row)))
    now = view.known.watermark
    if now is None or row.limit is None:
        return ""
    key = "left" if now < row.limit else "since"
    return language.text(f"compared.{key}", span=language.span(row.limit - now, seconds=exact))


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
    return [language.text(f"risk.{risk.because}", share=language.percent(risk.time_used))]


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


def ledger(view: View, row: Standing, contract: ContractRow, period: str, verdict: str, page: int) -> Ledger:
    wanted = None if period == "all" else period
    kind = verdict if verdict in VERDICTS else None
    every = view.reading.count_occurrences(view.who, row.row.id, period=wanted, verdict=kind)
    more = _far_ahead(view, row, wanted) if kind is None else 0
    total = every - more
    pages = max(1, -(-total // A_PAGE))
    page = min(max(1, page), pages)
    first = max(0, total - page * A_PAGE)
    found = view.reading.occurrences(
        view.who, row.row.id, period=wanted, verdict=kind, limit=total - (page - 1) * A_PAGE - first, offset=first
    )
    listed = lines(view, row.row, list(reversed(found)), view.moments(contract.timezone))
    return Ledger(tuple(listed), total, page, pages, period, kind or "", more)


def _far_ahead(view: View, row: Standing, period: str | None) -> int:
    """Of dated occurrences to come, all but the next one and those at risk: they stand after everything else, and are
    listed when they are asked for."""
    if row.row.criterion.indicator.kind != "punctuality":
        return 0
    to_come = view.reading.count_occurrences(view.who, row.row.id, period=period, verdict="pending")
    near = 0 if row.row.is_usually_late else row.row.at_risk
    return max(0, to_come - max(1, near))
