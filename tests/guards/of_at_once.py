"""What keeps two who do the same at once, and a clock that is put back, from coming in twice."""

from __future__ import annotations

from tests.guards.streaming import Guarding

SIGN_IN, ACCOUNTS, INVITING, SESSIONS, TABLES = (
    "services/sign_in/signing_in.py",
    "services/sign_in/accounts.py",
    "services/sign_in/inviting.py",
    "services/sign_in/sessions.py",
    "services/sign_in/tables.py",
)
DOOR, EVENTS = "ingestion/door.py", "entente/cli/events.py"
TOPICS = "tests/entente/test_whose_topic.py::test_"
OIDC = "services/sign_in/oidc_sessions.py"
IN, BY_OIDC = "tests/services/sign_in/test_at_once.py::test_", "tests/services/sign_in/test_oidc_sessions.py::test_"

GUARDING = (
    Guarding("who changes an account holds it", TABLES,
             "UPDATE sign_in_account SET step = step WHERE person = ? RETURNING {column_list(AccountRow)}",
             "SELECT {column_list(AccountRow)} FROM sign_in_account WHERE person = ?",
             f"{IN}of_the_same_code_at_once_one_is_taken[postgresql]"),
    Guarding("who takes a link has it alone", INVITING, "DELETE FROM sign_in_invitation WHERE hash = ? RETURNING person",
             "SELECT 1 FROM sign_in_invitation WHERE hash = ?",
             f"{IN}a_link_that_is_opened_by_several_at_once_is_good_once[postgresql]"),
    Guarding("a session that has ended meanwhile leads nowhere", SIGN_IN, "if not end_one(writes, secret):",
             "if not end_one(writes, secret) and False:", f"{IN}what_has_ended_meanwhile_leads_nowhere[sqlite]"),
    Guarding("a session that has ended meanwhile changes no password", ACCOUNTS,
             "if found is None or tables.session(writes, kept(secret)) is None:", "if found is None:",
             f"{IN}what_has_ended_meanwhile_leads_nowhere[sqlite]"),
    Guarding("a password that was changed meanwhile lets nobody in", SIGN_IN,
             "if found is None or found.password != looked.password:", "if found is None:",
             f"{IN}a_password_that_is_changed_meanwhile_lets_nobody_in_any_more[sqlite]"),
    Guarding("a link and what it binds are one act", INVITING, "            bind(writes, found.person)\n",
             "        with self._database.transaction() as writes:\n            bind(writes, found.person)\n",
             f"{BY_OIDC}whom_a_link_names_keeps_the_way_in_of_before_where_the_new_one_cannot_be[sqlite]"),
    Guarding("a session of later is none", SESSIONS, "if row is None or not row.made - SLACK <= now < self._ends(row):",
             "if row is None or row.ends <= now:",
             f"{BY_OIDC}a_clock_that_was_put_back_lets_nobody_go_on_without_the_provider[sqlite]"),
    Guarding("a link of later is none", INVITING, "not found.made - SLACK <= now < found.ends", "found.ends <= now",
             "tests/services/sign_in/test_signing_in.py::test_a_clock_that_was_ahead_shuts_nobody_out_for_good[sqlite]"),
    Guarding("an answer of later is none", OIDC, "if 0 <= now - told.asked < RENEWED:", "if now - told.asked < RENEWED:",
             f"{BY_OIDC}a_clock_that_was_put_back_lets_nobody_go_on_without_the_provider[sqlite]"),
    Guarding("few wait for a provider at once", OIDC, "if not self._turns.acquire(blocking=False):", "if not self._turns.acquire():",
             f"{BY_OIDC}a_provider_that_does_not_answer_keeps_few_of_those_waiting_whose_session_is_used"),
    Guarding("who comes in waits outside of the threads", "dashboards/pages/__init__.py", "async with turn(request):", "if True:",
             "tests/entente/test_turns.py::test_a_hundred_passwords_at_once_keep_nobody_else_waiting"),
    Guarding("nobody speaks for the platform", DOOR, "one.startswith(OWN) or (not is_trusted", "(not is_trusted",
             f"{TOPICS}nobody_speaks_for_the_platform[accounts-file]"),
    Guarding("a topic that nobody named is not the operator's", EVENTS,
             "return None if here.settings.ways and", "return None if False and",
             f"{TOPICS}where_people_sign_in_a_topic_that_nobody_named_is_not_the_operators[accounts--None]"),
    Guarding("what came back with a backup ends", "services/sign_in/restored.py", 'writes.execute(f"DELETE FROM {table}")', "pass",
             "tests/entente/test_restored.py::test_what_had_ended_does_not_come_back_with_a_backup"),
)  # fmt: skip
