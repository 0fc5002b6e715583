"""The store of data keys: a file of its own on SQLite, a schema of its own on PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from domain.saying import said
from services.errors import Invalid
from services.history.databases import Database
from services.history.sqlite_database import SQLiteDatabase

SCHEMA: Final = "entente_keys"
TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS data_secret (id {bigint} PRIMARY KEY, kek {text} NOT NULL, wrapped {blob} NOT NULL, "
    "generation {bigint} NOT NULL)",
    "CREATE TABLE IF NOT EXISTS data_key (id {text} PRIMARY KEY, kind {text} NOT NULL, subject {text} NOT NULL, "
    "source {text} NOT NULL, span {text} NOT NULL, kek {text} NOT NULL, wrapped {blob} NOT NULL, made {bigint} NOT NULL, "
    "UNIQUE (kind, subject, source, span))",
    "CREATE TABLE IF NOT EXISTS destroyed_key (id {text} PRIMARY KEY, kek {text} NOT NULL, at {bigint} NOT NULL, "
    "everywhere {bigint})",
)
"""`subject`: the code of whom a key is about, which stands nowhere else. `kek`: the key that wraps it. `everywhere`: when the key
that wrapped a destroyed one was destroyed in its turn."""


class KeysFile(SQLiteDatabase):
    """What is deleted is overwritten with zeros, and no log keeps it (https://sqlite.org/pragma.html#pragma_secure_delete)."""

    def _use_journal(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA journal_mode = TRUNCATE")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")


def open_keys(keys: str, store: str) -> Database:
    """Opens the store of keys at that address, and creates what is absent. An empty address means: beside the store, a file
    named after its file, or a schema of its database. Raises Invalid, Unavailable."""
    database = _database(keys or beside(store))
    try:
        if not database.has_table("destroyed_key"):  # a program that may create nothing finds them
            database.create(TABLES)
    except BaseException:
        database.close()
        raise
    return database


def has_keys(database: Database) -> bool:
    """Says whether the database of a store holds the schema of its keys, too."""
    if not database.has_schemas:
        return False
    with database.connect() as reads:
        return bool(reads.query("SELECT 1 FROM pg_namespace WHERE nspname = ?", [SCHEMA]))


def beside(store: str) -> str:
    """Such as sqlite:///entente-keys.db beside sqlite:///entente.db."""
    scheme, _, path = store.partition("sqlite:///")
    if scheme or not path:
        return store
    file = Path(path)
    return f"sqlite:///{file.with_name(f'{file.stem}-keys{file.suffix}')}"


def _database(address: str) -> Database:
    if address == "sqlite://:memory:":
        return KeysFile(":memory:")
    if address.startswith("sqlite:///"):
        return KeysFile(address.removeprefix("sqlite:///"))
    if address.startswith(("postgresql:", "postgres:")):
        from services.history.postgres_database import PostgresDatabase

        whole = PostgresDatabase(address)
        try:
            if not has_keys(whole):
                with whole.creating() as writes:
                    writes.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            return whole.schema(SCHEMA)
        finally:
            whole.close()
    raise Invalid(
        said("“{partition}” is not a kind of store", partition=address.partition("://")[0]),
        place="ENTENTE_KEYS",
        mend=said("sqlite:///entente.db or postgresql://user@host/name"),
        slug="store-invalid",
    )
