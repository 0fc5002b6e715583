"""The excuses of a review pack: those that wait for an answer, and those behind what the figures leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.excuses import is_within
from domain.times import Instant, show, zone
from services.contracts.rows import ContractRow
from services.excuses.reading import excused_by, read_excuses
from services.excuses.rows import ExcuseRow
from services.figures.rows import CommitmentRow
from services.reviews.pack_part_shapes import PackExcuse, PackPleading, PackSide
from services.seeing.seen import Seen


def excuses(
    seen: Seen,
    contract: ContractRow,
    rows: Mapping[str, CommitmentRow],
    sides: Sequence[PackSide],
    since: Instant,
    until: Instant,
) -> list[PackExcuse]:
    """Asked or answered since the previous review, still waiting, closing time of this one, or hiding what falls in a
    period that is shown; the newest first."""
    shown = {(figure["commitment"], figure["period"]) for side in sides for figure in side["figures"]}
    found = []
    asked = read_excuses(seen, contract=contract.id)
    for row in sorted(asked, key=lambda one: (-one.asked_at, one.id)):
        covered = [(one.commitment, one.period) for one in excused_by(seen, row.id)]
        last = row.answers[-1].at if row.answers else row.asked_at
        is_closing = row.since is not None and row.until is not None and row.since < until and row.until > since
        if row.waits_for is not None or last >= since or is_closing or not shown.isdisjoint(covered):
            found.append(_excuse(row, contract, rows, len(covered)))
    return found


def excuses_to_decide(found: Sequence[PackExcuse]) -> list[PackPleading]:
    """Lists the excuses that wait for the other party, or for the arbiter."""
    return [
        {
            "code": "excuse",
            "excuse": one["id"],
            "commitment": one["commitment"],
            "deliverable": one["deliverable"],
            "criterion": one["criterion"],
            "keys": one["keys"],
            "from": one["from"],
            "until": one["until"],
            "reason": one["reason"],
            "text": one["text"],
            "party": one["party"],
            "state": one["state"],
        }
        for one in found
        if one["waits_for"] is not None
    ]


def _excuse(row: ExcuseRow, contract: ContractRow, rows: Mapping[str, CommitmentRow], covers: int) -> PackExcuse:
    here = zone(contract.timezone)
    within = [one for id, one in rows.items() if is_within(row.scope, id)]
    parts = row.scope.count("/")
    return {
        "id": row.id,
        "commitment": row.scope,
        "deliverable": dict(within[0].deliverable.title.by_language) if parts >= 1 and within else None,
        "criterion": dict(within[0].criterion.title.by_language) if parts == 2 and within else None,
        "keys": list(row.keys),
        "from": show(row.since, here) if row.since is not None else None,
        "until": show(row.until, here) if row.until is not None else None,
        "covers": covers,
        "reason": row.reason,
        "text": row.text,
        "evidence": list(row.evidence),
        "party": row.party,
        "asked_by": row.asked_by,
        "asked_at": show(row.asked_at, here),
        "state": row.state,
        "waits_for": row.waits_for,
        "answers": [
            {"verb": one.verb, "party": one.party, "by": one.by, "at": show(one.at, here), "text": one.text}
            for one in row.answers
        ],
    }
