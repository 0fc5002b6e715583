"""The disk becomes full while a bundle is written: it is said in a sentence, and nothing of it is left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.cloudevents import decode_structured
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.checkpoints.signing import create_key
from services.opening import open_store, system_clock
from tests.end_to_end.running import environment
from tests.faults.disk import can_mount, small_disk
from tests.forks import ROOT
from tests.given import event, structured
from tests.lacking import lacking
from tests.patience import PATIENCE

BEFORE = b"the bundle of yesterday"
COUNT = 2_000


@pytest.mark.parametrize("where", ["the bundle", "what is written on the way"])
def test_a_full_disk_leaves_the_bundle_of_before_and_no_half_one(sqlite_url: str, tmp_path: Path, where: str) -> None:
    if not can_mount():
        lacking("an export to a full disk is not tried here: no disk can be mounted")
    create_key(tmp_path / "key", "ville.example/entente")
    store = open_store(sqlite_url)
    sent = [decode_structured(structured(event("x", "2026-02-02 08:00", text="x" * 500))) for _ in range(COUNT)]
    Door(store.history, system_clock).submit(sent, ADMINISTRATOR, "http")
    store.close()
    with small_disk(1 << 20) as disk:
        assert disk is not None
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        folder, temporary = (disk.folder, elsewhere) if where == "the bundle" else (elsewhere, disk.folder)
        (folder / "bundle.zip").write_bytes(BEFORE)
        done = subprocess.run(
            [sys.executable, "-m", "entente", "--store", sqlite_url, "export", str(folder / "bundle.zip")],
            cwd=ROOT,
            env=environment({"ENTENTE_CHECKPOINT_KEY": str(tmp_path / "key"), "TMPDIR": str(temporary)}),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 3, done.stderr
        assert "disk is full" in done.stderr
        assert "Traceback" not in done.stderr
        assert (folder / "bundle.zip").read_bytes() == BEFORE
        assert [one.name for one in folder.iterdir()] == ["bundle.zip"]
        if temporary == elsewhere:
            assert list(temporary.iterdir()) == []
