"""How far a breach has been dealt with: what people said of it, what is done about it, and whether a review has seen it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import msgspec

from domain.times import Instant
from services.breaches.rows import BreachRow
from services.contracts.stored import StoredSignature
from services.history.databases import Transaction
from services.judging.catalogue import Catalogue


class _SignedPack(NamedTuple):
    """The pack of a review that both have signed. It looks at what was opened in [since, starts], and at what nobody had
    explained then, as far as it was known at `position`."""

    position: int
    since: Instant
    starts: Instant
    watermark: Instant | None

    def holds(self, row: BreachRow) -> bool:
        """Says whether the breach, which is open and explained, stands in it."""
        opened = row.opened_at or 0
        if row.opened_position > self.position or (self.watermark is not None and opened > self.watermark):
            return False
        explained = min(at for _, at, _ in row.explanations)
        return opened >= self.since or explained >= self.starts


class _Held(msgspec.Struct):
    """The fields of a review's document that say what its pack is and who has signed it."""

    pack_position: int | None
    watermark: int | None
    signatures: list[msgspec.Raw]


_decode = msgspec.json.Decoder(_Held).decode


class _Signed(msgspec.Struct):
    signatures: list[StoredSignature]


_decode_signed = msgspec.json.Decoder(_Signed).decode


def handled(
    reads: Transaction, catalogue: Catalogue, rows: Sequence[BreachRow], busy: Collection[str]
) -> list[BreachRow]:
    """The rows, with those dealt with that are explained, have no open action (`busy` are the ids of breaches that have one),
    and stand in the pack of a signed review; in a contract without reviews nobody waits for one."""
    settled = [row for row in rows if row.handling == "explained" and row.id not in busy]
    packs = _signed_packs(reads, {row.commitment.partition("/")[0] for row in settled})
    ended = {row.id for row in settled if _was_looked_at(catalogue, row, packs)}
    return [replace(row, handling="dealt-with") if row.id in ended else row for row in rows]


def last_signature(reads: Transaction, contract: str) -> Instant:
    """When a review of the contract was signed last, by either party; 0: never. What was said before is part of what was signed."""
    sql = "SELECT document FROM view_review WHERE contract = ?"
    signed = [one["at"] for (document,) in reads.query(sql, [contract]) for one in _decode_signed(document).signatures]
    return max(signed, default=0)


def _was_looked_at(catalogue: Catalogue, row: BreachRow, packs: dict[str, list[_SignedPack]]) -> bool:
    contract = row.commitment.partition("/")[0]
    found = catalogue.contracts.get(contract)
    if found is not None and found.versions[-1].terms.review is None:
        return True
    return any(pack.holds(row) for pack in packs.get(contract, ()))


def _signed_packs(reads: Transaction, contracts: Collection[str]) -> dict[str, list[_SignedPack]]:
    """By contract. Each looks back to the review before it, signed or not."""
    sql = "SELECT contract, starts, document FROM view_review WHERE"
    called: dict[str, dict[Instant, _Held]] = {}
    for contract, starts, document in reads.select_in(sql, "contract", sorted(contracts)):
        called.setdefault(contract, {})[starts] = _decode(document)
    found: dict[str, list[_SignedPack]] = {}
    for contract, held in called.items():
        since = 0
        for starts in sorted(held):
            it = held[starts]
            if it.pack_position is not None and len(it.signatures) == 2:
                found.setdefault(contract, []).append(_SignedPack(it.pack_position, since, starts, it.watermark))
            since = starts
    return found
