"""Doubts what who asks for an excuse may not have meant: that nothing is owed of what it names, or not yet (MEANING §5
"Excuses")."""

from __future__ import annotations

from collections.abc import Sequence

from domain.commitments import Commitment
from domain.excuses import CLOSURE
from domain.saying import Said, said
from domain.times import Instant, local_date, zone
from services.figures.reading import is_owed, owes_within
from services.seeing.seen import Seen


def excuse_doubts(
    seen: Seen,
    commitments: Sequence[Commitment],
    *,
    reason: str,
    keys: Sequence[str] = (),
    since: Instant | None = None,
    until: Instant | None = None,
) -> tuple[Said, ...]:
    """Nothing is refused for it: a closure may be agreed on long before. Of cases, items and signals to come nobody knows any,
    so that of days that lie ahead nothing is doubted until they are beyond all periods that are known."""
    known = {one.id: one.horizon(seen.known.about(one.id).watermark) for one in commitments}
    if keys:
        absent = [key for key in keys if not is_owed(seen, commitments[0].id, key)]
        return (_not_yet(commitments[0], known),) if absent else ()
    if since is None or until is None or owes_within(seen, list(known), since, until):
        return ()
    if all(_is_over(one, since) for one in commitments):
        last = max(one.newest.end or 0 for one in commitments)
        day = local_date(last - 1, zone(commitments[0].newest.terms.timezone))
        return (said("nothing is owed there any more: the contract ends on {day}", day=day),)
    begun = [one for one in commitments if since <= known[one.id]]
    if not begun:
        return (_not_yet(max(commitments, key=lambda one: known[one.id]), known),)
    if reason == CLOSURE or any(not one.all_are_known and until > _reached(seen, one) for one in begun):
        return ()
    return (said("nothing is owed there in these days"),)


def _not_yet(commitment: Commitment, known: dict[str, Instant]) -> Said:
    day = local_date(known[commitment.id], zone(commitment.newest.terms.timezone))
    return said("nothing is owed there yet: what falls due is known up to {day}", day=day)


def _is_over(commitment: Commitment, since: Instant) -> bool:
    """Says whether the contract has ended by then."""
    end = commitment.newest.end
    return end is not None and since >= end


def _reached(seen: Seen, commitment: Commitment) -> Instant:
    watermark = seen.known.about(commitment.id).watermark
    return watermark if watermark is not None else commitment.versions[0].start
