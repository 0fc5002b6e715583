"""Figures, commitments and occurrences as tables that are exported."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.pages.figures.listing import shown_commitments
from dashboards.pages.house.cells import MOST, instant, number, share
from dashboards.pages.house.frame import View
from dashboards.tables import Cell, Table
from services.figures.reading import read_commitment, read_figures, read_occurrences, read_slices
from services.figures.rows import CommitmentRow, FigureRow, OccurrenceRow

A_READ = 2_000


def commitments(view: View) -> Table:
    headers = ("commitment", "title", "owed by", "owed to", "standing", "figure", "next due", "pending", "at risk", "overdue",
               "breaches open", "actions open", "monitored")  # fmt: skip
    return headers, (
        (row.id, one.title, row.debtor, row.creditor, one.disc, one.figure_words,
         instant(row.next_due, row.terms.timezone), row.pending, row.at_risk, row.overdue,
         row.breaches_open, row.actions_open, "yes" if row.is_monitored else "no")
        for one in shown_commitments(view, is_file=True).every()
        for row in [one.row]
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
    final = share(row.final.get("value"), is_share) if row.final else None
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


def slices(view: View, commitment: str, by: str) -> Table:
    """The figures of a commitment, cut. Raises Invalid where they cannot be cut so."""
    headers = ("commitment", "target", "period", "cut by", "group", "good", "of", "value", "unknown")
    return headers, (
        (row.figure.commitment, row.figure.target, row.figure.period, row.by, row.group,
         *(number(one) for one in row.adjusted), share(row.shown, "%" in row.figure.target), number(row.unknown))
        for row in read_slices(view.seen, by, commitment=commitment)
    )  # fmt: skip
