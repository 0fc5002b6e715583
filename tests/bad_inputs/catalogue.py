"""The catalogue of bad inputs: a file each, in a folder for each kind of door, with what every door is to answer.

    events      `body` is one event: HTTP in structured mode, a message of Kafka, a line of a .jsonl file
    batches     `body` is a batch over HTTP; the same bytes as a message of Kafka, and as a line of a file
    binary      `headers` are attributes, `body` is data: HTTP and Kafka
    webhooks    `body` is a call of the shipped webhook `hook`
    documents   `body` is a file of the kind `as`: PUT over HTTP (`id`), and read from a file
    tables      `body` is a .csv under `mapping`
    requests    any other request over HTTP: `request: METHOD /path`, with `media`, `headers` and `body`

`http` is a status and the slug of the problem (of a batch that is taken, of each item that is not), `kafka` and `file` the slugs
with which it waits in quarantine; `accepted` where it is taken, `nothing` where there is nothing to take. A body is a text, or a
list of pieces: a text, `{TEXT: so many times}`, `{hex: …}`. To add an input, add a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
KINDS = ("events", "batches", "binary", "webhooks", "documents", "tables", "requests")


DOORS = ("http", "kafka", "file")


@dataclass(frozen=True)
class BadInput:
    """One file, and what it `said`."""

    name: str
    kind: str
    said: Mapping[str, Any]

    @property
    def body(self) -> bytes:
        return body_of(self.said.get("body", ""))

    @property
    def expected(self) -> dict[str, str]:
        """By door."""
        return {door: str(self.said[door]) for door in DOORS if door in self.said}


@cache
def catalogue() -> tuple[BadInput, ...]:
    files = [(kind, file) for kind in KINDS for file in sorted((FOLDER / kind).glob("*.yaml"))]
    return tuple(
        BadInput(f"{kind}/{file.stem}", kind, yaml.safe_load(file.read_text(encoding="utf-8"))) for kind, file in files
    )


def body_of(pieces: str | list[Any]) -> bytes:
    if isinstance(pieces, str):
        return pieces.encode()
    return b"".join(_piece(one) for one in pieces)


def _piece(piece: str | dict[str, Any]) -> bytes:
    if isinstance(piece, str):
        return piece.encode()
    [(text, times)] = piece.items()
    return bytes.fromhex(times) if text == "hex" else str(text).encode() * times
