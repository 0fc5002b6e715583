"""A command loads what it needs: the web framework, and what makes pages, only where something is served."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("fastapi", "uvicorn", "starlette", "jinja2", "weasyprint", "kafka", "dashboards.pages")


def test_commands_that_serve_nothing_load_no_web_framework() -> None:
    loaded = f"import sys, entente.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, timeout=120, check=True)
    assert ran.stdout.strip() == "[]"
