"""What guards the ways in for the tools of others: the code without which a named test fails."""

from __future__ import annotations

from tests.guards.streaming import Guarding

WORKER, MESSAGES, BROKER, KNOCKING = (
    "ingestion/kafka_worker.py",
    "ingestion/kafka_messages.py",
    "ingestion/kafka_broker.py",
    "ingestion/kafka_knocking.py",
)
IN_CODECS, REFUSED = "tests/kafka/test_codecs.py::test_", "tests/kafka/test_refused.py::test_"

GUARDING = (
    Guarding("what compresses is installed", "pyproject.toml", "kafka-python[crc32c,snappy,lz4,zstd]", "kafka-python[crc32c]",
             f"{IN_CODECS}the_program_is_installed_with_every_codec"),
    Guarding("a codec that is missing is named", WORKER, "CorruptRecordError | UnsupportedCodecError", "CorruptRecordError",
             f"{IN_CODECS}a_codec_that_is_missing_is_named_and_no_reason_to_try_again"),
    Guarding("a batch that cannot be taken apart is no traceback", WORKER, "raise self._unreadable(error) from error\n        return",
             "raise\n        return", f"{IN_CODECS}a_batch_that_nobody_can_take_apart_ends_the_worker_with_where_it_is"),
    Guarding("a tombstone tells of nothing", MESSAGES, "return message.value is None and", "return False and",
             f"{IN_CODECS}a_tombstone_is_passed_over_and_counted"),
    Guarding("an event may have no data", MESSAGES, "not any(name.startswith(PREFIX) for name, _ in message.headers)", "True",
             f"{IN_CODECS}a_tombstone_is_passed_over_and_counted"),
    Guarding("a broker is asked why it answers nobody", BROKER,
             "(refused := refusal(self.client(), WAIT_SECONDS))", "(refused := None)",
             f"{REFUSED}who_is_let_in_nowhere_is_told_why"),
    Guarding("what answers is read, though the connection ends with it", KNOCKING, "if answer.error_code:", "if False:",
             f"{REFUSED}who_is_let_in_nowhere_is_told_why"),
    Guarding("what the broker refuses for good is not tried again", BROKER, "if isinstance(cause, _HOPELESS):", "if False:",
             f"{REFUSED}what_only_a_setting_mends_is_not_to_be_tried_again"),
)  # fmt: skip
