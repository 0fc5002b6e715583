"""The way back: where a form or a sign-in leads to, said by the address that led there. It is a path of our own, or it is nothing."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 4_000
"""Characters."""


def own_path(text: str, otherwise: str = "/") -> str:
    """The path, with its query, where it is one of our own, else `otherwise`: `/…`, and neither `//…` nor `/\\…`, which name another
    host; nothing that browsers take out of an address before they read it (blanks, control characters, backslashes)."""
    return text if is_own_path(text) else otherwise


def is_own_path(text: str) -> bool:
    if not text.startswith("/") or text.startswith("//") or len(text) > LONGEST or "\\" in text:
        return False
    return all(letter > " " and letter != "\x7f" for letter in text)
