"""The read models: tables `view_*`, all derived from the history, all disposable (DESIGN §4).

Instants are microseconds since 1970 UTC. `document` columns hold JSON. Dropping every table and judging again gives the
same `dump`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from domain.saying import said
from services.errors import StoreTooNew, Unavailable
from services.history.databases import Database, Transaction

JUDGING = 3
"""The version of the judging rules. Raised when a rule changes what a figure comes to (decisions 27 and 37: what 2 and 3 changed)."""

RELEASE = 6
"""Counts the shapes of the tables: raised with every change of them, so that of two programs on one store, while one is
being upgraded, the older gives way. A test holds both to each other."""

_TABLES: dict[str, tuple[str, str]] = {
    "view_position": (
        "shard {bigint} PRIMARY KEY, position {bigint} NOT NULL, watermark {bigint}, rules {text}, slices {bigint} NOT NULL, "
        "lives {bigint} NOT NULL",
        "",
    ),
    "view_outage": (
        "position {bigint} PRIMARY KEY, from_at {bigint} NOT NULL, until_at {bigint} NOT NULL, but {text} NOT NULL",
        "",
    ),
    "view_own_time": (
        "contract {text} PRIMARY KEY, watermark {bigint} NOT NULL, has_joined {bigint} NOT NULL, waits {bigint} NOT NULL",
        "",
    ),
    "view_contract": (
        "id {text} PRIMARY KEY, supplier {text}, client {text}, changed {bigint} NOT NULL, document {text} NOT NULL",
        "",
    ),
    "view_calendar": ("id {text} PRIMARY KEY, changed {bigint} NOT NULL, document {text} NOT NULL", ""),
    "view_service": (
        "id {text} PRIMARY KEY, changed {bigint} NOT NULL, document {text} NOT NULL, declared {text} NOT NULL",
        "",
    ),
    "view_occurrence": (
        "commitment {text} NOT NULL, key {text} NOT NULL, standing {text} NOT NULL, verdict {text} NOT NULL, "
        "version {bigint} NOT NULL, period {text}, anchor {bigint}, opened {bigint}, due {bigint}, limit_at {bigint}, "
        "is_strict {bigint}, closed {bigint}, wake {bigint}, risk_from {bigint}, flags {text}, reason {text}, "
        "evidence {blob}, underlying {text}, value {text}, PRIMARY KEY (commitment, key)",
        "",
    ),
    "view_horizon": ("commitment {text} PRIMARY KEY, until_at {bigint} NOT NULL, wake {bigint} NOT NULL", ""),
    "view_tally": (
        "commitment {text} NOT NULL, target_index {bigint} NOT NULL, start_at {bigint} NOT NULL, segment {bigint} NOT NULL, "
        "pending {bigint} NOT NULL, met {bigint} NOT NULL, late {bigint} NOT NULL, missing {bigint} NOT NULL, "
        "failed {bigint} NOT NULL, excused {bigint} NOT NULL, unknown {bigint} NOT NULL, excused_met {bigint} NOT NULL, "
        "excused_missed {bigint} NOT NULL, without_due {bigint} NOT NULL, measured {bigint} NOT NULL, "
        "PRIMARY KEY (commitment, target_index, start_at, segment)",
        "",
    ),
    "view_period": (
        "commitment {text} NOT NULL, target_index {bigint} NOT NULL, start_at {bigint} NOT NULL, period {text} NOT NULL, "
        "end_at {bigint}, close_at {bigint}, wake {bigint}, state {text} NOT NULL, final {text}, latest {text}, "
        "causes {text} NOT NULL, PRIMARY KEY (commitment, target_index, start_at)",
        "",
    ),
    "view_breach": (
        "id {text} PRIMARY KEY, commitment {text} NOT NULL, period {text} NOT NULL, cause {text} NOT NULL, key {text}, "
        "target_index {bigint}, state {text} NOT NULL, opened_position {bigint} NOT NULL, opened_at {bigint}, "
        "action {text}, document {text}, is_explained {bigint} NOT NULL DEFAULT 0",
        "",
    ),
    "view_action": (
        "id {text} PRIMARY KEY, commitment {text} NOT NULL, cause {text} NOT NULL, state {text} NOT NULL, "
        "position {bigint} NOT NULL, document {text} NOT NULL",
        "",
    ),
    "view_excuse": (
        "id {text} PRIMARY KEY, contract {text} NOT NULL, scope {text} NOT NULL, category {text} NOT NULL, state {text} NOT NULL, "
        "position {bigint} NOT NULL, changed {bigint} NOT NULL, document {text} NOT NULL",
        "",
    ),
    "view_match": (
        "id {text} PRIMARY KEY, commitment {text} NOT NULL, event {bigint} NOT NULL, key {text} NOT NULL, state {text} NOT NULL, "
        "position {bigint} NOT NULL, changed {bigint} NOT NULL, document {text} NOT NULL",
        "",
    ),
    "view_aside": (
        "position {bigint} NOT NULL, commitment {text} NOT NULL, is_put {bigint} NOT NULL, changed {bigint} NOT NULL, "
        "document {text} NOT NULL, PRIMARY KEY (position, commitment)",
        "",
    ),
    "view_review": (
        "id {text} PRIMARY KEY, contract {text} NOT NULL, starts {bigint} NOT NULL, position {bigint} NOT NULL, "
        "changed {bigint} NOT NULL, document {text} NOT NULL",
        "",
    ),
    "view_quarantine": (
        "id {text} PRIMARY KEY, position {bigint} NOT NULL, slug {text} NOT NULL, state {text} NOT NULL, document {text}",
        "",
    ),
    "view_stray": (
        "position {bigint} NOT NULL, commitment {text} NOT NULL, key {text}, selectors {bigint} NOT NULL, reason {text}, "
        "PRIMARY KEY (position, commitment)",
        "",
    ),
    "view_correction": (
        "source {text} NOT NULL, id {text} NOT NULL, position {bigint} NOT NULL, PRIMARY KEY (source, id)",
        "",
    ),
    "view_signal": (
        "commitment {text} NOT NULL, subject {text} NOT NULL, time {bigint} NOT NULL, sequence {text}, source {text} NOT NULL, "
        "id {text} NOT NULL, position {bigint} NOT NULL, role {text} NOT NULL, PRIMARY KEY (commitment, position, role)",
        "",
    ),
    "view_seen": (
        "type {text} NOT NULL, source {text} NOT NULL, events {bigint} NOT NULL, unclaimed {bigint} NOT NULL, "
        "last_time {bigint} NOT NULL, PRIMARY KEY (type, source)",
        "",
    ),
    "view_touched": ("commitment {text} PRIMARY KEY, position {bigint} NOT NULL", ""),
    "view_outbox": (
        "id {text} PRIMARY KEY, position {bigint} NOT NULL, kind {text} NOT NULL, document {text} NOT NULL, "
        "appended {bigint}",
        "",
    ),
}

_INDEXES = (
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

NOT_CANONICAL = frozenset({"view_touched"})
"""Tables that depend on how the history was cut into batches: no part of the dump."""

SHAPE = "view_shape"
"""The table that says in which shape the others are; whoever reads several of them together holds it."""


def shape() -> str:
    """Of this program's tables: RELEASE, and what tells shapes apart that were never released."""
    return f"{RELEASE}:{hashlib.sha256(repr((_TABLES, _INDEXES)).encode()).hexdigest()[:16]}"


