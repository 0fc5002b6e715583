"""The rows that a batch touches: occurrences and tallies, read in few queries, changed in memory, written together."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from domain.figures import Tally
from domain.kinds.volume import summed
from domain.occurrences import Evidence, Judgement, Standing, Verdict, evidence_order
from domain.times import Instant
from services.history.databases import Transaction, column_list, replacing
from services.judging.kept_parts import KeptParts
from services.judging.touched import Touched

_encode_evidence = msgspec.msgpack.Encoder().encode
decode_evidence = msgspec.msgpack.Decoder(list[Evidence]).decode

NOT_OWED = Judgement("waiting")
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_COUNTS = list(Verdict)

OccurrenceId = tuple[str, str]
"""Commitment and key."""


class PeriodId(NamedTuple):
    commitment: str
    target_index: int
    start: Instant


TallyId = tuple[str, int, int, int]
"""Commitment, target index, start of the period, segment."""


class StoredOccurrence(NamedTuple):
    """A row of `view_occurrence`, as it is stored."""

    commitment: str
    key: str
    standing: Standing
    verdict: str
    version: int
    period: str | None
    anchor: Instant
    opened: Instant | None
    due: Instant | None
    limit_at: Instant | None
    is_strict: int
    closed: Instant | None
    wake: Instant | None
    risk_from: Instant | None
    flags: str | None
    reason: str | None
    evidence: bytes
    underlying: str | None
    value: str | None


class Occurrence:
    """One row: the evidence in order, and what was concluded of it."""

    __slots__ = ("evidence", "judgement", "period")

    def __init__(self, evidence: list[Evidence], judgement: Judgement, period: str | None):
        self.evidence = evidence
        self.judgement = judgement
        self.period = period

    def add(self, evidence: Evidence) -> bool:
        """False when it is there already."""
        if evidence.role == "summed":
            self.evidence = summed(self.evidence, evidence)
            return True
        if self.evidence and any(one.position == evidence.position and one == evidence for one in self.evidence):
            return False
        insort(self.evidence, evidence, key=evidence_order)
        return True

    def remove(self, said: Evidence) -> bool:
        """Takes out what an event said; False when it said nothing here."""
        if said.role == "summed":
            self.evidence = summed(self.evidence, said, -1)
            return True
        position = said.position
        kept = [one for one in self.evidence if one.position != position]
        has_changed = len(kept) < len(self.evidence)
        self.evidence = kept
        return has_changed


class Ledger:
    """The unit of work of one transaction. Tallies outlive it as long as every transaction succeeds."""

    def __init__(self) -> None:
        self._rows: dict[OccurrenceId, Occurrence] = {}
        self._changed: dict[OccurrenceId, Occurrence] = {}
        self._tallies: dict[PeriodId, dict[int, Tally]] = {}
        self._changed_tallies: dict[TallyId, Tally] = {}
        self.kept = KeptParts()
        self.touched = Touched()

    def forget(self) -> None:
        """After a failed transaction, or when rows were changed behind its back."""
        self._rows, self._changed, self._tallies, self._changed_tallies = {}, {}, {}, {}
        self.kept.forget()

    def prefetch(self, reads: Transaction, ids: Iterable[OccurrenceId]) -> None:
        """Loads the rows that exist of these, in one query; the others are new."""
        wanted = [one for one in dict.fromkeys(ids) if one not in self._rows]
        if not wanted:
            return
        sql = f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE"
        for row in map(StoredOccurrence._make, reads.select_in(sql, ("commitment", "key"), wanted)):
            self._rows[(row.commitment, row.key)] = occurrence_of(row)
        for one in wanted:
            if one not in self._rows:
                self._rows[one] = Occurrence([], NOT_OWED, None)

    def row(self, reads: Transaction, commitment: str, key: str) -> Occurrence:
        found = self._rows.get((commitment, key))
        if found is None:
            self.prefetch(reads, [(commitment, key)])
            found = self._rows[(commitment, key)]
        return found

    def adopt(self, row: StoredOccurrence) -> Occurrence:
        """A row selected by somebody else; the one in memory wins."""
        id = (row.commitment, row.key)
        found = self._rows.get(id)
        if found is None:
            found = self._rows[id] = occurrence_of(row)
        return found

    def drop(self, writes: Transaction, commitment: str, key: str) -> None:
        """The occurrence is no more, and nobody else asks for it."""
        self._rows.pop((commitment, key), None)
        self._changed.pop((commitment, key), None)
        self.touched.add(commitment)
        writes.execute("DELETE FROM view_occurrence WHERE commitment = ? AND key = ?", [commitment, key])

    def put(self, commitment: str, key: str, row: Occurrence) -> None:
        self._changed[(commitment, key)] = row
        self.touched.add(commitment)

    def tallies(self, reads: Transaction, period: PeriodId) -> dict[int, Tally]:
        """The tallies of a period by segment; only segments in which something was counted."""
        found = self._tallies.get(period)
        if found is None:
            sql = (
                f"SELECT segment, {TALLY_COUNTS} FROM view_tally "
                "WHERE commitment = ? AND target_index = ? AND start_at = ?"
            )
            found = self._tallies[period] = {segment: tally_of(counts) for segment, *counts in reads.query(sql, period)}
        return found

    def tally_to_change(self, reads: Transaction, period: PeriodId, segment: int) -> Tally:
        tallies = self.tallies(reads, period)
        tally = tallies.get(segment)
        if tally is None:
            tally = tallies[segment] = Tally()
        self._changed_tallies[(*period, segment)] = tally
        self.touched.add(period.commitment)
        return tally

    def write(self, writes: Transaction) -> None:
        """Writes what changed; the transaction stays open."""
        if self._changed:
            rows = [_values(id, row) for id, row in self._changed.items()]
            writes.insert("view_occurrence", _NAMES, rows, replacing(_NAMES, 2))
            self._changed = {}
        if self._changed_tallies:
            counts = [(*id, *_tally_values(self._changed_tallies[id])) for id in sorted(self._changed_tallies)]
            writes.insert("view_tally", _TALLY_NAMES, counts, replacing(_TALLY_NAMES, 4))
            self._changed_tallies = {}

    def flush(self, writes: Transaction) -> None:
        """Writes, and forgets the rows, so that memory stays bounded."""
        self.write(writes)
        self._rows = {}
        if len(self._tallies) > _KEPT_TALLIES:
            self._tallies = {}


_KEPT_TALLIES = 20_000


_NAMES = StoredOccurrence._fields
OCCURRENCE_COLUMNS = column_list(StoredOccurrence)
_TALLY_COUNTS = (*(verdict.value for verdict in _COUNTS), "excused_met", "excused_missed", "without_due", "measured")
_TALLY_NAMES = ("commitment", "target_index", "start_at", "segment", *_TALLY_COUNTS)
TALLY_COUNTS = ", ".join(_TALLY_COUNTS)


def tally_of(counts: Sequence[int]) -> Tally:
    """A tally from the columns of `TALLY_COUNTS`."""
    verdicts = dict(zip(_COUNTS, counts[:7], strict=True))
    return Tally(verdicts, *counts[7:])


def _tally_values(tally: Tally) -> list[int]:
    return [*tally.counts.values(), tally.excused_met, tally.excused_missed, tally.without_due, tally.measured]


def _values(id: OccurrenceId, row: Occurrence) -> tuple[object, ...]:
    (commitment, key), it = id, row.judgement
    return (
        commitment, key, it.standing, it.verdict.value, it.version, row.period, it.anchor, it.opened, it.due, it.limit,
        int(it.is_strict), it.closed, it.wake, it.risk_from, ",".join(it.flags) or None, it.reason,
        _encode_evidence(row.evidence), it.underlying.value if it.underlying is not None else None, it.value,
    )  # fmt: skip


def occurrence_of(row: StoredOccurrence) -> Occurrence:
    return Occurrence(evidence_of_row(row), judgement_of(row), row.period)


def judgement_of(row: StoredOccurrence) -> Judgement:
    """Gives the judgement that a stored row holds, without its strays, which stand in their own table."""
    return Judgement(
        row.standing,
        _VERDICTS[row.verdict],
        version=row.version,
        anchor=row.anchor,
        opened=row.opened,
        due=row.due,
        limit=row.limit_at,
        is_strict=bool(row.is_strict),
        closed=row.closed,
        wake=row.wake,
        risk_from=row.risk_from,
        flags=tuple(row.flags.split(",")) if row.flags else (),
        reason=row.reason,
        underlying=_VERDICTS[row.underlying] if row.underlying else None,
        value=row.value,
    )


def evidence_of_row(row: StoredOccurrence) -> list[Evidence]:
    return decode_evidence(bytes(row.evidence))
