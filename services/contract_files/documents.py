"""Documents with places: strict YAML 1.2, and so JSON, through one door (INTERFACE §1).

Anchors, aliases, tags, duplicate keys and merge keys are refused; so are files over 1 MiB or of more than 60,000 keys and
values, and nesting over 50 levels.
Keys are taken as text, as written. Every key and value keeps its line and column, from 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from domain.saying import Said, heard, said, said_from
from services.contract_files.scalars import Complaint, Scalar, plain, quoted
from services.errors import DocumentInvalid, short

MAX_BYTES = 1 << 20
MAX_DEPTH = 50
MAX_PROBLEMS = 100
MAX_VALUES = 60_000
"""Keys and values of a file: reading each takes as long as a hundred letters."""
LONGEST_KEY = 100
LONGEST_SHOWN = 300
"""Letters of a place, and of what is said of it, in a problem: what stands in a file may have any length."""

Path = tuple[str | int, ...]
Tree = dict[str, Any]
"""Text, int, Decimal, bool, None, lists and mappings of these."""


class Place(NamedTuple):
    line: int
    column: int


class Problem(Said):
    """One line: `file:line:column: path: what is wrong (what would be right)`. Sorts by its place with `by_place`. `path`: of what is
    wrong; of a missing key, the one where it would stand."""

    place: Place
    path: Path


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file. `keys` and `values` say where each path stands; the root's path is ()."""

    name: str
    tree: Tree
    keys: Mapping[Path, Place] = field(repr=False)
    values: Mapping[Path, Place] = field(repr=False)

    def place(self, path: Path, *, of_key: bool = False) -> Place:
        """Gives the place of the value (or of the key); for what is not there, that of its nearest holder."""
        if of_key and path in self.keys:
            return self.keys[path]
        while path not in self.values and path:
            path = path[:-1]
        return self.values.get(path, Place(1, 1))

    def problem(self, path: Path, what: str, mend: str | None = None, *, of_key: bool = False) -> Problem:
        return problem_line(self.name, self.place(path, of_key=of_key), path, what, mend)


def problem_line(name: str, place: Place, path: Path, what: str, mend: str | None = None) -> Problem:
    where = f"{short(name, LONGEST_SHOWN)}:{place.line}:{place.column}: {short(path_text(path), LONGEST_SHOWN)}"
    what = short(what, LONGEST_SHOWN)
    template = "{where}: {what} ({mend})" if mend else "{where}: {what}"
    values = {"where": where, "what": what} | ({"mend": short(mend, LONGEST_SHOWN)} if mend else {})
    line = said_from(template, values)
    problem = Problem(line)
    problem.template, problem.values, problem.place, problem.path = line.template, line.values, place, path
    return problem


def by_place(problems: Iterable[Problem]) -> list[str]:
    """In the order of the file, each once."""
    ordered = sorted(problems, key=lambda one: one.place)
    return list(dict.fromkeys(ordered))


def path_text(path: Path) -> str:
    """`deliverables[0].criteria[1].target`; keys that hold dots or spaces stand in brackets; the root is `document`."""
    text = ""
    for part in path:
        part = short(part, LONGEST_KEY) if isinstance(part, str) else part
        if isinstance(part, int) or not part.replace("_", "").replace("-", "").isalnum():
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return " ".join(text.split()) or "document"


