"""Certificates for tests of encrypted ways, made by openssl."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.lacking import lacking

_ASKED = [
    *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-days", "2", "-subj", "/CN=localhost"),
    *("-addext", "subjectAltName=DNS:localhost"),
]


def certificate(folder: Path, *, password: str = "") -> Path:
    """A self-signed one for localhost; its key is beside it (`.key`, PKCS #8), encrypted where there is a password."""
    if shutil.which("openssl") is None:
        lacking("`openssl` is missing: encrypted ways are not tried here")
    folder.mkdir()
    made = folder / "server.crt"
    key = made.with_suffix(".key")
    sealed = ["-passout", f"pass:{password}"] if password else ["-nodes"]
    subprocess.run([*_ASKED, *sealed, "-keyout", str(key), "-out", str(made)], check=True, capture_output=True)
    key.chmod(0o600)
    return made
