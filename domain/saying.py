"""What the program says to people: an English sentence that remembers how it was made, so that it can be said in another language.

`said("the contract ends on {until}", until=day)` is that English sentence, a `str` like any other: what stores, logs or
prints it goes on as before. Its `template` is looked up in the catalogue of another language, and its `values` are
written as that language writes them (dashboards/messages.py). `heard` is English made elsewhere (by a library, or
stored as plain text): a catalogue finds its template by its wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

PLACE: Final = re.compile(r"\{([a-z_][a-z0-9_]*)(!r)?(?::([,s]))?\}")
"""`{name}`, `{name!r}` in Python's quotes, `{name:,}` with grouped digits, `{name:s}` an “s” behind what there are
several of; other braces mean themselves."""


class Said(str):
    """`values` are those of the places of `template`, which may be sentences themselves. `most`: letters, where it was cut."""

    template: str
    values: Mapping[str, object]
    most: int | None = None


class Heard(str):
    """English of somebody else, or a word of ours. `of`: what the word is said of, for languages in which it agrees with that."""

    of: str = ""


class Quoted(str):
    """What somebody sent, quoted in a sentence of ours. `kind` says what it is (“a text”) where the value itself may not stand."""

    kind: str


def quoted(text: str, kind: str) -> Quoted:
    found = Quoted(text)
    found.kind = kind
    return found


def without_values(text: str) -> str | None:
    """The sentence with the kind of each value in the place of the value; None of a text that does not tell which of it are values."""
    if not isinstance(text, Said):
        return None
    values = {name: _kind_of(value) for name, value in text.values.items()}
    spoken = said_from(text.template, values)
    return spoken if text.most is None else cut(spoken, text.most)


def _kind_of(value: object) -> object:
    if isinstance(value, Quoted):
        return value.kind
    return without_values(value) if isinstance(value, Said) else value


def said(template: str, /, **values: object) -> Said:
    """The English sentence. The template is a literal: it is what catalogues know it by."""
    return said_from(template, values)


def said_from(template: str, values: Mapping[str, object]) -> Said:
    """As `said`, of a template that was made elsewhere."""
    spoken = Said(PLACE.sub(lambda place: _filled(place, values), template) if values else template)
    spoken.template, spoken.values = template, values
    return spoken


def heard(text: str, *, of: str = "") -> Said:
    """English of somebody else, or a word of ours chosen by the program: a catalogue that knows it says it, else it is shown
    as English. `of`: what the word is said of (“asked” of an excuse), where a catalogue has a form for that (its `msgctxt`)."""
    word = Heard(text)
    word.of = of
    return said("{heard}", heard=word)


def said_by(error: BaseException) -> Said:
    """What an error says, as it was said."""
    found = error.args[0] if error.args else ""
    return found if isinstance(found, Said) else heard(str(error))


def chained(separator: str, parts: Iterable[str]) -> Said:
    """Several sentences as one, such as lines."""
    values = {f"part_{index}": part for index, part in enumerate(parts)}
    return said_from(separator.join(f"{{{name}}}" for name in values), values)


def cut(text: str, most: int) -> str:
    """The text, cut where it is longer; a sentence is cut in every language."""
    if len(text) <= most:
        return text
    shorter = f"{text[: most - 1]}…"
    if not isinstance(text, Said):
        return shorter
    spoken = Said(shorter)
    spoken.template, spoken.values, spoken.most = text.template, text.values, most
    return spoken


def _filled(place: re.Match[str], values: Mapping[str, object]) -> str:
    name, is_quoted, how = place.groups()
    if name not in values:
        return place[0]
    if how == "s":
        return "" if values[name] == 1 else "s"
    return repr(values[name]) if is_quoted else format(values[name], how or "")
