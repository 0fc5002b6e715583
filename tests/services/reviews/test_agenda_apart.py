"""What tells items of an agenda apart (MEETING §2)."""

from __future__ import annotations

from typing import cast

from services.reviews.agenda_apart import apart
from services.reviews.agenda_state import AgendaState, Item

ALIKE = {"en": "A report is late", "fr": "Un rapport est en retard"}
NOBODY = cast(AgendaState, None)
"""Of items that are about nothing with an id no state is asked."""


def test_two_that_say_the_same_say_since_when() -> None:
    items = [
        Item("overdue", str(day), f"figure:{day}", ALIKE, 3, since=f"2026-0{day}-02T10:00:00+01:00") for day in (3, 4)
    ]
    english = [one.sentence["en"] for one in apart(items, NOBODY)]
    french = [one.sentence["fr"] for one in apart(items, NOBODY)]
    assert english == ["A report is late (since 2 March 2026)", "A report is late (since 2 April 2026)"]
    assert french[0] == "Un rapport est en retard (depuis le 2 mars 2026)"


def test_items_about_one_action_name_the_places_of_each_other() -> None:
    subject = "action:one"
    items = [Item(code, subject, subject, {"en": code, "fr": code}, 3) for code in ("effect", "overdue", "escalated")]
    found = apart([*items, Item("breach", "b", "figure:b", ALIKE, 3)], NOBODY)
    assert [one.sentence["en"] for one in found] == [
        "effect (see also items 2, 3)",
        "overdue (see also items 1, 3)",
        "escalated (see also items 1, 2)",
        "A report is late",
    ]
    assert found[0].sentence["fr"] == "effect (voir aussi les points 2, 3)"
    assert [one.id for one in found][:2] == ["effect:action:one", "overdue:action:one"]
