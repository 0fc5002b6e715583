"""One Keycloak for a run, which all its processes share, and a realm of its own for each test."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.keycloak.realm import Realm
from tests.keycloak.server import NoKeycloak, keycloak_server
from tests.lacking import lacking

MOST_SECONDS = 600
"""Of waiting, at the end of a run, for processes that use the server still."""


@pytest.fixture(scope="session")
def keycloak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address. Whichever process needs it first starts it, and ends it when the others need it no more."""
    base = tmp_path_factory.getbasetemp()
    told = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "keycloak"
    told.mkdir(exist_ok=True)
    with ExitStack() as stack:
        try:
            with _alone(told):
                if not (told / "address").exists():
                    (told / "address").write_text(stack.enter_context(keycloak_server()).address)
                    stack.callback(_wait_for_others, told)
                mine = told / f"user-{os.getpid()}"
                mine.touch()
        except NoKeycloak as missing:
            lacking(f"no identity provider is asked here (tests/keycloak): {missing}")
        stack.callback(mine.unlink)
        yield (told / "address").read_text()


@pytest.fixture
def realm(keycloak: str) -> Iterator[Realm]:
    """Of this test alone."""
    with Realm(keycloak) as made:
        yield made


@contextmanager
def _alone(told: Path) -> Iterator[None]:
    with (told / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _wait_for_others(told: Path) -> None:
    """Who comes after this starts one anew."""
    deadline = time.monotonic() + MOST_SECONDS
    while True:
        with _alone(told):
            if not list(told.glob("user-*")) or time.monotonic() > deadline:
                (told / "address").unlink()
                return
        time.sleep(0.2)
