"""Letters, as they are asked for: one's own; who looks after the store sees of all which went, never what they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.saying import said
from services.access import Principal, Right
from services.errors import NotFound
from services.history.databases import Database, Transaction, column_list
from services.notices.outbox import LetterRow, State

MOST: Final = 200
"""Letters in a list."""


class Letter(NamedTuple):
    """A letter, and how many notices are in it."""

    row: LetterRow
    notices: int


def sees_all(who: Principal) -> bool:
    return who.sees_everything or who.may(Right.ADMINISTER)


def read_letters(
    database: Database, who: Principal, *, state: State | None = None, limit: int = MOST, offset: int = 0
) -> list[Letter]:
    """The newest first."""
    where, params = ["1 = 1"], list[object]()
    if not sees_all(who):
        where, params = ["person = ?"], [who.person or ""]
    if state is not None:
        where, params = [*where, "state = ?"], [*params, state]
    sql = f"WHERE {' AND '.join(where)} ORDER BY made DESC, id, channel LIMIT ? OFFSET ?"
    with database.connect() as reads:
        return _letters(reads, sql, [*params, limit, offset])


def read_letter(database: Database, who: Principal, id: str, channel: str = "mail") -> Letter:
    """Raises NotFound for one that is not there, or another's."""
    with database.connect() as reads:
        found = _letters(reads, "WHERE id = ? AND channel = ?", [id, channel])
    if not found or not (sees_all(who) or (who.person is not None and found[0].row.person == who.person)):
        raise NotFound(said("there is no letter “{id}”", id=id), mend=said("entente mail list"))
    return found[0]


class Waiting(NamedTuple):
    """How many wait: notices for their letter, letters for their way; and how many letters failed."""

    notices: int
    letters: int
    failed: int


def read_waiting(database: Database) -> Waiting:
    if not database.has_table("notice_letter"):
        return Waiting(0, 0, 0)
    with database.connect() as reads:
        [(notices,)] = reads.query("SELECT COUNT(*) FROM notice WHERE state = 'waits'")
        states: dict[str, int] = dict(reads.query("SELECT state, COUNT(*) FROM notice_letter GROUP BY state"))
    return Waiting(notices, states.get("waits", 0) + states.get("handing", 0), states.get("failed", 0))


def _letters(reads: Transaction, rest: str, params: Sequence[object]) -> list[Letter]:
    rows = [
        LetterRow._make(row)
        for row in reads.query(f"SELECT {column_list(LetterRow)} FROM notice_letter {rest}", params)
    ]
    sql = "SELECT letter, COUNT(*) FROM notice WHERE"
    counts: dict[str, int] = dict(reads.select_in(sql, "letter", {row.id for row in rows}, after="GROUP BY letter"))
    return [Letter(row, counts.get(row.id, 0)) for row in rows]
