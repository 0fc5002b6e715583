"""Figures, slices, scores and occurrences, as they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from domain.saying import Said, said
from domain.times import LAST_INSTANT, Instant
from services.errors import NotFound
from services.figures.commitment_rows import KeptCommitments, commitment_rows, unmonitored_because
from services.figures.figure_rows import figure_rows, rolling_trend
from services.figures.near_keys import mend_key
from services.figures.occurrence_rows import occurrence_row
from services.figures.pressing_rows import KeptPresses, Presses, presses_of
from services.figures.risks import RisksHere
from services.figures.rows import CommitmentRow, FigureRow, OccurrenceRow
from services.figures.score_rows import ScoreRow, score_rows
from services.figures.slice_rows import SliceRow, require_slice, slice_rows
from services.history.databases import first_value
from services.judging.ledger import OCCURRENCE_COLUMNS, StoredOccurrence
from services.patience import as_long_as_waited
from services.seeing.seen import Seen

_AT_ONCE = 500
"""Commitments that one query names."""


def read_figures(
    seen: Seen, *, contract: str | None = None, commitment: str | None = None, period: str | None = None
) -> list[FigureRow]:
    """All listed periods, by commitment, target and time."""
    wanted = seen.commitments_in_force(contract, commitment)
    known = seen.known
    because = {one.id: unmonitored_because(seen.reads, one, known) for one in wanted}
    rows = [row for one in as_long_as_waited(wanted) for row in figure_rows(seen.reads, one, known, period=period)]
    return [replace(row, unmonitored=because[row.commitment]) for row in rows]


class Place(NamedTuple):
    """Where a figure stands in the list. `start`: where its period starts; None where only its name is known."""

    commitment: str
    target_index: int
    period: str
    start: Instant | None


def is_rolling(period: str) -> bool:
    """Says whether the period of that name is a rolling window, of which a target has one."""
    return period.startswith("rolling-")


def page_of_figures(
    seen: Seen,
    limit: int,
    after: Place | None = None,
    *,
    contract: str | None = None,
    commitment: str | None = None,
    period: str | None = None,
) -> list[FigureRow]:
    """The first ones of `read_figures` behind that place, also where nothing stands there any more. Only the commitments that are
    on the page are read. Raises NotFound for a commitment that is not seen."""
    wanted = seen.commitments_in_force(contract, commitment)
    if after is not None:
        ids = [one.id for one in wanted]
        if after.commitment not in ids:
            raise NotFound(
                said("there is no figure of “{after}” here", after=after.commitment),
                mend=said("follow the links of the answers"),
            )
        wanted = wanted[ids.index(after.commitment) :]
    known = seen.known
    found: list[FigureRow] = []
    for one in as_long_as_waited(wanted):
        because = unmonitored_because(seen.reads, one, known)
        rows = [replace(row, unmonitored=because) for row in figure_rows(seen.reads, one, known, period=period)]
        found += _behind(rows, after) if after is not None and one.id == after.commitment else rows
        if len(found) >= limit:
            break
    return found[:limit]


def read_rolling_trend(seen: Seen, commitment: str, steps: int = 13) -> list[FigureRow]:
    """The rolling targets of a commitment week by week up to the watermark, by what is known now; by time, then target."""
    return list(rolling_trend(seen.reads, seen.commitment_in_force(commitment), seen.known, steps))


def read_slices(
    seen: Seen,
    by: str,
    *,
    contract: str | None = None,
    commitment: str | None = None,
    period: str | None = None,
) -> list[SliceRow]:
    """The figures that `figures` gives, cut: by commitment, target, time and group. Raises Invalid where nothing can be
    cut so."""
    wanted = seen.commitments_in_force(contract, commitment)
    known = seen.known
    return [
        row
        for one in as_long_as_waited(require_slice(wanted, by) if wanted else [])
        for row in slice_rows(seen.reads, seen.history, one, figure_rows(seen.reads, one, known, period=period), by)
    ]


def read_scores(seen: Seen, contract: str) -> list[ScoreRow]:
    """The weighted scores of a contract, by length of the period and time; none before anything is in force."""
    known = seen.known
    wanted = seen.commitments_in_force(contract)
    rows = [row for one in as_long_as_waited(wanted) for row in figure_rows(seen.reads, one, known)]
    return score_rows(wanted, rows, known.watermark)


def read_occurrences(
    seen: Seen,
    commitment: str,
    *,
    period: str | None = None,
    verdict: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[OccurrenceRow]:
    """By due time (without one, by opening), then key."""
    one = seen.commitment_in_force(commitment)
    where, params = _occurrence_filter(one.id, period, verdict)
    paging = f" LIMIT {limit if limit is not None else 2**62} OFFSET {offset}"
    sql = f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE {where} ORDER BY anchor, key{paging}"
    risks = seen.once(_risks).of(one)
    return [occurrence_row(row, risks) for row in map(StoredOccurrence._make, seen.reads.query(sql, params))]


def read_misses(seen: Seen, contract: str, since: Instant, until: Instant) -> dict[tuple[str, str], str]:
    """What of the contract was late, missing or failed, and nobody excused, by commitment and key: what fell due in [since, until)."""
    sql = (
        "SELECT commitment, key, verdict FROM view_occurrence WHERE commitment > ? AND commitment < ? AND anchor >= ? AND "
        "anchor < ? AND standing = 'owed' AND verdict IN ('late', 'missing', 'failed') ORDER BY commitment, key"
    )
    rows = seen.reads.query(sql, [f"{contract}/", f"{contract}0", since, until])
    return {(commitment, key): verdict for commitment, key, verdict in rows if seen.sees_commitment(commitment)}


def read_occurrence(seen: Seen, commitment: str, key: str) -> OccurrenceRow | None:
    """The one of that key, where it is owed; None where there is none. Raises NotFound for the commitment."""
    one = seen.commitment_in_force(commitment)
    sql = f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE commitment = ? AND key = ? AND standing = 'owed'"
    rows = seen.reads.query(sql, [one.id, key]) if "\0" not in key else []
    found = [occurrence_row(StoredOccurrence._make(row), seen.once(_risks).of(one)) for row in rows]
    return found[0] if found else None


def occurrences_between(
    seen: Seen,
    commitments: Sequence[str],
    since: Instant,
    until: Instant,
    *,
    settled: tuple[Instant, Instant] | None = None,
    most: int = 300,
) -> dict[str, list[OccurrenceRow]]:
    """What fell or falls due in [since, until), of several commitments at once; the last `most` of each, ascending. Of what
    neither pends nor is missing or failed, only what was due within `settled`, [from, until), where that is given."""
    first, last = settled or (-(2**62), 2**62)
    sql = (
        f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE commitment = ? AND anchor >= ? AND anchor < ? AND "
        "standing = 'owed' AND (COALESCE(due, anchor) >= ? AND COALESCE(due, anchor) < ? "
        "OR verdict IN ('pending', 'missing', 'failed')) "
        f"ORDER BY anchor DESC, key DESC LIMIT {most}"
    )
    found = {}
    for id in commitments:
        one = seen.commitment_in_force(id)
        risks = seen.once(_risks).of(one)
        stored = map(StoredOccurrence._make, seen.reads.query(sql, [one.id, since, until, first, last]))
        found[one.id] = [occurrence_row(row, risks) for row in stored][::-1]
    return found


def read_pressing(seen: Seen, commitments: Sequence[str]) -> dict[str, Presses]:
    """Of several commitments: what was due since `LOOK_BACK` and is missing; what is down or out of date now, however long; what is
    at risk, of what is so for its debtor's lateness alone only what falls due within `LOOK_AHEAD`."""
    found = [seen.commitment_in_force(id) for id in commitments]
    return presses_of(seen.reads, found, seen.known, seen.kept(KeptPresses), seen.once(_risks))


