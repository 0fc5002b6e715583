"""Unmatched events and matches by hand, as they are asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from domain.events import OperationalEvent
from domain.saying import said
from domain.terms import Party
from services.access import Right
from services.contracts.reading import read_contract
from services.directory.reading import read_services
from services.errors import NotFound
from services.figures.reading import read_commitment
from services.history.entries import LAST_POSITION
from services.judging.ledger import decode_evidence
from services.matches import match_rows, unmatched_rows
from services.matches.rows import CandidateRow, MatchRow, UnmatchedRow
from services.matches.unmatched_rows import Stray
from services.seeing.seen import Seen, named


def read_unmatched(seen: Seen, *, limit: int = 100, offset: int = 0, aside: bool = False) -> list[UnmatchedRow]:
    """Events that a commitment selects and none has an occurrence for, oldest first: those that wait for somebody, or (`aside`)
    those that were put aside."""
    ids = _commitments_seen(seen)
    return unmatched_rows.unmatched(seen.reads, seen.history, ids, aside=aside, limit=limit, offset=offset)


def read_strays(seen: Seen, *, aside: bool = False) -> list[Stray]:
    """Where each event of `read_unmatched` waits, or was put aside, and why: what a list of them is narrowed and sorted by."""
    return unmatched_rows.strays(seen.reads, _commitments_seen(seen), aside=aside)


def read_unmatched_of(seen: Seen, strays: Sequence[Stray]) -> list[UnmatchedRow]:
    """Reads these events, which `read_strays` gave, in their order."""
    return unmatched_rows.rows_of(seen.reads, seen.history, _commitments_seen(seen), strays)


def unmatched_at(seen: Seen, position: int, *, aside: bool = False) -> UnmatchedRow | None:
    """Reads one event that waits, or (`aside`) was put aside; None where it does not, or was not."""
    ids = _commitments_seen(seen)
    found = unmatched_rows.unmatched(
        seen.reads, seen.history, ids, aside=aside, limit=1, offset=0, position=min(position, LAST_POSITION)
    )
    return found[0] if found else None


def count_unmatched(seen: Seen, *, aside: bool = False) -> int:
    return unmatched_rows.count_unmatched(seen.reads, _commitments_seen(seen), aside=aside)


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


def may_settle(seen: Seen, commitment: str) -> bool:
    """Says whether it is for who asks to say where an unmatched event of that commitment belongs, or that it belongs
    nowhere: for a head of the service that keeps the indicator, and for who owns it there."""
    service = keeper_of(seen, commitment)
    return seen.who.may(Right.SETTLE, service) or (
        seen.who.is_of(service) and seen.who.person is not None and seen.who.person == _owner(seen, commitment)
    )


def settling(seen: Seen, commitment: str) -> str:
    """The name under which who asks settles what is unmatched there."""
    return seen.who.by(Right.SETTLE, keeper_of(seen, commitment))


def keeper_of(seen: Seen, commitment: str) -> str:
    """The service that keeps the indicator of that commitment."""
    contract = read_contract(seen, commitment.partition("/")[0])
    return contract.supplier if read_keeper(seen, commitment) == "supplier" else contract.client


def _owner(seen: Seen, commitment: str) -> str | None:
    found = seen.catalogue.commitments.get(commitment)
    return found.newest.criterion.owner if found is not None else None


def matchable(seen: Seen, commitments: Collection[str]) -> frozenset[str]:
    """Gives those of these commitments in which who asks may match an event to what is owed."""
    every = seen.catalogue.commitments
    return frozenset(one for one in commitments if one in every and every[one].roles and may_settle(seen, one))


def read_matches(seen: Seen, *, event: int | None = None, commitment: str | None = None) -> list[MatchRow]:
    """Lists the matches that people made by hand, newest first; `event` is a position."""
    rows = match_rows.matches(seen.reads, event, commitment)
    return [row for row in rows if seen.sees_commitment(row.commitment)]


def read_match(seen: Seen, match: str) -> MatchRow:
    return named(read_matches(seen), match, "match")


def read_candidates(seen: Seen, positions: Sequence[int]) -> dict[int, list[CandidateRow]]:
    """Reads what each of these events may belong to, of the commitments that select it and are seen: what was open when
    it happened, the nearest first. What is no event, or one that a member's contracts do not look at, is left out."""
    mine = seen.commitments_in_force()
    everything_seen = seen.sees_everything
    return match_rows.candidates(seen.reads, seen.history, mine, positions, shows_all=everything_seen)


def candidates_of(seen: Seen, position: int) -> list[CandidateRow]:
    """Reads what one event may belong to. Raises NotFound where `read_candidates` leaves it out."""
    found = read_candidates(seen, [position])
    if position not in found:
        raise NotFound(
            said("there is no event at position {position}", position=position),
            mend=said("entente unmatched list shows them"),
        )
    return found[position]


def moves_final(
    seen: Seen, commitment: str, event: OperationalEvent, key: str, roles: Sequence[str], *, back: bool
) -> bool:
    """Says whether matching the event by hand, or taking that back, would change what a final period counts."""
    one = seen.catalogue.commitments[commitment]
    watermark = seen.known.about(one.id).watermark
    return match_rows.moves_final(seen.reads, one, watermark, event, key, roles, back=back)


def read_standing(seen: Seen, commitment: str, key: str) -> str | None:
    """Reads the standing of an occurrence, or of what waits under its key; None where nothing is known of the key."""
    one = seen.commitment_in_force(commitment)
    sql = "SELECT standing, evidence FROM view_occurrence WHERE commitment = ? AND key = ?"
    for standing, evidence in seen.reads.query(sql, [one.id, key]):
        if standing != "waiting" or decode_evidence(bytes(evidence)):
            return str(standing)
    return None


def is_nowhere(seen: Seen, commitment: str, position: int) -> bool:
    """Says whether the commitment selects the event, and found no occurrence for it when it was judged."""
    sql = "SELECT position FROM view_stray WHERE position = ? AND commitment = ? AND key IS NULL"
    return bool(seen.reads.query(sql, [position, commitment]))


def is_aside(seen: Seen, commitment: str, position: int) -> bool:
    """Says whether the event was put aside for that commitment."""
    sql = "SELECT position FROM view_aside WHERE position = ? AND commitment = ? AND is_put = 1"
    return bool(seen.reads.query(sql, [position, commitment]))


def is_out(seen: Seen, source: str, id: str) -> bool:
    """Says whether the event was voided or replaced."""
    sql = "SELECT source FROM view_correction WHERE source = ? AND id = ?"
    return bool(seen.reads.query(sql, [source, id]))
