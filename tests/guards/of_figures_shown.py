"""What guards the figures that outsiders read: the series of metrics, and the drawings of what stands behind a figure."""

from __future__ import annotations

from tests.guards.streaming import Guarding

SERIES, METRICS = "dashboards/metric_series.py", "dashboards/metrics.py"
IN_SERIES, IN_METRICS = "tests/dashboards/test_metric_series.py::test_", "tests/dashboards/test_metrics.py::test_"
IS_READ_AGAIN = f"{IN_METRICS}a_page_is_read_again_only_when_something_was_appended_or_judged"
KEEPS = "\n                series = read_series"
PROOFS, IN_PROOFS = "dashboards/proofs", "tests/dashboards/test_proofs.py::test_"

GUARDING = (
    Guarding("only contracts in force have series", SERIES, 'if row.state == "in force"', "if True",
             f"{IN_METRICS}a_contract_has_series_only_while_it_is_in_force"),
    Guarding("a service's page has what it owes", SERIES, "(service is None or row.debtor == service)",
             "(service is None or row.creditor)",
             f"{IN_METRICS}what_each_service_owes_and_what_belongs_to_none_are_together_the_whole"),
    Guarding("nothing to judge is no series", SERIES, "    if figure.value is not None:\n", "    if figure.exact is not None:\n",
             f"{IN_SERIES}nothing_to_judge_gives_no_ratio_rather_than_zero_or_one"),
    Guarding("occurrences are counted once", SERIES, "if figure.target_index == 0:", "if True:",
             f"{IN_SERIES}occurrences_are_those_of_the_first_target_and_every_verdict_is_there"),
    Guarding("a page is kept until something moves", METRICS, f"if then != moment:{KEEPS}", f"if True:{KEEPS}",
             IS_READ_AGAIN),
    Guarding("a page that was kept is not shown for ever", METRICS, f"if then != moment:{KEEPS}",
             f"if then is None:{KEEPS}", IS_READ_AGAIN),
    Guarding("few delays are not drawn", f"{PROOFS}/delays.py", "if len(came) < FEWEST:", "if not came:",
             f"{IN_PROOFS}fewer_delays_than_say_anything_are_not_drawn"),
    Guarding("a delay far out stretches nothing", f"{PROOFS}/delays.py", "rest = len(came) // 50", "rest = 0",
             f"{IN_PROOFS}a_delay_far_out_does_not_stretch_the_drawing_and_is_counted_at_its_end"),
    Guarding("a volume stands beside the band of its version", f"{PROOFS}/volumes.py", "by_version.get(row.version, rule)", "rule",
             f"{IN_PROOFS}each_volume_stands_beside_the_band_of_its_version"),
    Guarding("a sum is not compared with single values", f"{PROOFS}/measured.py", 'rule.aggregate not in ("sum", "count")', "True",
             f"{IN_PROOFS}values_are_said_in_the_unit_that_the_bound_reaches_and_sums_have_no_line"),
    Guarding("an outage is cut at the ends of its period", f"{PROOFS}/outages.py", "max(0, stretch.due - start) / long",
             "(stretch.due - start) / long",
             f"{IN_PROOFS}an_outage_is_cut_at_the_ends_of_its_period_and_one_that_lasts_goes_until_now"),
)  # fmt: skip
