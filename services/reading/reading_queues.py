"""What waits for people, matches by hand, services, as they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from domain.events import OperationalEvent
from domain.saying import said
from domain.terms import Party
from domain.times import Instant
from services.access import ADMINISTRATOR, Principal, Right
from services.declaring import declarers, stored_since
from services.errors import NotFound
from services.history.entries import EVENT, header_of
from services.history.history import Entry
from services.history.stored_events import event_of
from services.judging.ledger import decode_evidence
from services.reading import decision_rows, match_rows, outside_rows, queue_rows, unselected
from services.reading.feeding import Awaited, Feeding, fed
from services.reading.match_rows import LAST_POSITION
from services.reading.outside_rows import CalendarRow, SourceRow
from services.reading.reading_contracts import read_commitment, read_contract
from services.reading.rows import (
    CandidateRow,
    MatchRow,
    QuarantineRow,
    ServiceRow,
    UnmatchedRow,
)
from services.reading.unselected import Kind, UnselectedRow
from services.seeing.seen import Seeing, Seen, named


def read_quarantine(seen: Seen, *, limit: int = 100, offset: int = 0) -> list[QuarantineRow]:
    """Waiting items, oldest first. They belong to no contract yet: a member sees those that it pushed itself."""
    return queue_rows.quarantine(seen.reads, seen.history, seen.who, limit, offset)


def read_quarantined(seen: Seen, item: str) -> QuarantineRow:
    return named(queue_rows.quarantine(seen.reads, seen.history, seen.who, 1, 0, item), item, "quarantined item")


def count_quarantine(seen: Seen) -> int:
    return queue_rows.count_quarantine(seen.reads, seen.history, seen.who)


def read_unmatched(seen: Seen, *, limit: int = 100, offset: int = 0, aside: bool = False) -> list[UnmatchedRow]:
    """Events that a commitment selects and none has an occurrence for, oldest first: those that wait for somebody, or (`aside`)
    those that were put aside."""
    ids = _commitments_seen(seen)
    return queue_rows.unmatched(seen.reads, seen.history, ids, aside=aside, limit=limit, offset=offset)


def unmatched_at(seen: Seen, position: int, *, aside: bool = False) -> UnmatchedRow | None:
    """Of one event; None where it does not wait, or was not put aside."""
    ids = _commitments_seen(seen)
    found = queue_rows.unmatched(
        seen.reads, seen.history, ids, aside=aside, limit=1, offset=0, position=min(position, LAST_POSITION)
    )
    return found[0] if found else None


def count_unmatched(seen: Seen, *, aside: bool = False) -> int:
    return queue_rows.count_unmatched(seen.reads, _commitments_seen(seen), aside=aside)


def _commitments_seen(seen: Seen) -> frozenset[str]:
    return frozenset(one.id for one in seen.commitments_in_force())


def read_keeper(seen: Seen, commitment: str) -> Party:
    """The party that settles what is unmatched there, that of the indicator's owner: the one whose people name the owner, else
    the one that owes."""
    row = read_commitment(seen, commitment)
    contract, services = read_contract(seen, row.contract), read_services(seen)
    sides: dict[Party, str] = {"supplier": contract.supplier, "client": contract.client}
    naming: list[Party] = [
        side
        for side, service in sides.items()
        if service in services and any(id == row.criterion.owner for id, _, _ in services[service].people)
    ]
    debtor: Party = "supplier" if row.debtor == contract.supplier else "client"
    return naming[0] if len(naming) == 1 else debtor


def settles(seen: Seen, commitment: str) -> bool:
    """Whether it is for them to say where an unmatched event of that commitment belongs, or that it belongs nowhere."""
    contract = read_contract(seen, commitment.partition("/")[0])
    return seen.who.may(
        Right.SETTLE, contract.supplier if read_keeper(seen, commitment) == "supplier" else contract.client
    )


def matchable(seen: Seen, commitments: Collection[str]) -> frozenset[str]:
    """Of these, those where they may match an event to what is owed."""
    every = seen.catalogue.commitments
    return frozenset(one for one in commitments if one in every and every[one].roles and settles(seen, one))


def read_matches(seen: Seen, *, event: int | None = None, commitment: str | None = None) -> list[MatchRow]:
    """What people matched by hand, newest first; `event` is a position."""
    rows = match_rows.matches(seen.reads, event, commitment)
    return [row for row in rows if seen.sees(row.supplier, row.client)]


def read_match(seen: Seen, match: str) -> MatchRow:
    return named(read_matches(seen), match, "match")


def read_candidates(seen: Seen, positions: Sequence[int]) -> dict[int, list[CandidateRow]]:
    """What each of these events may belong to, of the commitments that select it and are seen: what was open when it happened,
    the nearest first.
    What is no event, or one that a member's contracts do not look at, is left out."""
    mine = seen.commitments_in_force()
    everything_seen = seen.sees_everything
    return match_rows.candidates(seen.reads, seen.history, mine, positions, shows_all=everything_seen)


