"""A role of PostgreSQL that stands for some services sees their rows of the reports and nobody else's, whatever it asks (trust §4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from entente.doctor import examine
from entente.settings import Settings
from ingestion.cloudevents import decode_structured
from services.access import principal
from services.arrivals.reading import read_quarantine
from services.breaches.following_up import FollowingUp
from services.excuses.excusing import Excusing
from services.report_readers import grant_reports, who_reads
from services.report_views import REPORTS, create_reports
from services.reports import Report
from services.tables.every import table_names
from tests.given import contract, criterion, event, punctuality, turnaround
from tests.reported import reported
from tests.services.judged import Life
from tests.services.use.offered import HOURS, offer, publish

CANARY = "canary"
EVERY, ODD = "reads_every", 'Odd "Name"; --'
ROLES: Mapping[str, Sequence[str]] = {
    EVERY: (),
    "reads_far": ("far",),
    "reads_away": ("away",),
    "reads_ward": ("ward",),
    "reads_school": ("school",),
    "reads_two": ("ward", "far"),
    "reads_stranger": ("stranger",),
    "reads_nobody": ("no-such-service",),
    ODD: ("school",),
}
PARTIES = {"c": {"lab", "ward"}, "e": {"ward", "lab"}, "x": {"lab", "school"}, "z": {"far", "away"}}
"""`lab` has two clients, `far` and `away` have nothing to do with them."""

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def life(postgres_server_url: str) -> Iterator[Life]:
    with psycopg.connect(postgres_server_url, autocommit=True) as server:
        server.execute(b"CREATE DATABASE seen_by_service TEMPLATE template0")
    with reported(postgres_server_url.rpartition("/")[0] + "/seen_by_service") as found:
        _also_others(found)
        create_reports(found.store.history.database)
        for role, services in ROLES.items():
            assert grant_reports(found.store.history.database, role, services) == []
        yield found


REVIEW = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h"}


def _also_others(life: Life) -> None:
    """Another client of `lab`, and two strangers: what they say has a canary in it, and something of theirs is in each report."""
    others = {"x": ("lab", "school"), "z": ("far", "away")}
    for id, (supplier, client) in others.items():
        said = f"{CANARY}-of-{id}"
        miss = criterion(punctuality(tolerance="30 min"), each_miss="breach", title=said)
        cases = criterion(turnaround(), "answered", target={"at_least": "80 %", "per": "month"})
        life.sign(contract(miss, cases, id=id, supplier=supplier, client=client, title=said, review=REVIEW))
    own = [{"source": f"{CANARY}-of-z", "expected_every": "1 day"}]
    life.publish({"entente": 1, "service": "far", "title": "Far", "sources": own})
    life.happen(event("closed", "03-12 09:30", "nobody-else", source="nobodys"))
    _use(life)
    life.advance("03-17 12:00")
    for id, (supplier, _) in others.items():
        _say(life, id, supplier, f"{CANARY}-of-{id}")
    life.judge()


def _use(life: Life) -> None:
    """Of an offer of `lab` and of one of `far`, by clients of both, and by nobody."""
    for supplier in ("lab", "far"):
        each, client = {"type": "worked", "where": {"data.by": supplier}}, {"path": "data.client"}
        tree = offer(
            offer=f"of-{supplier}", supplier=supplier, levels=[], meters=[{**HOURS, "each": each, "client": client}]
        )
        publish(life, tree)
    sent = (("lab", "ward"), ("lab", "school"), ("far", "away"), ("lab", None))
    life.happen(
        *(event("worked", f"03-1{n} 09:00", by=by, client=client, hours=n + 1) for n, (by, client) in enumerate(sent))
    )


def _say(life: Life, id: str, supplier: str, said: str) -> None:
    who, use = principal(supplier), life.store.use
    breach = next(one for one in life.breaches() if one.commitment == f"{id}/d/on-time" and one.cause == "missing")
    use(FollowingUp).explain_breach(who, breach.id, said)
    keys = [str(breach.key)]
    use(Excusing).ask(
        who, breach.commitment, reason="client-fault", text=said, keys=keys, since=None, until=None, party="supplier"
    )
    life.door.submit([decode_structured(f'{{"specversion": "{said}"}}'.encode())], who, "http")


@contextmanager
def as_role(life: Life, role: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    with psycopg.connect(life.store.url, user=role, autocommit=True, row_factory=dict_row) as reader:
        reader.execute("SET default_transaction_read_only = off")
        yield reader


def asked(report: Report) -> list[str]:
    """The questions that read all of a report."""
    if report.of is None:
        return [f"SELECT * FROM report_{report.name.removeprefix('report_')}"]
    every = {
        "contract": list(PARTIES),
        "commitment": [f"{id}/d/{one}" for id in PARTIES for one in ("on-time", "answered")],
    }
    return [f"SELECT * FROM {report.name}('{one}')" for one in every[report.of]]


def read(reader: psycopg.Connection[dict[str, Any]], report: Report) -> Rows:
    return [row for question in asked(report) for row in reader.execute(question.encode()).fetchall()]


def expected(report: Report, rows: Rows, services: Sequence[str]) -> Rows:
    """What a role of these services is to see of the rows that there are, worked out by hand."""
    mine = {id for id, parties in PARTIES.items() if parties & {*services}}
    match report.name:
        case "report_about" | "report_outages" | "report_causes":
            return rows
        case "report_sources":
            return [row for row in rows if row["service"] in services]
        case "report_quarantine":
            return [row for row in rows if "far" in services and row["problem"] and row["item"] in _of_far]
        case "report_consumption":
            mine_or_used = [row for row in rows if {row["supplier"], row["client"]} & {*services}]
            no_totals = {"total": None, "share": None}
            return [row if row["supplier"] in services else row | no_totals for row in mine_or_used]
        case "report_unmatched":
            narrowed = [{**row, "commitments": [one for one in row["commitments"] if one[0] in mine]} for row in rows]
            return [row for row in narrowed if row["commitments"]]
        case "report_occurrences":
            return [row for row in rows if row["commitment"][0] in mine]
    return [row for row in rows if row["contract"] in mine]


_of_far: set[str] = set()


def test_each_role_sees_the_rows_of_its_services_and_no_others(life: Life) -> None:
    """Own, the other party, another client of the same supplier, a stranger; several services; a name with quotes in it."""
    _of_far.update(_quarantined_by(life, "far"))
    with as_role(life, EVERY) as reader:
        every = {report.name: read(reader, report) for report in REPORTS}
    assert [name for name, rows in every.items() if not rows] == []
    assert {row["contract"] for row in every["report_contracts"]} == {*PARTIES}
    for role, services in ROLES.items():
        with as_role(life, role) as reader:
            for report in REPORTS if services else ():
                rows = read(reader, report)
                wanted = expected(report, every[report.name], services)
                assert sorted(map(_but_the_reason, rows)) == sorted(map(_but_the_reason, wanted)), (role, report.name)
                hidden = [id for id, parties in PARTIES.items() if not parties & {*services}]
                assert [id for id in hidden if f"{CANARY}-of-{id}" in repr(rows) or f"'{id}/d/" in repr(rows)] == []
    assert CANARY in repr(every["report_excuses"]) + repr(every["report_breaches"])


def _but_the_reason(row: dict[str, Any]) -> str:
    return repr({name: value for name, value in row.items() if name != "reason"})


def _quarantined_by(life: Life, service: str) -> list[str]:
    return [one.id for one in life.store.read(principal(service), read_quarantine)]


def test_the_reason_of_what_is_unmatched_is_that_of_a_commitment_that_is_seen(life: Life) -> None:
    with as_role(life, "reads_far") as reader:
        rows = reader.execute(b"SELECT commitments, reason FROM report_unmatched").fetchall()
    assert rows
    assert all(row["commitments"] == ["z/d/answered"] and row["reason"] == "no-opening" for row in rows), rows


LEAKS: Mapping[str, str] = {
    "a function in WHERE that costs nothing": "SELECT * FROM {0} AS one WHERE pg_temp.tell(one::text)",
    "one that fails": "SELECT * FROM {0} AS one WHERE 1 / (CASE WHEN one::text LIKE '%{1}%' THEN 0 ELSE 1 END) = 1",
    "a cast that says what it cannot read": "SELECT * FROM {0} AS one WHERE CAST(one::text AS integer) = 1",
    "a join, a subquery, an aggregate": (
        "SELECT (SELECT STRING_AGG(two::text, '') FROM {0} AS two), COUNT(*) OVER (), one::text FROM {0} AS one "
        "LEFT JOIN {0} AS three ON pg_temp.tell(three::text)"
    ),
    "a view of one's own": "SELECT * FROM pg_temp.mine_{2} AS one WHERE pg_temp.tell(one::text)",
    "how it is planned": "EXPLAIN (ANALYZE, VERBOSE, BUFFERS OFF) SELECT * FROM {0} AS one WHERE pg_temp.tell(one::text)",
}  # fmt: skip


@pytest.mark.parametrize("leak", LEAKS)
def test_no_question_of_a_role_finds_a_way_around(life: Life, leak: str) -> None:
    """Functions that tell, that fail and that cost nothing are asked before the view would be: what is not theirs is not there to be
    asked about."""
    with as_role(life, "reads_ward") as reader:
        told: list[str] = []
        reader.add_notice_handler(lambda notice: told.append(f"{notice.message_primary} {notice.message_detail}"))
        reader.execute(
            b"CREATE FUNCTION pg_temp.tell(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "
            b"$$ BEGIN RAISE NOTICE '%', $1; RETURN TRUE; END $$"
        )
        for report in REPORTS:
            for question in asked(report):
                source = question.removeprefix("SELECT * FROM ")
                name = re.sub(r"\W", "_", source)
                if leak == "a view of one's own":
                    reader.execute(f"CREATE OR REPLACE TEMPORARY VIEW mine_{name} AS {question}".encode())
                try:
                    said = repr(reader.execute(LEAKS[leak].format(source, CANARY, name).encode()).fetchall())
                except psycopg.Error as error:
                    said = f"{error} {error.diag.message_detail} {error.diag.context}"
                assert CANARY not in said, source
        assert CANARY not in "".join(told)
        assert told or "pg_temp" not in LEAKS[leak]


def test_the_catalogue_of_the_server_says_nothing_of_rows(life: Life) -> None:
    """Statistics, plans that are printed, definitions: none has a value of the tables below."""
    with psycopg.connect(life.store.url, autocommit=True) as owner:
        owner.execute(b"ANALYZE")
    with as_role(life, "reads_ward") as reader:
        for catalogue in (
            "pg_stats", "pg_stats_ext", "pg_stat_activity", "pg_views", "pg_proc", "pg_description", "pg_settings",
            "information_schema.tables", "information_schema.views", "information_schema.columns", "information_schema.routines",
        ):  # fmt: skip
            assert CANARY not in repr(
                reader.execute(f"SELECT to_jsonb(one) FROM {catalogue} AS one".encode()).fetchall()
            )
        named = reader.execute(
            b"SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()  # fmt: skip
        assert {row["table_name"] for row in named} == {report.name for report in REPORTS if report.of is None}


def test_plans_of_what_is_below_are_not_printed(life: Life) -> None:
    """How many rows the server expects of somebody else's commitment would say that there are some."""
    with as_role(life, "reads_ward") as reader:
        told: list[str] = []
        reader.add_notice_handler(lambda notice: told.append(str(notice.message_primary) + str(notice.message_detail)))
        reader.execute("SET client_min_messages = debug5")
        for name in ("debug_print_plan", "debug_print_parse", "debug_print_rewritten"):
            reader.execute(f"SET {name} = on")
        reader.execute("SELECT * FROM report_occurrences('z/d/on-time')")
        reader.execute("SELECT * FROM report_contracts")
    assert any("report_occurrences" in one or "FUNCTIONSCAN" in one for one in told)
    read = {name for one in told for name in re.findall(r":aliasname (\w+)", one)}
    assert "report_occurrences" in read
    assert not read & {"occurrence", "contract", "proposal"}, read


