"""What keeps one caller from harming all others at a door: the code without which a named test fails."""

from __future__ import annotations

from tests.guards.streaming import Guarding

PROBLEMS, HOOKS, DOOR, HALL = (
    "ingestion/json_problems.py",
    "ingestion/webhooks.py",
    "ingestion/door.py",
    "ingestion/hall.py",
)
BODIES, CONNECTIONS, TIME = "services/api/bodies.py", "entente/connections.py", "entente/timekeeping.py"
COST = "tests/ingestion/test_cost.py::test_"
AT_ENDS = "tests/entente/test_connections.py::test_"
_BATCH, _CALL = (
    f"{COST}a_batch_costs_no_more_than_its_length",
    f"{COST}of_a_call_only_what_the_mapping_names_is_looked_at",
)
_GIVEN_UP = f"{AT_ENDS}a_body_that_does_not_come_is_given_up_by_every_address"
_HEAD = f"{AT_ENDS}a_head_has_an_end_in_time_and_bytes_and_an_answer_takes_what_it_takes"

GUARDING = (
    Guarding("a header of a signature comes once", "ingestion/signatures.py", "    if len(values) > 1:", "    if False:",
             "tests/ingestion/test_signatures.py::test_what_is_replayed_swapped_or_doubled_is_the_same_401_and_stores_nothing"),
    Guarding("a text that does not end is looked at once", PROBLEMS, '(?:"|\\\\?\\Z)\'\n', '"\'\n', f"{_BATCH}[body3-malformed-json]"),
    Guarding("how deep a batch may be", "ingestion/cloudevents.py", "if is_too_deep(body, MOST_NESTED + 1):", "if False:",
             f"{_BATCH}[body0-too-deep]"),
    Guarding("a path that is shown is short", PROBLEMS,
             "return path if len(path) <= LONGEST_PATH else f\"{path[:LONGEST_PATH]}…\"", "return path",
             f"{COST}an_event_costs_no_more_than_its_length_through_every_door"),
    Guarding("how many items a batch may have", "ingestion/cloudevents.py", "    if len(elements) > MOST_ITEMS:\n", "    if False:\n",
             f"{_BATCH}[body5-too-large]"),
    Guarding("how many keys and values a file may have", "services/contract_files/documents.py",
             "        if self.read > MAX_VALUES:\n", "        if False:\n",
             "tests/services/contract_files/test_bounds_of_documents.py::test_a_file_has_so_many_keys_and_values_and_no_more"),
    Guarding("what is long is decoded beside the loop", HALL, "if len(body) <= SHORT:", "if True:",
             f"{COST}what_is_long_is_decoded_while_the_loop_answers_others"),
    Guarding("the charsets that are read", "ingestion/cloudevents.py", "    if charset in CHARSETS:\n", "    if charset:\n",
             f"{COST}a_charset_from_outside_chooses_no_code"),
    Guarding("what the events of a call may come to", HOOKS, "            if size > LARGEST_BATCH:\n", "            if False:\n",
             f"{COST}what_stands_beside_the_list_is_not_multiplied_without_end"),
    Guarding("only what the mapping names", HOOKS, "        whole = [_cell(tree, path) for path in self._paths]\n",
             "        whole = [_cell(tree, path) for path in self._paths]\n"
             "        str([name + leaf for name in tree for leaf in tree[name]])\n", _CALL),
    Guarding("a body that does not come holds nothing for long", DOOR,
             "if not one.is_coming or now - one.since < PATIENCE]", "]",
             f"{COST}a_body_that_does_not_come_holds_nothing_for_long"),
    Guarding("what has come whole holds time", DOOR, "if not one.is_coming or now - one.since < PATIENCE]",
             "if now - one.since < PATIENCE]", f"{COST}a_body_that_does_not_come_holds_nothing_for_long"),
    Guarding("time passes up to what is on its way", TIME,
             "round(entering.seconds * SECOND if entering is not None else 0)", "0",
             f"{AT_ENDS}time_passes_up_to_what_is_on_its_way_in_and_no_further"),
    Guarding("a body has an end in time", BODIES, "max(0.0, self._began + self._seconds - time.monotonic())", "90",
             f"{AT_ENDS}a_body_that_drips_has_no_more_time_than_one_that_stops"),
    Guarding("the time of a whole body", BODIES, "self._began + self._seconds - time.monotonic()", "self._seconds",
             f"{AT_ENDS}a_body_that_drips_has_no_more_time_than_one_that_stops"),
    Guarding("who gives up a body closes the connection", BODIES, '{"connection": "close"}', "{}", _GIVEN_UP),
    Guarding("no body is larger than the largest", BODIES, "if self._size > self._most:", "if False:",
             f"{AT_ENDS}no_body_is_larger_than_the_largest"),
    Guarding("a program that serves bounds bodies", "entente/serving.py",
             "    app.add_middleware(Bodies)\n    app.add_middleware(Waiting,", "    app.add_middleware(Waiting,",
             f"{AT_ENDS}who_serves_bounds_bodies_and_connections"),
    Guarding("the end of a body is none of the next head", CONNECTIONS, "len(data) if was_in_head and self", "len(data) if self",
             f"{AT_ENDS}a_body_may_end_with_much_at_once_and_the_connection_is_used_again"),
    Guarding("a head has an end in bytes", CONNECTIONS, "        if self._named > LARGEST_HEAD:\n", "        if False:\n", _HEAD),
)  # fmt: skip
