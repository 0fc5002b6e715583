"""What says everything in the language of who reads it."""

from __future__ import annotations

from tests.guards.streaming import Guarding

GUARDING = (
    Guarding("what is heard from elsewhere is found by its wording", "dashboards/messages.py",
             "sorted((form for form in forms if form.letters >= _ENOUGH), key=lambda form: -form.letters)", "[]",
             "tests/dashboards/test_messages.py::test_a_sentence_that_was_kept_as_plain_text_is_found_by_its_wording"),
    Guarding("what nobody knows is marked as English", "dashboards/messages.py",
             "            yield Piece(str(text), is_foreign=True)\n\n    @cached_property",
             "            yield Piece(str(text))\n\n    @cached_property",
             "tests/dashboards/test_messages.py::test_what_no_catalogue_knows_stays_english_and_is_marked_so"),
    Guarding("problems are told to who asks in his language", "services/api/problems.py",
             '"detail": spoken(detail),', '"detail": detail,',
             "tests/ingestion/test_reasons_in_french.py::"
             "test_details_mends_and_problems_are_told_in_french_to_who_accepts_it"),
    Guarding("a name is elided", "dashboards/french.py",
             "return f\"d’{name}\" if begins_with_vowel(name) else f\"de {name}\"", "return f\"de {name}\"",
             "tests/dashboards/test_french.py::test_prepositions_before_names"),
)  # fmt: skip
