"""What an identity provider, or somebody in its name, cannot make us believe: the code without which a named test fails."""

from __future__ import annotations

from tests.guards.streaming import Guarding

OIDC, KEYS, CALLS = "services/sign_in/oidc.py", "services/sign_in/oidc_keys.py", "services/sign_in/oidc_calls.py"
SESSIONS, TABLES = "services/sign_in/oidc_sessions.py", "services/sign_in/oidc_tables.py"
SIGNING_IN, SEALING = "services/sign_in/signing_in.py", "services/sign_in/oidc_sealing.py"
AT, IN = "tests/services/sign_in/test_oidc.py::test_", "tests/services/sign_in/test_oidc_sessions.py::test_"
_BROWSER = "an_answer_is_of_the_browser_that_began_within_ten_minutes_and_once"
_WRONG, _UNSIGNED = (
    f"{AT}a_token_that_is_wrong_lets_nobody_in",
    f"{AT}a_token_that_the_provider_did_not_sign_for_us_lets_nobody_in",
)
_NONE, _DOCUMENT = (
    f"{AT}an_answer_that_is_none_is_the_providers_trouble_soon",
    f"{AT}a_document_that_is_not_of_this_provider_or_not_safe_begins_nothing",
)

GUARDING = (
    Guarding("the answer belongs to the browser that began", OIDC, "if not state or not same(given.get(\"state\", \"\"), state):",
             "if False:", f"{AT}an_answer_that_was_not_asked_for_here_is_no_sign_in[another]"),
    Guarding("the answer is of the provider that was asked", OIDC, "if said_issuer != self.settings.issuer and (", "if False and (",
             f"{AT}an_answer_of_another_provider_is_not_believed"),
    Guarding("the token answers this sign-in", OIDC,
             "if not begun_nonce or not same(str(claims.get(\"nonce\", \"\")), begun_nonce):", "if False:",
             f"{_WRONG}[another nonce]"),
    Guarding("the token is of our issuer", OIDC, "rules[\"iss\"][\"value\"], rules[\"aud\"][\"value\"] = self.settings.issuer, self",
             "rules[\"iss\"][\"value\"], rules[\"aud\"][\"value\"] = None, self", f"{_WRONG}[another issuer]"),
    Guarding("the token is for us", OIDC, "= self.settings.issuer, self.settings.client\n", "= self.settings.issuer, None\n",
             f"{_WRONG}[another audience]"),
    Guarding("of several audiences we are the one that asked", OIDC,
             "if claims.get(\"azp\", None if several else self.settings.client) != self.settings.client:", "if False:",
             f"{_WRONG}[several audiences, another named]"),
    Guarding("how far clocks may differ", OIDC, "LEEWAY: Final = 60\n", "LEEWAY: Final = 6000\n", f"{_WRONG}[expired]"),
    Guarding("algorithms are asymmetric", KEYS, "ALGORITHMS: Final = (\n", "ALGORITHMS: Final = (\n    \"HS256\",\n    \"none\",\n",
             f"{AT}only_asymmetric_algorithms_are_believed"),
    Guarding("keys are those of their use", KEYS, "published.get(\"use\") not in (None, \"sig\")", "False",
             f"{AT}a_key_for_encryption_and_a_short_one_sign_nothing"),
    Guarding("keys are long enough", KEYS, "key.raw_value.key_size < SHORTEST_RSA", "False",
             f"{AT}a_key_for_encryption_and_a_short_one_sign_nothing"),
    Guarding("nonsense asks for keys seldom", KEYS, "now - self._asked > BETWEEN", "True",
             f"{AT}keys_change_while_we_run_and_nonsense_asks_for_them_seldom"),
    Guarding("a withdrawn key is not believed for long", KEYS, "is_fresh = now - self._since < FRESH", "is_fresh = True",
             f"{AT}a_key_that_was_withdrawn_is_not_believed_for_long"),
    Guarding("one kind of token is not taken for another", KEYS,
             "if kind is not None and str(kind).lower().removeprefix(\"application/\") not in types:", "if False:",
             f"{_UNSIGNED}[access-token]"),
    Guarding("nothing is followed elsewhere", CALLS, "follow_redirects=False", "follow_redirects=True",
             f"{_NONE}[redirected-/keys]"),
    Guarding("an answer has a size", CALLS, "            if len(body) > self._largest:\n", "            if False:\n",
             f"{AT}an_answer_that_does_not_end_is_left"),
    Guarding("an answer has an end in time", CALLS, "async with asyncio.timeout(self._seconds):", "if True:",
             f"{_NONE}[dripping-/token]"),
    Guarding("the document is of this issuer", OIDC, "if document.issuer != self.settings.issuer:", "if False:",
             f"{_DOCUMENT}[issuer]"),
    Guarding("tokens go to addresses that are safe", OIDC, "                _require_safe_of(address, one)\n",
             "                pass\n", f"{_DOCUMENT}[token]"),
    Guarding("what stands beside the token is of the same person", OIDC, "if found.get(\"sub\") != sub:", "if False:",
             f"{AT}what_stands_beside_the_token_is_of_the_same_person"),
    Guarding("a renewal is of the same person", OIDC, "if (claims[\"iss\"], claims[\"sub\"]) != (before.iss, before.sub):", "if False:",
             f"{AT}a_renewal_that_names_somebody_else_or_is_wrong_ends_the_session[changed0]"),
    Guarding("a refusal is told from silence", OIDC, "if error == \"invalid_grant\":", "if error:",
             f"{AT}a_refusal_ends_a_session_and_a_provider_that_says_nothing_does_not"),
    Guarding("an ID token signs nobody out", OIDC, "not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict)",
             "False", f"{AT}what_is_no_logout_token_ends_nothing[events={{'another': {{}}}}]"),
    Guarding("an answer is of the browser that began", TABLES, "WHERE hash = ? AND browser = ? RETURNING sealed\"",
             "WHERE hash = ? AND ? <> '' RETURNING sealed\"", f"{IN}{_BROWSER}[sqlite-another browser]"),
    Guarding("an answer is good once", TABLES, "\"DELETE FROM sign_in_begun WHERE hash = ? AND browser = ? RETURNING sealed\"",
             "\"SELECT sealed FROM sign_in_begun WHERE hash = ? AND browser = ?\"", f"{IN}{_BROWSER}[sqlite-twice]"),
    Guarding("a sign-in has an end", TABLES, "DELETE FROM sign_in_begun WHERE ends <= ?\"", "DELETE FROM sign_in_begun WHERE 0 = ?\"",
             f"{IN}{_BROWSER}[sqlite-too late]"),
    Guarding("an identity is bound by no mail address", SESSIONS, "claimed = identity.person\n",
             "claimed = identity.person or identity.name\n", f"{IN}whom_nobody_let_in_waits_and_is_seen_by_identity[sqlite]"),
    Guarding("a claim takes nobody's place", SESSIONS, "and not self._is_bound(claimed):", "and claimed:",
             f"{IN}a_claim_that_people_cannot_change_names_a_person_whom_nobody_is_bound_to[sqlite]"),
    Guarding("a link takes nobody else's account", SESSIONS, "if found not in (None, named):", "if False:",
             f"{IN}an_invitation_works_once_and_takes_nobody_elses_account[sqlite]"),
    Guarding("who has a way in gets another by the administrator alone", SIGNING_IN,
             " or oidc_tables.is_bound(reads, person)", "",
             f"{IN}a_second_link_is_a_reset_that_only_the_administrator_gives_and_ends_the_former_way_in[sqlite]"),
    Guarding("a session is renewed", SESSIONS, "RENEWED: Final = 5 * MINUTE", "RENEWED: Final = 500 * MINUTE",
             f"{IN}what_the_provider_takes_back_ends_at_the_next_renewal[sqlite]"),
    Guarding("a silent provider is not waited for without end", SESSIONS, "ALONE: Final = 60 * MINUTE", "ALONE: Final = 600 * MINUTE",
             f"{IN}a_silent_provider_lets_a_session_go_on_for_an_hour_and_says_so[sqlite]"),
    Guarding("of two requests one asks", TABLES, "AND provider = ? RETURNING hash", "AND ? <> '' RETURNING hash",
             f"{IN}of_two_requests_at_once_one_asks_the_provider[sqlite]"),
    Guarding("what ends sessions is used once", SESSIONS, "if not tables.is_first(", "if False and not tables.is_first(",
             f"{IN}the_provider_ends_the_session_that_it_names_or_all_of_somebody_once[sqlite]"),
    Guarding("tokens are sealed", SEALING, "b64encode(nonce + _cipher(secret).encrypt(nonce, text.encode(), None)).decode()", "text",
             f"{IN}tokens_lie_in_the_store_sealed_by_what_the_browser_alone_holds[sqlite]"),
)  # fmt: skip
