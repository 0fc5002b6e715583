"""The contracts in force, read again only when one changes."""

from __future__ import annotations

from collections.abc import Callable

from services.history.databases import Database, Transaction
from services.judging.catalogue import Catalogue, everything, together
from services.judging.layouts import Layout, in_force, inside
from services.tables.every import TABLES

_STAMP = ", ".join(
    f"(SELECT {what} FROM {{0}}{table.name} WHERE {table.stamps})"
    for table in TABLES
    if table.stamps is not None
    for what in ("COUNT(*)", "MAX(changed)")
)
"""SQL: what changes whenever the catalogue does; closed time is of it. `{0}`: the schema."""


class Catalogues:
    """The last catalogue that was read, and of what. Safe for several threads: another one may look at another state and keep
    another catalogue meanwhile."""

    def __init__(self) -> None:
        self._last: tuple[Catalogue, tuple[object, ...]] = Catalogue(), ()

    def of(self, database: Database, reads: Transaction) -> Catalogue:
        """The catalogue of the snapshot `reads`; the same object until a contract changes. While shards stand at different
        positions each commitment is worded as its shard knows it, so that it fits its rows."""
        layout = in_force(database)
        if layout.shards > 1:
            return self._of_shards(reads, layout)
        stamp = reads.query(f"SELECT {_STAMP.format('')}")[0]
        return self._kept(stamp, lambda fresh: fresh.load(reads, everything))

    def _of_shards(self, reads: Transaction, layout: Layout) -> Catalogue:
        stamps = tuple(reads.query(f"SELECT {_STAMP.format(f'{schema}.')}")[0] for schema in layout.schemas)

        def load(fresh: Catalogue) -> None:
            fresh.load(reads, everything)
            if all(stamp == stamps[0] for stamp in stamps):
                return
            parts = []
            for share in layout.shares:
                with inside(reads, layout.schema(share.shard)):
                    parts.append(part := Catalogue())
                    part.load(reads, share.owns)
            together(fresh, parts)

        return self._kept(stamps, load)

    def _kept(self, stamp: tuple[object, ...], load: Callable[[Catalogue], None]) -> Catalogue:
        catalogue, kept = self._last
        if kept != stamp:
            catalogue = catalogue.again()
            load(catalogue)
            self._last = catalogue, stamp
        return catalogue
