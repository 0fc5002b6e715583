"""Commitments and figures in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import (
    COMMITMENT,
    OF_COMMITMENT,
    OF_ITS_CONTRACT,
    OF_ITS_PARTIES,
    WORDED,
    Column,
    Report,
    at,
    title,
)

COMMITMENTS: Final = Report(
    "report_commitments",
    "each commitment that any signed version names, in its newest wording",
    (
        *COMMITMENT,
        Column("kind", "text", "how it is judged: punctuality, deadline, …"),
        Column("owner", "text", "the indicator owner; null: none is named"),
        Column("title", "text", "of the deliverable, in English, else in French"),
        Column("title_fr", "text", "of the deliverable, in French, else in English"),
        Column("criterion_title", "text", "in English, else in French; null: it has none"),
        Column("version", "integer", "the newest version that names it"),
    ),
    f"""
    WITH {WORDED.strip()}
    SELECT commitment, contract, deliverable_id, criterion_id, debtor, creditor, criterion #>> '{{indicator,kind}}',
        criterion ->> 'owner', {title("title", "en")}, {title("title", "fr")},
        {title("criterion -> 'title'", "en")}, version
    FROM committed
    """,
    OF_ITS_PARTIES,
)


OCCURRENCES: Final = Report(
    "report_occurrences",
    "a function: each occurrence that is owed under one commitment",
    (
        Column("commitment", "text", "contract/deliverable/criterion"),
        Column("key", "text", "its name within the commitment"),
        Column("period", "text", "the period of the first target"),
        Column("version", "bigint", "the version of the contract that it is judged by"),
        Column("verdict", "text", "pending, met, late, missing, failed, excused, unknown"),
        Column("underlying", "text", "the verdict under an excuse; null: it is not excused"),
        Column("stands_at", "timestamptz", "the moment that puts it into a period"),
        Column("opened_at", "timestamptz", "cases: when it was opened"),
        Column("due_at", "timestamptz", "when it is due"),
        Column("limit_at", "timestamptz", "the due and the tolerance"),
        Column("closed_at", "timestamptz", "when it was delivered or closed"),
        Column("lateness", "numeric", "seconds from the due to that, negative before it"),
        Column("value", "text", "measures, volumes, scores: the value, in the indicator's unit"),
        Column("reason", "text", "why it is unknown"),
        Column("flags", "text[]", "what is to be noted about it"),
    ),
    f"""
    SELECT occurrence.commitment, occurrence.key, occurrence.period, occurrence.version, verdict, underlying,
        {at("anchor")}, {at("opened")}, {at("due")}, {at("limit_at")}, {at("closed")},
        CAST(closed - due AS numeric) / 1000000, occurrence.value, reason, string_to_array(occurrence.flags, ',')
    FROM public.view_occurrence AS occurrence WHERE occurrence.commitment = $1 AND standing = 'owed'
    """,
    OF_ITS_CONTRACT.format("SPLIT_PART($1, '/', 1)"),
    of="commitment",
)


DAYS: Final = Report(
    "report_days",
    "a function: the occurrences that are owed under one contract, by local day and verdict",
    (
        *COMMITMENT,
        Column("day", "date", "in the contract's zone"),
        Column("day_at", "timestamptz", "its beginning, by the server's time zone data"),
        Column("verdict", "text", "pending, met, late, missing, failed, excused, unknown"),
        Column("occurrences", "bigint", "how many"),
    ),
    f"""
    WITH {WORDED.strip()},
    counted AS (
        SELECT occurrence.commitment, zone, verdict, CAST({at("anchor")} AT TIME ZONE zone AS date) AS day,
            COUNT(*) AS occurrences
        FROM public.view_occurrence AS occurrence JOIN committed ON committed.commitment = occurrence.commitment
        WHERE standing = 'owed' AND anchor IS NOT NULL
            AND occurrence.commitment >= $1 || '/' COLLATE "C" AND occurrence.commitment < $1 || '0' COLLATE "C"
        GROUP BY 1, 2, 3, 4
    )
    SELECT counted.commitment, {OF_COMMITMENT.format("counted")}, day, CAST(day AS timestamp) AT TIME ZONE counted.zone,
        verdict, occurrences
    FROM counted JOIN committed ON committed.commitment = counted.commitment
    """,
    OF_ITS_CONTRACT.format("$1"),
    of="contract",
)


VERDICTS: Final = ("pending", "met", "late", "missing", "failed", "excused", "unknown")


_TARGET: Final = (
    Column("target_index", "bigint", "which target of the criterion, from 0"),
    Column("period", "text", "its id: 2026-W47, 2026-11, 2026-Q4, 2026-H2, 2026, contract"),
)


_COUNTS: Final = {
    "pending": "not decided yet",
    "met": "kept",
    "late": "kept too late",
    "missing": "not kept",
    "failed": "not good",
    "excused": "left out by an accepted excuse",
    "unknown": "cannot be judged",
}


PERIODS: Final = Report(
    "report_periods",
    "each period of each target that has begun: the contractual figure once it is closed, the counts before",
    (
        *COMMITMENT,
        *_TARGET,
        Column(
            "target", "text", "what is asked for, as worded in the period: at_least 95 %, max_misses 1, at_most 4 h"
        ),
        Column("from_at", "timestamptz", "start of the period"),
        Column("until_at", "timestamptz", "its end, excluded; null: none"),
        Column("closes_at", "timestamptz", "its end and the contract's allowance for late data"),
        Column("state", "text", "open, final, restated"),
        Column("status", "text", "met, breached, no_data, open; null while the period is open"),
        Column(
            "value",
            "numeric",
            "what the target is about, 4 places or more: a share, or in the indicator's unit; null: no data",
        ),
        Column("good", "numeric", "adjusted: occurrences, or seconds; null for measures and while open"),
        Column("total", "numeric", "adjusted: of how many, in the same unit"),
        Column("raw_good", "numeric", "as if nothing had been excused"),
        Column("raw_total", "numeric", "as if nothing had been excused"),
        Column("judged", "numeric", "what was judged: occurrences, values, or seconds of service time"),
        *(Column(name, "bigint", f"occurrences {says}") for name, says in _COUNTS.items()),
        Column("was_status", "text", "restated: as it was when the period closed"),
        Column("was_value", "numeric", "restated: as it was when the period closed"),
        Column("was_good", "numeric", "restated: as it was when the period closed"),
        Column("was_total", "numeric", "restated: as it was when the period closed"),
        Column("exact", "text", "the value as a whole number or a fraction; null: no data, or open"),
    ),
    f"""
    WITH {WORDED.strip()},
    counted AS (
        SELECT commitment, target_index, start_at,
            {", ".join(f"SUM({name}) AS {name}" for name in VERDICTS)}
        FROM public.view_tally GROUP BY commitment, target_index, start_at
    ),
    closed AS MATERIALIZED (
        SELECT period.*, CAST(COALESCE(latest, final) AS jsonb) AS figure,
            CASE WHEN state = 'restated' THEN CAST(final AS jsonb) END AS was
        FROM public.view_period AS period
    ),
    targeted AS MATERIALIZED (
        SELECT commitment, one.number - 1 AS target_index, effective_at, version, form.key || ' ' || form.value AS target
        FROM worded
            CROSS JOIN LATERAL jsonb_array_elements(
                COALESCE(criterion -> 'targets', jsonb_build_array(criterion -> 'target'))
            ) WITH ORDINALITY AS one (target, number)
            CROSS JOIN LATERAL jsonb_each_text(one.target) AS form
        WHERE form.key <> 'per'
    ),
    aimed AS MATERIALIZED (
        SELECT DISTINCT ON (commitment, target_index, start_at) commitment, target_index, start_at, target
        FROM (
            SELECT closed.commitment, closed.target_index, start_at, target, version, effective_at,
                effective_at < COALESCE({at("closed.end_at")}, 'infinity') AS is_within
            FROM closed JOIN targeted
                ON targeted.commitment = closed.commitment AND targeted.target_index = closed.target_index
        ) AS one
        ORDER BY commitment, target_index, start_at, is_within DESC, CASE WHEN is_within THEN effective_at END DESC,
            effective_at, version DESC
    )
    SELECT closed.commitment, {OF_COMMITMENT.format("closed")}, closed.target_index, closed.period, aimed.target,
        {at("closed.start_at")}, {at("end_at")}, {at("close_at")}, state, figure ->> 'status',
        CAST(figure ->> 'value' AS numeric), CAST(figure ->> 'good' AS numeric), CAST(figure ->> 'total' AS numeric),
        CAST(figure #>> '{{raw,0}}' AS numeric), CAST(figure #>> '{{raw,1}}' AS numeric),
        CAST(figure ->> 'judged' AS numeric),
        {", ".join(f"COALESCE(CAST(figure #>> '{{counts,{name}}}' AS bigint), {name}, 0)" for name in VERDICTS)},
        was ->> 'status', CAST(was ->> 'value' AS numeric), CAST(was ->> 'good' AS numeric), CAST(was ->> 'total' AS numeric),
        NULLIF(figure ->> 'exact', 'None')
    FROM closed
        LEFT JOIN committed ON committed.commitment = closed.commitment
        LEFT JOIN aimed ON aimed.commitment = closed.commitment AND aimed.target_index = closed.target_index
            AND aimed.start_at = closed.start_at
        LEFT JOIN counted ON counted.commitment = closed.commitment AND counted.target_index = closed.target_index
            AND counted.start_at = closed.start_at
        LEFT JOIN public.view_own_time AS own ON own.contract = SPLIT_PART(closed.commitment, '/', 1)
    WHERE state <> 'open'
        OR closed.start_at <= COALESCE(own.watermark, (SELECT MIN(watermark) FROM public.view_position))
    """,
    OF_ITS_PARTIES,
)


RESTATEMENTS: Final = Report(
    "report_restatements",
    "each entry of the history that changed a closed figure",
    (
        *COMMITMENT,
        *_TARGET,
        Column("position", "bigint", "of the entry"),
        Column("received_at", "timestamptz", "when it was appended"),
        Column("cause", "text", "its topic: entente.event for late news, entente.excuse.accepted for a decision, …"),
        Column("was_status", "text", "when the period closed"),
        Column("was_value", "numeric", "when the period closed"),
        Column("status", "text", "now"),
        Column("value", "numeric", "now"),
    ),
    f"""
    WITH {WORDED.strip()}
    SELECT period.commitment, {OF_COMMITMENT.format("period")}, target_index, period.period,
        entry.notification_id, public.report_received(entry.state), entry.topic, CAST(final AS jsonb) ->> 'status',
        CAST(CAST(final AS jsonb) ->> 'value' AS numeric),
        CAST(COALESCE(latest, final) AS jsonb) ->> 'status',
        CAST(CAST(COALESCE(latest, final) AS jsonb) ->> 'value' AS numeric)
    FROM public.view_period AS period
        CROSS JOIN LATERAL jsonb_array_elements_text(CAST(causes AS jsonb)) AS cause
        JOIN public.stored_events AS entry ON entry.notification_id = CAST(cause AS bigint)
        LEFT JOIN committed ON committed.commitment = period.commitment
    WHERE period.state = 'restated'
    """,
    OF_ITS_PARTIES,
)

REPORTS: Final = (COMMITMENTS, PERIODS, RESTATEMENTS, OCCURRENCES, DAYS)
