"""Shows, for commands, what no contract selects and what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards.language import Language
from dashboards.unselected import unread_words, unselected_title, unselected_words
from entente.cli.session import out
from services.arrivals.unselected import UnselectedRow, unselected_json
from services.explaining.shown import comparison_json
from services.explaining.unread import UnreadRow

MOST = 20
"""Kinds of events that are named."""


def print_unselected(rows: Sequence[UnselectedRow], language: Language) -> None:
    """Nothing where every event is selected."""
    if rows:
        out.print(unselected_title(rows, language), markup=False)
    for row in rows[:MOST]:
        out.print(f"  {unselected_words(row, language)}", markup=False)
    if len(rows) > MOST:
        out.print(f"  {language.counted('near.more', len(rows) - MOST)}")


def print_unread(rows: Sequence[UnreadRow], language: Language) -> None:
    for row in rows:
        out.print(unread_words(row, language), markup=False)


def beside_counts(unselected: Sequence[UnselectedRow], unread: Sequence[UnreadRow]) -> dict[str, Any]:
    """Gives what the JSON of an import says besides its counts: only what there is."""
    said: dict[str, Any] = {}
    if unselected:
        said["unselected"] = [unselected_json(row) for row in unselected]
    if unread:
        said["unread"] = [
            {
                "commitment": row.commitment,
                "occurrences": row.occurrences,
                "changes": [comparison_json(change) for change in row.changes],
            }
            for row in unread
        ]
    return said
