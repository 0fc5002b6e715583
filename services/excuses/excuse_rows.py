"""Excuses as they are shown, and what they cover."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from domain.commitments import Commitment
from domain.excuses import AcceptedExcuse, can_be_closed, can_be_excused
from domain.occurrences import Judgement
from services.access import PLATFORM_NAME
from services.excuses.rows import AnswerRow, ExcuseRow
from services.figures.occurrence_rows import occurrence_row
from services.figures.risks import Risks
from services.figures.rows import OccurrenceRow
from services.history.databases import Transaction
from services.judging.excuse_book import covered_keys, is_closed_by, kind_of
from services.judging.ledger import OCCURRENCE_COLUMNS, StoredOccurrence, judgement_of
from services.seeing.known import Known
from services.tables.documents import AskedExcuse, StoredExcuse, began


def excuses(
    reads: Transaction, state: str | None = None, *, before: int | None = None, limit: int | None = None
) -> list[ExcuseRow]:
    """Newest first, whoever may see them; of one state, or all; with `limit`, the first ones asked for before that position."""
    asked = {"view_excuse.state = ?": state, "view_excuse.position < ?": before}
    conditions = {sql: value for sql, value in asked.items() if value is not None}
    sql = (
        "SELECT view_excuse.position, view_excuse.document, supplier, client FROM view_excuse JOIN view_contract "
        "ON view_contract.id = view_excuse.contract "
        + (f"WHERE {' AND '.join(conditions)} " if conditions else "")
        + "ORDER BY view_excuse.position DESC"
        + (f" LIMIT {limit}" if limit is not None else "")
    )
    found = reads.query(sql, list(conditions.values()))
    rows = [_row(position, msgspec.json.decode(it), supplier, client) for position, it, supplier, client in found]
    is_whole = before is None and limit is None and state in (None, "asked")
    waiting = _waiting(reads) if is_whole else []
    return sorted([*rows, *waiting], key=lambda one: (-one.position, one.id)) if waiting else rows


def _waiting(reads: Transaction) -> list[ExcuseRow]:
    """Reads the excuses that the platform proposes and the history does not say yet: what is shown as of a moment must
    not depend on when that was appended."""
    sql = "SELECT position, document FROM view_outbox WHERE kind = 'propose-excuse' AND appended IS NULL"
    proposed = [(position, msgspec.json.decode(document)) for position, document in reads.query(sql)]
    asked = {it["excuse"]: (position, it) for position, it in proposed}
    known = {id for (id,) in reads.select_in("SELECT id FROM view_excuse WHERE", "id", list(asked))}
    parties = {id: both for id, *both in reads.query("SELECT id, supplier, client FROM view_contract")} if asked else {}
    return [
        _row(position, _proposed(it), *parties[it["scope"].partition("/")[0]])
        for id, (position, it) in sorted(asked.items())
        if id not in known
    ]


def _proposed(it: AskedExcuse) -> StoredExcuse:
    return {**it, "state": "asked", "answers": [], "by": PLATFORM_NAME, "at": None}


def _row(position: int, it: StoredExcuse, supplier: str, client: str) -> ExcuseRow:
    return ExcuseRow(
        id=it["excuse"],
        scope=it["scope"],
        supplier=supplier,
        client=client,
        keys=tuple(it["keys"]),
        since=it["since"],
        until=it["until"],
        reason=it["category"],
        text=it["text"],
        evidence=tuple(it["evidence"]),
        party=it["party"],
        state=it["state"],
        asked_by=it["by"],
        asked_at=began(it),
        position=position,
        answers=tuple(AnswerRow(a["verb"], a["party"], a["by"], a["at"], a["text"]) for a in it["answers"]),
    )


def covered(reads: Transaction, row: ExcuseRow, commitments: Iterable[Commitment], known: Known) -> list[OccurrenceRow]:
    """The occurrences that the excuse hides, or would hide, of those that there are; by commitment, due and key."""
    excuse = _excuse(row)
    return [
        occurrence_row(stored, risks)
        for one in commitments
        for risks in [Risks(reads, one, known)]
        for stored, _ in _covered(reads, excuse, one)
    ]


def touches_final(reads: Transaction, row: ExcuseRow, commitments: Iterable[Commitment]) -> bool:
    """Says whether the excuse could change the figure of a period that is final. Closed time moves what would fall due
    after its beginning."""
    excuse = _excuse(row)
    for one in commitments:
        sql = "SELECT start_at, end_at FROM view_period WHERE commitment = ? AND final IS NOT NULL"
        final = reads.query(sql, [one.id])
        if is_closed_by(excuse, one) and any(end > (excuse.since or 0) for _, end in final):
            return True
        anchors = [judgement.anchor for _, judgement in _covered(reads, excuse, one)]
        if any(start <= anchor < end for anchor in anchors for start, end in final):
            return True
    return False


def is_final_at(reads: Transaction, commitment: str, key: str) -> bool:
    """Says whether a period is final that counts that occurrence."""
    sql = (
        "SELECT 1 FROM view_occurrence AS one JOIN view_period AS period ON period.commitment = one.commitment "
        "WHERE one.commitment = ? AND one.key = ? AND period.final IS NOT NULL "
        "AND period.start_at <= one.anchor AND one.anchor < period.end_at LIMIT 1"
    )
    return bool(reads.query(sql, [commitment, key]))


def hiding(rows: Iterable[ExcuseRow], commitment: Commitment, key: str, judgement: Judgement) -> tuple[ExcuseRow, ...]:
    """Gives those of the accepted excuses that hide the verdict of that occurrence."""
    kind = kind_of(commitment, judgement)
    return tuple(row for row in rows if _excuse(row).covers(commitment.names_of(key), judgement, kind))


def closing(rows: Iterable[ExcuseRow], commitment: Commitment, judgement: Judgement) -> tuple[ExcuseRow, ...]:
    """Gives those of the accepted closures that took time out between the opening of that case and its limit."""
    version = commitment.version(judgement.version)
    opened, limit = judgement.opened, judgement.limit
    if opened is None or limit is None or not can_be_closed(version.criterion.indicator):
        return ()
    found = [(row, _excuse(row)) for row in rows]
    closed = [(row, it.span) for row, it in found if it.is_closure and it.span]
    return tuple(row for row, (start, end) in closed if start < limit and end > opened)


def _covered(
    reads: Transaction, excuse: AcceptedExcuse, commitment: Commitment
) -> list[tuple[StoredOccurrence, Judgement]]:
    keys = covered_keys(reads, commitment, excuse) if excuse.concerns(commitment.id) else []
    sql = f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE"
    ids = [(commitment.id, key) for key in keys]
    found = map(StoredOccurrence._make, reads.select_in(sql, ("commitment", "key"), ids))
    judged = [(stored, judgement_of(stored)) for stored in sorted(found, key=lambda one: (one.anchor, one.key))]
    return [
        (stored, it)
        for stored, it in judged
        if can_be_excused(it) and excuse.covers(commitment.names_of(stored.key), it, kind_of(commitment, it))
    ]


def _excuse(row: ExcuseRow) -> AcceptedExcuse:
    return AcceptedExcuse(row.id, row.scope, row.reason, frozenset(row.keys), row.since, row.until)