FORBIDDEN = (
    *(f"SELECT * FROM {name}" for name in (*table_names(), "stored_events", "entente_store", "report_readers")),
    "SELECT public.report_services('reads_every')",
    "SELECT public.report_senders(''::bytea)",
    "INSERT INTO report_readers VALUES (0, '', '')",
    "SET ROLE reads_every",
    "SET SESSION AUTHORIZATION reads_every",
    "SELECT set_config('role', 'reads_every', false)",
    "SELECT set_config('session_authorization', 'reads_every', false)",
    "CREATE TABLE public.mine (a int)",
    "ALTER VIEW report_contracts OWNER TO reads_ward",
    "ALTER FUNCTION report_services(name) OWNER TO reads_ward",
    "GRANT reads_every TO reads_ward",
)


def test_nor_does_it_become_somebody_else_or_read_what_is_below(life: Life) -> None:
    with as_role(life, "reads_ward") as reader:
        for forbidden in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(forbidden.encode())


def test_the_functions_below_the_views_are_as_narrow_as_they_are(life: Life) -> None:
    with as_role(life, "reads_ward") as reader:
        names = reader.execute(
            b"SELECT CAST(oid AS regproc)::text AS name FROM pg_proc WHERE proname LIKE 'report_reads_%' AND "
            b"has_function_privilege(oid, 'EXECUTE')"
        ).fetchall()
        assert len(names) == len([report for report in REPORTS if report.of is None])
        for row in names:
            assert CANARY not in repr(reader.execute(f"SELECT * FROM {row['name']}()".encode()).fetchall())


