"""What the meeting itself adds to a pack: decisions, the agenda as it was settled, who was there, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from domain.times import show
from services.reviews.agenda_state import Item
from services.reviews.pack_part_shapes import PackNote
from services.reviews.pack_shapes import AgreedItem, AgreedRefusal, PackMeeting, PackTaken
from services.reviews.rows import OutcomeRow, RefusalRow, ReviewRow, TakenRow


def decisions_of(row: ReviewRow, here: ZoneInfo) -> list[PackNote | PackTaken]:
    """In the order of their numbers."""
    found: list[tuple[int, PackNote | PackTaken]] = [
        (number, {"by": by, "at": show(at, here), "text": text})
        for number, (by, at, text) in zip(row.numbers, row.decisions, strict=True)
    ]
    found += [(one.decision, _taken(one, here)) for one in row.taken]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def meeting_of(row: ReviewRow, items: Sequence[Item], here: ZoneInfo) -> PackMeeting:
    return {
        "revision": row.revision,
        "attendance": list(row.attendance or ()),
        "items": [_item(one, row.outcome(one.id)) for one in items],
        "refusals": [_refusal(one, here) for one in row.refusals],
    }


def _item(one: Item, outcome: OutcomeRow | None) -> AgreedItem:
    text = outcome.text if outcome is not None else ""
    return {"item": one.id, "outcome": outcome.outcome if outcome is not None else None, "text": text or one.text}


def _taken(one: TakenRow, here: ZoneInfo) -> PackTaken:
    return {
        "decision": one.decision,
        "kind": one.kind,
        "item": one.item,
        "subject": one.subject,
        "arguments": dict(one.arguments),
        "text": one.text,
        "by": one.by,
        "at": show(one.at, here),
    }


def _refusal(one: RefusalRow, here: ZoneInfo) -> AgreedRefusal:
    return {
        "party": one.party,
        "revision": one.revision,
        "reasons": list(one.reasons),
        "decisions": list(one.decisions),
        "by": one.by,
        "at": show(one.at, here),
    }
