"""A real Keycloak for the tests: on free loopback ports, from Maven, with a store of its own for each run.

Needs Java 17 and Maven (`.ci/packages.txt` names the Debian packages). The first run fetches some 160 MB, unpacks them into the
user's cache, builds the server and fills its store there (about a minute); those after it begin with a copy of that store.
Raises `NoKeycloak` where it cannot be had.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers import free_port

VERSION = "26.4.0"
FETCH_SECONDS = 900
START_SECONDS = 180
MEMORY = ("-Xms96m", "-Xmx448m", "-XX:MaxMetaspaceSize=256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
OPENED = tuple(f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in ("util", "util.concurrent", "security"))
FIXED = (
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-Djava.util.concurrent.ForkJoinPool.common.threadFactory="
    "io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
    "-Djava.net.preferIPv4Stack=true",
    "-Duser.language=en",
)
BUILT = ("--db=dev-file", "--health-enabled=true")
"""What the server is built with; all else is said at its start."""
USER, PASSWORD = "of-the-tests", "a secret of the tests"
READY = re.compile(r"Listening on")


class NoKeycloak(Exception):
    """What is missing for a Keycloak."""


class Keycloak:
    """A server that runs: at `address`, which is also what its issuers begin with, unless it is called by another one on loopback."""

    def __init__(self, home: Path):
        self.home = home
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self.log = home / "out"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it listens. Raises RuntimeError with its log."""
        told = (
            "start",
            "--optimized",
            "--http-enabled=true",
            "--http-host=127.0.0.1",
            f"--http-port={self._port}",
            "--http-management-host=127.0.0.1",
            f"--http-management-port={free_port()}",
            "--hostname-strict=false",
            "--cache=local",
        )
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                _java(self.home, *told),
                stdout=output,
                stderr=output,
                cwd=self.home,
                env=_named(),
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not READY.search(self.log.read_text(errors="replace")):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Keycloak does not start: {self.log.read_text(errors='replace')[-4_000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        """At once: its store is thrown away."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def keycloak_server() -> Iterator[Keycloak]:
    """Runs one until the end of the block. Raises NoKeycloak."""
    prepared = fetched()
    home = Path(tempfile.mkdtemp(prefix="entente-keycloak-"))
    try:
        for part in prepared.iterdir():
            if part.name != "data":
                (home / part.name).symlink_to(part)
        shutil.copytree(prepared / "data", home / "data")
        server = Keycloak(home)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def fetched() -> Path:
    """The folder of the server, built and with a store in which there is nobody but who administers it. Raises NoKeycloak."""
    for program, package in (("java", "openjdk-17-jre-headless"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise NoKeycloak(f"`{program}` is missing: install the Debian package {package}")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "entente"
    cache.mkdir(parents=True, exist_ok=True)
    prepared = cache / f"keycloak-{VERSION}"
    with (cache / "keycloak.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.exists():
            with tempfile.TemporaryDirectory(prefix="keycloak-", dir=cache) as aside:
                _prepared(Path(aside)).rename(prepared)
    return prepared


def _prepared(aside: Path) -> Path:
    artifact = f"org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
    _run(["mvn", "--batch-mode", "--quiet", copy, f"-Dartifact={artifact}", f"-DoutputDirectory={aside}"], aside)
    [packed] = aside.glob("*.zip")
    with zipfile.ZipFile(packed) as opened:
        opened.extractall(aside)
    packed.unlink()
    home = aside / f"keycloak-{VERSION}"
    _run(_java(home, "build", *BUILT), home)
    _run(_java(home, "bootstrap-admin", "user", "--optimized", f"--username={USER}", "--password:env=OF_TESTS"), home)
    return home


def _run(command: list[str], folder: Path) -> None:
    """Raises NoKeycloak."""
    done = subprocess.run(
        command, cwd=folder, env=_named(), capture_output=True, text=True, timeout=FETCH_SECONDS, check=False
    )
    if done.returncode != 0:
        raise NoKeycloak(f"{command[0]} cannot prepare Keycloak: {(done.stdout + done.stderr).strip()[-500:]}")


def _java(home: Path, *told: str) -> list[str]:
    places = (
        f"-Dkc.home.dir={home}",
        f"-Djboss.server.config.dir={home / 'conf'}",
        "-cp",
        str(home / "lib" / "quarkus-run.jar"),
    )
    return ["java", *MEMORY, *OPENED, *FIXED, *places, "io.quarkus.bootstrap.runner.QuarkusEntryPoint", *told]


def _named() -> dict[str, str]:
    """The environment: with the password of who administers, and nothing that would tell Keycloak something else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KC_", "JAVA_"))}
    return {**kept, "OF_TESTS": PASSWORD}
