"""Finds what ships beside the program, wherever it is installed: sample contracts, mappings for webhooks, documents."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from domain.saying import said
from services.errors import Invalid, Refused

_HERE = Path(__file__).parent
SHIPPED: Final = {"samples": "deploy/samples", "webhooks": "deploy/webhooks", "docs": "docs"}
"""The name of each part, and where it stands in the repository; in the installed package it is `NAME_data`."""
_SHARED = ("calendars.yaml", "services.yaml", "causes.yaml")
_WRITTEN = "valid: {from: 2025-01-01}"
"""The text with which the samples write their validity."""


def shipped_folder(part: str) -> Path:
    """Raises FileNotFoundError where it was not installed."""
    places = (_HERE / f"{part}_data", _HERE.parent / SHIPPED[part])
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"no {part} in {places[0]}")


def shipped() -> Iterator[tuple[Path, bytes]]:
    """Every file: its path below `samples`, `webhooks` or `docs`, and its content."""
    for part in SHIPPED:
        folder = shipped_folder(part)
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                yield Path(part) / file.relative_to(folder), file.read_bytes()


def write_shipped(folder: Path) -> list[Path]:
    """The files written; those that are there already, as they ship, stay. Raises Refused before anything is written where one is
    there with another content, Invalid where a file cannot be written."""
    wanted = [(folder / path, content) for path, content in shipped()]
    changed = [target for target, content in wanted if target.exists() and _content(target) != content]
    if changed:
        raise Refused(
            said("{changed} is there, and is not as it ships", changed=changed[0]),
            mend=said("another folder"),
            slug="file-differs",
        )
    missing = [(target, content) for target, content in wanted if not target.exists()]
    for target, content in missing:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        except OSError as error:
            mend = said("a folder that can be written")
            raise Invalid(error.strerror or said("cannot be written"), place=str(target), mend=mend) from error
    return [target for target, _ in missing]


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def samples(valid_from: date) -> list[tuple[str, str]]:
    """Name and text of each file, calendars and services first; every contract is valid from that day on, so that a
    history which starts then leaves nothing missing before it."""
    folder = shipped_folder("samples")
    names = [*_SHARED, *sorted(path.name for path in folder.glob("*.yaml") if path.name not in _SHARED)]
    return [(name, _dated((folder / name).read_text(encoding="utf-8"), valid_from)) for name in names]


def _dated(text: str, valid_from: date) -> str:
    return text.replace(_WRITTEN, f"valid: {{from: {valid_from.isoformat()}}}")
