"""A real pgbouncer before a PostgreSQL: one process, with a database for each mode."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers import account, free_port

MODES = ("session", "transaction", "statement")


def program() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pgbouncer(server: str, database: str) -> Iterator[dict[str, str]]:
    """By mode the address of the database behind the pooler, until the end of the block."""
    found = program()
    assert found is not None
    folder = Path(tempfile.mkdtemp(prefix="entente-pgbouncer-"))
    try:
        port = free_port()
        file = _configured(folder, port, urlsplit(server).port or 5432, database)
        with (folder / "said").open("wb") as output:
            running = subprocess.Popen([found, str(file)], stdout=output, stderr=output, user=account(), cwd=folder)
        try:
            _wait(running, port, folder / "said")
            yield {mode: f"postgresql://entente@127.0.0.1:{port}/{mode}" for mode in MODES}
        finally:
            running.send_signal(signal.SIGKILL)
            running.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configured(folder: Path, port: int, server: int, database: str) -> Path:
    behind = f"host=127.0.0.1 port={server} dbname={database} user=entente"
    databases = [f"{mode} = {behind} pool_mode={mode}" for mode in MODES]
    told = [
        f"listen_port = {port}",
        "listen_addr = 127.0.0.1",
        "unix_socket_dir =",
        "auth_type = any",
        "max_client_conn = 200",
    ]
    told += ["default_pool_size = 60"]
    told += [
        "server_reset_query = RESET ALL; DEALLOCATE ALL; SELECT pg_sleep(0.02); SELECT pg_advisory_unlock_all()"
    ]  # late: it has much to do
    file = folder / "pgbouncer.ini"
    file.write_text("\n".join(["[databases]", *databases, "[pgbouncer]", *told]))
    if owner := account():
        folder.chmod(0o755)
        shutil.chown(folder, owner)
        shutil.chown(file, owner)
    return file


def _wait(running: subprocess.Popen[bytes], port: int, said: Path) -> None:
    while running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"pgbouncer does not start: {said.read_text()}")
