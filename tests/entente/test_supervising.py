"""Loops that fail are started again, say why, and are well again once they have come round."""

from __future__ import annotations

import threading

import pytest

from entente import supervising
from entente.logs import log_as
from entente.supervising import Beat, Supervised
from services.errors import Unavailable
from tests.patience import PATIENCE


class Failing:
    """Fails as often as it is told to, or returns without being told; then it comes round well, and waits for its end."""

    def __init__(self, times: int, supervised: Supervised, error: Exception | None):
        self.left = times
        self.seen: list[dict[str, str]] = []
        self.is_well = threading.Event()
        self._supervised = supervised
        self._error = error

    def __call__(self, beat: Beat) -> None:
        self.seen.append(self._supervised.troubles())
        if self.left:
            self.left -= 1
            if self._error is not None:
                raise self._error
            return
        beat()
        self.is_well.set()
        self._supervised.stopping.wait(PATIENCE)


@pytest.mark.parametrize(
    ("error", "said"),
    [(Unavailable("no store"), "no store"), (ZeroDivisionError(), "ZeroDivisionError"), (None, "it ended by itself")],
)
def test_a_loop_that_fails_is_started_again_and_says_so_until_it_has_come_round(
    error: Exception | None, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervising, "SHORTEST", 0.01)
    log_as("text")
    supervised = Supervised()
    loop = Failing(3, supervised, error)
    supervised.add("judge", loop)
    supervised.start()
    assert loop.is_well.wait(PATIENCE)
    assert supervised.troubles() == {}
    assert supervised.restarts() == {"judge": 3}
    assert loop.seen[0] == {}
    assert all(said in trouble["judge"] for trouble in loop.seen[1:])
    supervised.stopping.set()
    supervised.join()
    assert supervised.restarts() == {"judge": 3}
    told = capsys.readouterr().err
    assert told.count("starting it again") == 3
    assert "judge is at work again" in told


def test_what_is_not_vital_is_started_again_and_troubles_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "SHORTEST", 0.01)
    supervised = Supervised()
    loop = Failing(2, supervised, Unavailable("no packs"))
    supervised.add("packs", loop, is_vital=False)
    supervised.start()
    assert loop.is_well.wait(PATIENCE)
    supervised.stopping.set()
    supervised.join()
    assert (loop.seen, supervised.restarts()) == ([{}, {}, {}], {"packs": 2})


def test_pauses_grow_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    class Stopping(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0)
            if len(waited) == 9:
                self.set()
            return self.is_set()

    def act(beat: Beat) -> None:
        if len(waited) == 8:
            beat()
        raise Unavailable("no store")

    supervising.Loop("judge", act, Stopping()).run()
    assert waited == [0.5, 1, 2, 4, 8, 16, 30, 30, 0.5]
