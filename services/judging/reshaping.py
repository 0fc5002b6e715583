"""Changes the cut of the judging (layouts.py): one change at a time, beside what is served, which it then replaces.

Whoever changes it holds one lock of the server from the first step to the last; what is left of a change that was ended
on its way is cleared by the next one. Each step looks, in its transaction, whether it still holds the lock: what another
one has begun meanwhile is never taken for its own.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from domain.saying import said
from services.errors import Invalid, Unavailable
from services.history.databases import Database, JudgeLock, Transaction
from services.judging.layouts import MOST, ONE, Layout, in_force, inside, layouts, least, noted_layouts
from services.judging.shadows import SHADOWS
from services.judging.views import (
    are_there,
    check_release,
    create_views,
    drop_views,
    found_shape,
    make_tables,
    shape,
)
from services.tables.every import CUT, SHADOWED, columns_of, table_names

log = structlog.get_logger()

PATIENCE: Final = 3
"""Seconds that those who come to read wait behind one who reads for long, while a layout is to take over."""
BUSY: Final = 30
"""Seconds that a program waits at its start for a change that somebody else makes."""
OURS: Final = re.compile(r"entente_[1-9][0-9]*_[0-9]+")
"""The names of schemas that shards have their tables in: nothing else is ever dropped, `public` least of all."""
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS public.entente_shards (generation {bigint} PRIMARY KEY, shards {bigint} NOT NULL, "
    "is_in_force {bigint} NOT NULL)",
    "CREATE SEQUENCE IF NOT EXISTS public.entente_generation",
)
_ONE_IN_FORCE: Final = """
CREATE UNIQUE INDEX IF NOT EXISTS entente_shards_in_force ON public.entente_shards (is_in_force) WHERE is_in_force = 1
"""
_SHOWN: Final = """
SELECT DISTINCT part.relnamespace::regnamespace::text FROM pg_rewrite JOIN pg_depend ON objid = pg_rewrite.oid
JOIN pg_class part ON part.oid = refobjid WHERE ev_class = to_regclass('public.view_occurrence') AND part.oid <> ev_class
"""
"""The schemas that `view_*` in `public` look at."""


class ChangeLost(Unavailable):
    """The server gave the lock back on the way, and somebody else may have begun another change."""

    def __init__(self, place: str):
        super().__init__(
            said("the lock that keeps other changes of the shards away was lost"), place=place, mend=said("try again")
        )


def prepare_views(database: Database, *, renews: bool = True) -> None:
    """Creates what is absent; read models that an older version of the program left in another shape are thrown away, or,
    where they are not to be renewed, the reason is said. Raises StoreTooNew, Invalid."""
    layout = in_force(database)
    if not renews:
        _require_shape(database, layout)
    if layout.generation == 0:
        create_views(database)
    elif not _is_whole(database, layout):
        with alone(database, patience=BUSY) as change:
            if not _is_whole(database, in_force(database)):
                change.renew()


def _require_shape(database: Database, layout: Layout) -> None:
    for schema in layout.schemas if layout.generation else ("",):
        found = found_shape(database, f"{schema}." if schema else "")
        if found not in (None, shape()):
            check_release(str(found), database.place)
            raise Invalid(
                said("the read models are those of an older program, and are not replaced by who only looks"),
                place=database.place,
                mend=said("entente migrate, or a newer entente serve, judges anew"),
                slug="store-older",
            )


def throw_away(database: Database) -> None:
    """Throws every read model away, as cut as it is; judging then begins again at the first entry."""
    if not database.has_schemas:
        drop_views(database)
        return
    with alone(database, patience=BUSY) as change:
        if in_force(database).generation == 0:
            drop_views(database)
        else:
            change.renew()


def _is_whole(database: Database, layout: Layout) -> bool:
    """Raises StoreTooNew where a newer program has made its tables."""
    for schema in layout.schemas:
        if (found := found_shape(database, f"{schema}.")) is not None:
            check_release(found, database.place)
    return all(are_there(database, f"{schema}.") for schema in layout.schemas)


def check_number(database: Database, shards: int) -> None:
    """Raises Invalid for a number of shards that the store cannot be cut into."""
    if not database.has_schemas and shards > 1:
        raise Invalid(
            said("a store in a file is judged in one shard"),
            place=database.place,
            mend=said("--store postgresql://… for several"),
        )
    if not 1 <= shards <= MOST:
        raise Invalid(
            said("{shards} shards are not possible", shards=shards),
            place="--shards",
            mend=said("1 to {most}", most=MOST),
        )


@contextmanager
def alone(
    database: Database,
    *,
    patience: float | None = None,
    waits: Callable[[], None] = lambda: None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> Iterator[Change]:
    """The one change that is under way, until the end of the block. While somebody else makes one it is waited for, for
    `patience` seconds or as long as it takes; `waits` is then told once. Raises Unavailable."""
    lock = database.change_lock()
    deadline = None if patience is None else time.monotonic() + patience
    is_told = False
    try:
        while not lock.try_acquire():
            if is_stopping() or (deadline is not None and time.monotonic() > deadline):
                raise Unavailable(
                    said("another program is changing how the judging is cut"),
                    place=database.place,
                    mend=said("try again later"),
                )
            if not is_told:
                waits()
                is_told = True
            time.sleep(0.2)
        yield Change(database, lock)
    finally:
        lock.release()


class Change:
    """The steps of a change, for whoever holds the lock."""

    def __init__(self, database: Database, lock: JudgeLock):
        self._database = database
        self._lock = lock

    def begin(self, shards: int) -> Layout:
        """The layout of so many shards: the one in force, or one whose tables are made beside it, to be judged and then put
        in force. One of that number that was begun is gone on with, one of another number is given up. Raises Invalid."""
        check_number(self._database, shards)
        now, *coming = layouts(self._database)
        if now.shards == shards and not coming:
            return now
        now, begun = self._settle(shards)
        self._clear()
        return now if now.shards == shards else begun or self._build(shards)

    def take_over(self, new: Layout) -> bool:
        """Puts the new layout in force if it is level with the old one, in one transaction: whoever reads sees the one or the
        other. False where it is not level yet. Raises Unavailable when somebody reads for too long: try again."""
        with self._step() as writes:
            old, *coming = noted_layouts(writes)
            if old.generation == new.generation:
                return True
            if new not in coming:
                raise ChangeLost(self._database.place)
            if least(writes, new) < least(writes, old):
                return False
            writes.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
            writes.execute("LOCK TABLE public.view_shape IN ACCESS EXCLUSIVE MODE")  # who reads several tables holds it
            for schema in old.schemas:
                writes.query(
                    f"SELECT position FROM {schema}.view_position FOR UPDATE"
                )  # its judges are between batches
            if least(writes, new) < least(writes, old):
                return False
            if old.generation == 0:
                _put_away(writes)
            _put_in_force(writes, old, new)
        self._clear()
        return True

    def mend(self) -> None:
        """Leaves the one layout in force that is shown; where none of them is, the read models are made anew."""
        self._settle(shards=0)
        if contradiction(self._database) is None:
            self._clear()
        else:
            self.renew()

    def renew(self) -> None:
        """Puts in force the same cut with empty tables in this program's shape; judging then begins again at the first
        entry."""
        self._clear()
        old = in_force(self._database)
        new = self._build(old.shards)
        with self._step() as writes:
            _put_away(writes)
            _put_in_force(writes, old, new)
        self._clear()

    @contextmanager
    def _step(self) -> Iterator[Transaction]:
        """A transaction in which nobody else has begun another change. Who was begins behind this one: a step waits for the
        one before it, and only then looks whether its lock was lost."""
        with self._database.creating() as writes:
            if not self._lock.is_held():
                raise ChangeLost(self._database.place)
            yield writes

    def _settle(self, shards: int) -> tuple[Layout, Layout | None]:
        """The one layout in force, and the one of that number that was begun; no other is noted any more."""
        with self._step() as writes:
            for statement in _TABLES:
                writes.execute(statement.format_map(self._database.types))
            if not writes.query("SELECT 1 FROM entente_shards LIMIT 1"):
                writes.execute("INSERT INTO entente_shards VALUES (?, ?, ?)", [ONE.generation, ONE.shards, 1])
            _leave_one_in_force(writes)
            writes.execute(_ONE_IN_FORCE)
            now, *coming = noted_layouts(writes)
            begun = next((one for one in coming if one.shards == shards and now.shards != shards), None)
            for one in coming:
                if one != begun:
                    writes.execute("DELETE FROM entente_shards WHERE generation = ?", [one.generation])
            return now, begun

    def _build(self, shards: int) -> Layout:
        """Empty tables for so many shards, of a number that was never used, and only then its note. A schema at a time: a
        transaction that makes them all would hold more locks than a server has."""
        with self._step() as writes:
            [(drawn,)] = writes.query("SELECT nextval('public.entente_generation')")
            noted = max(one.generation for one in noted_layouts(writes))
            if drawn <= noted:
                writes.query("SELECT setval('public.entente_generation', ?)", [noted + 1])
        new = Layout(max(drawn, noted + 1), shards, is_in_force=False)
        for schema in new.schemas:
            with self._step() as writes:
                writes.execute(f"CREATE SCHEMA {schema}")
                with inside(writes, schema):
                    make_tables(writes, self._database)
                    writes.execute(SHADOWS.format_map(self._database.types))
        with self._step() as writes:
            writes.execute("INSERT INTO entente_shards VALUES (?, ?, ?)", [new.generation, new.shards, 0])
            _grant(writes, new.schemas)
        return new

    def _clear(self) -> None:
        """Drops the schemas of shards that no layout names: what was replaced, given up, or left by a change that was ended."""
        for schema in strays(self._database):
            try:
                with self._step() as writes:
                    writes.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
                    _drop_schema(writes, schema)
            except (Invalid, Unavailable) as error:  # the next change, or a person whom doctor tells, finds it again
                log.warning(
                    "a schema that is not needed any more could not be dropped", schema=schema, because=str(error)
                )


def strays(database: Database) -> list[str]:
    """Schemas of shards that no layout names."""
    if not database.has_schemas:
        return []
    named = {schema for one in layouts(database) for schema in one.schemas}
    with database.connect() as reads:
        rows = reads.query(
            "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname, 'entente_') ORDER BY nspname"
        )
    return [name for (name,) in rows if OURS.fullmatch(name) and name not in named]


def contradiction(database: Database) -> str | None:
    """Says what is wrong with the notes about layouts; None where nothing is."""
    if not database.has_schemas or not database.has_table("entente_shards"):
        return None
    with database.connect() as reads:
        now, *others = noted_layouts(reads)
        if any(one.is_in_force for one in others):
            return said(
                "layouts of shards that are noted as in force: {value}",
                value=1 + sum(one.is_in_force for one in others),
            )
        if now.generation and (shown := _shown(reads)) != {*now.schemas}:
            return said(
                "{shards} shards are in force, and what is shown is of {shown}",
                shards=now.shards,
                shown=", ".join(sorted(shown)) or said("none"),
            )
    return None


def mend_layouts(database: Database) -> None:
    """Leaves the one layout in force that is shown, where an earlier program left two."""
    if contradiction(database) is not None:
        with alone(database, patience=BUSY) as change:
            change.mend()


def _shown(reads: Transaction) -> set[str]:
    return {name for (name,) in reads.query(_SHOWN)}


def _leave_one_in_force(writes: Transaction) -> None:
    in_force_now = [one for one in noted_layouts(writes) if one.is_in_force]
    shown = _shown(writes) or {"public"}
    stands = next((one for one in in_force_now if {*one.schemas} == shown), in_force_now[0])
    for one in in_force_now:
        if one != stands:
            writes.execute("DELETE FROM entente_shards WHERE generation = ?", [one.generation])


def _drop_schema(writes: Transaction, schema: str) -> None:
    """With its tables `view_*`. Raises Invalid where somebody keeps other things in it, or built on it, and for every schema
    that is none of shards."""
    if not OURS.fullmatch(schema):
        raise Invalid(
            said("the schema {schema} is none of shards, and is not dropped", schema=schema),
            mend=said("entente doctor"),
        )
    sql = (
        "SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace(?) AND relkind = 'r' "
        "AND starts_with(relname, 'view_')"
    )
    if tables := [f'{schema}."{name}"' for (name,) in writes.query(sql, [schema])]:
        writes.execute(f"DROP TABLE {', '.join(tables)}")
    writes.execute(f"DROP SCHEMA IF EXISTS {schema}")


def _put_in_force(writes: Transaction, old: Layout, new: Layout) -> None:
    for table in table_names():
        writes.execute(f"CREATE OR REPLACE VIEW public.{table} AS {_whole(table, new)}")
    writes.execute("DELETE FROM entente_shards WHERE generation = ?", [old.generation])
    writes.execute("UPDATE entente_shards SET is_in_force = 1 WHERE generation = ?", [new.generation])
    _grant(writes, ["public"])


def _whole(table: str, layout: Layout) -> str:
    """The SELECT of the view of that name: it shows what all shards of the layout have."""
    names = ", ".join(columns_of(table))
    if table == "view_position":
        # What all have reached: watermarks grow with positions, so that the least of one is the least of the other.
        names = "position, watermark, rules, slices, lives"
        rows = " UNION ALL ".join(f"SELECT {names} FROM {one}.{table}" for one in layout.schemas)
        first = "ORDER BY position, watermark NULLS FIRST LIMIT 1"
        return f"SELECT CAST(0 AS BIGINT) AS shard, {names} FROM ({rows}) AS one {first}"
    if table not in CUT:
        return f"SELECT {names} FROM {layout.schemas[0]}.{table}"
    return " UNION ALL ".join(
        f"SELECT {names} FROM {one}.{table}"
        + (f" WHERE commitment NOT IN (SELECT commitment FROM {one}.view_shadow)" if table in SHADOWED else "")
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
    """Lets the roles that may change read models change these too."""
    sql = "SELECT a.grantee::regrole::text FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = 'public.view_shape'::regclass AND "
    rows = writes.query(sql + "a.privilege_type = 'DELETE' AND a.grantee <> c.relowner AND a.grantee <> 0")
    for (role,) in rows:
        for schema in schemas:
            writes.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
            writes.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}")
