"""Pages of the list of breaches, sorted by any of its columns: of a breach that is not on the page no more is read than
says where it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from services.breaches import breach_rows
from services.breaches.breach_rows import Asked
from services.breaches.rows import BreachRow, BreachState
from services.history.databases import Transaction
from services.seeing.seen import Seen

TO_ANSWER: Final = "answer"
"""The open breaches that nobody has explained."""
CONDITIONS: Final[Mapping[str, str]] = {
    TO_ANSWER: "state = 'open' AND is_explained = 0",
    "open": "state = 'open'",
    "withdrawn": "state = 'withdrawn'",
    "past": "state = 'past'",
}
"""SQL of what the list is narrowed to by its state."""
_SINCE: Final = "COALESCE(opened_at, 0)"
"""SQL of the moment that a list shows of a breach."""
_ORDERS: Final[Mapping[str, str]] = {
    "since": _SINCE,
    "cause": "cause",
    "period": "period || ' ' || COALESCE(key, '')",
    "root": "root_cause",
    "action": "CASE WHEN action IS NULL THEN 1 ELSE 0 END",
}
"""SQL of the columns that the list is sorted by; of `commitment`, and of causes as they stand in words, its caller says the order."""
_FAR: Final = (
    "CASE WHEN state = 'past' THEN 5 WHEN state = 'withdrawn' THEN 4 WHEN is_explained = 1 THEN 2 "
    "WHEN SUBSTR(document, 1, 20) <> '{\"acknowledged\":null' THEN 1 ELSE 0 END"
)
"""SQL of how far people are with a breach, the first what is to be answered; what is dealt with comes after what is explained."""
_EXPLAINED: Final = 2
_DEALT_WITH: Final = 3

NO_ROOT: Final = "-"
"""What narrows the list to the breaches of which nobody has said the root cause."""

_AT_ONCE: Final = 500
"""Breaches that are read in one statement."""


class BreachCount(NamedTuple):
    """How many breaches of a commitment have that state (`CONDITIONS`), period, cause and root cause (`NO_ROOT`: nobody has said)."""

    commitment: str
    state: BreachState
    is_explained: int
    period: str
    cause: str
    root: str
    rows: int

    @property
    def states(self) -> tuple[str, ...]:
        """The states of the list in which they are."""
        return (self.state, TO_ANSWER) if self.state == "open" and not self.is_explained else (self.state,)


def read_breach_counts(seen: Seen) -> Sequence[BreachCount]:
    """Reads how many breaches there are of what is seen, by what a list of them is narrowed by."""
    kept = seen.until_judged_further(_counts)
    return [one for one in (_counts(seen) if kept is None else kept) if seen.sees_commitment(one.commitment)]


def _counts(seen: Seen) -> Sequence[BreachCount]:
    """Seen or not."""
    groups = "commitment, state, is_explained, period, cause"
    counted = f"{groups}, COALESCE(root_cause, '{NO_ROOT}'), COUNT(*)"
    sql = f"SELECT {counted} FROM view_breach GROUP BY {groups}, root_cause"
    return [BreachCount(*row) for row in seen.reads.query(sql)]


class Narrowed(NamedTuple):
    """What a list of breaches is narrowed to; None, and an empty text: by nothing. Of `commitments` each is one that is seen."""

    state: str = ""
    period: str = ""
    cause: str = ""
    commitments: Collection[str] | None = None
    root: str = ""

    def takes(self, one: BreachCount) -> bool:
        """Says whether the breaches that were counted so are in the list."""
        return (
            self.state in ("", *one.states)
            and self.period in ("", one.period)
            and self.cause in ("", one.cause)
            and self.root in ("", one.root)
            and (self.commitments is None or one.commitment in self.commitments)
        )

    @property
    def condition(self) -> tuple[str, list[str]]:
        """The condition in SQL, but for the commitments."""
        values = {
            "period = ?": self.period,
            "cause = ?": self.cause,
            f"COALESCE(root_cause, '{NO_ROOT}') = ?": self.root,
        }
        asked = {sql: value for sql, value in values.items() if value}
        return " AND ".join([CONDITIONS.get(self.state, "1 = 1"), *asked]), list(asked.values())


def read_breach_page(
    seen: Seen,
    narrowed: Narrowed,
    order: str,
    limit: int,
    offset: int,
    *,
    is_down: bool = False,
    ranks: Sequence[tuple[str, int]] = (),
    causes: Sequence[str] = (),
) -> list[BreachRow]:
    """Reads the breaches of one page, the newest first where the order says nothing else. By `commitment` they come in the order of
    `ranks`: the commitments, and how many of each are in the list; by `cause` and `root` in the order of `causes`, or against it."""
    if order == "commitment":
        ids = _by_commitment(seen.reads, narrowed, ranks, limit, offset)
    elif order == "handling":
        ids = _by_handling(seen, narrowed, is_down=is_down)[offset : offset + limit]
    elif order in ("cause", "root") and causes:
        column = f"CASE {_ORDERS[order]}{''.join(f' WHEN ? THEN {place}' for place, _ in enumerate(causes))} ELSE {len(causes)} END"
        ids = _by_column(seen.reads, narrowed, column, limit, offset, is_down=is_down, params=causes)
    else:
        ids = _by_column(seen.reads, narrowed, _ORDERS[order], limit, offset, is_down=is_down)
    rows = _named(seen, ids)
    return [rows[id] for id in ids if seen.sees_commitment(rows[id].commitment)]


def _named(seen: Seen, ids: Sequence[str]) -> dict[str, BreachRow]:
    """Reads the breaches of these ids."""
    found: dict[str, BreachRow] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        asked = Asked(f"{{0}}.id IN ({', '.join('?' * len(some))})", tuple(some))
        found |= {row.id: row for row in breach_rows.breaches(seen.reads, seen.catalogue, asked)}
    return found


def _by_commitment(
    reads: Transaction, narrowed: Narrowed, ranks: Sequence[tuple[str, int]], limit: int, offset: int
) -> list[str]:
    where, values = narrowed.condition
    sql = f"SELECT id FROM view_breach WHERE commitment = ? AND {where} ORDER BY {_SINCE} DESC, id LIMIT ? OFFSET ?"
    found: list[str] = []
    for commitment, count in ranks:
        if offset < count and len(found) < limit:
            rows = reads.query(sql, [commitment, *values, limit - len(found), offset])
            found += [id for (id,) in rows]
        offset = max(0, offset - count)
    return found


def _by_column(
    reads: Transaction,
    narrowed: Narrowed,
    column: str,
    limit: int,
    offset: int,
    *,
    is_down: bool,
    params: Sequence[str] = (),
) -> list[str]:
    """`params` are those of `column`, in SQL."""
    where, values = narrowed.condition
    values = [*params, *values]
    way = "DESC" if is_down else "ASC"
    fields = f"{column} AS sorted_by, {_SINCE} AS since, id"
    ending = f"ORDER BY sorted_by {way}, since DESC, id LIMIT"
    if narrowed.commitments is None:
        sql = f"SELECT {fields} FROM view_breach WHERE {where} {ending} ? OFFSET ?"
        return [id for _, _, id in reads.query(sql, [*values, limit, offset])]
    # The keys may be asked for in several statements: each gives the first of its own, and the first of all are among them.
    rows = reads.select_in(
        f"SELECT {fields} FROM view_breach WHERE {where} AND",
        "commitment",
        narrowed.commitments,
        params=values,
        after=f"{ending} {offset + limit}",
    )
    newest_first = sorted((-since, id, value) for value, since, id in rows)
    ordered = sorted(((value, id) for _, id, value in newest_first), key=_value_of, reverse=is_down)
    return [id for _, id in ordered[offset : offset + limit]]


def _by_handling(seen: Seen, narrowed: Narrowed, *, is_down: bool) -> list[str]:
    """All of the list: which breaches are dealt with stands in no table, and is worked out of those that are explained."""
    where, values = narrowed.condition
    sql = f"SELECT {_FAR}, {_SINCE}, id FROM view_breach WHERE {where}"
    if narrowed.commitments is None:
        rows = seen.reads.query(sql, values)
    else:
        rows = seen.reads.select_in(f"{sql} AND", "commitment", narrowed.commitments, params=values)
    explained = _named(seen, [id for far, _, id in rows if far == _EXPLAINED])
    ended = {id for id, row in explained.items() if row.handling == "dealt-with"}
    way = -1 if is_down else 1
    places = ((way * (_DEALT_WITH if id in ended else far), -since, id) for far, since, id in rows)
    return [id for _, _, id in sorted(places)]


def _value_of(place: tuple[Any, str]) -> Any:
    value, _ = place
    return value
