"""A review's pack is the same, byte for byte, whatever became of the read models and of the contract since."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import psycopg

from tests.end_to_end.agreements import contract, lines, report, request
from tests.end_to_end.running import Entente

NAME = "to-marketing"
REVIEW = f"{NAME}@2026-02-03"
FORMS = (("html", "fr"), ("json", "en"))


def push(entente: Entente, *events: bytes, until: str) -> None:
    (entente.folder / "e.jsonl").write_bytes(lines(events))
    entente.ok("import", "e.jsonl", "--advance", until)


def packs(entente: Entente, name: str) -> list[bytes]:
    found = []
    for form, language in FORMS:
        file = f"{name}-{language}.{form}"
        entente.ok("reviews", "pack", REVIEW, "--out", file, "--language", language, who="marketing/luc")
        found.append((entente.folder / file).read_bytes())
    return found


def drop_views(store: str) -> int:
    """Throws every read model away, with SQL; how many tables that were."""
    if store.startswith("postgresql:"):
        with psycopg.connect(store) as server:
            sql = "SELECT tablename FROM pg_tables WHERE tablename LIKE 'view\\_%%'"
            names = [name for (name,) in server.execute(sql, []).fetchall()]
            for name in names:
                server.execute(f"DROP TABLE {name}".encode())
        return len(names)
    file = sqlite3.connect(Path(store.removeprefix("sqlite:///")))
    names = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for name in names:
        if name.startswith("view_"):
            file.execute(f"DROP TABLE {name}")
    file.commit()
    file.close()
    return sum(name.startswith("view_") for name in names)


def test_a_pack_outlives_the_read_models_and_what_happens_later(entente_on_either: Entente) -> None:
    entente = entente_on_either
    entente.write("contract.yaml", contract(NAME, "marketing"))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")
    push(
        entente,
        report("marketing", "2026-01-05", "2026-01-05T08:00:00Z"),
        report("marketing", "2026-01-12", "2026-01-12T11:00:00Z", missing=1),
        *request("marketing", 1, "2026-01-20T08:00:00Z", "2026-01-20T13:00:00Z"),
        until="2026-02-04T00:00:00Z",
    )
    entente.ok("reviews", "minutes", REVIEW, "--text", "Read together; é, ü, “quoted”.", who="marketing/luc")
    entente.ok("reviews", "sign", REVIEW, who="sales/ana")
    entente.ok("reviews", "sign", REVIEW, who="marketing/luc")
    first = packs(entente, "first")
    assert json.loads(first[1])["facts"]["breaches"] > 0

    assert drop_views(entente.store) > 10
    assert packs(entente, "second") == first

    amended = contract(NAME, "marketing", effective="2026-04-01").replace("at_least 90", "at_least 80")
    entente.write("amended.yaml", amended)
    entente.ok("apply", "amended.yaml", "--sign", "supplier,client")
    push(
        entente,
        report("marketing", "2026-01-19", "2026-01-19T08:00:00Z"),
        report("marketing", "2026-02-09", "2026-02-09T08:00:00Z"),
        until="2026-03-10T00:00:00Z",
    )
    entente.ok("reviews", "minutes", f"{NAME}@2026-03-03", "--text", "Later.", who="marketing/luc")
    assert drop_views(entente.store) > 10
    assert packs(entente, "third") == first
    assert "no difference" in entente.ok("replay")
