"""Breaches as judging finds them, and the actions they ask for, through the outbox (DESIGN §4, MEANING §5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from domain.breaches import Breach, breach_of_occurrence
from domain.commitments import Commitment
from domain.occurrences import Judgement
from domain.periods import Period
from domain.times import Instant
from domain.versions import CommitmentVersion
from services.history.databases import Transaction, first_value
from services.judging.action_book import Called, ask_for_action, ask_to_drop, is_untouched
from services.judging.ledger import OCCURRENCE_COLUMNS, StoredOccurrence, judgement_of
from services.judging.shares import WHOLE, Share
from services.judging.touched import Touched
from services.judging.turn import Turn

CauseOf = Callable[[Transaction, Commitment, str, Judgement], str | None]
"""Why a missed occurrence is a breach, where its verdict does not tell: the other party had its part in it."""

InUseSince = Callable[[str], Instant | None]
"""Tells when a contract came into use, so that what lies before calls nobody; None where nothing is past."""

NextReview = Callable[[str, Instant], date | None]
"""The local day of a contract's first review after an instant."""


class OfContracts(NamedTuple):
    """What the book asks others of a contract, and of what was missed."""

    next_review: NextReview
    in_use_since: InUseSince
    cause_of: CauseOf


STANDS = "state IN ('open', 'past')"
"""SQL: it was not withdrawn."""


class Opening(NamedTuple):
    """The moment at which a breach opens. `is_past`: before its contract came into use, so that it calls nobody."""

    moment: Instant
    is_past: bool
    trigger: str | None = None
    """The key of what was missed; None where it is no occurrence."""


class Missed(NamedTuple):
    """The last of what was missed: its anchor and its key; None where it is no occurrence."""

    anchor: Instant
    key: str | None


