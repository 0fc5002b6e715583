"""The events behind one occurrence, as an explanation names them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.kinds.volume import Sum
from domain.occurrences import Evidence, Judgement, evidence_order
from services.explaining.rows import EventRow, MatchedRow
from services.history.entries import EVENT
from services.history.opener import Standing
from services.history.stored_events import event_of
from services.matches.reading import read_matches
from services.patience import go_on
from services.sealing.reading import standing
from services.seeing.seen import Seen

LOOKED_THROUGH = 200_000
"""Entries of the history, the newest, in which the events of a sum are looked for: they are not kept with it."""
LISTED = 200
_PAGE = 5_000


def standings_of(seen: Seen, evidence: Sequence[Evidence]) -> dict[int, Standing]:
    """How what is sealed of these events stands, of those of which something is."""
    entries = seen.history.entries({one.position for one in evidence})
    found = {position: standing(seen.history, entry.state) for position, entry in entries.items()}
    return {position: one for position, one in found.items() if one is not None}


def events_of(seen: Seen, evidence: Sequence[Evidence]) -> dict[int, OperationalEvent]:
    entries = seen.history.entries({one.position for one in evidence})
    return {position: event_of(entry.state, position) for position, entry in entries.items()}


def summed_events(seen: Seen, commitment: Commitment, key: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The first of the events that a volume's period counts, in the order of their times, as far as they are found."""
    counted = Sum.parse(evidence[0].value).events if evidence else 0
    if not counted:
        return []
    reads = seen.reads
    out = {(source, id) for source, id in reads.query("SELECT source, id FROM view_correction")}
    last = seen.known.position
    after = max(last - LOOKED_THROUGH, 0)
    found: list[Evidence] = []
    while page := [one for one in seen.history.read(after, _PAGE, [EVENT]) if one.position <= last]:
        go_on()
        after = page[-1].position
        for entry in page:
            event = event_of(entry.state, entry.position)
            if event.type in commitment.types and event.voids is None and (event.source, event.id) not in out:
                found += [route.evidence for route in commitment.route(event) if route.key == key]
    return list(islice(sorted(found, key=evidence_order), min(counted, LISTED)))


def matched_by(seen: Seen, commitment: str) -> dict[int, MatchedRow]:
    """Who matched events by hand, by their position."""
    rows = [row for row in read_matches(seen, commitment=commitment) if row.is_in_force]
    return {row.event: MatchedRow(row.made.by, row.made.at, row.made.text) for row in rows}


def event_row(
    evidence: Evidence,
    event: OperationalEvent | None,
    judged: Judgement,
    matched: MatchedRow | None,
    sealed: Standing | None = None,
) -> EventRow:
    is_summed = evidence.role == "summed"
    return EventRow(
        position=evidence.position,
        role=evidence.role,
        type=event.type if event else None,
        source=evidence.source,
        id=evidence.id,
        time=evidence.time,
        recorded=event.recorded if event else None,
        received=event.received if event else None,
        value=Sum.parse(evidence.value).text if is_summed else evidence.value,
        decided=is_summed or evidence.position in judged.decided_by,
        matched=matched,
        sealed=sealed,
    )
