"""When our own ingestion was down: what fell due then and stays without event is unknown, not missing (MEANING §2)."""

from __future__ import annotations

from dataclasses import replace

from domain.occurrences import Judgement, Verdict
from domain.times import Instant
from services.history.databases import Transaction

REASON = "ingestion-down"


class Outages:
    """The outages of the platform that the history names."""

    def __init__(self) -> None:
        self._spans: dict[int, tuple[Instant, Instant]] = {}
        """By the position of the entry that notes it."""

    def load(self, reads: Transaction) -> None:
        rows = reads.query("SELECT position, from_at, until_at FROM view_outage")
        self._spans = {position: (start, end) for position, start, end in rows}

    def note(self, writes: Transaction, start: Instant, end: Instant, at: int) -> list[tuple[str, str]]:
        """One more; the occurrences (commitment, key) that it excuses from being missing."""
        self._spans[at] = (start, end)
        writes.execute("INSERT INTO view_outage (position, from_at, until_at) VALUES (?, ?, ?)", [at, start, end])
        sql = (
            "SELECT commitment, key FROM view_occurrence WHERE standing = 'owed' AND limit_at >= ? AND limit_at < ? "
            "AND (verdict = 'missing' OR underlying = 'missing') ORDER BY commitment, key"
        )
        return [(row[0], row[1]) for row in writes.query(sql, [start, end])]

    def withdraw(self, writes: Transaction, position: int) -> list[tuple[str, str]]:
        """That one was none; the occurrences (commitment, key) that may have been unknown because of it."""
        if (span := self._spans.pop(position, None)) is None:
            return []
        writes.execute("DELETE FROM view_outage WHERE position = ?", [position])
        sql = (
            "SELECT commitment, key FROM view_occurrence WHERE standing = 'owed' AND limit_at >= ? AND limit_at < ? "
            "AND (reason = ? OR underlying = 'unknown') ORDER BY commitment, key"
        )
        return [(row[0], row[1]) for row in writes.query(sql, [*span, REASON])]

    def overlay(self, judgement: Judgement) -> Judgement:
        """What is missing only because nothing could come in."""
        if judgement.verdict is not Verdict.MISSING or judgement.limit is None:
            return judgement
        limit = judgement.limit
        if not any(start <= limit < end for start, end in self._spans.values()):
            return judgement
        return replace(judgement, verdict=Verdict.UNKNOWN, reason=REASON)