def test_what_is_asked_of_somebody_elses_thing_is_answered_as_of_none(life: Life) -> None:
    """With no more pages read than for a thing that there is not."""
    with as_role(life, "reads_ward") as reader:
        for there, nowhere in (
            ("report_occurrences('z/d/on-time')", "report_occurrences('q/d/on-time')"),
            ("report_days('z')", "report_days('q')"),
        ):
            plans = [
                reader.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) SELECT * FROM {one}".encode())
                for one in (nowhere, nowhere, there)
            ]
            pages = [
                sum(int(n) for n in re.findall(r"(?:hit|read)=(\d+)", repr(plan.fetchall()))) for plan in plans
            ]  # fmt: skip
            assert pages[2] <= pages[1] + 2, (there, pages)


def _change(life: Life, *statements: str) -> None:
    with psycopg.connect(life.store.url, autocommit=True) as owner:
        for statement in statements:
            owner.execute(statement.encode())


def _contracts(life: Life, role: str, before: str = "") -> set[str]:
    with as_role(life, role) as reader:
        if before:
            reader.execute(before.encode())
        return {row["contract"] for row in reader.execute(b"SELECT contract FROM report_contracts").fetchall()}


@pytest.fixture
def role(life: Life) -> Iterator[Callable[..., str]]:
    """Gives a role that is dropped in the end its services."""
    database = life.store.history.database

    def granted(*services: str) -> str:
        assert grant_reports(database, "reads_changed", services) == []
        return "reads_changed"

    yield granted
    for name in ("reads_changed", "reads_renamed"):
        with psycopg.connect(life.store.url, autocommit=True) as owner:
            if owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchall():
                owner.execute(f"DROP OWNED BY {name}".encode())
                owner.execute(f"DROP ROLE {name}".encode())


