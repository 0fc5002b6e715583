"""A database for what is worked out aside and thrown away: before each statement it asks whether the answer is still waited for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from services.history.databases import Row
from services.history.sqlite_database import SQLiteDatabase, SQLiteTransaction
from services.patience import go_on


class _Asking(SQLiteTransaction):
    def execute(self, sql: str, params: Sequence[Any] = (), /) -> None:
        go_on()
        super().execute(sql, params)

    def insert(
        self, table: str, columns: Sequence[str], rows: Collection[Sequence[Any]], on_conflict: str = ""
    ) -> None:
        go_on()
        super().insert(table, columns, rows, on_conflict)

    def query(self, sql: str, params: Sequence[Any] = (), /) -> list[Row]:
        go_on()
        return super().query(sql, params)


class AsideDatabase(SQLiteDatabase):
    kind = _Asking

    def image(self) -> bytes:
        """The bytes of a file that holds what it holds now."""
        with self._reading() as reads:
            return reads.connection.serialize()
