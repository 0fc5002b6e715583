"""A store that is older again under a running program: what was kept of it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import psycopg
import pytest

from dashboards.pages.house.posting import Tickets
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contracts
from services.errors import Unavailable
from services.figures.reading import read_commitments
from services.history.history import Fact, History, open_history
from services.judging.judge import Judge
from services.judging.layouts import ONE
from services.judging.seats import Seat
from services.judging.shares import WHOLE
from services.reviews.reading import read_reviews
from services.seeing.seen import Seeing
from tests.given import at, contract, criterion, document, event, punctuality, structured
from tests.restoring import Backup
from tests.services.judged import Life, living
from tests.services.test_history import fact

BOTH: Final = ("supplier", "client")


@pytest.fixture
def history(any_store_url: str) -> Iterator[History]:
    opened = open_history(any_store_url)
    yield opened
    opened.close()


def cut(history: History, position: int) -> None:
    """As a restore from a backup that was taken at that position."""
    recorder = history._recorder
    with history.database.transaction() as writes:
        writes.execute(f"DELETE FROM {recorder._table} WHERE {recorder._position} > ?", [position])


def append(history: History, *numbers: int) -> int:
    return history.append_facts([fact(number) for number in numbers])[-1].position


def test_a_store_that_only_grows_is_the_same(history: History) -> None:
    assert history.lineage() == 0
    for number in range(3):
        append(history, number)
        assert [history.lineage() for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("others", [[], [7], [7, 8], [7, 8, 9]])
def test_a_store_that_went_back_is_another_one_however_far_it_has_come_again(
    history: History, others: list[int]
) -> None:
    kept = append(history, 1)
    append(history, 2, 3)
    assert history.lineage() == 0
    cut(history, kept)
    if others:
        append(history, *others)
    assert [history.lineage() for _ in range(3)] == [1, 1, 1]
    assert not history.wait_beyond(kept, 0.01)  # who waits for more is not woken by what is gone
    append(history, 10)
    assert history.lineage() == 1


def test_the_same_event_received_again_does_not_hide_it(history: History) -> None:
    """What a Kafka worker reads once more may come to the same position, behind others."""
    kept = append(history, 1)
    history.append_facts(
        [Fact(fact(2).key, "a", b'\x01{"received": 1}\n'), Fact(fact(3).key, "a", b'\x01{"received": 1}\n')]
    )
    assert history.lineage() == 0
    cut(history, kept)
    history.append_facts(
        [Fact(fact(4).key, "a", b'\x01{"received": 2}\n'), Fact(fact(3).key, "a", b'\x01{"received": 2}\n')]
    )
    assert history.lineage() == 1


@dataclass
class Two:
    """Programs on one store, each with what it keeps; the first has seen what a restore then takes out."""

    ours: Life
    theirs: Life
    shown: Seeing


@pytest.fixture
def went_back(store_url: str) -> Iterator[Two]:
    """Ids and positions are given again, to others: a contract, events, time, all of it judged by another program."""
    with living(store_url) as ours, living(store_url) as theirs:
        history = ours.store.history
        shown = Seeing(history, keeps=True)
        ours.sign(contract(criterion(punctuality())))
        ours.advance("2026-01-08 00:00")
        backup = Backup.of(history)
        ours.sign(contract(criterion(punctuality()), title="LOST VERSION", effective="2026-02-02"))
        ours.sign(contract(criterion(punctuality()), id="lost"))
        ours.happen(event("report", "2026-01-05 09:00", date="2026-01-05"))
        ours.advance("2026-03-31 00:00")
        assert ours.store.timekeeping.watermark() == at("2026-03-31 00:00")
        looked_at(shown)
        looked_at(ours.store.seeing)
        last = ours.position()
        backup.restore(history.database)
        theirs.sign(contract(criterion(punctuality()), title="Another version", effective="2026-02-09"))
        theirs.sign(contract(criterion(punctuality()), id="other"))
        theirs.happen(event("report", "2026-01-05 11:00", date="2026-01-05"))
        theirs.advance("2026-03-04 00:00")
        while theirs.position() < last:
            theirs.happen(event("unclaimed", "2026-01-05 11:00"))
        yield Two(ours, theirs, shown)


def looked_at(seeing: Seeing) -> list[object]:
    known = seeing.known()
    rows: list[object] = [known.position, known.watermark, *seeing.read(ADMINISTRATOR, read_contracts)]
    rows += seeing.read(ADMINISTRATOR, read_commitments)
    return [*rows, *seeing.read(ADMINISTRATOR, read_reviews), *seeing.catalogue().contracts]


def test_what_was_kept_of_it_is_shown_no_more(went_back: Two) -> None:
    now = looked_at(went_back.theirs.store.seeing)
    assert looked_at(went_back.ours.store.seeing) == now
    assert looked_at(went_back.shown) == now
    assert "LOST VERSION" not in repr(now)


def test_time_is_what_it_says(went_back: Two) -> None:
    assert went_back.ours.store.timekeeping.watermark() == at("2026-03-04 00:00")
    assert went_back.ours.store.timekeeping.advance(ADMINISTRATOR, at("2026-03-05 00:00")).has_moved


def test_judging_goes_on_as_if_it_had_read_this_one_alone(went_back: Two) -> None:
    ours = went_back.ours
    ours.happen(event("report", "2026-01-12 09:00", date="2026-01-12"))
    ours.advance("2026-04-01 00:00")
    assert ours.dump() == ours.judged_again()


def test_a_judge_that_stays_is_made_anew(store_url: str) -> None:
    """Though it has its lock all the while, and the new store is judged as far as the old one was."""
    with living(store_url) as ours, living(store_url) as theirs:
        database = ours.store.history.database
        seat = Seat(ours.store.history, database, ONE, WHOLE)
        assert seat.take()
        ours.append([])
        backup = Backup.of(ours.store.history)
        ours.store.use(Contracting).apply(ADMINISTRATOR, document(contract(criterion(punctuality()))), sign=BOTH)
        while seat.run(100):
            pass
        last = ours.position()
        backup.restore(database)
        other = contract(criterion(punctuality()), id="other")
        theirs.store.use(Contracting).apply(ADMINISTRATOR, document(other), sign=BOTH)
        assert theirs.position() == last
        Judge(theirs.store.history, theirs.store.history.database).catch_up()
        ours.append([structured(event("report", "2026-01-05 09:00", date="2026-01-05"))])
        while seat.run(100):
            pass
        assert ours.dump() == ours.judged_again()
        seat.leave()


def test_while_the_tables_are_gone_that_is_said(postgres_url: str) -> None:
    """A backup is being restored into a database made anew: a program that runs makes no tables in it, and waits."""
    with living(postgres_url) as life:
        life.sign(contract(criterion(punctuality())))
        database = life.store.history.database
        with database.transaction() as writes:
            writes.execute("ALTER TABLE stored_events RENAME TO hidden")
            writes.execute("DROP TABLE view_shape, view_position, view_occurrence")
        for act in (life.judge, life.store.seeing.known, lambda: life.append([structured(event("a", "2026-01-05"))])):
            with pytest.raises(Unavailable, match="let the restore that is under way come to its end"):
                act()
        assert not database.has_table("view_shape")


def test_a_store_whose_indexes_are_not_there_yet_is_not_whole(postgres_url: str) -> None:
    with living(postgres_url) as life:
        life.sign(contract(criterion(punctuality())))
        with life.store.history.database.transaction() as writes:
            writes.execute("DROP INDEX stored_rare")
        with pytest.raises(Unavailable, match="the store is not whole"):
            life.happen(event("report", "2026-01-05 09:00", date="2026-01-05"))


def test_a_program_that_starts_in_the_middle_of_a_restore_makes_nothing(postgres_url: str) -> None:
    """Tables are restored first, what is in them next."""
    open_history(postgres_url).close()
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("DELETE FROM entente_store; DROP INDEX stored_rare")
        with pytest.raises(Unavailable, match="the store is not whole"):
            open_history(postgres_url)
        assert server.execute("SELECT to_regclass('stored_rare')").fetchall() == [(None,)]


def test_a_form_that_was_done_in_another_store_may_be_sent_again() -> None:
    store = 0
    tickets = Tickets(store=lambda: store)
    assert [tickets.take("one") for _ in range(2)] == [True, False]
    store = 1
    assert [tickets.take("one") for _ in range(2)] == [True, False]
