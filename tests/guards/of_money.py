"""What guards money of shared services: what is charged to whom, who sees it, and that its sums stay."""

from __future__ import annotations

from tests.guards.streaming import Guarding

COSTING = "tests/services/costs/test_costing.py::test_"
CHARGED = "tests/services/costs/test_use_charged.py::test_"
PRICING = "tests/domain/test_pricing.py::test_"
ALLOCATING = "tests/domain/test_allocating.py::test_"
CORRIDOR = "tests/domain/test_corridor.py::test_"

GUARDING = (
    Guarding("charges of others are not shown", "services/costs/charges.py", "if seen.sees(one.supplier, one.client) and client in",
             "if client in", f"{COSTING}a_client_is_shown_its_own_charges"),
    Guarding("costs are the supplier's", "services/costs/reading.py",
             "(_row(*one) for one in found) if row.offer in mine]", "(_row(*one) for one in found)]",
             f"{COSTING}costs_are_the_suppliers_to_book_and_to_see"),
    Guarding("one cost of others", "services/costs/reading.py", "    if not rows or rows[0].offer not in mine:\n", "    if not rows:\n",
             f"{COSTING}costs_are_the_suppliers_to_book_and_to_see"),
    Guarding("closed books", "services/costs/allocation.py", "    if not row.is_own and not row.terms.open_books:\n", "    if False:\n",
             f"{COSTING}costs_are_the_suppliers_to_book_and_to_see"),
    Guarding("too few to show", "services/costs/allocation.py",
             "    if not all(totals_are_shown(seen, units.use, meter.id, span) for meter in row.terms.meters):\n",
             "    if False:\n", f"{CHARGED}a_client_sees_costs_of_twelve_months_where_enough_others_have_units"),
    Guarding("allocated to others", "services/costs/allocation.py", "if one.client is not None and seen.sees(one.client))",
             "if one.client is not None)", f"{CHARGED}a_client_sees_costs_of_twelve_months_where_enough_others_have_units"),
    Guarding("booked by the supplier", "services/costs/costing.py", "        who.require(Right.BIND, row.supplier, what)\n",
             "        pass\n", f"{COSTING}costs_are_the_suppliers_to_book_and_to_see"),
    Guarding("another currency", "services/costs/costing.py",
             "    if said_currency is not None and said_currency != currency:\n", "    if False:\n",
             f"{COSTING}what_is_no_cost_is_refused"),
    Guarding("booked once", "services/costs/costing.py", "        if self._is_booked(id):\n", "        if False:\n",
             f"{COSTING}the_same_is_booked_once"),
    Guarding("money is no JSON number", "services/costs/shapes.py",
             "    amount: Annotated[str, Field(max_length=40, strict=True, description=\"Text in",
             "    amount: Annotated[float | str, Field(description=\"Text in",
             f"{COSTING}it_goes_over_the_api"),
    Guarding("the rest of a division", "domain/money.py", "    for place in order[: amount - sum(parts)]:\n",
             "    for place in order[:0]:\n", f"{ALLOCATING}whatever_divides_a_pool_its_parts_sum_to_it"),
    Guarding("drivers that come to nothing", "domain/offers/allocating.py", "    if total <= 0:\n", "    if not weights:\n",
             f"{ALLOCATING}what_no_driver_divides_stays_as_unallocated"),
    Guarding("an index is of the base", "domain/offers/pricing.py", "(1 + index) ** years", "(1 + index * years)",
             f"{PRICING}b2_three_years"),
    Guarding("a newer price begins anew", "domain/offers/pricing.py",
             "years_between(price.since, course", "years_between(course.begins, course",
             f"{PRICING}a_newer_row_of_prices_begins_its_index_anew"),
    Guarding("a quota is of its year", "domain/offers/pricing.py",
             "    if quota is not None and meter == planned_meter(version, day):\n", "    if False:\n",
             f"{PRICING}beyond_the_quota_is_a_line_of_its_own"),
    Guarding("closed months stay", "domain/offers/charging.py", "        if period in months:\n", "        if False:\n",
             f"{PRICING}a_closed_month_stays_and_the_difference_is_a_line_of_the_next"),
    Guarding("a difference is charged once", "domain/offers/charging.py", "        self.charged[month] = now\n", "",
             f"{PRICING}what_was_charged_as_a_difference_is_not_charged_again"),
    Guarding("signed late", "domain/offers/charging.py", "        return max(month, month_of(self.signed))\n",
             "        return month\n", f"{PRICING}a_charter_signed_late_has_its_lines_in_the_month_of_signing"),
    Guarding("three complete months", "domain/offers/corridor.py", "    if ratio is None or months < ENOUGH_MONTHS:\n",
             "    if ratio is None:\n", f"{CORRIDOR}nothing_is_said_before_three_complete_months"),
)  # fmt: skip
