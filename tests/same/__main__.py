"""Compares what two versions of the program show, byte for byte: `make same ARGS=<commit>`.

Each version runs its own `tests.same.showing`, in its own tree, with the same clock, into a folder of its own. The packages that
are installed are those of the newer version. A commit from before this comparison is given today's `tests/same`.

Exit 1 if something differs; what both have shown is kept in build/same.
"""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "same"
LINES = 20
"""Of the differences of one file, that are printed."""
DEADLINE = 3_600
"""Seconds that one version may take."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make same", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("commit", help="with which the working tree is compared")
    parser.add_argument("--only", action="append", default=[], help="demo, streams or boston; may be given again")
    given = parser.parse_args()
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    with checked_out(given.commit) as before:
        running = [shown(before, BUILD / "before", given.only), shown(ROOT, BUILD / "now", given.only)]
        for one in running:
            if one.wait(DEADLINE):
                print("a version could not be shown", file=sys.stderr)
                return 2
    differing = list(differences(BUILD / "before", BUILD / "now"))
    for text in differing:
        print(text)
    files = sum(path.is_file() for path in (BUILD / "now").rglob("*"))
    print(f"{len(differing)} of {files} differ")
    return 1 if differing else 0


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """The tree of a commit aside, with today's way of showing where it has none."""
    tree = BUILD / "tree"
    git("worktree", "add", "--detach", "--quiet", tree, commit)
    try:
        if not (tree / "tests" / "same").exists():
            shutil.copytree(ROOT / "tests" / "same", tree / "tests" / "same")
        yield tree
    finally:
        git("worktree", "remove", "--force", tree)


def git(*arguments: object) -> None:
    subprocess.run(["git", *map(str, arguments)], cwd=ROOT, check=True)


def shown(tree: Path, folder: Path, only: list[str]) -> subprocess.Popen[bytes]:
    """Begins to show what the version in a tree says. The shared data lie beside this one."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ENTENTE_")}
    environment |= {"PYTHONPATH": str(tree), "COLUMNS": "200", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "tests.same.showing", folder, ROOT.parent / "shared" / "data", *only]
    return subprocess.Popen([str(one) for one in command], cwd=tree, env=environment)


def differences(before: Path, now: Path) -> Iterator[str]:
    """What differs, a text for each file."""
    names = {path.relative_to(folder) for folder in (before, now) for path in folder.rglob("*") if path.is_file()}
    for name in sorted(names):
        old, new = before / name, now / name
        if not (old.exists() and new.exists()):
            yield f"{name}: only {'before' if old.exists() else 'now'}"
        elif old.read_bytes() != new.read_bytes():
            yield f"{name}:\n{_first_lines(old, new)}"


def _first_lines(old: Path, new: Path) -> str:
    before, now = (path.read_bytes().decode(errors="replace").splitlines() for path in (old, new))
    lines = difflib.unified_diff(before, now, "before", "now", lineterm="", n=0)
    return "\n".join(f"  {line[:300]}" for _, line in zip(range(LINES), lines, strict=False))


if __name__ == "__main__":
    sys.exit(main())
