"""The reports as views of PostgreSQL, and the role that reads them.

A view that names a table keeps it from being dropped, and read models are dropped and made again at any time. So each view reads
a function, whose text names the tables: the server looks them up when it runs. The functions run with the rights of who created
them, so that a reader needs none on the tables; what a reader may read is what the views are granted to them. Whatever runs so names
each table and function with its schema, and looks for nothing where others may create.
"""

from __future__ import annotations

import hashlib
from typing import Final

from psycopg import errors, sql

from domain.saying import said
from services.errors import Invalid
from services.history.databases import Database, first_value
from services.history.postgres_database import PostgresDatabase, PostgresTransaction
from services.parts import PARTS
from services.reports import ABOUT, Report

REPORTS: Final = (ABOUT, *(report for part in PARTS for report in part.reports))
READS: Final = "report_reads_"
"""The beginning of the names of the functions under the views; who may read the view may call its function."""

ALONE: Final = "SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on"
"""The settings of every function: what is not named with its schema is the server's own, whoever else may create
operators, functions or types elsewhere, and texts in it mean what they say, whatever its caller has set."""
RUNS: Final = f"LANGUAGE sql STABLE SECURITY DEFINER {ALONE} SET jit = off SET work_mem = '32MB'"
"""Compiling these queries takes longer than to run them: the server believes that a contract has a hundred deliverables."""

HELPERS: Final = (
    f"""
    CREATE OR REPLACE FUNCTION public.report_json(said text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE {ALONE} AS $report$
    BEGIN
        RETURN CAST(said AS jsonb);
    EXCEPTION WHEN untranslatable_character THEN
        RETURN CAST(regexp_replace(said, '(?<!\\\\)((\\\\\\\\)*)\\\\u0000', '\\1', 'g') AS jsonb);
    END $report$
    """,
    f"""
    CREATE OR REPLACE FUNCTION public.report_zone(name text) RETURNS text LANGUAGE plpgsql STABLE {ALONE} AS $report$
    BEGIN
        PERFORM now() AT TIME ZONE name;
        RETURN name;
    EXCEPTION WHEN invalid_parameter_value THEN
        RETURN 'UTC';
    END $report$
    """,
    f"""
    CREATE OR REPLACE FUNCTION public.report_received(state bytea) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE {ALONE}
    AS $report$
    DECLARE
        said jsonb;
    BEGIN
        IF get_byte(state, 0) = 1 THEN
            state := substring(state FROM 2 FOR position('\\x0a'::bytea IN state) - 2);
        END IF;
        said := CAST(convert_from(state, 'UTF8') AS jsonb);
        RETURN TIMESTAMPTZ 'epoch'
            + CAST(COALESCE(said ->> 'received', said ->> 'at') AS bigint) * INTERVAL '1 microsecond';
    EXCEPTION WHEN data_exception THEN
        RETURN NULL;
    END $report$
    """,
)
"""A NUL that somebody wrote, which PostgreSQL knows in no text; a zone that only our own time zone data knows; the moment that an entry
names itself."""
HELPER_NAMES: Final = ("report_json(text)", "report_zone(text)", "report_received(bytea)")

ROLE_SETTINGS: Final = ("default_transaction_read_only = on", "statement_timeout = '60s'")
"""The settings of a role that is created: whoever reads for long holds up who replaces read models."""

