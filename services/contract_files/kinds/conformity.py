"""Conformity in a file: each event is good or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.terms import Conformity
from services.contract_files.conditions import condition_problems
from services.contract_files.documents import Document, Path, Problem, Tree
from services.contract_files.kinds.face import Face, no_dates, no_problems, shares_alone, times_at
from services.contract_files.leaves import PathText
from services.contract_files.model_base import SelectorModel, Strict, WhereMap, may, need
from services.contract_files.tree_reading import selector_of, where_of


class ConformityModel(Strict):
    """One occurrence per event (or key): good or not."""

    kind: Literal["conformity"] = need("The kind of indicator")
    each: SelectorModel = need("The events that are judged")
    good: WhereMap = need("The conditions by path that make it good")
    key: PathText = may("What names the item whose last event decides; default each event for itself")


def _read(tree: Tree) -> Conformity:
    return Conformity(each=selector_of(tree["each"]), good=where_of(tree["good"]), key=tree.get("key"))


def _conditions(document: Document, indicator: Tree, at: Path) -> Iterator[Problem]:
    """Finds conditions that never hold."""
    return condition_problems(document, indicator["good"], (*at, "good"))


FACE = Face(
    model=ConformityModel,
    read=_read,
    times=times_at(),
    form_problems=_conditions,
    misfit=shares_alone,
    problems=no_problems,
    has_dates=False,
    dates_until=no_dates,
)
