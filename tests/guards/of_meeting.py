"""What guards a meeting: nothing of another contract is decided or cited, and an action is its owner's."""

from __future__ import annotations

from tests.guards.streaming import Guarding

DECIDING = "tests/services/reviews/test_decisions_taking_effect.py::test_"
ACTING = "tests/services/actions/test_acting.py::test_"

GUARDING = (
    Guarding("a thing of another contract is decided by nobody", "services/reviews/effects.py",
             "        if contract != self.contract.id:\n", "        if False:\n",
             f"{DECIDING}a_thing_of_another_contract_is_decided_by_nobody"),
    Guarding("only what both parties see is cited", "services/actions/citing.py",
             "        if other is None or {other.supplier, other.client} != {own.supplier, own.client}:\n",
             "        if other is None:\n",
             f"{ACTING}only_what_both_parties_see_is_cited"),
    Guarding("what is not theirs to see is cited without its name", "services/actions/shown.py",
             "    if not one.is_shown:\n", "    if False:\n",
             f"{ACTING}a_figure_that_was_final_and_changed_is_restated_and_who_does_not_see_it_reads_nothing"),
    Guarding("an action is changed by its owner alone", "services/actions/acting.py",
             "    who.require(Right.TAKE_PART, owner, said(\"changing this action\"))\n", "    pass\n",
             f"{ACTING}who_does_not_own_it_decides_nothing_but_what_it_rests_on"),
)  # fmt: skip
