"""Breaches and actions, as they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from services.access import Right
from services.breaches import breach_rows
from services.breaches.breach_rows import Asked, Overdue, Unexplained
from services.breaches.rows import ActionRow, BreachRow, Handling
from services.seeing.paging import filled
from services.seeing.seen import Seen, named


def read_breaches(
    seen: Seen,
    *,
    contract: str | None = None,
    commitment: str | None = None,
    state: str | None = None,
    handling: Handling | None = None,
) -> list[BreachRow]:
    asked = Asked.of(contract=contract, commitment=commitment, state=state)
    rows = breach_rows.breaches(seen.reads, seen.catalogue, asked)
    return [row for row in rows if _is_wanted(seen, row, handling)]


def _is_wanted(seen: Seen, row: BreachRow, handling: Handling | None) -> bool:
    return seen.sees_commitment(row.commitment) and handling in (None, row.handling)


def page_of_breaches(
    seen: Seen,
    limit: int,
    after: str | None = None,
    *,
    contract: str | None = None,
    commitment: str | None = None,
    state: str | None = None,
    handling: Handling | None = None,
) -> list[BreachRow]:
    """The first ones of `read_breaches` behind the one of that id. Raises NotFound."""
    first = read_breach(seen, after) if after is not None else None
    asked = Asked.of(contract=contract, commitment=commitment, state=state)
    return filled(
        limit,
        lambda last, many: breach_rows.breaches(seen.reads, seen.catalogue, asked, after=last, limit=many),
        lambda row: _is_wanted(seen, row, handling),
        first,
    )


_OPEN = "open:"


def name_of_action(row: ActionRow) -> str:
    """The name by which a page goes on behind the action, which says where it stands: whoever reads may end it meanwhile."""
    return f"{_OPEN}{row.id}" if row.state == "open" else row.id


def page_of_actions(
    seen: Seen,
    limit: int,
    after: str | None = None,
    *,
    contract: str | None = None,
    commitment: str | None = None,
    state: str | None = None,
) -> list[ActionRow]:
    """The first ones of `read_actions` behind the one that `name_of_action` names, wherever it stands by now. Raises NotFound."""
    order = breach_rows.action_order(seen.reads, Asked.of(contract=contract, commitment=commitment, state=state))
    if after is not None:
        id = after.removeprefix(_OPEN)
        read_action(seen, id)
        [place] = breach_rows.action_order(seen.reads, Asked.of(id=id))
        if after != id or state == "open":  # it may have ended since
            place = place._replace(is_ended=False)
        order = [one for one in order if one > place]
    ids = [one.id for one in order if seen.sees_commitment(one.commitment)][:limit]
    known = seen.known
    return [breach_rows.actions(seen.reads, seen.catalogue, known, Asked.of(id=id))[0] for id in ids]


def read_breach(seen: Seen, breach: str) -> BreachRow:
    rows = breach_rows.breaches(seen.reads, seen.catalogue, Asked.of(id=breach))
    return named([row for row in rows if seen.sees_commitment(row.commitment)], breach, "breach")


def ids_beginning(seen: Seen, text: str) -> list[str]:
    """The ids of breaches that begin so, in their order."""
    rows = breach_rows.breaches(seen.reads, seen.catalogue, Asked.beginning(text))
    return sorted(row.id for row in rows if seen.sees_commitment(row.commitment))


def read_open_breach(seen: Seen, commitment: str, key: str, period: str | None = None) -> BreachRow | None:
    """The open breach of that occurrence, else of a target of its period; None where there is none."""
    asked = Asked.of(commitment=commitment, state="open")
    rows = breach_rows.breaches(seen.reads, seen.catalogue, asked) if seen.sees_commitment(commitment) else []
    own = [row for row in rows if row.key == key]
    return next(iter([*own, *(row for row in rows if row.key is None and row.period == period)]), None)


def read_unexplained(seen: Seen, commitments: Collection[str]) -> list[Unexplained]:
    """Reads of which of these commitments that the asker's services owe open breaches have no explanation; where the newest was
    opened last first."""
    found = [
        Unexplained(id, commitment.newest.debtor, newest, count)
        for id, (count, newest) in breach_rows.unexplained(seen.reads).items()
        if id in commitments
        and seen.sees_commitment(id)
        and (commitment := seen.catalogue.commitments.get(id)) is not None
        and seen.who.may(Right.TAKE_PART, commitment.newest.debtor)
    ]
    return sorted(found, key=lambda one: (-one.newest, one.commitment))


def read_newest_unexplained(seen: Seen, one: Unexplained) -> BreachRow:
    return breach_rows.unexplained_at(seen.reads, seen.catalogue, one.commitment, one.newest)


def read_actions(
    seen: Seen, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
) -> list[ActionRow]:
    asked = Asked.of(contract=contract, commitment=commitment, state=state)
    rows = breach_rows.actions(seen.reads, seen.catalogue, seen.known, asked)
    return [row for row in rows if seen.sees_commitment(row.commitment)]


def read_overdue(seen: Seen, commitments: Collection[str]) -> list[Overdue]:
    """Reads the open actions of the asker's services for these commitments whose day is over, the first due first."""
    return [
        one
        for one in overdue_of_all(seen)
        if one.commitment in commitments
        and seen.sees_commitment(one.commitment)
        and seen.who.may(Right.TAKE_PART, one.owner)
    ]


def overdue_of_all(seen: Seen) -> Sequence[Overdue]:
    """The same of every service, whoever asks."""
    kept = seen.until_judged_further(_overdue)
    return kept if kept is not None else seen.once(_overdue)


def _overdue(seen: Seen) -> Sequence[Overdue]:
    return breach_rows.overdue(seen.reads, seen.catalogue, seen.known)


def read_action(seen: Seen, action: str) -> ActionRow:
    rows = breach_rows.actions(seen.reads, seen.catalogue, seen.known, Asked.of(id=action))
    return named([row for row in rows if seen.sees_commitment(row.commitment)], action, "action")
