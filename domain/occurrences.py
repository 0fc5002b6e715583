"""One thing owed: its evidence, and what is concluded from it.

An occurrence is a pure function of the set of its evidence, the terms of its version and the watermark; the order in
which the evidence arrived plays no part (MEANING §3).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from domain.times import Instant


class Verdict(StrEnum):
    PENDING = "pending"
    MET = "met"
    LATE = "late"
    MISSING = "missing"
    FAILED = "failed"
    EXCUSED = "excused"
    UNKNOWN = "unknown"


MISSES = frozenset({Verdict.LATE, Verdict.MISSING, Verdict.FAILED})

Role = Literal[
    "delivered", "opened", "closed", "changed", "reopened", "cancelled", "paused", "resumed", "each",
    "down", "up", "updated", "summed", "stretch",
]  # fmt: skip
"""`summed` stands for all events of a volume's period, `stretch` for the bounds that signals gave."""


class Evidence(NamedTuple):
    """What one event says about one occurrence. `variant` numbers the wording of the indicator under which the event
    was selected; `value` is the one thing that the role needs of the event (a due time, a reason, whether it is good)."""

    role: str
    variant: int
    time: Instant
    sequence: str | None
    source: str
    id: str
    position: int
    value: str | int | bool | None = None


def sequence_order(sequence: str | None) -> tuple[int, int, str]:
    """Absent first; digits as numbers, however many, before any other text (MEANING §3)."""
    if sequence is None:
        return (0, 0, "")
    if sequence.isdecimal() and sequence.isascii():
        digits = sequence.lstrip("0")
        return (1, len(digits), digits)
    return (2, 0, sequence)


def id_order(id: str) -> tuple[int, int, str, str]:
    """Digits alone as numbers, however many, before any other text; of equal numbers by their text (MEANING §3)."""
    if id.isdecimal() and id.isascii():
        digits = id.lstrip("0")
        return (0, len(digits), digits, id)
    return (1, 0, id, "")


EvidenceOrder = tuple[Instant, tuple[int, int, str], str, tuple[int, int, str, str]]


def evidence_order(evidence: Evidence) -> EvidenceOrder:
    """Events of one key are taken by time, `sequence`, source, id. No two are equal: an id names one event of its source."""
    return (evidence.time, sequence_order(evidence.sequence), evidence.source, id_order(evidence.id))


Standing = Literal["owed", "measured", "waiting", "outside", "dropped", "without_due"]
"""`waiting`: no opening yet. `outside`: opened outside validity, not owed. `measured`: an item of a measure with its value,
which has no verdict. `without_due`: a case whose opening names no time by which it is due; how many there are is told
beside a figure. `dropped`: a case that was cancelled, or a volume without events where the contract ignores that. Only
what is `owed` or `measured` is listed and in a total."""


@dataclass(slots=True)
class Judgement:
    """What is concluded of one occurrence. Read it, never change it (not frozen only because that makes it three times
    as fast to build, and one is built per event).

    `anchor` is the instant whose period it belongs to. `limit` is the last instant that is in time, unless
    `is_strict`: then the first that is not. `wake` is the watermark at which the verdict must be looked at again,
    `risk_from` the watermark from which a pending occurrence is at risk. `strays` are the positions of events that
    have no use here and so may be unmatched. `underlying` is the verdict that an excuse hides,
    `value` the exact decimal number of a measure, a score or a volume.
    """

    standing: Standing
    verdict: Verdict = Verdict.PENDING
    version: int = 0
    anchor: Instant = 0
    opened: Instant | None = None
    due: Instant | None = None
    limit: Instant | None = None
    is_strict: bool = False
    closed: Instant | None = None
    wake: Instant | None = None
    risk_from: Instant | None = None
    flags: tuple[str, ...] = ()
    reason: str | None = None
    strays: tuple[int, ...] = ()
    decided_by: tuple[int, ...] = ()
    underlying: Verdict | None = None
    value: str | None = None

    @property
    def is_owed(self) -> bool:
        return self.standing == "owed"

    @property
    def is_miss(self) -> bool:
        return self.standing == "owed" and self.verdict in MISSES


def is_in_time(at: Instant, limit: Instant, is_strict: bool) -> bool:
    return at < limit if is_strict else at <= limit
