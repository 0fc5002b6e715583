"""What was handed on or seen, as it is asked for: each service reads its own."""

from __future__ import annotations

from typing import TypedDict

import msgspec

from services.breaches.breach_rows import notes_of
from services.errands.rows import ErrandRow
from services.seeing.seen import Seen
from services.tables.documents import StoredNote


class _Document(TypedDict):
    handed: list[StoredNote]


_decode = msgspec.json.Decoder(_Document).decode


def read_errands(seen: Seen) -> list[ErrandRow]:
    """Those of the asker's services, or of all for who sees everything; by thing."""
    rows = seen.reads.query("SELECT id, thing, service, person, is_seen, document FROM view_errand ORDER BY thing, id")
    return [
        ErrandRow(id, thing, service, person, bool(is_seen), notes_of(_decode(document)["handed"]))
        for id, thing, service, person, is_seen, document in rows
        if seen.sees(service)
    ]


def errands_by_thing(seen: Seen) -> dict[str, ErrandRow]:
    """What the asker's own services handed on or have seen. Of a thing that waits for two of them, that of either."""
    return {row.thing: row for row in seen.once(read_errands) if seen.who.is_of(row.service)}
