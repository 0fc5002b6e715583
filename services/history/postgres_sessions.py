"""The settings of every connection to PostgreSQL, whatever the server, its database, the role or the address says; and
what cannot be set, which is said in one sentence before anything is created (decision 29)."""

from __future__ import annotations

from typing import Final

import psycopg

from domain.saying import said
from services.errors import EntenteError, Invalid, Unavailable
from services.history.databases import BUSY_SECONDS, Row

READING_SECONDS: Final = 5
"""Seconds that a read waits for what another connection has locked; a write waits for BUSY_SECONDS."""
QUESTION_SECONDS: Final = 300
"""Seconds that each query may take of several that must agree."""
IDLE_SECONDS: Final = 60
"""A transaction left idle for longer is ended by the server, with the locks it holds."""

RELIED_ON: Final = {
    "standard_conforming_strings": "on",
    "bytea_output": "hex",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
    "row_security": "off",  # what a policy would hide is refused, and not passed over
    "lock_timeout": f"{READING_SECONDS}s",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
    "tcp_keepalives_idle": "15",  # of a client that is gone without a word the server gives back the locks
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
SINCE: Final = {"idle_session_timeout": (14, "0"), "transaction_timeout": (17, "0")}
"""Settings that older servers do not know, with the release that brought them."""
_SET: Final = """
SELECT pg_catalog.set_config(one.name, one.setting, false)
FROM unnest(%s::pg_catalog.text[], %s::pg_catalog.text[]) AS one (name, setting)
"""
_LOOK: Final = """
SELECT pg_catalog.current_setting('server_encoding'), pg_catalog.pg_is_in_recovery(),
    pg_catalog.to_regnamespace('public') IS NOT NULL,
    COALESCE(pg_catalog.has_schema_privilege(pg_catalog.to_regnamespace('public')::pg_catalog.oid, 'USAGE'), FALSE)
"""


def settle(connection: psycopg.Connection[Row], schema: str = "public") -> None:
    """Sets what the program relies on, in one question; `schema` is where tables are looked for, and nowhere else."""
    release = connection.info.server_version // 10_000
    newer = {name: value for name, (since, value) in SINCE.items() if release >= since}
    settings = {**RELIED_ON, **newer, "search_path": schema}
    connection.execute(_SET, [list(settings), list(settings.values())])


def require_usable(connection: psycopg.Connection[Row], place: str) -> None:
    """Raises Invalid, Unavailable for a database that the program cannot keep a store in as it is."""
    row = connection.execute(_LOOK).fetchone()
    assert row is not None
    encoding, is_standby, has_public, may_use = row
    if (problem := _problem(encoding, is_standby, has_public, may_use, place)) is not None:
        raise problem


def _problem(encoding: str, is_standby: bool, has_public: bool, may_use: bool, place: str) -> EntenteError | None:
    if encoding != "UTF8":
        return _invalid(
            said("the database keeps its texts as {encoding}", encoding=encoding),
            place,
            said("create it with ENCODING 'UTF8'"),
        )
    if is_standby:
        return standby(place)
    if not has_public:
        return _invalid(said("the database has no schema public"), place, said("CREATE SCHEMA public"))
    if not may_use:
        mend = said("GRANT USAGE ON SCHEMA public TO this role; docs/operations.md says which rights")
        return Invalid(said("this role may not use the schema public"), place=place, mend=mend, slug="store-rights")
    return None


def _invalid(message: str, place: str, mend: str) -> Invalid:
    return Invalid(message, place=place, mend=mend, slug="store-invalid")


def standby(place: str) -> Unavailable:
    mend = said("name the primary; with several hosts in the address, target_session_attrs=read-write finds it")
    return Unavailable(said("the server is a standby, which takes no writes"), place=place, mend=mend)


PATIENT: Final = f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'"
"""Set for a transaction that writes."""
FROZEN: Final = (
    f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = '{QUESTION_SECONDS}s'"
)
"""Set for a transaction that reads what must agree."""
