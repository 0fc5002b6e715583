"""What repeats in a contract, as it is asked for (MEETING §3): read from the rows of one position, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.breaches import Breach
from domain.commitments import Commitment
from domain.kinds.faces import face
from domain.repeats import Breached, Cause, Closed, Miss, Repeats, repeats_of
from domain.saying import said
from domain.times import LAST_INSTANT, Instant
from services.causes.rows import RepeatsRow
from services.causes.windows import bound, since_review, window
from services.errors import Invalid, Refused
from services.judging.catalogue import InForce
from services.seeing.seen import Seen


class _Stored(NamedTuple):
    """A breach that stands, as its table has it."""

    id: str
    commitment: str
    period: str
    cause: str
    key: str | None
    target_index: int | None
    opened_position: int
    opened_at: Instant
    action: str | None
    root_cause: str | None

    @property
    def group(self) -> Cause:
        return Cause(self.root_cause) if self.root_cause else Cause(None, self.commitment.split("/")[1], self.cause)


def read_repeats(
    seen: Seen, contract: str, since: str | Instant | None = None, until: str | Instant | None = None
) -> RepeatsRow:
    """Of the breaches that were opened in [since, until), each an instant or as people say it; where nothing is said, from the last
    review to the next one. Raises NotFound, Invalid, Refused for a contract that nobody has signed yet."""
    found = _in_force(seen, contract)
    first, last = window(seen, found)
    said_first = bound(found, since, "since") if isinstance(since, str) else since
    said_last = bound(found, until, "until") if isinstance(until, str) else until
    if said_first is not None and said_last is not None and said_first > said_last:
        raise Invalid(said("it ends before it begins"), place="until", mend=said("a later end"), slug="ends-before")
    first = said_first if said_first is not None else first
    last = said_last if said_last is not None else last
    known = seen.known.of(found.id)
    return RepeatsRow(found.id, first, last, _repeats(seen, found, first, last), known.position, known.watermark)


def repeats_before(seen: Seen, contract: str, starts: Instant) -> RepeatsRow:
    """What a review that starts then looks at: from the start of the one before it."""
    return read_repeats(seen, contract, since_review(seen, _in_force(seen, contract), starts), starts)


def _in_force(seen: Seen, contract: str) -> InForce:
    found = seen.contracts_in_force(contract)
    if not found:
        raise Refused(said("nobody has signed {contract} yet: nothing repeats", contract=contract), place=contract)
    return found[0]


def _repeats(seen: Seen, contract: InForce, since: Instant, until: Instant | None) -> Repeats:
    every = _standing(seen, contract.id)
    within = [one for one in every if since <= one.opened_at and (until is None or one.opened_at < until)]
    return repeats_of(
        [Breached(one.id, one.group, one.opened_position, misses_behind(seen, one)) for one in within],
        {one.id: Fraction(one.newest.criterion.weight) for one in contract.commitments},
        _closed(seen, contract.id, every),
        {one.id: one.group for one in every},
    )


def _standing(seen: Seen, contract: str) -> list[_Stored]:
    """The breaches of a contract that were not withdrawn and call somebody, in the order in which they were opened."""
    sql = (
        f"SELECT {', '.join(_Stored._fields)} FROM view_breach WHERE commitment > ? AND commitment < ? AND state = 'open' "
        "ORDER BY opened_at, id"
    )
    return [_Stored._make(row) for row in seen.reads.query(sql, _of(contract))]


def _of(contract: str) -> list[str]:
    """The bounds of the names of its commitments; `0` comes right after `/`."""
    return [f"{contract}/", f"{contract}0"]


class _Ground(msgspec.Struct):
    ref: str | None = None


class _Document(msgspec.Struct):
    """What an action says that it rests on."""

    grounds: list[_Ground] = []


_decode = msgspec.json.Decoder(_Document).decode


def _closed(seen: Seen, contract: str, breaches: Sequence[_Stored]) -> list[Closed]:
    """The actions of a contract that were closed, when they first were. What the platform opens rests on the breaches that asked for it
    before that: one of the same period and cause that comes later bears its id, too."""
    asked: dict[str, list[_Stored]] = {}
    for one in breaches:
        if one.action is not None:
            asked.setdefault(one.action, []).append(one)
    sql = (
        "SELECT id, closed, document FROM view_action WHERE closed IS NOT NULL AND "
        "(commitment = ? OR commitment > ? AND commitment < ?) ORDER BY closed, id"
    )
    return [
        Closed(at, [*(one.id for one in asked.get(id, ()) if one.opened_position <= at), *_cited(document)])
        for id, at, document in seen.reads.query(sql, [contract, *_of(contract)])
    ]


def _cited(document: str) -> Iterator[str]:
    for one in _decode(document).grounds:
        if one.ref is not None and one.ref.startswith("breach:"):
            yield one.ref.removeprefix("breach:")


def misses_behind(seen: Seen, breach: _Stored) -> list[Miss]:
    """What was missed: the occurrence, or those of the target's period that no excuse hides; the breach itself, where no occurrence
    stands behind it."""
    if breach.key is not None:
        return [Miss(breach.commitment, breach.key)]
    commitment = seen.catalogue.commitments.get(breach.commitment)
    keys = list(_missed(seen, commitment, breach)) if commitment is not None else []
    return [Miss(breach.commitment, key) for key in keys] or [Miss(breach.commitment, ("breach", breach.id))]


def _missed(seen: Seen, commitment: Commitment, breach: _Stored) -> Iterator[str]:
    """The keys of what the lost target missed in its period. Of a target without a period of that name: none."""
    span = _span(seen, commitment, breach)
    if span is None or face(commitment.newest.criterion.indicator).counts != "occurrences":
        return
    start, end = span
    sql = (
        "SELECT key, version FROM view_occurrence WHERE commitment = ? AND standing = 'owed' "
        "AND verdict IN ('late', 'missing', 'failed') AND anchor >= ? AND anchor < ? ORDER BY anchor, key"
    )
    last = end if end is not None else LAST_INSTANT
    for key, number in seen.reads.query(sql, [commitment.id, start, last]):
        version = commitment.version(number)
        if version is not None and breach.target_index in dict(enumerate(version.periods)):
            yield key


def _span(seen: Seen, commitment: Commitment, breach: _Stored) -> tuple[Instant, Instant | None] | None:
    """[start, end) of the period whose target was lost: of a rolling window of the one that ends now."""
    index = breach.target_index
    rolling = commitment.rolling.get(index) if index is not None else None
    watermark = seen.known.about(commitment.id).watermark
    if rolling is not None and rolling.id == breach.period and watermark is not None:
        now = rolling.at(watermark)
        return now.start, now.end
    sql = "SELECT start_at, end_at FROM view_period WHERE commitment = ? AND target_index = ? AND period = ?"
    for start, end in seen.reads.query(sql, [commitment.id, index, breach.period]):
        one = Breach(commitment.id, breach.period, breach.cause, target_index=index, since=start)
        if one.id == breach.id:
            return start, end
    return None
