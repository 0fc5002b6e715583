"""What outside readers of PostgreSQL may build on: the views report_*, and the role that sees nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from domain.times import Instant
from entente.doctor import examine
from entente.settings import Settings
from services import report_views
from services.access import ADMINISTRATOR
from services.arrivals.reading import count_quarantine
from services.breaches.effects import read_effect
from services.errors import Invalid
from services.figures.reading import read_figures
from services.history.databases import Database
from services.history.opening import open_database
from services.judging import views
from services.judging.views import create_views, drop_views
from services.report_helpers import HELPER_NAMES
from services.report_readers import grant_reports
from services.report_views import REPORTS, create_reports, owned_by_others, who_may_create
from services.reports import Column, Report
from services.reviews.reading import read_reviews
from services.tables.every import table_names
from tests.reported import ON_TIME, reported
from tests.services.judged import Life, living

READER = "entente_reads_reports"
DOCUMENT = Path(__file__).parents[2] / "docs" / "reporting.md"

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def life(postgres_server_url: str) -> Iterator[Life]:
    """One that nobody changes."""
    with psycopg.connect(postgres_server_url, autocommit=True) as server:
        server.execute(b"CREATE DATABASE reported TEMPLATE template0")
    with readable(postgres_server_url.rpartition("/")[0] + "/reported") as found:
        yield found


@pytest.fixture
def changed(postgres_url: str) -> Iterator[Life]:
    with readable(postgres_url) as found:
        yield found


@contextmanager
def readable(url: str) -> Iterator[Life]:
    with reported(url) as found:
        create_reports(found.store.history.database)
        assert grant_reports(found.store.history.database, READER) == []
        yield found


def read(life: Life, query: str, *params: object) -> Rows:
    """As the reader."""
    url = life.store.url.replace("entente@", f"{READER}@")
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as reader:
        return reader.execute(query.encode(), params).fetchall()


def instant(moment: Any) -> Instant | None:
    return round(moment.timestamp() * 1_000_000) if moment is not None else None


def test_every_report_has_rows(life: Life) -> None:
    assert [report.name for report in REPORTS if not read(life, f"SELECT * FROM {_read(report)}")] == []


def test_the_columns_are_those_that_are_declared(life: Life) -> None:
    for report in REPORTS:
        [row] = read(life, f"SELECT * FROM {_read(report)} LIMIT 1")
        assert list(row) == _names(report)
        if report.of is None:
            types = read(
                life,
                "SELECT CAST(atttypid AS regtype)::text AS type, col_description(attrelid, attnum) AS says "
                "FROM pg_attribute WHERE attrelid = CAST(%s AS regclass) AND attnum > 0 ORDER BY attnum",
                report.name,
            )
            assert [(one["type"].replace("timestamp with time zone", "timestamptz"), one["says"]) for one in types] == [
                (column.type, column.says) for column in report.columns
            ]


def test_closed_periods_are_the_figures_that_are_shown(life: Life) -> None:
    rows = {
        (row["commitment"], row["target_index"], row["period"]): row
        for row in read(life, "SELECT * FROM report_periods")
    }
    figures = [one for one in life.store.read(ADMINISTRATOR, read_figures) if not one.period.startswith("rolling")]
    assert {one.state for one in figures} == {"open", "final", "restated"}
    assert len(rows) == len(figures)
    for one in figures:
        row = rows[(one.commitment, one.target_index, one.period)]
        assert (instant(row["from_at"]), instant(row["until_at"])) == (one.start, one.until)
        assert (row["state"], row["target"]) == (one.state, one.target)
        assert {verdict: row[verdict] for verdict in one.counts} == one.counts
        if one.state == "open":
            assert (row["status"], row["value"], row["good"], row["exact"]) == (None,) * 4
            continue
        value = str(row["value"]) if row["value"] is not None else None
        assert (row["status"], value, row["judged"]) == (one.status, one.value, one.judged)
        assert ((row["good"], row["total"]), (row["raw_good"], row["raw_total"])) == (one.adjusted, one.raw)
        was = one.final or {"status": None, "value": None, "good": None}
        assert (row["was_status"], str(row["was_value"])) == (was["status"], str(was["value"]))


def test_what_restated_a_period_is_there_with_the_time_of_its_arrival(life: Life) -> None:
    [row] = [one for one in read(life, "SELECT * FROM report_restatements") if one["commitment"] == ON_TIME]
    [figure] = life.figures(period="2026-01")
    assert (row["period"], row["cause"], (row["position"],)) == ("2026-01", "entente.event", figure.causes)
    assert row["received_at"].isoformat() == "2026-03-12T09:00:00+00:00"
    assert (row["was_value"], row["value"]) == (
        read(life, "SELECT 0.5 AS it")[0]["it"],
        read(life, "SELECT 0.75 AS it")[0]["it"],
    )


def test_breaches_actions_and_reviews_are_those_that_are_shown(life: Life) -> None:
    breaches = {row["breach"]: row for row in read(life, "SELECT * FROM report_breaches")}
    for breach in life.breaches(None):
        row = breaches.pop(breach.id)
        assert (row["state"], row["cause"], row["key"], row["debtor"]) == (
            breach.state,
            breach.cause,
            breach.key,
            breach.debtor,
        )
        assert (instant(row["opened_at"]), row["action"]) == (breach.opened_at, breach.action)
        assert (row["acknowledged_by"], row["explanation"], row["root_cause"]) == (
            breach.acknowledged_by,
            breach.explanations[-1][2] if breach.explanations else None,
            breach.root_cause,
        )
    assert breaches == {}
    [named] = read(
        life, "SELECT causes.* FROM report_causes AS causes JOIN report_breaches ON causes.cause = root_cause"
    )
    assert (named["title"], named["title_fr"], named["party"]) == ("Van out of order", "Camion en panne", "supplier")
    actions = {row["action"]: row for row in read(life, "SELECT * FROM report_actions")}
    for action in life.actions(None):
        row = actions.pop(action.id)
        assert (row["state"], row["due"], row["is_overdue"]) == (action.state, action.due, action.is_overdue)
        assert (row["owner"], row["person"], row["progress"]) == (action.owner, action.person, len(action.progress))
    assert actions == {}
    steps = {(row["action"], row["step"]): row for row in read(life, "SELECT * FROM report_steps")}
    for action in life.actions(None):
        for number, step in enumerate(action.plan["steps"], 1):
            row, done = steps.pop((action.id, step["id"])), action.steps_done.get(step["id"])
            assert (row["number"], row["text"], row["weight"]) == (number, step["text"], step["weight"])
            assert (str(row["due"]) if row["due"] else None, row["done_by"]) == (step["due"], done and done["by"])
            assert instant(row["done_at"]) == (done["at"] if done is not None else None)
    assert steps == {}
    effects = read(life, "SELECT * FROM report_effects")
    assert [(row["action"], row["check_number"]) for row in effects] != []
    for row in effects:
        effect = life.store.read(ADMINISTRATOR, read_effect, row["action"])
        assert effect is not None
        assert (row["verdict"], row["kept"], row["why"]) == (effect.verdict, effect.now["kept"], effect.now["why"])
        assert (row["missed_after"], row["judged_before"]) == (
            effect.now["after"]["missed"],
            effect.now["before"]["judged"],
        )
        assert row["found_position"] == (effect.found["position"] if effect.found is not None else None)
    held = [one for one in life.store.read(ADMINISTRATOR, read_reviews) if one.state != "planned"]
    found = read(life, "SELECT * FROM report_reviews ORDER BY starts_at, review")
    assert [(row["review"], row["state"], row["pack_position"]) for row in found] == [
        (one.id, one.state, one.position) for one in held
    ]
    assert {row["minutes"] for row in found} == {None, "Read together."}


def test_days_add_up_to_the_occurrences_that_are_owed(life: Life) -> None:
    [all] = read(life, "SELECT SUM(occurrences) AS it FROM report_days('c') WHERE commitment = %s", ON_TIME)
    rows = read(life, "SELECT * FROM report_occurrences(%s)", ON_TIME)
    shown = life.occurrences()
    assert all["it"] == len(rows) == len(shown)
    for row in rows:
        one = shown[row["key"]]
        assert (row["verdict"], instant(row["due_at"]), instant(row["closed_at"])) == (one.verdict, one.due, one.closed)
    [late] = [row for row in rows if row["key"] == "2026-01-19"]
    assert (late["lateness"], late["limit_at"].isoformat()) == (3600, "2026-01-19T09:30:00+00:00")
    [day] = read(
        life,
        "SELECT * FROM report_days('c') WHERE commitment = %s AND verdict = 'late' AND day < '2026-02-01'",
        ON_TIME,
    )
    assert (day["day"].isoformat(), day["day_at"].isoformat()) == ("2026-01-19", "2026-01-18T23:00:00+00:00")


def test_what_waits_and_what_arrives_is_counted_as_elsewhere(life: Life) -> None:
    [waiting] = read(life, "SELECT COUNT(*) AS it FROM report_quarantine WHERE state = 'waiting'")
    assert waiting["it"] == life.store.read(ADMINISTRATOR, count_quarantine) == 2
    unmatched = read(life, "SELECT * FROM report_unmatched")
    assert [(row["commitments"], row["reason"]) for row in unmatched] == [
        (["c/d/answered", "e/d/on-time"], "no-opening")
    ]
    sources = read(life, "SELECT * FROM report_sources WHERE source = 'never'")
    assert [(row["service"], row["expected_every"], row["events"], row["type"]) for row in sources] == [
        ("lab", "1 week", 0, None)
    ]


def test_the_reader_reads_nothing_else_and_writes_nothing(life: Life) -> None:
    for forbidden in (*table_names(), "stored_events", "entente_store"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            read(life, f"SELECT * FROM {forbidden}")
    for forbidden in (
        "CREATE TABLE mine (a int)",
        "DELETE FROM report_about",
        "UPDATE report_contracts SET title = 'mine'",
    ):
        with pytest.raises(psycopg.Error):
            read(life, f"SET default_transaction_read_only = off; {forbidden}")


THEIRS = (
    "CREATE TABLE gained (who text)",
    "GRANT INSERT ON gained TO PUBLIC",
    "CREATE FUNCTION gain() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.gained VALUES (current_user); END $$",
    "CREATE FUNCTION times(bigint, interval) RETURNS interval LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.gain(); RETURN INTERVAL '1 day'; END $$",
    "CREATE OPERATOR * (LEFTARG = bigint, RIGHTARG = interval, FUNCTION = times)",
    "CREATE FUNCTION parts(numeric, integer) RETURNS numeric LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.gain(); RETURN 0; END $$",
    "CREATE OPERATOR / (LEFTARG = numeric, RIGHTARG = integer, FUNCTION = parts)",
    "CREATE FUNCTION together(text, text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM public.gain(); RETURN ''; END $$",
    "CREATE OPERATOR || (LEFTARG = text, RIGHTARG = text, FUNCTION = together)",
    "CREATE FUNCTION split_part(text, text, bigint) RETURNS text LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM public.gain(); RETURN ''; END $$",
    "CREATE TYPE numeric AS (a int)",
    "CREATE TABLE pg_temp.view_contract (id text, supplier text, client text, changed bigint, document text)",
    "CREATE TABLE pg_temp.stored_events (notification_id bigint, state bytea, topic text)",
    "CREATE FUNCTION pg_temp.report_json(text) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{}'::jsonb $$",
    "SET search_path = pg_temp, public, pg_catalog",
    "SET standard_conforming_strings = off",
    "SET DateStyle = 'ISO, DMY'",
)  # fmt: skip
"""What a reader may make and set where others may create in `public`."""


def test_a_reader_who_may_create_in_public_gains_nothing(changed: Life) -> None:
    """Operators, functions, types and tables of the names that reports use; none of them runs with the rights of the owner."""
    before = {report.name: read(changed, f"SELECT * FROM {_read(report)}") for report in REPORTS}
    url = changed.store.url
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f"GRANT CREATE ON SCHEMA public TO {READER}")
    with psycopg.connect(url.replace("entente@", f"{READER}@"), autocommit=True, row_factory=dict_row) as reader:
        reader.execute("SET default_transaction_read_only = off")
        for statement in THEIRS:
            reader.execute(statement.encode())
        for report in REPORTS:
            found = reader.execute(f"SELECT * FROM public.{_read(report)}".encode()).fetchall()
            assert sorted(map(repr, found)) == sorted(map(repr, before[report.name]))
        for forbidden in (
            "SELECT public.report_json('1')",
            "DROP FUNCTION public.report_json(text)",
            "TABLE public.view_period",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(forbidden.encode())
    with psycopg.connect(url, autocommit=True) as owner:
        assert owner.execute("SELECT * FROM gained").fetchall() == []
        owner.execute(f"DROP OWNED BY {READER}")


def test_who_may_create_in_public_is_no_reader_of_reports(changed: Life) -> None:
    database = changed.store.history.database
    assert who_may_create(database) == []
    with psycopg.connect(changed.store.url, autocommit=True) as owner:
        owner.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    with pytest.raises(Invalid, match=f"{READER} may create in the schema public.*REVOKE CREATE ON SCHEMA public"):
        grant_reports(database, READER)
    assert who_may_create(database) == ["PUBLIC"]
    said = [one.says for one in examine(Settings(store=changed.store.url), lambda: 0, {}) if one.check == "rights"]
    assert said[-1].startswith("PUBLIC may create in the schema public")


@pytest.mark.parametrize(
    "made",
    [
        "CREATE FUNCTION report_json(said text) RETURNS jsonb LANGUAGE sql AS $$ SELECT '{}'::jsonb $$",
        "CREATE TABLE report_about (surface integer)",
    ],
)
def test_nothing_of_somebody_else_becomes_a_report(postgres_url: str, made: str) -> None:
    """Its owner could change it afterwards, and what he writes would run with the rights of the store's owner."""
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute("CREATE ROLE was_there")
        try:
            owner.execute("GRANT CREATE ON SCHEMA public TO was_there")
            owner.execute("SET ROLE was_there")
            owner.execute(made.encode())
            owner.execute("RESET ROLE")
            with (
                living(postgres_url) as life,
                pytest.raises(Invalid, match="belongs to was_there, and not to this role"),
            ):
                create_reports(life.store.history.database)
            assert owner.execute("SELECT 1 FROM pg_proc WHERE proname LIKE 'report_reads%'").fetchall() == []
        finally:
            owner.execute("DROP OWNED BY was_there")
            owner.execute("DROP ROLE was_there")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("FUNCTION", "report_json(text)"),
        ("FUNCTION", "es_insert_events_uuid(stored_event_uuid[])"),
        ("VIEW", "report_about"),
        ("TABLE", "view_period"),
    ],
)
def test_what_was_handed_to_somebody_else_afterwards_is_told(changed: Life, kind: str, name: str) -> None:
    database = changed.store.history.database
    assert owned_by_others(database) == []
    with psycopg.connect(changed.store.url, autocommit=True) as owner:
        owner.execute("CREATE ROLE handed_to")
        try:
            owner.execute(f"ALTER {kind} public.{name} OWNER TO handed_to".encode())
            [(what, whose, _)] = owned_by_others(database)
            assert (what, whose) == (name, "handed_to")
            said = [
                one.says for one in examine(Settings(store=changed.store.url), lambda: 0, {}) if one.check == "rights"
            ]
            assert said[-1].startswith(f"{name} belongs to handed_to")
        finally:
            owner.execute("REASSIGN OWNED BY handed_to TO CURRENT_USER")
            owner.execute("DROP ROLE handed_to")


