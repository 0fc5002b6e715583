"""The names of all metrics, their labels and what they say, in one place (INTERFACE §5).

Labels come from contracts or from lists of our own, never from events, so that no producer can grow their number.
"""

from __future__ import annotations

from typing import NamedTuple

COMMITMENT_LABELS = ("contract", "deliverable", "criterion")
TARGET_LABELS = (*COMMITMENT_LABELS, "target")

ABOUT_VALUES = "at_(least|most) [^%]+"
"""Target labels that are about values: a share names its percent."""
STATUSES = ("open", "met", "breached", "no_data")
PERIOD_STATES = ("open", "final", "restated")
VERDICTS = ("pending", "met", "late", "missing", "failed", "excused", "unknown")


class Metric(NamedTuple):
    name: str
    help: str
    labels: tuple[str, ...] = ()


COMMITMENT_INFO = Metric(
    "entente_commitment_info",
    "A commitment in force: who owes it to whom, and how it is judged; always 1.",
    (*COMMITMENT_LABELS, "supplier", "client", "debtor", "creditor", "kind"),
)
COMMITMENT_RATIO = Metric(
    "entente_commitment_ratio",
    "Good share of what was judged in the current period, excused left out, or what its values come to, in the unit that "
    "the contract names; absent while nothing can be said.",
    TARGET_LABELS,
)
COMMITMENT_TARGET = Metric(
    "entente_commitment_target",
    "What the contract asks for: a share between 0 and 1, a number of misses, or a value in the unit of the ratio.",
    TARGET_LABELS,
)
COMMITMENT_STATUS = Metric(
    "entente_commitment_status",
    "1 for the status of the current period, 0 for the other ones.",
    (*TARGET_LABELS, "state"),
)
MISSES_LEFT = Metric(
    "entente_commitment_misses_left",
    "How many more misses the target allows in the current period, where that is known.",
    TARGET_LABELS,
)
UNKNOWN = Metric(
    "entente_commitment_unknown",
    "What there was in the current period and cannot be judged: occurrences, values, or seconds of service time; in no share.",
    TARGET_LABELS,
)
PERIOD_STATE = Metric(
    "entente_period_state",
    "1 for the state of the current period, 0 for the other ones.",
    (*TARGET_LABELS, "state"),
)
OCCURRENCES = Metric(
    "entente_occurrences",
    "Occurrences of the current period of the first target, by verdict.",
    (*COMMITMENT_LABELS, "verdict"),
)
NEXT_DUE = Metric(
    "entente_next_due_timestamp_seconds",
    "When the next pending occurrence is due.",
    COMMITMENT_LABELS,
)
BREACHES_OPEN = Metric("entente_breaches_open", "Breaches that were not withdrawn.", COMMITMENT_LABELS)
UNMONITORED = Metric(
    "entente_commitment_unmonitored",
    "1 where nobody monitors the commitment: it has no owner, or no event came yet.",
    COMMITMENT_LABELS,
)
ACTIONS_OPEN = Metric(
    "entente_actions_open",
    "Actions still to be done, by whether their date has passed.",
    (*COMMITMENT_LABELS, "overdue"),
)
EFFECTS = Metric(
    "entente_actions_effect",
    "Actions that were closed, by what the last check of their effect comes to now.",
    ("contract", "verdict"),
)
STEPS = Metric(
    "entente_actions_step",
    "Open actions whose day is over, by the highest step of the contract's ladder that they have reached.",
    ("contract", "step"),
)
REVIEWS_UNSIGNED = Metric(
    "entente_reviews_unsigned",
    "Reviews whose minutes wait for a signature.",
    ("contract",),
)
REVIEWS_SKIPPED = Metric(
    "entente_reviews_skipped",
    "Reviews of which nothing was submitted in the time that the contract gives.",
    ("contract",),
)

HISTORY_POSITION = Metric("entente_history_position", "Position of the last entry of the history.")
JUDGED_POSITION = Metric("entente_judged_position", "Position of the last entry that was judged.")
OLDEST_UNJUDGED = Metric(
    "entente_oldest_unjudged_timestamp_seconds",
    "When the oldest entry that is not judged yet was received; absent while everything is judged.",
)
WATERMARK = Metric(
    "entente_watermark_timestamp_seconds",
    "All events up to this moment are declared received; absent before the first.",
)
QUARANTINE_SIZE = Metric("entente_quarantine_size", "Messages waiting in quarantine.")
UNMATCHED_SIZE = Metric("entente_unmatched_size", "Events that no occurrence was found for.")
SOURCE_LAST_EVENT = Metric(
    "entente_source_last_event_timestamp_seconds", "When the last event of a declared source happened.", ("source",)
)
SOURCE_EXPECTED_EVERY = Metric(
    "entente_source_expected_every_seconds", "How often a declared source is expected to say something.", ("source",)
)
FILE_EXPECTED = Metric(
    "entente_file_expected_timestamp_seconds",
    "When the next file of a source comes that the time of a contract waits for; absent where none waits.",
    ("source",),
)
EVENTS_RECEIVED = Metric(
    "entente_events_received_total", "Events that arrived, by door and by what became of them.", ("channel", "result")
)
JUDGING_SECONDS = Metric("entente_judging_seconds", "How long judging one batch of the history took.")

