"""A tree as a file that people read and change, and one value of a file changed where it stands.

Reading what was written gives the same tree: short parts stand on one line, texts are quoted where YAML 1.2 could take them for
something else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from services.contract_files.documents import Document, Path, Tree, read_documents
from services.errors import DocumentInvalid

ORDER: Final = (
    "entente", "contract", "service", "id", "title", "name", "supplier", "client", "calendar", "timezone", "valid", "effective",
    "rebaseline", "late_data", "review", "from", "until", "deliverables", "kind", "owed_by", "depends_on", "criteria",
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
        flow = _flow(value)
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
            lines.append(f"{pad}- {_flow(item)}")
            continue
        first, *rest = _mapping(item, depth + 1)
        lines += [f"{pad}- {first.lstrip()}", *rest]
    return lines


def _flow(value: Any) -> str:
    match value:
        case dict():
            names = sorted(value, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
            return "{" + ", ".join(f"{_key(name)}: {_flow(value[name])}" for name in names) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
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


def with_value(text: str, document: Document, path: Path, value: str) -> str:
    """The file with another text or number at the path: where it stands, with all that surrounds it; a new key of the whole
    document as a line of its own. Only where neither can be done is the file written anew, without its comments."""
    wanted = _changed(document.tree, path, _typed(value))
    written = scalar_text(value) if isinstance(_typed(value), str) else value
    candidates = []
    if path in document.values and not isinstance(value_at(document.tree, path), dict | list):
        candidates.append(_replaced(text, document, path, written))
    elif len(path) == 1:
        candidates.append(f"{text.rstrip()}\n{_key(str(path[0]))}: {written}\n")
    for candidate in candidates:
        if _reads_as(candidate, document.name, wanted):
            return candidate
    return as_file(wanted)


def _typed(value: str) -> str | int | Decimal:
    """A number where it is written as one."""
    if re.fullmatch(r"0|[1-9][0-9]{0,9}", value):
        return int(value)
    return Decimal(value) if re.fullmatch(r"(0|[1-9][0-9]{0,9})\.[0-9]{1,9}", value) else value


def _changed(tree: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(tree, list) and isinstance(part, int):
        return [_changed(one, rest, value) if at == part else one for at, one in enumerate(tree)]
    held = tree if isinstance(tree, dict) else {}
    return {**held, part: _changed(held.get(part), rest, value)}


def _replaced(text: str, document: Document, path: Path, written: str) -> str:
    place = document.values[path]
    lines = text.split("\n")
    line = lines[place.line - 1]
    before, after = line[: place.column - 1], line[place.column - 1 :]
    found = re.match(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'|[^,}\]#]*', after)
    end = found.end() if found else 0
    old = after[:end]
    kept = len(old) - len(old.rstrip())
    lines[place.line - 1] = before + written + (old[len(old) - kept :] if kept else "") + after[end:]
    return "\n".join(lines)


def _reads_as(text: str, name: str, wanted: Tree) -> bool:
    try:
        found = read_documents(text, name)
    except DocumentInvalid:
        return False
    return len(found) == 1 and found[0].tree == wanted
