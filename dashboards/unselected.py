"""Events that no contract selects, and what an event says that cannot be read: in words."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.faults import fault_words
from dashboards.language import Language
from dashboards.words import condition_words, path_words, scalar_words
from domain.selecting import scalar_type
from services.arrivals.unselected import MOST_ASKED, NearRow, UnselectedRow
from services.explaining.unread import UnreadRow


def near_words(near: NearRow, language: Language) -> str:
    """`service: Education — contracts select Éducation`"""
    asked = _asked(near, language)
    path = path_words(near.path)
    if near.value is None:
        return language.text("near.absent", path=path, asked=asked)
    return language.text("near.value", path=path, value=near.value or "“”", asked=asked)


def _asked(near: NearRow, language: Language) -> str:
    """A value of another type than the event's says so: `1` is not `"1"`."""
    miss = near.miss
    if not miss.asked:
        return language.listing([condition_words(condition, language) for condition in miss.conditions])
    said = []
    for value in miss.asked[:MOST_ASKED]:
        kind, words = scalar_type(value) or "text", scalar_words(value, language)
        is_other = near.value is not None and kind != near.kind
        said.append(
            language.text("near.typed", value=words, kind=language.text(f"wanted.{kind}")) if is_other else words
        )
    more = len(miss.asked) - MOST_ASKED
    return ", ".join(said) + (f" {language.counted('near.more', more)}" if more > 0 else "")


def unselected_words(row: UnselectedRow, language: Language) -> str:
    """`2 mail.sent from ged: service: Education — contracts select Éducation`"""
    said = language.counted("near.events", row.events, type=row.type, source=row.source)
    near = language.apart(near_words(one, language) for one in row.near)
    return language.text("near.with", events=said, near=near) if near else said


def unselected_title(rows: Sequence[UnselectedRow], language: Language) -> str:
    return language.counted("near.title", sum(row.events for row in rows))


def unread_words(row: UnreadRow, language: Language) -> str:
    """`c/d/warm: 78 are unknown: temperature is the text “66.8”, …`"""
    why = fault_words(row.changes, language) or language.text("reason.value-absent-or-mistyped")
    return language.counted("near.unread", row.occurrences, commitment=row.commitment, why=why)
