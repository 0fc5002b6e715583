"""What waits for people, matches by hand, services, as they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from domain.events import OperationalEvent
from domain.saying import said
from domain.terms import Party
from domain.times import Instant
from services.access import ADMINISTRATOR, Principal
from services.declaring import declarers, stored_since
from services.errors import NotFound
from services.history.entries import EVENT, unpack
from services.history.history import Entry
from services.history.stored_events import event_of
from services.judging.catalogue import Catalogue
from services.judging.ledger import decode_evidence
from services.reading import decision_rows, match_rows, outside_rows, queue_rows, unselected
from services.reading.feeding import Awaited, fed
from services.reading.match_rows import LAST_POSITION
from services.reading.outside_rows import CalendarRow, SourceRow
from services.reading.rows import (
    CandidateRow,
    MatchRow,
    QuarantineRow,
    ServiceRow,
    UnmatchedRow,
)
from services.reading.scoped import Scoped, the
from services.reading.unselected import Kind, UnselectedRow


class QueueReading(Scoped):
    """What waits, what was matched, who is there."""

    def quarantine(self, who: Principal, *, limit: int = 100, offset: int = 0) -> list[QuarantineRow]:
        """Waiting items, oldest first. They belong to no contract yet: a member sees those that it pushed itself."""
        with self.database.connect() as reads:
            return queue_rows.quarantine(reads, self.history, who, limit, offset)

    def quarantined(self, who: Principal, item: str) -> QuarantineRow:
        with self.database.connect() as reads:
            return the(queue_rows.quarantine(reads, self.history, who, 1, 0, item), item, "quarantined item")

    def count_quarantine(self, who: Principal) -> int:
        with self.database.connect() as reads:
            return queue_rows.count_quarantine(reads, self.history, who)

    def unmatched(
        self, who: Principal, *, limit: int = 100, offset: int = 0, aside: bool = False
    ) -> list[UnmatchedRow]:
        """Events that a commitment selects and none has an occurrence for, oldest first: those that wait for somebody, or (`aside`)
        those that were put aside."""
        with self._reading() as (reads, catalogue):
            ids = self._commitments_seen(who, catalogue)
            return queue_rows.unmatched(reads, self.history, ids, aside=aside, limit=limit, offset=offset)

    def unmatched_at(self, who: Principal, position: int, *, aside: bool = False) -> UnmatchedRow | None:
        """Of one event; None where it does not wait, or was not put aside."""
        with self._reading() as (reads, catalogue):
            ids = self._commitments_seen(who, catalogue)
            found = queue_rows.unmatched(
                reads, self.history, ids, aside=aside, limit=1, offset=0, position=min(position, LAST_POSITION)
            )
        return found[0] if found else None

    def count_unmatched(self, who: Principal, *, aside: bool = False) -> int:
        with self._reading() as (reads, catalogue):
            return queue_rows.count_unmatched(reads, self._commitments_seen(who, catalogue), aside=aside)

    def _commitments_seen(self, who: Principal, catalogue: Catalogue) -> frozenset[str]:
        return frozenset(one.id for seen in self._seen(who, catalogue, None) for one in seen.commitments)

    def keeper(self, who: Principal, commitment: str) -> Party:
        """The party that settles what is unmatched there, that of the indicator's owner: the one whose people name the owner, else
        the one that owes."""
        row = self.commitment(who, commitment)
        contract, services = self.contract(who, row.contract), self.services(who)
        sides: dict[Party, str] = {"supplier": contract.supplier, "client": contract.client}
        naming: list[Party] = [
            side
            for side, service in sides.items()
            if service in services and any(id == row.criterion.owner for id, _, _ in services[service].people)
        ]
        debtor: Party = "supplier" if row.debtor == contract.supplier else "client"
        return naming[0] if len(naming) == 1 else debtor

    def settles(self, who: Principal, commitment: str) -> bool:
        """Whether it is for them to say where an unmatched event of that commitment belongs, or that it belongs nowhere."""
        contract = self.contract(who, commitment.partition("/")[0])
        return who.acts_for(contract.supplier if self.keeper(who, commitment) == "supplier" else contract.client)

    def matchable(self, who: Principal, commitments: Collection[str]) -> frozenset[str]:
        """Of these, those where they may match an event to what is owed."""
        every = self.catalogue().commitments
        return frozenset(one for one in commitments if one in every and every[one].roles and self.settles(who, one))

    def matches(self, who: Principal, *, event: int | None = None, commitment: str | None = None) -> list[MatchRow]:
        """What people matched by hand, newest first; `event` is a position."""
        with self._reading() as (reads, _):
            rows = match_rows.matches(reads, event, commitment)
        return [row for row in rows if who.sees(row.supplier, row.client)]

    def match(self, who: Principal, match: str) -> MatchRow:
        return the(self.matches(who), match, "match")

    def candidates(self, who: Principal, positions: Sequence[int]) -> dict[int, list[CandidateRow]]:
        """What each of these events may belong to, of the commitments that select it and are seen: what was open when it happened,
        the nearest first.
        What is no event, or one that a member's contracts do not look at, is left out."""
        with self._reading() as (reads, catalogue):
            mine = [one for seen in self._seen(who, catalogue, None) for one in seen.commitments]
            everything_seen = who.role != "member"
            return match_rows.candidates(reads, self.history, mine, positions, shows_all=everything_seen)

    def candidates_of(self, who: Principal, position: int) -> list[CandidateRow]:
        """Of one event. Raises NotFound where there is none."""
        found = self.candidates(who, [position])
        if position not in found:
            raise NotFound(
                said("there is no event at position {position}", position=position),
                mend=said("entente unmatched list shows them"),
            )
        return found[position]

    def event_at(self, who: Principal, position: int) -> OperationalEvent | None:
        """The event at that position; None where there is none, or none that one may see: a member sees what its services pushed and
        what a commitment of its contracts selects."""
        entry = self.history.at(position) if 0 < position <= LAST_POSITION else None
        if entry is None or entry.topic != EVENT:
            return None
        event = event_of(entry.state, position)
        return event if self._sees_event(who, entry, event) else None

    def _sees_event(self, who: Principal, entry: Entry, event: OperationalEvent) -> bool:
        if who.role != "member" or str(unpack(entry.state)[0].get("by", "")).partition("/")[0] in who.services:
            return True
        with self._reading() as (_, catalogue):
            mine = [one for seen in self._seen(who, catalogue, None) for one in seen.commitments]
        return any(event.type in one.types and bool(one.route(event)) for one in mine)

    def moves_final(
        self, commitment: str, event: OperationalEvent, key: str, roles: Sequence[str], *, back: bool
    ) -> bool:
        """Whether matching the event by hand, or taking that back, would change what a final period counts."""
        with self._reading() as (reads, catalogue):
            one = catalogue.commitments[commitment]
            watermark = self._known(reads).about(one.id).watermark
            return match_rows.moves_final(reads, one, watermark, event, key, roles, back=back)

    def standing(self, who: Principal, commitment: str, key: str) -> str | None:
        """Of an occurrence, or of what waits under its key; None where nothing is known of the key."""
        with self._reading() as (reads, catalogue):
            one = self._commitment(who, catalogue, commitment)
            sql = "SELECT standing, evidence FROM view_occurrence WHERE commitment = ? AND key = ?"
            found = reads.query(sql, [one.id, key])
        return found[0][0] if found and (found[0][0] != "waiting" or decode_evidence(bytes(found[0][1]))) else None

    def is_aside(self, commitment: str, position: int) -> bool:
        """Whether the event was put aside for that commitment."""
        with self.database.connect() as reads:
            sql = "SELECT position FROM view_aside WHERE position = ? AND commitment = ? AND is_put = 1"
            return bool(reads.query(sql, [position, commitment]))

    def is_out(self, source: str, id: str) -> bool:
        """Whether the event was voided or replaced."""
        with self.database.connect() as reads:
            sql = "SELECT source FROM view_correction WHERE source = ? AND id = ?"
            return bool(reads.query(sql, [source, id]))

    def unselected_counts(self, who: Principal) -> dict[Kind, int]:
        """How many events of each type and source no contract selects: a member is told those of its own sources."""
        with self.database.connect() as reads:
            found = unselected.counts(reads)
            if who.role != "member":
                return found
            own = {
                one for id, row in decision_rows.services(reads).items() if who.acts_for(id) for one, _ in row.sources
            }
        return {kind: count for kind, count in found.items() if kind[1] in own}

    def unselected(
        self, who: Principal, *, before: Mapping[Kind, int] | None = None, since: int = 0, most: int | None = None
    ) -> list[UnselectedRow]:
        """Events that no contract selects, the most frequent first, and which value of the contracts that one sees they come
        nearest to, of the newest `most` entries. Of an import: what came on top of the counts `before`, behind the entry
        `since`."""
        counted = self.unselected_counts(who)
        if before is not None:
            counted = {kind: more for kind, count in counted.items() if (more := count - before.get(kind, 0)) > 0}
        with self._reading() as (_, catalogue):
            mine = [one for seen in self._seen(who, catalogue, None) for one in seen.commitments]
            selectors = list(dict.fromkeys(selector for one in mine for selector in one.selectors))
            return unselected.rows(self.history, catalogue, selectors, counted, since, most)

    def unclaimed(self) -> list[tuple[str, str, int]]:
        """(type, source, events) that no commitment selects."""
        with self.database.connect() as reads:
            sql = "SELECT type, source, unclaimed FROM view_seen WHERE unclaimed > 0 ORDER BY type, source"
            return [(row[0], row[1], row[2]) for row in reads.query(sql)]

    def services(self, who: Principal) -> dict[str, ServiceRow]:
        """The services of the contracts that one sees, described or not."""
        with self._reading() as (reads, _):
            described = decision_rows.services(reads)
            parties = reads.query("SELECT supplier, client FROM view_contract")
        ids = {service for pair in parties if who.sees(*pair) for service in pair}
        ids |= {id for id in described if who.sees(id)}
        return {id: described.get(id) or decision_rows.undescribed(id) for id in sorted(ids)}

    def sources(self, who: Principal) -> list[SourceRow]:
        """The tools of the services that one sees, and of them what one's own commitments select; who sees everything also sees
        those that nobody declares."""
        services = self.services(who)
        with self._reading() as (reads, catalogue):
            mine = [one for seen in self._seen(who, catalogue, None) for one in seen.commitments]
            selectors = [selector for one in mine for selector in one.selectors]
            watermark = self._known(reads).watermark
            rows = outside_rows.sources(reads, services, watermark, who, selectors)
            feeds = {one.source: one for one in self._feeding.feeds(reads, services)}
        return [outside_rows.fed_by_files(row, feeds.get(row.source), watermark) for row in rows]

    def fed(self, who: Principal) -> list[Awaited]:
        """The contracts that one sees and that may take something from tools whose events come in files, with each of these; by
        contract."""
        services = self.services(ADMINISTRATOR)
        if not any(row.by_files for row in services.values()):
            return []
        with self._reading() as (reads, catalogue):
            feeds = self._feeding.feeds(reads, services)
            return list(fed(self._seen(who, catalogue, None), feeds))

    def awaited(self, who: Principal) -> list[Awaited]:
        """As `fed`, of the contracts whose time waits now, each with the tools that it still waits for."""
        with self.database.connect() as reads:
            waiting = {row[0] for row in reads.query("SELECT contract FROM view_own_time WHERE waits = 1")}
        now = self.known().watermark
        if not waiting or now is None:
            return []
        return [one for one in self.fed(who) if one.contract in waiting and now < one.feed.until]

    def declared_twice(self) -> list[tuple[str, str, list[str]]]:
        """The sources that several services declare: to whom each belongs, and who else declares it."""
        with self.database.connect() as reads:
            found = declarers(stored_since(reads))
        return [(source, services[0], services[1:]) for source, services in found.items() if len(services) > 1]

    def calendars(self, who: Principal, now: Instant | None) -> list[CalendarRow]:
        """Those of the contracts in force that one sees. `now` says which days are ahead; None before any time was declared."""
        with self._reading() as (_, catalogue):
            return outside_rows.calendars(self._seen(who, catalogue, None), now)

    def source_last_events(self) -> dict[str, Instant]:
        """When the last event of each declared source happened."""
        with self.database.connect() as reads:
            declared = {source for row in decision_rows.services(reads).values() for source, _ in row.sources}
            found = reads.query("SELECT source, MAX(last_time) FROM view_seen GROUP BY source ORDER BY source")
        return {source: last for source, last in found if source in declared}
