"""`entente doctor` finds what is wrong, says how to mend it, and changes nothing."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from domain.times import tzdata_version
from entente.doctor import examine
from entente.findings import Finding
from entente.settings import Settings
from services.access import ADMINISTRATOR
from services.contracts.calendar_rows import SOON
from services.opening import open_store, system_clock
from tests.end_to_end.agreements import contract
from tests.end_to_end.running import Entente
from tests.end_to_end.test_killed import rows

CALENDAR = """
---
entente: 1
calendar: office
timezone: Europe/Paris
open: {mon-fri: ["09:00-17:00"]}
holidays: {country: FR, years: 2026-2027}
"""


def found(entente: Entente, code: int) -> dict[str, dict[str, Any]]:
    """The worst finding of each check."""
    ran = entente.run("doctor", "--json")
    assert ran.code == code, (ran.out, ran.err)
    order = ["ok", "warning", "wrong", "unreachable"]
    worst: dict[str, dict[str, Any]] = {}
    for one in json.loads(ran.out):
        assert (one["state"] == "ok") == (one["mend"] == ""), one
        known = worst.get(one["check"])
        if known is None or order.index(one["state"]) > order.index(known["state"]):
            worst[one["check"]] = one
    return worst


def test_a_store_that_is_well(entente_on_either: Entente) -> None:
    entente = entente_on_either
    entente.ok("migrate")
    entente.ok("keys", "create", "checkpoint.key", "--checkpoint")
    entente.env["ENTENTE_CHECKPOINT_KEY"] = "checkpoint.key"
    entente.ok("advance", datetime.now(UTC).isoformat())
    told = found(entente, 0)
    of_the_machine = {"durability", "pdf"}
    states = {name: one["state"] for name, one in told.items() if name not in of_the_machine}
    assert set(states.values()) == {"ok"}
    assert states.keys() >= {
        "settings",
        "checkpoints",
        "time zones",
        "store",
        "migrations",
        "rights",
        "rules",
        "judge",
        "time",
        "Kafka",
    }
    assert tzdata_version() in told["time zones"]["says"]
    assert "  store: " in entente.ok("doctor")


def test_nothing_is_created(tmp_path: Path, postgres_url: str) -> None:
    file = tmp_path / "absent.db"
    assert found(Entente(f"sqlite:///{file}", tmp_path), 0)["store"]["state"] == "warning"
    assert not file.exists()
    assert "migrate" in found(Entente(postgres_url, tmp_path), 0)["migrations"]["mend"]
    assert rows(postgres_url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []


def test_what_cannot_be_reached_is_exit_code_three(tmp_path: Path) -> None:
    told = found(Entente("postgresql://entente@127.0.0.1:1/none", tmp_path), 3)
    assert told["store"]["state"] == "unreachable"
    entente = Entente(f"sqlite:///{tmp_path / 'e.db'}", tmp_path, {"ENTENTE_KAFKA_SERVERS": "127.0.0.1:1"})
    assert found(entente, 3)["Kafka"]["state"] == "unreachable"
    entente.ok("migrate")
    assert found(entente, 3)["Kafka"]["state"] == "unreachable"


def test_a_setting_that_is_none_is_named_with_what_was_meant(entente: Entente) -> None:
    entente.env["ENTENTE_KAFKA_SEVRERS"] = "there:9092"
    told = found(entente, 0)["settings"]
    assert "ENTENTE_KAFKA_SEVRERS" in told["says"]
    assert "ENTENTE_KAFKA_SERVERS" in told["mend"]


def test_a_setting_that_is_gone_is_named(entente: Entente) -> None:
    """Whoever relied on it has to hear that it means nothing any more."""
    entente.env["ENTENTE_TRUST_NETWORK"] = "yes"
    told = found(entente, 0)["settings"]
    assert (told["state"], "ENTENTE_TRUST_NETWORK" in told["says"]) == ("warning", True)


def test_a_store_of_another_version_and_entries_that_nobody_judges(entente_on_either: Entente) -> None:
    entente = entente_on_either
    entente.ok("migrate")
    store = open_store(entente.store)
    store.timekeeping.advance(ADMINISTRATOR, system_clock())
    store.close()
    assert "no judge runs" in found(entente, 0)["judge"]["says"]
    change(entente.store, "UPDATE entente_store SET version = 1")
    assert found(entente, 1)["migrations"]["mend"] == "entente migrate"
    change(entente.store, "UPDATE entente_store SET version = 99")
    assert found(entente, 1)["migrations"]["mend"] == "use a newer entente"


def change(store: str, sql: str) -> None:
    if store.startswith("sqlite"):
        with sqlite3.connect(store.removeprefix("sqlite:///")) as file:
            file.execute(sql)
        file.close()
        return
    with psycopg.connect(store, autocommit=True) as server:
        server.execute(sql.encode())


def test_a_role_without_rights(postgres_url: str, tmp_path: Path) -> None:
    owner = Entente(postgres_url, tmp_path)
    owner.ok("migrate")
    change(postgres_url, "CREATE ROLE entente_reads LOGIN")
    try:
        reader = Entente(postgres_url.replace("entente@", "entente_reads@"), tmp_path)
        assert "may not" in found(reader, 1)["rights"]["says"]
        owner.ok("migrate", "--grant", "entente_reads")
        assert found(reader, 0)["rights"]["state"] == "ok"
    finally:
        change(postgres_url, "DROP OWNED BY entente_reads")
        change(postgres_url, "DROP ROLE entente_reads")


def test_reports_of_another_version(postgres_url: str, tmp_path: Path) -> None:
    owner = Entente(postgres_url, tmp_path)
    owner.ok("migrate")
    assert "reports" not in found(owner, 0)
    change(postgres_url, "COMMENT ON VIEW report_about IS 'of another (0123456789abcdef)'")
    assert found(owner, 0)["reports"]["mend"] == "entente migrate"
    owner.ok("migrate")
    assert "reports" not in found(owner, 0)


@pytest.mark.parametrize(("days", "state"), [(91, "ok"), (90, "warning"), (0, "warning"), (-1, "wrong")])
def test_a_calendar_that_ends_is_told_ninety_days_ahead(entente: Entente, days: int, state: str) -> None:
    text = contract("to-marketing", "marketing", calendar="office")
    entente.write("c.yaml", text + CALENDAR)
    entente.ok("apply", "c.yaml", "--sign", "supplier,client")
    today = datetime(2027, 12, 31, 12, tzinfo=UTC) - timedelta(days=days)
    assert timedelta(days=90) == SOON
    moment = int(today.timestamp()) * 1_000_000
    [told] = [one for one in examine(Settings(store=entente.store), lambda: moment, {}) if one.check == "calendars"]
    assert told.state == state
    assert state == "ok" or "office ends with 2027-12-31, and to-marketing goes on" in told.says


def test_what_doctor_says_of_a_calendar_that_ends_ends_the_warning(entente: Entente) -> None:
    text = contract("to-marketing", "marketing", calendar="office")
    entente.write("c.yaml", text + CALENDAR)
    entente.ok("apply", "c.yaml", "--sign", "supplier,client")
    moment = int(datetime(2027, 12, 1, tzinfo=UTC).timestamp()) * 1_000_000

    def told() -> Finding:
        [one] = [one for one in examine(Settings(store=entente.store), lambda: moment, {}) if one.check == "calendars"]
        return one

    assert "publish a version" in told().mend
    assert "propose the contract again with a later `effective`" in told().mend
    entente.write("later.yaml", CALENDAR.removeprefix("---\n").replace("2026-2027", "2026-2028"))
    entente.ok("apply", "later.yaml")
    assert told().state == "warning"
    entente.write("again.yaml", text.replace("valid:", "effective: 2027-12-20\nvalid:"))
    entente.ok("apply", "again.yaml", "--sign", "supplier,client")
    assert told().state == "ok"


def test_a_contract_that_ends_before_its_calendar_is_fine(entente: Entente) -> None:
    text = contract("to-marketing", "marketing", calendar="office", valid="{from: 2026-01-05, until: 2027-12-31}")
    entente.write("c.yaml", text + CALENDAR)
    entente.ok("apply", "c.yaml", "--sign", "supplier,client")
    moment = int(datetime(2027, 12, 30, tzinfo=UTC).timestamp()) * 1_000_000
    [told] = [one for one in examine(Settings(store=entente.store), lambda: moment, {}) if one.check == "calendars"]
    assert told.state == "ok"


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, "ok"), (3, "warning"), (-3, "warning"), (61, "wrong"), (-61, "wrong")]
)
def test_a_clock_that_is_not_that_of_the_server(postgres_url: str, tmp_path: Path, seconds: int, state: str) -> None:
    Entente(postgres_url, tmp_path).ok("migrate")
    findings = examine(Settings(store=postgres_url), lambda: system_clock() + seconds * 1_000_000, {})
    assert next(one.state for one in findings if one.check == "clock") == state


def test_time_that_stands_still_and_a_clock_that_was_set_back(entente: Entente) -> None:
    entente.ok("advance", datetime.now(UTC).isoformat())
    settings = Settings(store=entente.store)

    def state(check: str, seconds: int) -> list[str]:
        findings = examine(settings, lambda: system_clock() + seconds * 1_000_000, {})
        return [one.state for one in findings if one.check == check]

    assert state("time", 0) == ["ok"]
    assert state("time", 3600) == ["warning"]
    assert state("clock", 0) == []
    assert state("clock", -3600) == ["wrong", "warning"]  # the time that has passed lies beyond such a clock too


def test_a_judge_that_runs_is_seen(entente: Entente) -> None:
    with entente.serving("--time", "manual"):
        assert "a judge runs" in found(entente, 0)["judge"]["says"]


def test_a_long_outage_is_named_listed_and_withdrawn(entente: Entente) -> None:
    entente.ok("migrate")
    store, now = open_store(entente.store), system_clock()
    store.timekeeping.advance(ADMINISTRATOR, now)
    position = store.outages.was_down(ADMINISTRATOR, now, now + 86_400_000_001)
    store.close()
    assert entente.json("outages", "list")[0]["id"] == position
    told = found(entente, 0)["outages"]
    assert (told["state"], f"withdraw {position}" in told["mend"]) == ("warning", True)
    assert "withdrawn by its administrator" in entente.run(
        "outages", "withdraw", position, "--text", "no", who="sales"
    ).problem(2)
    entente.ok("outages", "withdraw", position, "--text", "the clock was wrong")
    assert "the clock was wrong" in entente.ok("outages", "list")
    assert "outages" not in found(entente, 0)