def candidates_of(seen: Seen, position: int) -> list[CandidateRow]:
    """Of one event. Raises NotFound where there is none."""
    found = read_candidates(seen, [position])
    if position not in found:
        raise NotFound(
            said("there is no event at position {position}", position=position),
            mend=said("entente unmatched list shows them"),
        )
    return found[position]


def event_at(seen: Seen, position: int) -> OperationalEvent | None:
    """The event at that position; None where there is none, or none that one may see: a member sees what its services pushed and
    what a commitment of its contracts selects."""
    entry = seen.history.at(position) if 0 < position <= LAST_POSITION else None
    if entry is None or entry.topic != EVENT:
        return None
    event = event_of(entry.state, position)
    return event if _sees_event(seen, entry, event) else None


def _sees_event(seen: Seen, entry: Entry, event: OperationalEvent) -> bool:
    if seen.sees_everything or str(header_of(entry.state).get("by", "")).partition("/")[0] in seen.who.services:
        return True
    mine = seen.commitments_in_force()
    return any(event.type in one.types and bool(one.route(event)) for one in mine)


def moves_final(
    seen: Seen, commitment: str, event: OperationalEvent, key: str, roles: Sequence[str], *, back: bool
) -> bool:
    """Whether matching the event by hand, or taking that back, would change what a final period counts."""
    one = seen.catalogue.commitments[commitment]
    watermark = seen.known.about(one.id).watermark
    return match_rows.moves_final(seen.reads, one, watermark, event, key, roles, back=back)


def read_standing(seen: Seen, commitment: str, key: str) -> str | None:
    """Of an occurrence, or of what waits under its key; None where nothing is known of the key."""
    one = seen.commitment_in_force(commitment)
    sql = "SELECT standing, evidence FROM view_occurrence WHERE commitment = ? AND key = ?"
    for standing, evidence in seen.reads.query(sql, [one.id, key]):
        if standing != "waiting" or decode_evidence(bytes(evidence)):
            return str(standing)
    return None


def is_aside(seen: Seen, commitment: str, position: int) -> bool:
    """Whether the event was put aside for that commitment."""
    sql = "SELECT position FROM view_aside WHERE position = ? AND commitment = ? AND is_put = 1"
    return bool(seen.reads.query(sql, [position, commitment]))


def is_out(seen: Seen, source: str, id: str) -> bool:
    """Whether the event was voided or replaced."""
    sql = "SELECT source FROM view_correction WHERE source = ? AND id = ?"
    return bool(seen.reads.query(sql, [source, id]))


def unselected_counts(seen: Seen) -> dict[Kind, int]:
    """How many events of each type and source no contract selects: a member is told those of its own sources."""
    found = unselected.counts(seen.reads)
    if seen.sees_everything:
        return found
    own = {
        one for id, row in decision_rows.services(seen.reads).items() if seen.who.is_of(id) for one, _ in row.sources
    }
    return {(kind, source): count for (kind, source), count in found.items() if source in own}


