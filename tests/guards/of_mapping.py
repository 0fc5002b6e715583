"""What guards mappings, and what nobody could judge: slips are told, and unknown is never taken for kept."""

from __future__ import annotations

from tests.guards.streaming import Guarding

SELECTING, FIGURES = "domain/selecting.py", "domain/figures.py"
GOOD = "tests/domain/test_selecting.py::test_good_is_unknown_as_soon_as_one_path_is_absent_or_mistyped"
CHECKS, HEADERS = "services/contract_files/mapping_checks.py", "ingestion/headers.py"
IN_MAPPINGS = "tests/services/contract_files/test_services_and_mappings.py::test_"
IN_FILES = "tests/ingestion/test_files.py::test_"
STANDING, FAULTS, COMPARING, PACK = (
    "dashboards/standing.py", "domain/faults.py", "services/arrivals/comparing.py", "dashboards/pages/reviews/pack.py",
)  # fmt: skip
READ, BESIDE = (
    "tests/services/explaining/test_what_cannot_be_read.py::test_",
    "tests/dashboards/test_unknown_beside.py::test_",
)
IN_REHEARSALS = "tests/ingestion/test_rehearsing.py::test_"
IN_FIGURES = "tests/domain/test_figures.py::test_"

GUARDING = (
    Guarding(
        "what must be there and is not is failed",
        SELECTING,
        "if value is ABSENT and MUST_BE_THERE in conditions:",
        "if False:",
        GOOD,
    ),
    Guarding(
        "what nobody could judge is not safe",
        FIGURES,
        'return None if not judged and any(segment.unknown for segment in segments) else "safe"',
        'return "safe"',
        f"{IN_FIGURES}design_3_11_of_dates_all_are_known_so_lost_and_tight_are_arithmetic",
    ),
    Guarding(
        "service time that nobody heard of is not safe",
        FIGURES,
        "return Fraction(self.time.unknown, SECOND)",
        "return 0",
        f"{IN_FIGURES}what_nobody_heard_of_is_not_safe_before_any_time_has_passed_it_is",
    ),
    Guarding(
        "a key beside a conversion is refused",
        CHECKS,
        "        if name != to:",
        "        if False:",
        f"{IN_MAPPINGS}mappings_that_cannot_be_are_refused",
    ),
    Guarding(
        "a conversion without its column is refused",
        CHECKS,
        "elif not template(written).columns:",
        "elif False:",
        f"{IN_MAPPINGS}mappings_that_cannot_be_are_refused",
    ),
    Guarding(
        "a misspelt conversion is no name",
        CHECKS,
        "    if close and isinstance(node[name], str):",
        "    if False:",
        f"{IN_MAPPINGS}any_key_that_is_misspelt_is_refused_where_it_stands_with_the_right_one",
    ),
    Guarding(
        "columns that the file lacks are named",
        HEADERS,
        "if absent := [name for name in named if name not in header]:",
        "if absent := [name for name in () if name not in header]:",
        f"{IN_FILES}a_header_that_does_not_fit_stops_the_import_before_it_begins",
    ),
    Guarding(
        "what is unknown stands beside the figure",
        STANDING,
        "return beside(pair_words(figure, language, figure.adjusted), unknown_words(figure, language))",
        "return pair_words(figure, language, figure.adjusted)",
        f"{BESIDE}on_every_page_it_stands_beside_the_figure",
    ),
    Guarding(
        "a pack with something unknown does not say that all is kept",
        PACK,
        '"pack.none_missed" if facts.get("unknown") else "pack.all_kept"',
        '"pack.all_kept"',
        f"{BESIDE}no_pack_says_that_all_is_kept",
    ),
    Guarding(
        "figures tell programs what is unknown",
        "services/figures/figure_rows.py",
        "        unknown=standing.unknown,\n",
        "",
        f"{BESIDE}programs_and_tables_are_told_too",
    ),
    Guarding(
        "a value that is no number is named",
        FAULTS,
        "    if number_of(value) is None:\n",
        "    if False:\n",
        f"{READ}of_every_kind_it_is_said_in_both_languages",
    ),
    Guarding(
        "a text is not compared with a number in words",
        COMPARING,
        "            if path in faulty and value is not ABSENT:",
        "            if False:",
        f"{READ}a_value_that_is_no_number_is_named_with_what_it_is",
    ),
    Guarding(
        "the value that was meant is found without its accents",
        "domain/near_misses.py",
        'return "".join(letter for letter in apart if not unicodedata.combining(letter))',
        "return apart",
        "tests/domain/test_near_misses.py::test_the_nearest_value_is_named",
    ),
    Guarding(
        "what no contract selects is counted and named",
        "services/arrivals/unselected.py",
        "                nearest.add(event)",
        "                pass",
        "tests/services/arrivals/test_unselected.py::test_a_service_without_its_accent_is_named_with_the_one_that_contracts_select",
    ),
    Guarding(
        "a member is told of its own sources alone",
        "services/arrivals/reading.py",
        "if source in own}",
        "if kind}",
        "tests/services/arrivals/test_unselected.py::test_a_member_is_told_of_its_own_sources_alone",
    ),
    Guarding(
        "an import says what no contract selects",
        "entente/cli/events.py",
        "    print_unselected(lost, words)\n",
        "",
        "tests/entente/test_importing.py::test_an_import_names_what_no_contract_selects_and_what_cannot_be_read",
    ),
    Guarding(
        "an import says what cannot be read",
        "entente/cli/events.py",
        "    print_unread(misread, words)\n",
        "",
        "tests/entente/test_importing.py::test_an_import_names_what_no_contract_selects_and_what_cannot_be_read",
    ),
    Guarding(
        "a dry run knows what is stored already",
        "ingestion/rehearsing.py",
        "state = stored[item.stream].state if item.stream in stored else None",
        "state = None",
        "tests/ingestion/test_rehearsing.py::test_what_would_become_of_each_row_is_what_an_import_makes_of_it",
    ),
    Guarding(
        "a dry run sums the verdicts of all events, not only of those that are shown",
        "services/trying/foreseeing.py",
        """            self._first.append(_First(event, routes))
        self._concluding.see(event, routes)""",
        """            self._first.append(_First(event, routes))
            self._concluding.see(event, routes)""",
        "tests/entente/test_importing.py::test_verdicts_of_a_dry_run_are_those_of_all_events_however_few_are_shown",
    ),
    Guarding(
        "a dry run puts what is stored together with what would come",
        "services/trying/concluding.py",
        "for one in (*stored, *new)}",
        "for one in new}",
        f"{IN_REHEARSALS}verdicts_are_those_of_all_events_with_what_is_stored_and_are_what_an_import_makes_of_them",
    ),
)