READ_AGE = Metric(
    "entente_metrics_age_seconds",
    "How old the series are that are read from the store: 0 where they were read for this page, +Inf where they never were.",
)

CONSUMPTION_RATIO = Metric(
    "entente_consumption_ratio",
    "What a charter has used in the complete months of its running year, of what it planned for them; absent without a plan.",
    ("charter",),
)
UNITS_LEFT = Metric(
    "entente_units_left",
    "What is left of the quota of a charter's running year; below 0 where more was used.",
    ("charter",),
)

CHARTER_METRICS = (CONSUMPTION_RATIO, UNITS_LEFT)
COMMITMENT_METRICS = (
    COMMITMENT_INFO, COMMITMENT_RATIO, COMMITMENT_TARGET, COMMITMENT_STATUS, MISSES_LEFT, UNKNOWN, PERIOD_STATE, OCCURRENCES,
    NEXT_DUE, BREACHES_OPEN, ACTIONS_OPEN, UNMONITORED, EFFECTS, STEPS,
    REVIEWS_UNSIGNED, REVIEWS_SKIPPED,
)  # fmt: skip
STORE_METRICS = (
    HISTORY_POSITION, JUDGED_POSITION, OLDEST_UNJUDGED, WATERMARK, QUARANTINE_SIZE, UNMATCHED_SIZE, SOURCE_LAST_EVENT,
    SOURCE_EXPECTED_EVERY, FILE_EXPECTED,
)  # fmt: skip
KAFKA_LAG = Metric(
    "entente_kafka_lag_messages",
    "Messages of a partition that are not stored yet; absent while the broker does not answer.",
    ("partition",),
)

KAFKA_STORED = Metric(
    "entente_kafka_stored_offset",
    "The offset of a partition that was stored last: its rate is how fast Kafka is read.",
    ("partition",),
)
KAFKA_REJECTED = Metric(
    "entente_kafka_rejected_total", "Messages of a partition that were set aside in quarantine.", ("partition",)
)
LOOP_RESTARTS = Metric(
    "entente_loop_restarts_total", "How often a loop of this program failed and was started again.", ("loop",)
)

TIME_HELD = Metric(
    "entente_time_held_seconds",
    "For how long time has been kept from passing, by what keeps it: a body that is coming, what waits to be stored, a topic "
    "of Kafka, what producers repeat after an outage, a clock that cannot be right.",
    ("by",),
)

STORE_DAMAGED = Metric(
    "entente_store_damaged",
    "1 where the last look through the store, once a day, found damage; 0 where it was whole; absent before the first look.",
)
TIME_WAITS = Metric(
    "entente_time_waits",
    "1 for each contract whose time waits, for a topic or a file, while that of others goes on; of none where all wait, or none does.",
    ("contract",),
)

ACCESS_KEYS_ENDING = Metric(
    "entente_access_keys_ending",
    "Live access keys whose last day comes within 30 days; a tool that holds one stops with it.",
)
NOTICES_WAITING = Metric(
    "entente_notices_waiting", "Letters with notices that have not gone yet; absent where this program sends none."
)
NOTICES = Metric(
    "entente_notices_total",
    "Letters with notices, by channel and by what became of them: sent, failed, later (tried again), nothing (none of it was left).",
    ("channel", "result"),
)

KAFKA_METRICS = (KAFKA_LAG, KAFKA_STORED)
PROGRAM_METRICS = (
    EVENTS_RECEIVED,
    JUDGING_SECONDS,
    *KAFKA_METRICS,
    KAFKA_REJECTED,
    LOOP_RESTARTS,
    TIME_HELD,
    TIME_WAITS,
    STORE_DAMAGED,
    ACCESS_KEYS_ENDING,
    NOTICES_WAITING,
    NOTICES,
    READ_AGE,
)
ALL_METRICS = (*COMMITMENT_METRICS, *CHARTER_METRICS, *STORE_METRICS, *PROGRAM_METRICS)


def once(selector: str) -> str:
    """PromQL for these series, once, however many replicas of the program are scraped."""
    return f"max without (instance, pod) ({selector})"
