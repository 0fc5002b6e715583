"""Processes of the program that need not import it: forks of one that has done so, and nothing else.

An import takes longer than most of what a command of a test does, and the same in each. What is forked is a
process of its own in every other way: its own session, folder, environment, signals and end.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any

ROOT = Path(__file__).parents[1]
IMPORTED = (
    "entente.cli",
    "entente.serving",
    "entente.kafka_wiring",
    "ingestion.kafka.worker",
    "services.history.postgres_recorder",
    "services.sign_in.oidc_sessions",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.loops.auto",
    "uvicorn.lifespan.on",
)
LOOKS_EVERY = 0.02
"""Seconds between two looks whether one has ended."""


class Fork:
    """One process, running or ended. To be asked as a `subprocess.Popen` is."""

    def __init__(self, forks: Forks, pid: int):
        self._forks = forks
        self.pid = pid
        self._has_ended = threading.Event()
        self._code = 0
        self.cpu = 0.0
        """Seconds of CPU, once it has ended."""

    @property
    def is_running(self) -> bool:
        return not self._has_ended.is_set()

    def poll(self) -> int | None:
        return self._code if self._has_ended.is_set() else None

    def send_signal(self, number: int) -> None:
        """Nothing where it has ended."""
        self._forks.ask({"signal": int(number), "pid": self.pid})

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, within: float | None = None) -> int:
        """Its exit code; negative where a signal has ended it. Raises TimeoutExpired."""
        if not self._has_ended.wait(within):
            raise subprocess.TimeoutExpired(str(self.pid), within or 0)
        return self._code

    def ends(self, code: int, cpu: float) -> None:
        self._code, self.cpu = code, cpu
        self._has_ended.set()


class Forks:
    """Starts them; with `close` all that are left are killed. Safe for several threads."""

    def __init__(self) -> None:
        self.cpu = 0.0
        """Seconds of CPU of all that have ended."""
        self._running: dict[int, Fork] = {}
        self._begun: SimpleQueue[Fork | None] = SimpleQueue()
        self._starting = threading.Lock()
        self._asking = threading.Lock()
        self._source = subprocess.Popen(
            [sys.executable, "-m", "tests.forks"],
            cwd=ROOT, env=_without_settings(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def start(
        self, module: str, arguments: Sequence[str], folder: Path, env: Mapping[str, str], out: Path, err: Path
    ) -> Fork:
        """`python -m module arguments…`. What it says is added to the files."""
        asked = {"module": module, "arguments": [*arguments], "folder": str(folder), "env": {**env}}
        with self._starting:
            self.ask({**asked, "out": str(out), "err": str(err)})
            begun = self._begun.get()
        if begun is None:
            raise RuntimeError("what forks processes has ended")
        return begun

    def ask(self, asked: Mapping[str, Any]) -> None:
        assert self._source.stdin is not None
        with self._asking:
            self._source.stdin.write(json.dumps(asked).encode() + b"\n")
            self._source.stdin.flush()

    def close(self) -> None:
        assert self._source.stdin is not None
        self._source.stdin.close()
        self._source.wait(20)
        self._listening.join()

    def _listen(self) -> None:
        assert self._source.stdout is not None
        with self._source.stdout as saying:
            for line in saying:
                said = json.loads(line)
                if "code" in said:
                    self.cpu += said["cpu"]
                    self._running.pop(said["pid"]).ends(said["code"], said["cpu"])
                else:
                    begun = self._running[said["pid"]] = Fork(self, said["pid"])
                    self._begun.put(begun)
        self._begun.put(None)


@cache
def forks() -> Forks:
    """Those of this process; with it they end."""
    return Forks()


class _Source:
    """The process that forks. In a fork `serve` returns what to run."""

    def __init__(self) -> None:
        self._running: set[int] = set()
        self._unread = b""

    def serve(self) -> tuple[str, list[str]]:
        while True:
            for line in self._asked():
                asked = json.loads(line)
                if "signal" in asked:
                    if asked["pid"] in self._running:
                        os.kill(asked["pid"], asked["signal"])
                elif (child := os.fork()) == 0:
                    return _become(asked)
                else:
                    self._running.add(child)
                    _say(pid=child)
            self._reap()

    def _asked(self) -> list[bytes]:
        ready, _, _ = select.select([0], [], [], LOOKS_EVERY if self._running else None)
        if not ready:
            return []
        if not (read := os.read(0, 1 << 16)):
            self._end()
        *lines, self._unread = (self._unread + read).split(b"\n")
        return lines

    def _reap(self) -> None:
        while self._running:
            pid, status, used = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            self._running.remove(pid)
            _say(pid=pid, code=os.waitstatus_to_exitcode(status), cpu=used.ru_utime + used.ru_stime)

    def _end(self) -> None:
        """Nobody asks any more."""
        for pid in self._running:
            os.kill(pid, signal.SIGKILL)
        while self._running:
            self._reap()
        sys.exit(0)


def _without_settings() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ENTENTE_")} | {
        "PYTHONPATH": str(ROOT)
    }


def _say(**what: float) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def _become(asked: Mapping[str, Any]) -> tuple[str, list[str]]:
    os.setsid()
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for number, name in ((0, os.devnull), (1, asked["out"]), (2, asked["err"])):
        opened = os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    if asked["env"].get("PYTHONFAULTHANDLER"):
        faulthandler.enable()
    return asked["module"], asked["arguments"]


def _main() -> None:
    for name in IMPORTED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    module, sys.argv[1:] = _Source().serve()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
