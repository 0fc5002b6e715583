"""The ladder of an action as it is read: its steps, which of them were reached, and whom they tell (MEETING §6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple

import msgspec

from domain.terms import Recipient
from domain.times import Instant
from services.breaches.rows import ActionRow
from services.judging.ladder_book import ladder_of
from services.seeing.seen import Seen


class Rung(NamedTuple):
    """`limit`: None where the calendar ends before it; `reached`: the instant at which time reached it."""

    step: int
    to: tuple[Recipient, ...]
    limit: Instant | None
    reached: Instant | None

    @property
    def is_at_once(self) -> bool:
        """Says whether it was taken before its limit: where an action made it worse, the second step comes at once (MEETING §5)."""
        return self.reached is not None and (self.limit is None or self.reached < self.limit)

    @property
    def day(self) -> float:
        """When it was reached, else when it will be; at the end of time where nobody can say when."""
        at = self.reached if self.reached is not None else self.limit
        return at if at is not None else inf


def read_ladder(seen: Seen, row: ActionRow) -> list[Rung]:
    """The steps of an action, as it is due now; none where the contract has no ladder for it."""
    contract = seen.catalogue.contracts.get(row.commitment.partition("/")[0])
    if contract is None:
        return []
    reached = {one["step"]: one["at"] for one in row.escalations}
    return [
        Rung(one.number, one.rung.to, one.limit, reached.get(one.number))
        for one in ladder_of(contract, row.opened_at, row.due)
    ]


def by_day(ladder: Sequence[Rung]) -> list[Rung]:
    """In the order of their days: a step that was skipped comes behind the one that was begun with."""
    return sorted(ladder, key=lambda one: (one.day, one.step))


class _Climbed(msgspec.Struct):
    """The fields of an action's document that say how far it has climbed."""

    escalations: list[dict[str, object]] = []


_decode = msgspec.json.Decoder(_Climbed).decode


def count_steps(seen: Seen, service: str | None = None) -> Mapping[tuple[str, str], int]:
    """Counts the open actions that are seen by contract and the highest step that they have reached; of the commitments that the
    service owes, where one is named."""
    found: Counter[tuple[str, str]] = Counter()
    commitments = seen.catalogue.commitments
    for commitment, document in seen.reads.query("SELECT commitment, document FROM view_action WHERE state = 'open'"):
        steps = [int(str(one["step"])) for one in _decode(document).escalations]
        owed = commitments.get(commitment)
        is_theirs = service is None or (owed is not None and owed.newest.debtor == service)
        if steps and is_theirs and seen.sees_commitment(commitment):
            found[(commitment.partition("/")[0], str(max(steps)))] += 1
    return found
