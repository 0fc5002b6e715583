"""What keeps people, keys and their rights apart."""

from __future__ import annotations

from tests.guards.streaming import Guarding

ACCESS, SIGN_IN, SESSIONS, ASKER = (
    "services/access.py",
    "services/sign_in/signing_in.py",
    "services/sign_in/sessions.py",
    "services/sign_in/asker.py",
)
CODES, PASSWORDS, KEYS, KEY_ASKER = (
    "services/sign_in/codes.py",
    "services/sign_in/passwords.py",
    "services/access_keys/keeping.py",
    "services/access_keys/asker.py",
)
ROLES, GRANTING, DESCRIBING, DOOR, SERVING = (
    "services/roles/following.py",
    "services/contracts/granting.py",
    "services/contracts/describing_services.py",
    "ingestion/door.py",
    "entente/serving.py",
)
IN_SIGN_IN = "tests/services/sign_in/test_signing_in.py::test_"
ON_PAGES = "tests/dashboards/sign_in/test_pages_of_signing_in.py::test_"
BY_KEY = "tests/dashboards/sign_in/test_what_keys_open.py::test_"
IN_KEYS, IN_ROLES = "tests/services/access_keys/test_access_keys.py::test_", "tests/services/roles/test_roles.py::test_"
TRIED = "tests/dashboards/sign_in/test_what_was_tried.py::test_"
ISOLATED = "tests/isolation/test_isolation.py::test_"

