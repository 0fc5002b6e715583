"""A small disk of its own for a database, that can be filled and cleared. Needs the right to mount one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.servers import account


class Disk:
    def __init__(self, mounted: Path):
        self.folder = mounted / "data"
        self._ballast = mounted / "ballast"

    def fill(self) -> None:
        """To the last byte."""
        with suppress(OSError), self._ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 12))

    def clear(self) -> None:
        self._ballast.unlink()


def can_mount() -> bool:
    """Whether this machine lets us have a disk."""
    try:
        with small_disk(1 << 20):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def small_disk(size: int) -> Iterator[Disk | None]:
    """Of so many bytes, until the end of the block; none for 0."""
    if not size:
        yield None
        return
    place = Path(tempfile.mkdtemp(prefix="entente-disk-"))
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True, stderr=subprocess.DEVNULL
        )
    except BaseException:
        place.rmdir()
        raise
    try:
        disk = Disk(place)
        disk.folder.mkdir()
        if (owner := account()) is not None:
            shutil.chown(disk.folder, owner)
        place.chmod(0o755)
        yield disk
    finally:
        subprocess.run(["umount", str(place)], check=True)
        place.rmdir()
