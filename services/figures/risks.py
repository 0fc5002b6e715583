"""Which pending occurrences of a commitment are at risk, computed when read (MEANING §5 “At risk”): it follows the watermark."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple, Protocol

from domain.calendars import CalendarEnded
from domain.commitments import Commitment
from domain.kinds.faces import face
from domain.occurrences import Judgement, Verdict
from domain.risk import LAST, Lateness, own_lateness, time_used
from domain.times import Instant
from services.figures.rows import RiskRow
from services.figures.shapes import AtRiskBecause
from services.history.databases import Transaction
from services.seeing.known import Known

_PAST = (
    "SELECT due, closed FROM view_occurrence WHERE commitment = ? AND standing = 'owed' AND due IS NOT NULL "
    "AND anchor <= ? AND verdict IN ('met', 'late', 'missing', 'failed') ORDER BY anchor DESC, key DESC "
    f"LIMIT {LAST}"
)


class Pends(Protocol):
    """Of something that pends, what says whether it is at risk."""

    @property
    def version(self) -> int: ...
    @property
    def due(self) -> Instant | None: ...
    @property
    def limit(self) -> Instant | None: ...
    @property
    def is_strict(self) -> bool | int: ...
    @property
    def risk_from(self) -> Instant | None: ...


class _Pending(NamedTuple):
    version: int
    due: Instant | None
    limit: Instant | None
    is_strict: int
    risk_from: Instant | None


@dataclass
class Risks:
    """Of one commitment, as far as is known."""

    reads: Transaction
    commitment: Commitment
    known: Known

    @cached_property
    def watermark(self) -> Instant | None:
        return self.known.about(self.commitment.id).watermark

    @cached_property
    def lateness(self) -> Lateness | None:
        """The debtor's own, over the last occurrences that fell due and are judged; None: not enough history."""
        if self.watermark is None or not face(self.commitment.newest.criterion.indicator).has_limit:
            return None
        found = self.reads.query(_PAST, [self.commitment.id, self.watermark])
        return own_lateness([None if closed is None else closed - due for due, closed in reversed(found)])

    def of(self, key: str, it: Judgement) -> RiskRow | None:
        """None for what is not pending, or stands still, or has no limit."""
        watermark = self.watermark
        if watermark is None or not _runs(it) or it.limit is None:
            return None
        used = self._used(self._start(key, it), it, it.limit, watermark)
        warn = self._has_warning(it.version)
        return RiskRow(
            used,
            self._because(it, watermark),
            None if warn or self.lateness is None else (self.lateness.quantile,),
            bool(warn),
        )

    def is_at_risk(self, it: Pends) -> bool:
        """Says of what `_runs` whether `of` gives a reason why it may be late, without saying how much of its time is used."""
        watermark = self.watermark
        return watermark is not None and it.limit is not None and self._because(it, watermark) is not None

    def _because(self, it: Pends, watermark: Instant) -> AtRiskBecause | None:
        if it.risk_from is not None and watermark >= it.risk_from:
            return "warn" if self._has_warning(it.version) else "time"
        return "lateness" if self.is_usually_late(it) else None

    def _used(self, start: Instant, it: Judgement, limit: Instant, watermark: Instant) -> Fraction:
        version = self.commitment.version(it.version)
        indicator = version.criterion.indicator
        try:
            return time_used(start, limit, watermark, face(indicator).working_calendar(indicator, version))
        except CalendarEnded:
            return time_used(start, limit, watermark)

    def is_usually_late(self, it: Pends) -> bool:
        """Whether the debtor's own lateness lies beyond the tolerance; never asked where the contract says when to warn."""
        if it.limit is None or it.due is None or self._has_warning(it.version) or self.lateness is None:
            return False
        return self.lateness.lies_beyond(it.limit - it.due, bool(it.is_strict))

    @property
    def may_be_late(self) -> bool:
        """Whether the debtor's own lateness can put any occurrence at risk: no tolerance is shorter than none."""
        if all(self._has_warning(one.number) for one in self.commitment.versions):
            return False
        return self.lateness is not None and self.lateness.lies_beyond(0, is_strict=True)

    def count(self) -> tuple[int, bool]:
        """How many pending occurrences are at risk, and whether any is so for its debtor's lateness."""
        watermark = self.watermark
        if watermark is None:
            return 0, False
        sql = (
            "SELECT version, due, limit_at, is_strict, risk_from FROM view_occurrence "
            "WHERE commitment = ? AND wake IS NOT NULL AND standing = 'owed' AND verdict = 'pending' "
            "ORDER BY risk_from"  # SQLite then looks at what pends alone, by its own index
        )
        at_risk = late = 0
        for it in map(_Pending._make, self.reads.query(sql, [self.commitment.id])):
            is_late = self.is_usually_late(it)
            at_risk += is_late or (it.risk_from is not None and it.risk_from <= watermark)
            late += is_late
        return at_risk, late > 0

    def _has_warning(self, version: int) -> bool:
        return version in self._warned

    @cached_property
    def _warned(self) -> frozenset[int]:
        """The versions that say when to warn."""
        indicators = {one.number: one.criterion.indicator for one in self.commitment.versions}
        return frozenset(number for number, one in indicators.items() if face(one).warn(one) is not None)

    def _start(self, key: str, it: Judgement) -> Instant:
        """The opening, or the due before this one."""
        if it.opened is not None:
            return it.opened
        due = self.commitment.schedule.named(key) if self.commitment.schedule is not None else None
        return due.previous if due is not None else it.anchor


class RisksHere:
    """Those of the commitments of one state, each looked up once."""

    def __init__(self, reads: Transaction, known: Known):
        self._reads, self._known = reads, known
        self._found: dict[str, Risks] = {}

    def of(self, commitment: Commitment) -> Risks:
        found = self._found.get(commitment.id)
        if found is None or found.commitment is not commitment:
            found = self._found[commitment.id] = Risks(self._reads, commitment, self._known)
        return found


def _runs(it: Judgement) -> bool:
    """Pending, and nothing but time is needed to make it missing: no pause runs."""
    return it.standing == "owed" and it.verdict is Verdict.PENDING and it.wake is not None
