"""Somebody who knows the page of the design alone comes to the same: a verifier in another language, without packages."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from domain.merkle import Growing, inclusion, leaf_hash
from domain.records import record
from domain.signed_notes import Checkpoint
from services.checkpoints.signing import SigningKey, signed_note
from tests.lacking import lacking
from tests.services.proving.bundled import VKEY, Entries, Town, changed, forged, ran_alone, town, with_state

VERIFIER = Path(__file__).with_name("verify.mjs")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    if shutil.which("node") is None:
        lacking("Node: `apt-get install nodejs`; left out is that another verifier comes to the same")
    with town(tmp_path_factory.mktemp("town")) as made:
        yield made


def ran(*arguments: object) -> tuple[int, str]:
    done = subprocess.run(
        ["node", str(VERIFIER), *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, (done.stdout + done.stderr).strip()


@pytest.mark.parametrize("who", [None, "finance"])
def test_it_agrees_with_what_was_exported(made: Town, who: str | None) -> None:
    bundle = made.export(f"{who}.zip", who)
    code, told = ran(bundle, "--key", VKEY, "--checkpoint", made.kept(0, 1, 2))
    assert code == 0, told
    assert "agree with" in told


def altered(entries: Entries) -> None:
    [one] = [one for one in entries if b'"id": "marketing/2026-02-02"' in b64decode(one["state"])]
    with_state(one, b"2026-02-02T08:00", b"2026-02-02T10:30")


def test_it_finds_what_was_forged_and_says_what_the_others_say(made: Town) -> None:
    bundle = made.export("forged.zip")
    bad = forged(bundle, "bad.zip", altered)
    code, told = ran_alone(bad, "--checkpoint", made.kept(0))
    assert ran(bad, "--checkpoint", made.kept(0)) == (code, told.strip()) == (1, told.strip())
    assert ran(bad, "--key", VKEY) == (1, "signed by no key that you trust")
    for name in ("entries.jsonl", "leaves.bin"):
        assert ran(changed(bundle, "cut.zip", lambda files, name=name: cut(files, name)), "--key", VKEY)[0] == 1  # type: ignore[misc]


def cut(files: dict[str, bytes], name: str) -> None:
    files[name] = b"\n".join(files[name].splitlines()[:-1]) if files[name] else bytes(32)


def test_t_3_the_worked_example_has_the_root_and_the_proofs_of_the_page(made: Town) -> None:
    states = (b"a", b"b", b"c", b"d", b"")
    records = [
        record(position, UUID(int=number), 1, "entente.test", state)
        for number, (position, state) in enumerate(zip((1, 2, 4, 5, 9), states, strict=True), 1)
    ]
    leaves = [leaf_hash(bytes([number]) * 16 + one) for number, one in enumerate(records, 1)]
    assert leaves[0].hex() == "bcc5d07bce8a0181dc1e4468394ee5b2b7cce15ad422b129ce7d48a66898b747"
    nodes: dict[tuple[int, int], bytes] = {}
    tree = Growing()
    for leaf in leaves:
        nodes |= {(level, index): node for level, index, node in tree.add(leaf)}
    assert tree.root.hex() == "7bac1b012a38f1349c6cc8fb1aeec349a0de25fecfbeff9da38a0eab3da13e25"
    assert [len(inclusion(at, 5, lambda level, index: nodes[level, index])) for at in (4, 0)] == [1, 3]
    key = SigningKey(
        "ville.example/entente", bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    vkey = "ville.example/entente+54be4a71+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
    assert key.verifiers[0].text == vkey
    note = signed_note(Checkpoint(key.name, 5, tree.root), 1_773_144_000, [key])
    bundle = changed(made.export("t3.zip"), "five.zip", lambda files: files.update(five(files, leaves, note)))
    assert ran(bundle, "--key", vkey)[0] == 0
    assert ran_alone(bundle, "--key", vkey)[0] == 0


def five(files: dict[str, bytes], leaves: list[bytes], note: str) -> dict[str, bytes]:
    """All five hidden."""
    manifest = json.loads(files["manifest.json"]) | {"size": 5, "position": 9, "shown": 0}
    return {
        "manifest.json": json.dumps(manifest).encode(),
        "entries.jsonl": b"",
        "leaves.bin": b"".join(leaves),
        "checkpoints.txt": note.encode(),
    }
