"""A real history in a file, and a door whose clock stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.door import Door
from services.history.history import History, open_history

NOW = 1_773_144_000_000_000


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    opened = open_history(f"sqlite:///{tmp_path / 'entente.db'}")
    yield opened
    opened.close()


@pytest.fixture
def door(history: History) -> Door:
    return Door(history, lambda: NOW)
