"""How far that is known which is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.history.databases import Database, Transaction
from services.judging.layouts import in_force
from services.judging.shares import shard_of


@dataclass(frozen=True, slots=True)
class Known:
    """How far something is known: the last judged position and the watermark (None: no time was declared yet)."""

    position: int
    watermark: int | None
    own: Mapping[str, int] = field(default_factory=dict)
    """The watermarks of contracts that have one of their own (MEANING §2 `--backfill`)."""
    shards: tuple[Known, ...] = ()
    """How far each shard is, by its number, where they are not all equally far."""
    lineage: int = 0
    """The number of the store: another one once it was restored, or failed over to a server that was behind."""

    def of(self, contract: str) -> Known:
        """Gives what is known of one contract: the watermark is its own, if it has one."""
        return replace(self, watermark=self.own[contract]) if contract in self.own else self

    def about(self, commitment: str) -> Known:
        """Gives what is known of one commitment: by the shard that judges it."""
        known = self.shards[shard_of(commitment, len(self.shards))] if self.shards else self
        return known.of(commitment.partition("/")[0])


def known_in(database: Database, reads: Transaction, lineage: int) -> Known:
    """The least of all shards, and where they stand at different positions what each of them knows. With several shards `reads`
    has to be a snapshot."""
    layout = in_force(database)
    if layout.shards == 1:
        return replace(_of_schema(reads, ""), lineage=lineage)
    shards = [_of_schema(reads, f"{schema}.") for schema in layout.schemas]
    least = min(shards, key=lambda shard: shard.position)
    is_level = all(shard.position == least.position for shard in shards)
    return replace(least, shards=() if is_level else tuple(shards), lineage=lineage)


def _of_schema(reads: Transaction, schema: str) -> Known:
    found = reads.query(f"SELECT position, watermark FROM {schema}view_position")
    position, watermark = found[0] if found else (0, None)
    return Known(position, watermark, dict(reads.query(f"SELECT contract, watermark FROM {schema}view_own_time")))
