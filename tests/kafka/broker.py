"""A real Apache Kafka for the tests: one node in KRaft mode, on free loopback ports, from Maven.

Needs Java 17 and Maven (`.ci/packages.txt` names the Debian packages). The jars stay in Maven's own repository and the
class path in the user's cache, so that only the first run fetches anything. Raises `NoBroker` where it cannot be had.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.certificates import certificate
from tests.kafka.reachable import listens
from tests.servers import free_port

POM = Path(__file__).with_name("pom.xml")
FETCH_SECONDS = 900
START_SECONDS = 120
MEMORY = ("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
USER, PASSWORD = "entente", "a secret of the tests"


class NoBroker(Exception):
    """What is missing for a broker."""


class Broker:
    """A running broker. `servers` takes anybody; `signed_in` takes USER with PASSWORD (SASL PLAIN). `behind` takes anybody
    too, and tells clients to go on by `detour`: there a test may put something between them. `sealed` is encrypted, and takes
    who shows the certificate `client` (its key has PASSWORD); `authority` is the one that it shows itself."""

    def __init__(self, classpath: str, home: Path):
        self._java = ["java", *MEMORY, "-cp", classpath, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        self.log = home / "out"
        self._home = home
        self._settings = home / "server.properties"
        ports = [free_port() for _ in range(6)]
        self.servers = f"127.0.0.1:{ports[0]}"
        self.signed_in = f"127.0.0.1:{ports[2]}"
        self.behind = f"127.0.0.1:{ports[3]}"
        self.detour = f"127.0.0.1:{ports[4]}"
        self.sealed = f"localhost:{ports[5]}"
        self.authority = certificate(home / "authority")
        self.client = certificate(home / "client", password=PASSWORD)
        self._settings.write_text(_settings(home, *ports) + _sealed_settings(home, self.authority, self.client))
        self._format()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the broker listens. Raises RuntimeError with its log."""
        with self.log.open("ab") as output:
            command = [*self._java, "kafka.Kafka", str(self._settings)]
            self._process = subprocess.Popen(
                command, stdout=output, stderr=output, cwd=self._home, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not listens(self.servers):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Kafka does not start: {self._log()}")
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _format(self) -> None:
        id = _cluster_id()
        command = [*self._java, "kafka.tools.StorageTool", "format", "-t", id, "-c", str(self._settings)]
        done = subprocess.run(command, cwd=self._home, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"Kafka's storage cannot be formatted: {done.stdout}{done.stderr}")

    def _log(self) -> str:
        return self.log.read_text(errors="replace")[-4_000:]


@contextmanager
def kafka_broker() -> Iterator[Broker]:
    """Runs a broker until the end of the block. Raises NoBroker."""
    classpath = fetched()
    home = Path(tempfile.mkdtemp(prefix="entente-kafka-"))
    try:
        broker = Broker(classpath, home)
        try:
            broker.start()
            yield broker
        finally:
            broker.stop(signal.SIGKILL)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def fetched() -> str:
    """The broker's class path; fetches it where it is not there yet. Raises NoBroker."""
    for program, package in (("java", "openjdk-17-jre-headless"), ("mvn", "maven")):
        if shutil.which(program) is None:
            raise NoBroker(f"`{program}` is missing: install the Debian package {package}")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "entente"
    known = cache / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}.classpath"
    if known.exists() and all(Path(jar).exists() for jar in known.read_text().split(":")):
        return known.read_text()
    cache.mkdir(parents=True, exist_ok=True)
    found = known.with_suffix(f".{os.getpid()}")
    command = ["mvn", "--batch-mode", "--quiet", "--file", str(POM), "dependency:build-classpath"]
    done = subprocess.run(
        [*command, f"-Dmdep.outputFile={found}"], capture_output=True, text=True, timeout=FETCH_SECONDS, check=False
    )
    if done.returncode != 0 or not found.exists():
        raise NoBroker(f"Maven cannot fetch Kafka: {done.stdout.strip()[:500]}")
    found.replace(known)
    return known.read_text()


def _cluster_id() -> str:
    """Sixteen random bytes in base64. The first is zero: an id that begins with `-` would be read as an option."""
    return urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")


def _settings(home: Path, plain: int, controller: int, signed_in: int, behind: int, detour: int, sealed: int) -> str:
    here = "127.0.0.1"
    login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
    return "\n".join(
        f"{name}={value}"
        for name, value in {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAIN://{here}:{plain},CONTROLLER://{here}:{controller},LOGIN://{here}:{signed_in},"
            f"BEHIND://{here}:{behind},SEALED://localhost:{sealed}",
            "advertised.listeners": f"PLAIN://{here}:{plain},LOGIN://{here}:{signed_in},BEHIND://{here}:{detour},"
            f"SEALED://localhost:{sealed}",
            "listener.security.protocol.map": "PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_PLAINTEXT,"
            "BEHIND:PLAINTEXT,SEALED:SSL",
            "inter.broker.listener.name": "PLAIN",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.login.plain.sasl.jaas.config": f'{login} user_{USER}="{PASSWORD}";',
            "log.dirs": home / "data",
            "num.partitions": 1,
            "auto.create.topics.enable": "false",
            "offsets.topic.num.partitions": 2,
            "offsets.topic.replication.factor": 1,
            "transaction.state.log.num.partitions": 1,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.num.partitions": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 500,
            "message.max.bytes": 4 << 20,
            "log.retention.check.interval.ms": 1_000,
            "file.delete.delay.ms": 100,
            "num.network.threads": 2,
            "num.io.threads": 2,
            "log.cleaner.enable": "false",
            "log.index.size.max.bytes": 1 << 20,
        }.items()
    )


def _sealed_settings(home: Path, authority: Path, client: Path) -> str:
    shown = home / "authority.pem"
    shown.write_text(authority.with_suffix(".key").read_text() + authority.read_text())
    return "\n" + "\n".join(
        f"listener.name.sealed.{name}={value}"
        for name, value in {
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": shown,
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": client,
            "ssl.client.auth": "required",
        }.items()
    )
