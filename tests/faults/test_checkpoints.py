"""Whoever makes checkpoints is killed wherever it stands, two of them are at work at once, a tile is altered: the tree stays that of
the entries, and what is not so is said."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from services.checkpoints import tree
from services.checkpoints.keeping import Keeping
from services.checkpoints.making import all_checkpoints
from services.checkpoints.signing import create_key
from services.checkpoints.verifying import verify
from services.history.history import Fact
from services.opening import open_store, system_clock
from services.store import Store
from tests.end_to_end.running import environment
from tests.faults.dying import OF_WHOEVER_SIGNS
from tests.forks import ROOT
from tests.patience import PATIENCE

ENTRIES = 12_000
"""In three steps of growing."""


def dies(store: str, key: Path, point: str, number: int, *command: str) -> int:
    """The program killed at that point: its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.dying", point, str(number), "--store", store, *command],
        cwd=ROOT,
        env=environment({"ENTENTE_CHECKPOINT_KEY": str(key), "ENTENTE_CHECKPOINTS_TO": f"{key}.to"}),
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode


def filled(url: str, begin: int = 0) -> Store:
    store = open_store(url)
    facts = [Fact(UUID(int=begin + n), "entente.test", b"\x01{}\n%d" % n) for n in range(1, ENTRIES + 1)]
    store.history.append_facts(facts)
    return store


def sizes(store: Store) -> Sequence[int]:
    with store.history.database.connect() as reads:
        return [one.size for one in all_checkpoints(reads)]


@pytest.mark.parametrize("point", OF_WHOEVER_SIGNS)
def test_killed_anywhere_the_next_one_goes_on(store_url: str, tmp_path: Path, point: str) -> None:
    create_key(tmp_path / "key", "ville.example/entente")
    filled(store_url).close()
    number = 2 if point in ("growing", "grown") else 1
    assert dies(store_url, tmp_path / "key", point, number, "checkpoints", "make") == -signal.SIGKILL
    store = open_store(store_url)
    try:
        assert verify(store.history).problems == ()
        assert sizes(store) == ([ENTRIES + 2] if point == "checkpointed" else [])
        keeping = Keeping(store.history, system_clock, store.judging.leading, keys=[tmp_path / "key"])
        assert keeping.make() is not None
        found = verify(store.history)
        assert (found.problems, len(found.given)) == ((), 1)
        assert sizes(store) == [ENTRIES + 2]  # with the rules that were adopted, and the key that was announced
    finally:
        store.close()


def test_a_tile_that_was_altered_is_found(store_url: str, tmp_path: Path) -> None:
    create_key(tmp_path / "key", "ville.example/entente")
    store = filled(store_url)
    try:
        keeping = Keeping(store.history, system_clock, store.judging.leading, keys=[tmp_path / "key"])
        keeping.make()
        with store.history.database.transaction() as writes:
            hashes = bytearray(tree.Tiles(writes).tile(0, 7))
            hashes[3 * tree.HASH] ^= 1
            writes.execute("UPDATE history_tile SET hashes = ? WHERE level = 0 AND number = 7", [bytes(hashes)])
        [said] = verify(store.history).problems
        assert said.startswith(f"entry {7 * tree.WIDTH + 3}, at position ")
    finally:
        store.close()
