"""How the judging of a store is cut: into one shard, or into several that judge beside each other on PostgreSQL (DESIGN §5).

Every shard has tables of its own in a schema of its own; `view_*` in `public` are views over all of them, so that whoever
reads sees the whole. A new cut is built beside the one in force, from the history, and takes its place in one transaction
when it is level with it. A store that was never cut keeps its tables in `public`: that is generation 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from services.errors import Invalid
from services.history.databases import Database, Transaction
from services.judging.shadows import OWN_TABLES, create_shadows
from services.judging.shares import Share
from services.judging.views import are_there, columns_of, create_views, drop_views, table_names

T = TypeVar("T")
MOST = 64
"""Shards of one store."""
PATIENCE = 3
"""Seconds that those who come to read wait behind one who reads for long, while a layout is to take over."""
CUT = frozenset({*OWN_TABLES, "view_breach", "view_action", "view_outbox"})
"""Tables of which every shard has a part. Of the others each has the whole, or (what belongs to no commitment) the first."""
_TABLE = (
    "CREATE TABLE IF NOT EXISTS entente_shards (generation {bigint} PRIMARY KEY, shards {bigint} NOT NULL, "
    "is_in_force {bigint} NOT NULL)"
)


class Standing(NamedTuple):
    """How far a shard is."""

    shard: int
    position: int
    watermark: int | None


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
        """By shard."""
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
        return _layouts(reads)


def _layouts(reads: Transaction) -> list[Layout]:
    sql = "SELECT generation, shards, is_in_force FROM entente_shards ORDER BY is_in_force DESC, generation DESC"
    found = [Layout(generation, shards, bool(is_in_force)) for generation, shards, is_in_force in reads.query(sql)]
    return found if found and found[0].is_in_force else [ONE, *found]


@contextmanager
def inside(reads: Transaction, schema: str) -> Iterator[None]:
    """`view_*` are those of that schema, until the end of the block; within a snapshot."""
    reads.execute(f"SET LOCAL search_path = {schema}")
    yield
    reads.execute("SET LOCAL search_path TO DEFAULT")


def in_force(database: Database) -> Layout:
    return layouts(database)[0]


def standings(reads: Transaction, layout: Layout) -> list[Standing]:
    """Of all shards, in one statement."""
    parts = [f"SELECT shard, position, watermark FROM {schema}.view_position" for schema in layout.schemas]
    found = {row[0]: Standing(*row) for row in reads.query(" UNION ALL ".join(parts))}
    return [found.get(shard, Standing(shard, 0, None)) for shard in range(layout.shards)]


def least(reads: Transaction, layout: Layout) -> int:
    """The position that all shards have reached."""
    return min(one.position for one in standings(reads, layout))


def prepare_views(database: Database) -> None:
    """Creates what is absent; read models that another version of the program left in another shape are thrown away."""
    layout = in_force(database)
    if layout.generation == 0:
        create_views(database)
    elif not all(_acting_in(database, schema, are_there) for schema in layout.schemas):
        _renew(database, layout)


def throw_away(database: Database) -> None:
    """Throws every read model away, as cut as it is; judging then begins again at the first entry."""
    layout = in_force(database)
    if layout.generation == 0:
        drop_views(database)
    else:
        _renew(database, layout)


def begin(database: Database, shards: int) -> Layout:
    """The layout of so many shards: the one in force, or one whose tables are made beside it, to be judged and then put in
    force. One of another number that was begun is given up. Raises Invalid for a store in a file."""
    if not database.has_schemas and shards > 1:
        raise Invalid(
            "a store in a file is judged in one shard", place=database.place, mend="--store postgresql://… for several"
        )
    if not 1 <= shards <= MOST:
        raise Invalid(f"{shards} shards are not possible", place="--shards", mend=f"1 to {MOST}")
    now, *coming = layouts(database)
    for one in coming:
        if one.shards == shards:
            return one
        with database.creating() as writes:
            _drop_schemas(writes, one)
            writes.execute("DELETE FROM entente_shards WHERE generation = ?", [one.generation])
    if now.shards == shards:
        return now
    new = Layout(max(one.generation for one in (now, *coming)) + 1, shards, is_in_force=False)
    with database.creating() as writes:
        _create_schemas(writes, new)
    _fill(database, new)
    with database.creating() as writes:
        writes.execute(_TABLE.format_map(database.types))
        for one in (now, new):
            row = [one.generation, one.shards, int(one.is_in_force)]
            writes.execute("INSERT INTO entente_shards VALUES (?, ?, ?) ON CONFLICT (generation) DO NOTHING", row)
        _grant(writes, new.schemas)
    return new


def take_over(database: Database, new: Layout) -> bool:
    """Puts the new layout in force if it is level with the old one, in one transaction: whoever reads sees the one or the
    other. False where it is not level yet. Raises Unavailable when somebody reads for too long: try again."""
    with database.creating() as writes:
        old = _layouts(writes)[0]
        if old.generation == new.generation:
            return True
        if least(writes, new) < least(writes, old):
            return False
        writes.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
        writes.execute("LOCK TABLE public.view_shape IN ACCESS EXCLUSIVE MODE")  # those who read several tables hold it
        for schema in old.schemas:
            writes.query(
                f"SELECT position FROM {schema}.view_position FOR UPDATE"
            )  # its judges are between two batches
        if least(writes, new) < least(writes, old):
            return False
        if old.generation == 0:
            _put_away(writes)
        _show(writes, new)
        if old.generation:
            _drop_schemas(writes, old)
        writes.execute("DELETE FROM entente_shards WHERE generation = ?", [old.generation])
        writes.execute("UPDATE entente_shards SET is_in_force = 1 WHERE generation = ?", [new.generation])
        _grant(writes, ["public"])
    return True


def _renew(database: Database, layout: Layout) -> None:
    with database.creating() as writes:
        _put_away(writes)
        _create_schemas(writes, layout)
    _fill(database, layout)
    with database.creating() as writes:
        _show(writes, layout)
        _grant(writes, ["public", *layout.schemas])


def _create_schemas(writes: Transaction, layout: Layout) -> None:
    _drop_schemas(writes, layout)
    for schema in layout.schemas:
        writes.execute(f"CREATE SCHEMA {schema}")


def _drop_schemas(writes: Transaction, layout: Layout) -> None:
    for schema in layout.schemas:
        writes.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def _fill(database: Database, layout: Layout) -> None:
    for schema in layout.schemas:
        _acting_in(database, schema, create_views)
        _acting_in(database, schema, create_shadows)


def _acting_in(database: Database, schema: str, act: Callable[[Database], T]) -> T:
    tables = database.schema(schema)
    try:
        return act(tables)
    finally:
        tables.close()


def _show(writes: Transaction, layout: Layout) -> None:
    """`view_*` in `public` show what all shards of the layout have."""
    for table in table_names():
        writes.execute(f"CREATE OR REPLACE VIEW public.{table} AS {_whole(table, layout)}")


def _whole(table: str, layout: Layout) -> str:
    names = ", ".join(columns_of(table))
    if table == "view_position":
        # What all have reached: watermarks grow with positions, so that the least of one is the least of the other.
        rows = " UNION ALL ".join(f"SELECT position, watermark, rules FROM {one}.{table}" for one in layout.schemas)
        return f"SELECT CAST(0 AS BIGINT) AS shard, position, watermark, rules FROM ({rows}) AS one ORDER BY position LIMIT 1"
    if table not in CUT:
        return f"SELECT {names} FROM {layout.schemas[0]}.{table}"
    return " UNION ALL ".join(
        f"SELECT {names} FROM {one}.{table}"
        + (f" WHERE commitment NOT IN (SELECT commitment FROM {one}.view_shadow)" if table in OWN_TABLES else "")
        for one in layout.schemas
    )


def _put_away(writes: Transaction) -> None:
    """Drops `view_*` in `public`, tables or views."""
    for table in table_names():
        for (kind,) in writes.query(
            "SELECT relkind::text FROM pg_class WHERE oid = to_regclass(?)", [f"public.{table}"]
        ):
            writes.execute(f"DROP {'VIEW' if kind == 'v' else 'TABLE'} public.{table}")


def _grant(writes: Transaction, schemas: Iterable[str]) -> None:
    """Who may change read models may change these too."""
    sql = "SELECT a.grantee::regrole::text FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = 'public.view_shape'::regclass AND "
    rows = writes.query(sql + "a.privilege_type = 'DELETE' AND a.grantee <> c.relowner AND a.grantee <> 0")
    for (role,) in rows:
        for schema in schemas:
            writes.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
            writes.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}")
