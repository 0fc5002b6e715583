"""Receipts, proofs and checkpoints over HTTP: what somebody outside can show with what he was given."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from domain.merkle import is_consistent, is_included, leaf_hash
from domain.records import record
from domain.signed_notes import read_note
from ingestion.events_api import events_router
from services.access import principal
from services.checkpoints.making import make
from services.checkpoints.signing import SigningKey, is_signed
from tests.services.api_case import Case, opened, report

KEY = SigningKey("ville.example/entente", b"\x07" * 32)


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with opened(f"sqlite:///{tmp_path}/town.db") as case:
        yield case.lived()


def pushed(case: Case, *events: bytes, who: str = "sales/crm") -> list[dict[str, Any]]:
    """The answers about the items of one batch."""
    app = Starlette(routes=events_router(case.door, lambda _: principal(who)).routes)
    body = b"[" + b",".join(events) + b"]"
    headers = {"content-type": "application/cloudevents-batch+json"}
    answered = TestClient(app).post("/v1/events", content=body, headers=headers)
    assert answered.status_code == 202, answered.text
    found: list[dict[str, Any]] = json.loads(answered.content)["items"]
    return found


def checkpointed(case: Case) -> str:
    made = make(case.store.history, [KEY], lambda: 1_773_144_000_000_000)
    assert made is not None
    return made.note


SENT = report("marketing", "2026-02-02", "2026-02-02T08:00:00Z")


def test_what_was_accepted_has_a_receipt_that_turns_into_a_proof(case: Case) -> None:
    [item] = pushed(case, SENT)
    assert (item["result"], item["index"], len(item["salt"])) == ("accepted", None, 32)
    position = item["position"]
    refused = case.http.get("/v1/proof", params={"position": position}, headers={"Entente-As": "sales"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:entente:problem:not-checkpointed")
    note = checkpointed(case)
    for who in ("sales", "marketing", None):
        proof = case.get("/v1/proof", who, position=position)
        assert (proof["leaf"], proof["checkpoint"]) == (item["leaf"], note)
        entry = proof["entry"]
        assert entry["salt"] == item["salt"]
        state = base64.b64decode(entry["state"])
        assert state.endswith(SENT)
        own = record(position, UUID(entry["stream"]), entry["version"], entry["topic"], state)
        leaf = leaf_hash(bytes.fromhex(entry["salt"]) + own)
        assert leaf.hex() == item["leaf"]
        found, lines = read_note(proof["checkpoint"])
        assert is_signed(note, lines[0], KEY.verifiers[0])
        path = [bytes.fromhex(one) for one in proof["path"]]
        assert is_included(leaf, proof["index"], found.size, path, found.root)


def test_a_duplicate_has_the_receipt_of_the_first_and_what_was_set_aside_has_none(case: Case) -> None:
    [first] = pushed(case, SENT)
    again, other, bad = pushed(case, SENT, SENT.replace(b"marketing", b"finance", 1), b"{}")
    assert (again["result"], again["leaf"], again["salt"]) == ("duplicate", first["leaf"], first["salt"])
    assert bad["result"] == "quarantined"
    assert "leaf" not in bad
    assert ("leaf" in other) == (other["result"] == "accepted")


def test_of_somebody_elses_entry_there_is_no_proof_as_of_none_that_exists(case: Case) -> None:
    [item] = pushed(case, SENT)
    checkpointed(case)
    found = [
        case.http.get("/v1/proof", params={"position": position}, headers={"Entente-As": "finance"})
        for position in (item["position"], item["position"] + 10_000)
    ]
    assert [one.status_code for one in found] == [404, 404]
    own, none = (one.text for one in found)
    assert own.replace(str(item["position"]), "N") == none.replace(str(item["position"] + 10_000), "N")


def test_the_tree_of_one_checkpoint_begins_with_that_of_another(case: Case) -> None:
    sizes = []
    for day in ("2026-02-02", "2026-02-09", "2026-02-16"):
        pushed(case, report("marketing", day, f"{day}T08:00:00Z"))
        sizes.append(read_note(checkpointed(case))[0])
    listed = case.get("/v1/checkpoints", "finance")
    assert [one["size"] for one in listed] == [one.size for one in sizes]
    assert [one["size"] for one in case.get("/v1/checkpoints", after=sizes[0].size, limit=1)] == [sizes[1].size]
    growth = case.get("/v1/consistency", "finance", **{"from": sizes[0].size, "to": sizes[2].size})
    path = [bytes.fromhex(one) for one in growth["path"]]
    assert is_consistent(sizes[0].size, sizes[2].size, (sizes[0].root, sizes[2].root), path)
    wrong = case.http.get("/v1/consistency", params={"from": sizes[2].size, "to": 10**9})
    assert (wrong.status_code, wrong.json()["type"]) == (400, "urn:entente:problem:size-invalid")


def test_a_proof_is_made_in_any_size_that_holds_the_entry(case: Case) -> None:
    pushed(case, SENT)
    size = read_note(checkpointed(case))[0].size
    for entry in case.store.history.read(0, 1_000):
        proof = case.get("/v1/proof", position=entry.position, size=size)
        path = [bytes.fromhex(one) for one in proof["path"]]
        assert is_included(bytes.fromhex(proof["leaf"]), proof["index"], size, path, bytes.fromhex(proof["root"]))
    early = case.http.get("/v1/proof", params={"position": entry.position, "size": 1})
    assert early.status_code == 400


def test_a_receipt_says_of_a_sealed_state_what_its_hash_is() -> None:
    from services.checkpoints.receipts import Receipts
    from services.history.history import open_history

    history = open_history("sqlite://:memory:")
    try:
        receipt = Receipts(history).of_event(7, bytes(16), b"\x02sealed")
        assert receipt.state == sha256(b"\x02sealed").hexdigest()
        assert Receipts(history).of_event(7, bytes(16), b"\x01{}\n").state is None
    finally:
        history.close()
