"""Starts the programs of the tests beside them, as other processes on the same store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def appender(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """Runs tests/services/appender.py; kills it at the end of the block if it is still running."""
    command = [sys.executable, str(Path(__file__).with_name("appender.py")), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        try:
            yield program
        finally:
            program.kill()


def line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline()


def lines(program: subprocess.Popen[str]) -> list[str]:
    """All that is still to come, after which it must have ended well."""
    assert program.stdout is not None
    rest = program.stdout.read().splitlines()
    assert program.wait() == 0
    return rest
