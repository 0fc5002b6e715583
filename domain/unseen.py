"""Names that look alike and are two: by letters that nobody sees, by accents, capitals and spaces, or by letters of another script."""

from __future__ import annotations

import unicodedata
from typing import Final

_SORTS: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn"})
"""Of Unicode: control, format (also what turns the direction of writing), separators of lines, private and absent ones."""
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters by their sort, and yet blank."""
_OF_TEXTS: Final = frozenset("\n\t")
_JOINING: Final = frozenset({"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))})
"""Join letters of some scripts, and pictures: they belong to how a word is written (Unicode 16, §23.2; UTS 51)."""

_OTHER_SCRIPTS: Final = str.maketrans(
    "авекмнорстухіјѕһԁԛԝ" + "αβεζηικμνορτυχ" + "ı",
    "abekmhopctyxijshdqw" + "abezhikmnoptyx" + "i",
)  # fmt: skip
"""Small letters, Cyrillic and Greek, that look like a Latin one, or whose capital does (UTS 39, confusables)."""


def unseen(text: str) -> str:
    """Those of them that stand in the text, but for the ends of its lines and tabulators."""
    return "".join(letter for letter in text if letter not in _OF_TEXTS and _is_unseen(letter))


def without_unseen(text: str) -> str:
    return "".join(letter for letter in text if letter in _OF_TEXTS or not _is_unseen(letter))


def _is_unseen(letter: str) -> bool:
    return letter in _BLANK or (unicodedata.category(letter) in _SORTS and letter not in _JOINING)


def as_it_looks(name: str) -> str:
    """The name without what readers do not tell apart."""
    apart = unicodedata.normalize("NFKD", " ".join(without_unseen(name).casefold().split()))
    seen = "".join(letter for letter in apart if not unicodedata.combining(letter) and letter not in _JOINING)
    return seen.translate(_OTHER_SCRIPTS)
