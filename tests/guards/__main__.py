"""Takes away the code of each rule of the design, and what guards the way of an event, one guard after the other, and shows
the test that fails: `make guards`.

In copies of the sources aside; nothing here is changed, and nothing stays behind. Exit 1 if a test does not notice.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from importlib.util import cache_from_source
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

import pytest

from tests.guards.forking import BROKEN, ELSEWHERE, FAILED, OURS, PASSED
from tests.guards.guards import GUARDS, ROOT, TESTS, Guard
from tests.guards.others import OTHERS
from tests.guards.streaming import STREAMING, Guarding
from tests.patience import PATIENCE

SHORT = 60.0
"""Seconds that a test waits for what must come, once what makes it come may have been taken away."""
AnyGuard = TypeVar("AnyGuard")
AnyCopy = TypeVar("AnyCopy")
CACHES = shutil.ignore_patterns("__pycache__", "*.db")
ENDED = {PASSED: "passes as before", ELSEWHERE: "did not test the copy", BROKEN: "could not be run"}


def copy_sources(folder: Path) -> None:
    for name in sorted({*OURS, "deploy"}):
        shutil.copytree(ROOT / name, folder / name, ignore=CACHES)
    shutil.copy(ROOT / "pyproject.toml", folder)


class Copy:
    """The sources aside, and a process there that runs tests of the rules."""

    def __init__(self, folder: Path):
        self.folder = folder
        copy_sources(folder)
        self._tests = {path: (folder / path).read_text(encoding="utf-8") for path in TESTS}

    @contextmanager
    def running(self) -> Iterator[Copy]:
        """The copy stands before whatever is installed."""
        modules = [path.removesuffix(".py").replace("/", ".") for path in TESTS]
        with subprocess.Popen(
            [sys.executable, "-m", "tests.guards.forking", *modules, "tests.conftest"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as self._process:
            yield self
            assert self._process.stdin is not None
            self._process.stdin.close()

    def test(self, names: Sequence[str]) -> int:
        """How those tests end."""
        wanted = [f"{path}::{name}" for name in names for path, text in self._tests.items() if f"def {name}(" in text]
        assert len(wanted) == len(names)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(*wanted, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def test_without(self, guard: Guard) -> int:
        """How the guard's test ends without it."""
        source = guard.source(self.folder)
        try:
            self._write(guard, guard.patched(source))
            return self.test([guard.name])
        finally:
            self._write(guard, source)

    def _write(self, guard: Guard, source: str) -> None:
        """Its compiled form goes too: a file of the same length may come in the same second."""
        file = self.folder / guard.file
        file.write_text(source, encoding="utf-8")
        Path(cache_from_source(str(file))).unlink(missing_ok=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "rules", nargs="*", type=int, help="numbers of rules; all of them, and the way, if none is given"
    )
    options.add_argument(
        "--way", action="store_true", help="only what guards the way of an event: Kafka, stores, judges"
    )
    options.add_argument("--about", choices=sorted(OTHERS), action="append", help="only what guards this")
    options.add_argument(
        "--at-once", type=int, default=min(os.cpu_count() or 1, 4), help="how many tests run at once; most of them wait"
    )
    asked = options.parse_args()
    is_of_rules = not asked.way and not asked.about
    guards = [one for one in GUARDS if is_of_rules and (not asked.rules or one.rule in asked.rules)]
    unnoticed = count = 0
    if guards:
        count, unnoticed = len(guards), _of_rules(guards, asked.at_once)
    if not asked.rules:
        others = [
            one for about in OTHERS if about in (asked.about or OTHERS) and not asked.way for one in OTHERS[about]
        ]
        way = [*(() if asked.about else STREAMING), *others]
        count, unnoticed = count + len(way), unnoticed + (_of_the_way(way, asked.at_once) if way else 0)
    print(f"\n{count} guards, {unnoticed} of them unnoticed", file=sys.stderr)
    sys.exit(1 if unnoticed else 0)


