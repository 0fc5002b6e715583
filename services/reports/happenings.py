"""Reports about what happened: occurrences, breaches, actions, reviews, excuses."""

from __future__ import annotations

from typing import Final

from services.reports.surface import COMMITMENT, OF_COMMITMENT, WORDED, Column, Report, at

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
    of="contract",
)

BREACHES: Final = Report(
    "report_breaches",
    "each breach, those that went away too",
    (
        Column("breach", "text", "its id"),
        *COMMITMENT,
        Column("period", "text", "the period that it stands in"),
        Column("cause", "text", "late, missing, failed, no-data, target-lost, client-obligation"),
        Column("key", "text", "the occurrence; null where a target is lost"),
        Column("target_index", "bigint", "the target that is lost; null where it is one occurrence"),
        Column("state", "text", "open, withdrawn"),
        Column(
            "opened_at",
            "timestamptz",
            "when its limit or period passed; by evidence, the watermark then, or what was missed if later",
        ),
        Column("opened_position", "bigint", "the entry of the history that showed it"),
        Column("action", "text", "the id of its action; null: none"),
        Column("acknowledged_by", "text", "service/person"),
        Column("acknowledged_at", "timestamptz", "when"),
        Column("explanation", "text", "what was said last about it"),
    ),
    f"""
    WITH {WORDED.strip()}
    SELECT breach.id, breach.commitment, {OF_COMMITMENT.format("breach")}, breach.period, cause, breach.key, target_index,
        state, {at("opened_at")}, opened_position, action, content #>> '{{acknowledged,by}}',
        {at("CAST(content #>> '{acknowledged,at}' AS bigint)")}, content #>> '{{explanations,-1,text}}'
    FROM public.view_breach AS breach
        CROSS JOIN LATERAL (SELECT public.report_json(breach.document) AS content OFFSET 0) AS said
        LEFT JOIN committed ON committed.commitment = breach.commitment
    """,
)

ACTIONS: Final = Report(
    "report_actions",
    "each action",
    (
        Column("action", "text", "its id"),
        *COMMITMENT,
        Column("owner", "text", "the service that is to do it"),
        Column("person", "text", "who, of that service; null: nobody is named"),
        Column("period", "text", "the period of the breach"),
        Column("cause", "text", "late, missing, failed, no-data, target-lost, client-obligation"),
        Column("text", "text", "what is to be done"),
        Column("due", "date", "local day by which it is to be done; null: none"),
        Column("state", "text", "open, closed, not needed"),
        Column("is_overdue", "boolean", "open beyond its day, by the watermark"),
        Column("opened_at", "timestamptz", "when it was opened; by the platform, when its breach was"),
        Column("progress", "bigint", "how many notes of progress it has"),
        Column("closed_by", "text", "service/person"),
        Column("closed_at", "timestamptz", "when it was closed"),
        Column("closing", "text", "what was said when it was closed"),
    ),
    f"""
    WITH {WORDED.strip()}
    SELECT action.id, action.commitment, {OF_COMMITMENT.format("action")}, content ->> 'owner', content ->> 'person',
        content ->> 'period', cause, content ->> 'text', CAST(content ->> 'due' AS date), state,
        COALESCE(state = 'open' AND CAST(content ->> 'due' AS date) < CAST(
            {at("COALESCE(own.watermark, (SELECT MIN(watermark) FROM public.view_position))")} AT TIME ZONE committed.zone AS date
        ), FALSE),
        {at("CAST(COALESCE(content ->> 'moment', content ->> 'at') AS bigint)")}, jsonb_array_length(content -> 'progress'),
        content #>> '{{closing,by}}',
        {at("CAST(content #>> '{closing,at}' AS bigint)")}, content #>> '{{closing,text}}'
    FROM public.view_action AS action
        CROSS JOIN LATERAL (SELECT public.report_json(action.document) AS content OFFSET 0) AS said
        LEFT JOIN committed ON committed.commitment = action.commitment
        LEFT JOIN public.view_own_time AS own ON own.contract = SPLIT_PART(action.commitment, '/', 1)
    """,
)

REVIEWS: Final = Report(
    "report_reviews",
    "each review that was called",
    (
        Column("review", "text", "contract@day"),
        Column("contract", "text", "its contract"),
        Column("starts_at", "timestamptz", "when the parties meet"),
        Column("state", "text", "held; signed by both"),
        Column("pack_position", "bigint", "the entry of the history that its pack shows"),
        Column("minutes", "text", "what was noted, a paragraph each"),
        Column("decisions", "text", "what was decided, a paragraph each"),
        Column("supplier_signed_at", "timestamptz", "null: not yet"),
        Column("client_signed_at", "timestamptz", "null: not yet"),
    ),
    f"""
    SELECT review.id, contract, {at("starts")},
        CASE WHEN jsonb_array_length(content -> 'signatures') = 2 THEN 'signed' ELSE 'held' END,
        CAST(content ->> 'pack_position' AS bigint),
        (SELECT STRING_AGG(one.value ->> 'text', E'\\n\\n' ORDER BY one.number)
         FROM jsonb_array_elements(content -> 'minutes') WITH ORDINALITY AS one (value, number)),
        (SELECT STRING_AGG(one.value ->> 'text', E'\\n\\n' ORDER BY one.number)
         FROM jsonb_array_elements(content -> 'decisions') WITH ORDINALITY AS one (value, number)),
        (SELECT MAX({at("CAST(one ->> 'at' AS bigint)")}) FROM jsonb_array_elements(content -> 'signatures') AS one
         WHERE one ->> 'party' = 'supplier'),
        (SELECT MAX({at("CAST(one ->> 'at' AS bigint)")}) FROM jsonb_array_elements(content -> 'signatures') AS one
         WHERE one ->> 'party' = 'client')
    FROM public.view_review AS review CROSS JOIN LATERAL (SELECT public.report_json(review.document) AS content OFFSET 0) AS said
    """,
)

EXCUSES: Final = Report(
    "report_excuses",
    "each excuse that was asked for",
    (
        Column("excuse", "text", "its id"),
        Column("contract", "text", "its contract"),
        Column("scope", "text", "what it is for: a contract, or a commitment"),
        Column("category", "text", "client-fault, force-majeure, …"),
        Column("state", "text", "asked, accepted, refused, disputed"),
        Column("party", "text", "supplier or client: who asked"),
        Column("asked_by", "text", "service/person; entente where a dependency was missed"),
        Column("asked_at", "timestamptz", "when"),
        Column("keys", "text[]", "the occurrences; none: an interval"),
        Column("from_at", "timestamptz", "start of the interval"),
        Column("until_at", "timestamptz", "its end, excluded"),
        Column("text", "text", "why"),
    ),
    f"""
    SELECT excuse.id, contract, scope, category, state, content ->> 'party', content ->> 'by',
        {at("CAST(COALESCE(content ->> 'moment', content ->> 'at') AS bigint)")},
        ARRAY(SELECT jsonb_array_elements_text(content -> 'keys')), {at("CAST(content ->> 'since' AS bigint)")},
        {at("CAST(content ->> 'until' AS bigint)")}, content ->> 'text'
    FROM public.view_excuse AS excuse CROSS JOIN LATERAL (SELECT public.report_json(excuse.document) AS content OFFSET 0) AS said
    """,
)
