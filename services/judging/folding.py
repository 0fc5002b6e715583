"""Decisions and the other small facts of the history, folded into documents that reads can show."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.domain import Aggregate

from domain.action import Action
from domain.aside import Aside
from domain.breach import BreachFile
from domain.breaches import ROLLING_BEFORE, Breach
from domain.calendar import PublishedCalendar
from domain.contract import Contract
from domain.excuse import Excuse
from domain.review import Review
from domain.service import Service
from services.declaring import declared_since
from services.history.databases import Transaction
from services.history.entries import unpack
from services.history.history import Entry, History
from services.judging.action_book import drop_again
from services.judging.outbox import PLATFORM
from services.judging.shares import WHOLE, Share
from services.judging.touched import Touched

_encode = msgspec.json.Encoder(order="deterministic").encode


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
        """Whether, as of a moment, the rules alone say if there is such a thing and what it says: the platform made it because
        of what was known when, and no person has said anything of it."""
        match aggregate:
            case Action():
                is_untouched = not aggregate.was_worked_on and aggregate.state != "closed"
            case Excuse():
                is_untouched = not aggregate.answers
            case _:
                return False
        return self._is_as_of and is_untouched and aggregate.by == PLATFORM

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
        writes.execute(
            "UPDATE view_quarantine SET state = ?, document = ? WHERE id = ?",
            [header["verb"], _encode(header).decode(), header["item"]],
        )

    def _write(self, writes: Transaction, aggregate: Aggregate, position: int) -> None:
        content: dict[str, Any]
        match aggregate:
            case Contract():
                content = {
                    "supplier": aggregate.supplier,
                    "client": aggregate.client,
                    "until": aggregate.until,
                    "proposals": [asdict(one) for one in aggregate.proposals],
                }
                writes.execute(
                    "INSERT INTO view_contract (id, supplier, client, changed, document) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, document = excluded.document",
                    [aggregate.contract, aggregate.supplier, aggregate.client, position, _text(content)],
                )
            case PublishedCalendar():
                content = {"versions": [asdict(one) for one in aggregate.versions]}
                _put(writes, "view_calendar", aggregate.calendar, position, content)
            case Service():
                _write_service(writes, aggregate, position)
            case Action():
                if self._share.owns(aggregate.commitment):
                    self._write_action(writes, aggregate, position)
            case Aside():
                if self._share.owns(aggregate.commitment):
                    _write_aside(writes, aggregate, position)
            case BreachFile():
                self._write_breach(writes, aggregate)
            case Excuse():
                self._write_excuse(writes, aggregate, position)
            case Review():
                content = {
                    "pack_position": aggregate.pack_position,
                    "watermark": aggregate.watermark,
                    "minutes": aggregate.minutes,
                    "decisions": aggregate.decisions,
                    "signatures": aggregate.signatures,
                }
                writes.execute(
                    "INSERT INTO view_review (id, contract, starts, position, changed, document) VALUES (?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET changed = excluded.changed, document = excluded.document",
                    [aggregate.review, aggregate.contract, aggregate.starts, position, position, _text(content)],
                )

    def _write_action(self, writes: Transaction, action: Action, position: int) -> None:
        names = ("action", "commitment", "period", "cause", "text", "owner", "person", "due", "state", "progress",
                 "closing", "by", "at", "moment")  # fmt: skip
        content = {name: getattr(action, name) for name in names}
        self._touched.add(action.commitment)
        writes.execute(
            "INSERT INTO view_action (id, commitment, cause, state, position, document) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document",
            [action.action, action.commitment, action.cause, action.state, position, _text(content)],
        )
        drop_again(writes, action.action)

    def _write_breach(self, writes: Transaction, said: BreachFile) -> None:
        """What was said of a rolling window's breach while all of them were one is about the last of them."""
        content = _text({"acknowledged": said.acknowledged, "explanations": said.explanations})
        sql = (
            "SELECT id, period, target_index FROM view_breach WHERE commitment = ? AND target_index IS NOT NULL "
            "AND SUBSTR(period, 1, 8) = 'rolling-' ORDER BY opened_at, id"
        )
        about = said.breach
        for id, period, target_index in writes.query(sql, [said.commitment]):
            every = Breach(said.commitment, period, "", target_index=target_index, since=ROLLING_BEFORE)
            about = id if every.id == said.breach else about
        writes.execute(
            "UPDATE view_breach SET document = ?, is_explained = ? WHERE id = ?",
            [content, int(bool(said.explanations)), about],
        )

    def _write_excuse(self, writes: Transaction, excuse: Excuse, position: int) -> None:
        names = ("excuse", "scope", "keys", "since", "until", "category", "text", "evidence", "party", "by", "at", "state",
                 "answers", "moment")  # fmt: skip
        content = {name: getattr(excuse, name) for name in names}
        writes.execute(
            "INSERT INTO view_excuse (id, contract, scope, category, state, position, changed, document) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET state = excluded.state, changed = excluded.changed, document = excluded.document",
            [
                excuse.excuse,
                excuse.contract,
                excuse.scope,
                excuse.category,
                excuse.state,
                position,
                position,
                _text(content),
            ],
        )


def _write_aside(writes: Transaction, aside: Aside, position: int) -> None:
    writes.execute(
        "INSERT INTO view_aside (position, commitment, is_put, changed, document) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (position, commitment) DO UPDATE SET is_put = excluded.is_put, changed = excluded.changed, "
        "document = excluded.document",
        [aside.position, aside.commitment, int(aside.is_put), position, _text({"notes": aside.notes})],
    )


def _write_service(writes: Transaction, service: Service, position: int) -> None:
    found = writes.query("SELECT declared FROM view_service WHERE id = ?", [service.service])
    before = msgspec.json.decode(found[0][0]) if found else {}
    writes.execute(
        "INSERT INTO view_service (id, changed, document, declared) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "changed = excluded.changed, document = excluded.document, declared = excluded.declared",
        [
            service.service,
            position,
            _text({"document": service.document}),
            _text(dict(declared_since(before, service.document, position))),
        ],
    )


def _put(writes: Transaction, table: str, id: str, position: int, content: dict[str, Any]) -> None:
    writes.execute(
        f"INSERT INTO {table} (id, changed, document) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "changed = excluded.changed, document = excluded.document",
        [id, position, _text(content)],
    )


def _text(content: dict[str, Any]) -> str:
    return _encode(content).decode()
