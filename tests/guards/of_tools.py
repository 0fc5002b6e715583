"""What guards the ways in for the tools of others: the code without which a named test fails."""

from __future__ import annotations

from tests.guards.streaming import Guarding

READING, MESSAGES, BROKER, KNOCKING = (
    "ingestion/kafka/reading.py",
    "ingestion/kafka/messages.py",
    "ingestion/kafka/broker.py",
    "ingestion/kafka/knocking.py",
)
LIVE, WIRING = "entente/timekeeping.py", "entente/kafka_wiring.py"
HOLDING = "tests/kafka/test_holding.py::test_"
IN_CODECS, REFUSED = "tests/kafka/test_codecs.py::test_", "tests/kafka/test_refused.py::test_"

ALERTS, GITHUB = "deploy/webhooks/alertmanager.yaml", "deploy/webhooks/github-issues.yaml"
OF_SHIPPED = "tests/ingestion/test_shipped_webhooks.py::test_"
_FIRING = """/firing"
    source: alertmanager
    subject: "{fingerprint}\""""
_OPENED = """/opened"
    source: "github/{repository.full_name}"
    subject: "{issue.id}\""""

GUARDING = (
    Guarding("what compresses is installed", "pyproject.toml", "kafka-python[crc32c,snappy,lz4,zstd]", "kafka-python[crc32c]",
             f"{IN_CODECS}the_program_is_installed_with_every_codec"),
    Guarding("a codec that is missing is named", READING, "CorruptRecordError | UnsupportedCodecError", "CorruptRecordError",
             f"{IN_CODECS}a_codec_that_is_missing_is_named_and_no_reason_to_try_again"),
    Guarding("a batch that cannot be taken apart is no traceback", READING, "raise self._unreadable(error) from error\n        return",
             "raise\n        return", f"{IN_CODECS}a_batch_whose_compression_is_damaged_is_no_traceback"),
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
    Guarding("what takes nothing from a topic does not wait for it", LIVE, "            self._pass_for_others(to)\n",
             "            pass\n", f"{HOLDING}what_takes_nothing_from_a_topic_does_not_wait_for_it"),
    Guarding("what takes something from a topic waits for it", WIRING, 'channels & {"kafka", UNKNOWN}', "channels & {UNKNOWN}",
             f"{HOLDING}what_takes_nothing_from_a_topic_does_not_wait_for_it"),
    Guarding("what nobody can tell waits", WIRING, "if not channels or channels", "if channels",
             f"{HOLDING}what_takes_nothing_from_a_topic_does_not_wait_for_it"),
    Guarding("a contract that is held for its past stays there", LIVE, "contracts.keys() - waiting - held",
             "contracts.keys() - waiting", f"{HOLDING}a_contract_that_is_held_for_its_past_stays_there"),
    Guarding("time that waits in part is no outage", LIVE, "timekeeping.lived()", "timekeeping.watermark()",
             f"{HOLDING}time_that_waits_in_part_is_no_outage"),
    Guarding("two instances of an alert are two", ALERTS, _FIRING,
             _FIRING.replace("fingerprint}\"", "labels.alertname}\""),
             f"{OF_SHIPPED}what_two_instances_of_an_alert_take_down_is_down_until_both_have_ended"),
    Guarding("an end that is told otherwise is another event", ALERTS, "/resolved/{endsAt}", "/resolved",
             f"{OF_SHIPPED}an_end_that_is_told_otherwise_is_another_event"),
    Guarding("two repositories number their issues alike", GITHUB, _OPENED,
             _OPENED.replace("subject: \"{issue.id}\"", "subject: \"{issue.number}\""),
             f"{OF_SHIPPED}issues_of_two_repositories_with_one_number_are_two"),
    Guarding("what goes to another repository is owed here no more", GITHUB, "action: transferred", "action: none",
             f"{OF_SHIPPED}what_is_deleted_or_goes_to_another_repository_is_owed_here_no_more"),
    Guarding("ISO 8601 is tried last", "ingestion/local_times.py", "for form in forms), iso]", "for form in forms)]",
             f"{OF_SHIPPED}every_time_that_gitlab_writes_is_read"),
    Guarding("an issue in Jira is reopened", "ingestion/mapping.py", "if type(cell) is Several and cell.texts:", "if False:",
             f"{OF_SHIPPED}an_issue_in_jira_is_reopened_when_it_loses_its_resolution_and_by_nothing_else"),
    Guarding("a call of which nothing is accepted is an error", "ingestion/webhooks.py", "if answers and all(", "if False and all(",
             "tests/ingestion/test_webhooks.py::test_a_call_of_which_nothing_is_accepted_is_an_error_to_who_calls"),
)  # fmt: skip
