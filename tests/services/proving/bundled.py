"""A town whose bundles are made and forged."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from domain.merkle import Growing
from domain.signed_notes import Checkpoint
from services.access import ADMINISTRATOR, Principal, principal
from services.checkpoints.making import make
from services.checkpoints.signing import SigningKey, signed_note
from services.proving import verify as alone
from services.proving.archive import write_archive
from services.proving.exporting import Exported, export
from tests.services.api_case import Case, opened, report

KEY = SigningKey("ville.example/entente", b"\x07" * 32)
FORGED = SigningKey("ville.example/entente", b"\x08" * 32)
VKEY = KEY.verifiers[0].text
PROGRAM = Path(alone.__file__)
Entries = list[dict[str, Any]]


@dataclass
class Town:
    """`notes`: the checkpoints that were handed out, each after some more was reported."""

    case: Case
    folder: Path
    notes: list[str]

    def export(self, name: str = "bundle.zip", who: str | None = None, **options: Any) -> Path:
        self.exported(name, who, **options)
        return self.folder / name

    def exported(self, name: str, who: str | None = None, **options: Any) -> Exported:
        asks: Principal = principal(who) if who else ADMINISTRATOR
        return export(self.case.store.seeing, asks, self.folder / name, **options)

    def kept(self, *numbers: int) -> Path:
        """A file with those of the checkpoints."""
        file = self.folder / "kept.txt"
        file.write_text("".join(self.notes[number] for number in numbers), encoding="utf-8")
        return file


@contextmanager
def town(folder: Path, url: str | None = None) -> Iterator[Town]:
    with opened(url or f"sqlite:///{folder}/town.db") as case:
        case.lived()
        notes = []
        for day in ("2026-02-02", "2026-02-09"):
            for client in ("marketing", "finance"):
                case.push("sales/crm", report(client, day, f"{day}T08:00:00Z"))
            notes.append(checkpointed(case))
        assert case.post("/v1/advance", to="2026-02-15T00:00:00Z").status_code == 200
        notes.append(checkpointed(case))
        yield Town(case, folder, notes)


def checkpointed(case: Case) -> str:
    made = make(case.store.history, [KEY], lambda: 1_773_144_000_000_000)
    assert made is not None
    return made.note


def lines_of(bundle: Path) -> Entries:
    with zipfile.ZipFile(bundle) as archive:
        return [json.loads(line) for line in archive.read("entries.jsonl").splitlines()]


def changed(bundle: Path, target: str, change: Callable[[dict[str, bytes]], None], *, mends: bool = True) -> Path:
    """A bundle with other files; `mends`: with a manifest that says of them, and of the tree, what is so."""
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    if mends:
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = {name: sha256(files[name]).hexdigest() for name in files if name != "manifest.json"}
        with suppress(Exception):  # where they are no checkpoints
            newest = max(alone.notes(files["checkpoints.txt"].decode()), key=lambda one: one.size)
            manifest |= {"origin": newest.origin, "root": base64.b64encode(newest.root).decode()}
        files["manifest.json"] = json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n"
    path = bundle.with_name(target)
    path.unlink(missing_ok=True)
    write_archive(path, list(files.items()))
    return path


def forged(bundle: Path, target: str, alter: Callable[[Entries], None], key: SigningKey = FORGED) -> Path:
    """T-4: some entries altered, the tree made anew, and all checkpoints signed anew by that key."""

    def change(files: dict[str, bytes]) -> None:
        entries = [json.loads(line) for line in files["entries.jsonl"].splitlines()]
        alter(entries)
        files["entries.jsonl"] = b"".join(json.dumps(one).encode() + b"\n" for one in entries)
        hidden = [files["leaves.bin"][at : at + 32] for at in range(0, len(files["leaves.bin"]), 32)]
        shown = {one["index"]: alone.leaf(one) for one in entries}
        leaves = [shown[at] if at in shown else hidden.pop(0) for at in range(len(shown) + len(hidden))]
        notes = ""
        for found in alone.notes(files["checkpoints.txt"].decode()):
            tree = Growing()
            tree.extend(leaves[: found.size])
            notes += signed_note(Checkpoint(key.name, found.size, tree.root), 1_773_144_000, [key])
        files["checkpoints.txt"] = notes.encode()
        files["verifiers.txt"] = "".join(f"{one.text}\n" for one in key.verifiers).encode()

    return changed(bundle, target, change)


def with_state(entry: dict[str, Any], old: bytes, new: bytes) -> None:
    state = base64.b64decode(entry["state"])
    assert old in state
    entry["state"] = base64.b64encode(state.replace(old, new, 1)).decode()


def ran_alone(*arguments: object) -> tuple[int, str]:
    """`verify.py` by itself: its exit code, and what it says."""
    done = subprocess.run(
        [sys.executable, "-I", str(PROGRAM), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
    )
    return done.returncode, done.stdout + done.stderr
