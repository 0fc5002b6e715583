"""Dashboards in another language than English: their titles, descriptions, labels and words, by a list of phrases.

The dashboards are built in English; what people read in them is exchanged at the end, so that queries, names of variables and
columns of reports cannot differ from one language to the other.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from dashboards.grafana.queries import Json
from dashboards.language import typeset

ENGLISH = "en"
SAID = frozenset(
    {"title", "description", "label", "content", "legendFormat", "renameByName", "mappings.text", "annotations.name"}
)
"""The places of a dashboard's JSON in which people read something."""
OF_ALL_LANGUAGES = frozenset({"Entente", "", "__auto"})
LINKED = re.compile(r"(\[?)(.+?)(\]\(\S+\))?: (on the pages .+)")
"""A Markdown text that leads to a page."""


@cache
def phrases(language: str) -> Mapping[str, str]:
    """English → that language."""
    source = files("dashboards").joinpath("texts", f"grafana-{language}.toml").read_text("utf-8")
    return {english: typeset(said, language) for english, said in tomllib.loads(source)["phrases"].items()}


def phrase(english: str, language: str, **values: str) -> str:
    """Raises KeyError for a phrase that nobody has put into that language."""
    said = english if language == ENGLISH else phrases(language)[english]
    return said.format(**values) if values else said


def spoken(content: Json, language: str) -> Json:
    """The dashboard as it is said in that language; raises as `phrase` does."""
    said = content if language == ENGLISH else _exchanged(content, "", language)
    assert isinstance(said, dict)
    return said


def texts(content: object, place: str = "") -> Iterator[str]:
    """Every phrase of a dashboard, once for each place where it stands."""
    if isinstance(content, dict):
        for name, inside in content.items():
            yield from texts(inside, _place(place, name))
    elif isinstance(content, list):
        for one in content:
            yield from texts(one, place)
    elif _is_said(content, place):
        linked = LINKED.fullmatch(str(content))
        yield from (linked[2], linked[4]) if linked else (str(content),)


def _place(place: str, name: str) -> str:
    if place == "renameByName" or place.startswith(("mappings", "annotations")):
        inside = f"{place.partition('.')[0]}.{name}"
        return inside if inside in SAID else place
    return name


def _is_said(content: object, place: str) -> bool:
    """Not what is a label of Prometheus and nothing else."""
    if not isinstance(content, str) or place not in SAID or content in OF_ALL_LANGUAGES:
        return False
    return not content.startswith("{{")


def _exchanged(content: object, place: str, language: str) -> object:
    if isinstance(content, dict):
        return {name: _exchanged(inside, _place(place, name), language) for name, inside in content.items()}
    if isinstance(content, list):
        return [_exchanged(one, place, language) for one in content]
    if not _is_said(content, place):
        return content
    if linked := LINKED.fullmatch(str(content)):
        title, rest = phrase(linked[2], language), phrase(linked[4], language)
        return typeset(f"{linked[1]}{title}{linked[3] or ''} : {rest}", language)
    return phrase(str(content), language)