def read_unselected(
    seen: Seen, *, before: Mapping[Kind, int] | None = None, since: int = 0, most: int | None = None
) -> list[UnselectedRow]:
    """Events that no contract selects, the most frequent first, and which value of the contracts that one sees they come
    nearest to, of the newest `most` entries. Of an import: what came on top of the counts `before`, behind the entry
    `since`."""
    counted = unselected_counts(seen)
    if before is not None:
        counted = {kind: more for kind, count in counted.items() if (more := count - before.get(kind, 0)) > 0}
    mine = seen.commitments_in_force()
    selectors = list(dict.fromkeys(selector for one in mine for selector in one.selectors))
    return unselected.rows(seen.history, seen.catalogue, selectors, counted, since, most)


def unclaimed(seen: Seen) -> list[tuple[str, str, int]]:
    """(type, source, events) that no commitment selects."""
    sql = "SELECT type, source, unclaimed FROM view_seen WHERE unclaimed > 0 ORDER BY type, source"
    return [(kind, source, events) for kind, source, events in seen.reads.query(sql)]


def read_services(seen: Seen) -> dict[str, ServiceRow]:
    """The services of the contracts that one sees, described or not."""
    described = decision_rows.services(seen.reads)
    parties = seen.reads.query("SELECT supplier, client FROM view_contract")
    ids = {service for pair in parties if seen.sees(*pair) for service in pair}
    ids |= {id for id in described if seen.sees(id)}
    return {id: described.get(id) or decision_rows.undescribed(id) for id in sorted(ids)}


def read_sources(seen: Seen) -> list[SourceRow]:
    """The tools of the services that one sees, and of them what one's own commitments select; who sees everything also sees
    those that nobody declares."""
    services = read_services(seen)
    mine = seen.commitments_in_force()
    selectors = [selector for one in mine for selector in one.selectors]
    watermark = seen.known.watermark
    rows = outside_rows.sources(seen.reads, services, watermark, seen.who, selectors)
    feeds = {one.source: one for one in seen.kept(Feeding).feeds(seen, services)}
    return [outside_rows.fed_by_files(row, feeds.get(row.source), watermark) for row in rows]


def read_fed(seen: Seen) -> list[Awaited]:
    """The contracts that one sees and that may take something from tools whose events come in files, with each of these; by
    contract."""
    services = read_services(seen.by(ADMINISTRATOR))
    if not any(row.by_files for row in services.values()):
        return []
    feeds = seen.kept(Feeding).feeds(seen, services)
    return list(fed(seen.contracts_in_force(), feeds))


def read_awaited(seen: Seen) -> list[Awaited]:
    """As `fed`, of the contracts whose time waits now, each with the tools that it still waits for."""
    waiting = {contract for (contract,) in seen.reads.query("SELECT contract FROM view_own_time WHERE waits = 1")}
    now = seen.known.watermark
    if not waiting or now is None:
        return []
    return [one for one in read_fed(seen) if one.contract in waiting and now < one.feed.until]


def awaited(seeing: Seeing, who: Principal) -> list[Awaited]:
    """As `read_awaited`, where mostly nothing waits: then no state of the store is opened for it."""
    with seeing.database.connect() as reads:
        if not reads.query("SELECT 1 FROM view_own_time WHERE waits = 1 LIMIT 1"):
            return []
    return seeing.read(who, read_awaited)


def declared_twice(seen: Seen) -> list[tuple[str, str, list[str]]]:
    """The sources that several services declare: to whom each belongs, and who else declares it."""
    found = declarers(stored_since(seen.reads))
    return [(source, services[0], services[1:]) for source, services in found.items() if len(services) > 1]


def read_calendars(seen: Seen, now: Instant | None) -> list[CalendarRow]:
    """Those of the contracts in force that one sees. `now` says which days are ahead; None before any time was declared."""
    return outside_rows.calendars(seen.contracts_in_force(), now)


def source_last_events(seen: Seen) -> dict[str, Instant]:
    """When the last event of each declared source happened."""
    declared = {source for row in decision_rows.services(seen.reads).values() for source, _ in row.sources}
    found = seen.reads.query("SELECT source, MAX(last_time) FROM view_seen GROUP BY source ORDER BY source")
    return {source: last for source, last in found if source in declared}
