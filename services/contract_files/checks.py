"""What a document of good form still may not say: what is impossible, and what could never be judged.

Each answers problems as lines with their place, in the order of the file; none means that it may be applied.
"""

from __future__ import annotations

import encodings.aliases
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from domain.terms import CalendarTerms
from services.contract_files.calendar_checks import calendar_problems
from services.contract_files.conditions import condition_problems
from services.contract_files.contract_checks import contract_problems
from services.contract_files.documents import Document, Path, Problem, Tree, by_place
from services.contract_files.leaves import is_scalar
from services.contract_files.mapping_terms import TEMPLATE_FORM, UNIX_FORMS, template
from services.contract_files.models import form_problems, kind_of
from services.contract_files.readings import as_list
from services.contract_files.reserved import reserved_problems
from services.contract_files.suggesting import shown

_NO_TABLES = frozenset(
    {
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "quopri_codec",
        "rot_13",
        "uu_codec",
        "zlib_codec",
        "mbcs",
        "oem",
        "utf_7",
    }
)


def check(document: Document, calendars: Mapping[str, CalendarTerms] | None = None) -> list[str]:
    """All problems of a document of any kind."""
    kind = kind_of(document)
    if kind == "contract":
        return check_contract(document, calendars)
    return form_problems(document) or (by_place(_CHECKS[kind](document)) if kind else [])


def check_contract(document: Document, calendars: Mapping[str, CalendarTerms] | None = None) -> list[str]:
    """All problems of a contract. With `calendars`, by name, one that is not among them is refused, and rules are
    expanded with the one that is; without, what depends on a named calendar is not looked at."""
    return form_problems(document, "contract") or by_place(contract_problems(document, calendars))


def check_calendar(document: Document) -> list[str]:
    return form_problems(document, "calendar") or by_place(_calendar(document))


def check_service(document: Document) -> list[str]:
    return form_problems(document, "service") or by_place(_service(document))


def check_mapping(document: Document) -> list[str]:
    return form_problems(document, "mapping") or by_place(_mapping(document))


def _calendar(document: Document) -> Iterator[Problem]:
    return calendar_problems(document, document.tree, ())


def _service(document: Document) -> Iterator[Problem]:
    yield from reserved_problems(document, "service", "part_of")
    if document.tree.get("part_of") == document.tree["service"]:
        yield document.problem(("part_of",), "a service is not a part of itself", "another service, or leave it out")
    yield from _said_twice(document, "people", "id")
    yield from _said_twice(document, "sources", "source")


def _said_twice(document: Document, items: str, key: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, one in enumerate(document.tree.get(items, ())):
        if one[key] in seen:
            yield document.problem((items, index, key), f"{shown(one[key])} is described already", "each once")
        seen.add(one[key])


def _mapping(document: Document) -> Iterator[Problem]:
    yield from _reading(document, document.tree["read"])
    if "signed" in document.tree and document.tree["read"]["format"] != "json":
        yield document.problem(("signed",), "files are not signed", "only calls of a webhook are: read: {format: json}")
    for index, event in enumerate(document.tree["events"]):
        at: Path = ("events", index)
        if not template(event["id"]).columns:
            what = "every row would give the same id"
            yield document.problem((*at, "id"), what, 'name a column, such as "{CASE_ID}/opened"')
        if "if" in event:
            yield from condition_problems(document, event["if"], (*at, "if"), texts="a column is a text")
        yield from _data(document, event.get("data", {}), (*at, "data"))


def _data(document: Document, value: Any, at: Path) -> Iterator[Problem]:
    """Nested names; at the ends templates, conversions of one, or fixed values."""
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from _data(document, inside, (*at, name))
    elif isinstance(value, str):
        try:
            template(value)
        except ValueError as error:
            yield document.problem(at, f"{shown(value)} is not a template: {error}", TEMPLATE_FORM)
    elif not is_scalar(value):
        yield document.problem(at, f"must be a template or a fixed value, not {shown(value)}", 'such as "{TYPE}"')


def _is_encoding(name: str) -> bool:
    """Of the encodings that Python brings, those that tables of tools are written in: no compression, no code of programs."""
    plain = encodings.normalize_encoding(name).lower()
    known = encodings.aliases.aliases
    return known.get(plain, plain) in {*known.values(), "utf_8_sig"} - _NO_TABLES


def _reading(document: Document, read: Tree) -> Iterator[Problem]:
    if read.get("delimiter") in ("\n", "\r", '"'):
        yield document.problem(("read", "delimiter"), "this sign cannot divide columns", 'such as "," or ";"')
    if not _is_encoding(read.get("encoding", "utf-8")):
        yield document.problem(("read", "encoding"), f"unknown encoding {shown(read['encoding'])}", "such as utf-8")
    forms = as_list(read.get("times", []))
    if "timezone" not in read and any("%z" not in one and one not in UNIX_FORMS for one in forms):
        yield document.problem(("read", "times"), "these times have no offset", "add read.timezone, or %z")


_CHECKS: dict[str, Callable[[Document], Iterator[Problem]]] = {
    "calendar": _calendar,
    "service": _service,
    "mapping": _mapping,
}
