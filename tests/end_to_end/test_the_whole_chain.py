"""From a proposal to a signed review: every command in the order in which an organisation uses them."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import yaml

from tests.end_to_end.agreements import ANSWERED, COMPLETE, MAPPING, REPORT, contract, lines, report
from tests.end_to_end.running import Entente

NAME = "to-marketing"
REVIEW = f"{NAME}@2026-02-03"
SUPPLIER, CLIENT = "sales/ana", "marketing/luc"
CSV = """NUMBER;OPENED;CLOSED;CLIENT
1;05/01/2026 10:00;05/01/2026 12:00;marketing
2;06/01/2026 10:00;06/01/2026 15:00;marketing
3;07/01/2026 10:00;;marketing
"""


def agree(entente: Entente) -> None:
    """The supplier proposes, the client comments, refuses and proposes something else, and both sign that."""
    entente.write("first.yaml", contract(NAME, "marketing"))
    shown = entente.ok("apply", "first.yaml", "--dry-run", who=SUPPLIER)
    assert f"contract {NAME} version 1: would be proposed" in shown
    assert "report / on-time / due / at: added, 10:00" in shown
    assert entente.ok("contracts", "list").startswith("No contract yet")
    assert "proposed" in entente.ok("apply", "first.yaml", who=SUPPLIER)
    entente.ok("contracts", "comment", NAME, "--clause", REPORT, "--text", "Traffic at ten.", who=CLIENT)
    entente.ok("contracts", "refuse", NAME, "--reason", "half an hour more", who=CLIENT)
    with_tolerance = contract(NAME, "marketing").replace("warn: 2 h", "tolerance: 30 min\n          warn: 2 h")
    entente.write("second.yaml", with_tolerance)
    answer = entente.ok("apply", "second.yaml", "--sign", "client", who=CLIENT)
    assert "proposed, signed by client" in answer
    assert "report / on-time / tolerance: 0 min → 30 min" in answer
    assert "due / at" not in answer
    assert "has signed it already" in entente.run("contracts", "sign", NAME, who=CLIENT).problem(2)
    assert "in force" in entente.ok("contracts", "sign", NAME, who=SUPPLIER)
    told = entente.ok("contracts", "show", NAME, who=CLIENT)
    assert "“Traffic at ten.” on report/on-time, marketing/luc" in told
    assert "refused: half an hour more" in told


def push(entente: Entente) -> None:
    """January: reports in time, late, none, in time but incomplete; requests in time, late, never answered."""
    (entente.folder / "a.jsonl").write_bytes(lines([report("marketing", "2026-01-05", "2026-01-05T09:00:00+01:00")]))
    late = report("marketing", "2026-01-12", "2026-01-12T10:30:00.000001+01:00")
    incomplete = report("marketing", "2026-01-26", "2026-01-26T10:30:00+01:00", missing=2)
    (entente.folder / "b.jsonl.gz").write_bytes(gzip.compress(lines([late, incomplete])))
    entente.write("r.csv", CSV)
    entente.write("m.yaml", MAPPING)
    files = ("a.jsonl", "b.jsonl.gz", "r.csv", "--map", "m.yaml")
    assert entente.json("import", *files, who="sales/crm") == {"accepted": 8, "duplicates": 0, "quarantined": 0}
    assert entente.ok("import", *files, who="sales/crm") == "accepted 0, duplicates 8, quarantined 0\n"
    assert "has passed to 2026-02-10T00:00:00Z" in entente.ok("advance", "2026-02-10T00:00:00Z")
    assert "already at 2026-02-10T00:00:00Z" in entente.ok("advance", "2026-02-01T00:00:00Z")


def look(entente: Entente) -> None:
    figures = {one["commitment"]: one for one in entente.json("figures", "--period", "2026-01", who=CLIENT)}
    on_time, complete, answered = (figures[f"{NAME}/{one}"] for one in (REPORT, COMPLETE, ANSWERED))
    assert (on_time["adjusted"], on_time["value"]) == ({"good": 2, "total": 4}, "0.5000")
    assert (on_time["state"], on_time["status"], on_time["expected"]) == ("final", "breached", 4)
    assert (complete["adjusted"], complete["status"]) == ({"good": 2, "total": 3}, "met")
    assert (answered["adjusted"], answered["value"], answered["status"]) == (
        {"good": 1, "total": 3},
        "0.3333",
        "breached",
    )
    february = entente.ok("figures", "--commitment", f"{NAME}/{REPORT}", "--period", "2026-02")
    assert "at_least 90 %" in february
    assert "lost" in february
    assert "received up to 2026-02-10T00:00:00Z" in february
    ledger = entente.json("occurrences", f"{NAME}/{REPORT}", "--period", "2026-01")
    assert [(one["key"], one["verdict"]) for one in ledger] == [
        ("2026-01-05", "met"),
        ("2026-01-12", "late"),
        ("2026-01-19", "missing"),
        ("2026-01-26", "met"),
    ]
    why = entente.ok("explain", f"{NAME}/{REPORT}", "2026-01-12")
    assert "What would have changed it: a delivery at or before" in why
    assert "crm, marketing/2026-01-12; it decides" in why
    said = entente.json("explain", f"{NAME}/{REPORT}", "2026-01-12")
    assert (said["due"], said["due_utc"]) == ("2026-01-12T10:00:00+01:00", "2026-01-12T09:00:00Z")
    assert said["limit"] == "2026-01-12T10:30:00+01:00"


def act(entente: Entente) -> None:
    breaches = entente.json("breaches", "list", "--contract", NAME, who=CLIENT)
    late = next(one for one in breaches if one["cause"] == "late")
    assert (late["key"], late["state"], late["debtor"]) == ("2026-01-12", "open", "sales")
    assert "for sales to do" in entente.run("breaches", "acknowledge", late["id"], who=CLIENT).problem(2)
    entente.ok("breaches", "acknowledge", late["id"], who=SUPPLIER)
    said_at = json.loads(entente.ok("breaches", "show", late["id"], who=SUPPLIER))["acknowledged"]["at"]
    taking = ("breaches", "take-back", late["id"], "acknowledgement", "--at", said_at)
    assert "only who said it" in entente.run(*taking, who=CLIENT).problem(2)
    entente.ok(*taking, who=SUPPLIER)
    entente.ok("breaches", "acknowledge", late["id"], who=SUPPLIER)
    entente.ok("breaches", "explain", late["id"], "--text", "The export failed.", who=SUPPLIER)
    entente.ok("actions", "progress", late["action"], "--text", "A second run at nine.", who=SUPPLIER)
    entente.ok("actions", "close", late["action"], "--text", "Runs twice now.", who=SUPPLIER)
    shown = json.loads(entente.ok("breaches", "show", late["id"], who=CLIENT))
    assert shown["acknowledged"]["by"] == SUPPLIER
    assert [one["text"] for one in shown["explanations"]] == ["The export failed."]
    action = json.loads(entente.ok("actions", "show", late["action"], who=CLIENT))
    assert (action["state"], action["owner"], len(action["progress"])) == ("closed", "sales", 1)


def meet(entente: Entente) -> dict[str, Any]:
    reviews = {one["id"]: one["state"] for one in entente.json("reviews", "list", who=CLIENT)}
    assert reviews == {f"{NAME}@2026-01-06": "held", REVIEW: "held", f"{NAME}@2026-03-03": "planned"}
    entente.ok("reviews", "minutes", REVIEW, "--text", "Read together.", who=CLIENT)
    entente.ok("reviews", "decide", REVIEW, "--text", "Keep the target.", who=CLIENT)
    assert f"{REVIEW}: half-signed, signed by supplier ({SUPPLIER})" in entente.ok(
        "reviews", "sign", REVIEW, who=SUPPLIER
    )
    assert "was signed" in entente.run("reviews", "decide", REVIEW, "--text", "More.", who=CLIENT).problem(2)
    assert f"{REVIEW}: signed by supplier ({SUPPLIER}), client ({CLIENT})" in entente.ok(
        "reviews", "sign", REVIEW, who=CLIENT
    )
    entente.ok("reviews", "pack", REVIEW, "--out", "pack.html", "--language", "fr", who=CLIENT)
    entente.ok("reviews", "pack", REVIEW, "--out", "pack.json", who=CLIENT)
    pack: dict[str, Any] = json.loads((entente.folder / "pack.json").read_bytes())
    assert [one["party"] for one in pack["signatures"]] == ["supplier", "client"]
    assert [one["text"] for one in pack["decisions"]] == ["Keep the target."]
    page = (entente.folder / "pack.html").read_text(encoding="utf-8")
    assert "Rapports pour marketing" in page
    assert "Read together." in page
    return pack


def show_outside(entente: Entente) -> None:
    entente.ok("rules", "--out", "rules.yaml")
    [*groups] = yaml.safe_load((entente.folder / "rules.yaml").read_text(encoding="utf-8"))["groups"]
    assert groups
    written = entente.ok("grafana", "render", "grafana").splitlines()
    assert all((entente.folder / one).stat().st_size > 0 for one in written)
    assert any(Path(one).suffix == ".json" for one in written)


def tamper(store: str) -> None:
    """Somebody makes the supplier look better, with SQL."""
    change = "UPDATE view_tally SET met = met + 1 WHERE commitment = 'to-marketing/report/on-time'"
    if store.startswith("postgresql:"):
        with psycopg.connect(store) as server:
            server.execute(change)
        return
    with sqlite3.connect(store.removeprefix("sqlite:///")) as file:
        file.execute(change)
    file.close()


def is_found(entente: Entente) -> None:
    """Replay agrees with what is shown until somebody changes it."""
    assert "no difference" in entente.ok("replay", who="auditor")
    tamper(entente.store)
    found = entente.run("replay", who="auditor")
    assert found.code == 1
    assert "served only:  view_tally commitment='to-marketing/report/on-time'" in found.out
    assert "rebuilt only: view_tally commitment='to-marketing/report/on-time'" in found.out
    assert "differences up to position" in found.err


def test_a_year_of_an_agreement_from_proposal_to_signed_review(entente: Entente) -> None:
    agree(entente)
    push(entente)
    look(entente)
    act(entente)
    pack = meet(entente)
    assert pack["position"] > 0
    assert pack["watermark"] == "2026-02-03T14:00:00+01:00"  # the review's start, though time went on at once
    show_outside(entente)
    is_found(entente)


def test_the_same_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    entente = Entente(postgres_url, tmp_path)
    text = contract(NAME, "marketing").replace("warn: 2 h", "tolerance: 30 min\n          warn: 2 h")
    entente.write("contract.yaml", text)
    entente.ok("apply", "contract.yaml", "--sign", "supplier", "--sign", "client")
    push(entente)
    look(entente)
    meet(entente)
    is_found(entente)
