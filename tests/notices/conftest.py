"""One mail server a run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.notices.post_office import PostOffice, post_office


@pytest.fixture(scope="session")
def _office() -> Iterator[PostOffice]:
    with post_office() as found:
        yield found


@pytest.fixture
def office(_office: PostOffice) -> PostOffice:
    _office.clear()
    return _office
