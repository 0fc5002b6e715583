"""Figures cut into slices, on the reading side only: the slices of a figure sum to it (INTERFACE §1 `slices`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain import figures
from domain.commitments import Commitment
from domain.figures import Tally
from domain.occurrences import Verdict
from domain.slicing import BY_TIME, field_group, group_order, telling_event, time_group
from domain.target_periods import TargetPeriods
from domain.times import show, zone
from services.errors import Invalid
from services.history.databases import Row, Transaction
from services.history.history import History
from services.history.stored_events import event_of
from services.judging.ledger import decode_evidence
from services.reading.rows import FigureRow

_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class SliceRow:
    """One group of a figure. `group` is None for what has no such field."""

    figure: FigureRow
    by: str
    group: str | None
    tally: Tally


def may_be_cut(commitment: Commitment, by: str) -> bool:
    """By weekday and hour always, by a field that a version of the criterion names."""
    return by in BY_TIME or any(by in one.criterion.slices for one in commitment.versions)


def require_slice(commitments: Sequence[Commitment], by: str) -> list[Commitment]:
    """The commitments that can be cut so. Raises Invalid where none can."""
    found = [one for one in commitments if may_be_cut(one, by)]
    if not found:
        named = {path for one in commitments for version in one.versions for path in version.criterion.slices}
        known = ", ".join([*BY_TIME, *sorted(named - set(BY_TIME))])
        raise Invalid(f"no criterion here is cut by “{by}”", mend=f"{known}, or a field that its `slices` name")
    return found


def slice_rows(
    reads: Transaction, history: History, commitment: Commitment, rows: Iterable[FigureRow], by: str
) -> Iterator[SliceRow]:
    """The groups of each of these figures of the commitment, in their order."""
    shown = list(rows)
    tallies = _tallies(reads, history, commitment, shown, by)
    for row in shown:
        groups = tallies.get((row.target_index, row.start), {})
        for group in sorted(groups, key=group_order):
            yield SliceRow(row, by, group, groups[group])


Groups = dict[str | None, Tally]
FigureId = tuple[int, int]
"""Target index, start of the period."""


def _tallies(
    reads: Transaction, history: History, commitment: Commitment, rows: Sequence[FigureRow], by: str
) -> dict[FigureId, Groups]:
    wanted = {(row.target_index, row.start) for row in rows}
    columns = "verdict, version, anchor, underlying" + ("" if by in BY_TIME else ", evidence")
    sql = f"SELECT {columns} FROM view_occurrence WHERE commitment = ? AND standing = 'owed' ORDER BY anchor, key"
    found: dict[FigureId, Groups] = {}
    counted = [(row, ids) for row in reads.query(sql, [commitment.id]) if (ids := _ids(commitment, row) & wanted)]
    for first in range(0, len(counted), _PAGE):
        page = counted[first : first + _PAGE]
        groups = _groups(history, commitment, [row for row, _ in page], by)
        for (row, ids), group in zip(page, groups, strict=True):
            for id in ids:
                underlying = Verdict(row[3]) if row[3] else None
                found.setdefault(id, {}).setdefault(group, Tally()).count(Verdict(row[0]), underlying)
    return found


def _ids(commitment: Commitment, row: Row) -> set[FigureId]:
    """The figures that an occurrence is counted in."""
    periods = commitment.version(row[1]).periods
    return {(index, one.of(row[2]).start) for index, one in enumerate(periods) if isinstance(one, TargetPeriods)}


def _groups(history: History, commitment: Commitment, rows: Sequence[Row], by: str) -> list[str | None]:
    if by in BY_TIME:
        return [time_group(by, row[2], commitment.version(row[1]).zone) for row in rows]
    positions = [telling_event(decode_evidence(bytes(row[4])), row[2]) for row in rows]
    entries = history.entries({one for one in positions if one is not None})
    groups = {position: field_group(event_of(entry.state, position), by) for position, entry in entries.items()}
    return [groups.get(position) if position is not None else None for position in positions]


def summed(rows: Iterable[SliceRow]) -> dict[str | None, Tally]:
    """The groups of several figures together, in their order."""
    found: Groups = {}
    for row in rows:
        found.setdefault(row.group, Tally()).add(row.tally)
    return {group: found[group] for group in sorted(found, key=group_order)}


def slice_json(row: SliceRow, zone_name: str) -> dict[str, object]:
    """The object of `figures --json` for one group. A target is judged over the whole: `status` and `outlook` are null."""
    here, it, tally = zone(zone_name), row.figure, row.tally
    return {
        "commitment": it.commitment,
        "target_index": it.target_index,
        "period": it.period,
        "slice": {"by": row.by, "value": row.group},
        "state": it.state,
        "from": show(it.start, here),
        "until": show(it.until, here) if it.until is not None else None,
        "counts": {verdict.value: count for verdict, count in tally.counts.items()},
        "expected": tally.known if it.until is not None else None,
        "judged": tally.total,
        "raw": {"good": tally.raw[0], "total": tally.raw[1]},
        "adjusted": {"good": tally.good, "total": tally.total},
        "value": figures.shown_value(tally.good, tally.total, 0),
        "target": it.target,
        "status": None,
        "outlook": None,
        "segments": [],
        "final": None,
        "causes": [],
        "counted": it.counted,
        "without_due": 0,
        "misses_left": None,
        "share": None,
        "mean": None,
        "position": it.position,
        "watermark": show(it.watermark) if it.watermark is not None else None,
    }
