"""Breaches and actions in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.breaches.effect_reports import EFFECTS, STEPS
from services.reports import COMMITMENT, OF_COMMITMENT, OF_ITS_PARTIES, WORDED, Column, Report, at

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
        Column(
            "root_cause", "text", "the cause of a list to which it is due, the one that counts; null: nobody has said"
        ),
    ),
    f"""
    WITH {WORDED.strip()}
    SELECT breach.id, breach.commitment, {OF_COMMITMENT.format("breach")}, breach.period, cause, breach.key, target_index,
        state, {at("opened_at")}, opened_position, action, content #>> '{{acknowledged,by}}',
        {at("CAST(content #>> '{acknowledged,at}' AS bigint)")}, content #>> '{{explanations,-1,text}}', root_cause
    FROM public.view_breach AS breach
        CROSS JOIN LATERAL (SELECT public.report_json(breach.document) AS content OFFSET 0) AS said
        LEFT JOIN committed ON committed.commitment = breach.commitment
    """,
    OF_ITS_PARTIES,
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
        Column("text", "text", "its title, else what is to be done"),
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
        content ->> 'period', cause, COALESCE(content ->> 'title', content ->> 'text'), CAST(content ->> 'due' AS date), state,
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
    OF_ITS_PARTIES,
)

REPORTS: Final = (BREACHES, ACTIONS, STEPS, EFFECTS)
