"""What keeps acts to the people of a service, and what stands on the line from being ignored."""

from __future__ import annotations

from tests.guards.streaming import Guarding

LANGUAGES = "tests/entente/test_languages.py::"
PEOPLE, LINE = "tests/services/test_people.py::", "tests/entente/test_command_line.py::"

GUARDING = (
    Guarding("a party's acts are done by its people", "services/history/history.py",
             "        self.require_people(str(getattr(one, \"by\", \"\")) for each in aggregates for one in each.pending_events)\n",
             "", f"{PEOPLE}test_no_act_of_a_party_is_done_by_a_person_that_its_service_does_not_name"),
    Guarding("so is what was set aside settled", "ingestion/quarantine.py",
             "        self._history.require_people([_settling(who, entry)])\n", "",
             f"{PEOPLE}test_nor_is_a_quarantined_item_settled_by_a_stranger_or_the_time_of_a_contract_moved"),
    Guarding("so is time moved", "services/timekeeping.py",
             "        self._history.require_people([self._by(who, contract)])\n", "",
             f"{PEOPLE}test_nor_is_a_quarantined_item_settled_by_a_stranger_or_the_time_of_a_contract_moved"),
    Guarding("a service may name nobody", "services/people.py", "if named and person not in named:", "if person not in named:",
             f"{PEOPLE}test_a_service_that_names_nobody_is_acted_for_by_anybody"),
    Guarding("pages open as who is named", "entente/choosing.py",
             "[whom.called(first), *OFFICES, *whom.services()]", "[*OFFICES, *whom.services()]",
             f"{LINE}test_served_as_a_party_the_pages_are_its_own_until_another_is_chosen"),
    Guarding("only one who exists is chosen", "entente/choosing.py",
             "return self.called(who) if all(one in self._rows() for one in who.services) else None",
             "return self.called(who)", f"{LINE}test_nobody_is_who_does_not_exist"),
    Guarding("a program says itself who asks", "dashboards/pages/house/given.py",
             "if self.choices is None or HEADER in request.headers:", "if self.choices is None:",
             f"{LINE}test_a_program_says_itself_who_asks"),
    Guarding("an option that means nothing is refused", "entente/cli/session.py", "if option in self.given:", "if False:",
             f"{LINE}test_what_means_nothing_to_a_command_is_refused"),
    Guarding("the first locale that is set says the language", "entente/voice.py",
             'next((value for name in LOCALES if (value := environment.get(name))), "")', 'environment.get("LANG", "")',
             f"{LANGUAGES}test_the_locale_says_the_language"),
    Guarding("the line goes before the environment", "entente/cli/__init__.py",
             "return code if code in LANGUAGES else language_of(environment)", "return language_of(environment)",
             f"{LANGUAGES}test_the_line_goes_before_the_environment"),
    Guarding("commands say their help in the language that is spoken", "entente/cli/__init__.py",
             "        translate(found)\n", "        pass\n",
             f"{LANGUAGES}test_help_in_french_has_no_english"),
    Guarding("tables are told", "entente/cli/session.py", "told(heard(header, of=\"column\")) if header", "header if header",
             f"{LANGUAGES}test_typical_answers_are_french"),
    Guarding("what other programs read follows the line alone", "entente/cli/session.py",
             'return spoken().code if "--language" in self.given else "en"', "return spoken().code",
             f"{LANGUAGES}test_what_programs_read_is_the_same_in_every_language"),
)  # fmt: skip
