"""The lines of the table of occurrences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.moments import Moments
from dashboards.pages.frame import View
from dashboards.standing import mark_of
from domain.durations import MINUTE
from services.rows import CommitmentRow, OccurrenceRow

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


def _reason(view: View, reason: str) -> str:
    key = f"reason.{reason}"
    return view.language.text(key) if view.language.has(key) else reason
