"""The outbox of what the platform does because of verdicts: asked for in the judging transaction, then appended to the
history with a derived id, so that a repeat is refused as already there (DESIGN §4)."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from eventsourcing.domain import Aggregate

from domain.action import WENT_AWAY, Action
from domain.decisions import DecisionRefused, stream_of
from domain.excuse import Excuse
from domain.offers.complaint import Complaint
from domain.review import Review
from domain.saying import said
from domain.times import Clock, Instant
from services.access import PLATFORM_NAME
from services.errors import NotFound, Refused
from services.history.databases import Database, Transaction, first_value
from services.history.entries import Position
from services.history.history import History
from services.judging.complaint_outbox import close, settled_closings
from services.judging.effect_outbox import say, settled
from services.judging.event_outbox import tell
from services.judging.ladder_outbox import say_step, settled_steps
from services.judging.pack_outbox import KIND as ISSUE_PACK
from services.judging.pack_outbox import issue, settled_packs

_encode = msgspec.json.Encoder(order="deterministic").encode


def outbox_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"entente:outbox:{name}"))


def put_in_outbox(
    writes: Transaction, id: str, at: Position, kind: str, content: dict[str, Any], appended: int | None = None
) -> None:
    """Notes what the platform has to do because of the entry at position `at`; a repeat changes nothing. `appended`:
    the position at which the history says already that it was done, by other rules."""
    writes.execute(
        "INSERT INTO view_outbox (id, position, kind, document, appended) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        [outbox_id(id), at, kind, _encode(content).decode(), appended],
    )


def said_at(reads: Transaction, table: str, id: str) -> int | None:
    """Gives the position at which the history says that an action, an excuse or a review is there; None where it does not."""
    position: int | None = first_value(reads.query(f"SELECT position FROM {table} WHERE id = ?", [id]))
    return position


def mark_appended(writes: Transaction, aggregate: Aggregate, position: int) -> None:
    """The history now holds what was asked for."""
    done: list[str] = []
    if isinstance(aggregate, Action):
        done.append(f"open:{aggregate.action}")
        if aggregate.state != "open" or aggregate.was_worked_on:
            done.append(f"drop:{aggregate.action}")
        done += settled(aggregate)
        for asked in list(settled_steps(writes, aggregate)):
            writes.execute("UPDATE view_outbox SET appended = ? WHERE id = ?", [position, asked])
    elif isinstance(aggregate, Excuse):
        done.append(f"excuse:{aggregate.excuse}")
    elif isinstance(aggregate, Review):
        done += [f"review:{aggregate.review}"] if aggregate.is_called else []
        done += settled_packs(aggregate)
    elif isinstance(aggregate, Complaint):
        done += settled_closings(aggregate)
    for id in done:
        writes.execute(
            "UPDATE view_outbox SET appended = ? WHERE id = ? AND appended IS NULL",
            [position, outbox_id(id)],
        )


def waiting(reads: Transaction) -> list[tuple[str, dict[str, Any]]]:
    """Lists what was asked for and is not in the history yet, by position: its kind and content. Packs come first: none is issued
    once its review was called."""
    rows = reads.query("SELECT kind, document FROM view_outbox WHERE appended IS NULL ORDER BY position, id")
    rows.sort(key=lambda row: row[0] != ISSUE_PACK)
    return [(kind, msgspec.json.decode(document)) for kind, document in rows]


def send(history: History, database: Database, now: Clock) -> int:
    """Appends everything that waits; the position of the last entry, 0 if there was nothing to do."""
    with database.connect() as reads:
        asked = waiting(reads)
    last = 0
    for kind, content in asked:
        last = max(last, _append(history, kind, content, now()))
    return last


def _call(history: History, content: dict[str, Any], at: Instant) -> int:
    """Calls a review, one that was planned too."""
    try:
        review = history.get(stream_of("review", content["review"]), Review)
    except NotFound:
        return history.save(Review(**content, by=PLATFORM_NAME, at=at))
    if review.is_called:
        return 0
    review.call(content["starts"], content["pack_position"], content["watermark"], by=PLATFORM_NAME, at=at)
    return history.save(review)


def _append(history: History, kind: str, content: dict[str, Any], at: Instant) -> int:
    try:
        match kind:
            case "open-action":
                return history.save(Action(**content, by=PLATFORM_NAME, at=at))
            case "call-review":
                return _call(history, content, at)
            case "issue-pack":
                return issue(history, content, at)
            case "tell-event":
                return tell(history, content, at)
            case "close-complaint":
                return close(history, content, at)
            case "propose-excuse":
                return history.save(Excuse(**content, by=PLATFORM_NAME, at=at))
            case "escalate-action":
                action = history.get(UUID(content["action"]), Action)
                say_step(action, content, at)
                return history.save(action) if action.pending_events else 0
            case "drop-action":
                action = history.get(UUID(content["action"]), Action)
                if action.state == "open" and not action.was_worked_on:
                    action.drop(content.get("text", WENT_AWAY), by=PLATFORM_NAME, at=at, moment=content.get("moment"))
                    return history.save(action)
                return 0
            case "find-effect":
                action = history.get(UUID(content["action"]), Action)
                say(action, content, at)
                return history.save(action)
    except (Refused, NotFound, DecisionRefused) as error:
        if isinstance(error, Refused) and error.slug != "conflict":
            raise
        return 0  # Already there, or decided otherwise by a person meanwhile: the history tells, and judging reads it.
    raise ValueError(said("the outbox holds a “{kind}”, which this program does not know", kind=kind))