def test_another_list_of_services_takes_the_place_of_the_one_before(life: Life, role: Callable[..., str]) -> None:
    assert _contracts(life, role("school")) == {"x"}
    assert _contracts(life, role("far", "school")) == {"x", "z"}
    assert _contracts(life, role("away")) == {"z"}
    assert _contracts(life, role()) == {*PARTIES}
    assert _contracts(life, role("ward")) == {"c", "e"}


def test_who_was_renamed_or_dropped_and_made_again_sees_nothing_until_it_is_granted_again(
    life: Life, role: Callable[..., str]
) -> None:
    """A role of the same name, or of the same number, is not the one that was told what it may see."""
    role()
    _change(life, "ALTER ROLE reads_changed RENAME TO reads_renamed")
    assert _contracts(life, "reads_renamed") == set()
    _change(
        life,
        "ALTER ROLE reads_renamed RENAME TO reads_changed",
        "DROP OWNED BY reads_changed",
        "DROP ROLE reads_changed",
    )
    _change(
        life, "CREATE ROLE reads_changed LOGIN", "GRANT USAGE ON SCHEMA public TO reads_changed",
        "GRANT SELECT ON report_contracts TO reads_changed",
    )  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        _contracts(life, "reads_changed")
    _change(life, "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO reads_changed")
    assert _contracts(life, "reads_changed") == set()
    assert [one.services for one in who_reads(life.store.history.database) if one.role == "reads_changed"] == [()]
    assert _contracts(life, role("far")) == {"z"}


