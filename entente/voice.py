"""In which language the program speaks on the command line: chosen once, at the start, and kept to by everything that prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console

from dashboards.language import LANGUAGES, Language, language
from dashboards.messages import of_commands
from domain.saying import Said
from domain.unseen import without_unseen

LOCALES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first of these that is set says the language of messages (POSIX, 8.2)."""
_spoken = "en"


def speak(code: str) -> None:
    """From now on, in this process."""
    global _spoken
    _spoken = code


def spoken() -> Language:
    return language(_spoken)


def language_of(environment: Mapping[str, str]) -> str:
    """The language that a locale such as `fr_FR.UTF-8` names; English for what is not spoken here, `C` and `POSIX` too."""
    locale = next((value for name in LOCALES if (value := environment.get(name))), "")
    code = locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return code if code in LANGUAGES else "en"


def told(text: str) -> str:
    """A sentence of ours in the language that is spoken; names, numbers and what others wrote stay as they are."""
    return of_commands(_spoken).say(text) if isinstance(text, Said) else text


class Voice(Console):
    """A console that tells what is said."""

    def print(self, *objects: Any, **how: Any) -> None:
        """Without what rules a terminal: names may be a forger's."""
        super().print(*(without_unseen(told(one)) if isinstance(one, str) else one for one in objects), **how)
