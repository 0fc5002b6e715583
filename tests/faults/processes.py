"""Processes as an operator keeps them: started again whenever they end, until they are no longer wanted."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.end_to_end.running import environment
from tests.forks import Fork, Forks

PAUSE = 0.3
"""Seconds before the next start."""
FATAL = 2
PATIENCE = 30.0
"""Seconds that a process may take to end when it is told to."""


class Kept:
    """One command of the program, or of `module`. After exit code 2 it is not started again: something has to be decided."""

    def __init__(
        self,
        forks: Forks,
        name: str,
        arguments: Sequence[str],
        folder: Path,
        env: Mapping[str, str],
        module: str = "entente",
    ):
        self.name = name
        self.codes: list[int] = []
        self._forks = forks
        self._arguments = list(arguments)
        self._folder = folder
        self._env = {**environment(env), "PYTHONFAULTHANDLER": "1"}
        self._module = module
        self._is_wanted = True
        self._told: list[int] = []
        self._pause = PAUSE
        self.has_died = threading.Event()
        """Where it was told to, since it was told so last."""
        self._dies: tuple[str, int] | None = None
        self._is_dying = False
        self._process = self._begin()
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self._thread.start()

    @property
    def log(self) -> Path:
        return self._folder / f"{self.name}.log"

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def tell(self, number: int) -> None:
        """To the process that runs now, if one does."""
        self._told.append(number)
        self._process.send_signal(number)

    @property
    def was_killed(self) -> bool:
        """The one that ran last, by a fault: its exit code is no answer to being told to end."""
        return signal.SIGKILL in self._told or self._is_dying

    def rests(self, seconds: float) -> None:
        """The next start comes so much later."""
        self._pause = PAUSE + seconds

    def dies_at(self, point: str, number: int) -> None:
        """Ends what runs now; the next one will be killed at that point (tests/faults/dying.py)."""
        self.has_died.clear()
        self._dies = point, number
        self.tell(signal.SIGKILL)

    def steps_clock(self, seconds: int) -> None:
        """Ends what runs now; from the next one on its clock is wrong by so much (tests/faults/stepped.py)."""
        if self._module == "entente":
            self._module, self._arguments = "tests.faults.stepped", ["0", *self._arguments]
        self._arguments[0] = str(seconds)
        self.tell(signal.SIGKILL)

    def becomes(self, module: str) -> None:
        """Ends what runs now, as one is asked to; from the next one on it is that program."""
        self._module = module
        self.tell(signal.SIGTERM)

    def end(self, number: int = signal.SIGTERM) -> int:
        """Ends it for good; its exit code."""
        self._is_wanted = False
        deadline = time.monotonic() + PATIENCE
        while self._thread.is_alive():
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(number if time.monotonic() < deadline else signal.SIGKILL)
            self._thread.join(5)
        return self.codes[-1]

    def _begin(self) -> Fork:
        self._told = []
        dying, self._dies = self._dies, None
        self._is_dying = dying is not None
        with self.log.open("ab") as output:
            output.write(f"--- {self.name}: started {dying or ''}\n".encode())
        module, arguments = self._module, self._arguments
        if dying is not None:
            module, arguments = "tests.faults.dying", [dying[0], str(dying[1]), *arguments]
        return self._forks.start(module, arguments, self._folder, self._env, self.log, self.log)

    def _keep(self) -> None:
        while True:
            self.codes.append(self._process.wait())
            if self._is_dying:
                self.has_died.set()
            if not self._is_wanted or self.codes[-1] == FATAL:
                return
            pause, self._pause = self._pause, PAUSE
            time.sleep(pause)
            if not self._is_wanted:
                return
            self._process = self._begin()
