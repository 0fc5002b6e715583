"""What guards that nothing is lost which somebody typed, and that what is on the page is what is proposed."""

from __future__ import annotations

from tests.guards.streaming import Guarding

FIELDS, EDITOR, POSTING, FRAME = (
    "dashboards/pages/contracts/sheet.py", "dashboards/pages/contracts/editor.py",
    "dashboards/pages/house/posting.py", "dashboards/pages/house/frame.py",
)  # fmt: skip
SENDING = "dashboards/pages/house/sending.py"
IN_TYPED, IN_TYPING = "tests/dashboards/contracts/test_typed.py::test_", "tests/browser/test_typing.py::test_"
IN_OFFERED = "tests/dashboards/test_offered.py::test_"
IN_FORMS = "tests/dashboards/test_forms.py::test_"

IN_SAYING = "tests/dashboards/test_saying.py::test_"
IN_TAKING = "tests/services/breaches/test_taking_back.py::test_"

GUARDING = (
    Guarding("what is for good is asked first", SENDING, "final is not None and not final.is_confirmed", "False",
             f"{IN_SAYING}what_is_for_good_is_asked_first_with_what_was_typed"),
    Guarding("a name that is nobody's here is refused, whoever else has it", "services/directory/mentioning.py",
             "    _require_known(names, people)\n", "    names = [one for one in names if one in people]\n",
             "tests/dashboards/test_mentions.py::test_who_may_not_see_it_is_named_as_little_as_who_is_not_there"),
    Guarding("only who was named has anything to see there", "services/errands/things.py",
             "[f\"{MENTION}:{name}\", seen.who.person]", "[f\"{MENTION}:{name}\", name.partition(\":\")[0]]",
             "tests/dashboards/test_mentions.py::test_who_is_named_is_told_on_today_until_it_is_seen"),
    Guarding("only who said something takes it back", "domain/decisions.py",
             '        if one["by"] == by:\n            return place\n', "        return place\n",
             "tests/domain/test_decisions.py::test_who_explained_a_breach_takes_it_back_until_somebody_else_has_said_something"),
    Guarding("what stood in a signed review is not taken back", "services/breaches/taking_back.py", ">= said_at", "> said_at + 1",
             f"{IN_TAKING}what_was_answered_or_stood_in_a_signed_review_is_not_taken_back"),
    Guarding("who signs has read what was taken back", "domain/review.py", " + 2 * self.taken_back", "",
             f"{IN_TAKING}what_was_answered_or_stood_in_a_signed_review_is_not_taken_back"),
    Guarding("who discarded something takes that back", "ingestion/quarantine.py", "if by != _settling(who, entry):", "if False:",
             "tests/ingestion/test_door.py::test_who_discarded_an_item_takes_that_back_and_it_waits_again"),
    Guarding("every button takes the form", EDITOR,
             "    sheet = sent_sheet(view.typed, is_new=contract is None)\n    with",
             '    sheet = Sheet(view.typed.get("file", ""), is_new=contract is None)\n    with',
             f"{IN_TYPED}what_is_typed_into_the_form_is_applied_on_every_verb[check]"),
    Guarding("what is proposed is the file with the form", EDITOR,
             "made = view.pages.store.use(Contracting).apply(view.who, the_contract(sheet.file))",
             'made = view.pages.store.use(Contracting).apply(view.who, the_contract(view.typed.get("file", "")))',
             f"{IN_TYPED}what_is_typed_into_the_form_is_applied_on_every_verb[propose]"),
    Guarding("a field that nobody touched is not typed", FIELDS, 'if value != shown.get(name, "")}', "}",
             f"{IN_TYPED}a_field_that_nobody_touched_leaves_alone_what_was_typed_into_the_file"),
    Guarding("an emptied field says something", FIELDS, 'tree_without(tree, path) if is_left_out', 'tree if is_left_out',
             f"{IN_TYPED}a_field_that_is_emptied_takes_its_key_out_and_can_be_filled_again"),
    Guarding("what a file that cannot be read has not taken waits in its fields", FIELDS,
             "        return Sheet(file, is_new, typed,", "        return Sheet(file, is_new, {},",
             f"{IN_TYPED}over_a_file_that_cannot_be_read_what_was_typed_waits_in_its_fields"),
    Guarding("an answer to what is no longer on the page", "dashboards/pages/static/editor.js",
             "if (asked === typed) put(said);", "put(said);",
             f"{IN_TYPING}whatever_the_order_of_answers_what_is_on_the_page_is_proposed[0]"),
    Guarding("a counter-proposal has the number of what it replaces", "dashboards/pages/contracts/based.py",
             "position.isdecimal() and int(position[:9]) < newest.position", "False",
             f"{IN_TYPED}a_counter_proposal_of_the_same_number_is_not_replaced_unseen"),
    Guarding("a draft that somebody else kept meanwhile is not overwritten", "services/contracts/drafts.py",
             "    if kept.revision != revision:\n", "    if False:\n",
             "tests/dashboards/contracts/test_drafts.py::test_of_two_at_once_the_second_is_told_and_nothing_is_overwritten"),
    Guarding("drafts are told to nobody else", "services/contracts/drafts.py", "if who.may(Right.BIND, one)]", "]",
             "tests/dashboards/contracts/test_drafts.py::test_a_draft_is_kept_for_the_service_and_gone_on_with"),
    Guarding("what was sent is kept under an address", FRAME,
             "self.typed, self.problem, self.outcome, self.done = sent.typed, sent.refusal, sent.outcome, sent.done", "pass",
             f"{IN_TYPED}a_switch_of_language_after_any_answer_keeps_what_was_typed[/new-contract]"),
    Guarding("what was sent is somebody's", POSTING,
             "return found if found is not None and found.who == str(who) else None", "return found",
             f"{IN_TYPED}what_was_sent_is_shown_to_nobody_else"),
    Guarding("the same form with other words is another", SENDING, "name = view.pages.tickets, ticket and ticket + digest(words)",
             "name = view.pages.tickets, ticket",
             f"{IN_FORMS}who_goes_back_and_sends_other_words_is_not_told_that_it_was_done"),
    Guarding("a form is somebody's", SENDING, "        _require_same_person(view, ticket)\n", "",
             f"{IN_FORMS}a_form_made_for_who_one_was_in_another_window_decides_nothing_for_who_one_is"),
    Guarding("for whom one signs", "dashboards/pages/house/macros.html", "hidden=dict(hidden, party=party)", "hidden=hidden",
             f"{IN_OFFERED}the_administrator_signs_for_either_party"),
    Guarding("another wording than the one that was read", "services/contracts/contracting.py",
             "waiting.number != proposal:", "False:", f"{IN_OFFERED}what_was_read_is_what_is_signed"),
    Guarding("who owes it acknowledges it", "dashboards/pages/breaches/page.py",
             "may_acknowledge=row.waits and view.who.may(Right.TAKE_PART, commitment.debtor),", "may_acknowledge=row.waits,",
             f"{IN_OFFERED}every_form_that_is_offered_is_done[breach/luc]"),
    Guarding("nothing is said of a breach that waits for nobody", "services/breaches/following_up.py", "    if not row.waits:\n",
             "    if False:\n", "tests/services/breaches/test_handling.py::test_of_what_is_dealt_with_nothing_is_said_any_more"),
    Guarding("one's own proposal is not refused", "dashboards/pages/contracts/page.py",
             "view.who.may(Right.BIND, _of(contract, version, is_own=False))", "True",
             f"{IN_OFFERED}every_form_that_is_offered_is_done[sales/ana]"),
    Guarding("words for which no form is left", FRAME, 'said = "" if is_there else what_was_typed(self)', 'said = ""',
             f"{IN_FORMS}what_was_typed_stands_in_the_refusal_where_no_form_holds_it_any_more"),
)  # fmt: skip
