"""Checks of a mapping of good form for what it still may not say: what gives no event, and slips that would be taken
for data."""

from __future__ import annotations

import encodings.aliases
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, Final

from domain.saying import said
from services.contract_files.conditions import condition_problems
from services.contract_files.documents import Document, Path, Problem, Tree
from services.contract_files.leaf_checks import is_scalar
from services.contract_files.mapping_terms import CONVERSIONS, TEMPLATE_FORM, UNIX_FORMS, template
from services.contract_files.readings import as_list
from services.contract_files.suggesting import shown

_NO_TABLES: Final = frozenset(
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
_NEAR: Final = 0.75
"""The likeness, 0 to 1, from which on a lone name is taken for a conversion with a slip of the pen."""


def mapping_problems(document: Document) -> Iterator[Problem]:
    yield from _reading(document, document.tree["read"])
    if "signed" in document.tree and document.tree["read"]["format"] != "json":
        yield document.problem(
            ("signed",), said("files are not signed"), said("only calls of a webhook are: read: {format: json}")
        )
    if "service" in document.tree and "signed" not in document.tree:
        what = said("whose these events are, whoever sends them says")
        yield document.problem(("service",), what, said("only of a webhook that is signed the mapping does"))
    for index, event in enumerate(document.tree["events"]):
        at: Path = ("events", index)
        if not template(event["id"]).columns:
            what = said("every row would give the same id")
            yield document.problem((*at, "id"), what, said('name a column, such as "{CASE_ID}/opened"'))
        if "if" in event:
            yield from condition_problems(document, event["if"], (*at, "if"), texts=said("a column is a text"))
        for name, inside in event.get("data", {}).items():
            yield from _node(document, inside, (*at, "data", name))


def _node(document: Document, value: Any, at: Path) -> Iterator[Problem]:
    """A template, a fixed value, a conversion of a template, or names with nodes."""
    if isinstance(value, dict):
        if slips := list(_slips(document, value, at)):
            yield from slips
        else:
            for name, inside in value.items():
                yield from _node(document, inside, (*at, name))
    elif isinstance(value, str):
        yield from _template_problem(document, value, at)
    elif not is_scalar(value):
        yield document.problem(
            at, said("must be a template or a fixed value, not {value}", value=shown(value)), said('such as "{TYPE}"')
        )


def _template_problem(document: Document, written: str, at: Path) -> Iterator[Problem]:
    try:
        template(written)
    except ValueError as error:
        yield document.problem(
            at, said("{written} is not a template: {error}", written=shown(written), error=error), TEMPLATE_FORM
        )


def _slips(document: Document, node: Tree, at: Path) -> Iterator[Problem]:
    """A conversion holds its column and nothing else; a name called like one is said by a conversion of its own, as in
    `{number: {text: "{NUMBER}"}, street: "{STREET}"}`."""
    to = next((name for name in CONVERSIONS if name in node and not isinstance(node[name], dict)), None)
    if to is None:
        yield from _misspelt(document, node, at)
        return
    for name in node:
        if name != to:
            yield document.problem(
                (*at, name),
                said("unknown key “{name}” beside `{to}`", name=name, to=to),
                _beside(name, to),
                of_key=True,
            )
    written, inside = node[to], (*at, to)
    if not isinstance(written, str):
        what = said("`{to}` converts what stands in a column, not {written}", to=to, written=shown(written))
        yield document.problem(inside, what, said('such as {{to}: "{COLUMN}"}', to=to))
    elif found := list(_template_problem(document, written, inside)):
        yield from found
    elif not template(written).columns:
        what = said("no column stands in {written}, so that every row would give the same", written=shown(written))
        yield document.problem(inside, what, said('such as {{to}: "{COLUMN}"}, or a fixed value without `{to}`', to=to))


def _beside(name: str, to: str) -> str:
    if name == "decimal":
        return said('read: {decimal: ","} says how the file writes numbers')
    if name in CONVERSIONS:
        return said("a column is converted once")
    return said('a conversion stands alone; a name that is called {to} is written {{to}: {text: "{COLUMN}"}, …}', to=to)


def _misspelt(document: Document, node: Tree, at: Path) -> Iterator[Problem]:
    """A lone name that is nearly a conversion would become a name in the event, with a text in it."""
    [name] = node if len(node) == 1 else [""]
    close = get_close_matches(name.lower(), CONVERSIONS, 1, _NEAR)
    if close and isinstance(node[name], str):
        mend = said(
            'did you mean “{close}”? A name that is called so is written {{name}: {text: "{COLUMN}"}}',
            close=close[0],
            name=name,
        )
        yield document.problem((*at, name), said("unknown key “{name}”", name=name), mend, of_key=True)


def _is_encoding(name: str) -> bool:
    """Says whether it names one of Python's encodings in which tables of tools are written: no compression, no code of
    programs."""
    plain = encodings.normalize_encoding(name).lower()
    known = encodings.aliases.aliases
    return known.get(plain, plain) in {*known.values(), "utf_8_sig"} - _NO_TABLES


def _reading(document: Document, read: Tree) -> Iterator[Problem]:
    if read.get("delimiter") in ("\n", "\r", '"'):
        yield document.problem(
            ("read", "delimiter"), said("this sign cannot divide columns"), said('such as "," or ";"')
        )
    if read.get("decimal", ".") not in (".", ","):
        yield document.problem(
            ("read", "decimal"),
            said("{decimal} is no decimal sign", decimal=shown(read["decimal"])),
            said('"." or ","'),
        )
    if not _is_encoding(read.get("encoding", "utf-8")):
        yield document.problem(
            ("read", "encoding"),
            said("unknown encoding {encoding}", encoding=shown(read["encoding"])),
            said("such as utf-8"),
        )
    forms = as_list(read.get("times", []))
    if "timezone" not in read and any("%z" not in one and one not in UNIX_FORMS for one in forms):
        yield document.problem(("read", "times"), said("these times have no offset"), said("add read.timezone, or %z"))
