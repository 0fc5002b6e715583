"""A tree as a file that people read and change, and one value of a file changed where it stands.

Reading what was written gives the same tree: short parts stand on one line, texts are quoted where YAML 1.2 could take them for
something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from services.contract_files.documents import Document, Path, Tree, read_documents
from services.errors import DocumentInvalid

ORDER: Final = (
    "entente", "contract", "service", "id", "title", "name", "supplier", "client", "calendar", "timezone", "valid", "effective",
    "rebaseline", "late_data", "review", "actions", "shown_to", "from", "until",
    "deliverables", "kind", "owed_by", "depends_on", "criteria",
    "owner", "weight", "type", "source", "where", "opened", "closed", "indicator", "target", "targets", "each_miss",
    "every", "at",
)  # fmt: skip
"""Keys in the order in which one tells; others follow by name."""
WIDTH: Final = 100
_PLAIN = re.compile(
    r"[A-Za-z_](?:[A-Za-z0-9_./%+-]| (?=[A-Za-z0-9_./%+-]))*|\d{4}-\d\d-\d\d|\d+(?:\.\d+)? (?:[a-z%]+)(?: [a-z]+)*"
)
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def as_file(tree: Tree) -> str:
    """The file that says what the tree says."""
    return "".join(f"{line}\n" for line in _mapping(tree, 0))


def _mapping(tree: Mapping[str, Any], depth: int) -> list[str]:
    lines = []
    for key in sorted(tree, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name)):
        value, pad = tree[key], "  " * depth
        flow = flow_text(value)
        if not isinstance(value, dict | list) or not value or len(pad) + len(_key(key)) + len(flow) + 2 <= _room(value):
            lines.append(f"{pad}{_key(key)}: {flow}")
        elif isinstance(value, dict):
            lines += [f"{pad}{_key(key)}:", *_mapping(value, depth + 1)]
        else:
            lines += [f"{pad}{_key(key)}:", *_list(value, depth + 1)]
    return lines


def _room(value: Any) -> int:
    """Deliverables and criteria are lists of things with names, and stand one below the other however short they are."""
    holds_things = isinstance(value, list) and any(isinstance(one, dict) and "id" in one for one in value)
    return 0 if holds_things else WIDTH


def _list(items: Sequence[Any], depth: int) -> list[str]:
    lines = []
    for item in items:
        pad = "  " * depth
        if not isinstance(item, dict) or not item:
            lines.append(f"{pad}- {flow_text(item)}")
            continue
        first, *rest = _mapping(item, depth + 1)
        lines += [f"{pad}- {first.lstrip()}", *rest]
    return lines


def flow_text(value: Any) -> str:
    """A value on one line, as it stands in a file."""
    match value:
        case dict():
            names = sorted(value, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
            return "{" + ", ".join(f"{_key(name)}: {flow_text(value[name])}" for name in names) + "}"
        case list():
            return "[" + ", ".join(map(flow_text, value)) + "]"
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int() | Decimal():
            return str(value)
        case _:
            return scalar_text(str(value))


def scalar_text(text: str) -> str:
    """A text as it stands in a file."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def _key(text: str) -> str:
    return scalar_text(text)


# one value


def value_at(tree: Any, path: Path) -> Any:
    """None where nothing stands there."""
    for part in path:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            return None
    return tree


def with_value(text: str, document: Document, path: Path, value: str, *, is_text: bool = False) -> str:
    """The file with another text or number at the path: where it stands, or as a new key where its neighbours stand, with all that
    surrounds it. Only where neither can be done is the file written anew, without its comments. `is_text`: digits are a text too."""
    typed = value if is_text else _typed(value)
    written = scalar_text(value) if isinstance(typed, str) else value
    if path in document.values and not isinstance(value_at(document.tree, path), dict | list):
        candidates = _replaced(text, document, path, written)
    else:
        candidates = _added(text, document, path, written)
    return _first_that_says(candidates, document, changed_tree(document.tree, path, typed))


