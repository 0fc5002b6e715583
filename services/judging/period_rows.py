"""The rows of periods: read, kept between entries, and written (MEANING §5)."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

import msgspec

from domain.periods import Period
from domain.times import Instant
from services.history.databases import Transaction
from services.history.entries import Position
from services.judging.ledger import Ledger, PeriodId
from services.judging.own_time import Scope
from services.judging.standings import StoredFigure

_encode = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode
_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode


def decode_final(kept: str) -> StoredFigure:
    """Seconds keep their exactness."""
    return cast(StoredFigure, _decode(kept))


@dataclass(slots=True)
class PeriodRow:
    """One period of one target. `wake` is the next watermark at which something changes by time alone (`boundaries`);
    `latest` is what a restated figure came to last."""

    period: Period
    close_at: Instant | None
    wake: Instant | None
    state: str
    final: StoredFigure | None
    causes: list[int]
    latest: StoredFigure | None = None

    def restate(self, now: StoredFigure, at: Position) -> bool:
        """After the entry at position `at` the closed figure comes to this; False if it did before."""
        assert self.final is not None
        now = now | {"position": self.final["position"]}
        if now == (self.latest or self.final):
            return False
        self.state, self.latest = "restated", now
        self.note(at)
        return True

    def note(self, at: Position) -> None:
        """Adds a cause to ascending ones, once; nearly always it is the last."""
        if at not in self.causes[-1:]:
            place = bisect_left(self.causes, at)
            if self.causes[place : place + 1] != [at]:
                self.causes.insert(place, at)


class PeriodRows:
    """The rows within one transaction, by what they are of. Whoever changes one saves it; a figure that late news restates is
    written once a batch, as they may come by the thousand for one period."""

    def __init__(self, ledger: Ledger):
        self._ledger = ledger
        self._known: dict[PeriodId, PeriodRow] = {}
        self._restated: set[PeriodId] = set()
        self.saved = 0
        """Counts the rows that were saved: while it stands still, no period has another `wake`."""

    def forget(self) -> None:
        self._known = {}
        self._restated = set()

    def note_restated(self, id: PeriodId) -> None:
        """The row was changed, and is written by `write`."""
        self._restated.add(id)

    def write(self, writes: Transaction) -> None:
        for id in sorted(self._restated):
            self.save(writes, id, self._known[id])

    def find(self, reads: Transaction, id: PeriodId) -> PeriodRow | None:
        if id not in self._known:
            sql = (
                "SELECT period, end_at, close_at, wake, state, final, causes, latest FROM view_period "
                "WHERE commitment = ? AND target_index = ? AND start_at = ?"
            )
            for name, end, close_at, wake, state, final, causes, latest in reads.query(sql, id):
                self._known[id] = PeriodRow(
                    Period(name, id.start, end),
                    close_at,
                    wake,
                    state,
                    decode_final(final) if final else None,
                    msgspec.json.decode(causes),
                    decode_final(latest) if latest else None,
                )
        return self._known.get(id)

    def at(self, reads: Transaction, id: PeriodId) -> PeriodRow:
        """The row of a period that was opened."""
        row = self.find(reads, id)
        assert row is not None
        return row

    def save(self, writes: Transaction, id: PeriodId, row: PeriodRow) -> None:
        self._known[id] = row
        self.saved += 1
        self._restated.discard(id)
        self._ledger.touched.add(id.commitment)
        writes.execute(
            "INSERT INTO view_period (commitment, target_index, start_at, period, end_at, close_at, wake, state, final, "
            "latest, causes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (commitment, target_index, start_at) "
            "DO UPDATE SET end_at = excluded.end_at, close_at = excluded.close_at, wake = excluded.wake, "
            "state = excluded.state, final = excluded.final, latest = excluded.latest, causes = excluded.causes",
            [
                *id,
                row.period.id,
                row.period.end,
                row.close_at,
                row.wake,
                row.state,
                _encode(row.final).decode() if row.final is not None else None,
                _encode(row.latest).decode() if row.latest is not None else None,
                _encode(row.causes).decode(),
            ],
        )

    def drop(self, writes: Transaction, id: PeriodId) -> None:
        self._ledger.touched.add(id.commitment)
        writes.execute("DELETE FROM view_period WHERE commitment = ? AND target_index = ? AND start_at = ?", id)
        self._known.pop(id, None)
        self._restated.discard(id)

    def drop_open(self, writes: Transaction, commitment: str) -> None:
        """Drops those that are not closed; those that are stay, with what restated them."""
        self.write(writes)
        self._ledger.touched.add(commitment)
        writes.execute("DELETE FROM view_period WHERE commitment = ? AND final IS NULL", [commitment])
        self._known = {id: row for id, row in self._known.items() if id.commitment != commitment}

    def of(self, reads: Transaction, commitment: str, *, is_closed: bool | None = None) -> list[PeriodId]:
        """The periods of a commitment that were opened, by target and start."""
        closed = {None: "", True: "AND final IS NOT NULL ", False: "AND final IS NULL "}[is_closed]
        sql = f"SELECT commitment, target_index, start_at FROM view_period WHERE commitment = ? {closed}ORDER BY target_index, start_at"
        return [PeriodId._make(row) for row in reads.query(sql, [commitment])]

    def reached(self, reads: Transaction, watermark: Instant, whose: Scope) -> list[PeriodId]:
        """The periods whose end or close the watermark has reached, in time."""
        sql = (
            f"SELECT commitment, target_index, start_at FROM view_period WHERE wake <= ? AND {whose.condition('view_period')} "
            "ORDER BY wake, commitment, target_index"
        )
        return [PeriodId._make(row) for row in reads.query(sql, [watermark, *whose.params])]
