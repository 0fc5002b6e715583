"""What guards root causes: who says which, which one counts, and what repeats of it."""

from __future__ import annotations

from tests.guards.streaming import Guarding

ATTRIBUTING = "tests/services/causes/test_attributing.py::test_"
REPEATING = "tests/services/causes/test_repeating.py::test_"
DOMAIN = "tests/domain/test_repeats.py::test_"

GUARDING = (
    Guarding("a party says a cause for itself alone", "services/causes/attributing.py",
             "        if seen.who.may(Right.TAKE_PART, service):\n", "        if True:\n",
             f"{ATTRIBUTING}who_may_act_for_both_speaks_as_the_debtor_or_as_it_says"),
    Guarding("a cause stands in a list", "services/causes/attributing.py", "    if root_cause not in known:\n", "    if False:\n",
             f"{ATTRIBUTING}a_cause_that_no_list_has_is_refused_and_one_that_is_taken_out_keeps_what_was_said"),
    Guarding("what a review decided stays", "domain/breach.py", "        if self.decided is not None:\n            raise",
             "        if False:\n            raise",
             f"{ATTRIBUTING}what_a_review_decides_counts_for_both_until_a_later_one_decides_otherwise"),
    Guarding("the debtor's cause counts", "domain/breach.py", "for side in SIDES if side in last]", "for side in last]",
             f"{ATTRIBUTING}each_party_has_one_cause_its_last_and_the_debtors_counts"),
    Guarding("causes are published by the administrator", "services/contracts/publishing_causes.py",
             "        if not who.may(Right.ADMINISTER):\n", "        if False:\n",
             f"{ATTRIBUTING}a_list_is_published_by_the_administrator_and_a_cause_stands_in_one_list"),
    Guarding("a withdrawn breach leaves its group", "services/causes/repeating.py", "AND commitment < ? AND state = 'open' ",
             "AND commitment < ? ",
             f"{REPEATING}an_excuse_that_comes_later_takes_its_miss_out_and_a_withdrawn_breach_its_group"),
    Guarding("an excused miss is none", "services/causes/repeating.py", "AND verdict IN ('late', 'missing', 'failed') AND anchor",
             "AND verdict <> 'pending' AND anchor",
             f"{REPEATING}an_excuse_that_comes_later_takes_its_miss_out_and_a_withdrawn_breach_its_group"),
    Guarding("three quarters", "domain/repeats.py", "len(held) >= MOST * every:", "len(held) > MOST * every:",
             f"{DOMAIN}three_quarters_are_enough_to_the_miss_and_nothing_is_nothing"),
)  # fmt: skip
