"""`/words`: the words of the pages, and what they mean; a `?` beside some of them leads there."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from dashboards.language import LANGUAGES, typeset
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages


@dataclass(frozen=True, slots=True)
class Word:
    """`anchor`: by which a `?` leads to it; of several that mean something together (`raw, adjusted`) each has its own."""

    anchors: tuple[str, ...]
    by_language: dict[str, str]
    means: dict[str, str]


@cache
def words() -> tuple[Word, ...]:
    """In the order in which they build on each other."""
    text = files("dashboards.pages").joinpath("house", "words.toml").read_text("utf-8")
    return tuple(
        Word(
            tuple(re.sub(r"\W+", "-", one) for one in row["en"].split(", ")),
            {code: typeset(row[code], code) for code in LANGUAGES},
            {code: typeset(means, code) for code, means in row["means"].items()},
        )
        for row in tomllib.loads(text)["word"]
    )


def add_words(router: APIRouter, pages: Pages) -> None:
    @router.get("/words")
    def glossary(request: Request) -> Response:
        return View(pages, request).render("words.html", words=words())
