"""The matches that people made by hand, laid over what the selectors say (MEANING §3). In a final period a match, or
taking one back, waits until the other party has accepted it (MEANING §5 "Periods close")."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from domain.commitments import Commitment
from domain.match import Match
from domain.occurrences import Judgement
from domain.routing import Route
from domain.target_periods import TargetPeriods
from domain.times import Instant
from services.history.databases import Transaction
from services.history.entries import Position
from services.judging.excuse_book import ExcuseBook
from services.judging.ledger import NOT_OWED, OCCURRENCE_COLUMNS, Occurrence, StoredOccurrence, occurrence_of

_encode = msgspec.json.Encoder(order="deterministic").encode
_COUNTED = ("owed", "measured", "without_due")

IN_FORCE = ("matched", "taking-back")
"""Those of the states `asked, matched, refused, taking-back, taken-back` in which a match counts."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The event at `event` is evidence for the occurrence `key` of the commitment, in these roles."""

    commitment: str
    event: int
    key: str
    roles: tuple[str, ...]


class MatchBook:
    """The matches in force, in memory as in their table."""

    def __init__(self) -> None:
        self._by_event: dict[int, dict[str, Matched]] = {}

    def load(self, reads: Transaction) -> None:
        self._by_event = {}
        sql = f"SELECT document FROM view_match WHERE state IN {IN_FORCE} ORDER BY event, commitment"
        for (document,) in reads.query(sql):
            it = msgspec.json.decode(document)
            self._add(Matched(it["commitment"], it["position"], it["key"], tuple(it["roles"])))

    def of_event(self, position: int) -> dict[str, Matched]:
        """Gives the matches of the event at that position, by commitment."""
        return self._by_event.get(position, {})

    def of_commitment(self, commitment: str) -> list[Matched]:
        """In the order of the events."""
        found = [each[commitment] for each in self._by_event.values() if commitment in each]
        return sorted(found, key=lambda one: one.event)

    def take(
        self, writes: Transaction, match: Match, topic: str, at: Position, touches_final: Callable[[], bool]
    ) -> tuple[bool, bool]:
        """Notes the decision at position `at`; whether the match counted before, and whether it does now."""
        found = writes.query("SELECT state, position FROM view_match WHERE id = ?", [match.match])
        before, position = found[0] if found else (None, at)
        after = _state(topic, before, lambda: match.needs or touches_final())
        names = ("commitment", "position", "key", "roles", "party", "notes")
        document = _encode({name: getattr(match, name) for name in names}).decode()
        writes.execute(
            "INSERT INTO view_match (id, commitment, event, key, state, position, changed, document) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "key = excluded.key, state = excluded.state, changed = excluded.changed, document = excluded.document",
            [match.match, match.commitment, match.position, match.key, after, position, at, document],
        )
        was, counts = before in IN_FORCE, after in IN_FORCE
        if counts and not was:
            self._add(Matched(match.commitment, match.position, match.key, tuple(match.roles)))
        elif was and not counts:
            self._by_event[match.position].pop(match.commitment)
        return was, counts

    def _add(self, one: Matched) -> None:
        self._by_event.setdefault(one.event, {})[one.commitment] = one


def _state(topic: str, before: str | None, waits: Callable[[], bool]) -> str:
    match topic:
        case Match.Created.TOPIC | Match.MadeAgain.TOPIC:
            return "asked" if waits() else "matched"
        case Match.TakenBack.TOPIC:
            return "taking-back" if before in IN_FORCE and waits() else "taken-back"
        case Match.Accepted.TOPIC:
            return {"asked": "matched", "taking-back": "taken-back"}.get(before or "", before or "")
    return {"asked": "refused", "taking-back": "matched"}.get(before or "", before or "")


def touches_final(
    reads: Transaction,
    commitment: Commitment,
    excuses: ExcuseBook,
    watermark: Instant | None,
    out: Sequence[Route],
    into: Sequence[Route],
) -> bool:
    """Says whether a final period would count something else if the evidence `out` were taken out and `into` put in.
    All rows are written."""
    for key in dict.fromkeys(route.key for route in (*out, *into) if route.key is not None):
        row = _row(reads, commitment.id, key)
        before = row.judgement
        for route in out:
            if route.key == key:
                row.remove(route.evidence)
        for route in into:
            if route.key == key:
                row.add(route.evidence)
        after = excuses.overlay(commitment, key, commitment.judge(key, row.evidence, watermark))
        if _counts(before) != _counts(after) and any(_is_in_final(reads, commitment, one) for one in (before, after)):
            return True
    return False


def _row(reads: Transaction, commitment: str, key: str) -> Occurrence:
    sql = f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE commitment = ? AND key = ?"
    for row in map(StoredOccurrence._make, reads.query(sql, [commitment, key])):
        return occurrence_of(row)
    return Occurrence([], NOT_OWED, None)


def _counts(it: Judgement) -> tuple[object, ...]:
    if it.standing not in _COUNTED:
        return ()
    return it.standing, it.verdict, it.underlying, it.anchor, it.version, it.value


def _is_in_final(reads: Transaction, commitment: Commitment, it: Judgement) -> bool:
    if it.standing not in _COUNTED:
        return False
    sql = "SELECT 1 FROM view_period WHERE commitment = ? AND target_index = ? AND start_at = ? AND final IS NOT NULL"
    return any(
        bool(reads.query(sql, [commitment.id, index, periods.of(it.anchor).start]))
        for index, periods in enumerate(commitment.version(it.version).periods)
        if isinstance(periods, TargetPeriods)
    )
