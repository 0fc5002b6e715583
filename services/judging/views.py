"""The read models: tables `view_*`, all derived from the history, all disposable (DESIGN §4).

Dropping every table and judging again gives the same `dump`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from domain.saying import said
from services.errors import StoreTooNew, Unavailable
from services.history.databases import Database, Transaction, first_value
from services.tables.every import BY_NAME, INDEXES
from services.tables.every import RELEASE as RELEASE

JUDGING = 6
"""The version of the judging rules. Raised when a rule changes what a figure comes to (decisions 27, 37, 41, 45 and 48: what 2 to 6
changed)."""

SHAPE = "view_shape"
"""The table that says in which shape the others are; whoever reads several of them together holds it."""


def shape() -> str:
    """Names the shape of this program's tables: RELEASE, and a hash that tells shapes apart that were never released."""
    sql = {one.name: (one.sql, "") for one in BY_NAME.values()}, INDEXES
    return f"{RELEASE}:{hashlib.sha256(repr(sql).encode()).hexdigest()[:16]}"


def create_views(database: Database) -> None:
    """Creates the tables that are absent. Those that an older version of the program left in another shape are thrown away:
    judging fills them anew. Raises StoreTooNew for those of a newer one."""
    if are_there(database):
        return
    with database.creating() as writes:
        make_tables(writes, database)


def make_tables(writes: Transaction, database: Database) -> None:
    """Makes the tables as `create_views` does, within a transaction of `creating`, and where that looks for tables."""
    tables = [f"CREATE TABLE IF NOT EXISTS {one.name} ({one.sql})" for one in BY_NAME.values()]
    writes.execute("CREATE TABLE IF NOT EXISTS view_shape (shape {text} NOT NULL)".format_map(database.types))
    found = writes.query("SELECT shape FROM view_shape")
    if found:
        check_release(first_value(found), database.place)
    if found != [(shape(),)]:
        _drop_tables(writes)
        writes.execute("DELETE FROM view_shape")
        writes.execute("INSERT INTO view_shape (shape) VALUES (?)", [shape()])
    for statement in [*tables, *INDEXES]:
        writes.execute(statement.format_map(database.types))


def are_there(database: Database, within: str = "") -> bool:
    """All tables, in this program's shape. Then nothing is created: a program may run without the right to. `within`: the
    name of a schema, and a dot."""
    return found_shape(database, within) == shape() and all(database.has_table(within + name) for name in BY_NAME)


def found_shape(database: Database, within: str = "") -> str | None:
    """In which shape the tables are; None where there are none."""
    if not database.has_table(f"{within}view_shape"):
        return None
    with database.connect() as reads:
        found: str | None = first_value(reads.query(f"SELECT shape FROM {within}view_shape"))
    return found


def keep_shape(writes: Transaction, place: str) -> None:
    """Asked in a transaction that holds one of the tables: they are still of this program's shape. Raises StoreTooNew where a
    newer one has replaced them meanwhile, Unavailable where another one did."""
    found = writes.query("SELECT shape FROM view_shape")
    if found == [(shape(),)]:
        return
    if found:
        check_release(first_value(found), place)
    raise Unavailable(said("the read models were replaced meanwhile"), place=place, mend=said("try again"))


def check_release(found: str, place: str) -> None:
    """Raises StoreTooNew for a shape of tables that only a newer program knows."""
    number = found.partition(":")[0] if ":" in found else "0"
    if int(number) > RELEASE:
        raise StoreTooNew(
            said("the read models are those of a newer program"), place=place, mend=said("use a newer entente")
        )


def drop_views(database: Database) -> None:
    """Throws every read model away; judging then begins again at the first entry. Nobody ever finds them absent."""
    with database.creating() as writes:
        _drop_tables(writes)
        make_tables(writes, database)


def _drop_tables(writes: Transaction) -> None:
    for name in BY_NAME:
        writes.execute(f"DROP TABLE IF EXISTS {name}")


def dump(reads: Transaction) -> Iterator[str]:
    """The canonical dump: one line a row, tables by name, rows by all their columns. Equal dumps mean equal read models."""
    for table in sorted((one for one in BY_NAME.values() if one.is_canonical), key=lambda one: one.name):
        names = ", ".join(table.columns)
        for row in reads.query(f"SELECT {names} FROM {table.name} ORDER BY {names}"):
            shown = [_shown(value) for value in row]
            yield f"{table.name} " + " ".join(
                f"{name}={value}" for name, value in zip(table.columns, shown, strict=True)
            )


def fingerprint(lines: Iterator[str]) -> str:
    """SHA-256 of a dump, in hexadecimal."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return repr(value)
