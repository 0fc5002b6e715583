"""Secrets of a store: 32 random bytes each, by the name of what they are for. Made once, known to whoever reads the store's own tables,
in no export, event, log or answer. All processes on one store have the same, also after a restart."""

from __future__ import annotations

import secrets
from typing import Final

from services.history.databases import Database, first_value

SIZE: Final = 32
"""Bytes."""
_NAME: Final = "entente_secret"
_TABLE: Final = f"CREATE TABLE IF NOT EXISTS {_NAME} (name {{text}} PRIMARY KEY, value {{blob}} NOT NULL)"


def prepare(database: Database) -> None:
    """Creates the table where it is absent."""
    if not database.has_table(_NAME):  # asked first: who runs programs may have no right to create any
        database.create([_TABLE])


def secret_of(database: Database, purpose: str) -> bytes:
    """The secret for that; made where there is none yet."""
    found = _found(database, purpose)
    if found:
        return found
    with database.transaction() as writes:
        sql = f"INSERT INTO {_NAME} (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"
        writes.execute(sql, [purpose, secrets.token_bytes(SIZE)])
    return _found(database, purpose)


def _found(database: Database, purpose: str) -> bytes:
    with database.connect() as reads:
        return bytes(first_value(reads.query(f"SELECT value FROM {_NAME} WHERE name = ?", [purpose]), b""))