def read_bytes(data: bytes, name: str) -> list[Document]:
    """Reads the documents of a file's bytes, which must be UTF-8, as `read_documents` does of its text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        place = Place(before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
        problem = problem_line(name, place, (), said("the file is not UTF-8"), said("save it as UTF-8"))
        raise DocumentInvalid([problem]) from None
    return read_documents(text, name)


def read_documents(text: str, name: str) -> list[Document]:
    """Every document of a file, each a mapping. Raises DocumentInvalid with all that is wrong, each with its place."""
    text = text.removeprefix("\ufeff")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        what = said("the file is larger than {max_bytes:,} bytes", max_bytes=MAX_BYTES)
        problem = problem_line(name, Place(1, 1), (), what, said("divide it into several files"))
        raise DocumentInvalid([problem])
    return _Reader(text, name).documents()


class _Stop(Exception):
    """Reading cannot go on after the last problem."""


class _Reader:
    """Builds documents from the parser's events, so that nothing is resolved or constructed behind our back."""

    def __init__(self, text: str, name: str):
        self.text = text
        self.name = name
        self.problems: list[Problem] = []
        self.events = self._parsed()
        self.last = Place(1, 1)
        self.read = 0
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}

    def documents(self) -> list[Document]:
        documents: list[Document] = []
        try:
            for event in self.events:
                if type(event).__name__ == "DocumentStartEvent":
                    documents += self._document(event)
        except _Stop:
            pass
        if not documents and not self.problems:
            self._wrong(Place(1, 1), (), said("the file holds no document"), said("it starts with `entente: 1`"))
        if self.problems:
            raise DocumentInvalid(by_place(self.problems)[:MAX_PROBLEMS])
        return documents

    def _parsed(self) -> Iterator[Any]:
        parser = YAML(typ="safe", pure=True)
        parser.version = (1, 2)
        try:
            yield from parser.parse(self.text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(mark.line + 1, mark.column + 1) if mark else self.last
            what = heard(" ".join(str(error.problem or error.context or "it cannot be read").split()))
            self._unreadable(place, what)
        except ReaderError as error:
            self._unreadable(_place_of(self.text, error.position), said("a character that YAML does not allow"))
        except (YAMLError, ValueError, OverflowError, AttributeError, LookupError, AssertionError, TypeError):
            # On rare malformed input the parser fails with errors of its own making.
            self._unreadable(self.last, said("something malformed after this place"))

    def _unreadable(self, place: Place, what: str) -> None:
        mend = said("check indentation, quotes and brackets here")
        if "mapping values are not allowed" in what:
            mend = said("quote a text that holds “: ”, or check the indentation")
        elif "\\t" in what:
            mend = said("indent with spaces, not tabs")
        self._stop(place, (), said("not readable as YAML: {what}", what=what), mend)

    def _wrong(self, place: Place, path: Path, what: str, mend: str | None = None) -> None:
        self.problems.append(problem_line(self.name, place, path, what, mend))
        if len(self.problems) == MAX_PROBLEMS:
            raise _Stop

    def _stop(self, place: Place, path: Path, what: str, mend: str) -> None:
        self._wrong(place, path, what, mend)
        raise _Stop

    def _document(self, start: Any) -> list[Document]:
        """The document that starts here; none for an empty one (a last `---`)."""
        self.keys, self.values = {}, {}
        place = _place(start)
        if start.version not in (None, (1, 2)):
            self._stop(place, (), said("this YAML version is not read"), said("YAML 1.2, without a %YAML line"))
        if start.tags:
            self._wrong(place, (), said("%TAG lines are refused"), said("leave tags out"))
        root = self._next()
        tree = self._value(root, (), 0)
        if tree is None and type(root).__name__ == "ScalarEvent" and root.value == "":
            return []
        if not isinstance(tree, dict):
            self._wrong(_place(root), (), said("a document is a set of keys"), said("it starts with `entente: 1`"))
            return []
        return [Document(self.name, tree, self.keys, self.values)]

    def _next(self) -> Any:
        event = next(self.events)
        self.last = _place(event)
        self.read += 1
        if self.read > MAX_VALUES:
            what = said("the file has more than {max_values:,} keys and values", max_values=MAX_VALUES)
            self._stop(self.last, (), what, said("divide it into several files"))
        return event

    def _value(self, event: Any, path: Path, depth: int) -> Any:
        place = self.values[path] = self._place_of_value(event, path)
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._wrong(
                place, path, said("the alias *{anchor} is refused", anchor=event.anchor), said("write the value out")
            )
        if event.anchor is not None:
            self._wrong(
                place,
                path,
                said("the anchor &{anchor} is refused", anchor=event.anchor),
                said("write the value where it is used"),
            )
        if event.tag is not None:
            self._wrong(
                place,
                path,
                said("the tag {tag} is refused", tag=event.tag),
                said("quotes make a text, nothing else is needed"),
            )
        if kind == "ScalarEvent":
            return self._scalar(event, path)
        if depth >= MAX_DEPTH:
            self._stop(
                place,
                path,
                said("nested deeper than {max_depth} levels", max_depth=MAX_DEPTH),
                said("documents are never that deep"),
            )
        return self._mapping(path, depth) if kind == "MappingStartEvent" else self._sequence(path, depth)

    def _place_of_value(self, event: Any, path: Path) -> Place:
        """A value that is not written (`key:`) stands where its key does."""
        is_written = type(event).__name__ != "ScalarEvent" or event.value != "" or not _is_plain(event)
        return _place(event) if is_written else self.keys.get(path, _place(event))

    def _sequence(self, path: Path, depth: int) -> list[Any]:
        items: list[Any] = []
        while type(event := self._next()).__name__ != "SequenceEndEvent":
            items.append(self._value(event, (*path, len(items)), depth + 1))
        return items

    def _mapping(self, path: Path, depth: int) -> Tree:
        tree: Tree = {}
        while type(event := self._next()).__name__ != "MappingEndEvent":
            key = self._key(event, path, depth)
            inside = (*path, key)
            if key in tree:
                first = self.keys[inside].line
                self._wrong(
                    _place(event),
                    inside,
                    said("the key “{key}” is given twice", key=key),
                    said("the first is in line {first}", first=first),
                )
                self._aside(self._next(), inside, depth)
                continue
            self.keys[inside] = _place(event)
            tree[key] = self._value(self._next(), inside, depth + 1)
        return tree

    def _aside(self, event: Any, path: Path, depth: int) -> None:
        """Reads a value that is not kept, and leaves the places of its namesake alone."""
        keys, values = self.keys, self.values
        self.keys, self.values = {}, {}
        self._value(event, path, depth + 1)
        self.keys, self.values = keys, values

    def _key(self, event: Any, path: Path, depth: int) -> str:
        place = _place(event)
        if type(event).__name__ != "ScalarEvent":
            self._wrong(place, path, said("a key is a text"), said("lists, mappings and aliases are no keys"))
            self._aside(event, path, depth)
            return f"key at {place.line}:{place.column}"
        if event.anchor is not None or event.tag is not None:
            self._wrong(place, path, said("a key with an anchor or a tag is refused"), said("write the key alone"))
        key = event.value
        if _is_plain(event) and key in ("", "<<"):
            what = said("merge keys (<<) are refused") if key else said("a key is empty")
            self._wrong(place, path, what, said("write the keys out"))
            return f"key at {place.line}:{place.column}"
        self._scalar(event, (*path, key))
        return str(key)

    def _scalar(self, event: Any, path: Path) -> Scalar:
        try:
            return plain(event.value) if _is_plain(event) else quoted(event.value)
        except Complaint as complaint:
            self._wrong(_place(event), path, complaint.what, complaint.mend)
            return None


def _is_plain(event: Any) -> bool:
    return bool(event.implicit[0]) and not event.style


def _place(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _place_of(text: str, position: int) -> Place:
    before = text[:position]
    return Place(before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)
