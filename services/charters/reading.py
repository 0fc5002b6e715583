"""Charters, as they are asked for: seen by their two parties, and by who sees everything."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.contract import Signature
from domain.offers.terms import OfferTerms
from domain.saying import said
from domain.times import local_date, zone
from services.charters.rows import CharterRow, CharterVersionRow, State
from services.contract_files import charter_from_canonical, offer_from_canonical
from services.errors import NotFound
from services.seeing.seen import Seen


def read_charters(seen: Seen, offer: str | None = None) -> list[CharterRow]:
    """Those that one sees, by id; of one offer, where it is named."""
    offers: dict[str, list[OfferTerms]] = {}
    for id, document in seen.reads.query("SELECT id, document FROM view_offer"):
        versions = msgspec.json.decode(document)["versions"]
        offers[id] = [offer_from_canonical(one["document"]) for one in versions]
    sql = "SELECT id, offer, supplier, client, document FROM view_charter ORDER BY id"
    return [
        _row(seen, id, of, supplier, client, document, offers[of])
        for id, of, supplier, client, document in seen.reads.query(sql)
        if seen.sees(supplier, client) and offer in (None, of)
    ]


def _row(
    seen: Seen, id: str, offer: str, supplier: str, client: str, document: str, offers: list[OfferTerms]
) -> CharterRow:
    it = msgspec.json.decode(document)
    proposals = tuple(
        CharterVersionRow(
            number=one["number"],
            version=one["version"],
            state=one["state"],
            document=one["document"],
            effective=date.fromisoformat(one["effective"]),
            offer_version=one["offer_version"],
            fingerprint=one["fingerprint"],
            party=one["party"],
            proposed_by=one["by"],
            proposed_at=one["at"],
            signatures=tuple(Signature(**each) for each in one["signatures"]),
            reached=one["reached"],
            refusal=one["refusal"],
            refused_by=one["refused_by"],
            terms=charter_from_canonical(one["document"], offers[-1].currency),
            offer=offers[one["offer_version"] - 1],
        )
        for one in it["proposals"]
    )
    until = date.fromisoformat(it["until"]) if it["until"] is not None else None
    row = CharterRow(id, offer, supplier, client, "proposed", until, proposals)
    return CharterRow(id, offer, supplier, client, _state(seen, row, offers[-1].timezone), until, proposals)


def _state(seen: Seen, row: CharterRow, timezone: str) -> State:
    if not row.agreed:
        return "proposed" if row.pending is not None else "not agreed"
    watermark = seen.known.watermark
    today = local_date(watermark, zone(timezone)) if watermark is not None else date.min
    if row.until is not None and today > row.until:
        return "ended"
    return "in force" if row.on(today) is not None else "to come"


def read_charter(seen: Seen, id: str) -> CharterRow:
    """Raises NotFound for what is not there, or not theirs to see."""
    for row in seen.once(read_charters):
        if row.id == id:
            return row
    raise no_charter(id)


def no_charter(id: str) -> NotFound:
    return NotFound(said("there is no charter “{charter}”", charter=id), mend=said("entente charters list"))
