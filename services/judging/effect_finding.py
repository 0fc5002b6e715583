"""What an effect check found, asked of the platform through the outbox and shown at once (MEETING §5 "Finding")."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from domain.action import DID_NOT_HELP, Action
from domain.times import Instant
from services.access import PLATFORM_NAME
from services.history.databases import Transaction
from services.history.entries import Position
from services.judging.effect_checks import Check, Concluded
from services.judging.effect_outbox import outbox_name
from services.judging.outbox import outbox_id, put_in_outbox
from services.tables.table import text_of


class Again(NamedTuple):
    """An action is reopened until `due`, a local day; `steps` of its ladder are reached at once."""

    due: str
    steps: list[dict[str, Any]]


def ask_for_finding(
    writes: Transaction, check: Check, found: Concluded, moment: Instant, again: Again | None, at: Position
) -> bool:
    """Asks the platform to say what was found at that moment, and to reopen the action where `again` says until when. False
    where the history says already that it is open again, or closed once more: it is too late for that."""
    content = {"action": check.action, "finding": _finding(check, found, at), "moment": moment}
    content |= {"due": again.due if again is not None else None, "steps": again.steps if again is not None else []}
    [(document,)] = writes.query("SELECT document FROM view_action WHERE id = ?", [check.action])
    action = msgspec.json.decode(document)
    said = next((one for one in action.get("checks", ()) if one["check"] == check.number), None)
    appended = said["position"] if said is not None else None
    put_in_outbox(writes, outbox_name(check.action, check.number), at, "find-effect", content, appended)
    return said is None and _show(writes, content)


def find_again(writes: Transaction, action: Action) -> None:
    """The history has said something of the action; what was found may still wait to be appended."""
    id = outbox_id(outbox_name(action.action, len(action.closings)))
    for (asked,) in writes.query("SELECT document FROM view_outbox WHERE id = ? AND appended IS NULL", [id]):
        _show(writes, msgspec.json.decode(asked))


def _finding(check: Check, found: Concluded, at: Position) -> dict[str, Any]:
    after = found.windows.after.units
    counted = {"before": found.windows.before.counted, "after": found.windows.after.counted}
    return {
        "check": check.number,
        "verdict": found.verdict,
        **{name: {"missed": one.missed, "judged": one.judged} for name, one in counted.items()},
        "p_better": found.document["p_better"],
        "p_worse": found.document["p_worse"],
        "kept": found.document["kept"],
        "from_key": after[0].key if after else None,
        "to_key": after[-1].key if after else None,
        "position": at,
    }


def _show(writes: Transaction, content: dict[str, Any]) -> bool:
    """Shows the action with what was found, as `Action` will have it. True where it is open again."""
    [(document,)] = writes.query("SELECT document FROM view_action WHERE id = ?", [content["action"]])
    action = msgspec.json.decode(document)
    number = content["finding"]["check"]
    is_told = any(one["check"] == number for one in action.get("checks", ()))
    if action["state"] != "closed" or len(action.get("closings", ())) != number or is_told:
        return False
    action["checks"] = [*action.get("checks", ()), {**content["finding"], "at": content["moment"]}]
    due = content["due"]
    is_reopened = due is not None and action.get("accepted") is None
    if is_reopened:
        change = {"by": PLATFORM_NAME, "at": content["moment"], "text": DID_NOT_HELP}
        change |= {"check": number, "due": [action["due"], due]}
        action["changes"] = [*action.get("changes", ()), change]
        action |= {"state": "open", "closing": None, "due": due}
        action.pop("escalations", None)
        if content["steps"]:
            action["escalations"] = content["steps"]
    sql = "UPDATE view_action SET state = ?, document = ? WHERE id = ?"
    writes.execute(sql, [action["state"], text_of(action), content["action"]])
    return is_reopened
