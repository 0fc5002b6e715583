"""A mapping's tree → its terms. Structure only."""

from __future__ import annotations

from typing import Any

from services.contract_files.documents import Tree
from services.contract_files.mapping_terms import (
    Converted,
    DataNode,
    MappedEvent,
    MappingTerms,
    ReadOptions,
    Template,
    is_conversion,
    template,
)
from services.contract_files.readings import as_list
from services.contract_files.tree_reading import where_of

_EXTENSIONS = ("recordedtime", "replaces", "sequence", "voids")


def mapping_of(tree: Tree) -> MappingTerms:
    """The terms of a mapping of good form."""
    events = tuple(_event(one) for one in tree["events"])
    return MappingTerms(tree["mapping"], _read(tree["read"]), events, tree.get("signed"), tree.get("service"))


def _read(tree: Tree) -> ReadOptions:
    return ReadOptions(
        format=tree["format"],
        delimiter=tree.get("delimiter", ","),
        encoding=tree.get("encoding", "utf-8"),
        timezone=tree.get("timezone"),
        times=tuple(as_list(tree.get("times", []))),
        each=tree.get("each"),
        decimal=tree.get("decimal", "."),
    )


def _event(tree: Tree) -> MappedEvent:
    return MappedEvent(
        type=template(tree["type"]),
        id=template(tree["id"]),
        source=template(tree["source"]),
        time=template(tree["time"]),
        subject=_optional(tree.get("subject")),
        condition=where_of(tree.get("if")),
        data=_names(tree.get("data", {})),
        extensions=tuple((name, template(tree[name])) for name in _EXTENSIONS if name in tree),
    )


def _optional(value: str | None) -> Template | None:
    return None if value is None else template(value)


def _names(tree: Tree) -> tuple[tuple[str, DataNode], ...]:
    """Sorted, so that the order in the file changes no event."""
    return tuple((name, _node(value)) for name, value in sorted(tree.items()))


def _node(value: Any) -> DataNode:
    if isinstance(value, str):
        return template(value)
    if not isinstance(value, dict):
        return value  # type: ignore[no-any-return]
    if is_conversion(value):
        [(to, text)] = value.items()
        return Converted(to, template(text))
    return _names(value)
