"""The program on a fresh store, of either kind, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.running import Entente


@pytest.fixture
def entente(sqlite_url: str, tmp_path: Path) -> Entente:
    return Entente(sqlite_url, tmp_path)


@pytest.fixture
def entente_on_either(store_url: str, tmp_path: Path) -> Entente:
    return Entente(store_url, tmp_path)
