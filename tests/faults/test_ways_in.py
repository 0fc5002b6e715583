"""The program is killed between two steps of signing in: what was begun is begun again, what was used up has done what it was for."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from services.access import ADMINISTRATOR
from services.errors import NotFound
from tests.end_to_end.running import environment
from tests.faults.coming_in import ACTS, FALLS, Run, fall
from tests.forks import ROOT, Forks
from tests.patience import PATIENCE
from tests.services.sign_in.test_signing_in import OTHER, PASSWORD, PEOPLE, Town

REDEEMING = """
import os, signal, sys
from services.opening import open_store
from services.sign_in import inviting
from services.sign_in.sessions import Sessions
from tests.services.sign_in.test_signing_in import Town

def end(*told, **more):
    os.kill(os.getpid(), signal.SIGKILL)

store, point, link, password = sys.argv[1:]
if point == "before it is kept":
    inviting.end_all = end
else:
    Sessions.open = end
Town(store).sign_in.redeem(link, password)
"""


@pytest.mark.parametrize("point", ["before it is kept", "before it is answered"])
def test_a_link_that_was_used_when_it_was_killed_is_good_still_or_has_given_the_password(
    store_url: str, point: str
) -> None:
    town = Town(store_url)
    try:
        town.admit(*PEOPLE)
        link = town.sign_in.inviting.invite(ADMINISTRATOR, "anna")
        done = subprocess.run(
            [sys.executable, "-c", REDEEMING, store_url, point, link, PASSWORD],
            cwd=ROOT,
            env=environment({}),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        if point == "before it is kept":
            assert town.who(town.sign_in.redeem(link, OTHER)) is not None
        else:
            with pytest.raises(NotFound):
                town.sign_in.redeem(link, OTHER)
            assert town.who(town.sign_in.by_password("anna", PASSWORD)) is not None
        assert len(town.sign_in.sessions.of_person("anna")) == 1
    finally:
        town.store.close()


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with closing(Forks()) as running:
        yield running


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", ACTS)
def test_killed_in_the_middle_nobody_is_half_in_and_nobody_is_shut_out(
    forks: Forks, store_url: str, tmp_path: Path, name: str, seed: int
) -> None:
    schedule: list[str] = []
    fall(name, Run(forks, store_url, tmp_path, seed, schedule.append))
    assert len(schedule) >= FALLS
