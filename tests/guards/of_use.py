"""What guards the use of offers: what is counted, and what a client may conclude of another one."""

from __future__ import annotations

from tests.guards.streaming import Guarding

CONSUMPTION = "tests/services/use/test_consumption.py::test_"
BOOK = "tests/services/use/test_use_book.py::test_"
_ANY = f"{BOOK}units_are_those_of_a_second_count_and_no_cut_changes_them"
_TOTALS = f"{CONSUMPTION}a_client_sees_totals_of_whole_windows_alone"

GUARDING = (
    Guarding(
        "three others have units",
        "domain/offers/clients.py",
        "return len(others) >= OTHERS and max(others)",
        "return max(others)",
        f"{CONSUMPTION}two_others_are_too_few",
    ),
    Guarding(
        "no other has nearly all",
        "domain/offers/clients.py",
        " and max(others) <= MOST_OF_OTHERS * sum(others)",
        "",
        f"{CONSUMPTION}b_1_as_each_client_sees_it",
    ),
    Guarding(
        "totals are of twelve complete months",
        "services/use/consumption.py",
        "    if running is None or not span.is_window(running):\n",
        "    if running is None:\n",
        _TOTALS,
    ),
    Guarding(
        "cuts say no totals to clients",
        "services/use/consumption.py",
        "beside[group], is_shown=of.use.offer.is_own)",
        "beside[group], is_shown=of.is_shown)",
        _TOTALS,
    ),
    Guarding(
        "a client sees itself alone",
        "services/use/consumption.py",
        "if use.offer.is_own or seen.sees(one))",
        "if True)",
        f"{CONSUMPTION}what_others_are_is_not_there_for_a_client",
    ),
    Guarding(
        "what is not shown to the supplier counts nowhere",
        "domain/offers/metering.py",
        "if terms is None or not (event.shown_to is None or is_shown(event.shown_to, (terms.supplier,))):",
        "if terms is None:",
        f"{BOOK}what_is_not_shown_to_the_supplier_is_not_counted",
    ),
    Guarding(
        "what is voided is taken out",
        "services/judging/taking.py",
        "            bench.use.take_out(gone, at)\n",
        "",
        _ANY,
    ),
    Guarding(
        "what waits is counted once time has come",
        "services/judging/use_book.py",
        "        self._move(writes)\n",
        "",
        _ANY,
    ),
    Guarding(
        "one judge keeps the book",
        "services/judging/bench.py",
        "keeps=share.keeps_common and accepts is everything",
        "keeps=accepts is everything",
        f"{BOOK}one_of_the_shards_keeps_the_book",
    ),
    Guarding(
        "a metered event is claimed",
        "services/judging/taking.py",
        "is_claimed=bool(selectors or counted)",
        "is_claimed=bool(selectors)",
        f"{BOOK}an_event_that_a_meter_selects_is_claimed",
    ),
    Guarding(
        "what came after final is noted",
        "services/judging/use_book.py",
        "self._note_late(one, Position(event.position), 1, now)",
        "pass",
        f"{CONSUMPTION}what_comes_after_final_restates_with_its_causes",
    ),
)