def verdicts_between(
    seen: Seen, commitments: Sequence[str], since: Instant, until: Instant, *, opened_since: Instant
) -> list[tuple[Instant, str]]:
    """What was due in [since, until) and neither pends nor is missing or failed, of several commitments together: (due,
    verdict). Of cases those that were opened since `opened_since`."""
    sql = (
        "SELECT due, verdict FROM view_occurrence WHERE commitment = ? AND anchor >= ? AND anchor < ? "
        "AND standing = 'owed' AND due >= ? AND due < ? AND verdict NOT IN ('pending', 'missing', 'failed')"
    )
    wanted = [seen.commitment_in_force(id).id for id in commitments]
    return [
        (due, verdict)
        for id in wanted
        for due, verdict in seen.reads.query(sql, [id, opened_since, until, since, until])
    ]


def count_occurrences_named(seen: Seen, keys: Sequence[str]) -> int:
    """Counts those of any commitment under one of these keys."""
    ids = [one.id for one in seen.commitments_in_force()]
    asked, count = ", ".join("?" * len(keys)), 0
    for at in range(0, len(ids) if keys else 0, _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        sql = (
            f"SELECT COUNT(*) FROM view_occurrence WHERE commitment IN ({', '.join('?' * len(some))}) "
            f"AND key IN ({asked}) AND standing IN ('owed', 'measured')"
        )
        count += first_value(seen.reads.query(sql, [*some, *keys]), 0)
    return count


def occurrences_named(seen: Seen, keys: Sequence[str], *, most: int) -> list[OccurrenceRow]:
    """The first ones of any commitment under one of these keys, by commitment and key."""
    mine = {one.id: one for one in seen.commitments_in_force()}
    found: list[OccurrenceRow] = []
    ids = sorted(mine)
    asked = ", ".join("?" * len(keys))
    for at in range(0, len(ids) if keys else 0, _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        sql = (
            f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE commitment IN ({', '.join('?' * len(some))}) "
            f"AND key IN ({asked}) AND standing IN ('owed', 'measured') ORDER BY commitment, key LIMIT {most}"
        )
        rows = map(StoredOccurrence._make, seen.reads.query(sql, [*some, *keys]))
        found += [occurrence_row(row, seen.once(_risks).of(mine[row.commitment])) for row in rows]
        if len(found) >= most:
            break
    return found[:most]


def keys_beginning(seen: Seen, text: str, *, most: int) -> list[str]:
    """The first keys of occurrences of any commitment that begin so."""
    ids, found = sorted(one.id for one in seen.commitments_in_force()), set[str]()
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        sql = (
            f"SELECT DISTINCT key FROM view_occurrence WHERE commitment IN ({', '.join('?' * len(some))}) "
            f"AND key >= ? AND key < ? AND standing IN ('owed', 'measured') ORDER BY key LIMIT {most}"
        )
        found |= {key for (key,) in seen.reads.query(sql, [*some, text, f"{text}\uffff"])}
    return sorted(found)[:most]


def count_occurrences(
    seen: Seen,
    commitment: str,
    *,
    period: str | None = None,
    verdict: str | None = None,
    through: str | None = None,
) -> int:
    """`through`: up to the one of that key, in the order of `occurrences`."""
    one = seen.commitment_in_force(commitment)
    where, params = _occurrence_filter(one.id, period, verdict)
    if through is not None:
        where += " AND (anchor, key) <= (SELECT anchor, key FROM view_occurrence WHERE commitment = ? AND key = ?)"
        params += [one.id, through]
    count: int = first_value(seen.reads.query(f"SELECT COUNT(*) FROM view_occurrence WHERE {where}", params))
    return count


def _occurrence_filter(commitment: str, period: str | None, verdict: str | None) -> tuple[str, list[object]]:
    where, params = "commitment = ? AND standing IN ('owed', 'measured')", [commitment]
    for column, value in (("period", period), ("verdict", verdict)):
        if value is not None:
            where += f" AND {column} = ?"
            params.append(value)
    return where, list(params)


def _behind(rows: list[FigureRow], place: Place) -> list[FigureRow]:
    """Those of one commitment behind the place. Rolling windows stand first; the others by target and start."""
    start = place.start
    if start is None and not is_rolling(place.period):
        named = [row.start for row in rows if (row.target_index, row.period) == (place.target_index, place.period)]
        start = max(named, default=LAST_INSTANT)
    reached = _order(place.period, place.target_index, start or 0)
    return [row for row in rows if _order(row.period, row.target_index, row.start) > reached]


def _order(period: str, target_index: int, start: Instant) -> tuple[bool, int, Instant]:
    return (False, target_index, 0) if is_rolling(period) else (True, target_index, start)


def read_commitments(seen: Seen, contract: str | None = None) -> list[CommitmentRow]:
    """Those in force, by contract, deliverable and criterion. Raises NotFound for a contract that is not seen."""
    if contract is None and (kept := seen.until_judged_further(_commitments)) is not None:
        return [row for row in kept if seen.sees_commitment(row.id)]
    return _commitments(seen, contract)


def _commitments(seen: Seen, contract: str | None = None) -> list[CommitmentRow]:
    return commitment_rows(
        seen.reads, seen.commitments_in_force(contract), seen.known, seen.kept(KeptCommitments), seen.once(_risks)
    )


def read_commitment(seen: Seen, commitment: str) -> CommitmentRow:
    """Raises NotFound."""
    found = seen.commitment_in_force(commitment)
    return commitment_rows(seen.reads, [found], seen.known, seen.kept(KeptCommitments), seen.once(_risks))[0]


def owes_within(seen: Seen, commitments: Sequence[str], since: Instant, until: Instant) -> bool:
    """Whether anything that these commitments have stands in [since, until)."""
    ids = [seen.commitment_in_force(one).id for one in commitments]
    sql = "SELECT 1 FROM view_occurrence WHERE anchor >= ? AND anchor < ? AND standing IN ('owed', 'measured') AND"
    return bool(seen.reads.select_in(sql, "commitment", ids, params=[since, until], after="LIMIT 1"))


def _risks(seen: Seen) -> RisksHere:
    return RisksHere(seen.reads, seen.known)


def mend_for_key(seen: Seen, commitment: str, key: str) -> Said:
    """What a key that the commitment does not have may have been meant for."""
    return mend_key(seen.reads, seen.commitment_in_force(commitment).id, key)


def is_owed(seen: Seen, commitment: str, key: str) -> bool:
    """Whether the commitment has that occurrence."""
    one = seen.commitment_in_force(commitment)
    sql = "SELECT key FROM view_occurrence WHERE commitment = ? AND key = ? AND standing IN ('owed', 'measured')"
    return bool(seen.reads.query(sql, [one.id, key]))