def create_views(database: Database) -> None:
    """Creates the tables that are absent. Those that an older version of the program left in another shape are thrown away:
    judging fills them anew. Raises StoreTooNew for those of a newer one."""
    if are_there(database):
        return
    with database.creating() as writes:
        make_tables(writes, database)


def make_tables(writes: Transaction, database: Database) -> None:
    """As `create_views`, within a transaction of `creating`: where that transaction looks for tables."""
    tables = [f"CREATE TABLE IF NOT EXISTS {name} ({columns}){tail}" for name, (columns, tail) in _TABLES.items()]
    writes.execute("CREATE TABLE IF NOT EXISTS view_shape (shape {text} NOT NULL)".format_map(database.types))
    found = writes.query("SELECT shape FROM view_shape")
    if found:
        check_release(found[0][0], database.place)
    if found != [(shape(),)]:
        _drop_tables(writes)
        writes.execute("DELETE FROM view_shape")
        writes.execute("INSERT INTO view_shape (shape) VALUES (?)", [shape()])
    for statement in [*tables, *_INDEXES]:
        writes.execute(statement.format_map(database.types))


def are_there(database: Database, within: str = "") -> bool:
    """All tables, in this program's shape. Then nothing is created: a program may run without the right to. `within`: the
    name of a schema, and a dot."""
    return found_shape(database, within) == shape() and all(database.has_table(within + name) for name in _TABLES)


def found_shape(database: Database, within: str = "") -> str | None:
    """In which shape the tables are; None where there are none."""
    if not database.has_table(f"{within}view_shape"):
        return None
    with database.connect() as reads:
        found = reads.query(f"SELECT shape FROM {within}view_shape")
    return str(found[0][0]) if found else None


def keep_shape(writes: Transaction, place: str) -> None:
    """Asked in a transaction that holds one of the tables: they are still of this program's shape. Raises StoreTooNew where a
    newer one has replaced them meanwhile, Unavailable where another one did."""
    found = writes.query("SELECT shape FROM view_shape")
    if found == [(shape(),)]:
        return
    if found:
        check_release(found[0][0], place)
    raise Unavailable(said("the read models were replaced meanwhile"), place=place, mend=said("try again"))


def check_release(found: str, place: str) -> None:
    """Raises StoreTooNew for a shape of tables that only a newer program knows."""
    number = found.partition(":")[0] if ":" in found else "0"
    if int(number) > RELEASE:
        raise StoreTooNew(
            said("the read models are those of a newer program"), place=place, mend=said("use a newer entente")
        )


def drop_views(database: Database) -> None:
    """Throws every read model away; judging then begins again at the first entry. Nobody ever finds them absent."""
    with database.creating() as writes:
        _drop_tables(writes)
        make_tables(writes, database)


def _drop_tables(writes: Transaction) -> None:
    for name in _TABLES:
        writes.execute(f"DROP TABLE IF EXISTS {name}")


def table_names() -> list[str]:
    return sorted(_TABLES)


def columns_of(table: str) -> list[str]:
    """The names of a table's columns, as created."""
    return [part.split()[0] for part in _TABLES[table][0].split(", ") if "{" in part.partition("PRIMARY KEY (")[0]]


def dump(reads: Transaction) -> Iterator[str]:
    """The canonical dump: one line a row, tables by name, rows by all their columns. Equal dumps mean equal read models."""
    for table in sorted(_TABLES.keys() - NOT_CANONICAL):
        columns = columns_of(table)
        names = ", ".join(columns)
        for row in reads.query(f"SELECT {names} FROM {table} ORDER BY {names}"):
            shown = [_shown(value) for value in row]
            yield f"{table} " + " ".join(f"{name}={value}" for name, value in zip(columns, shown, strict=True))


def fingerprint(lines: Iterator[str]) -> str:
    """SHA-256 of a dump, in hexadecimal."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return repr(value)