def without_value(text: str, document: Document, path: Path) -> str:
    """The file without the key at the path, and all else as it stands; as in `with_value` else written anew."""
    return _first_that_says(_taken_out(text, document, path), document, tree_without(document.tree, path))


def _first_that_says(candidates: Iterable[str], document: Document, wanted: Tree) -> str:
    return next((one for one in candidates if _reads_as(one, document.name, wanted)), None) or as_file(wanted)


def _typed(value: str) -> str | int | Decimal:
    """A number where it is written as one."""
    if re.fullmatch(r"0|[1-9][0-9]{0,9}", value):
        return int(value)
    return Decimal(value) if re.fullmatch(r"(0|[1-9][0-9]{0,9})\.[0-9]{1,9}", value) else value


def changed_tree(tree: Tree, path: Path, value: Any) -> Tree:
    """The tree with that value at the path; the tree that was given stays as it is."""
    found: Tree = _changed(tree, path, value)
    return found


def _changed(tree: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(tree, list) and isinstance(part, int):
        return [_changed(one, rest, value) if at == part else one for at, one in enumerate(tree)]
    held = tree if isinstance(tree, dict) else {}
    return {**held, part: _changed(held.get(part), rest, value)}


def tree_without(tree: Tree, path: Path) -> Tree:
    """The tree without the key at the path."""
    found: Tree = _less(tree, path)
    return found


def _less(tree: Any, path: Path) -> Any:
    part, rest = path[0], path[1:]
    if isinstance(tree, list):
        return [_less(one, rest) if at == part else one for at, one in enumerate(tree)]
    if not isinstance(tree, dict) or part not in tree:
        return tree
    return {name: _less(one, rest) if name == part else one for name, one in tree.items() if rest or name != part}


_ENDS = (r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'|[^,}\]#]*', r"(?:[^ ]| (?! *#))*")
"""The patterns of a value up to its end on its line: between others, or alone."""


def _replaced(text: str, document: Document, path: Path, written: str) -> Iterator[str]:
    place = document.values[path]
    lines = text.split("\n")
    line = lines[place.line - 1]
    before, after = line[: place.column - 1], line[place.column - 1 :]
    for pattern in _ENDS:
        found = re.match(pattern, after)
        old = after[: found.end()] if found else ""
        blanks = old[len(old.rstrip()) :]
        yield _with_line(lines, place.line, f"{before}{written}{blanks}{after[len(old) :]}")


def _added(text: str, document: Document, path: Path, written: str) -> Iterator[str]:
    """Before the first key of what holds it; of the whole document as its last line."""
    said = f"{_key(str(path[-1]))}: {written}"
    if len(path) == 1:
        yield f"{text.rstrip()}\n{said}\n"
    elif path[:-1] in document.values:
        place = document.values[path[:-1]]
        lines = text.split("\n")
        before, after = lines[place.line - 1][: place.column - 1], lines[place.line - 1][place.column - 1 :]
        yield _with_line(lines, place.line, f"{before}{{{said}, {after[1:]}")
        yield _with_line(lines, place.line, f"{before}{said}\n{' ' * len(before)}{after}")


def _taken_out(text: str, document: Document, path: Path) -> Iterator[str]:
    """The line that it has for itself; else what stands between commas."""
    place = document.keys.get(path)
    if place is None:
        return
    lines = text.split("\n")
    before, after = lines[place.line - 1][: place.column - 1], lines[place.line - 1][place.column - 1 :]
    yield "\n".join([*lines[: place.line - 1], *lines[place.line :]])
    found = re.match(rf"[^:]*:\s*(?:{_ENDS[0]})", after)
    rest = after[found.end() :] if found else ""
    yield _with_line(lines, place.line, before + rest.removeprefix(",").lstrip())
    yield _with_line(lines, place.line, before.rstrip().removesuffix(",") + rest)


def _with_line(lines: Sequence[str], number: int, line: str) -> str:
    return "\n".join([*lines[: number - 1], line, *lines[number:]])


def _reads_as(text: str, name: str, wanted: Tree) -> bool:
    try:
        found = read_documents(text, name)
    except DocumentInvalid:
        return False
    return len(found) == 1 and found[0].tree == wanted
