"""What nobody vouches for is said, or refused, alike by the three who verify a bundle."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from domain.signed_notes import Checkpoint, notes_in, verifier
from services.checkpoints.announcing import announce, restored
from services.checkpoints.making import make
from services.checkpoints.signing import SigningKey, signed_note
from services.checkpoints.verifying import given, verify
from services.errors import Invalid
from services.history.entries import RESTORED, pack, restored_stream
from services.proving.reading import verify_bundle
from tests.lacking import lacking
from tests.services.api_case import report
from tests.services.proving.bundled import (
    FORGED,
    KEY,
    VKEY,
    Entries,
    Town,
    changed,
    forged,
    ran_alone,
    town,
    with_state,
)

VERIFIER = Path(__file__).with_name("verify.mjs")
LATER = 1_773_244_000_000_000


def three(bundle: Path, *options: object) -> list[int]:
    """The exit code of each."""
    if shutil.which("node") is None:
        lacking("Node: `apt-get install nodejs`; left out is that another verifier comes to the same")
    given_ = [str(one) for one in options]
    keys = [verifier(value) for name, value in zip(given_[::2], given_[1::2], strict=True) if name == "--key"]
    files = [value for name, value in zip(given_[::2], given_[1::2], strict=True) if name == "--checkpoint"]
    kept = [given(note, is_kept=True) for file in files for note in notes_in(Path(file).read_text(encoding="utf-8"))]
    found = verify_bundle(bundle, kept, keys, computes=False)
    done = subprocess.run(["node", str(VERIFIER), str(bundle), *given_], capture_output=True, timeout=120, check=False)
    return [int(bool(found.problems)), ran_alone(bundle, *options)[0], done.returncode]


def more(made: Town, key: SigningKey = KEY) -> str:
    made.case.push("sales/crm", report("finance", "2026-02-16", "2026-02-16T08:00:00Z"))
    note = make(made.case.store.history, [key], lambda: LATER)
    assert note is not None
    return note.note


def test_a_restore_that_anybody_has_made_up_excuses_nothing(tmp_path: Path) -> None:
    def alter(entries: Entries) -> None:
        note = signed_note(Checkpoint(FORGED.name, 1, bytes(32)), 1_700_000_000, [FORGED])
        state = pack({"received": 4 * 10**15, "by": "platform", "checkpoint": note, "reason": "x"}, b"")
        stream = str(restored_stream(note, 1))
        entries[-1].update(topic=RESTORED, version=1, stream=stream, state=b64encode(state).decode())
        for one in entries[:-1]:
            if one["topic"] == "entente.event":
                with_state(one, b"\n", b"\n ")

    with town(tmp_path) as made:
        bad = forged(made.export(), "bad.zip", alter)
        assert three(bad, "--checkpoint", made.kept(0)) == [1, 1, 1]
        assert three(bad, "--checkpoint", made.kept(0), "--key", FORGED.verifiers[0].text) == [1, 1, 1]


def test_what_comes_behind_the_checkpoint_that_was_kept_is_said_to_be_unproved(tmp_path: Path) -> None:
    with town(tmp_path) as made:
        sizes = [given(one).checkpoint.size for one in made.notes]

        def alter(entries: Entries) -> None:
            for one in entries[sizes[1] :]:
                with_state(one, b"\n", b"\n ")

        bundle = made.export()
        bad = forged(bundle, "bad.zip", alter)
        assert three(bad, "--checkpoint", made.kept(1)) == [0, 0, 0]
        told = ran_alone(bad, "--checkpoint", made.kept(1))[1]
        assert f"nothing vouches for entries {sizes[1] + 1} to {sizes[2]}" in told
        assert "only you can tell" in told
        found = verify_bundle(bad, [given(made.notes[1], is_kept=True)], computes=False)
        assert found.tree.vouched == sizes[1]
        assert "nothing vouches" not in ran_alone(bundle, "--checkpoint", made.kept(1))[1]


def test_a_key_is_trusted_only_where_the_former_has_signed_that_it_takes_its_place(tmp_path: Path) -> None:
    for name, signs in (("alone", False), ("with", True)):
        (tmp_path / name).mkdir()
        with town(tmp_path / name) as made:
            history = made.case.store.history
            if signs:
                make(history, [FORGED, KEY], lambda: LATER)
            else:
                announce(history, FORGED.verifiers[0].text, lambda: LATER)
                make(history, [KEY], lambda: LATER)
            more(made, FORGED)
            assert three(made.export(), "--key", VKEY) == ([0, 0, 0] if signs else [1, 1, 1])
            assert bool(verify(history, trusted=[verifier(VKEY)]).problems) is not signs


def test_a_file_that_no_bundle_has_is_refused_though_the_manifest_names_it(tmp_path: Path) -> None:
    with town(tmp_path) as made:
        bad = changed(made.export(), "bad.zip", lambda files: files.update({"documents.txt": b"no penalty"}))
        with pytest.raises(Invalid):
            verify_bundle(bad)
        assert ran_alone(bad, "--key", VKEY)[0] == 1
        assert subprocess.run(
            ["node", str(VERIFIER), str(bad)], capture_output=True, timeout=120, check=False
        ).returncode


@pytest.mark.parametrize("moment", [LATER, 4 * 10**15])
def test_a_genuine_restore_is_believed_up_to_the_checkpoint_that_covers_it(tmp_path: Path, moment: int) -> None:
    with town(tmp_path) as made:
        left = more(made)
        (tmp_path / "left.txt").write_text(left, encoding="utf-8")
        history = made.case.store.history
        with sqlite3.connect(tmp_path / "town.db") as store:
            size = given(made.notes[2]).checkpoint.size
            store.execute(f"DELETE FROM stored_events WHERE rowid > {size}")
            store.execute(f"DELETE FROM history_checkpoint WHERE size > {size}")
            store.execute("DELETE FROM history_tile")
            store.execute("UPDATE history_tree SET size = 0, position = 0")
        restored(history, made.notes[2], "the disk failed", lambda: moment)
        make(history, [KEY], lambda: LATER + 60_000_000)
        bundle = made.export()
        both = "--checkpoint", made.kept(0), "--checkpoint", tmp_path / "left.txt"
        assert three(bundle, *both, "--key", VKEY) == [0, 0, 0]
        assert three(bundle, *both) == [0, 0, 0]
        assert "of what stood there before" in ran_alone(bundle, *both)[1]
        after = given(left).checkpoint
        note = signed_note(Checkpoint(after.origin, after.size, after.root), LATER // 10**6 + 61, [KEY])
        (tmp_path / "left.txt").write_text(note, encoding="utf-8")
        assert three(bundle, *both, "--key", VKEY) == [1, 1, 1]