def test_every_function_is_closed_to_others_and_looks_where_nobody_else_creates(life: Life) -> None:
    with psycopg.connect(life.store.url) as owner:
        functions = owner.execute(
            "SELECT proname, proconfig, has_function_privilege('pg_monitor', oid, 'EXECUTE') FROM pg_proc "
            "WHERE proname LIKE 'report%' AND pronamespace = 'public'::regnamespace"
        ).fetchall()
    assert len(functions) == len(REPORTS) + len(HELPER_NAMES)
    for name, settings, is_open in functions:
        assert "search_path=pg_catalog, pg_temp" in settings, name
        assert not is_open, name


def test_nobody_else_may_call_what_the_views_read(life: Life) -> None:
    functions = read(life, "SELECT CAST(oid AS regprocedure)::text AS it, has_function_privilege('pg_monitor', oid, 'EXECUTE') "
                     "AS may FROM pg_proc WHERE prosecdef AND proname LIKE 'report%%'", *())  # fmt: skip
    assert len(functions) == len(REPORTS)
    assert [one["it"] for one in functions if one["may"]] == []


def test_read_models_are_dropped_and_made_again_below_the_reports(
    changed: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = changed.store.history.database
    before = read(changed, "SELECT * FROM report_periods ORDER BY commitment, target_index, from_at")
    for drop in (drop_views, _drop_by_hand):
        drop(database)
        create_views(database)
        assert read(changed, "SELECT * FROM report_periods") == []
        changed.judge()
        assert read(changed, "SELECT * FROM report_periods ORDER BY commitment, target_index, from_at") == before
    monkeypatch.setattr(views, "RELEASE", views.RELEASE + 1)
    create_views(database)
    changed.judge()
    assert read(changed, "SELECT * FROM report_periods ORDER BY commitment, target_index, from_at") == before


def test_reports_that_are_there_are_left_alone_and_newer_ones_take_their_place(
    changed: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = changed.store.history.database
    assert not create_reports(database)
    with psycopg.connect(changed.store.url, autocommit=True) as owner:
        owner.execute(b"CREATE VIEW theirs AS SELECT surface, watermark FROM report_about")
    about = report_views.REPORTS[0]
    more = about._replace(
        columns=(*about.columns, Column("shards", "bigint", "how many")),
        query=about.query.replace(" FROM", ", COUNT(*) FROM"),
    )
    monkeypatch.setattr(report_views, "REPORTS", (more, *report_views.REPORTS[1:]))
    assert create_reports(database)
    assert [(row["surface"], row["shards"]) for row in read(changed, "SELECT * FROM report_about")] == [(1, 1)]
    with psycopg.connect(changed.store.url) as owner:
        assert owner.execute(b"SELECT surface FROM theirs").fetchall() == [(1,)]
    [count] = read(changed, "SELECT COUNT(*) AS it FROM pg_proc WHERE proname LIKE 'report\\_reads\\_%%'", *())
    assert count["it"] == len(REPORTS) - 2


def test_a_view_that_is_no_report_any_more_stays_as_it_was(changed: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_views, "REPORTS", tuple(one for one in REPORTS if one.name != "report_outages"))
    assert create_reports(changed.store.history.database)
    assert len(read(changed, "SELECT * FROM report_outages")) == 1


def test_a_role_that_is_made_writes_nothing_and_reads_for_a_minute(life: Life) -> None:
    settings = [read(life, f"SHOW {name}")[0][name] for name in ("default_transaction_read_only", "statement_timeout")]
    assert settings == ["on", "1min"]


def test_words_that_postgresql_cannot_hold_and_zones_that_it_does_not_know_break_no_report(changed: Life) -> None:
    with psycopg.connect(changed.store.url, autocommit=True) as owner:
        owner.execute(
            b'UPDATE view_action SET document = replace(document, \'"text":""\', \'"text":"a\\u0000b\\\\u0000"\')'
        )
        owner.execute(
            b"UPDATE view_contract SET document = replace(document, 'Europe/Paris', 'Mars/Olympus') WHERE id = 'e'"
        )
    assert "ab\\u0000" in {row["text"] for row in read(changed, "SELECT text FROM report_actions")}
    [row] = read(changed, "SELECT * FROM report_versions WHERE contract = 'e'")
    assert row["effective_at"].isoformat() == "2026-01-01T00:00:00+00:00"


def test_a_store_in_a_file_has_no_reports(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    assert not create_reports(database)
    with pytest.raises(Invalid, match="no roles"):
        grant_reports(database, READER)
    database.close()


def test_what_the_reader_may_do_besides_is_said(changed: Life) -> None:
    with psycopg.connect(changed.store.url, autocommit=True) as owner:
        owner.execute(f"GRANT SELECT ON view_period TO {READER}".encode())
    assert grant_reports(changed.store.history.database, READER) == ["view_period"]


def test_the_document_tells_of_every_report_and_column() -> None:
    sections = re.split(r"^## `", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    told = {
        section.partition("`")[0].partition("(")[0]: re.findall(
            r"^\| `(\w+)` \| (\S+) \| (.+) \|$", section, re.MULTILINE
        )
        for section in sections
    }
    assert told == {report.name: [tuple(column) for column in report.columns] for report in REPORTS}


def _drop_by_hand(database: Database) -> None:
    with database.transaction() as writes:
        for name in table_names():
            writes.execute(f"DROP TABLE {name}")


def _names(report: Report) -> list[str]:
    return [column.name for column in report.columns]


def _read(report: Report) -> str:
    return f"{report.name}('{ {'commitment': ON_TIME, 'contract': 'c'}[report.of] }')" if report.of else report.name
