"""What people said of a breach, taken back by who said it until somebody acted on it (MORNING §5)."""

from __future__ import annotations

from itertools import takewhile

from domain.saying import said
from domain.times import Instant
from services.access import Right
from services.breaches.handling import last_signature
from services.breaches.rows import AttributionRow, BreachRow
from services.errors import Refused
from services.figures.reading import read_commitment
from services.seeing.seen import Seen


def require_unsigned(seen: Seen, row: BreachRow, said_at: Instant) -> None:
    """Raises Refused for what was said before a review of its contract was signed."""
    if last_signature(seen.reads, row.commitment.partition("/")[0]) >= said_at:
        raise Refused(said("a review of its contract was signed since"), place=row.id, slug="acted-on")


def own_attributions(seen: Seen, row: BreachRow) -> frozenset[AttributionRow]:
    """What the reader said of its root cause, and may take back still."""
    owed = read_commitment(seen, row.commitment)
    if row.state != "open" or row.decided_in or not seen.who.may(Right.TAKE_PART, owed.debtor, owed.creditor):
        return frozenset()
    by = seen.who.by(Right.TAKE_PART, owed.debtor, owed.creditor)
    last = row.attributions[-1:]
    unanswered = takewhile(lambda one: one.side == last[0].side, reversed(row.attributions))
    found = [one for one in unanswered if one.by == by]
    signed = last_signature(seen.reads, owed.contract) if found else 0
    return frozenset(one for one in found if one.at > signed)


def own_words(seen: Seen, row: BreachRow) -> frozenset[Instant]:
    """The instants of what the reader said of the breach and may take back still, acknowledging it and explaining it."""
    owed = read_commitment(seen, row.commitment)
    if not row.waits or not seen.who.may(Right.TAKE_PART, owed.debtor, owed.creditor):
        return frozenset()
    by = seen.who.by(Right.TAKE_PART, owed.debtor, owed.creditor)
    after_others = takewhile(lambda note: note[0] == by, reversed(row.explanations))
    found = {at for _, at, _ in after_others}
    if row.acknowledged_at is not None and row.acknowledged_by == by and not row.explanations:
        found.add(row.acknowledged_at)
    signed = last_signature(seen.reads, owed.contract) if found else 0
    return frozenset(at for at in found if at > signed)
