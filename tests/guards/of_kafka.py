"""What guards the parts of the Kafka worker, each by itself: the code without which a named test fails, with no broker."""

from __future__ import annotations

from tests.guards.streaming import CAUTION, PRESSURE, READING, STORING, Guarding

ASSIGNMENT, LIVENESS, TELLING, HEALTH = (
    "ingestion/kafka/assignment.py",
    "ingestion/kafka/liveness.py",
    "ingestion/kafka/telling.py",
    "ingestion/kafka/health.py",
)
HERE = "tests/ingestion/kafka"
IN_ASSIGNMENT, IN_CAUTION = f"{HERE}/test_assignment.py::test_", f"{HERE}/test_caution.py::test_"
IN_PRESSURE, IN_STORING = f"{HERE}/test_pressure.py::test_", f"{HERE}/test_storing.py::test_"
NOW_AND_THEN = f"{HERE}/test_now_and_then.py::test_"

GUARDING = (
    Guarding("what is given back is looked up anew", ASSIGNMENT, "self._mine.setdefault(partition, _Mine()).is_fresh = True",
             "self._mine.setdefault(partition, _Mine())",
             f"{IN_ASSIGNMENT}what_is_given_again_without_having_been_taken_is_taken_over_again"),
    Guarding("of what is taken nothing is known", ASSIGNMENT, "            self._mine.pop(partition, None)\n", "            pass\n",
             f"{IN_ASSIGNMENT}of_what_the_group_takes_nothing_is_known_any_more"),
    Guarding("the store may be elsewhere without an offset", ASSIGNMENT, "stored.get(partition.partition, -1) + 1",
             "stored.get(partition.partition, (self._mine[partition].behind or 0) - 1) + 1",
             f"{IN_ASSIGNMENT}the_store_is_elsewhere_where_it_is_before_or_behind_what_this_worker_left"),
    Guarding("what was begun and is not stored makes careful", CAUTION,
             "self._left[partition] = self._batch if was_tried else None", "self._left[partition] = None",
             f"{IN_CAUTION}what_was_begun_and_not_stored_is_taken_one_by_one_for_as_many_as_a_batch_has"),
    Guarding("one that was begun too often is set aside", CAUTION, "if begun >= self._most:", "if False:",
             f"{IN_CAUTION}one_that_was_begun_too_often_is_set_aside_unread_and_the_next_is_read"),
    Guarding("nothing follows what was dropped", CAUTION,
             "if self._is_stopping() or not self._alone(partition, message):",
             "if self._is_stopping() or (self._alone(partition, message) and False):",
             f"{IN_CAUTION}nothing_follows_a_message_that_was_dropped"),
    Guarding("caution waits for the store", CAUTION,
             "if not self._patiently(partition, lambda: found.append(self._attempts.of(name, message.offset))):",
             "if found.append(self._attempts.of(name, message.offset)):",
             f"{IN_CAUTION}a_store_that_goes_away_between_two_messages_is_waited_for"),
    Guarding("what is somebody else's is given up", PRESSURE, "while self._assignment.is_read(partition):",
             "while partition in self._assignment.mine:",
             f"{IN_PRESSURE}it_is_given_up_when_the_partition_was_taken_and_given_back_meanwhile"),
    Guarding("pauses have a longest", PRESSURE, "pause = min(pause * 2, LONGEST_PAUSE)", "pause = pause * 2",
             f"{IN_PRESSURE}it_is_tried_again_ever_more_slowly_and_then_read_on"),
    Guarding("a batch that the store does not need next is read again", STORING,
             "            self._rereading.again(self._assignment.mine)\n", "",
             f"{IN_STORING}a_batch_that_another_worker_has_stored_is_dropped_and_everything_is_read_again"),
    Guarding("what was stored moves on", STORING, "        self._assignment.stored(partition, last + 1)\n", "",
             f"{IN_STORING}a_batch_is_stored_with_the_offset_of_its_last_message"),
    Guarding("what ended the process is not looked at", STORING,
             "return untouched(message, set_aside) if set_aside else self._decode(message)", "return self._decode(message)",
             f"{IN_STORING}what_has_ended_the_process_is_set_aside_unread"),
    Guarding("once may be chance", LIVENESS, "is_lost = lacks and self._has_lacked", "is_lost = lacks",
             f"{NOW_AND_THEN}a_client_has_lost_its_way_when_something_is_lacking_twice_in_a_row"),
    Guarding("what arrives shows that the client reads", LIVENESS,
             "        self._silent.begin(now)\n        self._has_lacked = False\n", "        self._silent.begin(now)\n",
             f"{NOW_AND_THEN}what_arrives_between_two_looks_shows_that_the_client_reads"),
    Guarding("others have told the group meanwhile", TELLING, "            self._told.pop(partition, None)\n", "            pass\n",
             f"{NOW_AND_THEN}the_group_is_told_anew_of_a_partition_that_others_had_meanwhile"),
    Guarding("a trouble lasts until a round went well", HEALTH, "        if self._is_well:\n", "        if True:\n",
             f"{HERE}/test_health.py::test_a_trouble_is_said_until_a_round_went_well_as_a_whole"),
    Guarding("who cannot begin anew remains what it was", READING, "left, self._client = self._client, self._made()",
             "(left := self._client).close(); self._client = self._made()",
             "tests/kafka/test_lost_client.py::test_a_client_that_cannot_be_begun_anew_just_now_is_begun_anew_later"),
)  # fmt: skip
