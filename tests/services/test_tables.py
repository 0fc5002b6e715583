"""Each table is declared once, and what is said of it holds in a store."""

from __future__ import annotations

from services.judging.views import create_views
from services.seeing.past import scratch
from services.tables.every import BY_NAME, REBUILT, SHADOWED, TABLES


def test_the_columns_that_are_named_are_those_that_are_there() -> None:
    with scratch() as database:
        create_views(database)
        with database.connect() as reads:
            for table in TABLES:
                found = [row[1] for row in reads.query(f"PRAGMA table_info({table.name})")]
                assert found == list(table.columns), table.name


def test_what_goes_by_commitment_names_it() -> None:
    for name in (*REBUILT, *SHADOWED):
        assert "commitment" in BY_NAME[name].columns
    for table in TABLES:
        if table.tried in ("contract", "commitment"):
            assert table.tried in table.columns, table.name


def test_what_says_what_is_in_force_says_when_it_changed() -> None:
    assert all("changed" in table.columns for table in TABLES if table.stamps is not None)
