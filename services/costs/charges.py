"""What is charged to the clients of an offer (SHARED §4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.offers.charging import Closing, charged_in
from domain.saying import said
from services.access import ADMINISTRATOR
from services.charters.rows import CharterRow
from services.costs.closings import read_closings
from services.costs.courses import as_known
from services.costs.rows import Charged
from services.costs.using import UnitsUsed
from services.errors import NotFound
from services.seeing.seen import Seen
from services.use.spans import Span


def read_charged(seen: Seen, units: UnitsUsed, span: Span, client: str | None = None) -> list[Charged]:
    """The lines of the charters that one sees, by client, charter and month. Raises NotFound of a client without a charter."""
    offer = units.use.offer
    charters = [
        one for one in units.use.charters if seen.sees(one.supplier, one.client) and client in (None, one.client)
    ]
    if client is not None and not charters:
        what = said("{client} has no charter of {offer}", client=client, offer=offer.id)
        raise NotFound(what, mend=said("entente charters list"))
    everything = seen.by(ADMINISTRATOR)
    found = [line for charter in charters for line in _of_charter(everything, units, charter, span.months)]
    return sorted(found, key=lambda one: (one.client, one.charter, one.period))


def charged_by_client(seen: Seen, units: UnitsUsed, span: Span) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in read_charged(seen, units, span):
        found[one.client] = found.get(one.client, 0) + one.line.amount
    return found


def _of_charter(everything: Seen, units: UnitsUsed, charter: CharterRow, months: Sequence[date]) -> list[Charged]:
    now = as_known(charter, units.use.offer, units.of(charter.client))
    if now is None:
        return []
    closings = _closings(everything, units, charter)
    return [
        Charged(charter.id, charter.client, month, line)
        for month in months
        for line in charged_in(month, now, closings)
    ]


def _closings(everything: Seen, units: UnitsUsed, charter: CharterRow) -> list[Closing]:
    found, offer = [], units.use.offer
    for closed in read_closings(everything, charter, offer.terms.timezone):
        then = units.as_of(closed.position).of(charter.client)
        found.append(Closing(closed.months, as_known(charter, offer, then, closed.moment)))
    return found
