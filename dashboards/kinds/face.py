"""The face of a kind of indicator on pages: its table of occurrences, what is asked of it, a clause to begin with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic

from dashboards.language import Language
from domain.kinds.face import Terms
from domain.terms import Target

Columns = tuple[str, str, str, str]
"""The headers of a table of occurrences: the name, when, what came of it, what that means; an empty one is left out."""
VERDICTS: Final = ("pending", "met", "late", "missing", "failed", "excused", "unknown")
CASES: Final[Columns] = ("case", "due", "closed", "compared")
OPEN: Final = 'calendar: {open: {mon-fri: ["09:00-12:30", "13:30-18:00"]}}\n'
"""The calendar of a clause that counts open time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face(Generic[Terms]):
    """One kind. Nothing has a default: whoever adds a kind answers every question."""

    columns: Columns
    verdicts: tuple[str, ...]
    """The verdicts that one can ask for."""
    name: Callable[[str], str]
    """The name that stands for a key in the table."""
    measured_by: Callable[[Terms, Target, Language], str]
    """The words for what the chart of a target shows."""
    sample: Mapping[str, str]
    """A clause to begin with: the contract and its deliverable, the criterion, its indicator."""


def the_key(key: str) -> str:
    """The key itself."""
    return key


def by_form(terms: Terms, target: Target, language: Language) -> str:
    """A share of occurrences, a number of misses; a mean, where the target is one."""
    if target.of != "share" and target.form.startswith("at_"):
        return language.text("chart.by_mean")
    return language.text(f"chart.by_{target.form}")


def by_time(terms: Terms, target: Target, language: Language) -> str:
    """A share of service time, in words of its own."""
    return language.text(f"chart.by_{terms.kind}")
