"""What guards whom and what a form is about: the scope that was asked for, and calendars that can be named."""

from __future__ import annotations

from tests.guards.streaming import Guarding

ASKING = "tests/dashboards/excuses/test_asking_one.py::test_"

GUARDING = (
    Guarding("an excuse for a deliverable is asked for it alone", "dashboards/pages/excuses/asking.py",
             "    scope = f\"{contract.id}/{deliverable.id}\" if deliverable is not None else scope\n", "",
             f"{ASKING}an_excuse_for_a_deliverable_is_asked_for_it_alone"),
    Guarding("the days of a deliverable can be confirmed", "dashboards/pages/excuses/asking.py",
             "    scope = f\"{contract.id}/{deliverable.id}\" if deliverable is not None else scope\n", "",
             f"{ASKING}days_in_which_nothing_is_owed_have_to_be_confirmed_and_again_when_they_are_others"),
    Guarding("a calendar that is written into its contract has no name", "services/contracts/calendar_rows.py",
             "\"\" if is_own else calendar.id", "calendar.id",
             "tests/services/test_around.py::test_a_calendar_that_is_written_into_its_contract_has_no_name"),
    Guarding("only calendars that have a name are offered", "dashboards/pages/contracts/box_faces.py",
             "for row in self.view.calendars if row.id)", "for row in self.view.calendars)",
             "tests/dashboards/contracts/test_editor.py::test_the_calendars_that_are_offered_are_those_that_have_a_name"),
)  # fmt: skip
