"""What is written for PostgreSQL itself, on every release that is here: COPY, offsets beside the events, rights, TLS."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from ingestion.cloudevents import decode_structured
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.errors import Refused
from services.history.entries import EVENT
from services.history.history import Offset, open_history
from tests.certificates import certificate
from tests.end_to_end.agreements import contract, lines, requests
from tests.end_to_end.running import Entente
from tests.faults.world import DURABLE
from tests.lacking import lacking
from tests.servers import Postgres, account, postgres_cluster, postgres_releases

RELEASES = postgres_releases()
EVENTS = requests("marketing", 300)
ROLE = "entente_runs"


def test_the_releases_that_are_promised_are_here() -> None:
    if os.environ.get("CI"):
        assert {15, 18} <= RELEASES.keys()
    assert RELEASES


@pytest.fixture(scope="module", params=sorted(RELEASES))
def server(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    with postgres_cluster(DURABLE, RELEASES[request.param]) as running:
        with psycopg.connect(running.url) as asked:
            assert asked.info.server_version // 10_000 == request.param
        yield running


@pytest.fixture
def store(server: Postgres, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"releases_{abs(hash(request.node.nodeid))}"
    with psycopg.connect(server.url, autocommit=True) as asked:
        asked.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    yield server.url.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server.url, autocommit=True) as asked:
        asked.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_events_go_in_by_copy_with_their_offset_once(store: str) -> None:
    history = open_history(store)
    try:
        door = Door(history, lambda: 1)
        items = [decode_structured(one) for one in EVENTS]
        begins = Offset("kafka/t/id/0", 399, None)
        first = door.submit(items[:400], ADMINISTRATOR, "kafka", offset=begins)
        assert {answer.result for answer in first} == {"accepted"}
        with pytest.raises(Refused, match="is not stored up to None"):
            door.submit(items[:400], ADMINISTRATOR, "kafka", offset=begins)
        again = door.submit(items[300:], ADMINISTRATOR, "kafka", offset=Offset("kafka/t/id/0", 699, 399))
        assert [answer.result for answer in again] == ["duplicate"] * 100 + ["accepted"] * 200
        assert history.offsets("kafka/") == {"kafka/t/id/0": 699}
        entries = history.read(0, 1_000, [EVENT])
        assert [one.state.partition(b"\n")[2] for one in entries] == EVENTS
        assert [one.position for one in entries] == sorted(one.position for one in entries)
        assert history.last_position() == entries[-1].position
    finally:
        history.close()


def test_a_role_that_owns_nothing_runs_the_whole_program(store: str, tmp_path: Path) -> None:
    owner, runs = Entente(store, tmp_path), Entente(store.replace("entente@", f"{ROLE}@"), tmp_path)
    with psycopg.connect(store, autocommit=True) as asked:
        asked.execute(f"CREATE ROLE {ROLE} LOGIN".encode())
        asked.execute(b"REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    try:
        owner.ok("migrate", "--grant", ROLE)
        runs.write("contract.yaml", contract("to-marketing", "marketing"))
        (tmp_path / "e.jsonl").write_bytes(lines(EVENTS))
        runs.ok("apply", "contract.yaml", "--sign", "supplier,client")
        runs.ok("import", "e.jsonl", "--advance", "2026-02-10T00:00:00Z")
        assert "no difference" in runs.ok("replay")
        runs.ok("doctor")
    finally:
        with psycopg.connect(store, autocommit=True) as asked:
            asked.execute(f"DROP OWNED BY {ROLE}".encode())
            asked.execute(f"DROP ROLE {ROLE}".encode())


def test_the_way_to_the_store_may_be_encrypted_and_its_server_be_known(
    tmp_path: Path, certificates: tuple[Path, Path]
) -> None:
    ours, others = certificates
    settings = {**DURABLE, "ssl": "on", "ssl_cert_file": str(ours), "ssl_key_file": str(ours.with_suffix(".key"))}
    with encrypting(settings) as server:
        known = f"{server.url}?sslmode=verify-full&sslrootcert={ours}".replace("127.0.0.1", "localhost")
        entente = Entente(known, tmp_path)
        entente.ok("migrate")
        assert "sslrootcert" not in entente.ok("doctor")
        stranger = Entente(known.replace(str(ours), str(others)), tmp_path)
        assert "certificate verify failed" in stranger.run("figures").problem(3)


@contextmanager
def encrypting(settings: Mapping[str, str]) -> Iterator[Postgres]:
    """Not every build of PostgreSQL can: the one that comes as a wheel cannot."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(postgres_cluster(settings))
        except RuntimeError as error:
            if "SSL is not supported by this build" not in str(error):
                raise
            lacking("an encrypted way to the store is not tried: Debian's postgresql can, the one of the wheel cannot")
        yield server


@pytest.fixture
def certificates() -> Iterator[tuple[Path, Path]]:
    """Where the account of the server can read them."""
    with tempfile.TemporaryDirectory(prefix="entente-tls-") as folder:
        Path(folder).chmod(0o755)
        yield for_server(Path(folder) / "ours"), for_server(Path(folder) / "others")


def for_server(folder: Path) -> Path:
    """A certificate whose key the server's account may read."""
    made = certificate(folder)
    if (owner := account()) is not None:
        shutil.chown(made.with_suffix(".key"), owner)
    return made
