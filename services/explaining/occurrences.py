"""Why an occurrence has its verdict (DESIGN §3.17): version, rule, calendar, due in local and UTC, the events that decided it
with their positions, and what would have changed it."""

from __future__ import annotations

from collections.abc import Sequence

from domain.commitments import Commitment
from domain.kinds.volume import Sum
from domain.occurrences import Evidence, Judgement
from domain.saying import said
from domain.sums import Amount, seconds
from domain.terms import (
    CalendarReference,
    CalendarTerms,
)
from domain.times import Instant, show
from domain.versions import CommitmentVersion
from services.errors import NotFound
from services.excuses.excuse_rows import closing, hiding
from services.excuses.reading import read_excuses
from services.explaining.calendar_changes import recomputed
from services.explaining.evidence_rows import event_row, events_of, matched_by, standings_of, summed_events
from services.explaining.rows import ExplanationRow
from services.explaining.rule_values import changes, rule_of
from services.explaining.time_counted import counted_time
from services.figures.near_keys import mend_key
from services.figures.occurrence_rows import occurrence_row
from services.figures.risks import Risks
from services.judging.ledger import OCCURRENCE_COLUMNS, StoredOccurrence, evidence_of_row, judgement_of
from services.judging.sums import service_time
from services.seeing.seen import Seen

_NOT_OWED = {
    "waiting": said("events name it, but none opens it"),
    "outside": said("what came for it lies outside the validity of the contract"),
}
"""Standings under which nothing is owed, and why."""


def explain_occurrence(seen: Seen, commitment: str, key: str) -> ExplanationRow:
    """Raises NotFound for an occurrence that is not there or not to be seen."""
    found = seen.commitment_in_force(commitment)
    key = found.key_of(key)
    sql = f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE commitment = ? AND key = ?"
    reads = seen.reads
    rows = [StoredOccurrence._make(row) for row in reads.query(sql, [commitment, key])]
    shown = occurrence_row(rows[0], Risks(reads, found, seen.known)) if rows else None
    mend = mend_key(reads, commitment, key) if shown is None else None
    if shown is None or shown.verdict in _NOT_OWED:
        what = said("{commitment} has no occurrence “{key}”", commitment=commitment, key=key)
        raise NotFound(
            said("{what}: {why}", what=what, why=_NOT_OWED[shown.verdict]) if shown is not None else what,
            mend=mend or said("entente occurrences shows their keys"),
        )
    row = rows[0]
    evidence = evidence_of_row(row)
    stored = judgement_of(row)
    judged = found.judge(key, evidence, seen.known.about(found.id).watermark)
    version = found.version(stored.version)
    is_summed = found.is_of_sums
    shown_evidence = summed_events(seen, found, key, evidence) if is_summed else evidence
    events, sealed = events_of(seen, shown_evidence), standings_of(seen, shown_evidence)
    excuses = read_excuses(seen, commitment=commitment, state="accepted")
    matched = matched_by(seen, commitment)
    return ExplanationRow(
        occurrence=shown,
        contract_version=stored.version,
        rule=rule_of(version),
        calendar=calendar_name(version),
        due_local=show(stored.due, version.zone) if stored.due is not None else None,
        due_utc=show(stored.due) if stored.due is not None else None,
        limit_local=show(stored.limit, version.zone) if stored.limit is not None else None,
        events=tuple(
            event_row(one, events.get(one.position), judged, matched.get(one.position), sealed.get(one.position))
            for one in once(shown_evidence, version.variant)
            if one.role != "stretch"  # the bounds of a stretch: what its events gave, and none itself
        ),
        changed_by=tuple(changes(version.criterion.indicator, judged, events)),
        excuses=hiding(excuses, found, key, stored),
        closures=closing(excuses, found, stored),
        counted=counted_time(found, version, key, judged, evidence),
        recomputed=recomputed(seen, found, version, key, evidence),
        summed=Sum.parse(evidence[0].value).events if is_summed and evidence else 0 if is_summed else None,
        bad_time=_bad_time(found, version, judged, seen.known.about(found.id).watermark),
    )


def once(evidence: Sequence[Evidence], variant: int) -> list[Evidence]:
    """Each event once in each role: several wordings of an indicator may have read it. Under the one that judges, where it did."""
    found: dict[tuple[int, str], Evidence] = {}
    for one in evidence:
        at = one.position, one.role
        if at not in found or one.variant == variant:
            found[at] = one
    return list(found.values())


def _bad_time(
    commitment: Commitment, version: CommitmentVersion, judged: Judgement, watermark: Instant | None
) -> Amount | None:
    """Seconds of service time of an outage, or of data that are stale, so far as time has come; None of all else."""
    if not commitment.is_of_time or judged.opened is None:
        return None
    until = judged.closed if judged.closed is not None else watermark
    return seconds(service_time(version, judged.opened, max(until or judged.opened, judged.opened)))


def calendar_name(version: CommitmentVersion) -> str | None:
    match version.terms.calendar:
        case CalendarReference(name=name):
            return name
        case CalendarTerms(id=id):
            return id
    return None
