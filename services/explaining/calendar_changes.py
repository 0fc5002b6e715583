"""Calendars announced later: which published version moved what was due, and from where to where (MEANING §7 "Calendars")."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.commitments import Commitment
from domain.occurrences import Evidence
from domain.terms import CalendarReference
from domain.times import Instant
from domain.versions import CommitmentVersion
from services.contract_files import tree_from_canonical
from services.explaining.rows import RecomputedRow
from services.history.databases import first_value
from services.seeing.seen import Seen


def recomputed(
    seen: Seen, commitment: Commitment, version: CommitmentVersion, key: str, evidence: Sequence[Evidence]
) -> tuple[RecomputedRow, ...]:
    """Of a contract that follows its calendar; by publication. A limit is looked at as it is without excuses."""
    named = version.terms.calendar
    if not isinstance(named, CalendarReference) or not named.follow:
        return ()
    reads = seen.reads
    stored = first_value(reads.query("SELECT document FROM view_calendar WHERE id = ?", [named.name]))
    published = msgspec.json.decode(stored)["versions"] if stored is not None else []
    catalogue = seen.catalogue

    def limit(count: int) -> Instant | None:
        then = catalogue.before(commitment.id, named.name, count) if count < len(published) else commitment
        return then.judge(key, evidence, None).limit if then is not None else None

    limits = [limit(count) for count in range(1, len(published) + 1)]
    return tuple(
        RecomputedRow(
            named.name,
            one["number"],
            one["by"],
            one["at"],
            before,
            after,
            tree_from_canonical(one["document"]).get("rebaseline", {}).get("reason"),
        )
        for one, before, after in zip(published[1:], limits[:-1], limits[1:], strict=True)
        if before != after
    )
