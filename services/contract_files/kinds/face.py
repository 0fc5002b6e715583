"""The face of a kind of indicator in a file: its form, how it is read, and what of it could never be judged (INTERFACE §1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, NamedTuple

from domain.kinds.face import Terms
from domain.saying import said
from domain.terms import Criterion, Target
from services.contract_files.dated_checks import Setting
from services.contract_files.documents import Document, Path, Problem, Tree
from services.contract_files.model_base import Strict


class Place(NamedTuple):
    """The place of a clause: the path of its criterion, in a document."""

    document: Document
    criterion: Path

    @property
    def indicator(self) -> Path:
        return (*self.criterion, "indicator")

    def target(self, index: int) -> Path:
        several = (*self.criterion, "targets")
        return (*several, index) if several in self.document.keys else (*self.criterion, "target")


Misfit = tuple[str, str]
"""Two sentences: what is wrong, and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face(Generic[Terms]):
    """One kind. Nothing has a default: whoever adds a kind answers every question."""

    model: type[Strict]
    """The form: JSON Schema and refusals follow from it."""
    read: Callable[[Tree], Terms]
    """A tree of good form → terms; checks nothing, so that what was once signed stays readable."""
    times: Callable[[Tree], Iterator[tuple[Path, Any]]]
    """Every duration and every rule of days that is written, below the indicator."""
    form_problems: Callable[[Document, Tree, Path], Iterator[Problem]]
    """Finds what the tree of the indicator, which stands at the path, says against itself, its selectors left out."""
    misfit: Callable[[Terms, Target], Misfit | None]
    """Why it can never be judged against a target."""
    problems: Callable[[Place, Criterion, Terms, Setting], Iterator[Problem]]
    """Finds what is of good form, but could never be judged, or only ever one way."""
    has_dates: bool
    """True where a rule of days says when it is owed: it is expanded when the file is checked, and says where its
    calendar ends."""
    dates_until: Callable[[Terms, Setting, date, int], int]
    """Counts the dates that it makes up to that day, no further than that many."""


def no_problems(*where: object) -> Iterator[Problem]:
    """There is nothing more that could be wrong."""
    return iter(())


def no_dates(*asked: object) -> int:
    """Nothing is owed on dates of its own."""
    return 0


def times_at(*names: str) -> Callable[[Tree], Iterator[tuple[Path, Any]]]:
    """Makes the function that finds what an indicator's tree has under these keys; of a table, each of its values."""

    def written(tree: Tree) -> Iterator[tuple[Path, Any]]:
        for name in names:
            value = tree.get(name)
            if isinstance(value, dict):
                yield from (((name, key), one) for key, one in value.items() if key != "by")
            else:
                yield (name,), value

    return written


def shares_alone(terms: Terms, target: Target) -> Misfit | None:
    """Says what is wrong with a target for values of a kind that is judged by its share, or by misses, only; None where
    nothing is."""
    if target.form not in ("at_least", "at_most") or target.of == "share":
        return None
    return said("only a measure is judged by its value, not {kind}", kind=terms.kind), said(
        "a share such as at_least: 95 %"
    )
