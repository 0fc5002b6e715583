"""Changes of how the judging is cut, several at once and ended on their way: there is one at a time, and one layout stands."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from services.errors import Invalid, StoreTooNew, Unavailable
from services.history.opening import open_database
from services.history.postgres_locks import CHANGING, LOCKS
from services.judging import reshaping, views
from services.judging.layouts import Layout, in_force, layouts
from services.judging.reshaping import ChangeLost, alone, contradiction, mend_layouts, prepare_views, strays, throw_away
from services.opening import open_store
from services.seeing.past import replay
from tests.given import contract, criterion, event, punctuality
from tests.patience import PATIENCE
from tests.services.judged import Life, living


@pytest.fixture
def life(postgres_url: str) -> Iterator[Life]:
    with living(postgres_url) as life:
        life.sign(contract(criterion(punctuality(), each_miss="breach")))
        life.happen(event("report", "01-05 09:00", date="2026-01-05"))
        life.advance("2026-02-01")
        yield life


def schemas(url: str) -> list[str]:
    with psycopg.connect(url) as server:
        sql = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'entente%' OR nspname = 'public' ORDER BY nspname"
        return [name for (name,) in server.execute(sql).fetchall()]


def noted(url: str) -> list[tuple[int, int, int]]:
    with psycopg.connect(url) as server:
        return server.execute("SELECT * FROM entente_shards ORDER BY generation").fetchall()


def test_ten_changes_to_different_numbers_at_once_leave_one_layout(life: Life) -> None:
    before, told = life.dump(), list[Exception]()

    def change(shards: int) -> None:
        try:
            with closing(open_store(life.store.url)) as other:
                other.judging.divide(shards)
        except Exception as error:
            told.append(error)

    racing = [threading.Thread(target=change, args=(number % 5 + 1,)) for number in range(10)]
    for one in racing:
        one.start()
    for one in racing:
        one.join()
    assert told == []
    database = life.store.history.database
    [stands] = layouts(database)
    assert [one[2] for one in noted(life.store.url)] == [1]
    assert schemas(life.store.url) == sorted([*stands.schemas, "public"])
    assert contradiction(database) is None
    assert life.dump() == before
    assert replay(life.store.history, database).is_same


KILLED = """
import os, signal, sys
from services.judging import reshaping
from services.opening import open_store
left = int(sys.argv[2])
step = reshaping.Change._step
def counted(self):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return step(self)
reshaping.Change._step = counted
open_store(sys.argv[1]).judging.divide(2)
"""


@pytest.mark.parametrize("after", [1, 3, 5])
def test_a_change_that_is_killed_leaves_nothing_that_the_next_one_does_not_clear(life: Life, after: int) -> None:
    before, url = life.dump(), life.store.url
    ended = subprocess.run([sys.executable, "-c", KILLED, url, str(after)], check=False, capture_output=True)
    assert ended.returncode == -9, ended.stderr
    assert life.dump() == before
    assert life.store.judging.divide(3) is True
    assert schemas(url) == sorted([*in_force(life.store.history.database).schemas, "public"])
    assert len(noted(url)) == 1
    assert life.dump() == before


def test_a_change_whose_lock_is_lost_goes_no_further(life: Life) -> None:
    database = life.store.history.database
    with alone(database) as change:
        new = change.begin(2)
        with psycopg.connect(life.store.url, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE classid = %s AND objid = %s",
                [LOCKS, CHANGING],
            )
        with alone(database) as other:
            assert other.begin(3).shards == 3
        for step in (lambda: change.take_over(new), lambda: change.begin(4), change.renew):
            with pytest.raises(ChangeLost):
                step()
    assert [one.shards for one in layouts(database)] == [1, 3]


def test_the_second_change_is_told_that_it_waits_and_comes_when_the_first_has_ended(life: Life) -> None:
    waits = threading.Event()
    with closing(open_store(life.store.url)) as other:
        second = threading.Thread(target=lambda: other.judging.divide(2, waits=waits.set))
        with alone(life.store.history.database) as first:
            first.begin(4)
            second.start()
            assert waits.wait(PATIENCE)
            assert [one.shards for one in layouts(life.store.history.database)] == [1, 4]
        second.join()
    assert [one.shards for one in layouts(life.store.history.database)] == [2]
    with (
        alone(life.store.history.database),
        pytest.raises(Unavailable, match="another program is changing"),
        alone(life.store.history.database, patience=0),
    ):
        pass


def test_two_layouts_are_never_in_force(life: Life) -> None:
    life.store.judging.divide(2)
    with psycopg.connect(life.store.url, autocommit=True) as server, pytest.raises(psycopg.errors.UniqueViolation):
        server.execute("INSERT INTO entente_shards VALUES (99, 3, 1)")


def test_two_layouts_that_an_earlier_program_left_in_force_are_seen_and_the_one_that_is_shown_stands(
    life: Life,
) -> None:
    life.store.judging.divide(2)
    before, database = life.dump(), life.store.history.database
    with psycopg.connect(life.store.url, autocommit=True) as server:
        server.execute("DROP INDEX entente_shards_in_force")
        server.execute("INSERT INTO entente_shards VALUES (0, 1, 1), (99, 3, 1)")
    assert contradiction(database) == "layouts of shards that are noted as in force: 3"
    mend_layouts(database)
    assert contradiction(database) is None
    assert [one.shards for one in layouts(database)] == [2]
    assert life.dump() == before
    assert life.store.judging.divide(3)
    assert "public" in schemas(life.store.url)


def test_a_layout_that_is_not_the_one_that_is_shown_is_made_anew(life: Life) -> None:
    life.store.judging.divide(2)
    before, database = life.dump(), life.store.history.database
    with psycopg.connect(life.store.url, autocommit=True) as server:
        server.execute("UPDATE entente_shards SET generation = 77")
    assert contradiction(database) is not None
    mend_layouts(database)
    assert contradiction(database) is None
    life.judge()
    assert life.dump() == before


@pytest.mark.parametrize(
    "name", ["public", "entente_0_0", "pg_catalog", "information_schema", "entente", "entente_1_0; --"]
)
def test_no_other_schema_is_dropped_whatever_happens(life: Life, name: str) -> None:
    with pytest.raises(Invalid, match="is none of shards"), life.store.history.database.transaction() as writes:
        reshaping._drop_schema(writes, name)


def test_what_others_keep_in_a_schema_of_shards_is_not_dropped_with_it(life: Life) -> None:
    with psycopg.connect(life.store.url, autocommit=True) as server:
        server.execute("CREATE SCHEMA entente_50_0")
        server.execute("CREATE SCHEMA entente_51_0")
        server.execute("CREATE TABLE entente_51_0.theirs (a int)")
    assert strays(life.store.history.database) == ["entente_50_0", "entente_51_0"]
    life.store.judging.divide(2)
    assert strays(life.store.history.database) == ["entente_51_0"]


def test_a_number_that_was_used_is_not_used_again(life: Life) -> None:
    database, used = life.store.history.database, list[Layout]()
    for shards in (2, 3, 2, 4):
        with alone(database) as change:
            used.append(change.begin(shards))
    assert len({one.generation for one in used}) == 4


def test_read_models_are_made_anew_while_others_do_so_and_nobody_finds_them_absent(life: Life) -> None:
    life.store.judging.divide(2)
    before, database = life.dump(), life.store.history.database
    stop, told = threading.Event(), list[BaseException]()

    def read() -> None:
        try:
            while not stop.is_set():
                life.dump()
        except BaseException as error:
            told.append(error)

    reader = threading.Thread(target=read)
    racing = [threading.Thread(target=throw_away, args=(database,)) for _ in range(3)]
    for one in (reader, *racing):
        one.start()
    for one in racing:
        one.join()
    stop.set()
    reader.join()
    assert told == []
    life.judge()
    assert life.dump() == before


def test_an_older_program_does_not_replace_the_shards_of_a_newer_one(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.store.judging.divide(2)
    with monkeypatch.context() as changed:
        changed.setattr(views, "RELEASE", views.RELEASE + 1)
        with closing(open_database(life.store.url)) as newer:
            prepare_views(newer)
            stands = in_force(newer)
    with pytest.raises(StoreTooNew):
        open_store(life.store.url)
    assert in_force(life.store.history.database) == stands
