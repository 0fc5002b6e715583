"""French before names: `de` and `à` with what they become before vowels and articles (d'Éducation, du Service, aux Archives)."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ARTICLE: Final = re.compile(r"(le|les|la|l['’])(?:\s+|(?<=['’]))(?=\S)", re.IGNORECASE)
_ASPIRATED: Final = re.compile(
    r"(hall|hameau|handball|handicap|hangar|harc[eè]l|haricot|hasard|hausse|haut|hernie|h[eé]ros\b|hi[eé]rarch|hockey|"
    r"homard|honte|hors|hotte|houle|hub\b|huit|hurl)"
)
"""Beginnings of words whose h keeps the vowel before it."""
_SPELLED: Final = re.compile(r"[FHLMNRSX][BCDFGHJKLMNPQRSTVWXZ]+(?!\w)")
"""Letters that are read one by one, of which the first begins with a vowel: `d'HLM`."""
_NO_VOWEL_SOUND: Final = re.compile(r"(onze|onzi|oui\b|ouistiti|uhlan|yaourt|yacht|yoga|y[aeiou]|un\b$)")


def of(name: str) -> str:
    """`d'Éducation`, `de Marketing`, `du Service achats`, `des Archives`."""
    article, rest = _parted(name)
    if article in ("le", "les"):
        return f"{'du' if article == 'le' else 'des'} {rest}"
    if article:
        return f"de {_small(article, rest)}"
    return f"d’{name}" if begins_with_vowel(name) else f"de {name}"


def to(name: str) -> str:
    """`à Éducation`, `au Service achats`, `aux Archives`."""
    article, rest = _parted(name)
    if article in ("le", "les"):
        return f"{'au' if article == 'le' else 'aux'} {rest}"
    return f"à {_small(article, rest)}" if article else f"à {name}"


def begins_with_vowel(name: str) -> bool:
    """Says whether the name is heard to begin with a vowel, so that what stands before it is elided."""
    if _SPELLED.match(name):
        return True
    plain = unicodedata.normalize("NFD", name.lower().replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter)).lstrip("«“\"' \u00a0")
    if bare[:1] == "h":
        return not _ASPIRATED.match(bare)
    return bare[:1] in tuple("aeiouy") and not _NO_VOWEL_SOUND.match(bare)


def _parted(name: str) -> tuple[str, str]:
    article = _ARTICLE.match(name)
    if article is None or name.isupper():
        return "", name
    return article[1].lower().replace("'", "’"), name[article.end() :]


def _small(article: str, rest: str) -> str:
    return f"{article}{rest}" if article.endswith("’") else f"{article} {rest}"


class Name(str):
    """A text in a French one: `{name:de}` and `{name:à}` write it behind its preposition."""

    def __format__(self, spec: str) -> str:
        if spec == "de":
            return of(str(self))
        return to(str(self)) if spec == "à" else format(str(self), spec)
