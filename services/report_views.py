"""The reports as views of PostgreSQL, and the role that reads them.

A view that names a table keeps it from being dropped, and read models are dropped and made again at any time. So each view reads
a function, whose text names the tables: the server looks them up when it runs. The functions run with the rights of who created
them, so that a reader needs none on the tables; what a reader may read is what the views are granted to them, and within these
the rows of the services that stand for them in `report_readers` (services/report_helpers.py). Whatever runs so names each table and
function with its schema, and looks for nothing where others may create.
"""

from __future__ import annotations

import hashlib
from typing import Final

from psycopg import sql

from domain.saying import said
from services.errors import Invalid
from services.history.databases import Database, first_value
from services.history.postgres_database import PostgresDatabase, PostgresTransaction
from services.parts import PARTS
from services.report_helpers import ALONE, EVERY, HELPER_NAMES, HELPERS, READER, READERS
from services.reports import ABOUT, Report

REPORTS: Final = (ABOUT, *(report for part in PARTS for report in part.reports))
READS: Final = "report_reads_"
"""The beginning of the names of the functions under the views; who may read the view may call its function."""

RUNS: Final = (
    f"LANGUAGE sql STABLE SECURITY DEFINER {ALONE} SET jit = off SET work_mem = '32MB' SET client_min_messages = error"
)
"""Compiling these queries takes longer than to run them: the server believes that a contract has a hundred deliverables. Whoever calls
them is told nothing of how they were planned, which depends on the rows of everybody (`debug_print_plan`)."""

GRANTEES = """
SELECT DISTINCT CAST(grantee AS regrole)::text FROM pg_class, aclexplode(relacl)
WHERE oid IN (SELECT to_regclass(one) FROM unnest(%s::text[]) AS one)
AND privilege_type = 'SELECT' AND grantee <> 0 AND grantee <> relowner
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


def create_reports(database: Database) -> bool:
    """Makes the reports what this program says; False where they are already, or where the store is none of PostgreSQL.
    Whoever could read them before still can. Needs the tables of the read models, and the right to create."""
    if not isinstance(database, PostgresDatabase) or condition_of_reports(database) == "ok":
        return False
    with database.creating() as writes:
        assert isinstance(writes, PostgresTransaction)
        run = writes.connection.execute
        _require_own(writes, database.place)
        _list_readers(writes)
        for helper in HELPERS:
            run(helper.encode())
        for name in HELPER_NAMES:
            run(f"REVOKE ALL ON FUNCTION public.{name} FROM PUBLIC".encode())
        views = [report for report in REPORTS if report.of is None]
        for report in REPORTS:
            _create(writes, report)
        for (role,) in run(GRANTEES, [view_names()]).fetchall():
            allow(writes, sql.SQL(role))
        for (function,) in run(STALE, [[_function(view) for view in views]]).fetchall():
            run(sql.SQL("DROP FUNCTION {}").format(sql.SQL(function)))
        run(sql.SQL("COMMENT ON VIEW public.report_about IS {}").format(sql.Literal(f"{ABOUT.says} ({_definition()})")))
    return True


def view_names() -> list[str]:
    return [f"public.{report.name}" for report in REPORTS if report.of is None]


def _list_readers(writes: PostgresTransaction) -> None:
    """Makes the table of who sees which services; whoever reads the reports of before it was there goes on to see all."""
    run = writes.connection.execute
    if run("SELECT to_regclass('public.report_readers')").fetchall() != [(None,)]:
        return
    run(READERS.encode())
    readers = f"SELECT oid, rolname, '{EVERY}' FROM pg_roles WHERE quote_ident(rolname) IN ({GRANTEES})"
    run(f"INSERT INTO public.report_readers {readers}".encode(), [view_names()])


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
        f"AS $report$ {_narrowed(report)} $report$".encode()
    )
    run(f"REVOKE ALL ON FUNCTION public.{function}({parameter}) FROM PUBLIC".encode())
    says = sql.Literal(report.says)
    if report.of is not None:
        run(sql.SQL(f"COMMENT ON FUNCTION public.{function}({parameter}) IS {{}}").format(says))
        return
    names = ", ".join(f'"{column.name}"' for column in report.columns)
    run(
        f"CREATE OR REPLACE VIEW public.{report.name} WITH (security_barrier) AS "
        f"SELECT {names} FROM public.{function}()".encode()
    )
    run(sql.SQL(f"COMMENT ON VIEW public.{report.name} IS {{}}").format(says))
    for column in report.columns:
        run(sql.SQL(f'COMMENT ON COLUMN public.{report.name}."{column.name}" IS {{}}').format(sql.Literal(column.says)))


def _narrowed(report: Report) -> str:
    """SQL: the rows of a report that concern the services of who reads it; all, where they see all. What is not theirs never leaves
    the function, whatever a query on the view does with its rows."""
    columns = ", ".join(f'"{column.name}"' for column in report.columns)
    scope = f"WITH scope AS MATERIALIZED (SELECT public.report_services({READER}) AS services)"
    rows = f"{scope} SELECT rows.* FROM ({report.query}) AS rows ({columns})"
    if report.of is None:
        return f"{rows} CROSS JOIN scope WHERE scope.services IS NULL OR {report.seen}"
    return f"{rows} WHERE (SELECT scope.services IS NULL OR {report.seen} FROM scope)"


def allow(writes: PostgresTransaction, role: sql.Composable) -> None:
    """Grants the reports to a role, and nothing else."""
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
    return hashlib.sha256(
        repr((HELPERS, RUNS, READERS, [_narrowed(report) for report in REPORTS], REPORTS)).encode()
    ).hexdigest()[:16]


def condition_of_reports(database: Database) -> str:
    """`none`: there are none, as in a file; `other`: they are those of another version of the program; `ok`."""
    if not isinstance(database, PostgresDatabase):
        return "none"
    with database.connect() as reads:
        about = first_value(reads.query("SELECT obj_description(to_regclass('public.report_about'), 'pg_class')"))
    if about is None:
        return "none"
    return "ok" if str(about).endswith(f"({_definition()})") else "other"