def test_who_is_a_member_of_roles_sees_what_these_see_together(life: Life, role: Callable[..., str]) -> None:
    role("school")
    _change(life, "GRANT reads_far TO reads_changed")
    assert _contracts(life, "reads_changed") == {"x", "z"}
    assert _contracts(life, "reads_changed", "SET ROLE reads_far") == {"z"}
    _change(life, "REVOKE reads_far FROM reads_changed")
    assert _contracts(life, "reads_changed") == {"x"}


def test_who_reads_a_view_of_somebody_who_sees_all_sees_their_own(life: Life, role: Callable[..., str]) -> None:
    role("school")
    _change(
        life, "CREATE VIEW of_theirs AS SELECT contract FROM report_contracts", "GRANT SELECT ON of_theirs TO reads_changed"
    )  # fmt: skip
    try:
        with as_role(life, "reads_changed") as reader:
            assert reader.execute(b"SELECT contract FROM of_theirs").fetchall() == [{"contract": "x"}]
    finally:
        _change(life, "DROP VIEW of_theirs")


def test_doctor_says_which_roles_see_what(life: Life, role: Callable[..., str]) -> None:
    role("school", "far")
    _change(life, "ALTER ROLE reads_changed RENAME TO reads_renamed")
    found = [one for one in examine(Settings(store=life.store.url), lambda: 0, {}) if one.check == "reports"]
    said = {str(one.says): one.state for one in found}
    assert said["reads_every reads the reports of every service"] == "ok"
    assert said["reads_two reads the reports of far, ward, and of no other service"] == "ok"
    assert said[f"{ODD} reads the reports of school, and of no other service"] == "ok"
    assert (
        said["reads_renamed may read the views report_*, and stands for no service: it sees nothing there"] == "warning"
    )


def test_who_read_the_reports_before_there_were_services_in_them_goes_on_to_see_all(postgres_url: str) -> None:
    with reported(postgres_url) as life:
        database = life.store.history.database
        create_reports(database)
        assert grant_reports(database, EVERY) == []
        _change(life, "DROP TABLE report_readers", "COMMENT ON VIEW report_about IS 'of before'")
        assert create_reports(database)
        assert _contracts(life, EVERY) == {"c", "e"}
