"""A fork of the program is a process like any other one."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.end_to_end.running import Entente, environment
from tests.forks import Fork, Forks
from tests.servers import free_port


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with closing(Forks()) as running:
        yield running


@pytest.fixture
def serving(forks: Forks, tmp_path: Path, sqlite_url: str) -> Fork:
    (said := tmp_path / "said").touch()
    arguments = ["serve", "--store", sqlite_url, "--time", "manual", "--port", str(free_port())]
    one = forks.start("entente", arguments, tmp_path, environment(), said, said)
    while "Entente shows" not in said.read_text():
        assert one.is_running
        time.sleep(0.02)
    return one


@pytest.mark.parametrize("said", [("figures", "--json"), ("figures", "--no-such-option")])
def test_it_says_what_the_program_says_and_ends_as_it_does(
    forks: Forks, tmp_path: Path, sqlite_url: str, said: tuple[str, ...]
) -> None:
    assert Entente(sqlite_url, tmp_path, forks=forks).run(*said) == Entente(sqlite_url, tmp_path).run_anew(*said)


def test_a_signal_that_the_program_takes_ends_it_well(serving: Fork) -> None:
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(30) == 0
    assert serving.cpu > 0


def test_a_signal_that_it_cannot_take_is_its_exit_code(serving: Fork) -> None:
    serving.send_signal(signal.SIGKILL)
    assert serving.wait(30) == -signal.SIGKILL
    serving.send_signal(signal.SIGKILL)  # it has ended: nobody is meant


def test_none_outlives_what_forked_it(tmp_path: Path, sqlite_url: str) -> None:
    forks = Forks()
    (said := tmp_path / "said").touch()
    arguments = ["serve", "--store", sqlite_url, "--port", str(free_port())]
    one = forks.start("entente", arguments, tmp_path, environment(), said, said)
    forks.close()
    assert one.wait(30) == -signal.SIGKILL
