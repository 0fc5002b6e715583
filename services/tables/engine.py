"""The tables of the engine: what judging makes of events and time, and what it asks for."""

from __future__ import annotations

from services.tables.table import Table

POSITION = Table(
    "view_position",
    "shard {bigint} PRIMARY KEY, position {bigint} NOT NULL, watermark {bigint}, rules {text}, "
    "slices {bigint} NOT NULL, lives {bigint} NOT NULL",
    tried="whole",
)
OUTAGE = Table(
    "view_outage",
    "position {bigint} PRIMARY KEY, from_at {bigint} NOT NULL, until_at {bigint} NOT NULL, but {text} NOT NULL",
)
SPARED = Table(
    "view_spared",
    "from_at {bigint} NOT NULL, until_at {bigint} NOT NULL, contract {text} NOT NULL, PRIMARY KEY (from_at, until_at, contract)",
)
OWN_TIME = Table(
    "view_own_time",
    "contract {text} PRIMARY KEY, watermark {bigint} NOT NULL, has_joined {bigint} NOT NULL, waits {bigint} NOT NULL",
)
OCCURRENCE = Table(
    "view_occurrence",
    "commitment {text} NOT NULL, key {text} NOT NULL, standing {text} NOT NULL, verdict {text} NOT NULL, "
    "version {bigint} NOT NULL, period {text}, anchor {bigint}, opened {bigint}, due {bigint}, "
    "limit_at {bigint}, is_strict {bigint}, closed {bigint}, wake {bigint}, risk_from {bigint}, flags {text}, "
    "reason {text}, evidence {blob}, underlying {text}, value {text}, PRIMARY KEY (commitment, key)",
    cut="with shadows",
    is_rebuilt=True,
    indexes=(
        "CREATE INDEX IF NOT EXISTS view_occurrence_wake ON view_occurrence (wake) WHERE wake IS NOT NULL",
        "CREATE INDEX IF NOT EXISTS view_occurrence_pending ON view_occurrence (commitment, risk_from, due) "
        "WHERE wake IS NOT NULL AND verdict = 'pending'",
        "CREATE INDEX IF NOT EXISTS view_occurrence_anchor ON view_occurrence (commitment, anchor)",
    ),
)
HORIZON = Table(
    "view_horizon",
    "commitment {text} PRIMARY KEY, until_at {bigint} NOT NULL, wake {bigint} NOT NULL",
    cut="with shadows",
    is_rebuilt=True,
)
TALLY = Table(
    "view_tally",
    "commitment {text} NOT NULL, target_index {bigint} NOT NULL, start_at {bigint} NOT NULL, "
    "segment {bigint} NOT NULL, pending {bigint} NOT NULL, met {bigint} NOT NULL, late {bigint} NOT NULL, "
    "missing {bigint} NOT NULL, failed {bigint} NOT NULL, excused {bigint} NOT NULL, unknown {bigint} NOT NULL, "
    "excused_met {bigint} NOT NULL, excused_missed {bigint} NOT NULL, without_due {bigint} NOT NULL, "
    "measured {bigint} NOT NULL, PRIMARY KEY (commitment, target_index, start_at, segment)",
    cut="with shadows",
    is_rebuilt=True,
)
PERIOD = Table(
    "view_period",
    "commitment {text} NOT NULL, target_index {bigint} NOT NULL, start_at {bigint} NOT NULL, "
    "period {text} NOT NULL, end_at {bigint}, close_at {bigint}, wake {bigint}, state {text} NOT NULL, "
    "final {text}, latest {text}, causes {text} NOT NULL, PRIMARY KEY (commitment, target_index, start_at)",
    cut="with shadows",
    indexes=("CREATE INDEX IF NOT EXISTS view_period_wake ON view_period (wake) WHERE wake IS NOT NULL",),
)
BREACH = Table(
    "view_breach",
    "id {text} PRIMARY KEY, commitment {text} NOT NULL, period {text} NOT NULL, cause {text} NOT NULL, "
    "key {text}, target_index {bigint}, state {text} NOT NULL, opened_position {bigint} NOT NULL, "
    "opened_at {bigint}, action {text}, document {text}, is_explained {bigint} NOT NULL DEFAULT 0, root_cause {text}",
    cut="own",
    indexes=(
        "CREATE INDEX IF NOT EXISTS view_breach_commitment ON view_breach (commitment)",
        "CREATE INDEX IF NOT EXISTS view_breach_unexplained ON view_breach (commitment, opened_position) "
        "WHERE state = 'open' AND is_explained = 0",
        "CREATE INDEX IF NOT EXISTS view_breach_opened ON view_breach (opened_position DESC, id)",
    ),
)
ACTION = Table(
    "view_action",
    "id {text} PRIMARY KEY, commitment {text} NOT NULL, cause {text} NOT NULL, state {text} NOT NULL, "
    "position {bigint} NOT NULL, document {text} NOT NULL, closed {bigint}",
    cut="own",
    indexes=("CREATE INDEX IF NOT EXISTS view_action_commitment ON view_action (commitment)",),
)
EFFECT = Table(
    "view_effect",
    "action {text} NOT NULL, number {bigint} NOT NULL, commitment {text} NOT NULL, until_at {bigint}, "
    "is_cut {bigint} NOT NULL, change_at {bigint}, asked {text}, wake {bigint}, reach {bigint}, found {bigint}, verdict {text}, "
    "document {text}, PRIMARY KEY (action, number)",
    cut="own",
    indexes=("CREATE INDEX IF NOT EXISTS view_effect_commitment ON view_effect (commitment)",),
)
MATCH = Table(
    "view_match",
    "id {text} PRIMARY KEY, commitment {text} NOT NULL, event {bigint} NOT NULL, key {text} NOT NULL, "
    "state {text} NOT NULL, position {bigint} NOT NULL, changed {bigint} NOT NULL, document {text} NOT NULL",
    cut="with shadows",
    tried="commitment",
)
QUARANTINE = Table(
    "view_quarantine",
    "id {text} PRIMARY KEY, position {bigint} NOT NULL, slug {text} NOT NULL, state {text} NOT NULL, document {text}",
)
STRAY = Table(
    "view_stray",
    "position {bigint} NOT NULL, commitment {text} NOT NULL, key {text}, selectors {bigint} NOT NULL, "
    "reason {text}, PRIMARY KEY (position, commitment)",
    cut="with shadows",
    is_rebuilt=True,
    indexes=("CREATE INDEX IF NOT EXISTS view_stray_commitment ON view_stray (commitment)",),
)
CORRECTION = Table(
    "view_correction",
    "source {text} NOT NULL, id {text} NOT NULL, position {bigint} NOT NULL, PRIMARY KEY (source, id)",
    tried="whole",
)
SIGNAL = Table(
    "view_signal",
    "commitment {text} NOT NULL, subject {text} NOT NULL, time {bigint} NOT NULL, sequence {text}, "
    "source {text} NOT NULL, id {text} NOT NULL, position {bigint} NOT NULL, role {text} NOT NULL, "
    "PRIMARY KEY (commitment, position, role)",
    cut="with shadows",
    is_rebuilt=True,
    indexes=("CREATE INDEX IF NOT EXISTS view_signal_time ON view_signal (commitment, subject, time)",),
)
SEEN = Table(
    "view_seen",
    "type {text} NOT NULL, source {text} NOT NULL, events {bigint} NOT NULL, unclaimed {bigint} NOT NULL, "
    "last_time {bigint} NOT NULL, PRIMARY KEY (type, source)",
    tried="whole",
)
TOUCHED = Table(
    "view_touched",
    "commitment {text} PRIMARY KEY, position {bigint} NOT NULL",
    cut="with shadows",
    is_canonical=False,
)
OUTBOX = Table(
    "view_outbox",
    "id {text} PRIMARY KEY, position {bigint} NOT NULL, kind {text} NOT NULL, document {text} NOT NULL, "
    "appended {bigint}",
    cut="own",
)
