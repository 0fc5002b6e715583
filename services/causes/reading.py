"""Root causes, as they are asked for: whoever is let in reads them all."""

from __future__ import annotations

import msgspec

from services.causes.rows import CauseRow, CausesRow
from services.contract_files import causes_from_canonical
from services.seeing.seen import Seen


def read_lists(seen: Seen) -> list[CausesRow]:
    """The lists that were published, by id; their causes in the order of the file."""
    found = []
    for id, stored in seen.reads.query("SELECT id, document FROM view_causes ORDER BY id"):
        it = msgspec.json.decode(stored)
        terms = causes_from_canonical(it["document"])
        causes = tuple(CauseRow(one.id, one.title, one.party, id) for one in terms.causes)
        found.append(CausesRow(id, terms.title, it["versions"], causes))
    return found


def read_causes(seen: Seen) -> dict[str, CauseRow]:
    """Every root cause by its id, in the order in which they are offered."""
    return {one.id: one for held in seen.once(read_lists) for one in held.causes}
