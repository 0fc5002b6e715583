"""A review pack by hand, as `services.reviews.packs` makes it."""

from __future__ import annotations

import json
from pathlib import Path

from services.reviews.pack_shapes import Pack

FILE = Path(__file__).with_name("legal_pack.json")


def legal_pack() -> Pack:
    """A new copy, to change at will."""
    pack: Pack = json.loads(FILE.read_text("utf-8"))
    return pack
