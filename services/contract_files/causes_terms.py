"""The terms of a file of root causes, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from domain.terms import Text
from services.contract_files.documents import Tree
from services.contract_files.tree_reading import text_of

Doing = Literal["supplier", "client", "none"]
"""Whose doing a cause is: a party's, or nobody's."""


@dataclass(frozen=True, slots=True)
class RootCause:
    id: str
    title: Text
    party: Doing


@dataclass(frozen=True, slots=True)
class CausesTerms:
    id: str
    title: Text
    causes: tuple[RootCause, ...]


def causes_of(tree: Tree) -> CausesTerms:
    """The terms of a list of good form."""
    causes = [RootCause(one["id"], text_of(one.get("title"), one["id"]), one["party"]) for one in tree["list"]]
    return CausesTerms(tree["causes"], text_of(tree.get("title"), tree["causes"]), tuple(causes))
