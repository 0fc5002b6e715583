"""What guards that nobody sees what is not theirs: by changing addresses, and in the reports of PostgreSQL."""

from __future__ import annotations

from tests.guards.streaming import Guarding

VIEWS, READERS, HELPERS = (f"services/report_{name}.py" for name in ("views", "readers", "helpers"))
IN_REPORTS = "tests/isolation/test_reports_by_service.py::test_"

SETTLING = "tests/dashboards/sign_in/test_settling.py::"
PARTS = "tests/isolation/test_shown_to_parts.py::"

SIGNING = "tests/isolation/test_opened_by_signing.py::test_"

GUARDING = (
    Guarding("an excuse shows its parties no more of events than they see", "services/excuses/settling.py",
             "return seen if is_party else seen.by(ADMINISTRATOR)", "return seen.by(ADMINISTRATOR)",
             f"{SETTLING}test_a_party_sees_of_the_events_what_is_its_own_to_see"),
    Guarding("what is not disputed, no arbiter sees", "services/excuses/reading.py",
             "row.state == \"disputed\" and seen.who.may(Right.ARBITRATE)", "seen.who.may(Right.ARBITRATE)",
             f"{SETTLING}test_what_is_disputed_is_read_with_its_events_and_answers_and_no_more"),
    Guarding("a proposal opens nothing", "services/directory/reading.py", "    if row.id not in agreed:\n", "    if False:\n",
             f"{SIGNING}a_proposal_that_the_other_party_has_not_signed_opens_its_title_alone"),
    Guarding("what came before a source was opened is not counted", "services/directory/source_rows.py",
             " and service in parties", "",
             "tests/services/directory/test_whose_source.py::test_what_came_before_a_source_was_opened_is_counted_for_nobody_else[sqlite]"),
    Guarding("addresses are for the own service", "services/directory/reading.py", "(id, name, \"\") for id, name, _ in row.people",
             "(id, name, mail) for id, name, mail in row.people",
             f"{SIGNING}both_signatures_open_people_and_tools_and_no_addresses"),
    Guarding("nobody is doubted whose service is not open", "services/contracts/knowing.py",
             " or not known.untold.isdisjoint(parties)", "", f"{SIGNING}nobody_is_doubted_whose_service_is_not_open_yet"),
    Guarding("what is shown is shown to parts of a party alone", "services/seeing/showing.py",
             "if not above.isdisjoint((one.supplier, one.client)) and ", "if ",
             f"{PARTS}test_lists_exports_searches_and_feeds_hold_it_and_nothing_of_the_others"),
    Guarding("by the wording in force", "services/seeing/showing.py", " and one.shown_to_at(time_of(one.id)) == \"parts\"", "",
             f"{PARTS}test_the_wording_in_force_decides_and_what_was_shown_is_not_shown_as_it_was"),
    Guarding("nor as it was, once it is shown no more", "services/seeing/looking_back.py",
             "        seen.shown &= still\n", "",
             f"{PARTS}test_the_wording_in_force_decides_and_what_was_shown_is_not_shown_as_it_was"),
    Guarding("rows of others stay in the function", VIEWS, "CROSS JOIN scope WHERE scope.services IS NULL OR {report.seen}",
             "CROSS JOIN scope",
             f"{IN_REPORTS}each_role_sees_the_rows_of_its_services_and_no_others"),
    Guarding("nothing is read of what is not theirs", VIEWS,
             "WHERE (SELECT scope.services IS NULL OR {report.seen} FROM scope)",
             "WHERE TRUE",
             f"{IN_REPORTS}each_role_sees_the_rows_of_its_services_and_no_others"),
    Guarding("plans are not printed", VIEWS, " SET client_min_messages = error", "",
             f"{IN_REPORTS}plans_of_what_is_below_are_not_printed"),
    Guarding("who reads is who called", HELPERS, "CASE current_setting('role') WHEN 'none' THEN session_user ELSE",
             "CASE current_setting('role') WHEN 'none' THEN current_user ELSE",
             f"{IN_REPORTS}each_role_sees_the_rows_of_its_services_and_no_others"),
    Guarding("nor is it who they could become", HELPERS, "WHEN 'none' THEN session_user ELSE CAST(current_setting('role') AS name) END",
             "WHEN 'none' THEN session_user ELSE session_user END",
             f"{IN_REPORTS}who_is_a_member_of_roles_sees_what_these_see_together"),
    Guarding("a role is its number and its name", HELPERS, "role.oid = one.role AND role.rolname = one.name", "role.oid = one.role",
             f"{IN_REPORTS}who_was_renamed_or_dropped_and_made_again_sees_nothing_until_it_is_granted_again"),
    Guarding("another list takes the place of the one before", READERS,
             "        connection.execute(\"DELETE FROM public.report_readers WHERE name = %s\", [role])\n", "",
             f"{IN_REPORTS}another_list_of_services_takes_the_place_of_the_one_before"),
    Guarding("of an unmatched event one's own commitments", "services/matches/reports.py",
             "FILTER (WHERE aside.position IS NULL AND {_SEES_COMMITMENT})", "FILTER (WHERE aside.position IS NULL)",
             f"{IN_REPORTS}each_role_sees_the_rows_of_its_services_and_no_others"),
    Guarding("who works for others is nobody to a head", "dashboards/pages/sign_in/people.py",
             "        sign_in.inviting.admittable(view.who, person)\n", "",
             "tests/isolation/test_changes.py::test_nobody_says_who_works_for_others"),
)  # fmt: skip
