"""Whether actions helped, and their steps, in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import COMMITMENT, OF_COMMITMENT, OF_ITS_PARTIES, WORDED, Column, Report, at


def _share(name: str) -> str:
    """SQL: an exact share as it is stored (`1/5`, `1`), with 4 places."""
    text = f"said.content ->> '{name}'"
    under = f"COALESCE(CAST(NULLIF(SPLIT_PART({text}, '/', 2), '') AS numeric), 1)"
    return f"ROUND(CAST(SPLIT_PART({text}, '/', 1) AS numeric) / {under}, 4)"


def _count(window: str, name: str) -> str:
    return f"CAST(said.content #>> '{{{window},{name}}}' AS bigint)"


EFFECTS: Final = Report(
    "report_effects",
    "each check whether an action helped, from its closing on",
    (
        Column("action", "text", "its id"),
        *COMMITMENT,
        Column("check_number", "bigint", "1 for the first closing, 2 where it was reopened and closed again"),
        Column(
            "verdict", "text", "as news now says: waiting, effective, holding, short, ineffective, worse, incomparable"
        ),
        Column("why", "text", "why it is incomparable; null: it is not"),
        Column("kept", "boolean", "whether the target is kept by what came after; null: not whole yet"),
        Column("missed_after", "bigint", "units that were missed after it"),
        Column("judged_after", "bigint", "units that were judged after it"),
        Column("missed_before", "bigint", "units that were missed before its trigger"),
        Column("judged_before", "bigint", "units that were judged before its trigger"),
        Column("p_better", "numeric", "how likely as few misses after are by luck alone; null: not whole yet"),
        Column("p_worse", "numeric", "how likely as many misses after are by luck alone; null: not whole yet"),
        Column("found_verdict", "text", "what was found when its windows were whole, which stays; null: it waits"),
        Column("found_at", "timestamptz", "when that was"),
        Column("found_position", "bigint", "the entry of the history that it was found at"),
    ),
    f"""
    WITH {WORDED.strip()}
    SELECT effect.action, effect.commitment, {OF_COMMITMENT.format("effect")}, CAST(effect.number AS bigint),
        said.content ->> 'verdict', said.content ->> 'why', CAST(said.content ->> 'kept' AS boolean),
        {_count("after", "missed")}, {_count("after", "judged")}, {_count("before", "missed")}, {_count("before", "judged")},
        {_share("p_better")}, {_share("p_worse")},
        finding.one ->> 'verdict', {at("CAST(finding.one ->> 'at' AS bigint)")}, CAST(finding.one ->> 'position' AS bigint)
    FROM public.view_effect AS effect
        CROSS JOIN LATERAL (SELECT public.report_json(effect.document) AS content OFFSET 0) AS said
        JOIN public.view_action AS action ON action.id = effect.action
        CROSS JOIN LATERAL (SELECT public.report_json(action.document) AS content OFFSET 0) AS of_action
        LEFT JOIN LATERAL (
            SELECT one FROM jsonb_array_elements(COALESCE(of_action.content -> 'checks', '[]')) AS one
            WHERE CAST(one ->> 'check' AS bigint) = effect.number
        ) AS finding ON TRUE
        LEFT JOIN committed ON committed.commitment = effect.commitment
    WHERE effect.document IS NOT NULL
    """,
    OF_ITS_PARTIES,
)
STEPS: Final = Report(
    "report_steps",
    "each step of the plan of an action",
    (
        Column("action", "text", "its id"),
        *COMMITMENT,
        Column("owner", "text", "the service that is to do it"),
        Column("step", "text", "the id of the step in the plan"),
        Column("number", "bigint", "its place in the plan, from 1"),
        Column("text", "text", "what is to be done"),
        Column("weight", "bigint", "how much of the whole it is, beside the other steps"),
        Column("due", "date", "local day by which it is to be done; null: none"),
        Column("done_by", "text", "service/person; null: it is not done"),
        Column("done_at", "timestamptz", "when it was said to be done"),
    ),
    f"""
    WITH {WORDED.strip()}
    SELECT action.id, action.commitment, {OF_COMMITMENT.format("action")}, content ->> 'owner',
        step.value ->> 'id', step.number, step.value ->> 'text', CAST(step.value ->> 'weight' AS bigint),
        CAST(step.value ->> 'due' AS date), content #>> ARRAY['done', step.value ->> 'id', 'by'],
        {at("CAST(content #>> ARRAY['done', step.value ->> 'id', 'at'] AS bigint)")}
    FROM public.view_action AS action
        CROSS JOIN LATERAL (SELECT public.report_json(action.document) AS content OFFSET 0) AS said
        CROSS JOIN LATERAL jsonb_array_elements(content #> '{{plan,steps}}') WITH ORDINALITY AS step (value, number)
        LEFT JOIN committed ON committed.commitment = action.commitment
    """,
    OF_ITS_PARTIES,
)
