"""The town for tests of pages: one for all that only look at it, and a copy for each that decides something."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dashboards.valmoray import living_town
from tests.dashboards.visiting import Site, visited


@pytest.fixture(scope="session")
def shown() -> Iterator[Site]:
    """To look at: nothing is decided in it."""
    with living_town() as town, visited(town) as site:
        yield site


@pytest.fixture
def site() -> Iterator[Site]:
    """A town of this test alone."""
    with living_town() as town, visited(town) as site:
        yield site
