"""The tables of the read models, each declared once: its columns, and what becomes of it where commitments are rebuilt, shards
cut, drafts tried. Every list of tables is made of these declarations.

Instants are microseconds since 1970 UTC. `document` columns hold JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from domain.excuses import CLOSURE

Cut = Literal["no", "own", "with shadows"]
Tried = Literal["no", "whole", "contract", "commitment"]


@dataclass(frozen=True)
class Table:
    """`sql` are its columns and its key, as they are created.

    `cut`: whether every shard has a part of it, of its own commitments alone or of those that it judges along (`shadows.py`)
    too; of the other tables each shard has the whole, or (what belongs to no commitment) the first has it.
    `is_rebuilt`: the rows of a commitment are thrown away and made anew when it is built anew.
    `is_canonical`: it does not depend on how the history was cut into batches, so that it is a part of the dump.
    `tried`: what the trial of a draft is given of it: nothing, all, or the rows of the contract or of its commitments.
    `stamps`: SQL, which of its rows say what is in force; None where none does.
    """

    name: str
    sql: str
    cut: Cut = "no"
    is_rebuilt: bool = False
    is_canonical: bool = True
    tried: Tried = "no"
    stamps: str | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Their names, in the order in which they are created."""
        return tuple(part.split()[0] for part in self.sql.partition(", PRIMARY KEY (")[0].split(", "))


TABLES = (
    Table(
        "view_position",
        "shard {bigint} PRIMARY KEY, position {bigint} NOT NULL, watermark {bigint}, rules {text}, "
        "slices {bigint} NOT NULL, lives {bigint} NOT NULL",
        tried="whole",
    ),
    Table(
        "view_outage",
        "position {bigint} PRIMARY KEY, from_at {bigint} NOT NULL, until_at {bigint} NOT NULL, but {text} NOT NULL",
    ),
    Table(
        "view_own_time",
        "contract {text} PRIMARY KEY, watermark {bigint} NOT NULL, has_joined {bigint} NOT NULL, "
        "waits {bigint} NOT NULL",
    ),
    Table(
        "view_contract",
        "id {text} PRIMARY KEY, supplier {text}, client {text}, changed {bigint} NOT NULL, document {text} NOT NULL",
        stamps="1 = 1",
    ),
    Table(
        "view_calendar",
        "id {text} PRIMARY KEY, changed {bigint} NOT NULL, document {text} NOT NULL",
        tried="whole",
        stamps="1 = 1",
    ),
    Table(
        "view_service",
        "id {text} PRIMARY KEY, changed {bigint} NOT NULL, document {text} NOT NULL, declared {text} NOT NULL",
    ),
    Table(
        "view_occurrence",
        "commitment {text} NOT NULL, key {text} NOT NULL, standing {text} NOT NULL, verdict {text} NOT NULL, "
        "version {bigint} NOT NULL, period {text}, anchor {bigint}, opened {bigint}, due {bigint}, "
        "limit_at {bigint}, is_strict {bigint}, closed {bigint}, wake {bigint}, risk_from {bigint}, flags {text}, "
        "reason {text}, evidence {blob}, underlying {text}, value {text}, PRIMARY KEY (commitment, key)",
        cut="with shadows",
        is_rebuilt=True,
    ),
    Table(
        "view_horizon",
        "commitment {text} PRIMARY KEY, until_at {bigint} NOT NULL, wake {bigint} NOT NULL",
        cut="with shadows",
        is_rebuilt=True,
    ),
    Table(
        "view_tally",
        "commitment {text} NOT NULL, target_index {bigint} NOT NULL, start_at {bigint} NOT NULL, "
        "segment {bigint} NOT NULL, pending {bigint} NOT NULL, met {bigint} NOT NULL, late {bigint} NOT NULL, "
        "missing {bigint} NOT NULL, failed {bigint} NOT NULL, excused {bigint} NOT NULL, unknown {bigint} NOT NULL, "
        "excused_met {bigint} NOT NULL, excused_missed {bigint} NOT NULL, without_due {bigint} NOT NULL, "
        "measured {bigint} NOT NULL, PRIMARY KEY (commitment, target_index, start_at, segment)",
        cut="with shadows",
        is_rebuilt=True,
    ),
    Table(
        "view_period",
        "commitment {text} NOT NULL, target_index {bigint} NOT NULL, start_at {bigint} NOT NULL, "
        "period {text} NOT NULL, end_at {bigint}, close_at {bigint}, wake {bigint}, state {text} NOT NULL, "
        "final {text}, latest {text}, causes {text} NOT NULL, PRIMARY KEY (commitment, target_index, start_at)",
        cut="with shadows",
    ),
    Table(
        "view_breach",
        "id {text} PRIMARY KEY, commitment {text} NOT NULL, period {text} NOT NULL, cause {text} NOT NULL, "
        "key {text}, target_index {bigint}, state {text} NOT NULL, opened_position {bigint} NOT NULL, "
        "opened_at {bigint}, action {text}, document {text}, is_explained {bigint} NOT NULL DEFAULT 0",
        cut="own",
    ),
    Table(
        "view_action",
        "id {text} PRIMARY KEY, commitment {text} NOT NULL, cause {text} NOT NULL, state {text} NOT NULL, "
        "position {bigint} NOT NULL, document {text} NOT NULL",
        cut="own",
    ),
    Table(
        "view_excuse",
        "id {text} PRIMARY KEY, contract {text} NOT NULL, scope {text} NOT NULL, category {text} NOT NULL, "
        "state {text} NOT NULL, position {bigint} NOT NULL, changed {bigint} NOT NULL, document {text} NOT NULL",
        tried="contract",
        stamps=f"category = '{CLOSURE}' AND state = 'accepted'",
    ),
    Table(
        "view_match",
        "id {text} PRIMARY KEY, commitment {text} NOT NULL, event {bigint} NOT NULL, key {text} NOT NULL, "
        "state {text} NOT NULL, position {bigint} NOT NULL, changed {bigint} NOT NULL, document {text} NOT NULL",
        cut="with shadows",
        tried="commitment",
    ),
    Table(
        "view_aside",
        "position {bigint} NOT NULL, commitment {text} NOT NULL, is_put {bigint} NOT NULL, "
        "changed {bigint} NOT NULL, document {text} NOT NULL, PRIMARY KEY (position, commitment)",
        cut="own",
    ),
    Table(
        "view_review",
        "id {text} PRIMARY KEY, contract {text} NOT NULL, starts {bigint} NOT NULL, position {bigint} NOT NULL, "
        "changed {bigint} NOT NULL, document {text} NOT NULL",
    ),
    Table(
        "view_quarantine",
        "id {text} PRIMARY KEY, position {bigint} NOT NULL, slug {text} NOT NULL, state {text} NOT NULL, "
        "document {text}",
    ),
    Table(
        "view_stray",
        "position {bigint} NOT NULL, commitment {text} NOT NULL, key {text}, selectors {bigint} NOT NULL, "
        "reason {text}, PRIMARY KEY (position, commitment)",
        cut="with shadows",
        is_rebuilt=True,
    ),
    Table(
        "view_correction",
        "source {text} NOT NULL, id {text} NOT NULL, position {bigint} NOT NULL, PRIMARY KEY (source, id)",
        tried="whole",
    ),
    Table(
        "view_signal",
        "commitment {text} NOT NULL, subject {text} NOT NULL, time {bigint} NOT NULL, sequence {text}, "
        "source {text} NOT NULL, id {text} NOT NULL, position {bigint} NOT NULL, role {text} NOT NULL, "
        "PRIMARY KEY (commitment, position, role)",
        cut="with shadows",
        is_rebuilt=True,
    ),
    Table(
        "view_seen",
        "type {text} NOT NULL, source {text} NOT NULL, events {bigint} NOT NULL, unclaimed {bigint} NOT NULL, "
        "last_time {bigint} NOT NULL, PRIMARY KEY (type, source)",
        tried="whole",
    ),
    Table(
        "view_touched",
        "commitment {text} PRIMARY KEY, position {bigint} NOT NULL",
        cut="with shadows",
        is_canonical=False,
    ),
    Table(
        "view_outbox",
        "id {text} PRIMARY KEY, position {bigint} NOT NULL, kind {text} NOT NULL, document {text} NOT NULL, "
        "appended {bigint}",
        cut="own",
    ),
)

