"""The excuses that were accepted, laid over what is judged (MEANING §5 "Excuses")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from domain.commitments import Commitment
from domain.excuses import AcceptedExcuse, can_be_closed, can_be_excused, excused
from domain.occurrences import Judgement
from domain.terms import Kind
from services.history.databases import Transaction
from services.tables.documents import StoredExcuse


@dataclass(frozen=True, slots=True)
class _Mine:
    """The accepted excuses that concern one commitment."""

    keys: frozenset[str]
    intervals: tuple[AcceptedExcuse, ...]


class ExcuseBook:
    """Read from its table whenever one is accepted; accepted ones stay."""

    def __init__(self) -> None:
        self.accepted: tuple[AcceptedExcuse, ...] = ()
        self._mine: dict[str, _Mine] = {}

    def load(self, reads: Transaction) -> None:
        self.accepted = accepted_excuses(reads)
        self._mine = {}

    def overlay(self, commitment: Commitment, key: str, judgement: Judgement) -> Judgement:
        """The judgement with its verdict hidden where an excuse covers it."""
        if not self.accepted or not can_be_excused(judgement):
            return judgement
        mine = self._mine.get(commitment.id)
        if mine is None:
            mine = self._mine[commitment.id] = _of(self.accepted, commitment.id)
        if mine.keys and not mine.keys.isdisjoint(commitment.names_of(key)):
            return excused(judgement)
        if mine.intervals:
            kind = kind_of(commitment, judgement)
            if any(one.covers((key,), judgement, kind) for one in mine.intervals):
                return excused(judgement)
        return judgement


def _of(accepted: Iterable[AcceptedExcuse], commitment: str) -> _Mine:
    mine = [one for one in accepted if one.concerns(commitment)]
    keys = frozenset(key for one in mine for key in one.keys)
    return _Mine(keys, tuple(one for one in mine if one.span is not None))


def kind_of(commitment: Commitment, judgement: Judgement) -> Kind:
    """The kind of the indicator that the occurrence was judged by."""
    return commitment.version(judgement.version).criterion.indicator.kind


def is_closed_by(excuse: AcceptedExcuse, commitment: Commitment) -> bool:
    """Says whether the excuse takes time out of what any version of the commitment is judged with."""
    return (
        excuse.is_closure
        and excuse.concerns(commitment.id)
        and any(can_be_closed(one.criterion.indicator) for one in commitment.versions)
    )


def covered_keys(reads: Transaction, commitment: Commitment, excuse: AcceptedExcuse) -> list[str]:
    """The keys of the occurrences that the excuse may cover, of those that there are, in order."""
    if excuse.span is None:
        return sorted({commitment.key_of(name) for name in excuse.keys})
    sql = "SELECT key FROM view_occurrence WHERE commitment = ? AND anchor >= ? AND anchor < ? ORDER BY anchor, key"
    return [key for (key,) in reads.query(sql, [commitment.id, *excuse.span])]


def accepted_excuses(reads: Transaction) -> tuple[AcceptedExcuse, ...]:
    """Reads the accepted excuses, in the order of their ids."""
    sql = "SELECT document FROM view_excuse WHERE state = 'accepted' ORDER BY id"
    return tuple(accepted(msgspec.json.decode(document)) for (document,) in reads.query(sql))


def accepted(it: StoredExcuse) -> AcceptedExcuse:
    """From the document of `view_excuse`."""
    return AcceptedExcuse(it["excuse"], it["scope"], it["category"], frozenset(it["keys"]), it["since"], it["until"])
