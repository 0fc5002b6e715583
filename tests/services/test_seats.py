"""One shard behind its lock: who does not hold it does not judge it."""

from __future__ import annotations

import time

import psycopg

from services.history.postgres_locks import LOCKS
from services.judging.layouts import ONE, Layout
from services.judging.seats import Seat
from tests.given import conformity, contract, criterion, event, structured
from tests.services.judged import Life, living

ITEMS = contract(criterion(conformity()))


def seat(life: Life, layout: Layout = ONE, shard: int = 0) -> Seat:
    return Seat(life.store.history, life.store.history.database, layout, layout.shares[shard])


def item(number: int) -> bytes:
    return structured(event("item", f"01-{number} 09:00", None, errors=0))


def test_a_seat_is_taken_by_one_at_a_time(store_url: str) -> None:
    with living(store_url) as life:
        first, second = seat(life), seat(life)
        assert first.take()
        assert first.take()
        assert not second.take()
        first.leave()
        assert second.take()
        second.leave()


def test_each_shard_of_each_layout_has_a_seat_of_its_own(postgres_url: str) -> None:
    with living(postgres_url) as life:
        old, new = Layout(1, 2), Layout(2, 2, is_in_force=False)
        seats = [seat(life, layout, shard) for layout in (old, new) for shard in (0, 1)]
        assert [one.take() for one in seats] == [True] * 4
        assert not seat(life, new, 1).take()
        for one in seats:
            one.leave()


def test_who_lost_a_seat_begins_where_the_other_one_has_come_to(postgres_url: str) -> None:
    with living(postgres_url) as life:
        life.sign(ITEMS)
        first, second = seat(life), seat(life)
        assert first.take()
        life.append([item(10)])
        assert first.run(100) == 1
        end_holders(postgres_url)
        assert not first.is_held()
        assert second.take()
        life.append([item(11)])
        assert second.run(100) == 1
        second.leave()
        life.append([item(12)])
        assert first.take()
        assert first.run(100) == 1
        first.leave()
        assert life.figure("2026-01").adjusted == (3, 3)


def test_who_finds_no_seat_free_says_that_all_is_well_only_at_the_second_look(store_url: str) -> None:
    with living(store_url) as life:
        holder = seat(life)
        assert holder.take()
        looks = []
        loop = life.store.judging

        def beat() -> None:
            looks.append(time.monotonic() - began)
            loop.stop()

        began = time.monotonic()
        loop.serve(poll=0.2, beat=beat)
        holder.leave()
        assert len(looks) == 1
        assert looks[0] >= 0.2


def end_holders(url: str) -> None:
    """Ends the connections of all judges, as a network may."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = %s",
            [LOCKS],
        )
