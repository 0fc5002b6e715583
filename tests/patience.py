"""How long tests wait for what must come. No test fails because a machine is slow: this is far more than anything here
takes while everything else on it is busy, and only what hangs reaches it."""

from __future__ import annotations

import os

PATIENCE = float(os.environ.get("ENTENTE_TEST_PATIENCE", "300"))
"""Seconds. Whoever takes away what a test waits for says less."""
