"""Runs the program as its users do: as other processes, by their exit codes and what they print.

Whatever is started here is ended here, by its own process id. No run may ever show a traceback.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

from tests.forks import ROOT, Fork, Forks, forks
from tests.patience import PATIENCE


@dataclass(frozen=True, slots=True)
class Ran:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def problem(self, code: int) -> str:
        """The one line that says what is wrong; fails unless the run ended with that code and said nothing else."""
        assert self.code == code, (self.code, self.out, self.err)
        [line] = self.err.splitlines()
        return line


def environment(changed: Mapping[str, str] | None = None) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("ENTENTE_")}
    return {**mine, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "LC_ALL": "C.UTF-8", **(changed or {})}


@dataclass
class Entente:
    """The program on one store, run in one folder; without a store, on its own choice."""

    store: str
    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    module: str = "entente"
    forks: Forks | None = None
    """What forks it; none: that of this process."""

    def run(self, *arguments: object, who: str | None = None, **changed: Any) -> Ran:
        """Runs a command to its end, as a fork. With `changed`, further arguments of `subprocess.run`, it is begun anew."""
        if changed or not _forks_well(self.env):
            return self.run_anew(*arguments, who=who, **changed)
        with TemporaryDirectory(prefix="entente-said-") as beside:
            out, err = Path(beside) / "out", Path(beside) / "err"
            said = self._said(*arguments, who=who)
            fork = (self.forks or forks()).start(self.module, said, self.folder, environment(self.env), out, err)
            try:
                code = fork.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                fork.kill()
                raise
            return whole(Ran(code, out.read_text("utf-8"), err.read_text("utf-8")))

    def run_anew(self, *arguments: object, who: str | None = None, **changed: Any) -> Ran:
        """Runs a command to its end in an interpreter of its own, as users do."""
        done = subprocess.run(
            [sys.executable, "-m", self.module, *self._said(*arguments, who=who)],
            cwd=self.folder,
            env=environment(self.env),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            **changed,
        )
        return whole(Ran(done.returncode, done.stdout, done.stderr))

    def ok(self, *arguments: object, who: str | None = None) -> str:
        """What a command that must succeed printed."""
        ran = self.run(*arguments, who=who)
        assert ran.code == 0, (arguments, ran.code, ran.out, ran.err)
        return ran.out

    def json(self, *arguments: object, who: str | None = None) -> Any:
        return json.loads(self.ok(*arguments, "--json", who=who))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    @contextmanager
    def started(self, *arguments: object, who: str | None = None) -> Iterator[Started]:
        """A command in the background; killed at the end of the block if it is still running."""
        with started(self.module, self._said(*arguments, who=who), self.folder, self.env) as running:
            yield running

    @contextmanager
    def serving(self, *arguments: object, verb: str = "serve", ends_with: int = signal.SIGTERM) -> Iterator[Server]:
        """`serve` on a free port, ready to answer; ended by a signal, and then well."""
        with self.started(verb, "--port", 0, *arguments) as running:
            server = Server(running, running.address())
            server.wait_until_ready()
            yield server
            if running.is_alive():
                running.process.send_signal(ends_with)
                assert running.process.wait(PATIENCE) == 0, running.shown()
                running.check()

    def _said(self, *arguments: object, who: str | None) -> list[str]:
        store = ("--store", self.store) if self.store else ()
        return [*map(str, arguments), *store, *(("--as", who) if who else ())]


class Started:
    """A process that runs beside the test; what it says is kept in two files."""

    def __init__(self, process: Fork | subprocess.Popen[bytes], out: Path, err: Path):
        self.process = process
        self._out = out
        self._err = err

    def address(self) -> str:
        """Where it says that it listens."""
        wait_until(lambda: "http://" in self.shown() or not self.is_alive(), self.shown)
        assert "http://" in self.shown(), self.shown()
        return "http://" + self.shown().partition("http://")[2].split()[0]

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def kill(self, number: int = signal.SIGKILL) -> Ran:
        """Sends the signal, and waits for the end."""
        if self.is_alive():
            self.process.send_signal(number)
        return self.ended()

    def ended(self) -> Ran:
        code = self.process.wait(PATIENCE)
        return whole(Ran(code, self._out.read_text("utf-8", "replace"), self._err.read_text("utf-8", "replace")))

    def check(self) -> None:
        assert "Traceback" not in self.shown(), self.shown()

    def shown(self) -> str:
        return self._out.read_text("utf-8", "replace") + self._err.read_text("utf-8", "replace")


@contextmanager
def started(module: str, said: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> Iterator[Started]:
    """`python -m module said…`, killed at the end of the block if it is still running."""
    number = time.monotonic_ns()
    out, err = folder / f"{number}.out", folder / f"{number}.err"
    process = _begun(module, said, folder, env or {}, out, err)
    try:
        yield Started(process, out, err)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)


def _begun(
    module: str, said: Sequence[str], folder: Path, env: Mapping[str, str], out: Path, err: Path
) -> Fork | subprocess.Popen[bytes]:
    for file in (out, err):
        file.touch()
    if _forks_well(env):
        return forks().start(module, said, folder, environment(env), out, err)
    with out.open("wb") as output, err.open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", module, *said],
            cwd=folder, env=environment(env), stdout=output, stderr=errors, start_new_session=True,
        )  # fmt: skip


def _forks_well(env: Mapping[str, str]) -> bool:
    """Nothing but what the program reads itself: an interpreter looks at the rest only when it begins."""
    return all(name.startswith("ENTENTE_") for name in env)


class Server:
    """A running `serve` or `demo`, with a client for it."""

    def __init__(self, running: Started, address: str):
        self.running = running
        self.address = address

    def wait_until_ready(self) -> None:
        def answers() -> bool:
            assert self.running.is_alive(), self.running.shown()
            try:
                return httpx2.get(f"{self.address}/healthz", timeout=5).status_code == 200
            except httpx2.TransportError:
                return False

        wait_until(answers, self.running.shown)

    def get(self, path: str, who: str | None = None, **headers: str) -> httpx2.Response:
        return httpx2.get(self.address + path, headers=_as(who) | headers, timeout=PATIENCE)

    def json(self, path: str, who: str | None = None) -> Any:
        answer = self.get(path, who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: bytes, media: str, who: str | None = None) -> httpx2.Response:
        return httpx2.post(
            self.address + path, content=body, headers=_as(who) | {"content-type": media}, timeout=PATIENCE
        )

    def push(self, *events: bytes, who: str | None = None) -> httpx2.Response:
        """A batch of events."""
        body = b"[" + b",".join(events) + b"]"
        return self.post("/v1/events", body, "application/cloudevents-batch+json", who)


def wait_until(holds: Callable[[], bool], shown: Callable[[], object] = str, within: float = PATIENCE) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, shown()
        time.sleep(0.05)


def _as(who: str | None) -> dict[str, str]:
    return {} if who is None else {"Entente-As": who}


def whole(ran: Ran) -> Ran:
    assert "Traceback" not in ran.out + ran.err, ran
    return ran
