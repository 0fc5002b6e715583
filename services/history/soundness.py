"""Checks that a store is whole, as far as that can be asked without reading everything twice: by `doctor`, and once a day."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final, cast

from domain.saying import heard, said
from services.history.databases import Database, Transaction, first_value
from services.history.postgres_database import PostgresDatabase
from services.history.sqlite_database import SQLiteTransaction

MOST_SAID: Final = 5
STEPS: Final = 200_000
"""Steps of SQLite's machine between two looks whether to stop."""


def damage(database: Database, is_stopping: Callable[[], bool] = lambda: False) -> list[str]:
    """Lists what is damaged, a line each; empty where nothing was found, or the search was given up because of
    `is_stopping`. In a file every page is read (https://sqlite.org/pragma.html#pragma_quick_check); PostgreSQL, which
    checks each page that it reads, is asked what it found."""
    with database.connect() as reads:
        if isinstance(database, PostgresDatabase):
            return _of_server(reads)
        return _of_file(cast(SQLiteTransaction, reads), is_stopping)


def unwatched(database: Database) -> list[str]:
    """Lists the settings that keep damage from being noticed."""
    if not isinstance(database, PostgresDatabase):
        return []
    with database.connect() as reads:
        return [] if first_value(reads.query("SHOW data_checksums")) == "on" else ["data_checksums = off"]


def _of_file(reads: SQLiteTransaction, is_stopping: Callable[[], bool]) -> list[str]:
    connection = reads.connection
    connection.set_progress_handler(is_stopping, STEPS)
    try:
        found = reads.query(f"PRAGMA quick_check({MOST_SAID})")
    except sqlite3.OperationalError:
        if is_stopping():
            return []
        raise
    except sqlite3.DatabaseError as error:
        return [said("its pages cannot be read: {error}", error=heard(str(error)))]
    finally:
        connection.set_progress_handler(None, 0)
    return [" ".join(str(said).split()) for (said,) in found if said != "ok"]


def _of_server(reads: Transaction) -> list[str]:
    found: list[str] = []
    sql = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
    if failures := first_value(reads.query(sql)):
        found.append(said("{failures} page{failures:s} had a wrong checksum", failures=failures))
    sql = (
        "SELECT CAST(CAST(indexrelid AS regclass) AS text) FROM pg_index WHERE NOT indisvalid OR NOT indisready "
        "ORDER BY indexrelid"
    )
    found += [said("index {name} is not valid", name=name) for (name,) in reads.query(sql)]
    return found