GUARDING = (
    Guarding("one sees what concerns the own services", ACCESS,
             "return self.sees_everything or not self.services.isdisjoint(parties)", "return True",
             f"{ISOLATED}the_thing_of_others_is_answered_as_one_that_does_not_exist"),
    Guarding("an administrator sees nothing by that", ACCESS, 'role: Role = "auditor" if "auditor" in offices else "member"',
             'role: Role = "auditor" if offices else "member"',
             f"{ISOLATED}no_list_page_export_or_search_says_what_is_not_ones_own[office]"),
    Guarding("who signed in may what was granted", ACCESS, "            return _is_granted(self.granted, right, services)\n",
             "            return True\n",
             "tests/isolation/test_changes.py::test_what_one_sees_and_may_not_change_is_refused_and_said_so[reader]"),
    Guarding("a role holds on its days", ROLES, "                if role.days.hold(day):\n", "                if True:\n",
             f"{IN_ROLES}a_role_holds_from_its_first_to_its_last_day[sqlite]"),
    Guarding("who is suspended has nothing", ROLES, "            if person in state.suspended or not state.is_known(person):",
             "            if not state.is_known(person):", f"{IN_ROLES}who_is_suspended_has_nothing_whatever_files_say[sqlite]"),
    Guarding("a head gives no role elsewhere", GRANTING,
             "has_nothing_yet or is_in_office or not all(who.may(Right.ADMIT, role.service) for role in roles)",
             "has_nothing_yet or is_in_office", f"{IN_ROLES}a_head_lets_in_own_people_and_gives_nothing_else[sqlite]"),
    Guarding("a service file renames nobody of others", DESCRIBING,
             "return [one for one in named if one.person not in known or _is_nobody_elses(who, known[one.person])]",
             "return list(named)", f"{IN_ROLES}a_service_file_renames_nobody_who_is_also_somebody_elsewhere[sqlite]"),
    Guarding("a head's link is no reset", SIGN_IN,
             "        if self.has_way_in(person) or is_elsewhere or has_office:",
             "        if is_elsewhere or has_office:",
             f"{IN_SIGN_IN}a_head_lets_in_own_people_and_nobody_elses[sqlite]"),
    Guarding("who is named elsewhere alone a head is not told", SIGN_IN,
             "if one.person == person and is_theirs:", "if one.person == person:",
             f"{IN_SIGN_IN}a_head_lets_in_own_people_and_nobody_elses[sqlite]"),
    Guarding("who comes by the proxy has a way in", SIGN_IN, "        if way == \"proxy\":\n", "        if False:\n",
             f"{ON_PAGES}who_comes_by_the_proxy_has_a_way_in_that_no_head_adds_to"),
    Guarding("a factor is asked again before it changes", SIGN_IN,
             "code is not None and self.has_factor(session.person) and self._takes(session.person, code) is None", "False",
             f"{ON_PAGES}a_factor_a_password_and_all_sessions_change_with_a_code_of_the_factor_of_before"),
    Guarding("a role that is added gives another secret", SESSIONS,
             "is_more = any(count > had.get(what, 0) for what, count in held.items())", "is_more = False",
             f"{ON_PAGES}a_role_that_is_added_gives_the_session_another_secret"),
    Guarding("nobody stays where that is not allowed", SESSIONS, "self._lasting.stay if stay else 0", "90 * DAY if stay else 0",
             f"{ON_PAGES}nobody_is_kept_signed_in_where_the_organisation_does_not_allow_it"),
    Guarding("a feed's address holds a key for calendars", "services/access_keys/feeds.py",
             "if terms is None or terms.can != CALENDAR:", "if terms is None:",
             "tests/dashboards/sign_in/test_feeds.py::test_whatever_is_wrong_is_answered_in_the_same_bytes"),
    Guarding("a feed tells no more than dates and titles", "dashboards/pages/exports/calendars.py", "is_whole=False", "is_whole=True",
             "tests/dashboards/sign_in/test_feeds.py::test_a_member_makes_an_address_that_shows_dates_and_titles_of_the_service_alone"),
    Guarding("a code works once", CODES, "        if is_it and step > after:\n", "        if is_it:\n",
             f"{IN_SIGN_IN}each_code_works_once[sqlite]"),
    Guarding("a password alone is not in", SIGN_IN,
             '= self.roles.principal(session.person, self.today(), session.groups) if session.stage == "in" else None',
             "= self.roles.principal(session.person, self.today(), session.groups)",
             f"{IN_SIGN_IN}what_was_begun_with_the_password_lets_nobody_in[sqlite]"),
    Guarding("a role that needs a factor is not used without one", SIGN_IN, "            and self.needs_factor(who)\n",
             "            and False\n", f"{TRIED}a_role_that_needs_a_second_factor_is_not_used_without_one"),
    Guarding("passwords that are tried first are refused", PASSWORDS,
             "    if commonest() & {folded, folded.strip(digits + punctuation)} or len(set(folded)) < 4:\n",
             "    if len(set(folded)) < 4:\n", f"{IN_SIGN_IN}a_weak_password_is_refused_and_the_link_still_works[sqlite-qwerty123456]"),
    Guarding("a session that slept changes nothing", ASKER, "            self._require_awake(session)\n", "",
             f"{ON_PAGES}what_was_typed_after_a_while_is_offered_again_after_the_password"),
    Guarding("the header of loopback means nothing where people sign in", ASKER, "        if HEADER in request.headers:\n",
             "        if False:\n", f"{ON_PAGES}the_header_of_loopback_means_nothing_here"),
    Guarding("nothing in clear beyond this machine", SERVING, "        app.add_middleware(OnlyEncrypted, is_by_key=_brings_key)\n", "",
             f"{ON_PAGES}nothing_is_said_in_clear_beyond_this_machine"),
    Guarding("a key can do its one thing", KEY_ASKER, "        if not is_for(terms.can, request.method, request.url.path):\n",
             "        if False:\n", f"{IN_KEYS}a_key_can_do_its_one_thing[sqlite-POST-/v1/events-allowed0]"),
    Guarding("the secret of a key is compared", KEYS, "if terms is None or not is_it or not terms.is_live(today):",
             "if terms is None or not terms.is_live(today):",
             f"{IN_KEYS}whatever_is_wrong_with_a_key_is_said_in_the_same_words[sqlite]"),
    Guarding("a source that is not one's own is refused", DOOR,
             "return owner is None or not who.may(Right.PUSH, owner) or not may_push(who.sources, source)",
             "return False", f"{BY_KEY}a_key_pushes_what_it_is_for_and_nothing_else"),
    Guarding("metrics want a key", SERVING, "    if not isinstance(who, Asker):\n        return None\n\n    def allowed",
             "    return None\n\n    def allowed", f"{BY_KEY}metrics_are_for_keys_the_administrator_and_the_auditor"),
)  # fmt: skip
