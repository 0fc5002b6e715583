"""How long tests wait for what must come. No test fails because a machine is slow: this is far more than anything here
takes while everything else on it is busy, and only what hangs reaches it."""

from __future__ import annotations

PATIENCE = 300.0
"""Seconds."""