GRANTEES = """
SELECT DISTINCT CAST(grantee AS regrole)::text FROM pg_class, aclexplode(relacl)
WHERE oid = ANY (%s::regclass[]) AND privilege_type = 'SELECT' AND grantee <> 0 AND grantee <> relowner
"""
STALE = r"""
SELECT CAST(oid AS regprocedure)::text FROM pg_proc
WHERE pronamespace = CAST('public' AS regnamespace) AND proname LIKE 'report\_reads\_%%' AND NOT proname = ANY (%s)
AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE refobjid = pg_proc.oid AND deptype = 'n')
"""
STRANGE = r"""
SELECT name, CAST(owner AS regrole)::text FROM (
    SELECT CAST(oid AS regprocedure)::text, proowner, proname FROM pg_proc WHERE pronamespace = CAST('public' AS regnamespace)
    UNION ALL
    SELECT CAST(oid AS regclass)::text, relowner, relname FROM pg_class WHERE relnamespace = CAST('public' AS regnamespace)
) AS found (name, owner, plain)
WHERE plain LIKE 'report\_%' AND owner <> CAST(current_user AS regrole)
AND owner <> (SELECT relowner FROM pg_class WHERE oid = CAST('public.stored_events' AS regclass)) ORDER BY name
"""
MAY_CREATE = """
SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE CAST(grantee AS regrole)::text END
FROM pg_namespace CROSS JOIN aclexplode(COALESCE(nspacl, acldefault('n', nspowner)))
WHERE nspname = 'public' AND privilege_type = 'CREATE' AND grantee NOT IN (nspowner, CAST(current_user AS regrole))
AND NOT COALESCE((SELECT rolsuper FROM pg_roles WHERE pg_roles.oid = grantee), FALSE) ORDER BY 1
"""
OWNERS = r"""
SELECT name, CAST(owner AS regrole)::text, CAST(ours AS regrole)::text FROM (
    SELECT CAST(oid AS regprocedure)::text, proowner, proname FROM pg_proc WHERE pronamespace = CAST('public' AS regnamespace)
    UNION ALL
    SELECT CAST(oid AS regclass)::text, relowner, relname FROM pg_class
    WHERE relnamespace = CAST('public' AS regnamespace) AND relkind IN ('r', 'v', 'p')
) AS found (name, owner, plain), (SELECT relowner FROM pg_class WHERE oid = CAST('public.stored_events' AS regclass)) AS store (ours)
WHERE (plain LIKE ANY (ARRAY['report\_%', 'es\_%', 'view\_%', 'entente\_%']))
AND owner NOT IN (ours, CAST(current_user AS regrole))
AND NOT COALESCE((SELECT rolsuper FROM pg_roles WHERE pg_roles.oid = owner), FALSE) ORDER BY name
"""
OTHERS = """
SELECT relname FROM pg_class WHERE relnamespace = CAST('public' AS regnamespace) AND relkind IN ('r', 'v', 'm', 'p', 'f')
AND NOT relname = ANY (%s) AND has_table_privilege(%s, oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE') ORDER BY relname
"""


def create_reports(database: Database) -> bool:
    """Makes the reports what this program says; False where they are already, or where the store is none of PostgreSQL.
    Whoever could read them before still can. Needs the tables of the read models, and the right to create."""
    if not isinstance(database, PostgresDatabase) or condition_of_reports(database) == "ok":
        return False
    with database.creating() as writes:
        assert isinstance(writes, PostgresTransaction)
        run = writes.connection.execute
        _require_own(writes, database.place)
        for helper in HELPERS:
            run(helper.encode())
        for name in HELPER_NAMES:
            run(f"REVOKE ALL ON FUNCTION public.{name} FROM PUBLIC".encode())
        views = [report for report in REPORTS if report.of is None]
        for report in REPORTS:
            _create(writes, report)
        names = [f"public.{view.name}" for view in views]
        for (role,) in run(GRANTEES, [names]).fetchall():
            _grant(writes, sql.SQL(role))
        for (function,) in run(STALE, [[_function(view) for view in views]]).fetchall():
            run(sql.SQL("DROP FUNCTION {}").format(sql.SQL(function)))
        run(sql.SQL("COMMENT ON VIEW public.report_about IS {}").format(sql.Literal(f"{ABOUT.says} ({_definition()})")))
    return True


def grant_reports(database: Database, role: str) -> list[str]:
    """Lets that role read the reports; it is created, without a password, where there is none of that name. What else it may
    see or do in the store's schema. Raises Invalid where there are no roles, or none can be created."""
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
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchall():
            try:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
                for setting in ROLE_SETTINGS:
                    connection.execute(sql.SQL(f"ALTER ROLE {{}} SET {setting}").format(name))
            except errors.InsufficientPrivilege as error:
                mend = said("CREATE ROLE {role} LOGIN, as somebody who may, first", role=role)
                raise Invalid(
                    said("there is no role {role}, and this one may create none", role=role),
                    place=database.place,
                    mend=mend,
                ) from error
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
        _grant(writes, name)
        ours = [report.name for report in REPORTS]
        return [found for (found,) in connection.execute(OTHERS, [ours, role]).fetchall()]


