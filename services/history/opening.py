"""Opens the kind of database that a store's address names, and the recorder that fits it. What a kind needs is loaded
only where it is used."""

from __future__ import annotations

from domain.saying import said
from services.errors import Invalid
from services.history.databases import Database
from services.history.recorders import HistoryRecorder


def open_database(url: str) -> Database:
    """Opens the store's tables; an absent SQLite file is created. Raises Invalid, Unavailable."""
    if url.startswith("sqlite:"):
        from services.history.sqlite_database import SQLiteDatabase

        return SQLiteDatabase(_path(url))
    if url.startswith(("postgresql:", "postgres:")):
        from services.history.postgres_database import PostgresDatabase

        return PostgresDatabase(url)
    raise Invalid(
        said("“{partition}” is not a kind of store", partition=url.partition("://")[0]),
        mend=said("sqlite:///entente.db or postgresql://user@host/name"),
        slug="store-invalid",
    )


def _path(url: str) -> str:
    _, scheme, rest = url.partition("sqlite://")
    path = rest.removeprefix("/") if rest.startswith("/") else rest if rest == ":memory:" else ""
    if not scheme or not path:
        raise Invalid(said("“{url}” names no file", url=url), mend=said("sqlite:///entente.db"), slug="store-invalid")
    return path


def recorder_for(database: Database) -> HistoryRecorder:
    """The recorder that fits the database."""
    from services.history.sqlite_database import SQLiteDatabase

    if isinstance(database, SQLiteDatabase):
        from services.history.sqlite_recorder import SQLiteHistoryRecorder

        return SQLiteHistoryRecorder(database)
    from services.history.postgres_database import PostgresDatabase
    from services.history.postgres_recorder import PostgresHistoryRecorder

    assert isinstance(database, PostgresDatabase)
    return PostgresHistoryRecorder(database)
