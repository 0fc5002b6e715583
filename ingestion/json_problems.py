"""What is wrong with JSON that a fast decoder refused or could not tell, and where: the slow, exact look.

Every parser keeps the last of two equal keys without a word, and some take `NaN`. Nothing here recurses, so that a body
of a million brackets costs no more than its length.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

MOST_NESTED: Final = 64
"""How deep arrays and objects may lie in each other."""

_TOKEN: Final = re.compile(
    rb"""(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")(?P<key>\s*:)?   # a string; followed by a colon it is a key
       | (?P<open>[{\[]) | (?P<close>[}\]]) | (?P<comma>,)
       | (?P<atom>[^\s{}\[\]:,"]+)""",
    re.VERBOSE | re.DOTALL,
)
_NON_FINITE: Final = frozenset((b"NaN", b"Infinity", b"-Infinity", b"+Infinity", b"-NaN", b"inf", b"-inf", b"nan"))
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


class Problem(NamedTuple):
    """A stable name for programs, and what is wrong, where, and how to mend it for people."""

    slug: str
    text: str


class _Token(NamedTuple):
    kind: Literal["text", "key", "open", "close", "comma", "atom"]
    start: int
    end: int
    content: bytes


def _tokens(raw: bytes) -> Iterator[_Token]:
    for match in _TOKEN.finditer(raw):
        kind = match.lastgroup or "atom"
        content = match["text"] if kind in ("text", "key") else match[0]
        yield _Token(kind, match.start(), match.end(), content)  # type: ignore[arg-type]


def nesting(raw: bytes) -> int:
    """How deep the deepest array or object lies."""
    depth = deepest = 0
    for token in _tokens(raw):
        if token.kind == "open":
            depth += 1
            deepest = max(deepest, depth)
        elif token.kind == "close":
            depth -= 1
    return deepest


def _with_paths(raw: bytes) -> Iterator[tuple[_Token, str, bool]]:
    """Each token with the path it stands at, and whether it is a key that its object has already."""
    keys: list[set[str]] = []
    names: list[str] = []
    for token in _tokens(raw):
        repeated = False
        if token.kind == "open":
            keys.append(set())
            names.append("")
        elif token.kind == "close" and keys:
            keys.pop()
            names.pop()
        elif token.kind == "key" and keys:
            name = _key(token.content)
            repeated = name in keys[-1]
            keys[-1].add(name)
            names[-1] = name
        yield token, ".".join(name for name in names if name), repeated


def _key(quoted: bytes) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted.decode("utf-8", "replace")


def duplicate_key(raw: bytes) -> Problem | None:
    """The first key that stands twice in one object, at any depth."""
    for token, path, repeated in _with_paths(raw):
        if repeated:
            place = f"`{path}` (byte {token.start})"
            return Problem("duplicate-key", f"{place} stands twice in one object: leave one of them out")
    return None


def why_malformed(raw: bytes, complaint: str) -> Problem:
    """Why a decoder refused these bytes; `complaint` is what it said itself."""
    if not raw.strip():
        return Problem("malformed-json", "there is nothing here: send a JSON object")
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return Problem("malformed-json", f"byte {error.start} is not UTF-8: send JSON in UTF-8")
    for token, path, _ in _with_paths(raw):
        if token.kind == "atom" and token.content in _NON_FINITE:
            word = token.content.decode()
            where = f"at `{path}` " if path else ""
            return Problem(
                "non-finite-number",
                f"{word} {where}(byte {token.start}) is no JSON number: leave the key out or send null",
            )
    if "surrogate" in complaint or ("truncated" in complaint and _SURROGATE.search(raw)):
        return Problem("lone-surrogate", "half of a surrogate pair (\\ud8xx…) is no character: send the whole one")
    return Problem("malformed-json", f"{complaint}: send one JSON value in UTF-8")


def split_array(raw: bytes) -> list[bytes] | None:
    """The exact bytes of each element of a JSON array, whatever is wrong inside of them; None when the brackets do not
    add up, or it is no array."""
    body = raw.strip()
    if not (body.startswith(b"[") and body.endswith(b"]")):
        return None
    elements: list[bytes] = []
    depth, start = 0, 1
    for token in _tokens(body):
        if depth == 1 and token.kind == "comma":
            elements.append(body[start : token.start].strip())
            start = token.end
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            if token.end != len(body):
                return None
            elements.append(body[start : token.start].strip())
    if depth != 0:
        return None
    if elements == [b""]:
        return []
    return elements if all(elements) else None
