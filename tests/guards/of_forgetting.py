"""What keeps personal values sealed, and forgotten once they are erased."""

from __future__ import annotations

from tests.guards.streaming import Guarding

DOOR, SEALING, KEYS = "ingestion/door.py", "ingestion/sealing.py", "services/sealing/data_keys.py"
PERSONAL, ERASING, RETENTION = "domain/personal.py", "services/sealing/erasing.py", "services/sealing/retention.py"
SEALED, ERASED = "tests/services/sealing/test_sealing.py::", "tests/services/sealing/test_erasing.py::"
PATHS, KEPT = "tests/services/sealing/test_personal_paths.py::", "tests/services/sealing/test_retention.py::"

LOOKING, NOTING, LOOK = (
    "services/protection/looking.py",
    "services/protection/noting.py",
    "tests/services/protection/test_looking.py::",
)

GUARDING = (
    Guarding(
        "what is sealed is shown to who may see it alone",
        LOOKING,
        "    if not found.may_look:\n",
        "    if False:\n",
        f"{LOOK}test_nobody_else_looks",
    ),
    Guarding(
        "who looks is somebody of the service of the source",
        LOOKING,
        '    if who.person is None or not who.is_of(*service.split("+")):\n        return False\n',
        "",
        f"{LOOK}test_who_owns_an_indicator_elsewhere_looks_at_nothing",
    ),
    Guarding(
        "each look is noted",
        NOTING,
        "                    await run_in_threadpool(self._note_looks, scope, tuple(looks))\n",
        "                    pass\n",
        f"{LOOK}test_a_member_looks_by_one_click_and_each_look_is_noted",
    ),
    Guarding(
        "packs and files are noted",
        NOTING,
        "                    await run_in_threadpool(self._note_read, scope, *read)\n",
        "                    pass\n",
        "tests/services/protection/test_log_of_reads.py::test_packs_and_every_file_that_is_taken_are_noted",
    ),
    Guarding(
        "the log is for the auditor",
        "services/protection/listing.py",
        "    if not who.may(Right.AUDIT):\n",
        "    if False:\n",
        "tests/services/protection/test_log_of_reads.py::test_the_log_is_for_the_auditor_and_ones_own_rows_for_oneself",
    ),
    Guarding(
        "without its keys nobody is half forgotten",
        ERASING,
        "        if self._keys is None and self._history.is_sealing():\n",
        "        if False:\n",
        "tests/services/protection/test_forgetting_people.py::test_without_the_keys_of_a_store_that_seals_nobody_is_half_forgotten",
    ),
    Guarding(
        "what goes of a person is a fact",
        ERASING,
        "            [told] = self._history.append_facts([fact])\n            position = told.position\n",
        "",
        "tests/services/protection/test_forgetting_people.py::test_a_person_without_data_keys_leaves_a_fact_and_no_name",
    ),
    Guarding(
        "what is personal is taken out of what is clear",
        SEALING,
        "    take_out(told, personal.paths)\n",
        "",
        f"{SEALED}test_what_is_personal_is_nowhere_in_what_is_stored_and_all_else_is_read_as_before",
    ),
    Guarding(
        "whom an event is about is taken out too",
        PERSONAL,
        "(self.subject, *self.values)",
        "self.values",
        f"{SEALED}test_what_stands_where_a_personal_path_goes_on_is_sealed_too",
    ),
    Guarding(
        "what stands where a path goes on is taken out",
        PERSONAL,
        "                holder.pop(name, None)\n",
        "",
        f"{SEALED}test_what_stands_where_a_personal_path_goes_on_is_sealed_too",
    ),
    Guarding(
        "names that are personal are codes",
        SEALING,
        "            told[name] = keys.name(told[name])\n    for name in _OTHER_IDS",
        "            pass\n    for name in _OTHER_IDS",
        f"{SEALED}test_names_that_are_personal_are_codes_everywhere_and_still_lead_to_each_other",
    ),
    Guarding(
        "an event under its own name goes on under it",
        SEALING,
        "and item.stream not in known",
        "",
        f"{SEALED}test_what_was_stored_before_a_name_was_personal_keeps_its_name",
    ),
    Guarding(
        "what is sealed is bound to its event",
        SEALING,
        "keys.code(content), bound_to(item.source, id), need",
        'keys.code(content), b"", need',
        f"{SEALED}test_what_came_is_opened_byte_for_byte_with_its_key",
    ),
    Guarding(
        "without keys nothing personal is taken",
        SEALING,
        "        raise _no_keys()\n",
        "        return {}\n",
        f"{SEALED}test_without_a_file_of_keys_what_is_personal_is_not_taken_and_all_else_is",
    ),
    Guarding(
        "declaring stops older programs",
        "services/contracts/describing_services.py",
        "            self._history.begin_sealing()\n",
        "            pass\n",
        f"{SEALED}test_declaring_alone_raises_the_version_of_the_store",
    ),
    Guarding(
        "problems quote nothing that is set aside",
        DOOR,
        "without_values(bad.problem) or heard(bad.slug)",
        "bad.problem",
        f"{SEALED}test_what_is_set_aside_is_sealed_whoever_sent_it_and_the_problem_quotes_nothing",
    ),
    Guarding(
        "a contract reads nothing personal",
        "services/contracts/proposing.py",
        "        require_not_personal(document, terms, declared_by_all(self._declared))\n",
        "",
        f"{PATHS}test_a_contract_that_reads_something_personal_anywhere_is_refused",
    ),
    Guarding(
        "what a contract reads becomes not personal",
        "services/contracts/describing_services.py",
        "        require_unread(document, terms.id, declared, who, self._history, self._now())\n",
        "",
        f"{PATHS}test_what_a_contract_reads_does_not_become_personal",
    ),
    Guarding(
        "a contract of others is not named",
        "services/contracts/personal_paths.py",
        "is_seen = who.sees(contract.supplier, contract.client)",
        "is_seen = True",
        f"{PATHS}test_who_does_not_see_the_contract_is_not_told_its_name",
    ),
    Guarding(
        "sources of the platform are declared by nobody",
        "services/directory/declaring.py",
        "if source.startswith(OWN)",
        "if False",
        f"{PATHS}test_sources_of_the_platform_are_declared_by_nobody",
    ),
    Guarding(
        "each month has a key of its own",
        SEALING,
        '    return f"{day.year:04d}-{day.month:02d}"\n',
        '    return f"{day.year:04d}"\n',
        f"{SEALED}test_each_subject_and_month_has_a_key_of_its_own",
    ),
    Guarding(
        "an erasure destroys keys",
        ERASING,
        "            keys.destroy(erased.keys, erased.received)\n",
        "",
        f"{ERASED}test_who_is_erased_is_forgotten_and_nobody_else",
    ),
    Guarding(
        "the fact stands before the keys are gone",
        ERASING,
        "            [there] = self._history.append_facts([fact])\n",
        "            keys.destroy(erased.keys, erased.received)\n            [there] = self._history.append_facts([])\n",
        f"{ERASED}test_the_fact_names_keys_and_a_reason_and_nobody",
    ),
    Guarding(
        "what came back is destroyed again",
        ERASING,
        "        count += len(keys.destroy(ids, at))\n",
        "",
        f"{ERASED}test_keys_that_come_back_with_a_backup_are_destroyed_at_the_next_start",
    ),
    Guarding(
        "also by the file that is kept apart",
        ERASING,
        "        told += [(line.keys, line.at) for line in lines(erased_to)]\n",
        "        pass\n",
        f"{ERASED}test_a_history_from_before_the_erasure_is_forgotten_again_by_the_file_that_was_kept_apart",
    ),
    Guarding(
        "only who may forgets",
        ERASING,
        "        require_to_forget(who)\n",
        "",
        f"{ERASED}test_only_the_administrator_forgets_and_says_why",
    ),
    Guarding(
        "a program that runs forgets a destroyed key",
        KEYS,
        "        if generation != self._generation:\n",
        "        if self._generation is None:\n",
        f"{ERASED}test_a_program_that_runs_seals_by_no_key_that_another_has_destroyed",
    ),
    Guarding(
        "the former wrapping keys leave the file",
        KEYS,
        "            self._keks.newest_alone().write()\n",
        "",
        f"{ERASED}test_nothing_that_was_destroyed_is_opened_from_any_backup_once_the_wrapping_key_is_replaced",
    ),
    Guarding(
        "a destroyed key leaves no byte",
        "services/sealing/key_tables.py",
        '        connection.execute("PRAGMA secure_delete = ON")\n',
        '        connection.execute("PRAGMA secure_delete = OFF")\n',
        f"{ERASED}test_a_key_that_is_destroyed_leaves_no_byte_in_its_file",
    ),
    Guarding(
        "a month goes when its time is over",
        RETENTION,
        "- 1 <= watermark",
        "- 2 <= watermark",
        f"{KEPT}test_a_month_goes_with_the_last_instant_of_its_retention_and_not_before",
    ),
    Guarding(
        "what waits in quarantine is kept for its days",
        RETENTION,
        "id not in waiting or",
        "True or",
        f"{KEPT}test_what_is_settled_goes_when_its_day_is_over_and_all_else_after_thirty",
    ),
)
