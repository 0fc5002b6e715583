"""What the reports of PostgreSQL are made with: functions that they call, and the table of who sees which services in them."""

from __future__ import annotations

from typing import Final

ALONE: Final = "SET search_path = pg_catalog, pg_temp SET standard_conforming_strings = on"
"""The settings of every function: what is not named with its schema is the server's own, whoever else may create
operators, functions or types elsewhere, and texts in it mean what they say, whatever its caller has set."""

EVERY: Final = "*"
"""Stands in `report_readers` for every service, those that come later too."""
READERS: Final = """
CREATE TABLE IF NOT EXISTS public.report_readers (
    role oid NOT NULL, name text NOT NULL, service text NOT NULL, PRIMARY KEY (role, service)
)
"""
"""A role is listed by its number and its name: one that was dropped, renamed, or is another one in the cluster that a backup came
to, is not listed, and sees nothing until it is granted the reports again."""
READER: Final = (
    "CASE current_setting('role') WHEN 'none' THEN session_user ELSE CAST(current_setting('role') AS name) END"
)
"""SQL: who reads. Within a function that runs with the rights of its owner `current_user` is that owner; `role` is who its caller
is by SET ROLE, which takes membership."""

HELPERS: Final = (
    f"""
    CREATE OR REPLACE FUNCTION public.report_header(state bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE {ALONE} AS $report$
    BEGIN
        IF get_byte(state, 0) IN (1, 2) THEN
            state := substring(state FROM 2 FOR position('\\x0a'::bytea IN state) - 2);
        END IF;
        RETURN CAST(convert_from(state, 'UTF8') AS jsonb);
    EXCEPTION WHEN data_exception THEN
        RETURN NULL;
    END $report$
    """,
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
        said := public.report_header(state);
        RETURN TIMESTAMPTZ 'epoch'
            + CAST(COALESCE(said ->> 'received', said ->> 'at') AS bigint) * INTERVAL '1 microsecond';
    EXCEPTION WHEN data_exception THEN
        RETURN NULL;
    END $report$
    """,
    f"""
    CREATE OR REPLACE FUNCTION public.report_senders(state bytea) RETURNS text[] LANGUAGE sql IMMUTABLE {ALONE} AS $report$
        SELECT CASE WHEN name LIKE '%+%' THEN CAST(ARRAY[] AS text[]) ELSE ARRAY[name] END
        FROM (SELECT SPLIT_PART(public.report_header(state) ->> 'by', '/', 1) AS name) AS sent
    $report$
    """,
    f"""
    CREATE OR REPLACE FUNCTION public.report_services(reader name) RETURNS text[] LANGUAGE sql STABLE {ALONE} AS $report$
        WITH listed AS (
            SELECT one.service FROM public.report_readers AS one
                JOIN pg_roles AS role ON role.oid = one.role AND role.rolname = one.name
            WHERE pg_has_role(reader, role.oid, 'USAGE')
        )
        SELECT CASE WHEN pg_has_role(reader, relowner, 'USAGE') OR EXISTS (SELECT 1 FROM listed WHERE service = '{EVERY}') THEN NULL
            ELSE ARRAY(SELECT DISTINCT service FROM listed ORDER BY service) END
        FROM pg_class WHERE oid = CAST('public.stored_events' AS regclass)
    $report$
    """,
)
"""A header that is none; a NUL that somebody wrote, which PostgreSQL knows in no text; a zone that only our own time zone data knows;
the moment that an entry names itself; the service for which an entry was sent (none where several are named, decision 55); the
services whose rows a role sees: null for all of them, none for who is not listed. What several roles see,
who is a member of them sees together, as with all rights."""
HELPER_NAMES: Final = (
    "report_header(bytea)",
    "report_json(text)",
    "report_zone(text)",
    "report_received(bytea)",
    "report_senders(bytea)",
    "report_services(name)",
)
