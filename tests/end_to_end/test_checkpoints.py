"""Checkpoints as their users meet them: a key, the running program, commands beside it, verifying."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.end_to_end.running import Entente
from tests.patience import PATIENCE
from tests.services.api_case import contract

SIGNED = ("--sign", "supplier,client")


@pytest.fixture
def signing(entente_on_either: Entente) -> Entente:
    """With a key, and a contract that is not signed yet."""
    entente = entente_on_either
    entente.ok("keys", "create", "checkpoint.key", "--checkpoint")
    entente.env["ENTENTE_CHECKPOINT_KEY"] = "checkpoint.key"
    entente.env["ENTENTE_CHECKPOINTS_TO"] = "elsewhere.txt"
    (entente.folder / "contract.yaml").write_text(contract("to-marketing", "marketing"))
    return entente


def listed(entente: Entente) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(entente.ok("checkpoints", "list", "--json"))
    return found


def elsewhere(entente: Entente) -> Path:
    return entente.folder / "elsewhere.txt"


def test_a_signature_is_covered_at_once_and_what_is_altered_behind_it_is_found(signing: Entente) -> None:
    signing.ok("apply", "contract.yaml", *SIGNED)
    [made] = listed(signing)
    note = elsewhere(signing).read_text()
    assert note == made["note"]
    name, size, *_ = note.splitlines()
    assert (name.startswith("entente.invalid/"), int(size)) == (True, made["size"])
    assert "agree with 2 checkpoints" in signing.ok("verify", "--checkpoint", "elsewhere.txt")
    assert "only you can tell" in signing.ok("verify")
    other = signing.ok("keys", "create", "other.key", "--checkpoint").splitlines()[0]
    told = signing.run("verify", "--key", other)
    assert (told.code, "no key that you trust" in told.err) == (1, True)


def test_while_it_serves_the_judge_makes_them_and_commands_ask_for_one(signing: Entente) -> None:
    with signing.serving():
        signing.ok("apply", "contract.yaml", *SIGNED)
        made = listed(signing)
        assert made
        (signing.folder / "other.yaml").write_text(contract("to-finance", "finance"))
        signing.ok("apply", "other.yaml")
        printed = signing.ok("checkpoints", "make")
        assert printed == listed(signing)[-1]["note"]
        assert len(listed(signing)) > len(made)
        deadline = time.monotonic() + PATIENCE
        while elsewhere(signing).read_text() != "".join(str(one["note"]) for one in listed(signing)):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert "agree with" in signing.ok("verify", "--checkpoint", "elsewhere.txt")


def test_a_bundle_is_verified_in_an_empty_folder(signing: Entente) -> None:
    signing.ok("apply", "contract.yaml", *SIGNED)
    key = signing.ok("keys", "create", "other.key", "--checkpoint").splitlines()[0]
    printed = signing.ok("export", "bundle.zip", who="marketing")
    assert "entries, up to position" in printed
    empty = signing.folder / "empty"
    empty.mkdir()
    elsewhere_ = Entente("", empty)
    told = elsewhere_.ok("verify", "../bundle.zip", "--checkpoint", "../elsewhere.txt")
    assert "figures and documents follow from them" in told
    assert "it says that it was made with entente" in told
    assert "it says that it was made for marketing, with all that is theirs" in told
    assert "0 days ago: what came later is not in it" in told
    assert elsewhere_.run("verify", "../bundle.zip", "--key", key).code == 1
    kept = elsewhere(signing)
    whole = kept.read_text()
    kept.write_text(f"{whole}{whole[:40]}")
    told = elsewhere_.run("verify", "../bundle.zip", "--checkpoint", "../elsewhere.txt").problem(2)
    assert f"the checkpoint that begins in line {len(whole.splitlines()) + 1} is not whole" in told
    assert "leave it out, or copy the file anew" in told
    assert list(empty.iterdir()) == []
    assert signing.run("export", "bundle.txt").code == 2


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_store_that_was_restored_says_so(signing: Entente) -> None:
    signing.ok("apply", "contract.yaml", *SIGNED)
    file = Path(signing.store.removeprefix("sqlite:///"))
    backup = file.read_bytes()
    (signing.folder / "other.yaml").write_text(contract("to-finance", "finance"))
    signing.ok("apply", "other.yaml", *SIGNED)
    file.write_bytes(backup)
    for name in ("-wal", "-shm"):
        Path(f"{file}{name}").unlink(missing_ok=True)
    told = signing.run("verify", "--checkpoint", "elsewhere.txt")
    assert (told.code, "ahead of the store" in told.err) == (1, True)
    assert signing.run("restore", "--reason", "the disk failed", who="sales").code == 2
    assert "goes another way" in signing.ok("restore", "--reason", "the disk failed")
    shown = signing.ok("verify", "--checkpoint", "elsewhere.txt")
    assert "the disk failed" in shown
    assert "of what stood there before" in shown


def test_without_a_key_it_is_said_that_nothing_is_covered(entente_on_either: Entente) -> None:
    entente = entente_on_either
    (entente.folder / "contract.yaml").write_text(contract("to-marketing", "marketing"))
    entente.ok("apply", "contract.yaml", *SIGNED)
    assert "no checkpoint" in entente.ok("verify")
    assert "ENTENTE_CHECKPOINT_KEY" in entente.run("checkpoints", "make").problem(2)
    told = entente.ok("doctor")
    assert "no key for checkpoints" in told
