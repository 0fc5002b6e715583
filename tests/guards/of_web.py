"""What keeps pages of others, and other names, from reading or changing anything here."""

from __future__ import annotations

from tests.guards.streaming import Guarding

RULE, HOSTS, NAMES, HEADERS = (
    "services/api/cross_site.py",
    "services/api/hosts.py",
    "services/api/host_names.py",
    "services/api/headers.py",
)
COOKIES, PATHS, PAGES, SERVING = (
    "services/api/cookies.py",
    "services/api/own_paths.py",
    "dashboards/pages/__init__.py",
    "entente/serving.py",
)
OF_RULE, OF_HOSTS = "tests/services/test_cross_site.py::test_", "tests/services/test_hosts.py::test_"
ON_PAGES, IN_ANSWERS = "tests/dashboards/test_cross_site.py::test_", "tests/dashboards/test_headers.py::test_"

GUARDING = (
    Guarding("the application is behind the rule", SERVING, "    app.add_middleware(CrossSiteRule, page=page_before_any)\n", "",
             f"{ON_PAGES}a_page_of_others_or_a_form_without_its_token_signs_nothing"),
    Guarding("pages want the token of a form", PAGES, "                    await _require_token(pages, request)\n", "",
             f"{ON_PAGES}a_page_of_others_or_a_form_without_its_token_signs_nothing"),
    Guarding("a token is for one cookie", RULE, 'f"form\\n{salt}\\n{cookie}"', 'f"form\\n{salt}"',
             f"{OF_RULE}a_token_is_good_for_the_cookie_that_it_was_made_for_and_for_no_other"),
    Guarding("another origin is refused whatever else is said", RULE, "        return False\n    if site is not None:",
             "        pass\n    if site is not None:", f"{OF_RULE}what_pages_of_others_send_is_refused_with_a_cookie_and_without"),
    Guarding("browsers are believed", RULE, "        return site in _OURS\n", "        return True\n",
             f"{OF_RULE}what_pages_of_others_send_is_refused_with_a_cookie_and_without"),
    Guarding("with neither header a cookie is not believed", RULE, "not (is_form or cookie)", "True",
             f"{OF_RULE}with_neither_header_a_cookie_is_not_believed_and_a_form_never_is"),
    Guarding("what a cookie asks for is announced", RULE, "if cookie and not is_form and not _is_announced(request.headers):",
             "if False:", f"{OF_RULE}what_a_cookie_asks_for_is_announced_as_no_form_can"),
    Guarding("a key comes alone", RULE, "return _both() if cookie else None", "return None",
             f"{OF_RULE}a_key_needs_no_origin_and_comes_alone"),
    Guarding("a password that browsers send is no key", RULE, ".startswith(_KEY.encode())", ".startswith(b\"\")",
             f"{OF_RULE}a_password_that_browsers_send_by_themselves_is_no_key"),
    Guarding("other names are misdirected", HOSTS, "        if error is None:\n", "        if True:\n",
             f"{OF_HOSTS}a_name_of_somebody_elses_is_misdirected_wherever_it_leads"),
    Guarding("a host is named once", HOSTS, "if len(hosts) != 1:", "if not hosts:",
             f"{OF_HOSTS}a_request_names_its_host_once"),
    Guarding("what only looks like a name of ours is none", NAMES, '"@/\\\\?# \\t,%"', '""',
             f"{OF_HOSTS}names_that_only_look_like_it_are_others"),
    Guarding("all answers have the headers, those of the framework too", HEADERS,
             "Unsaid(_Headed(super().build_middleware_stack()))", "Unsaid(super().build_middleware_stack())",
             f"{IN_ANSWERS}a_fault_of_the_program_says_them"),
    Guarding("no line of the log says a secret", "entente/logs.py", "            _without_secrets,\n", "",
             "tests/entente/test_no_secret_in_logs.py::test_what_is_secret_is_in_no_line_of_the_log_no_metric_and_no_error"),
    Guarding("what was typed is said in no fault", PAGES,
             "        never_say(value for name, value in form.items() if is_secret(name) and isinstance(value, str))\n", "",
             "tests/entente/test_no_secret_in_logs.py::test_what_is_secret_is_in_no_line_of_the_log_no_metric_and_no_error"),
    Guarding("attempts are held while they are counted", "services/throttling.py", "DO UPDATE SET count = {_TABLE}.count", "DO NOTHING",
             "tests/services/test_throttling.py::test_many_at_once_from_several_processes_are_as_many"),
    Guarding("a success takes back no more than its own", "services/throttling.py",
             "CASE WHEN count > ? THEN count - ? ELSE 0 END", "CASE WHEN count > ? THEN 0 * ? ELSE 0 END",
             "tests/services/test_throttling.py::test_a_success_takes_back_its_own_attempts_and_not_those_of_the_address"),
    Guarding("what an address tried is forgotten by and by", "services/throttling.py", "Pace(20, 900, half=HOUR)",
             "Pace(20, 900, half=DAY * 100)",
             "tests/services/test_throttling.py::test_the_mistypes_of_a_house_behind_one_address_do_not_add_up_for_days"),
    Guarding("who tries often is forgotten nothing for that", "services/throttling.py", "[left + _WHOLE, now, name]",
             "[left // _WHOLE * _WHOLE + _WHOLE, now, name]",
             "tests/services/test_throttling.py::test_half_of_what_an_address_tried_is_forgotten_within_an_hour_however_often_it_tries"),
    Guarding("who gives the password again is counted alone", "services/sign_in/signing_in.py",
             "self.throttle.attempt(session.person, None)", 'self.throttle.attempt(session.person, "again")',
             "tests/services/sign_in/test_signing_in.py::test_colleagues_who_mistype_the_password_slow_nobody_down_who_gives_it_again"),
    Guarding("a plain cookie means nothing by https", COOKIES, 'f"__Host-{name}" if _is_https(asked) else name', "name",
             "tests/services/test_cookies.py::test_one_is_known_by_the_cookie_that_fits_the_way_one_came"),
    Guarding("a way back is our own", PATHS, 'text.startswith("//")', "False",
             "tests/services/test_own_paths.py::test_what_could_lead_elsewhere_leads_to_the_first_page"),
)  # fmt: skip
