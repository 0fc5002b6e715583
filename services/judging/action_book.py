"""Actions as judging asks for them: through the outbox, and shown at once, so that what follows from them does not depend on
when the history says so (DESIGN §4, MEANING §5)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import msgspec

from domain.action import WENT_AWAY, WORK
from domain.breaches import Breach, action_due, action_id
from domain.times import Instant, local_date
from domain.versions import CommitmentVersion
from services.access import PLATFORM_NAME
from services.contract_files import service_from_canonical
from services.history.databases import Transaction, first_value
from services.history.entries import Position
from services.judging.outbox import outbox_id, put_in_outbox, said_at

_encode = msgspec.json.Encoder(order="deterministic").encode


class Called(NamedTuple):
    """What calls for an action: `moment`: when its breach opens; `review`: the local day of the next review after it; `trigger`:
    the key of what was missed."""

    moment: Instant
    review: date | None
    trigger: str | None


def ask_for_action(
    writes: Transaction, breach: Breach, version: CommitmentVersion, called: Called, at: Position
) -> str:
    """One open action per commitment and cause: the one that is open, or a new one."""
    sql = "SELECT id FROM view_action WHERE commitment = ? AND cause = ? AND state = 'open' ORDER BY position, id"
    if (standing := first_value(writes.query(sql, [breach.commitment, breach.cause]))) is not None:
        return str(standing)
    id = _free_id(writes, breach)
    content: dict[str, Any] = {
        "action": id,
        "commitment": breach.commitment,
        "period": breach.period,
        "cause": breach.cause,
        "text": "",
        "owner": version.debtor,
        "person": _who_does(writes, version),
        "due": action_due(local_date(called.moment, version.zone), called.review).isoformat(),
        "moment": called.moment,
        "trigger": called.trigger,
    }
    said = said_at(writes, "view_action", id)
    put_in_outbox(writes, f"open:{id}", at, "open-action", content, said)
    if said is not None:
        return id
    asked = {**content, "state": "open", "progress": [], "closing": None, "by": PLATFORM_NAME, "at": None}
    writes.execute(
        "INSERT INTO view_action (id, commitment, cause, state, position, document) VALUES (?, ?, ?, 'open', ?, ?)",
        [id, breach.commitment, breach.cause, at, _encode(asked).decode()],
    )
    return id


def ask_to_drop(writes: Transaction, action: str, moment: Instant, at: Position, why: str = WENT_AWAY) -> None:
    """Asks the platform to drop an action: what asked for it went away at that moment, or is past."""
    content = {"action": action, "moment": moment} | ({"text": why} if why != WENT_AWAY else {})
    put_in_outbox(writes, f"drop:{action}", at, "drop-action", content)
    _drop(writes, action, moment, why)


def _who_does(reads: Transaction, version: CommitmentVersion) -> str | None:
    """Who owns the indicator, where they are of the service that owes it, as far as files of services tell; else nobody."""
    owner = version.criterion.owner
    if owner is None:
        return None
    own, others = _people_of(reads, version.debtor), _people_of(reads, version.terms.creditor(version.deliverable))
    return owner if owner in own or (not own and owner not in others) else None


def _people_of(reads: Transaction, service: str) -> list[str]:
    """The people whom the file of a service names, by id."""
    document = first_value(reads.query("SELECT document FROM view_service WHERE id = ?", [service]))
    if document is None:
        return []
    return [one.id for one in service_from_canonical(msgspec.json.decode(document)["document"]).people]


def _free_id(reads: Transaction, breach: Breach) -> str:
    """Gives a new id to the action that a breach asks for: one per commitment, period and cause. The period of a
    rolling window has one name for ever: its first breach has that id, and each later one its own."""
    id = str(action_id(breach.commitment, breach.period, breach.cause))
    is_rolling = breach.period.startswith("rolling-") and breach.target_index is not None
    if is_rolling and reads.query("SELECT id FROM view_action WHERE id = ?", [id]):
        return str(action_id(breach.commitment, f"{breach.period}:{breach.since}", breach.cause))
    return id


def is_untouched(reads: Transaction, action: str) -> bool:
    """Says whether the action is open, and nobody has worked on it."""
    found = reads.query("SELECT state, document FROM view_action WHERE id = ?", [action])
    return any(state == "open" and not _was_worked_on(msgspec.json.decode(document)) for state, document in found)


def _was_worked_on(document: dict[str, Any]) -> bool:
    """As `Action.was_worked_on`."""
    return any(document.get(name) for name in WORK)


def _drop(writes: Transaction, action: str, moment: Instant, why: str) -> None:
    """Shows the action as not needed from then on, though the history does not say so yet."""
    [(document,)] = writes.query("SELECT document FROM view_action WHERE id = ?", [action])
    closing = {"by": PLATFORM_NAME, "at": moment, "text": why}
    dropped = msgspec.json.decode(document) | {"state": "not needed", "closing": closing}
    writes.execute(
        "UPDATE view_action SET state = 'not needed', document = ? WHERE id = ?", [_encode(dropped).decode(), action]
    )


def drop_again(writes: Transaction, action: str) -> None:
    """The history has said something of the action; that it was dropped may still wait to be appended."""
    sql = "SELECT document FROM view_outbox WHERE id = ? AND appended IS NULL"
    for (asked,) in writes.query(sql, [outbox_id(f"drop:{action}")]):
        if is_untouched(writes, action):
            it = msgspec.json.decode(asked)
            _drop(writes, action, it["moment"], it.get("text", WENT_AWAY))


def keep_to_opened(writes: Transaction, at: Position) -> None:
    """Other rules were adopted at position `at`. What was judged before asked for actions by other rules, which opened others:
    none is opened for what has passed. Where one is open for the same commitment and cause, breaches join that one."""
    waiting = {
        msgspec.json.decode(document)["action"]: id
        for id, document in writes.query(
            "SELECT id, document FROM view_outbox WHERE kind = 'open-action' AND appended IS NULL ORDER BY position, id"
        )
    }
    for action, asked in waiting.items():
        [(commitment, cause)] = writes.query("SELECT commitment, cause FROM view_action WHERE id = ?", [action])
        sql = "SELECT id FROM view_action WHERE commitment = ? AND cause = ? AND state = 'open' ORDER BY position, id"
        opened = [one for (one,) in writes.query(sql, [commitment, cause]) if one not in waiting]
        is_needed = writes.query("SELECT id FROM view_breach WHERE action = ? AND state = 'open' LIMIT 1", [action])
        if opened or not is_needed:
            writes.execute("UPDATE view_breach SET action = ? WHERE action = ?", [next(iter(opened), None), action])
            writes.execute("DELETE FROM view_action WHERE id = ?", [action])
            for id in (asked, outbox_id(f"drop:{action}")):
                writes.execute("DELETE FROM view_outbox WHERE id = ?", [id])
