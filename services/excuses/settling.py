"""What whoever settles disputes is shown of one: the excuse, what it would hide, and the events behind it (trust §3).

Of the contract nothing else, and nothing that is sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from domain.events import OperationalEvent
from services.access import ADMINISTRATOR
from services.excuses.rows import ExcuseRow
from services.figures.rows import OccurrenceRow
from services.seeing.events import event_at
from services.seeing.seen import Seen

MOST_EVENTS: Final = 200
"""Events that are shown of one excuse."""


def behind(seen: Seen, row: ExcuseRow) -> Seen:
    """The state in which an excuse that one sees is looked at: one's own for who sees its contract; for who only settles it, that of
    who sees everything, of which nothing is to be shown but what the excuse is about."""
    is_party = seen.sees_contract(row.contract, row.supplier, row.client)
    return seen if is_party else seen.by(ADMINISTRATOR)


def read_evidence(seen: Seen, row: ExcuseRow, covered: Sequence[OccurrenceRow]) -> list[OperationalEvent]:
    """The events that an excuse names, then those that decided what it covers, as far as whoever looks may see them; of each what is
    clear. Who names an event in an excuse sees it, so that nobody is shown another's by naming it."""
    looked = behind(seen, row)
    named = dict.fromkeys([*row.evidence, *(position for one in covered for position in one.evidence)])
    found = (event_at(looked, position) for position in [*named][:MOST_EVENTS])
    return [one for one in found if one is not None]
