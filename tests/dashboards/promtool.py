"""Prometheus and its tool, as Debian installs them; without them a test says so, and in CI that is a failure."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.lacking import lacking
from tests.patience import PATIENCE


def program(name: str) -> str:
    """The path of `promtool` or `prometheus`."""
    found = shutil.which(name)
    if found is None:
        package = "prometheus-alertmanager" if "alertmanager" in name else "prometheus"
        lacking(f"{name} is not here: install the Debian package {package}")
    return found


def promtool(*arguments: str, given: bytes | None = None, at: Path | None = None) -> str:
    """What promtool printed; fails the test with it where promtool is not content."""
    done = subprocess.run(
        [program("promtool"), *arguments], input=given, capture_output=True, cwd=at, timeout=PATIENCE, check=False
    )
    printed = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, printed
    return printed
