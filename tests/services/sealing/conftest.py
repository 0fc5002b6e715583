"""A store of either kind whose door seals."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.sealing.sealed import Sealed, lab, sealing


@pytest.fixture
def sealed(tmp_path: Path, store_url: str) -> Iterator[Sealed]:
    """In which `desk` is declared personal."""
    with sealing(tmp_path, store_url) as opened:
        opened.describe(lab())
        yield opened
