"""Commitments of other shards that one's own depend on: judged along, out of sight, and known from their first day on."""

from __future__ import annotations

from collections.abc import Iterable

from services.history.databases import Database, Transaction
from services.history.entries import Position
from services.judging.bench import Bench
from services.judging.catalogue import InForce
from services.tables.every import SHADOWED, columns_of

SHADOWS = "CREATE TABLE IF NOT EXISTS view_shadow (commitment {text} PRIMARY KEY)"
"""The table that names them, beside the read models of a shard."""


def create_shadows(database: Database) -> None:
    if not database.has_table("view_shadow"):
        database.create([SHADOWS])


def begin_shadows(bench: Bench, writes: Transaction, before: Iterable[InForce], at: Position) -> None:
    """The catalogue was read anew because of the entry at position `at`. Of those that are shadows from now on, and were in
    force before, the rows are made by a judge aside, who judges them alone up to that entry."""
    new = bench.catalogue.new_shadows
    if not new:
        return
    writes.insert("view_shadow", ["commitment"], [(id,) for id in new])
    were_there = {one.id for contract in before for one in contract.commitments}
    if past := were_there.intersection(new):
        _copy_past(bench, writes, past, at)
        bench.matches.load(writes)


def _copy_past(bench: Bench, writes: Transaction, past: set[str], at: Position) -> None:
    with bench.judged_aside(past.__contains__, at - 1) as reads:
        for table in SHADOWED:
            names = columns_of(table)
            rows = reads.select_in(f"SELECT {', '.join(names)} FROM {table} WHERE", "commitment", past)
            writes.insert(table, names, rows)
