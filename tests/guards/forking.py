"""Runs named tests, each line of standard input in a process of its own, and answers how each ended.

Libraries are imported once, before the first fork; our own modules by each process anew, since one of them is changed.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

OURS = {"domain", "services", "ingestion", "dashboards", "entente", "tests"}
PASSED, FAILED, ELSEWHERE, BROKEN = range(4)
"""The tests passed; one of them failed; what was imported is not the copy; they could not be run at all."""
LONGEST = 120
"""Seconds that a test may take before it is ended, and counts as not run."""
QUIETLY = ("-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
# modules without a spec are put there by libraries themselves, and cannot be imported by name
_SHOW = (
    "import importlib, sys; [importlib.import_module(one) for one in sys.argv[1:]]; "
    "print(*(name for name, one in sys.modules.items() if getattr(one, '__spec__', None) is not None))"
)


class Failures:
    """A plug-in that sees which tests ran and failed."""

    def __init__(self) -> None:
        self.are_there = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.are_there |= report.failed


def import_libraries(modules: list[str]) -> None:
    """What our modules import of others."""
    done = subprocess.run([sys.executable, "-c", _SHOW, *modules], capture_output=True, text=True, check=True)
    for name in done.stdout.split():
        if name.partition(".")[0] not in OURS:
            importlib.import_module(name)


def run_apart(tests: list[str]) -> int:
    """How the tests ended; a negative number where they were ended by a signal."""
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(LONGEST)
            os._exit(_run(tests))
        finally:
            os._exit(BROKEN)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _run(tests: list[str]) -> int:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    failures = Failures()
    code = pytest.main([*QUIETLY, *tests], plugins=[failures])
    if not all(_is_own(one) for name, one in list(sys.modules.items()) if name.partition(".")[0] in OURS):
        return ELSEWHERE
    if failures.are_there:
        return FAILED
    return PASSED if code == pytest.ExitCode.OK else BROKEN


def _is_own(module: ModuleType) -> bool:
    """Whether it was imported from the copy, which is the working directory."""
    return module.__file__ is None or Path(module.__file__).resolve().is_relative_to(Path.cwd())


if __name__ == "__main__":
    import_libraries(sys.argv[1:])
    for line in sys.stdin:
        print(run_apart(line.split()), flush=True)
