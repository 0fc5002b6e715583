"""Why an occurrence has its verdict (DESIGN §3.17): version, rule, calendar, due in local and UTC, the events that decided it
with their positions, and what would have changed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from domain.commitments import Commitment
from domain.kinds.volume import Sum
from domain.occurrences import Evidence, Judgement
from domain.saying import said
from domain.sums import Amount, seconds
from domain.terms import (
    CalendarReference,
    CalendarTerms,
)
from domain.times import Instant, show, zone
from domain.versions import CommitmentVersion
from services.errors import NotFound
from services.excuses.excuse_rows import closing, hiding
from services.excuses.reading import read_excuses
from services.excuses.rows import ExcuseRow
from services.explaining.calendar_changes import recomputed
from services.explaining.evidence_rows import event_fields, events_of, matched_by, summed_events
from services.explaining.rows import CountedTime, ExplanationRow, RecomputedRow
from services.explaining.rule_values import changes, rule_of
from services.explaining.time_counted import counted_time
from services.figures.near_keys import mend_key
from services.figures.occurrence_rows import VERDICTS, occurrence_row
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
    events = events_of(seen, shown_evidence)
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
            {**event_fields(one, events.get(one.position), judged), "matched": matched.get(one.position)}
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


def explanation_json(row: ExplanationRow, zone_name: str) -> dict[str, Any]:
    """The explanation with every instant as text, local to the contract's zone."""
    here = zone(zone_name)
    instants = ("time", "recorded", "received", "limit", "at")

    def shown(values: dict[str, object]) -> dict[str, object]:
        return {
            name: show(value, here)
            if name in instants and isinstance(value, int)
            else shown(value)
            if isinstance(value, dict)
            else value
            for name, value in values.items()
        }

    it = row.occurrence
    return {
        "commitment": it.commitment,
        "key": it.key,
        "verdict": it.verdict if it.verdict in VERDICTS else None,
        "standing": "owed" if it.verdict in VERDICTS else it.verdict,
        "value": it.value,
        "underlying": it.underlying,
        "period": it.period,
        "version": row.contract_version,
        "rule": row.rule,
        "calendar": row.calendar,
        "due": row.due_local,
        "due_utc": row.due_utc,
        "limit": row.limit_local,
        "closed": show(it.closed, here) if it.closed is not None else None,
        "reason": it.reason,
        "flags": list(it.flags),
        "events": [shown(one) for one in row.events],
        "summed": row.summed,
        "bad_seconds": row.bad_time,
        "changed_by": [shown(one) for one in row.changed_by],
        "counted": _counted_json(row.counted, here) if row.counted is not None else None,
        "excuses": [_excuse_json(one, here) for one in row.excuses],
        "closures": [_excuse_json(one, here) for one in row.closures],
        "recomputed": [_recomputed_json(one, here) for one in row.recomputed],
    }


def _recomputed_json(row: RecomputedRow, here: ZoneInfo) -> dict[str, object]:
    return {
        "calendar": row.calendar,
        "version": row.version,
        "by": row.by,
        "at": show(row.at, here),
        "before": None if row.before is None else show(row.before, here),
        "after": None if row.after is None else show(row.after, here),
        "rebaseline": row.rebaseline,
    }


def _counted_json(it: CountedTime, here: ZoneInfo) -> dict[str, object]:
    def shown(moment: int | None) -> str | None:
        return None if moment is None else show(moment, here)

    return {
        "start": shown(it.start),
        "duration": it.duration,
        "nominal": it.nominal.isoformat() if it.nominal is not None else None,
        "closed_days": [{"day": day.isoformat(), "because": why} for day, why in it.closed],
        "more_closed_days": it.more_closed,
        "opening_hours": [{"day": day.isoformat(), "hours": hours} for day, hours in it.hours],
        "more_open_days": it.more_hours,
        "by": dict(zip(("path", "value", "named"), it.by, strict=True)) if it.by is not None else None,
        "due_without_pauses": shown(it.due_without_pauses),
        "pauses": [
            {"from": shown(start), "until": shown(end), "reason": reason, "due": shown(due)}
            for start, end, reason, due in it.pauses
        ],
    }


def _excuse_json(row: ExcuseRow, here: ZoneInfo) -> dict[str, object]:
    accepted = row.answers[-1]
    since, until = (None if moment is None else show(moment, here) for moment in (row.since, row.until))
    return {
        "id": row.id,
        "reason": row.reason,
        "text": row.text,
        "keys": list(row.keys),
        "from": since,
        "until": until,
        "accepted_by": accepted.by,
        "accepted_at": show(accepted.at, here),
    }
