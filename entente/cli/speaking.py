"""The language in which a command answers in sentences."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboards.language import LANGUAGES, Language, language
from domain.saying import said
from services.errors import Invalid

Speaking = Annotated[str, typer.Option("--language", help="en or fr")]


def spoken(code: str) -> Language:
    """Raises Invalid for a language that is not spoken here."""
    if code not in LANGUAGES:
        raise Invalid(said("“{code}” is not spoken here", code=code), place="--language", mend=", ".join(LANGUAGES))
    return language(code)
