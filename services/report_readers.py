"""The roles of PostgreSQL that read the reports: of every service, or of some and of nobody else (trust §4)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from psycopg import errors, sql

from domain.saying import said
from services.errors import Invalid
from services.history.databases import Database
from services.history.postgres_database import PgConnection, PostgresDatabase, PostgresTransaction
from services.report_helpers import EVERY
from services.report_views import REPORTS, allow, view_names

ROLE_SETTINGS: Final = ("default_transaction_read_only = on", "statement_timeout = '60s'")
"""The settings of a role that is created: whoever reads for long holds up who replaces read models."""

OTHERS = """
SELECT relname FROM pg_class WHERE relnamespace = CAST('public' AS regnamespace) AND relkind IN ('r', 'v', 'm', 'p', 'f')
AND NOT relname = ANY (%s) AND has_table_privilege(%s, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') ORDER BY relname
"""
GONE: Final = """
DELETE FROM public.report_readers AS one
WHERE NOT EXISTS (SELECT 1 FROM pg_roles AS role WHERE role.oid = one.role AND role.rolname = one.name)
"""
LISTED: Final = """
INSERT INTO public.report_readers (role, name, service) SELECT oid, rolname, unnest(%s::text[]) FROM pg_roles WHERE rolname = %s
"""
READING: Final = """
SELECT role.rolname, ARRAY(
    SELECT one.service FROM public.report_readers AS one WHERE one.role = role.oid AND one.name = role.rolname ORDER BY 1
)
FROM pg_roles AS role WHERE role.oid IN (
    SELECT grantee FROM pg_class, aclexplode(relacl)
    WHERE pg_class.oid IN (SELECT to_regclass(one) FROM unnest(%s::text[]) AS one) AND privilege_type = 'SELECT' AND grantee <> relowner
) ORDER BY 1
"""
SAYS_WHO: Final = """
SELECT COALESCE(has_table_privilege(to_regclass('public.report_readers'), 'SELECT'), FALSE)
"""


class Reading(NamedTuple):
    """A role that may read the reports, and the services whose rows it sees there; None: all of them."""

    role: str
    services: tuple[str, ...] | None


def grant_reports(database: Database, role: str, services: Collection[str] = ()) -> list[str]:
    """Lets that role read the reports: of these services and of no other, or of all where none is named, whatever it could
    read before. It is created, without a password, where there is none of that name. Lists what else it may see or do in the
    store's schema. Raises Invalid where there are no roles, or none can be created."""
    if not isinstance(database, PostgresDatabase):
        raise Invalid(
            said("a store in a file has no roles"),
            place=database.place,
            mend=said("the pages, or /v1, for outside readers"),
        )
    name = sql.Identifier(role)
    with database.transaction() as writes:
        assert isinstance(writes, PostgresTransaction)
        connection = writes.connection
        _make(connection, role, database.place)
        if connection.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role]).fetchone() == (True,):
            raise Invalid(
                said("{role} may create in the schema public, and so change what others read there", role=role),
                place=database.place,
                mend=said(
                    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}; or another role, that owns nothing", role=role
                ),
                slug="store-open",
            )
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))
        allow(writes, name)
        connection.execute(GONE)
        connection.execute("DELETE FROM public.report_readers WHERE name = %s", [role])
        connection.execute(LISTED, [sorted(set(services)) or [EVERY], role])
        ours = [report.name for report in REPORTS]
        return [found for (found,) in connection.execute(OTHERS, [ours, role]).fetchall()]


def _make(connection: PgConnection, role: str, place: str) -> None:
    """Creates the role where there is none of that name."""
    name = sql.Identifier(role)
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchall():
        return
    try:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        for setting in ROLE_SETTINGS:
            connection.execute(sql.SQL(f"ALTER ROLE {{}} SET {setting}").format(name))
    except errors.InsufficientPrivilege as error:
        mend = said("CREATE ROLE {role} LOGIN, as somebody who may, first", role=role)
        raise Invalid(
            said("there is no role {role}, and this one may create none", role=role),
            place=place,
            mend=mend,
        ) from error


def who_reads(database: Database) -> list[Reading]:
    """Lists the roles that may read the reports, by name. Nobody, where this role may not know, or there are no reports."""
    if not isinstance(database, PostgresDatabase):
        return []
    with database.connection() as connection:
        if connection.execute(SAYS_WHO).fetchone() != (True,):
            return []
        found = connection.execute(READING, [view_names()]).fetchall()
    return [Reading(role, None if EVERY in services else tuple(services)) for role, services in found]
