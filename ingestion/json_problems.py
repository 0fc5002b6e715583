"""The slow, exact look at JSON that a fast decoder refused or could not tell: it says what is wrong, and where.

Every parser keeps the last of two equal keys without a word, and some take `NaN`. Nothing here recurses, goes back over what
it has passed, or says where it is before it is asked: a body of a million brackets, keys or quotes costs no more than its
length.
"""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from domain.saying import heard, said

MOST_NESTED: Final = 64
"""As many arrays and objects may lie in each other."""
LONGEST_PATH: Final = 200
"""Letters of a path that an answer shows."""

_STRING: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
"""A string. One that does not end is one too, up to the end of all: else each of its quotes would be looked at for another."""
_STRUCTURE: Final = re.compile(
    rb"(?P<text>" + _STRING + rb")(?P<key>[ \t\r\n]*+:)?+|(?P<open>[{\[])|(?P<close>[}\]])", re.DOTALL
)
"""A text followed by a colon is a key."""
_ELEMENTS: Final = re.compile(_STRING + rb"|(?P<open>[{\[])|(?P<close>[}\]])|(?P<comma>,)", re.DOTALL)
_NON_FINITE: Final = re.compile(
    _STRING + rb'|(?<![^\s{}\[\]:,"])(?P<word>[+-]?(?:NaN|Infinity|nan|inf))(?![^\s{}\[\]:,"])', re.DOTALL
)
_STRINGS: Final = re.compile(_STRING, re.DOTALL)
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_OPENING: Final = frozenset(b"[{")
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


class Problem(NamedTuple):
    """A stable name for programs, and what is wrong, where, and how to mend it for people."""

    slug: str
    text: str


TOO_DEEP: Final = Problem(
    "too-deep", said("arrays and objects lie more than {most_nested} deep: send flatter data", most_nested=MOST_NESTED)
)


def is_too_deep(raw: bytes, most: int = MOST_NESTED) -> bool:
    """True when some array or object lies in more than `most` others."""
    depth = 0
    for bracket in _STRINGS.sub(b"", raw).translate(None, _NO_BRACKETS):
        if bracket not in _OPENING:
            depth -= depth > 0
        elif depth == most:
            return True
        else:
            depth += 1
    return False


def _path(raw: bytes, end: int) -> str:
    """Gives the path of names that the byte at `end` lies in, as it may stand in a sentence: at most LONGEST_PATH letters."""
    names: list[str] = []
    for token in _STRUCTURE.finditer(raw, 0, end):
        kind = token.lastgroup
        if kind == "open":
            names.append("")
        elif kind == "close":
            del names[-1:]
        elif kind == "key" and names:
            names[-1] = _key(token["text"])
    path = ".".join(name for name in names if name)
    return path if len(path) <= LONGEST_PATH else f"{path[:LONGEST_PATH]}…"


def _key(quoted: bytes) -> str:
    if b"\\" not in quoted:
        return quoted[1:-1].decode("utf-8", "replace")
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted.decode("utf-8", "replace")


def duplicate_key(raw: bytes) -> Problem | None:
    """Finds the first key that stands twice in one object, at any depth."""
    objects: list[set[str] | None] = []  # the keys of each that is open; None for an array
    for token in _STRUCTURE.finditer(raw):
        kind = token.lastgroup
        if kind == "open":
            objects.append(set() if token[0] == b"{" else None)
        elif kind == "close":
            del objects[-1:]
        elif kind == "key" and objects and (keys := objects[-1]) is not None:
            name = _key(token["text"])
            if name in keys:
                twice = said(
                    "`{path}` (byte {start}) stands twice in one object: leave one of them out",
                    path=_path(raw, token.end()),
                    start=token.start(),
                )
                return Problem("duplicate-key", twice)
            keys.add(name)
    return None


def why_malformed(raw: bytes, complaint: str) -> Problem:
    """Says why a decoder refused these bytes; `complaint` is what it said itself."""
    if not raw.strip():
        return Problem("malformed-json", said("there is nothing here: send a JSON object"))
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return Problem("malformed-json", said("byte {start} is not UTF-8: send JSON in UTF-8", start=error.start))
    for token in _NON_FINITE.finditer(raw):
        if (word := token["word"]) is not None:
            path, start = _path(raw, token.start()), token.start()
            what = (
                said("{word} at `{path}` (byte {start}) is no JSON number", word=word.decode(), path=path, start=start)
                if path
                else said("{word} (byte {start}) is no JSON number", word=word.decode(), start=start)
            )
            return Problem("non-finite-number", said("{what}: leave the key out or send null", what=what))
    if "surrogate" in complaint or ("truncated" in complaint and _SURROGATE.search(raw)):
        return Problem(
            "lone-surrogate", said("half of a surrogate pair (\\ud8xx…) is no character: send the whole one")
        )
    return Problem("malformed-json", said("{complaint}: send one JSON value in UTF-8", complaint=heard(complaint)))


def split_array(raw: bytes, most: int) -> list[bytes] | None:
    """Gives the exact bytes of each element of a JSON array, whatever is wrong inside of them, one more than `most` at most;
    None when the brackets do not add up, or it is no array."""
    body = raw.strip()
    if not (body.startswith(b"[") and body.endswith(b"]")):
        return None
    elements: list[bytes] = []
    depth, start = 0, 1
    for token in _ELEMENTS.finditer(body):
        kind = token.lastgroup
        if depth == 1 and kind == "comma":
            elements.append(body[start : token.start()].strip())
            start = token.end()
            if len(elements) > most:
                return elements
        depth += (kind == "open") - (kind == "close")
        if depth == 0:
            if token.end() != len(body):
                return None
            elements.append(body[start : token.start()].strip())
    if depth != 0:
        return None
    if elements == [b""]:
        return []
    return elements if all(elements) else None
