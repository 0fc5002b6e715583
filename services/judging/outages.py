"""The outages of our own ingestion: what fell due then and stays without event is unknown, not missing (MEANING §2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import NamedTuple

from domain.occurrences import Judgement, Verdict
from domain.times import Instant
from services.history.databases import Transaction
from services.history.entries import Position

REASON = "ingestion-down"


class _Outage(NamedTuple):
    """[start, end). The contracts `but` are fed by files, which come later: nothing of them was hidden."""

    start: Instant
    end: Instant
    but: frozenset[str]


class Outages:
    """The outages of the platform that the history names."""

    def __init__(self) -> None:
        self._spans: dict[int, _Outage] = {}
        """The outages by the position of the entry that notes each."""
        self._spared: dict[tuple[Instant, Instant], set[str]] = {}
        """The contracts of which the outage of that span hides nothing."""

    def load(self, reads: Transaction) -> None:
        rows = reads.query("SELECT position, from_at, until_at, but FROM view_outage")
        self._spans = {position: _Outage(start, end, frozenset(but.split())) for position, start, end, but in rows}
        self._spared = {}
        for start, end, contract in reads.query("SELECT from_at, until_at, contract FROM view_spared"):
            self._spared.setdefault((start, end), set()).add(contract)

    def spare(self, writes: Transaction, start: Instant, end: Instant, contract: str) -> None:
        """The outage of [start, end), which is noted right behind, hides nothing of the contract."""
        self._spared.setdefault((start, end), set()).add(contract)
        writes.insert("view_spared", ("from_at", "until_at", "contract"), [(start, end, contract)])

    def note(
        self, writes: Transaction, start: Instant, end: Instant, at: Position, but: Collection[str] = ()
    ) -> list[tuple[str, str]]:
        """One more; the occurrences (commitment, key) that it excuses from being missing. It hides nothing of the contracts `but`, nor
        of those that it spares."""
        but = {*but, *self._spared.get((start, end), ())}
        self._spans[at] = _Outage(start, end, frozenset(but))
        columns = ("position", "from_at", "until_at", "but")
        writes.insert("view_outage", columns, [(at, start, end, " ".join(sorted(but)))])
        sql = (
            "SELECT commitment, key FROM view_occurrence WHERE standing = 'owed' AND limit_at >= ? AND limit_at < ? "
            "AND (verdict = 'missing' OR underlying = 'missing') ORDER BY commitment, key"
        )
        return [(id, key) for id, key in writes.query(sql, [start, end]) if id.partition("/")[0] not in but]

    def withdraw(self, writes: Transaction, position: int) -> list[tuple[str, str]]:
        """Forgets the outage that was noted at that position and withdrawn since; gives the occurrences (commitment,
        key) that may have been unknown because of it."""
        if (span := self._spans.pop(position, None)) is None:
            return []
        writes.execute("DELETE FROM view_outage WHERE position = ?", [position])
        sql = (
            "SELECT commitment, key FROM view_occurrence WHERE standing = 'owed' AND limit_at >= ? AND limit_at < ? "
            "AND (reason = ? OR underlying = 'unknown') ORDER BY commitment, key"
        )
        return [(commitment, key) for commitment, key in writes.query(sql, [span.start, span.end, REASON])]

    def overlay(self, contract: str, judgement: Judgement) -> Judgement:
        """Makes unknown what is missing only because nothing could come in."""
        if judgement.verdict is not Verdict.MISSING or judgement.limit is None:
            return judgement
        limit = judgement.limit
        if not any(one.start <= limit < one.end and contract not in one.but for one in self._spans.values()):
            return judgement
        return replace(judgement, verdict=Verdict.UNKNOWN, reason=REASON)
