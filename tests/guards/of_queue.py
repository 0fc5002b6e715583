"""What keeps the unmatched queue from falsifying a figure: what is offered, what is chosen, what is put aside."""

from __future__ import annotations

from tests.guards.streaming import Guarding

NEAR, ROWS, ASIDES = (
    "services/matches/match_rows.py",
    "services/matches/unmatched_rows.py",
    "services/matches/setting_aside.py",
)
OFFERED, PUT, FORMS = (
    "tests/services/matches/test_candidates.py::test_",
    "tests/services/matches/test_setting_aside.py::test_",
    "tests/dashboards/test_forms.py::test_",
)

GUARDING = (
    Guarding("only what was open then is offered", NEAR,
             "if commitment.was_open(key, decode_evidence(bytes(evidence)), at):", "if True:",
             f"{OFFERED}dates_are_offered_from_the_due_before_them_until_something_came"),
    Guarding("by what had happened until then", "domain/commitments.py",
             "happened = [one for one in evidence if one.time <= at]", "happened = list(evidence)",
             f"{OFFERED}a_case_is_open_from_its_opening_until_it_is_closed"),
    Guarding("a date is not awaited before the due before it", "domain/commitments.py",
             "if due is not None and at < due.opens:", "if False:",
             f"{OFFERED}dates_are_offered_from_the_due_before_them_until_something_came"),
    Guarding("the nearest first", NEAR,
             "return sorted(near, key=lambda row: abs(row.anchor - at))", "return near",
             f"{OFFERED}dates_are_offered_from_the_due_before_them_until_something_came"),
    Guarding("nothing is preselected", "dashboards/pages/matches/unmatched.html",
             '<option value="">{{ t("word.choose") }}</option>\n', "",
             f"{FORMS}an_unmatched_event_is_matched_to_what_somebody_chose"),
    Guarding("a match without a choice is none", "dashboards/pages/matches/unmatched.py",
             'required(to, said("what it belongs to")).partition(" ")', '(to or "c/d/k x").partition(" ")',
             f"{FORMS}an_unmatched_event_is_matched_to_what_somebody_chose"),
    Guarding("what is put aside waits no more", ROWS, "(document is not None) == aside", "True",
             f"{PUT}what_belongs_nowhere_waits_no_more_and_says_who_put_it_aside_and_why"),
    Guarding("for each party by itself", ASIDES, "if may_settle(seen, each)]", "if True]",
             f"{PUT}each_contract_puts_aside_for_itself"),
    Guarding("what was asked already is not put aside", ASIDES, " if one not in asked}", "}",
             f"{PUT}what_was_asked_already_is_not_put_aside_and_names_its_match"),
    Guarding("what is put aside is not matched by the way", "services/matches/matching.py",
             "if is_aside(seen, commitment.id, event.position):", "if False:",
             f"{PUT}taken_back_it_waits_again_and_may_be_matched"),
    Guarding("so many must be kept, and no fewer", "domain/margins.py",
             "needed = -floor(-lacking / (1 - target.bound))", "needed = floor(lacking / (1 - target.bound)) + 1",
             "tests/domain/test_figures.py::test_so_many_must_be_kept_in_a_row_and_no_fewer"),
    Guarding("no more than can still come", "domain/margins.py",
             "return needed if is_endless or needed <= tally.pending else None", "return needed",
             "tests/domain/test_figures.py::test_so_many_must_be_kept_in_a_row_and_no_fewer"),
    Guarding("what is to begin is not unmonitored", "services/figures/commitment_rows.py",
             "    if _is_to_begin(commitment, watermark):\n        return None\n", "",
             "tests/services/test_beginnings.py::test_what_begins_tomorrow_is_not_called_unmonitored_until_its_first_instant"),
    Guarding("a count leads to the list that it counts", "dashboards/pages/house/narrowing.py",
             ' and commitment in ("", row.id)', "",
             "tests/dashboards/test_said_once.py::test_several_open_breaches_are_counted_once_and_lead_to_their_list"),
    Guarding("people are called by their names in packs", "dashboards/pages/reviews/pack_reader.py",
             "return self.people.get(id) or self.people.get(name) or name", "return name",
             "tests/dashboards/test_names_of_people.py::test_a_pack_calls_people_by_their_names_and_who_is_not_known_by_the_id"),
    Guarding("of two with one id the one of the service", "dashboards/pages/house/frame.py",
             "self.people.get(id) or self.people.get(name)", "self.people.get(name)",
             "tests/dashboards/test_names_of_people.py::test_pages_take_the_person_of_the_service_that_is_named"),
)  # fmt: skip
