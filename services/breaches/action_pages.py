"""Pages of the list of actions, sorted by any of its columns: of each action no more is read than says where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from services.breaches import breach_rows
from services.breaches.breach_rows import Asked
from services.breaches.rows import ActionRow
from services.seeing.seen import Seen

_AT_ONCE: Final = 500
"""Actions that are read in one statement."""


class ActionLine(NamedTuple):
    """What a list of actions is narrowed and sorted by. `due`: a day, as it is stored; None where there is none."""

    id: str
    commitment: str
    state: str
    position: int
    cause: str
    text: str
    owner: str
    person: str | None
    due: str | None


class _Document(msgspec.Struct):
    text: str
    owner: str
    person: str | None
    due: str | None
    title: str = ""


_decode = msgspec.json.Decoder(_Document).decode


def read_action_lines(seen: Seen) -> Sequence[ActionLine]:
    """Reads where each action stands that is seen, the newest first."""
    kept = seen.until_judged_further(_lines)
    return [one for one in (_lines(seen) if kept is None else kept) if seen.sees_commitment(one.commitment)]


def _lines(seen: Seen) -> Sequence[ActionLine]:
    """Seen or not."""
    sql = "SELECT id, commitment, state, position, cause, document FROM view_action ORDER BY position DESC, id"
    found = []
    for id, commitment, state, position, cause, document in seen.reads.query(sql):
        it = _decode(document)
        found.append(
            ActionLine(id, commitment, state, position, cause, it.title or it.text, it.owner, it.person, it.due)
        )
    return found


def read_overdue_ids(seen: Seen) -> frozenset[str]:
    """Reads which actions are overdue, seen or not."""
    return frozenset(one.id for one in breach_rows.overdue(seen.reads, seen.catalogue, seen.known))


def read_named_actions(seen: Seen, ids: Sequence[str]) -> list[ActionRow]:
    """Reads the actions of these ids that are seen, in their order."""
    rows: dict[str, ActionRow] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        asked = Asked(f"{{0}}.id IN ({', '.join('?' * len(some))})", tuple(some))
        rows |= {row.id: row for row in breach_rows.actions(seen.reads, seen.catalogue, seen.known, asked)}
    return [rows[id] for id in ids if seen.sees_commitment(rows[id].commitment)]
