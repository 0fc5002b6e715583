"""The cut of the judging of a store: into one shard, or into several that judge beside each other on PostgreSQL (DESIGN §5).

Every shard has tables of its own in a schema of its own; `view_*` in `public` are views over all of them, so that whoever
reads sees the whole. How a new cut takes the place of the one in force: reshaping.py. A store that was never cut keeps its
tables in `public`: that is generation 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from services.history.databases import Database, Transaction
from services.judging.shares import Share

MOST = 64
"""Shards of one store."""


class Reached(NamedTuple):
    """How far the judging of one shard is."""

    shard: int
    position: int
    watermark: int | None
    slices: int = 0
    """The slices that are done of the entry behind the position."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to cut the judging."""

    generation: int = 0
    shards: int = 1
    is_in_force: bool = True

    @property
    def shares(self) -> list[Share]:
        return [Share(shard, self.shards) for shard in range(self.shards)]

    @property
    def schemas(self) -> list[str]:
        """The names of the schemas, in the order of the shards."""
        return [self.schema(shard) for shard in range(self.shards)]

    def schema(self, shard: int) -> str:
        return f"entente_{self.generation}_{shard}" if self.generation else "public"

    def lock(self, shard: int) -> int:
        """The number of the shard's judge lock: never that of another generation."""
        return self.generation * MOST + shard


ONE = Layout()


def layouts(database: Database) -> list[Layout]:
    """The one in force, and behind it the one that is being built, if one is."""
    if not database.has_schemas or not database.has_table("entente_shards"):
        return [ONE]
    with database.connect() as reads:
        return noted_layouts(reads)


def noted_layouts(reads: Transaction) -> list[Layout]:
    """Reads the layouts as `layouts` does, where there is `entente_shards`."""
    sql = "SELECT generation, shards, is_in_force FROM entente_shards ORDER BY is_in_force DESC, generation DESC"
    found = [Layout(generation, shards, bool(is_in_force)) for generation, shards, is_in_force in reads.query(sql)]
    return found if found and found[0].is_in_force else [ONE, *found]


@contextmanager
def inside(reads: Transaction, schema: str) -> Iterator[None]:
    """`view_*` are those of that schema, until the end of the block; within a snapshot or a transaction."""
    reads.execute(f"SET LOCAL search_path = {schema}")
    yield
    reads.execute("SET LOCAL search_path = public")


def in_force(database: Database) -> Layout:
    return layouts(database)[0]


def reached(reads: Transaction, layout: Layout) -> list[Reached]:
    """Reads how far all shards are, in their order, in one statement."""
    parts = [f"SELECT shard, position, watermark, slices FROM {schema}.view_position" for schema in layout.schemas]
    found = {one.shard: one for one in map(Reached._make, reads.query(" UNION ALL ".join(parts)))}
    return [found.get(shard, Reached(shard, 0, None)) for shard in range(layout.shards)]


def least(reads: Transaction, layout: Layout) -> int:
    """The position that all shards have reached."""
    return min(one.position for one in reached(reads, layout))
