"""Breaches as judging finds them, and the actions they ask for, through the outbox (DESIGN §4, MEANING §5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from domain.breaches import Breach, action_due, action_id, breach_of_occurrence, since_of
from domain.commitments import Commitment
from domain.occurrences import Judgement
from domain.periods import Period
from domain.times import Instant, local_date
from domain.versions import CommitmentVersion
from services.history.databases import Transaction
from services.judging.ledger import OCCURRENCE_COLUMNS, judgement_of
from services.judging.shares import WHOLE, Share
from services.judging.touched import Touched

CauseOf = Callable[[Transaction, Commitment, str, Judgement], str | None]
"""Why a missed occurrence is a breach, where its verdict does not tell: the other party had its part in it."""

NextReview = Callable[[str, Instant], date | None]
"""The local day of a contract's first review after an instant."""

_encode = msgspec.json.Encoder(order="deterministic").encode


class BreachBook:
    """Opens and withdraws breaches within the judging transaction; those of other shards are theirs."""

    def __init__(self, next_review: NextReview, touched: Touched, share: Share = WHOLE):
        self._next_review = next_review
        self._touched = touched
        self._share = share
        self.cause_of: CauseOf = lambda writes, commitment, key, judgement: None

    def sync_occurrence(
        self, writes: Transaction, commitment: Commitment, key: str, judgement: Judgement, period: str | None,
        watermark: Instant | None, at: int, *, was_miss: bool,
    ) -> None:  # fmt: skip
        """Opens, changes or withdraws the breach of one occurrence that matters on its own."""
        if not (was_miss or judgement.is_miss) or not self._share.owns(commitment.id):
            return
        version = commitment.version(judgement.version) if judgement.is_owed else None
        breach = None
        if version is not None:
            breach = breach_of_occurrence(commitment.id, period or "", key, judgement, version.criterion)
            if breach is not None and (cause := self.cause_of(writes, commitment, key, judgement)) is not None:
                breach = replace(breach, cause=cause)
        id = Breach(commitment.id, "", "", key=key).id
        moment = watermark if watermark is not None else judgement.closed or judgement.due
        self._sync(writes, commitment, id, breach, version or commitment.newest, moment, at)

    def sync_all(self, writes: Transaction, commitment: Commitment, watermark: Instant | None, at: int) -> None:
        """After a rebuild: the breaches of single occurrences as the rows now say, those that are gone withdrawn."""
        missed = writes.query(
            f"SELECT {OCCURRENCE_COLUMNS} FROM view_occurrence WHERE commitment = ? AND standing = 'owed' "
            "AND verdict IN ('late', 'missing', 'failed') ORDER BY due, key",
            [commitment.id],
        )
        for row in missed:
            self.sync_occurrence(writes, commitment, row[1], judgement_of(row), row[5], watermark, at, was_miss=False)
        keys = {row[1] for row in missed}
        sql = "SELECT id, key, action FROM view_breach WHERE commitment = ? AND state = 'open' AND key IS NOT NULL ORDER BY id"
        for id, key, action in writes.query(sql, [commitment.id]):
            if key not in keys:
                self._withdraw(writes, commitment.id, id, action, at)

    def withdraw_all(self, writes: Transaction, commitment: str, at: int) -> None:
        """The commitment is no more: no version that names it was ever in force."""
        sql = "SELECT id, action FROM view_breach WHERE commitment = ? AND state = 'open' ORDER BY id"
        for id, action in writes.query(sql, [commitment]):
            self._withdraw(writes, commitment, id, action, at)

    def withdraw_without_period(self, writes: Transaction, commitment: str, at: int) -> None:
        """After a rebuild: withdraws what stood against periods that are no more."""
        sql = (
            "SELECT id, action FROM view_breach WHERE commitment = ? AND state = 'open' AND target_index IS NOT NULL AND "
            "SUBSTR(period, 1, 8) <> 'rolling-' AND "
            "NOT EXISTS (SELECT 1 FROM view_period WHERE view_period.commitment = view_breach.commitment AND "
            "view_period.target_index = view_breach.target_index AND view_period.period = view_breach.period) ORDER BY id"
        )
        for id, action in writes.query(sql, [commitment]):
            self._withdraw(writes, commitment, id, action, at)

    def sync_target(
        self,
        writes: Transaction,
        commitment: Commitment,
        period: Period,
        target_index: int,
        breach: Breach | None,
        watermark: Instant | None,
        at: int,
    ) -> None:
        if not self._share.owns(commitment.id):
            return
        id = Breach(commitment.id, period.id, "", target_index=target_index, since=since_of(period)).id
        version = [one for one in commitment.versions if period.end is None or one.start < period.end] or [
            commitment.newest
        ]
        moment = watermark if watermark is not None else period.start
        self._sync(writes, commitment, id, breach, version[-1], moment, at)

    def _sync(
        self,
        writes: Transaction,
        commitment: Commitment,
        id: str,
        breach: Breach | None,
        version: CommitmentVersion,
        moment: Instant | None,
        at: int,
    ) -> None:
        stored = writes.query("SELECT state, cause, period, action FROM view_breach WHERE id = ?", [id])
        is_open = bool(stored) and stored[0][0] == "open"
        if breach is None:
            if is_open:
                self._withdraw(writes, commitment.id, id, stored[0][3], at)
            return
        if is_open and stored[0][1:3] == (breach.cause, breach.period):
            return
        self._touched.add(commitment.id)
        if is_open:
            writes.execute(
                "UPDATE view_breach SET cause = ?, period = ? WHERE id = ?", [breach.cause, breach.period, id]
            )
            return
        action = self._ask_for_action(writes, commitment, breach, version, moment, at)
        writes.execute(
            "INSERT INTO view_breach (id, commitment, period, cause, key, target_index, state, opened_position, opened_at, action) "
            "VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?) ON CONFLICT (id) DO UPDATE SET period = excluded.period, "
            "cause = excluded.cause, state = 'open', opened_position = excluded.opened_position, "
            "opened_at = excluded.opened_at, action = excluded.action",
            [id, breach.commitment, breach.period, breach.cause, breach.key, breach.target_index, at, moment, action],
        )

    def _withdraw(self, writes: Transaction, commitment: str, id: str, action: str | None, at: int) -> None:
        """The miss went away; its action is not needed unless somebody has worked on it or another breach needs it."""
        self._touched.add(commitment)
        writes.execute("UPDATE view_breach SET state = 'withdrawn' WHERE id = ?", [id])
        if action is None or writes.query("SELECT id FROM view_breach WHERE action = ? AND state = 'open'", [action]):
            return
        found = writes.query("SELECT state, document FROM view_action WHERE id = ?", [action])
        if found and found[0][0] == "open" and not msgspec.json.decode(found[0][1]).get("progress"):
            put_in_outbox(writes, f"drop:{action}", at, "drop-action", {"action": action})

    def _ask_for_action(
        self,
        writes: Transaction,
        commitment: Commitment,
        breach: Breach,
        version: CommitmentVersion,
        moment: Instant | None,
        at: int,
    ) -> str:
        """One open action per commitment and cause: the one that is open, or a new one through the outbox."""
        sql = "SELECT id FROM view_action WHERE commitment = ? AND cause = ? AND state = 'open' ORDER BY position, id"
        if found := writes.query(sql, [commitment.id, breach.cause]):
            return str(found[0][0])
        id = str(action_id(breach.commitment, breach.period, breach.cause))
        if writes.query("SELECT id FROM view_action WHERE id = ?", [id]):
            return id
        opened_on = local_date(moment if moment is not None else version.start, version.zone)
        review = self._next_review(commitment.contract, moment if moment is not None else version.start)
        content: dict[str, Any] = {
            "action": id,
            "commitment": breach.commitment,
            "period": breach.period,
            "cause": breach.cause,
            "text": "",
            "owner": version.debtor,
            "person": version.criterion.owner,
            "due": action_due(opened_on, review).isoformat(),
        }
        put_in_outbox(writes, f"open:{id}", at, "open-action", content)
        asked = {**content, "state": "open", "progress": [], "closing": None, "by": "entente", "at": None}
        writes.execute(
            "INSERT INTO view_action (id, commitment, cause, state, position, document) VALUES (?, ?, ?, 'open', ?, ?)",
            [id, breach.commitment, breach.cause, at, _encode(asked).decode()],
        )
        return id


def put_in_outbox(writes: Transaction, id: str, at: int, kind: str, content: dict[str, Any]) -> None:
    """What the platform has to do because of the entry at position `at`; a repeat changes nothing."""
    writes.execute(
        "INSERT INTO view_outbox (id, position, kind, document, appended) VALUES (?, ?, ?, ?, NULL) ON CONFLICT (id) DO NOTHING",
        [str(uuid5(NAMESPACE_URL, f"entente:outbox:{id}")), at, kind, _encode(content).decode()],
    )
