"""Decisions and the other small facts of the history, folded into documents that reads can show."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.action import Action
from domain.breach import BreachFile
from domain.breaches import ROLLING_BEFORE, Breach
from domain.excuse import Excuse
from services.access import PLATFORM_NAME
from services.history.databases import Transaction
from services.history.entries import Position, unpack
from services.history.history import Entry, History
from services.judging.action_book import drop_again
from services.judging.effect_finding import find_again
from services.judging.shares import WHOLE, Share
from services.judging.touched import Touched
from services.tables.every import FOLDS
from services.tables.table import text_of

_SAID_OF_ACTIONS = (
    "title", "comments", "scope", "trigger", "review", "grounds", "plan", "done", "evidence", "spent", "changes", "closings",
    "checks", "escalations", "accepted",
)  # fmt: skip
"""What stands in the document of an action only where somebody said it."""


class Folding:
    """Applies each decision to its aggregate, and writes what the aggregate then is. Actions, and what is put aside, stand with their
    commitment, the quarantine in one shard; all else in every one."""

    def __init__(self, history: History, touched: Touched, share: Share = WHOLE, *, is_as_of: bool = False):
        """`is_as_of`: what is shown is known now about a moment, where other things follow than did in the history."""
        self._is_as_of = is_as_of
        self._history = history
        self._touched = touched
        self._share = share
        self._aggregates: dict[UUID, Aggregate] = {}

    def forget(self) -> None:
        self._aggregates = {}

    def apply(self, writes: Transaction, entry: Entry) -> Aggregate:
        """The aggregate as it is right after that entry."""
        event: Any = self._history.decode(entry)
        before = self._aggregates.get(entry.stream)
        if before is None and entry.version > 1:
            before = self._history.aggregate_at(entry.stream, entry.version - 1)
        aggregate: Aggregate = event.mutate(before)
        self._aggregates[entry.stream] = aggregate
        if len(self._aggregates) > 1_000:
            self._aggregates = {entry.stream: aggregate}
        if not self.follows_by_itself(aggregate):
            self._write(writes, aggregate, entry.position)
        return aggregate

    def follows_by_itself(self, aggregate: Aggregate) -> bool:
        """Says whether, as of a moment, the rules alone say if there is such a thing and what it says: the platform
        made it because of what was known when, and no person has said anything of it."""
        match aggregate:
            case Action():
                is_untouched = not aggregate.was_spoken_of
            case Excuse():
                is_untouched = not aggregate.answers
            case _:
                return False
        return self._is_as_of and is_untouched and aggregate.by == PLATFORM_NAME

    def quarantined(self, writes: Transaction, entry: Entry) -> None:
        if not self._share.keeps_common:
            return
        header, _ = unpack(entry.state)
        writes.execute(
            "INSERT INTO view_quarantine (id, position, slug, state, document) VALUES (?, ?, ?, 'waiting', NULL) "
            "ON CONFLICT (id) DO NOTHING",
            [str(entry.stream), entry.position, header.get("slug", "")],
        )

    def settled(self, writes: Transaction, entry: Entry) -> None:
        header, _ = unpack(entry.state)
        state, content = header["verb"], header
        if state == "taken-back":
            state, content = "waiting", {"taken_back_at": header["at"]}
        writes.execute(
            "UPDATE view_quarantine SET state = ?, document = ? WHERE id = ?",
            [state, text_of(content), header["item"]],
        )

    def _write(self, writes: Transaction, aggregate: Aggregate, position: Position) -> None:
        match aggregate:
            case Action():
                if self._share.owns(aggregate.commitment):
                    self._write_action(writes, aggregate, position)
            case BreachFile():
                self._write_breach(writes, aggregate)
            case _ if (fold := FOLDS.get(type(aggregate))) is not None:
                if fold.commitment is None or self._share.owns(fold.commitment(aggregate)):
                    fold.write(writes, aggregate, position)

    def _write_action(self, writes: Transaction, action: Action, position: Position) -> None:
        names = ("action", "commitment", "period", "cause", "text", "owner", "person", "due", "state", "progress",
                 "closing", "by", "at", "moment")  # fmt: skip
        content = {name: getattr(action, name) for name in names}
        content |= {name: said for name in _SAID_OF_ACTIONS if (said := getattr(action, name))}
        self._touched.add(action.commitment)
        closed = position if action.state == "closed" else None
        writes.execute(
            "INSERT INTO view_action (id, commitment, cause, state, position, document, closed) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document, "
            "closed = COALESCE(view_action.closed, excluded.closed)",
            [action.action, action.commitment, action.cause, action.state, position, text_of(content), closed],
        )
        drop_again(writes, action.action)
        find_again(writes, action)

    def _write_breach(self, writes: Transaction, said: BreachFile) -> None:
        """Writes what was said of a breach. While all breaches of a rolling window were one, it was said about the last
        of them."""
        content: dict[str, Any] = {"acknowledged": said.acknowledged, "explanations": said.explanations}
        if said.taken_back_at is not None:
            content["taken_back_at"] = said.taken_back_at
        if said.attributions or said.decided is not None:
            content |= {"attributions": said.attributions, "decided": said.decided}
        sql = (
            "SELECT id, period, target_index FROM view_breach WHERE commitment = ? AND target_index IS NOT NULL "
            "AND SUBSTR(period, 1, 8) = 'rolling-' ORDER BY opened_at, id"
        )
        about = said.breach
        for id, period, target_index in writes.query(sql, [said.commitment]):
            every = Breach(said.commitment, period, "", target_index=target_index, since=ROLLING_BEFORE)
            about = id if every.id == said.breach else about
        writes.execute(
            "UPDATE view_breach SET document = ?, is_explained = ?, root_cause = ? WHERE id = ?",
            [text_of(content), int(bool(said.explanations)), said.root_cause, about],
        )
