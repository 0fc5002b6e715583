"""Puts what the program says (`domain/saying.py`) into the language of who reads it, by a gettext catalogue.

`texts/messages-LANGUAGE.po` and `texts/commands-LANGUAGE.po` hold each template with its wording in that language, which
has the same places. A sentence that was made with `said` is found by its template; English made elsewhere, or stored as
plain text, by its wording. What no catalogue knows stays English, and is marked so where it is shown to people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from importlib.resources import files
from typing import NamedTuple

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from markupsafe import Markup, escape

from dashboards.language import Language, first_up, language, of_parts, typeset
from dashboards.problems import Problem, in_words_of_form, names_command, problem_of
from domain.saying import PLACE, Heard, Said, cut
from services.errors import DocumentInvalid, EntenteError

_CODE = re.compile(r"`([^`<]+)`")
MOST_PROBLEMS = 20
"""How many problems of one file a refusal lists."""
_COLON = re.compile(r"(?<=\})(?<!\{where\}): ")
"""Behind a place, in a template without words of its own: it stands as the language sets it; but behind `file:line:column`, which
editors read."""
_WORD = re.compile(r"[^\W\d_]{2,}")


class Piece(NamedTuple):
    """A part of what is said, and whether it is English on a page of another language."""

    text: str
    is_foreign: bool = False


@dataclass(frozen=True)
class Messages:
    """The sentences of the program in one language. `entries`: the wordings of each template, one, or one for each plural form."""

    language: Language
    entries: Mapping[str, tuple[str, ...]] = field(repr=False)

    def say(self, text: str) -> str:
        """The text in this language, as far as it is known in it."""
        return "".join(piece.text for piece in self.pieces(text))

    def html(self, text: str, *, begins: bool = False) -> Markup:
        """The same as `say` gives, with what is still English marked `lang="en"`, and code as code. `begins`: with a capital."""
        pieces = self.pieces(text)
        if begins and pieces and not _is_named_first(text):
            first = next((index for index, piece in enumerate(pieces) if piece.text), 0)
            pieces[first] = pieces[first]._replace(text=first_up(pieces[first].text))
        marked = Markup('<span lang="en">{}</span>')
        whole = Markup("").join(
            marked.format(piece.text) if piece.is_foreign else escape(piece.text) for piece in pieces
        )
        return Markup(_CODE.sub(r'<code translate="no">\1</code>', str(whole)))  # its values are escaped above

    def refusal(self, error: EntenteError, named: Callable[[str], str] = lambda text: text) -> Markup:
        """The refusal and how to mend it, as a sentence for people: a mend that only a command line can do is left out. `named` puts
        the names of people and services in the place of their ids."""
        if isinstance(error, DocumentInvalid):
            return Markup("<br>").join(self._problem(problem_of(line)) for line in error.problems[:MOST_PROBLEMS])
        whole = self.html(named(error.message), begins=True)
        if error.mend and not names_command(error.mend):
            whole += Markup(" ({})").format(self.html(named(error.mend)))
        return whole + "."

    def _problem(self, problem: Problem) -> Markup:
        """`Line 10, column 12, late_data: what is wrong (what would be right).`, as what checks the file says it."""
        place = first_up(self.language.text("editor.place", line=problem.line, column=problem.column))
        path = Markup(', <code translate="no">{}</code>').format(problem.path) if problem.path else ""
        return Markup("{}{}{}{}.").format(
            place, path, self.language.text("word.colon"), self.html(in_words_of_form(problem.what))
        )

    def pieces(self, text: str) -> list[Piece]:
        pieces = list(self._said(text) if isinstance(text, Said) else self._heard(text))
        most = text.most if isinstance(text, Said) else None
        return pieces if most is None else _shortened(pieces, most)

    def _said(self, text: Said) -> Iterator[Piece]:
        if self.language.code == "en":
            yield Piece(str(text))
            return
        wordings = self.entries.get(text.template)
        if wordings is None and _WORD.search(PLACE.sub("", text.template)):
            yield Piece(str(text), is_foreign=True)
            return
        wording = self._form(wordings, text.values) if wordings else _COLON.sub(self._colon, text.template)
        yield from self._filled(wording, text.values)

    @cached_property
    def _colon(self) -> str:
        return self.language.text("word.colon")

    def _form(self, wordings: tuple[str, ...], values: Mapping[str, object]) -> str:
        """The plural form that the first number among the values asks for."""
        n = next((value for value in values.values() if isinstance(value, int)), 1)
        forms = ("one", "other")
        return wordings[min(forms.index(self.language.locale.plural_form(n)), len(wordings) - 1)]

    def _filled(self, wording: str, values: Mapping[str, object]) -> Iterator[Piece]:
        after = 0
        for place in PLACE.finditer(wording):
            if (name := place[1]) in values:
                yield Piece(wording[after : place.start()])
                if place[3] == "s":
                    yield Piece(self._plural(values[name]))
                else:
                    yield from self._value(values[name], is_grouped=place[3] == ",")
                after = place.end()
        yield Piece(wording[after:])

    def _plural(self, value: object) -> str:
        """The “s” behind what there are that many of, as the language counts; of a sentence that is known again, a text of digits."""
        n = int(str(value)) if str(value).isdecimal() else 2
        return "" if self.language.locale.plural_form(n) == "one" else "s"

    def _value(self, value: object, *, is_grouped: bool) -> Iterator[Piece]:
        if isinstance(value, Said):
            yield from self.pieces(value)
        elif isinstance(value, Heard):
            yield from self._heard(value)
        elif isinstance(value, int) and is_grouped:
            yield Piece(self.language.number(value))
        elif isinstance(value, Decimal):
            yield Piece(self.language.decimal(value))
        elif type(value) is date:
            yield Piece(self.language.short_date(value))
        else:
            yield Piece(str(value))

    def _heard(self, text: str) -> Iterator[Piece]:
        """Puts English that came without its template into words, by looking for the template that it was made by."""
        of = text.of if isinstance(text, Heard) else ""
        if self.language.code == "en" or not _WORD.search(text):
            yield Piece(str(text))
        elif wordings := self.entries.get(of_word(str(text), of)) or self.entries.get(str(text)):
            yield Piece(wordings[0])
        else:
            matches = ((form, form.pattern.fullmatch(text)) for form in self._forms)
            for form, match in matches:
                if match is not None:
                    values = {
                        name: Heard(value) if _reads(value) else value for name, value in match.groupdict().items()
                    }
                    yield from self._filled(self._form(form.wordings, values), values)
                    return
            yield from self._behind_a_place(text)

    def _behind_a_place(self, text: str) -> Iterator[Piece]:
        """English that no template fits as a whole may begin with the place of which it speaks: a column, a path, a file."""
        place, mark, rest = text.partition(": ")
        if mark and not _WORD.search(_CODE.sub("", place)):
            yield Piece(typeset(f"{place} : ", self.language.code))
            yield from self._heard(rest)
        else:
            yield Piece(str(text), is_foreign=True)

    @cached_property
    def _forms(self) -> list[_Form]:
        """The templates that say enough to be known by it, those that say most first."""
        forms = [_Form.of(template, wordings) for template, wordings in self.entries.items() if _OF not in template]
        return sorted((form for form in forms if form.letters >= _ENOUGH), key=lambda form: -form.letters)


_ENOUGH = 6
"""Letters of a template beside its places: by fewer it is not known again."""


@dataclass(frozen=True)
class _Form:
    """The form that a template has once it is filled, by which a sentence is known again."""

    pattern: re.Pattern[str]
    wordings: tuple[str, ...]
    letters: int

    @staticmethod
    def of(template: str, wordings: tuple[str, ...]) -> _Form:
        pattern, after, names = "", 0, set[str]()
        for place in PLACE.finditer(template):
            pattern += re.escape(template[after : place.start()])
            if place[3] == "s":
                pattern += "s?"
            else:
                pattern += rf"(?P={place[1]})" if place[1] in names else rf"(?P<{place[1]}>.+?)"
                names.add(place[1])
            after = place.end()
        letters = len("".join(_WORD.findall(PLACE.sub(" ", template))))
        return _Form(re.compile(pattern + re.escape(template[after:]), re.DOTALL), wordings, letters)


def _is_named_first(text: str) -> bool:
    """Says whether the sentence begins with a name, which keeps its own letters."""
    if not isinstance(text, Said) or not (place := PLACE.match(text.template)):
        return False
    value = text.values.get(place[1])
    return _is_named_first(value) if isinstance(value, Said) else not isinstance(value, Heard)


def _reads(value: str) -> bool:
    """Says whether a value found in a text may be a sentence itself: names are one word, what was sent stands in quotes."""
    return " " in value and not value.startswith('"')


def _shortened(pieces: list[Piece], most: int) -> list[Piece]:
    kept: list[Piece] = []
    for piece in pieces:
        left = most - sum(len(before.text) for before in kept)
        kept.append(Piece(cut(piece.text, max(left, 1)), piece.is_foreign))
        if len(piece.text) > left:
            break
    return kept


@cache
def messages(code: str) -> Messages:
    """The sentences of the program in the language of that code. Raises KeyError for one that is not spoken here."""
    return Messages(language(code), dict(_entries("messages", code)))


@cache
def of_commands(code: str) -> Messages:
    """The same as `messages` gives, with the help of the command line, the columns of its tables and the words in them."""
    return Messages(language(code), {**messages(code).entries, **dict(_entries("commands", code))})


def _entries(kind: str, code: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if code == "en":
        return
    for folder in (files("dashboards").joinpath("texts"), *of_parts()):
        path = folder.joinpath(f"{kind}-{code}.po")
        if folder.name != "texts" and not path.is_file():
            continue  # a part need not have any
        with path.open("rb") as file:
            catalogue = read_po(file, locale=code)
        for entry in catalogue:
            if entry.id and entry.string:
                yield of_word(template_of(entry), entry.context or ""), _typeset(entry, code)


_OF = "\x04"
"""Parts in the keys of gettext what a word is said of from the word."""


def of_word(word: str, of: str) -> str:
    return f"{of}{_OF}{word}" if of else word


def template_of(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else str(entry.id[0])


def wordings_of(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())


def _typeset(entry: Message, code: str) -> tuple[str, ...]:
    """The wordings as the language sets them; what is quoted as code keeps its letters."""
    return tuple(_outside_code(wording, code) for wording in wordings_of(entry))


def _outside_code(wording: str, code: str) -> str:
    parts = re.split(r"(`[^`]*`)", wording)
    return "".join(part if part.startswith("`") else typeset(part, code) for part in parts)
