"""What guards what somebody reads first: one state a page, both sides, and each row leading to what it is about."""

from __future__ import annotations

from tests.guards.streaming import Guarding

ONE_STATE = "tests/entente/test_one_state.py::test_no_page_is_torn_by_what_is_judged_while_it_is_read"
TODAY, PAGES = "tests/dashboards/today/test_today.py::test_", "tests/dashboards/test_pages.py::test_"
LIVE = "dashboards/pages/static/live.js"
IN_LIVE = "tests/browser/test_live.py::test_ten_minutes_of_events_never_contradict_each_other_on_an_open_page"
BOTH_SIDES = f"{TODAY}what_one_is_owed_is_said_as_what_one_owes"
REMINDING = "tests/services/reminders/test_reminding.py::test_"
HANDING = "tests/services/errands/test_handing_on.py::test_"
NEWS = "tests/services/errands/test_news.py::test_"
HANDLING = "tests/services/breaches/test_handling.py::test_"

GUARDING = (
    Guarding("a page is read in one state", "services/seeing/seen.py",
             "with self.database.snapshot(SHAPE) as reads:\n            self._here",
             "with self.database.connect() as reads:\n            self._here", ONE_STATE),
    Guarding("what one is owed presses as what one owes", "dashboards/pages/today/pressing.py",
             "owes = rank_of(view, row), who.is_of(row.row.debtor)",
             "owes = rank_of(view, row), True", BOTH_SIDES),
    Guarding("the first words count what is owed to the reader", "dashboards/pages/today/page.py",
             "    found = {\"all\": every}\n", "    found = {\"all\": [row for row in every if rank_of(view, row) < 2]}\n", BOTH_SIDES),
    Guarding("a list that is cut is counted whole", "dashboards/pages/today/page.py",
             "late_total=len(pressing.late)", "late_total=min(3, len(pressing.late))",
             f"{TODAY}a_list_that_is_cut_counts_everything_and_leads_to_all_of_it"),
    Guarding("the page of what is asked about is opened", "dashboards/pages/figures/ledger.py",
             "        page = 1 + max(0, total - place) // A_PAGE\n", "", f"{PAGES}what_is_asked_about_is_on_the_page_that_opens"),
    Guarding("what is asked about and not listed stands apart", "dashboards/pages/figures/ledger.py",
             "    return replace(listed, apart=line)", "    return listed", f"{PAGES}what_is_asked_about_is_on_the_page_that_opens"),
    Guarding("an open page shows rows and what counts them together", LIVE, "    if (isWhole) {",
             '    sync(document.querySelector("h1"), main.querySelector("h1"), moved);\n    if (isWhole) {', IN_LIVE),
    Guarding("of a time that passes on an open page it is said", LIVE,
             "if (Number(one.dataset.until) <= now() && one", "if (false && one", IN_LIVE),
    Guarding("no time is left that has passed", "dashboards/pages/today/pressing.py", "    if limit <= view.now:", "    if False:",
             f"{TODAY}a_time_that_has_passed_is_not_said_to_be_left"),
    Guarding("no time is left in a list that has passed", "dashboards/pages/figures/ledger.py",
             "and row.limit is not None and view.now < row.limit", "and row.limit is not None",
             f"{TODAY}a_time_that_has_passed_is_not_said_to_be_left"),
    Guarding("nobody is reminded twice a day", "domain/reminder.py",
             "        if self.day == day and not self.is_answered:\n", "        if False:\n",
             f"{REMINDING}nobody_is_reminded_twice_a_day_of_one_thing"),
    Guarding("who owes it does not remind", "services/reminders/reminding.py",
             "            who.require(Right.TAKE_PART, row.creditor, said(\"reminding of this\"))\n", "",
             f"{REMINDING}who_owes_it_reminds_nobody_and_who_is_owed_it_answers_nothing"),
    Guarding("only who owes it answers", "services/reminders/reminding.py",
             "            who.require(Right.TAKE_PART, row.debtor, said(\"answering this reminder\"))\n", "",
             f"{REMINDING}who_owes_it_reminds_nobody_and_who_is_owed_it_answers_nothing"),
    Guarding("who does what is a service's own", "services/errands/reading.py", "        if seen.sees(service)\n", "",
             f"{HANDING}the_other_party_is_not_told_who_does_what"),
    Guarding("things are handed on within a service", "services/errands/handing_on.py",
             "(people is not None and person not in people)", "False",
             f"{HANDING}only_people_of_the_own_service_are_handed_something"),
    Guarding("what waits for others is not handed on", "services/errands/handing_on.py",
             "seen.who.is_of(one) and seen.who.may(Right.TAKE_PART, one)", "True",
             f"{HANDING}only_people_of_the_own_service_are_handed_something"),
    Guarding("what waits for an answer is not over by being seen", "services/errands/handing_on.py", "not in NEWS:", "in ():",
             f"{HANDING}a_refusal_is_over_once_it_was_seen_and_what_waits_for_an_answer_is_not"),
    Guarding("who only reads is handed nothing", "services/directory/mentioning.py",
             "[one for one in named if self.takes_part(one, service, now)]", "named",
             f"{NEWS}who_only_reads_is_named_and_given_nothing"),
    Guarding("an action is given to who can do it", "services/breaches/following_up.py",
             "if owners is not None and person not in owners:", "if False:", f"{NEWS}who_only_reads_is_named_and_given_nothing"),
    Guarding("a name that nobody has is refused where nobody is known", "services/directory/mentioning.py",
             "_require_known(names, people)\n        return", "if people:\n            _require_known(names, people)\n        return",
             f"{NEWS}where_nobody_is_known_nobody_is_named"),
    Guarding("an open action keeps a breach", "services/breaches/handling.py", " and row.id not in busy]", "]",
             f"{HANDLING}an_open_action_keeps_a_breach_from_being_dealt_with"),
    Guarding("one signature ends no breach", "services/breaches/handling.py", "len(it.signatures) == 2", "len(it.signatures) > 0",
             f"{HANDLING}a_breach_goes_from_open_to_explained_and_ends_in_the_pack_of_a_signed_review"),
    Guarding("a review ends what it looked at", "services/breaches/handling.py",
             "any(pack.holds(row) for pack in packs.get(contract, ()))", "bool(packs.get(contract))",
             f"{HANDLING}a_review_that_did_not_look_at_a_breach_does_not_end_it"),
)  # fmt: skip