INDEXES = (
    "CREATE INDEX IF NOT EXISTS view_occurrence_wake ON view_occurrence (wake) WHERE wake IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS view_occurrence_pending ON view_occurrence (commitment, risk_from, due) "
    "WHERE wake IS NOT NULL AND verdict = 'pending'",
    "CREATE INDEX IF NOT EXISTS view_occurrence_anchor ON view_occurrence (commitment, anchor)",
    "CREATE INDEX IF NOT EXISTS view_signal_time ON view_signal (commitment, subject, time)",
    "CREATE INDEX IF NOT EXISTS view_period_wake ON view_period (wake) WHERE wake IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS view_breach_commitment ON view_breach (commitment)",
    "CREATE INDEX IF NOT EXISTS view_breach_unexplained ON view_breach (commitment, opened_position) "
    "WHERE state = 'open' AND is_explained = 0",
    "CREATE INDEX IF NOT EXISTS view_breach_opened ON view_breach (opened_position DESC, id)",
    "CREATE INDEX IF NOT EXISTS view_excuse_position ON view_excuse (position)",
    "CREATE INDEX IF NOT EXISTS view_review_changed ON view_review (changed)",
    "CREATE INDEX IF NOT EXISTS view_action_commitment ON view_action (commitment)",
    "CREATE INDEX IF NOT EXISTS view_stray_commitment ON view_stray (commitment)",
)

BY_NAME = {one.name: one for one in TABLES}
CUT = frozenset(one.name for one in TABLES if one.cut != "no")
SHADOWED = tuple(one.name for one in TABLES if one.cut == "with shadows")
"""Where shadows have rows like other commitments. They have neither breaches nor actions: those are their own shard's."""
REBUILT = tuple(one.name for one in TABLES if one.is_rebuilt)


def columns_of(table: str) -> list[str]:
    """The names of a table's columns, as created."""
    return list(BY_NAME[table].columns)


def table_names() -> list[str]:
    return sorted(BY_NAME)
