"""The rows that a batch touches: occurrences and tallies, read in few queries, changed in memory, written together."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence

import msgspec

from domain.figures import Tally
from domain.kinds.volume import summed
from domain.occurrences import Evidence, Judgement, Verdict, evidence_order
from services.history.databases import Row as DatabaseRow
from services.history.databases import Transaction, replacing
from services.judging.touched import Touched

_encode_evidence = msgspec.msgpack.Encoder().encode
decode_evidence = msgspec.msgpack.Decoder(list[Evidence]).decode

NOT_OWED = Judgement("waiting")
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_COUNTS = list(Verdict)

OccurrenceId = tuple[str, str]
"""Commitment and key."""
PeriodId = tuple[str, int, int]
"""Commitment, target index, start of the period."""
TallyId = tuple[str, int, int, int]
"""Commitment, target index, start of the period, segment."""


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
        self.touched = Touched()

    def forget(self) -> None:
        """After a failed transaction, or when rows were changed behind its back."""
        self._rows, self._changed, self._tallies, self._changed_tallies = {}, {}, {}, {}

    def prefetch(self, reads: Transaction, ids: Iterable[OccurrenceId]) -> None:
        """Loads the rows that exist of these, in one query; the others are new."""
        wanted = [one for one in dict.fromkeys(ids) if one not in self._rows]
        if not wanted:
            return
        for row in reads.select_in(
            f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE", ("commitment", "key"), wanted
        ):
            self._rows[(row[0], row[1])] = _occurrence(row)
        for one in wanted:
            if one not in self._rows:
                self._rows[one] = Occurrence([], NOT_OWED, None)

    def row(self, reads: Transaction, commitment: str, key: str) -> Occurrence:
        found = self._rows.get((commitment, key))
        if found is None:
            self.prefetch(reads, [(commitment, key)])
            found = self._rows[(commitment, key)]
        return found

    def adopt(self, row: DatabaseRow) -> Occurrence:
        """A row selected by somebody else, in the shape of `OCCURRENCE_COLUMNS`; the one in memory wins."""
        found = self._rows.get((row[0], row[1]))
        if found is None:
            found = self._rows[(row[0], row[1])] = _occurrence(row)
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
            found = self._tallies[period] = {row[0]: tally_of(row[1:]) for row in reads.query(sql, period)}
        return found

    def tally_to_change(self, reads: Transaction, period: PeriodId, segment: int) -> Tally:
        tallies = self.tallies(reads, period)
        tally = tallies.get(segment)
        if tally is None:
            tally = tallies[segment] = Tally()
        self._changed_tallies[(*period, segment)] = tally
        self.touched.add(period[0])
        return tally

    def write(self, writes: Transaction) -> None:
        """Writes what changed; the transaction stays open."""
        if self._changed:
            rows = [_values(id, row) for id, row in self._changed.items()]
            writes.insert("view_occurrence", _NAMES, rows, replacing(_NAMES, 2))
            self._changed = {}
        if self._changed_tallies:
            counts = [(*id, *_tally_values(tally)) for id, tally in sorted(self._changed_tallies.items(), key=_by_id)]
            writes.insert("view_tally", _TALLY_NAMES, counts, replacing(_TALLY_NAMES, 4))
            self._changed_tallies = {}

    def flush(self, writes: Transaction) -> None:
        """Writes, and forgets the rows, so that memory stays bounded."""
        self.write(writes)
        self._rows = {}
        if len(self._tallies) > _KEPT_TALLIES:
            self._tallies = {}


_KEPT_TALLIES = 20_000


def _by_id(item: tuple[TallyId, Tally]) -> TallyId:
    return item[0]


_NAMES = (
    "commitment", "key", "standing", "verdict", "version", "period", "anchor", "opened", "due", "limit_at", "is_strict",
    "closed", "wake", "risk_from", "flags", "reason", "evidence", "underlying", "value",
)  # fmt: skip
OCCURRENCE_COLUMNS = ", ".join(_NAMES)
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
    it = row.judgement
    return (
        id[0], id[1], it.standing, it.verdict.value, it.version, row.period, it.anchor, it.opened, it.due, it.limit,
        int(it.is_strict), it.closed, it.wake, it.risk_from, ",".join(it.flags) or None, it.reason,
        _encode_evidence(row.evidence), it.underlying.value if it.underlying is not None else None, it.value,
    )  # fmt: skip


def _occurrence(row: DatabaseRow) -> Occurrence:
    return Occurrence(decode_evidence(bytes(row[16])), judgement_of(row), row[5])


def judgement_of(row: DatabaseRow) -> Judgement:
    """What a stored row says was concluded. Its strays stand in their own table."""
    return Judgement(
        row[2],
        _VERDICTS[row[3]],
        version=row[4],
        anchor=row[6],
        opened=row[7],
        due=row[8],
        limit=row[9],
        is_strict=bool(row[10]),
        closed=row[11],
        wake=row[12],
        risk_from=row[13],
        flags=tuple(row[14].split(",")) if row[14] else (),
        reason=row[15],
        underlying=_VERDICTS[row[17]] if row[17] else None,
        value=row[18],
    )


def evidence_of_row(row: DatabaseRow) -> list[Evidence]:
    return decode_evidence(bytes(row[16]))
