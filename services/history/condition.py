"""In which condition a store is, asked without changing anything: for `entente doctor`."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from domain.times import Clock, Instant
from services.history.databases import Database, first_value
from services.history.postgres_database import PostgresDatabase
from services.history.postgres_locks import strangers

NEEDED = {
    "stored_events": ("SELECT", "INSERT", "UPDATE"),  # the last for its lock
    "notification_tracking": ("SELECT", "INSERT", "UPDATE"),
    "entente_attempt": ("SELECT", "INSERT", "UPDATE"),
    "entente_store": ("SELECT",),
    "history_tree": ("SELECT", "UPDATE"),
    "history_tile": ("SELECT", "INSERT", "UPDATE"),
    "history_checkpoint": ("SELECT", "INSERT"),
    "history_checkpoint_wanted": ("SELECT", "INSERT", "UPDATE"),
    "view_shape": ("SELECT",),
}
OF_VIEWS = ("SELECT", "INSERT", "UPDATE", "DELETE")
DURABLE = ("fsync", "synchronous_commit", "full_page_writes")


def server_of(database: Database) -> str:
    """The name and version of what keeps the store."""
    if not isinstance(database, PostgresDatabase):
        return f"SQLite {sqlite3.sqlite_version}"
    with database.connect() as reads:
        return f"PostgreSQL {first_value(reads.query('SHOW server_version'))}"


def version_of(database: Database) -> int | None:
    """Reads the version of a store that is there; None where none is noted. The program's own is STORE_VERSION."""
    with database.connect() as reads:
        version: int | None = first_value(reads.query("SELECT MAX(version) FROM entente_store"))
    return version


def missing_rights(database: Database, views: Sequence[str], schemas: Sequence[str] = ("public",)) -> list[str]:
    """Lists the rights that the role lacks though a running program needs them, such as `INSERT on stored_events`;
    `schemas` are those that hold read models."""
    if not isinstance(database, PostgresDatabase):
        return []
    public = [(right, table) for table, rights in NEEDED.items() for right in rights if database.has_table(table)]
    wanted = [(right, f"public.{table}") for right, table in public]
    wanted += [(right, f"{schema}.{table}") for schema in schemas for table in views for right in OF_VIEWS]
    with database.connect() as reads:
        return [
            f"{right} on {table.removeprefix('public.')}"
            for right, table in wanted
            if not first_value(reads.query("SELECT has_table_privilege(current_user, ?, ?)", [table, right]))
        ]


def strangers_with_locks(database: Database) -> list[str]:
    """The roles that keep locks of ours at this moment and are no programs of this store."""
    if not isinstance(database, PostgresDatabase):
        return []
    with database.connection() as connection:
        return strangers(connection)


def not_durable(database: Database) -> list[str]:
    """Settings of the server with which what was acknowledged may be lost when its machine fails."""
    if not isinstance(database, PostgresDatabase):
        return []
    with database.connect() as reads:
        found = [(name, first_value(reads.query(f"SHOW {name}"))) for name in DURABLE]
    return [f"{name} = {value}" for name, value in found if value == "off"]


def clock_ahead(database: Database, now: Clock) -> Instant | None:
    """Measures how far our clock is ahead of the server's, in microseconds; None where there is no
    server."""
    if not isinstance(database, PostgresDatabase):
        return None
    sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"
    with database.connect() as reads:
        before = now()
        there: int = first_value(reads.query(sql))
        return (before + now()) // 2 - there
