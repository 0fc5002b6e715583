"""The check that a file's first row has the columns that a mapping names, and what may be wrong where it has not."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from domain.saying import chained, said
from services.contract_files.mapping_terms import Converted, DataNode, MappingTerms, ReadOptions, Template
from services.errors import Invalid, short, some

_ENCODINGS: Final = ("utf-8-sig", "cp1252")
"""The encodings that tables come in: tried where a column is not found."""
_DELIMITERS: Final = (";", ",", "\t", "|")


def require_columns(terms: MappingTerms, header: Sequence[str], place: str) -> None:
    """Raises Invalid when the header lacks a column that the mapping names, or has it twice."""
    named = columns_of(terms)
    if absent := [name for name in named if name not in header]:
        raise Invalid(
            said(
                "the mapping {terms} names {absent}, and the header has no such column",
                terms=terms.id,
                absent=some([f"`{name}`" for name in absent]),
            ),
            place=f"{place}:1",
            mend=_mend(absent, header, terms.read),
            slug="mapping-misfit",
        )
    if twice := [f"`{name}`" for name in named if header.count(name) > 1]:
        raise Invalid(
            said(
                "the header has {twice} twice, so that it is open which one the mapping {terms} means",
                twice=some(twice),
                terms=terms.id,
            ),
            place=f"{place}:1",
            mend=said("give every column its own name"),
            slug="mapping-misfit",
        )


def columns_of(terms: MappingTerms) -> list[str]:
    """Every column that the mapping names, once, in the order of their first use."""
    found: dict[str, None] = {}
    for event in terms.events:
        templates = [event.id, event.source, event.type, event.time, event.subject, *(t for _, t in event.extensions)]
        for template in filter(None, [*templates, *_templates(event.data)]):
            found.update(dict.fromkeys(template.columns))
        found.update(dict.fromkeys(column for column, _ in event.condition))
    return list(found)


def _templates(node: DataNode) -> list[Template]:
    if isinstance(node, tuple):
        return [template for _, inner in node for template in _templates(inner)]
    if isinstance(node, Converted):
        return [node.template]
    return [node] if isinstance(node, Template) else []


def _mend(absent: Sequence[str], header: Sequence[str], read: ReadOptions) -> str:
    if not header:
        return said("its first row names the columns: it is empty, or no text in the encoding that the mapping says")
    columns = some(_clean(header))
    if (delimiter := _delimiter(absent, header, read)) is not None:
        return said(
            'its first row is one column, {columns}: read: {delimiter: "{delimiter}"}',
            columns=columns,
            delimiter=delimiter,
        )
    if (encoding := _encoding(absent, header, read)) is not None:
        return said(
            "in another encoding it has: read: {encoding: {encoding}}; its columns are {columns}",
            encoding=encoding,
            columns=columns,
        )
    meant = {name: close[0] for name in absent if (close := _nearest(name, header))}
    likely = [
        said("did you mean `{close}` for `{name}`?", close=short(close, 60), name=short(name, 60))
        for name, close in meant.items()
    ]
    return chained(" ", [*likely, said("its columns are {columns}", columns=columns)])


def _clean(header: Sequence[str]) -> list[str]:
    """Shows bytes that are no text in the encoding as such."""
    return [name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for name in header]


def _nearest(name: str, header: Sequence[str]) -> list[str]:
    """Gives the columns that differ from the name in their case alone; where there is none, the nearest one, if any is near."""
    same = [column for column in header if column.strip().casefold() == name.strip().casefold()]
    return same or get_close_matches(short(name, 60), header, 1, 0.6)


def _delimiter(absent: Sequence[str], header: Sequence[str], read: ReadOptions) -> str | None:
    if len(header) > 1:
        return None
    others = (one for one in _DELIMITERS if one != read.delimiter)
    return next((one for one in others if set(absent) <= {cell.strip('"') for cell in header[0].split(one)}), None)


def _encoding(absent: Sequence[str], header: Sequence[str], read: ReadOptions) -> str | None:
    """Gives another encoding in which the same bytes name the columns, if there is one."""
    if any("\0" in name for name in header):
        return "utf-16"
    for other in _ENCODINGS:
        try:
            names = {name.encode(read.encoding, "surrogateescape").decode(other) for name in header}
        except UnicodeError:
            continue
        if set(absent) & names:
            return other.removesuffix("-sig")
    return None
