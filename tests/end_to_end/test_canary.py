"""What is sealed stands in clear nowhere, from the first moment on; and what was destroyed is opened by nothing that is left: files of
the server with its log and its temporary files, free pages, dumps, answers, lines of the log."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from fastapi.testclient import TestClient

from entente.serving import web
from entente.settings import Settings
from entente.wiring import program
from services.access import ADMINISTRATOR
from services.sealing.data_keys import DataKeys
from services.sealing.erasing import Erasing
from services.sealing.kek import Keks, opened, read_keks
from services.sealing.key_tables import open_keys
from tests.end_to_end.test_forgotten import CANARY, Town
from tests.entering import entered
from tests.servers import postgres_binaries

ASKED = (
    "/", "/history", "/quarantine", "/commitments/desk/tickets/in-time", "/metrics", "/exports/figures.csv", "/kept",
    "/exports/occurrences.csv?commitment=desk/tickets/in-time", "/exports/slices.csv?commitment=desk/tickets/in-time",
    "/v1/history?limit=1000", "/v1/figures", "/v1/explain?commitment=desk/tickets/in-time&key=T107",
)  # fmt: skip
AROUND = 300
"""Bytes on both sides of a key's id in which its wrapped key is looked for."""


class Wrapped(NamedTuple):
    """A data key as it lay in the store of keys."""

    id: str
    kek: str
    wrapped: bytes


def is_said(held: bytes) -> bool:
    """Says whether the canary stands there, as UTF-8, as JSON escapes it, or in UTF-16."""
    escaped = CANARY.encode("ascii", "backslashreplace").replace(b"\\xe9", b"\\u00e9")
    return any(form in held for form in (CANARY.encode(), escaped, CANARY.encode("utf-16-le")))


def everything(town: Town) -> Iterator[bytes]:
    """All files in which the program, and the server under it, keep something; and a dump of the server's."""
    folders = [town.home]
    url = town.entente.store
    if url.startswith("postgresql:"):
        with psycopg.connect(url) as server:
            server.execute("CHECKPOINT")
            [(data,)] = server.execute("SHOW data_directory").fetchall()
        folders.append(Path(data))
        dump = postgres_binaries() / "pg_dump"
        yield subprocess.run([dump, url], capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.read_bytes()


def keys_of(town: Town, subject: str) -> list[Wrapped]:
    database = open_keys("", town.entente.store)
    try:
        ids = [one.id for one in DataKeys(database, keks_of(town)).of_subject(subject)]
        with database.connect() as reads:
            rows = reads.select_in("SELECT id, kek, wrapped FROM data_key WHERE", "id", ids)
        return [Wrapped(id, kek, bytes(wrapped)) for id, kek, wrapped in rows]
    finally:
        database.close()


def keks_of(town: Town) -> Keks:
    return read_keks(town.apart / "kek")


def can_be_opened(one: Wrapped, held: list[bytes], keks: Keks) -> bool:
    """Says whether anything near the key's id, wherever that stands, is unwrapped by one of the keys of that file."""
    size, id = len(one.wrapped), one.id.encode()
    for data in held:
        at = data.find(id)
        while at >= 0:
            for start in range(max(0, at - AROUND), at + AROUND):
                piece = data[start : start + size]
                if any(opened(kek, piece, id) is not None for kek in keks.keys.values()):
                    return True
            at = data.find(id, at + 1)
    return False


def answers(town: Town) -> Iterator[str]:
    settings = Settings(store=town.entente.store, kek_file=str(town.apart / "kek"))
    with program(settings) as held:
        http = TestClient(web(held), base_url="http://127.0.0.1", client=("127.0.0.1", 50_000))
        for path in ASKED:
            answer = http.get(path)
            assert answer.status_code == 200, (path, answer.text[:300])
            yield answer.text


def test_what_is_sealed_stands_nowhere_and_what_was_destroyed_opens_nowhere(
    store_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    town = Town(store_url, tmp_path)
    assert is_said((town.apart / "sent.jsonl").read_bytes()), "the search finds what is there"
    assert not any(map(is_said, everything(town)))
    assert not any(is_said(text.encode()) for text in answers(town))
    destroyed, before = keys_of(town, "s7"), keks_of(town)
    assert len(destroyed) == 3
    held = list(everything(town))
    assert all(can_be_opened(one, held, before) for one in destroyed), "the search finds what is there"
    town.entente.ok("erase", "s7", "--reason", "request")
    town.entente.ok("keys", "rewrap")
    held, left = list(everything(town)), keks_of(town)
    assert set(left.keys).isdisjoint(before.keys)
    assert not any(can_be_opened(one, held, left) for one in destroyed)
    assert not any(key in data for key in before.keys.values() for data in held)
    if not store_url.startswith("postgresql:"):
        assert not any(one.wrapped in data for one in destroyed for data in held)
    assert not any(map(is_said, held))
    assert not any(is_said(text.encode()) for text in answers(town))
    assert not is_said("".join((caplog.text, *capsys.readouterr())).encode())


def test_the_name_of_who_is_forgotten_stands_in_no_page_of_the_files(tmp_path: Path) -> None:
    def found() -> list[str]:
        return [path.name for path in tmp_path.iterdir() if CANARY.encode() in path.read_bytes()]

    with entered(f"sqlite:///{tmp_path / 'entente.db'}") as house:
        people: list[dict[str, Any]] = [
            {"person": f"p{number}", "name": f"Name {number}", "services": {"it": "member"}} for number in range(50)
        ]
        people[25]["name"] = CANARY
        house.admit(*people)
        assert found()
        store, leaving = house.program.store, house.program.leaving
        Erasing(store.history, None, store.clock, also=[leaving]).erase(ADMINISTRATOR, "p25", "left")
        assert found() == []
