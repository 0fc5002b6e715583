"""Breaches, actions, reviews and excuses, as they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from domain.excuses import is_within
from domain.saying import Said
from domain.times import Instant
from services.access import Right
from services.reading import decision_rows, excuse_rows
from services.reading.decision_rows import Asked
from services.reading.kept import Kept
from services.reading.near_keys import mend_key
from services.reading.paging import filled
from services.reading.reading_contracts import read_contracts
from services.reading.rows import (
    ActionRow,
    BreachRow,
    ExcuseRow,
    OccurrenceRow,
    ReviewRow,
)
from services.seeing.seen import Seen, named

# Breaches, actions, reviews


def read_breaches(
    seen: Seen, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
) -> list[BreachRow]:
    asked = Asked.of(contract=contract, commitment=commitment, state=state)
    rows = decision_rows.breaches(seen.reads, seen.catalogue, asked)
    return [row for row in rows if seen.sees_commitment(row.commitment)]


def page_of_breaches(
    seen: Seen,
    limit: int,
    after: str | None = None,
    *,
    contract: str | None = None,
    commitment: str | None = None,
    state: str | None = None,
) -> list[BreachRow]:
    """The first ones of `read_breaches` behind the one of that id. Raises NotFound."""
    first = read_breach(seen, after) if after is not None else None
    asked = Asked.of(contract=contract, commitment=commitment, state=state)
    return filled(
        limit,
        lambda last, many: decision_rows.breaches(seen.reads, seen.catalogue, asked, after=last, limit=many),
        lambda row: seen.sees_commitment(row.commitment),
        first,
    )


def page_of_actions(
    seen: Seen,
    limit: int,
    after: str | None = None,
    *,
    contract: str | None = None,
    commitment: str | None = None,
    state: str | None = None,
) -> list[ActionRow]:
    """The first ones of `read_actions` behind the one of that id. Raises NotFound."""
    if after is not None:
        read_action(seen, after)
    order = decision_rows.action_order(seen.reads, Asked.of(contract=contract, commitment=commitment, state=state))
    ids = [id for id, of in order if seen.sees_commitment(of)]
    ids = ids[ids.index(after) + 1 if after in ids else 0 :][:limit]
    known = seen.known
    return [decision_rows.actions(seen.reads, seen.catalogue, known, Asked.of(id=id))[0] for id in ids]


def page_of_excuses(
    seen: Seen,
    limit: int,
    after: str | None = None,
    *,
    contract: str | None = None,
    commitment: str | None = None,
    state: str | None = None,
) -> list[ExcuseRow]:
    """The first ones of `read_excuses` behind the one of that id. Raises NotFound."""
    first = read_excuse(seen, after) if after is not None else None

    def is_wanted(row: ExcuseRow) -> bool:
        is_meant = contract in (None, row.contract) and (commitment is None or is_within(row.scope, commitment))
        return is_meant and seen.sees(row.supplier, row.client)

    return filled(
        limit,
        lambda last, many: excuse_rows.excuses(
            seen.reads, state, before=last.position if last is not None else None, limit=many
        ),
        is_wanted,
        first,
    )


def read_breach(seen: Seen, breach: str) -> BreachRow:
    rows = decision_rows.breaches(seen.reads, seen.catalogue, Asked.of(id=breach))
    return named([row for row in rows if seen.sees_commitment(row.commitment)], breach, "breach")


def read_unexplained(seen: Seen, commitments: Collection[str], *, most: int) -> tuple[list[tuple[BreachRow, int]], int]:
    """Of these commitments those that the asker's services owe and of which an open breach has no explanation: the newest
    breach of each and how many there are, the newest first; and how many commitments that are in all."""
    found = [
        (-newest, id, count)
        for id, (count, newest) in decision_rows.unexplained(seen.reads).items()
        if id in commitments
        and seen.sees_commitment(id)
        and (commitment := seen.catalogue.commitments.get(id)) is not None
        and seen.who.may(Right.TAKE_PART, commitment.newest.debtor)
    ]
    found.sort()
    first = [
        (decision_rows.unexplained_at(seen.reads, seen.catalogue, id, -newest), count)
        for newest, id, count in found[:most]
    ]
    return first, len(found)


def read_actions(
    seen: Seen, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
) -> list[ActionRow]:
    asked = Asked.of(contract=contract, commitment=commitment, state=state)
    rows = decision_rows.actions(seen.reads, seen.catalogue, seen.known, asked)
    return [row for row in rows if seen.sees_commitment(row.commitment)]


def read_overdue(seen: Seen, commitments: Collection[str], *, most: int) -> tuple[list[ActionRow], int]:
    """Of these commitments the open actions of the asker's services whose day is over, the first due first; and how many
    they are in all."""
    known = seen.known
    found = [
        id
        for _, _, id, commitment, owner in decision_rows.overdue(seen.reads, seen.catalogue, known)
        if commitment in commitments and seen.sees_commitment(commitment) and seen.who.may(Right.TAKE_PART, owner)
    ]
    first = [decision_rows.actions(seen.reads, seen.catalogue, known, Asked.of(id=id))[0] for id in found[:most]]
    return first, len(found)


def read_action(seen: Seen, action: str) -> ActionRow:
    rows = decision_rows.actions(seen.reads, seen.catalogue, seen.known, Asked.of(id=action))
    return named([row for row in rows if seen.sees_commitment(row.commitment)], action, "action")


def read_reviews(seen: Seen, *, contract: str | None = None) -> list[ReviewRow]:
    """Held ones and the next one of each contract, by time."""
    if contract is None and (kept := seen.until_judged_further(_reviews)) is not None:
        if seen.sees_everything:
            return list(kept)
        mine = {row.id for row in read_contracts(seen)}
        return [row for row in kept if row.contract in mine]
    mine = {one.id for one in seen.contracts_in_force(contract)}
    return [row for row in _reviews(seen) if row.contract in mine]


def _reviews(seen: Seen) -> list[ReviewRow]:
    """Seen or not."""
    return decision_rows.reviews(seen.reads, seen.catalogue, seen.known, seen.kept(Kept))


def read_review(seen: Seen, review: str) -> ReviewRow:
    return named(read_reviews(seen), review, "review")


# Excuses


def read_excuses(
    seen: Seen, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
) -> list[ExcuseRow]:
    """Newest first; `commitment`: those that concern it, also by its contract or deliverable."""
    rows = excuse_rows.excuses(seen.reads, state)
    return [
        row
        for row in rows
        if seen.sees(row.supplier, row.client)
        and contract in (None, row.contract)
        and (commitment is None or is_within(row.scope, commitment))
    ]


def read_excuse(seen: Seen, excuse: str) -> ExcuseRow:
    return named(read_excuses(seen), excuse, "excuse")


def excused_by(seen: Seen, excuse: str) -> list[OccurrenceRow]:
    """What the excuse hides, or would hide if it were accepted."""
    row = read_excuse(seen, excuse)
    return excuse_rows.covered(seen.reads, row, seen.catalogue.contracts[row.contract].commitments, seen.known)


def excuse_touches_final(seen: Seen, row: ExcuseRow) -> bool:
    return excuse_rows.touches_final(seen.reads, row, seen.catalogue.contracts[row.contract].commitments)


def owes_within(seen: Seen, commitments: Sequence[str], since: Instant, until: Instant) -> bool:
    """Whether anything that these commitments have stands in [since, until)."""
    ids = [seen.commitment_in_force(one).id for one in commitments]
    sql = "SELECT 1 FROM view_occurrence WHERE anchor >= ? AND anchor < ? AND standing IN ('owed', 'measured') AND"
    return bool(seen.reads.select_in(sql, "commitment", ids, params=[since, until], after="LIMIT 1"))


def mend_for_key(seen: Seen, commitment: str, key: str) -> Said:
    """What a key that the commitment does not have may have been meant for."""
    return mend_key(seen.reads, seen.commitment_in_force(commitment).id, key)


def is_owed(seen: Seen, commitment: str, key: str) -> bool:
    """Whether the commitment has that occurrence."""
    one = seen.commitment_in_force(commitment)
    sql = "SELECT key FROM view_occurrence WHERE commitment = ? AND key = ? AND standing IN ('owed', 'measured')"
    return bool(seen.reads.query(sql, [one.id, key]))
