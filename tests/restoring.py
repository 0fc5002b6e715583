"""A backup of a store, restored in one transaction over what is there, under whoever uses it."""

from __future__ import annotations

from dataclasses import dataclass

from services.history.databases import Database, Row, Transaction
from services.history.history import History

COLUMNS = {
    True: "SELECT table_name, string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns c "
    "JOIN information_schema.tables t USING (table_schema, table_name) WHERE table_schema = 'public' "
    "AND t.table_type = 'BASE TABLE' GROUP BY table_name",
    False: "SELECT m.name, GROUP_CONCAT(c.name) FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' "
    "GROUP BY m.name",
}


@dataclass(frozen=True)
class Backup:
    """Of all tables, by name: their columns and rows."""

    tables: dict[str, tuple[list[str], list[Row]]]

    @classmethod
    def of(cls, history: History) -> Backup:
        database = history.database
        with database.snapshot() as reads:
            names = {name: columns.split(",") for name, columns in reads.query(COLUMNS[database.has_schemas])}
            if not database.has_schemas:
                names["stored_events"].insert(0, "rowid")
            read = {name: (of, reads.query(f"SELECT {', '.join(of)} FROM {name}")) for name, of in names.items()}
        return cls(read)

    def restore(self, database: Database) -> None:
        with database.transaction() as writes:
            for name, (columns, rows) in self.tables.items():
                writes.execute(f"DELETE FROM {name}")
                for row in rows:
                    places = ", ".join("?" * len(columns))
                    writes.execute(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places})", row)
            if database.has_schemas:
                _give_positions_again(writes)


def _give_positions_again(writes: Transaction) -> None:
    last = "SELECT setval('stored_events_notification_id_seq', (SELECT MAX(notification_id) FROM stored_events))"
    writes.query(last)
