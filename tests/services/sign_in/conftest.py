"""An identity provider that lies as it is told, and our side of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.sign_in.lying_provider import Provider, lying_provider
from tests.services.sign_in.oidc_case import Case


@pytest.fixture
def provider() -> Iterator[Provider]:
    with lying_provider() as running:
        yield running


@pytest.fixture
def case(provider: Provider) -> Case:
    return Case(provider)
