"""Counts how often a record from outside was begun and not ended; the count outlives a record that ends the process."""

from __future__ import annotations

from typing import Final

from services.history.databases import Database

ATTEMPTS: Final = (
    "CREATE TABLE IF NOT EXISTS entente_attempt (name {text} PRIMARY KEY, record {bigint} NOT NULL, "
    "attempts {bigint} NOT NULL){clustered}"
)
"""One row per partition: the last record of it that was noted before it was begun."""


class Attempts:
    """The counts of all partitions, by the name under which their offsets are stored."""

    def __init__(self, database: Database):
        self._database = database

    def of(self, name: str, record: int) -> int:
        """Tells how often that record, or one behind it, was begun: anything before it has been stored since."""
        with self._database.connect() as reads:
            found = reads.query("SELECT record, attempts FROM entente_attempt WHERE name = ?", [name])
        return next((attempts for begun, attempts in found if begun >= record), 0)

    def note(self, name: str, record: int, attempts: int) -> None:
        sql = (
            "INSERT INTO entente_attempt (name, record, attempts) VALUES (?, ?, ?) ON CONFLICT (name) "
            "DO UPDATE SET record = excluded.record, attempts = excluded.attempts"
        )
        with self._database.transaction() as writes:
            writes.execute(sql, [name, record, attempts])
