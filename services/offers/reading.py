"""Offers, as they are asked for: seen by their supplier, by whoever has or had a charter of them or is proposed one, and by who sees
everything."""

from __future__ import annotations

import msgspec

from domain.saying import said
from services.contract_files import offer_from_canonical
from services.errors import NotFound
from services.offers.rows import OfferRow, OfferVersionRow
from services.seeing.seen import Seen


def read_offers(seen: Seen) -> list[OfferRow]:
    """Those that one sees, by id."""
    clients: dict[str, list[str]] = {}
    for offer, client in seen.reads.query("SELECT DISTINCT offer, client FROM view_charter ORDER BY offer, client"):
        clients.setdefault(offer, []).append(client)
    found = []
    for id, supplier, document in seen.reads.query("SELECT id, supplier, document FROM view_offer ORDER BY id"):
        if seen.sees(supplier, *clients.get(id, ())):
            found.append(_row(seen, id, supplier, document, clients.get(id, [])))
    return found


def _row(seen: Seen, id: str, supplier: str, document: str, clients: list[str]) -> OfferRow:
    it = msgspec.json.decode(document)
    versions = tuple(
        OfferVersionRow(one["number"], one["document"], one["by"], one["at"], offer_from_canonical(one["document"]))
        for one in it["versions"]
    )
    is_own = seen.sees(supplier)
    known = clients if is_own else [one for one in clients if seen.sees(one)]
    return OfferRow(
        id, supplier, "offered" if it["withdrawn_at"] is None else "withdrawn", versions, tuple(known), is_own
    )


def read_offer(seen: Seen, id: str) -> OfferRow:
    """Raises NotFound for what is not there, or not theirs to see."""
    for row in seen.once(read_offers):
        if row.id == id:
            return row
    raise no_offer(id)


def no_offer(id: str) -> NotFound:
    return NotFound(said("there is no offer “{offer}”", offer=id), mend=said("entente offers list"))
