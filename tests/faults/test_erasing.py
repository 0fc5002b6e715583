"""Whoever forgets somebody is killed wherever it stands: done again, all is as if it had been done once. A lost store of keys loses
what is sealed, and nothing else."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from entente.doctor_keys import key_findings
from entente.settings import Settings
from entente.wiring import Program, program
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.directory.names import Directory
from services.history.entries import EVENT, Box, box_of
from services.opening import system_clock
from services.sealing.erased import all_erased
from services.sealing.erasing import Erasing
from services.sealing.kek import create_kek, read_keks
from services.sealing.kept_apart import lines
from tests.end_to_end.running import environment
from tests.faults.dying import OF_WHOEVER_FORGETS, OF_WHOEVER_WRAPS
from tests.forks import ROOT
from tests.given import document
from tests.patience import PATIENCE
from tests.services.sealing.sealed import lab, ticket

ANNA = "anna"
"""A person of the directory, of whom the desk has sent tickets, too."""


@dataclass(frozen=True)
class Place:
    """A store with its keys; `apart` is the file that is kept from backups."""

    settings: Settings

    @property
    def apart(self) -> Path:
        return Path(self.settings.erased_to)

    def dies(self, point: str, number: int, *command: str) -> int:
        told = {"KEK_FILE": self.settings.kek_file, "ERASED_TO": self.settings.erased_to, "KEYS": self.settings.keys}
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.dying", point, str(number), "--store", self.settings.store, *command],
            cwd=ROOT,
            env=environment({f"ENTENTE_{name}": value for name, value in told.items()}),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.returncode


@pytest.fixture
def place(store_url: str, tmp_path: Path) -> Place:
    return placed(store_url if store_url.startswith("postgresql:") else "", tmp_path)


@pytest.fixture
def in_files(tmp_path: Path) -> Place:
    """For what happens to keys, which lie in a file of their own whatever the store is."""
    return placed("", tmp_path)


def placed(url: str, folder: Path) -> Place:
    create_kek(folder / "kek", system_clock())
    kek, apart, keys = (str(folder / name) for name in ("kek", "apart", "keys.db"))
    url = url or f"sqlite:///{folder / 'entente.db'}"
    settings = Settings(store=url, kek_file=kek, erased_to=apart, keys=f"sqlite:///{keys}")
    with program(settings) as opened:
        contracting = opened.store.use(Contracting)
        people = [{"person": ANNA, "name": "Anna", "services": {"lab": "member"}}]
        for tree in (lab(), {"entente": 1, "access": "town", "people": people}):
            contracting.apply(ADMINISTRATOR, document(tree))
        send(opened, "t1", "2026-03-10T09:00:00Z")
        send(opened, "t2", "2026-04-10T09:00:00Z")
    return Place(settings)


def send(opened: Program, id: str, time: str) -> None:
    event = decode_structured(ticket(id, time=time, requester={"id": ANNA, "name": "Anna"}))
    [answer] = opened.door.submit([event], ADMINISTRATOR, "http")
    assert answer.result == "accepted"


def erase_again(opened: Program) -> None:
    store, keys = opened.store, opened.keys
    erased_to = Path(opened.settings.erased_to)
    Erasing(store.history, keys, store.clock, erased_to, also=[opened.leaving]).erase(ADMINISTRATOR, ANNA, "request")


@pytest.mark.parametrize("point", OF_WHOEVER_FORGETS)
def test_killed_anywhere_and_done_again_is_as_if_done_once(place: Place, point: str) -> None:
    assert place.dies(point, 1, "erase", ANNA, "--reason", "request") == -signal.SIGKILL
    with program(place.settings) as opened:
        erase_again(opened)
        assert opened.keys is not None
        assert opened.keys.held("event") == []
        told = [one for _, one in all_erased(opened.store.history)]
        keys = Counter(key for one in told for key in one.keys)
        assert (len(keys), set(keys.values())) == (2, {1})
        assert Counter(key for line in lines(place.apart) for key in line.keys) == keys
        assert opened.keys.destroyed(list(keys)).keys() == keys.keys()
        assert ANNA not in Directory(opened.store.history).names()
        assert [one.person for one in told if one.person]
        assert opened.leaving.of(ANNA) == []


@pytest.mark.parametrize(("point", "number"), OF_WHOEVER_WRAPS)
def test_killed_while_wrapping_keys_anew_nothing_is_lost(in_files: Place, point: str, number: int) -> None:
    before = read_keks(Path(in_files.settings.kek_file)).newest
    assert in_files.dies(point, number, "keys", "rewrap") == -signal.SIGKILL
    with program(in_files.settings) as opened:
        send(opened, "t3", "2026-03-11T09:00:00Z")
        assert opened.keys is not None
        assert opened.keys.rewrap(opened.store.clock()) == 2
    [left] = read_keks(Path(in_files.settings.kek_file)).keys
    assert left != before


def test_a_lost_store_of_keys_loses_what_is_sealed_and_nothing_else(in_files: Place) -> None:
    def found() -> list[str]:
        with program(in_files.settings) as opened:
            return [str(one.says) for one in key_findings(opened.store.history, in_files.settings, system_clock())]

    lost = "data keys of the history that are nowhere: 2; what is sealed under them cannot be opened"
    assert lost not in found()
    Path(in_files.settings.keys.removeprefix("sqlite:///")).unlink()
    assert lost in found()
    with program(in_files.settings) as opened:
        send(opened, "t3", "2026-05-10T09:00:00Z")
        opened.store.judging.catch_up()
        history = opened.store.history
        states = [history.opener.standing(box.key).state for box in boxes(opened)]
        assert states == ["unknown", "unknown", "kept"]
    assert lost in found()


def boxes(opened: Program) -> Iterator[Box]:
    for entry in opened.store.history.read(0, 1_000, [EVENT]):
        box = box_of(entry.state)
        assert box is not None
        yield box
