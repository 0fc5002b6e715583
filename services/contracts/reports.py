"""Contracts in reports for outside readers."""

from __future__ import annotations

from typing import Final

from services.reports import AGREED, OF_ITS_PARTIES, Column, Report, at, title

CONTRACTS: Final = Report(
    "report_contracts",
    "each contract with a signed version, as its newest version says",
    (
        Column("contract", "text", "its id"),
        Column("title", "text", "in English, else in French"),
        Column("title_fr", "text", "in French, else in English"),
        Column("supplier", "text", "a service"),
        Column("client", "text", "a service"),
        Column("timezone", "text", "IANA name: the zone of its dates"),
        Column("valid_from", "date", "first day, local"),
        Column("valid_until", "date", "last day, local, included; null: no end was agreed"),
        Column("versions", "bigint", "how many were signed"),
        Column("late_data", "text", "how long after a period its figures stay open, as the contract words it"),
        Column("watermark", "timestamptz", "all its events up to then have been received"),
    ),
    f"""
    WITH {AGREED.strip()}
    SELECT DISTINCT ON (contract) agreed.contract, {title("terms -> 'title'", "en")}, {title("terms -> 'title'", "fr")},
        supplier, client, terms ->> 'timezone', CAST(terms #>> '{{valid,from}}' AS date),
        LEAST(CAST(terms #>> '{{valid,until}}' AS date), terminated), COUNT(*) OVER (PARTITION BY agreed.contract),
        terms ->> 'late_data',
        COALESCE({at("own.watermark")}, (SELECT MIN({at("watermark")}) FROM public.view_position))
    FROM agreed LEFT JOIN public.view_own_time AS own ON own.contract = agreed.contract
    ORDER BY contract, effective DESC, version DESC
    """,
    OF_ITS_PARTIES,
)


VERSIONS: Final = Report(
    "report_versions",
    "each signed version of each contract; the second and later ones are amendments",
    (
        Column("contract", "text", "its contract"),
        Column("version", "integer", "from 1"),
        Column("effective", "date", "local day from whose beginning it is in force"),
        Column("effective_at", "timestamptz", "that beginning, by the server's time zone data"),
        Column("until_at", "timestamptz", "when the next one comes into force; null: none does"),
        Column("proposed_by", "text", "service/person"),
        Column("proposed_at", "timestamptz", "when it was proposed"),
        Column("signed_at", "timestamptz", "when the second party signed"),
        Column("rebaseline", "text", "why it changes what had passed already; null: it does not"),
    ),
    f"""
    WITH {AGREED.strip()},
    placed AS (SELECT *, CAST(effective AS timestamp) AT TIME ZONE zone AS effective_at FROM agreed)
    SELECT contract, version, effective, effective_at,
        LEAD(effective_at) OVER (PARTITION BY contract ORDER BY effective, version), proposed_by, proposed_at, signed_at,
        terms #>> '{{rebaseline,reason}}'
    FROM placed
    """,
    OF_ITS_PARTIES,
)

REPORTS: Final = (CONTRACTS, VERSIONS)