def _of_rules(guards: Sequence[Guard], at_once: int) -> int:
    """How many tests did not notice."""
    with tempfile.TemporaryDirectory(prefix="entente-guards-") as folder, ExitStack() as stack:
        copies = [
            stack.enter_context(Copy(Path(folder).resolve() / str(number)).running()) for number in range(at_once)
        ]
        if copies[0].test(list(dict.fromkeys(guard.name for guard in guards))) != PASSED:
            sys.exit("the tests of the rules do not pass with every guard in its place: a failure would show nothing")
        return _take_away(guards, copies)


def _of_the_way(guards: Sequence[Guarding], at_once: int) -> int:
    """How many tests did not notice. These tests start servers and processes of the program: each runs by itself."""
    with tempfile.TemporaryDirectory(prefix="entente-guards-") as name:
        folders = [Path(name).resolve() / str(number) for number in range(at_once)]
        for folder in folders:
            copy_sources(folder)
        if _tested(folders[0], list(dict.fromkeys(guard.test for guard in guards)), PATIENCE) != pytest.ExitCode.OK:
            sys.exit("the tests of the way do not pass with every guard in its place: a failure would show nothing")
        width = max(len(guard.taken) for guard in guards)
        unnoticed = 0
        print(f"{'what was taken away'.ljust(width)}  test that failed")
        for guard, code in _each(guards, folders, _tested_without):
            is_seen = code == pytest.ExitCode.TESTS_FAILED
            shown = guard.test if is_seen else f"NONE: {guard.test} ends with {code}"
            print(f"{guard.taken.ljust(width)}  {shown}", flush=True)
            unnoticed += not is_seen
    return unnoticed


def _tested_without(guard: Guarding, folder: Path) -> int:
    file = folder / guard.file
    source = file.read_text(encoding="utf-8")
    file.write_text(guard.patched(folder), encoding="utf-8")
    try:
        return _tested(folder, [guard.test], SHORT)
    finally:
        file.write_text(source, encoding="utf-8")


def _tested(folder: Path, tests: Sequence[str], patience: float) -> int:
    """The exit code of pytest over them, in the copy. What all of them print with every guard in its place is shown. Nothing
    compiled is kept: files change within a second."""
    env = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    env["ENTENTE_TEST_PATIENCE"] = str(patience)
    said = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]
    stdout = sys.stderr if patience == PATIENCE else subprocess.DEVNULL
    return subprocess.run(said, cwd=folder, env=env, stdout=stdout, check=False).returncode


def _each(
    guards: Sequence[AnyGuard], copies: Sequence[AnyCopy], without: Callable[[AnyGuard, AnyCopy], int]
) -> Iterator[tuple[AnyGuard, int]]:
    """The guards in their order, each with how its test ends without it; as many at once as there are copies."""
    free: SimpleQueue[AnyCopy] = SimpleQueue()
    for one in copies:
        free.put(one)

    def ended(guard: AnyGuard) -> int:
        copy = free.get()
        try:
            return without(guard, copy)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as running:
        yield from zip(guards, running.map(ended, guards), strict=True)


def _take_away(guards: Sequence[Guard], copies: Sequence[Copy]) -> int:
    """Prints a line for each guard, in their order; how many tests did not notice."""
    width = max(len(guard.taken) for guard in guards)
    unnoticed = 0
    print(f"rule  {'what was taken away'.ljust(width)}  test that failed")
    for guard, end in _each(guards, copies, lambda guard, copy: copy.test_without(guard)):
        shown = guard.name if end == FAILED else f"NONE: {guard.name} {ENDED.get(end, 'did not end')}"
        print(f"{guard.rule:4}  {guard.taken.ljust(width)}  {shown}", flush=True)
        unnoticed += end != FAILED
    return unnoticed


if __name__ == "__main__":
    main()