class BreachBook:
    """Opens and withdraws breaches within the judging transaction; those of other shards are theirs."""

    def __init__(self, of_contracts: OfContracts, touched: Touched, share: Share = WHOLE):
        self._next_review, self._in_use_since, self._cause_of = of_contracts
        self._touched = touched
        self._share = share
        self._passing: Instant | None = None
        self.moved: dict[tuple[str, str], tuple[str, Instant | None]] = {}
        """The actions, each with the period, of which a breach was opened, changed or withdrawn since somebody asked; with the
        commitment and its watermark then."""

    @contextmanager
    def passing_at(self, instant: Instant) -> Iterator[None]:
        """In the block, all judging follows from time, which has just reached that instant; outside of it, from
        evidence and decisions."""
        self._passing = instant
        try:
            yield
        finally:
            self._passing = None

    def sync_occurrence(
        self,
        turn: Turn,
        commitment: Commitment,
        key: str,
        judgement: Judgement,
        period: str | None,
        *,
        was_miss: bool,
    ) -> None:
        """Opens, changes or withdraws the breach of one occurrence that matters on its own."""
        if not (was_miss or judgement.is_miss) or not self._share.owns(commitment.id):
            return
        version = commitment.version(judgement.version) if judgement.is_owed else None
        breach = None
        if version is not None:
            breach = breach_of_occurrence(commitment.id, period or "", key, judgement, version.criterion)
            if breach is not None and (cause := self._cause_of(turn.writes, commitment, key, judgement)) is not None:
                breach = replace(breach, cause=cause)
        id = Breach(commitment.id, "", "", key=key).id
        if breach is None:
            self._withdraw_open(turn, commitment.id, id)
        else:
            opening = self.opening(commitment.contract, turn.watermark, judgement.anchor)
            opening = opening._replace(trigger=key)
            self._open(turn, commitment, id, breach, version or commitment.newest, lambda: opening)

    def sync_all(self, turn: Turn, commitment: Commitment) -> None:
        """After a rebuild: the breaches of single occurrences as the rows now say, those that are gone withdrawn."""
        found = turn.writes.query(
            f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE commitment = ? AND standing = 'owed' "
            "AND verdict IN ('late', 'missing', 'failed') ORDER BY due, key",
            [commitment.id],
        )
        missed = [StoredOccurrence._make(row) for row in found]
        for row in missed:
            self.sync_occurrence(turn, commitment, row.key, judgement_of(row), row.period, was_miss=False)
        keys = {row.key for row in missed}
        sql = f"SELECT id, key FROM view_breach WHERE commitment = ? AND {STANDS} AND key IS NOT NULL ORDER BY id"
        for id, key in turn.writes.query(sql, [commitment.id]):
            if key not in keys:
                self._withdraw_open(turn, commitment.id, id)

    def withdraw_all(self, turn: Turn, commitment: str) -> None:
        """The commitment is no more: no version that names it was ever in force."""
        sql = f"SELECT id FROM view_breach WHERE commitment = ? AND {STANDS} ORDER BY id"
        for (id,) in turn.writes.query(sql, [commitment]):
            self._withdraw_open(turn, commitment, id)

    def withdraw_without_period(self, turn: Turn, commitment: str) -> None:
        """After a rebuild: withdraws what stood against periods that are no more."""
        sql = (
            f"SELECT id FROM view_breach WHERE commitment = ? AND {STANDS} AND target_index IS NOT NULL AND "
            "SUBSTR(period, 1, 8) <> 'rolling-' AND "
            "NOT EXISTS (SELECT 1 FROM view_period WHERE view_period.commitment = view_breach.commitment AND "
            "view_period.target_index = view_breach.target_index AND view_period.period = view_breach.period) ORDER BY id"
        )
        for (id,) in turn.writes.query(sql, [commitment]):
            self._withdraw_open(turn, commitment, id)

    def sync_target(
        self,
        turn: Turn,
        commitment: Commitment,
        period: Period,
        target_index: int,
        breach: Breach | None,
        missed: Callable[[], Missed],
    ) -> None:
        """Opens, changes or withdraws the breach of a target. `missed`: the last of what was missed."""
        if not self._share.owns(commitment.id):
            return

        def opens() -> Opening:
            last = missed()
            anchor = last.anchor if self._passing is None else None
            return self.opening(commitment.contract, turn.watermark, anchor)._replace(trigger=last.key)

        id: str | None = Breach(commitment.id, period.id, "", None, target_index, period.start).id
        if period.is_rolling:
            id = self._episode(turn.writes, commitment.id, target_index, period.id)
            if id is None and breach is not None:
                breach = replace(breach, since=opens().moment)
                id = breach.id
        if id is None or breach is None:
            self._withdraw_open(turn, commitment.id, id or "")
            return
        within = [one for one in commitment.versions if period.end is None or one.start < period.end]
        version = within[-1] if within else commitment.newest
        self._open(turn, commitment, id, breach, version, opens)

    def _episode(self, reads: Transaction, commitment: str, target_index: int, period: str) -> str | None:
        """The breach of that rolling window that is open now."""
        sql = f"SELECT id FROM view_breach WHERE commitment = ? AND target_index = ? AND period = ? AND {STANDS}"
        found: str | None = first_value(reads.query(sql, [commitment, target_index, period]))
        return found

    def moment(self, watermark: Instant | None, missed: Instant | None) -> Instant:
        """Gives the instant at which what is judged now takes effect: the one that time has just reached; for evidence,
        the later of the watermark before it and of what was missed (MEANING §5)."""
        if self._passing is not None:
            return self._passing
        return max(one for one in (watermark, missed) if one is not None)

    def opening(self, contract: str, watermark: Instant | None, missed: Instant | None) -> Opening:
        """Tells when a breach opens: at `moment`. What was missed before the contract came into use is past, and bears
        its own instant, whenever it was told: nobody could have answered for it."""
        own, since = self._passing if self._passing is not None else missed, self._in_use_since(contract)
        if own is not None and since is not None and own < since:
            return Opening(own, True)
        return Opening(self.moment(watermark, missed), False)

    def _open(
        self,
        turn: Turn,
        commitment: Commitment,
        id: str,
        breach: Breach,
        version: CommitmentVersion,
        opens: Callable[[], Opening],
    ) -> None:
        writes = turn.writes
        stored = writes.query("SELECT state, cause, period, action FROM view_breach WHERE id = ?", [id])
        before, cause, period, action = stored[0] if stored else ("withdrawn", None, None, None)
        is_open = before != "withdrawn"
        if is_open and (cause, period) == (breach.cause, breach.period):
            return
        self._touched.add(commitment.id)
        for one in (period, breach.period):
            self._has_moved(turn, commitment.id, action, one)
        if is_open:
            writes.execute(
                "UPDATE view_breach SET cause = ?, period = ? WHERE id = ?", [breach.cause, breach.period, id]
            )
            return
        moment, is_past, trigger = opens()
        state, action = "past" if is_past else "open", None
        if not is_past:
            review = self._next_review(commitment.contract, moment)
            called = Called(moment, review, trigger)
            action = ask_for_action(writes, breach, version, called, turn.at)
            self._has_moved(turn, commitment.id, action, breach.period)
        about = (id, breach.commitment, breach.period, breach.cause, breach.key, breach.target_index)
        writes.execute(
            "INSERT INTO view_breach (id, commitment, period, cause, key, target_index, state, opened_position, opened_at, action) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET period = excluded.period, "
            "cause = excluded.cause, state = excluded.state, opened_position = excluded.opened_position, "
            "opened_at = excluded.opened_at, action = excluded.action",
            [*about, state, turn.at, moment, action],
        )

    def _has_moved(self, turn: Turn, commitment: str, action: str | None, period: str) -> None:
        if action is not None:
            self.moved[action, period] = commitment, turn.watermark

    def _withdraw_open(self, turn: Turn, commitment: str, id: str) -> None:
        """The miss went away; its action is not needed unless somebody has worked on it or another breach needs it."""
        writes = turn.writes
        found = writes.query(f"SELECT action, opened_at, period FROM view_breach WHERE id = ? AND {STANDS}", [id])
        if not found:
            return
        [(action, opened, period)] = found
        self._touched.add(commitment)
        self._has_moved(turn, commitment, action, period)
        writes.execute("UPDATE view_breach SET state = 'withdrawn' WHERE id = ?", [id])
        if action is None or writes.query("SELECT id FROM view_breach WHERE action = ? AND state = 'open'", [action]):
            return
        if is_untouched(writes, action):
            moment = self._passing if self._passing is not None else turn.watermark
            ask_to_drop(writes, action, opened if moment is None else moment, turn.at)
