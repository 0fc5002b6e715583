"""What keeps a service to what is its own, and looking back within bounds."""

from __future__ import annotations

from tests.guards.streaming import Guarding

DECLARING, DOOR, OUTSIDE = "services/declaring.py", "ingestion/door.py", "services/reading/outside_rows.py"
WHOSE, AT_THE_DOOR = "tests/services/test_whose_source.py::", "tests/ingestion/test_door.py::"

GUARDING = (
    Guarding("a source belongs to its first declarer", DECLARING, "if owner not in (None, service):", "if False:",
             f"{WHOSE}test_who_declares_a_source_first_has_it_and_others_are_refused"),
    Guarding("first is who declared it earliest", DECLARING,
             "before.get(source, position) for source", "position for source",
             f"{WHOSE}test_of_two_that_declared_it_of_old_the_first_has_it_and_the_other_after_it"),
    Guarding("both write to the stream of the source", DECLARING, "        return claims\n", "        return []\n",
             f"{WHOSE}test_of_two_that_declare_it_at_once_one_is_first"),
    Guarding("the stream is read before it is asked whose it is", DECLARING,
             "claims = [self._claim(source) for source in dict.fromkeys([*wanted, *dropped])]",
             "self._require_free(who, service, document, wanted)\n"
             "        claims = [self._claim(source) for source in dict.fromkeys([*wanted, *dropped])]",
             f"{WHOSE}test_of_two_that_declare_it_at_once_one_is_first"),
    Guarding("types are shown as far as one's commitments select them", OUTSIDE,
             "if sees_all or chosen.some(source, one.type)]", "if True]",
             f"{WHOSE}test_a_member_is_shown_of_a_source_what_its_own_commitments_select"),
    Guarding("a part is not counted for others", OUTSIDE,
             "is_own or all(chosen.every(source, one.type) for one in came)", "True",
             f"{WHOSE}test_a_member_is_shown_of_a_source_what_its_own_commitments_select"),
    Guarding("a member uses no source of others", DOOR, "if not others:", "if True:",
             f"{AT_THE_DOOR}test_over_http_a_member_uses_its_own_sources_and_those_that_nobody_declares"),
    Guarding("nor by retrying", DOOR, 'frozenset({"http", "retry"})', 'frozenset({"http"})',
             f"{AT_THE_DOOR}test_what_was_not_allowed_is_retried_by_who_may_use_the_source"),
    Guarding("the id of others is not tried", "services/reading/trying.py",
             "        require_own_id(who, contract, supplier, client)\n", "        pass\n",
             "tests/services/test_trying.py::test_a_draft_does_not_take_the_id_or_the_excuses_of_what_others_agreed"),
    Guarding("evidence is an event that one may see", "services/excusing.py",
             "if self._reading.event_at(who, position) is None:", "if self._history.at(position) is None:",
             "tests/services/test_excusing.py::test_an_event_that_others_were_sent_is_no_more_there_than_what_does_not_exist"),
    Guarding("what others owe each other is not told", "services/judging/dependency_book.py",
             "if _parties(other) != _parties(one):", "if False:",
             "tests/services/test_dependencies.py::test_what_the_other_party_owes_somebody_else_is_not_told"),
    Guarding("pages of others read nothing", "services/api/strangers.py",
             'return site not in ("same-origin", "none") and not _is_followed(headers)', "return False",
             "tests/services/test_strangers.py::test_a_page_of_somebody_else_reads_nothing"),
    Guarding("nor do older browsers for them", "services/api/strangers.py",
             "return host_of(origin) != host\n", "return False\n",
             "tests/services/test_strangers.py::test_a_page_of_somebody_else_reads_nothing"),
    Guarding("the application is behind it", "entente/serving.py", "    app.add_middleware(Strangers)\n", "",
             "tests/services/test_patience.py::test_over_http_looking_back_is_bounded"),
    Guarding("a moment is one that the history holds", "services/api/ports.py",
             "        require_held(self.store.reading, self.store.clock(), as_of=as_of, believed_at=believed_at)\n", "",
             "tests/services/test_patience.py::test_over_http_looking_back_is_bounded"),
    Guarding("a client that goes is noticed", "services/api/waiting.py", "        self.patience.leave()\n", "        return\n",
             "tests/services/test_patience.py::test_a_client_that_goes_away_ends_what_is_worked_out_for_it"),
    Guarding("what is judged aside can be stopped", "services/history/aside_database.py",
             "    kind = _Asking\n", "    pass\n",
             "tests/services/test_patience.py::test_looking_back_ends_in_the_middle_and_leaves_nothing_behind"),
    Guarding("an answer has a limit", "services/patience.py",
             "if self._until is not None and time.monotonic() > self._until:", "if False:",
             "tests/services/test_patience.py::test_the_limit_of_an_answer_is_the_operators"),
    Guarding("what an address does not know is refused", "services/api/router.py",
             "                require_known(request, known)\n", "",
             "tests/services/test_pages_of_lists.py::test_a_parameter_that_nobody_knows_is_refused_by_name"),
)  # fmt: skip
