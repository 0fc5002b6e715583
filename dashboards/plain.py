"""Words as people type them when they look for something, and the beginning of a text."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Without accents and capitals, as people type."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in apart if not unicodedata.combining(one))


def shortened(text: str, most: int = 110) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
