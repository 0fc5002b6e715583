"""A review pack by hand, as `services.reviews.packs` makes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("legal_pack.json")


def legal_pack() -> dict[str, Any]:
    """A new copy, to change at will."""
    pack: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return pack
