"""Contracts judged aside, in a database that is thrown away, on the events that somebody may see."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import assert_never

import msgspec

from domain.contract import Contract
from services.access import ADMINISTRATOR
from services.by import by_of
from services.contract_files import tree_from_canonical
from services.history.databases import Transaction
from services.history.entries import Position, unpack
from services.history.history import Entry, History
from services.history.stored_events import event_of
from services.judging.catalogue import only
from services.judging.judge import Judge
from services.judging.rebuilding import rebuild
from services.judging.views import create_views
from services.patience import go_on
from services.seeing.past import Progress, scratch
from services.seeing.seen import Seeing, Seen
from services.tables.every import TABLES
from services.tables.table import Table


@contextmanager
def contracts_judged_aside(
    seeing: Seeing, history: Past, contracts: Sequence[str], put_in_force: Callable[[Transaction, Transaction], None]
) -> Iterator[Seen]:
    """These contracts, as `put_in_force` writes them from what is stored, judged in a database that is thrown away."""
    with scratch() as database:
        create_views(database)
        with seeing.seen(ADMINISTRATOR) as real, database.transaction() as writes:
            for table in TABLES:
                _copy(real.reads, writes, table, contracts)
            put_in_force(real.reads, writes)
        judge = Judge(history, database, accepts=only(contracts))
        bench = judge.bench
        for contract in contracts:
            with database.transaction() as writes:
                rebuild(bench, writes, contract, None, Position(judge.position + 1))
                bench.periods.rows.write(writes)
        with Seeing(history, database).seen(ADMINISTRATOR) as draft:
            yield draft


def _copy(stored: Transaction, writes: Transaction, table: Table, contracts: Sequence[str]) -> None:
    """Copies what a trial is given of the table."""
    match table.tried:
        case "whole":
            _copy_rows(stored, writes, table, "1 = 1", [])
        case "contract":
            for contract in contracts:
                _copy_rows(stored, writes, table, "contract = ?", [contract])
        case "commitment":
            for contract in contracts:
                within = [f"{contract}/", f"{contract}0"]
                _copy_rows(stored, writes, table, "commitment > ? AND commitment < ?", within)
        case "no":
            pass
        case _:
            assert_never(table.tried)


def _copy_rows(stored: Transaction, writes: Transaction, table: Table, where: str, params: Sequence[object]) -> None:
    rows = stored.query(f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE {where}", params)
    writes.insert(table.name, table.columns, rows)


def publish(writes: Transaction, calendars: Mapping[str, Sequence[str]]) -> None:
    """Writes calendars as their aggregates would be, by name with the texts of all their versions; they are saved nowhere."""
    for name, texts in calendars.items():
        content = json.dumps({"versions": [{"document": text} for text in texts]})
        writes.execute(
            "INSERT INTO view_calendar (id, changed, document) VALUES (?, 0, ?) "
            "ON CONFLICT (id) DO UPDATE SET document = excluded.document",
            [name, content],
        )


def agree(writes: Transaction, text: str, effective: date) -> None:
    """Writes the contract as its aggregate would be, signed by both; it is saved nowhere."""
    tree = tree_from_canonical(text)
    draft = Contract(contract=tree["contract"], supplier=tree["supplier"], client=tree["client"])
    draft.propose(text, effective.isoformat(), None, party="supplier", by=str(ADMINISTRATOR), at=0)
    draft.sign(party="supplier", by=str(ADMINISTRATOR), at=0)
    draft.sign(party="client", by=str(ADMINISTRATOR), at=0)
    content = {"supplier": draft.supplier, "client": draft.client, "until": None,
               "proposals": [asdict(one) for one in draft.proposals]}  # fmt: skip
    writes.execute(
        "INSERT INTO view_contract (id, supplier, client, changed, document) VALUES (?, ?, ?, 0, ?)",
        [draft.contract, draft.supplier, draft.client, msgspec.json.encode(content).decode()],
    )


class Past(History):
    """The events of a history that somebody may see, told as they are read."""

    def __init__(self, history: History, shows: Callable[[Entry], bool] | None, progress: Progress | None):
        super().__init__(history.database, history._recorder)
        self._shows = shows
        self._progress = progress
        self._until = history.last_position()

    def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Entry]:
        while page := super().read(after, limit, topics):
            go_on()
            after = page[-1].position
            if self._progress is not None:
                self._progress(after, self._until)
            shown = [one for one in page if self._shows is None or self._shows(one)]
            if shown:
                return shown
        return []


def shown_to(real: Seen) -> Callable[[Entry], bool] | None:
    """A member tries a draft on the events that its services pushed, and on those that its contracts look at; else a draft
    would show anybody's events."""
    who = real.who
    if who.sees_everything:
        return None
    mine = real.commitments_in_force()

    def shows(entry: Entry) -> bool:
        header, _ = unpack(entry.state)
        if by_of(header.get("by")).is_of(who):
            return True
        event = event_of(entry.state, entry.position)
        return any(event.type in one.types and one.route(event) for one in mine)

    return shows
