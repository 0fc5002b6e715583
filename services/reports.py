"""The shape of a report: a name, columns with what they mean, and the query that fills them (docs/reporting.md).

The names, types and order of columns stay; new ones are added at the end. A change that cannot be made so raises SURFACE and
takes other names. Queries name each table and function of ours with its
schema: they run with rights of who created them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

SURFACE: Final = 1
"""The version of the whole surface."""


class Column(NamedTuple):
    name: str
    type: str
    says: str


ALL_OF_IT: Final = "TRUE"
OF_ITS_CONTRACT: Final = """EXISTS (
    SELECT 1 FROM public.view_contract AS one
    WHERE one.id = {0} AND (one.supplier = ANY (scope.services) OR one.client = ANY (scope.services))
)"""
"""SQL: a contract of that id is one of the services that the reader sees."""
OF_ITS_PARTIES: Final = OF_ITS_CONTRACT.format("rows.contract")


class Report(NamedTuple):
    """`query` gives the columns in their order. `seen` is SQL: whether one of its `rows` concerns a service of `scope.services`,
    for a reader who sees some services only. With `of` it is a function of that one text, `$1`, instead of a view: where there are
    too many rows for all to be read at once; `seen` is about that text then, so that nothing is read of what is not theirs."""

    name: str
    says: str
    columns: tuple[Column, ...]
    query: str
    seen: str
    of: str | None = None


def at(instant: str) -> str:
    """SQL: an instant of ours (microseconds since 1970 UTC) as what it is."""
    return f"(TIMESTAMPTZ 'epoch' + {instant} * INTERVAL '1 microsecond')"


AGREED: Final = f"""
agreed AS MATERIALIZED (
    SELECT contract.id AS contract, supplier, client, CAST(said.content ->> 'until' AS date) AS terminated,
        CAST(proposal ->> 'version' AS integer) AS version, CAST(proposal ->> 'effective' AS date) AS effective,
        proposal ->> 'by' AS proposed_by, {at("CAST(proposal ->> 'at' AS bigint)")} AS proposed_at,
        (SELECT MAX({at("CAST(one ->> 'at' AS bigint)")}) FROM jsonb_array_elements(proposal -> 'signatures') AS one)
            AS signed_at,
        terms.content AS terms, public.report_zone(terms.content ->> 'timezone') AS zone
    FROM public.view_contract AS contract
        CROSS JOIN LATERAL (SELECT public.report_json(contract.document) AS content OFFSET 0) AS said
        CROSS JOIN LATERAL jsonb_array_elements(said.content -> 'proposals') AS proposal
        CROSS JOIN LATERAL (SELECT public.report_json(proposal ->> 'document') AS content OFFSET 0) AS terms
    WHERE CAST(proposal ->> 'version' AS integer) > 0
)"""
"""A `WITH` part: the signed versions of contracts."""

WORDED: Final = f"""
{AGREED.strip()},
worded AS MATERIALIZED (
    SELECT contract, version, effective, zone, deliverable -> 'title' AS title, criterion,
        deliverable ->> 'id' AS deliverable_id, criterion ->> 'id' AS criterion_id,
        contract || '/' || (deliverable ->> 'id') || '/' || (criterion ->> 'id') AS commitment,
        CASE WHEN deliverable ->> 'owed_by' = 'client' THEN client ELSE supplier END AS debtor,
        CASE WHEN deliverable ->> 'owed_by' = 'client' THEN supplier ELSE client END AS creditor,
        CAST(agreed.effective AS timestamp) AT TIME ZONE zone AS effective_at
    FROM agreed
        CROSS JOIN LATERAL jsonb_array_elements(terms -> 'deliverables') AS deliverable
        CROSS JOIN LATERAL jsonb_array_elements(deliverable -> 'criteria') AS criterion
),
committed AS MATERIALIZED (
    SELECT DISTINCT ON (commitment) * FROM worded ORDER BY commitment, effective DESC, version DESC
)"""
"""`WITH` parts: each commitment in each wording, and in its newest."""

COMMITMENT: Final = (
    Column("commitment", "text", "contract/deliverable/criterion"),
    Column("contract", "text", "its contract"),
    Column("deliverable", "text", "its deliverable"),
    Column("criterion", "text", "its criterion"),
    Column("debtor", "text", "the service that owes it"),
    Column("creditor", "text", "the service that it is owed to"),
)
OF_COMMITMENT: Final = (
    "SPLIT_PART({0}.commitment, '/', 1), SPLIT_PART({0}.commitment, '/', 2), SPLIT_PART({0}.commitment, '/', 3), "
    "committed.debtor, committed.creditor"
)
"""SQL for these columns but the first; `{0}` names who has the commitment, and `committed` is joined."""


def title(of: str, language: str) -> str:
    """SQL: a title in a language, or in whichever it is written."""
    other = "fr" if language == "en" else "en"
    return (
        f"CASE jsonb_typeof({of}) WHEN 'string' THEN {of} #>> '{{}}' "
        f"ELSE COALESCE({of} ->> '{language}', {of} ->> '{other}') END"
    )


ABOUT: Final = Report(
    "report_about",
    "one row: what the others are made from",
    (
        Column("surface", "integer", "the version of these reports; columns are only added while it stays"),
        Column("position", "bigint", "the last entry of the history that is judged"),
        Column("watermark", "timestamptz", "all events up to then have been received"),
        Column("rules", "text", "the judging rules and time zone data"),
    ),
    f"SELECT {SURFACE}, MIN(position), MIN({at('watermark')}), MIN(rules) FROM public.view_position",
    ALL_OF_IT,
)
