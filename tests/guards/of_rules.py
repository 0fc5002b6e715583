"""What guards the reading of day rules, the names of dates and the order of ids: the code without which a named test fails."""

from __future__ import annotations

from tests.guards.streaming import Guarding

RFC, SCHEDULE, ORDER = "domain/rfc5545.py", "domain/schedule.py", "domain/occurrences.py"
IN_RULES, IN_SCHEDULE = "tests/domain/test_recurrence.py::test_", "tests/domain/test_schedule.py::test_"
IN_ICALENDAR = "tests/services/contract_files/test_icalendar.py::test_"
IN_BOUNDS = "tests/services/contract_files/test_bounds.py::test_"
_DRAWN = "tests/domain/test_rfc5545.py::test_random_rules_give_the_dates_that_another_reader_of_the_rfc_says[0]"

GUARDING = (
    Guarding("the whole of an interval is what BYSETPOS chooses among", RFC,
             "        found = [day for day in self._days(interval) if self._holds_for(day)]\n",
             "        found = [day for day in self._days(interval) if self._holds_for(day) and day.year >= 2026]\n",
             f"{IN_RULES}of_a_week_the_place_is_counted_from_its_start_also_before_the_contract_began"),
    Guarding("a week of the year has the first day's weekday", RFC,
             "            return replace(self, weekdays=on_weekday)\n", "            return self\n",
             f"{IN_RULES}a_week_of_the_year_has_the_weekday_of_the_first_day_of_validity"),
    Guarding("the week of the year is counted by WKST", RFC,
             "return fourth - (fourth - 1 - self.week_start) % 7", "return fourth - (fourth - 1) % 7", _DRAWN),
    Guarding("the interval of weeks begins on WKST", RFC,
             "return (day.toordinal() - 1 - self.week_start) // 7", "return (day.toordinal() - 1) // 7", _DRAWN),
    Guarding("what the RFC leaves open is refused where it is new", "domain/recurrence.py",
             "        if rule.open_question is not None:\n", "        if False:\n",
             f"{IN_RULES}what_the_rfc_leaves_open_is_refused_where_it_is_new_and_goes_on_where_it_was_agreed"),
    Guarding("the first start counts as the first of COUNT", "services/contract_files/icalendar_recurring.py",
             "rule.times - 1)", "rule.times)",
             f"{IN_ICALENDAR}the_first_start_counts_as_the_first_of_count_also_where_the_rule_would_not_give_it"),
    Guarding("events that take place too often", "services/contract_files/icalendar_source.py",
             "            if times > MOST_TIMES:\n", "            if False:\n",
             f"{IN_ICALENDAR}a_file_is_bounded_before_it_is_read_and_by_how_often_its_events_take_place"),
    Guarding("the date whose own day it is stands", SCHEDULE,
             "next((one for one in dates if one.is_on_its_own_day), dates[0])", "dates[0]",
             f"{IN_SCHEDULE}of_dates_on_the_same_due_the_one_whose_own_day_it_is_stands_else_the_earliest"),
    Guarding("a date that two zones name is one", SCHEDULE,
             "_of_the_later_wording(list(self._unrolled(self._covered)))", "list(self._unrolled(self._covered))",
             f"{IN_SCHEDULE}a_date_that_two_zones_name_has_one_window"),
    Guarding("a date that two zones name is the later wording's", SCHEDULE,
             "one.version.number for one in dues}", "one.version.number for one in dues[::-1]}",
             f"{IN_SCHEDULE}a_date_that_two_zones_name_is_owed_once_as_the_later_wording_says"),
    Guarding("every name means the date that stands", SCHEDULE,
             "{other.key: one for one in self._dues for other in one.others} | self._by_key", "self._by_key",
             f"{IN_SCHEDULE}every_name_of_what_lands_on_one_due_means_the_one_that_stands"),
    Guarding("ids of digits compare as numbers", ORDER, "return (0, len(digits), digits, id)", "return (0, 0, id, id)",
             "tests/domain/test_pauses.py::test_of_one_second_the_event_with_the_smaller_number_comes_first"),
    Guarding("a version makes no more dates at once than can be judged", "services/contract_files/many_dates.py",
             "        if left < 0:\n", "        if False:\n", f"{IN_BOUNDS}a_version_that_makes_too_many_dates_at_once_is_refused"),
    Guarding("the years that can be judged", "services/contract_files/leaf_checks.py",
             "        if not bounds.FIRST_DAY <= day <= bounds.LAST_DAY:\n", "        if False:\n",
             f"{IN_BOUNDS}a_day_outside_the_years_that_can_be_judged_is_refused"),
    Guarding("the types of a selector", "services/contract_files/model_base.py",
             "Several = Annotated[list[Text], Field(min_length=1, max_length=bounds.TYPES), AfterValidator(not_twice)]",
             "Several = Annotated[list[Text], Field(min_length=1), AfterValidator(not_twice)]",
             f"{IN_BOUNDS}what_is_too_much_is_refused_with_its_bound[types]"),
    Guarding("a run of closed days is walked through once", SCHEDULE,
             "            if self._run is not None and self._run[0] <= day <= self._run[1]:\n", "            if False:\n",
             f"{IN_BOUNDS}a_run_of_closed_days_is_walked_through_once"),
    Guarding("only names of the library's own lists are asked of it", "services/contract_files/holidays_source.py",
             "    if country not in known:\n", "    if False:\n",
             f"{IN_BOUNDS}only_names_of_the_librarys_own_list_are_asked_of_it"),
    Guarding("an error is one short line", "domain/saying.py",
             "    if len(text) <= most:\n", "    if True:\n",
             f"{IN_BOUNDS}an_error_of_any_length_from_outside_is_one_short_line"),
    Guarding("times of a feed say where they stand", "dashboards/pages/exports/calendars.py",
             "    return datetime.fromtimestamp(at // 1_000_000, UTC)\n",
             "    return datetime.fromtimestamp(at // 1_000_000, UTC).replace(tzinfo=None)\n",
             "tests/dashboards/exports/test_exports.py::"
             "test_a_feed_read_back_gives_the_instants_that_are_owed_in_whatever_zone_across_nights_of_change[2026-03-02 00:00]"),
)  # fmt: skip
