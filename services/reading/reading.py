"""Every read, scoped by who asks in one place (DESIGN §1): a member sees the contracts of its services, nothing else.

Reads come from the read models only; each sees one consistent state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol, TypeVar

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.excuses import CLOSURE, is_within
from domain.times import Instant
from services.access import Principal
from services.errors import NotFound
from services.history.databases import Database, Transaction
from services.history.history import History
from services.history.received import received_at
from services.judging.catalogue import Catalogue, InForce, everything, together
from services.judging.layouts import Layout, in_force, inside
from services.judging.ledger import OCCURRENCE_COLUMNS, decode_evidence
from services.judging.views import SHAPE
from services.reading import decision_rows, excuse_rows, match_rows, queue_rows
from services.reading.commitment_rows import commitment_rows, unmonitored_because
from services.reading.contract_rows import contract_rows
from services.reading.figure_rows import figure_rows, rolling_trend
from services.reading.kept import Kept
from services.reading.occurrence_rows import occurrence_row
from services.reading.risks import Risks
from services.reading.rows import (
    ActionRow,
    BreachRow,
    CandidateRow,
    CommitmentRow,
    ContractRow,
    ExcuseRow,
    FigureRow,
    Known,
    MatchRow,
    OccurrenceRow,
    QuarantineRow,
    ReviewRow,
    ServiceRow,
    UnmatchedRow,
)
from services.reading.score_rows import ScoreRow, score_rows
from services.reading.slice_rows import SliceRow, require_slice, slice_rows

_STAMP = ", ".join(
    f"(SELECT {what} FROM {{0}}{table})"
    for table in ("view_contract", "view_calendar", f"view_excuse WHERE category = '{CLOSURE}' AND state = 'accepted'")
    for what in ("COUNT(*)", "MAX(changed)")
)
"""SQL: what changes whenever the catalogue does; closed time is of it. `{0}`: the schema."""
_AT_ONCE = 500
"""Commitments that one query names."""


class Reading:
    """Reads of one store; safe for several threads. `NotFound` means: no such thing, or not yours to see."""

    def __init__(self, database: Database, history: History):
        self.database = database
        self.history = history
        self._catalogue = Catalogue()
        self._stamp: tuple[object, ...] = ()
        self._kept = Kept()

    # How far what is shown knows

    def known(self) -> Known:
        if in_force(self.database).shards > 1:
            with self.database.snapshot(SHAPE) as reads:
                return self._known(reads)
        with self.database.connect() as reads:
            return _known_in(reads, "")

    def last_position(self) -> int:
        return self.history.last_position()

    def oldest_unjudged(self) -> Instant | None:
        """When the first entry behind what is judged was received; None while everything is judged."""
        following = self.history.read(self.known().position, 1)
        return received_at(self.history, following[0]) if following else None

    def rules(self) -> str | None:
        """The judging rules and time zone data in force, in words; None before the first judgement."""
        with self.database.connect() as reads:
            found = reads.query("SELECT rules FROM view_position WHERE shard = 0")
        return found[0][0] if found else None

    # Contracts and commitments

    def catalogue(self) -> Catalogue:
        """The contracts in force; the same object until one changes. While shards stand at different positions each commitment is
        worded as its shard knows it, so that it fits its rows."""
        if in_force(self.database).shards > 1:
            with self.database.snapshot(SHAPE) as reads:
                return self._catalogue_of(reads, in_force(self.database))
        with self.database.connect() as reads:
            stamp = reads.query(f"SELECT {_STAMP.format('')}")[0]
            if stamp != self._stamp:
                fresh = Catalogue()
                fresh.load(reads, everything)
                self._catalogue, self._stamp = fresh, stamp
        return self._catalogue

    def _catalogue_of(self, reads: Transaction, layout: Layout) -> Catalogue:
        stamps = tuple(reads.query(f"SELECT {_STAMP.format(f'{schema}.')}")[0] for schema in layout.schemas)
        if stamps != self._stamp:
            fresh = Catalogue()
            fresh.load(reads, everything)
            if any(one != stamps[0] for one in stamps):
                parts = []
                for share in layout.shares:
                    with inside(reads, layout.schema(share.shard)):
                        parts.append(part := Catalogue())
                        part.load(reads, share.owns)
                together(fresh, parts)
            self._catalogue, self._stamp = fresh, stamps
        return self._catalogue

    def contracts(self, who: Principal) -> list[ContractRow]:
        with self._reading() as (reads, catalogue):
            rows = contract_rows(reads, catalogue, self._known(reads), self._kept)
        return [row for row in rows if who.sees(row.supplier, row.client)]

    def contract(self, who: Principal, contract: str) -> ContractRow:
        for row in self.contracts(who):
            if row.id == contract:
                return row
        raise NotFound(f"there is no contract “{contract}”", mend="entente contracts list")

    def commitments(self, who: Principal, contract: str | None = None) -> list[CommitmentRow]:
        with self._reading() as (reads, catalogue):
            wanted = [one for seen in self._seen(who, catalogue, contract) for one in seen.commitments]
            return commitment_rows(reads, wanted, self._known(reads))

    def commitment(self, who: Principal, commitment: str) -> CommitmentRow:
        with self._reading() as (reads, catalogue):
            return commitment_rows(reads, [self._commitment(who, catalogue, commitment)], self._known(reads))[0]

    # Figures and occurrences

    def figures(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, period: str | None = None
    ) -> list[FigureRow]:
        """All listed periods, by commitment, target and time."""
        with self._reading() as (reads, catalogue):
            if commitment is not None:
                wanted = [self._commitment(who, catalogue, commitment)]
            else:
                wanted = [one for seen in self._seen(who, catalogue, contract) for one in seen.commitments]
            known = self._known(reads)
            because = {one.id: unmonitored_because(reads, one, known) for one in wanted}
            rows = [row for one in wanted for row in figure_rows(reads, one, known, period=period)]
            return [replace(row, unmonitored=because[row.commitment]) for row in rows]

    def rolling_trend(self, who: Principal, commitment: str, steps: int = 13) -> list[FigureRow]:
        """The rolling targets of a commitment week by week up to the watermark, by what is known now; by time, then target."""
        with self._reading() as (reads, catalogue):
            return list(rolling_trend(reads, self._commitment(who, catalogue, commitment), self._known(reads), steps))

    def slices(
        self,
        who: Principal,
        by: str,
        *,
        contract: str | None = None,
        commitment: str | None = None,
        period: str | None = None,
    ) -> list[SliceRow]:
        """The figures that `figures` gives, cut: by commitment, target, time and group. Raises Invalid where nothing can be
        cut so."""
        with self._reading() as (reads, catalogue):
            if commitment is not None:
                wanted = [self._commitment(who, catalogue, commitment)]
            else:
                wanted = [one for seen in self._seen(who, catalogue, contract) for one in seen.commitments]
            known = self._known(reads)
            return [
                row
                for one in (require_slice(wanted, by) if wanted else [])
                for row in slice_rows(reads, self.history, one, figure_rows(reads, one, known, period=period), by)
            ]

    def scores(self, who: Principal, contract: str) -> list[ScoreRow]:
        """The weighted scores of a contract, by length of the period and time; none before anything is in force."""
        with self._reading() as (reads, catalogue):
            known = self._known(reads)
            wanted = [one for seen in self._seen(who, catalogue, contract) for one in seen.commitments]
            rows = [row for one in wanted for row in figure_rows(reads, one, known)]
            return score_rows(wanted, rows, known.watermark)

    def occurrences(
        self,
        who: Principal,
        commitment: str,
        *,
        period: str | None = None,
        verdict: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[OccurrenceRow]:
        """By due time (without one, by opening), then key."""
        with self._reading() as (reads, catalogue):
            one = self._commitment(who, catalogue, commitment)
            where, params = _occurrence_filter(one.id, period, verdict)
            paging = f" LIMIT {limit if limit is not None else 2**62} OFFSET {offset}"
            sql = f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE {where} ORDER BY anchor, key{paging}"
            risks = Risks(reads, one, self._known(reads))
            return [occurrence_row(row, risks) for row in reads.query(sql, params)]

    def occurrences_between(
        self, who: Principal, commitments: Sequence[str], since: Instant, until: Instant, *, most: int = 300
    ) -> dict[str, list[OccurrenceRow]]:
        """What fell or falls due in [since, until), of several commitments at once; the last `most` of each, ascending."""
        sql = (
            f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE commitment = ? AND anchor >= ? AND anchor < ? "
            f"AND standing = 'owed' ORDER BY anchor DESC, key DESC LIMIT {most}"
        )
        with self._reading() as (reads, catalogue):
            known = self._known(reads)
            found = {}
            for id in commitments:
                one = self._commitment(who, catalogue, id)
                risks = Risks(reads, one, known)
                rows = [occurrence_row(row, risks) for row in reads.query(sql, [one.id, since, until])]
                found[one.id] = rows[::-1]
            return found

    def occurrences_named(self, who: Principal, keys: Sequence[str], *, most: int = 50) -> list[OccurrenceRow]:
        """Those of any commitment under one of these keys, by commitment and key."""
        with self._reading() as (reads, catalogue):
            seen = {one.id: one for contract in self._seen(who, catalogue, None) for one in contract.commitments}
            known, found, ids = self._known(reads), [], sorted(seen)
            asked = ", ".join("?" * len(keys))
            for at in range(0, len(ids) if keys else 0, _AT_ONCE):
                some = ids[at : at + _AT_ONCE]
                sql = (
                    f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE commitment IN ({', '.join('?' * len(some))}) "
                    f"AND key IN ({asked}) AND standing IN ('owed', 'measured') ORDER BY commitment, key LIMIT {most}"
                )
                rows = reads.query(sql, [*some, *keys])
                found += [occurrence_row(row, Risks(reads, seen[row[0]], known)) for row in rows]
                if len(found) >= most:
                    break
            return found[:most]

    def count_occurrences(
        self, who: Principal, commitment: str, *, period: str | None = None, verdict: str | None = None
    ) -> int:
        with self._reading() as (reads, catalogue):
            one = self._commitment(who, catalogue, commitment)
            where, params = _occurrence_filter(one.id, period, verdict)
            count: int = reads.query(f"SELECT COUNT(*) FROM view_occurrence WHERE {where}", params)[0][0]
            return count

    # Breaches, actions, reviews

    def breaches(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[BreachRow]:
        with self._reading() as (reads, catalogue):
            rows = decision_rows.breaches(reads, catalogue)
        return [
            row
            for row in rows
            if self._sees_commitment(who, row.commitment)
            and contract in (None, row.commitment.partition("/")[0])
            and commitment in (None, row.commitment)
            and state in (None, row.state)
        ]

    def breach(self, who: Principal, breach: str) -> BreachRow:
        return _the(self.breaches(who), breach, "breach")

    def actions(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[ActionRow]:
        with self._reading() as (reads, catalogue):
            rows = decision_rows.actions(reads, catalogue, self._known(reads))
        return [
            row
            for row in rows
            if self._sees_commitment(who, row.commitment)
            and contract in (None, row.commitment.partition("/")[0])
            and commitment in (None, row.commitment)
            and state in (None, row.state)
        ]

    def action(self, who: Principal, action: str) -> ActionRow:
        return _the(self.actions(who), action, "action")

    def reviews(self, who: Principal, *, contract: str | None = None) -> list[ReviewRow]:
        """Held ones and the next one of each contract, by time."""
        with self._reading() as (reads, catalogue):
            rows = decision_rows.reviews(reads, catalogue, self._known(reads), self._kept)
            seen = {one.id for one in self._seen(who, catalogue, contract)}
        return [row for row in rows if row.contract in seen]

    def review(self, who: Principal, review: str) -> ReviewRow:
        return _the(self.reviews(who), review, "review")

    # Excuses

    def excuses(
        self, who: Principal, *, contract: str | None = None, commitment: str | None = None, state: str | None = None
    ) -> list[ExcuseRow]:
        """Newest first; `commitment`: those that concern it, also by its contract or deliverable."""
        with self._reading() as (reads, _):
            rows = excuse_rows.excuses(reads)
        return [
            row
            for row in rows
            if who.sees(row.supplier, row.client)
            and contract in (None, row.contract)
            and (commitment is None or is_within(row.scope, commitment))
            and state in (None, row.state)
        ]

    def excuse(self, who: Principal, excuse: str) -> ExcuseRow:
        return _the(self.excuses(who), excuse, "excuse")

    def excused_by(self, who: Principal, excuse: str) -> list[OccurrenceRow]:
        """What the excuse hides, or would hide if it were accepted."""
        row = self.excuse(who, excuse)
        with self._reading() as (reads, catalogue):
            return excuse_rows.covered(reads, row, catalogue.contracts[row.contract].commitments, self._known(reads))

    def excuse_touches_final(self, row: ExcuseRow) -> bool:
        with self._reading() as (reads, catalogue):
            return excuse_rows.touches_final(reads, row, catalogue.contracts[row.contract].commitments)

    def is_owed(self, who: Principal, commitment: str, key: str) -> bool:
        """Whether the commitment has that occurrence."""
        with self._reading() as (reads, catalogue):
            one = self._commitment(who, catalogue, commitment)
            sql = (
                "SELECT key FROM view_occurrence WHERE commitment = ? AND key = ? AND standing IN ('owed', 'measured')"
            )
            return bool(reads.query(sql, [one.id, key]))

    # Queues and services

    def quarantine(self, who: Principal, *, limit: int = 100, offset: int = 0) -> list[QuarantineRow]:
        """Waiting items, oldest first. They belong to no contract yet: a member sees those that it pushed itself."""
        with self.database.connect() as reads:
            return queue_rows.quarantine(reads, self.history, who, limit, offset)

    def quarantined(self, who: Principal, item: str) -> QuarantineRow:
        with self.database.connect() as reads:
            return _the(queue_rows.quarantine(reads, self.history, who, 1, 0, item), item, "quarantined item")

    def count_quarantine(self, who: Principal) -> int:
        with self.database.connect() as reads:
            return queue_rows.count_quarantine(reads, self.history, who)

    def unmatched(self, who: Principal, *, limit: int = 100, offset: int = 0) -> list[UnmatchedRow]:
        """Events that a commitment selects and none has an occurrence for, oldest first."""
        with self._reading() as (reads, catalogue):
            ids = [one.id for seen in self._seen(who, catalogue, None) for one in seen.commitments]
            return queue_rows.unmatched(reads, self.history, ids, limit, offset)

    def count_unmatched(self, who: Principal) -> int:
        with self._reading() as (reads, catalogue):
            ids = [one.id for seen in self._seen(who, catalogue, None) for one in seen.commitments]
            return queue_rows.count_unmatched(reads, ids)

    def matches(self, who: Principal, *, event: int | None = None, commitment: str | None = None) -> list[MatchRow]:
        """What people matched by hand, newest first; `event` is a position."""
        with self._reading() as (reads, _):
            rows = match_rows.matches(reads, event, commitment)
        return [row for row in rows if who.sees(row.supplier, row.client)]

    def match(self, who: Principal, match: str) -> MatchRow:
        return _the(self.matches(who), match, "match")

    def candidates(self, who: Principal, positions: Sequence[int]) -> dict[int, list[CandidateRow]]:
        """What each of these events may belong to, of the commitments that select it and are seen, the likeliest first.
        What is no event, or one that a member's contracts do not look at, is left out."""
        with self._reading() as (reads, catalogue):
            mine = [one for seen in self._seen(who, catalogue, None) for one in seen.commitments]
            everything_seen = who.role != "member"
            return match_rows.candidates(reads, self.history, mine, positions, shows_all=everything_seen)

    def candidates_of(self, who: Principal, position: int) -> list[CandidateRow]:
        """Of one event. Raises NotFound where there is none."""
        found = self.candidates(who, [position])
        if position not in found:
            raise NotFound(f"there is no event at position {position}", mend="entente unmatched list shows them")
        return found[position]

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

    def is_out(self, source: str, id: str) -> bool:
        """Whether the event was voided or replaced."""
        with self.database.connect() as reads:
            sql = "SELECT source FROM view_correction WHERE source = ? AND id = ?"
            return bool(reads.query(sql, [source, id]))

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

    def source_last_events(self) -> dict[str, Instant]:
        """When the last event of each declared source happened."""
        with self.database.connect() as reads:
            declared = {source for row in decision_rows.services(reads).values() for source, _ in row.sources}
            found = reads.query("SELECT source, MAX(last_time) FROM view_seen GROUP BY source ORDER BY source")
        return {source: last for source, last in found if source in declared}

    def _known(self, reads: Transaction) -> Known:
        """The least of all shards, and where they stand at different positions what each of them knows."""
        layout = in_force(self.database)
        if layout.shards == 1:
            return _known_in(reads, "")
        every = [_known_in(reads, f"{schema}.") for schema in layout.schemas]
        least = min(every, key=lambda one: one.position)
        return least if all(one.position == least.position for one in every) else replace(least, shards=tuple(every))

    # Who sees what

    @contextmanager
    def _reading(self) -> Iterator[tuple[Transaction, Catalogue]]:
        with self.database.snapshot(SHAPE) as reads:
            yield reads, self.catalogue()

    def _seen(self, who: Principal, catalogue: Catalogue, contract: str | None) -> list[InForce]:
        """The one place where reads are scoped. Raises NotFound for a contract that is named and not seen."""
        seen = [one for one in catalogue.contracts.values() if who.sees(one.supplier, one.client)]
        if contract is None:
            return seen
        named = [one for one in seen if one.id == contract]
        if not named:
            self.contract(who, contract)  # proposed, not signed yet: nothing is judged; else NotFound
        return named

    def _commitment(self, who: Principal, catalogue: Catalogue, commitment: str) -> Commitment:
        found = catalogue.commitments.get(commitment)
        if found is None or found not in [
            one for seen in self._seen(who, catalogue, found.contract) for one in seen.commitments
        ]:
            raise NotFound(f"there is no commitment “{commitment}”", mend="contract/deliverable/criterion")
        return found

    def _sees_commitment(self, who: Principal, commitment: str) -> bool:
        contract = self._catalogue.contracts.get(commitment.partition("/")[0])
        return contract is not None and who.sees(contract.supplier, contract.client)


def _known_in(reads: Transaction, schema: str) -> Known:
    found = reads.query(f"SELECT position, watermark FROM {schema}view_position")
    position, watermark = found[0] if found else (0, None)
    return Known(position, watermark, dict(reads.query(f"SELECT contract, watermark FROM {schema}view_own_time")))


def _occurrence_filter(commitment: str, period: str | None, verdict: str | None) -> tuple[str, list[object]]:
    where, params = "commitment = ? AND standing IN ('owed', 'measured')", [commitment]
    for column, value in (("period", period), ("verdict", verdict)):
        if value is not None:
            where += f" AND {column} = ?"
            params.append(value)
    return where, list(params)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Named)


def _the(rows: list[N], id: str, what: str) -> N:
    for row in rows:
        if row.id == id:
            return row
    raise NotFound(f"there is no {what} “{id}”")
