"""The sample contracts, calendars and services, wherever the program is installed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

_HERE = Path(__file__).parent
_PLACES = (_HERE / "samples_data", _HERE.parent / "deploy" / "samples")
"""Inside the installed package, or beside it in the repository."""
_SHARED = ("calendars.yaml", "services.yaml")
_WRITTEN = "valid: {from: 2025-01-01}"
"""How the samples write their validity."""


def samples_folder() -> Path:
    """Raises FileNotFoundError where the samples were not installed."""
    for place in _PLACES:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"no sample contracts in {_PLACES[0]}")


def samples(valid_from: date) -> list[tuple[str, str]]:
    """Name and text of each file, calendars and services first; every contract is valid from that day on, so that a
    history which starts then leaves nothing missing before it."""
    folder = samples_folder()
    names = [*_SHARED, *sorted(path.name for path in folder.glob("*.yaml") if path.name not in _SHARED)]
    return [(name, _dated((folder / name).read_text(encoding="utf-8"), valid_from)) for name in names]


def _dated(text: str, valid_from: date) -> str:
    return text.replace(_WRITTEN, f"valid: {{from: {valid_from.isoformat()}}}")
