"""What is altered behind the program's back is found and named: one in twenty of what `make tampering` tries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tampering.tampering import TIMES, Sealed, found, sealed

EVERY = 20


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return sealed(f"sqlite:///{tmp_path_factory.mktemp('tampering')}/town.db")


@pytest.mark.parametrize("way", TIMES)
def test_each_alteration_is_found_and_named(store: Sealed, way: str, tmp_path: Path) -> None:
    tried = range(0, TIMES[way], EVERY)
    said = [found(store, way, number, tmp_path) for number in tried]
    assert [one for one in said if one is not None] == []


def test_on_postgresql_too(postgres_url: str, tmp_path: Path) -> None:
    store = sealed(postgres_url)
    said = [found(store, way, number, tmp_path) for way in TIMES for number in range(2)]
    assert [one for one in said if one is not None] == []
