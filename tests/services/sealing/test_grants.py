"""On PostgreSQL the keys have a schema of their own, which a role that creates nothing may use."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from services.history.history import grant_rights
from services.history.opening import open_database
from services.sealing.data_keys import DataKeys
from services.sealing.key_tables import SCHEMA, beside, has_keys, open_keys
from tests.services.sealing.sealed import NOW, keks_in, lab, sealing, ticket


def test_a_role_that_may_create_nothing_seals_and_erases(postgres_url: str, tmp_path: Path) -> None:
    role = f"sealer_{urlsplit(postgres_url).path[1:]}"
    with sealing(tmp_path, postgres_url) as sealed:
        sealed.describe(lab())
        sealed.send(ticket("t1"))
        database = sealed.store.history.database
        assert has_keys(database)
        with psycopg.connect(postgres_url, autocommit=True) as server:
            server.execute(f"CREATE ROLE {role} LOGIN".encode())
        grant_rights(database, role, ["public", SCHEMA])
    parts = urlsplit(postgres_url)
    theirs = urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))
    try:
        database = open_keys("", theirs)
        try:
            keys = DataKeys(database, keks_in(tmp_path))
            assert len(keys.destroy([one.id for one in keys.of_subject("u1")], NOW)) == 1
        finally:
            database.close()
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as server:
            server.execute(f"DROP OWNED BY {role}".encode())
            server.execute(f"DROP ROLE {role}".encode())


def test_keys_lie_beside_the_store_unless_another_place_is_named(tmp_path: Path) -> None:
    assert beside("sqlite:////var/lib/entente.db") == "sqlite:////var/lib/entente-keys.db"
    assert beside("sqlite:///entente.db") == "sqlite:///entente-keys.db"
    assert beside("sqlite://:memory:") == "sqlite://:memory:"
    assert beside("postgresql://host/name") == "postgresql://host/name"
    elsewhere = tmp_path / "elsewhere.db"
    open_keys(f"sqlite:///{elsewhere}", "sqlite:///unused.db").close()
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    database = open_database(f"sqlite:///{tmp_path / 'store.db'}")
    assert not has_keys(database)
    database.close()
