"""The store begins to live with the clock: what its contracts missed before both parties had signed is past from then on, asks
for no action, and calls nobody (MEANING §5 "Before it was in use").

Until then nobody can tell a past that is being imported from a study of old events, in which time is played: breaches, actions
and reviews are those that would have been.
"""

from __future__ import annotations

import msgspec

from domain.action import BEFORE_USE
from domain.times import Instant
from services.access import PLATFORM_NAME
from services.history.databases import Transaction
from services.history.entries import Position
from services.judging.action_book import ask_to_drop, is_untouched
from services.judging.bench import Bench
from services.judging.own_time import OF_ONE


def begin_to_live(bench: Bench, writes: Transaction, at: Position) -> None:
    """The entry of time at position `at` is the first that lies near the moment at which it was received."""
    bench.lives = True
    bench.ledger.flush(writes)
    for contract in bench.catalogue.contracts.values():
        if contract.since is not None:
            _put_behind(bench, writes, contract.id, contract.since, at)


def _put_behind(bench: Bench, writes: Transaction, contract: str, since: Instant, at: Position) -> None:
    """Puts behind what was said of the contract's past while the store did not live yet: its breaches and actions call
    nobody any more; an action that somebody has worked on stays."""
    of_one = OF_ONE.format("view_breach")
    past = [contract, contract, since]
    changed = writes.query(f"SELECT DISTINCT commitment FROM view_breach WHERE {of_one} AND opened_at < ?", past)
    for (commitment,) in changed:
        bench.touched.add(commitment)
    sql = f"UPDATE view_breach SET state = 'past' WHERE state = 'open' AND {of_one} AND opened_at < ?"
    writes.execute(sql, past)
    sql = f"SELECT id, document FROM view_action WHERE state = 'open' AND {OF_ONE.format('view_action')} ORDER BY id"
    for action, document in writes.query(sql, [contract, contract]):
        it = msgspec.json.decode(document)
        if (
            it["by"] == PLATFORM_NAME
            and it["moment"] is not None
            and it["moment"] < since
            and is_untouched(writes, action)
        ):
            ask_to_drop(writes, action, since, at, BEFORE_USE)
    writes.execute("UPDATE view_review SET changed = ? WHERE contract = ? AND starts < ?", [at, contract, since])