def _require_own(writes: PostgresTransaction, place: str) -> None:
    """Raises Invalid where somebody else owns what is to become a report or a part of one: he could change it afterwards."""
    if found := writes.connection.execute(STRANGE).fetchall():
        (name, owner) = found[0]
        raise Invalid(
            said("{name} belongs to {owner}, and not to this role", name=name, owner=owner),
            place=place,
            mend=said("drop it, or migrate as its owner if that is the store's"),
            slug="store-open",
        )


def who_may_create(database: Database) -> list[str]:
    """Roles besides the owner of the schema `public`, this one and superusers that may create in it: `PUBLIC` for everybody."""
    if not isinstance(database, PostgresDatabase):
        return []
    with database.connection() as connection:
        return [name for (name,) in connection.execute(MAY_CREATE).fetchall()]


def owned_by_others(database: Database) -> list[tuple[str, str, str]]:
    """Lists what the program reads or runs with its own rights and neither the owner of the store, this role nor a
    superuser owns: its name, its owner, and whose the store is. Its owner can change it at any time."""
    if not isinstance(database, PostgresDatabase):
        return []
    with database.connection() as connection:
        return [(name, owner, ours) for name, owner, ours in connection.execute(OWNERS).fetchall()]


def _create(writes: PostgresTransaction, report: Report) -> None:
    run = writes.connection.execute
    columns = ", ".join(f'"{column.name}" {column.type}' for column in report.columns)
    function, parameter = _function(report), "text" if report.of else ""
    run(
        f"CREATE OR REPLACE FUNCTION public.{function}({parameter}) RETURNS TABLE ({columns}) {RUNS} "
        f"AS $report$ {report.query} $report$".encode()
    )
    run(f"REVOKE ALL ON FUNCTION public.{function}({parameter}) FROM PUBLIC".encode())
    says = sql.Literal(report.says)
    if report.of is not None:
        run(sql.SQL(f"COMMENT ON FUNCTION public.{function}({parameter}) IS {{}}").format(says))
        return
    names = ", ".join(f'"{column.name}"' for column in report.columns)
    run(f"CREATE OR REPLACE VIEW public.{report.name} AS SELECT {names} FROM public.{function}()".encode())
    run(sql.SQL(f"COMMENT ON VIEW public.{report.name} IS {{}}").format(says))
    for column in report.columns:
        run(sql.SQL(f'COMMENT ON COLUMN public.{report.name}."{column.name}" IS {{}}').format(sql.Literal(column.says)))


def _grant(writes: PostgresTransaction, role: sql.Composable) -> None:
    views = ", ".join(f"public.{report.name}" for report in REPORTS if report.of is None)
    functions = ", ".join(f"public.{_function(report)}{'(text)' if report.of else '()'}" for report in REPORTS)
    writes.connection.execute(sql.SQL(f"GRANT SELECT ON {views} TO {{}}").format(role))
    writes.connection.execute(sql.SQL(f"GRANT EXECUTE ON FUNCTION {functions} TO {{}}").format(role))


def _function(report: Report) -> str:
    """Its columns are in the name: a function cannot be given others, and the view moves on to the next one."""
    if report.of is not None:
        return report.name
    columns = repr([(column.name, column.type) for column in report.columns])
    return f"{READS}{report.name.removeprefix('report_')}_{hashlib.sha256(columns.encode()).hexdigest()[:8]}"


def _definition() -> str:
    return hashlib.sha256(repr((HELPERS, RUNS, REPORTS)).encode()).hexdigest()[:16]


def condition_of_reports(database: Database) -> str:
    """`none`: there are none, as in a file; `other`: they are those of another version of the program; `ok`."""
    if not isinstance(database, PostgresDatabase):
        return "none"
    with database.connect() as reads:
        about = first_value(reads.query("SELECT obj_description(to_regclass('public.report_about'), 'pg_class')"))
    if about is None:
        return "none"
    return "ok" if str(about).endswith(f"({_definition()})") else "other"
