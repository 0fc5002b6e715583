"""What the history promises, the same on every kind of store."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from services.errors import NotFound, Refused, StoreTooNew, Unavailable
from services.history import postgres_recorder, sqlite_database
from services.history.entries import EVENT, TIME, Position, event_stream, pack, time_stream
from services.history.history import (
    SEALING_VERSION,
    STORE_VERSION,
    Appended,
    Entry,
    Fact,
    History,
    Offset,
    open_history,
    prepare,
)
from services.history.opening import open_database
from tests.patience import PATIENCE
from tests.services.appender import facts
from tests.services.programs import appender, line, lines


class Thing(Aggregate):
    class Created(Aggregate.Created):
        TOPIC = "test.thing.created"
        name: str

    class Renamed(Aggregate.Event):
        TOPIC = "test.thing.renamed"
        name: str

    @event(Created)
    def __init__(self, name: str):
        self.name = name

    @event(Renamed)
    def rename(self, name: str) -> None:
        self.name = name

    @staticmethod
    def create_id(name: str) -> UUID:
        return event_stream("things", name)


class Other(Aggregate): ...


class Stored(Application[UUID]):
    """A stock application; its name is the first half of the names of its tables on PostgreSQL."""

    name = "stored"


@pytest.fixture
def history(any_store_url: str) -> Iterator[History]:
    history = open_history(any_store_url)
    yield history
    history.close()


def fact(number: int, content: bytes = b"{}") -> Fact:
    return Fact(event_stream("crm", str(number)), EVENT, pack({"received": number}, content))


def time_passed(number: int) -> Fact:
    return Fact(time_stream(number), TIME, pack({"instant": number}, b""))


def streams(entries: list[Entry]) -> list[UUID]:
    return [entry.stream for entry in entries]


# Facts


def test_an_empty_history_has_no_position(history: History) -> None:
    assert history.last_position() == 0
    assert history.read(0, 10) == []
    assert history.append_facts([]) == []


def test_facts_get_ascending_positions_in_the_order_given(history: History) -> None:
    given = [fact(number) for number in range(2500)]
    answers = history.append_facts(given)
    assert all(answer.is_new for answer in answers)
    assert [answer.position for answer in answers] == sorted(answer.position for answer in answers)
    assert history.last_position() == answers[-1].position
    read = [(one.position, one.topic, one.stream, one.version, one.state) for one in history.read(0, 5000)]
    assert read == [
        (answer.position, EVENT, UUID(bytes=one.key), 1, one.state) for answer, one in zip(answers, given, strict=True)
    ]


def test_a_fact_that_is_there_is_answered_with_what_stands_there(history: History) -> None:
    (first,) = history.append_facts([fact(1, b"first")])
    assert history.append_facts([fact(1, b"second"), fact(2)]) == [
        Appended(first.position, False, fact(1, b"first").state),
        Appended(history.last_position(), True),
    ]
    assert len(history.read(0, 10)) == 2


def test_a_fact_twice_in_a_batch_is_stored_once(history: History) -> None:
    same = fact(1)
    first, second, third = history.append_facts([same, same, fact(1, b"other")])
    assert first == Appended(history.last_position(), True)
    assert second == third == Appended(first.position, False, same.state)


def test_entries_are_read_page_by_page(history: History) -> None:
    history.append_facts([fact(number) for number in range(10)])
    seen: list[Entry] = []
    while page := history.read(seen[-1].position if seen else 0, 3):
        seen += page
    assert streams(seen) == [UUID(bytes=fact(number).key) for number in range(10)]


def test_entries_are_read_by_topic(history: History) -> None:
    history.append_facts([fact(1), time_passed(1), fact(2), time_passed(2), fact(3)])
    history.save(Thing("a"))
    assert streams(history.read(0, 10, [TIME])) == [time_stream(1), time_stream(2)]
    assert streams(history.read(0, 1, [TIME])) == [time_stream(1)]
    (first, *_) = history.read(0, 1, [TIME])
    assert streams(history.read(first.position, 9, [TIME, "test.thing.created"])) == [
        time_stream(2),
        Thing.create_id("a"),
    ]
    assert len(history.read(0, 10, [EVENT])) == 3
    assert len(history.read(0, 10, [EVENT, TIME])) == 5


def test_an_entry_is_found_by_its_stream_and_by_its_position(history: History) -> None:
    answers = history.append_facts([fact(1), fact(2)])
    found = history.find(UUID(bytes=fact(2).key))
    assert found is not None
    assert found == history.at(answers[1].position)
    assert history.find(UUID(bytes=fact(3).key)) is None
    assert history.at(answers[1].position + 1) is None
    assert list(history.entries([answers[0].position, 999])) == [answers[0].position]


def test_whoever_waits_is_woken_by_an_append(history: History) -> None:
    assert not history.wait_beyond(0, 0.01)
    woken = threading.Event()
    waiting = threading.Thread(target=lambda: woken.set() if history.wait_beyond(0, 30) else None)
    waiting.start()
    (answer,) = history.append_facts([fact(1)])
    assert woken.wait(PATIENCE)
    waiting.join()
    assert not history.wait_beyond(answer.position, 0.01)
    assert history.wait_beyond(answer.position - 1, 0)
    assert history.save(Thing("a")) > answer.position
    assert history.wait_beyond(answer.position, 0)


def test_an_offset_is_stored_with_its_records_or_neither_is(history: History) -> None:
    assert history.last_offset("topic-0") is None
    history.append_facts([fact(1)], offset=Offset("topic-0", 7, None))
    history.append_facts([], offset=Offset("topic-1", 3, None))
    with pytest.raises(Refused) as caught:
        history.append_facts([fact(2)], offset=Offset("topic-0", 7, None))
    assert caught.value.slug == "offset-moved"
    assert (history.last_offset("topic-0"), history.last_offset("topic-1")) == (7, 3)
    assert history.find(UUID(bytes=fact(2).key)) is None


@pytest.mark.parametrize("before", [None, 6, 8, 90])
def test_a_batch_that_does_not_begin_where_the_store_is_is_refused(history: History, before: int | None) -> None:
    """The store is behind where it was restored, and before where somebody else reads too."""
    history.append_facts([fact(1)], offset=Offset("topic-0", 7, None))
    with pytest.raises(Refused) as caught:
        history.append_facts([fact(2)], offset=Offset("topic-0", 99, before))
    assert caught.value.slug == "offset-moved"
    with pytest.raises(Refused, match="topic-1 is not stored up to 4"):
        history.append_facts([fact(2)], offset=Offset("topic-1", 9, 4))
    assert (history.last_offset("topic-0"), history.last_offset("topic-1")) == (7, None)
    assert history.find(UUID(bytes=fact(2).key)) is None
    history.append_facts([fact(2)], offset=Offset("topic-0", 99, 7))
    assert history.last_offset("topic-0") == 99


# Decisions


def test_an_aggregate_comes_back_as_it_was_saved(history: History) -> None:
    thing = Thing("a")
    thing.rename("b")
    assert history.save(thing) == history.last_position()
    assert history.save(thing) == 0
    again = history.get(thing.id, Thing)
    assert (again.name, again.version) == ("b", 2)
    again.rename("c")
    history.save(again, Thing("z"))
    assert history.get(thing.id, Thing).name == "c"
    assert [entry.version for entry in history.read(0, 9)] == [1, 2, 3, 1]


def test_what_happened_to_an_aggregate_is_decoded(history: History) -> None:
    history.save(Thing("a"))
    (entry,) = history.read(0, 9)
    assert entry.topic == "test.thing.created"
    happened = history.decode(entry)
    assert isinstance(happened, Thing.Created)
    assert (happened.name, happened.originator_id) == ("a", Thing.create_id("a"))


def test_what_only_a_newer_program_knows_is_said_so(history: History) -> None:
    with pytest.raises(StoreTooNew, match="unheard-of"):
        history.decode(Entry(Position(1), "entente.unheard-of", uuid4(), 1, b"{}"))


def test_what_is_not_there_is_not_found(history: History) -> None:
    history.save(Thing("a"))
    with pytest.raises(NotFound):
        history.get(uuid4(), Thing)
    with pytest.raises(NotFound):
        history.get(Thing.create_id("a"), Other)


def test_of_two_decisions_on_the_same_state_the_second_is_refused(history: History) -> None:
    history.save(Thing("a"))
    one, other = (history.get(Thing.create_id("a"), Thing) for _ in range(2))
    one.rename("one")
    other.rename("other")
    history.save(one)
    for late in (other, Thing("a")):
        with pytest.raises(Refused) as caught:
            history.save(Thing("b"), late)
        assert caught.value.slug == "conflict"
    assert history.get(Thing.create_id("a"), Thing).name == "one"
    assert history.find(Thing.create_id("b")) is None


def test_the_stock_recorders_of_eventsourcing_read_and_write_the_same_store(store_url: str) -> None:
    history = open_history(store_url)
    history.append_facts([fact(1), fact(2)])
    history.save(Thing("ours"))
    with Stored(env=stock_settings(store_url)) as stock:
        assert isinstance(stock.repository.get(Thing.create_id("ours")), Thing)
        (recording,) = stock.save(Thing("theirs"))
    assert recording.notification.id == history.last_position()
    assert history.append_facts([fact(2), fact(3)])[1].position > recording.notification.id
    assert history.get(Thing.create_id("theirs"), Thing).name == "theirs"
    history.close()


def stock_settings(store_url: str) -> dict[str, str]:
    if store_url.startswith("sqlite"):
        return {
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": store_url.removeprefix("sqlite:///"),
            "CREATE_TABLE": "no",
        }
    address, _, name = store_url.rpartition("/")
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_HOST": "127.0.0.1",
        "POSTGRES_PORT": address.rpartition(":")[2],
        "POSTGRES_DBNAME": name,
        "POSTGRES_USER": "entente",
        "POSTGRES_PASSWORD": "",
        "POSTGRES_POOL_SIZE": "1",
        "CREATE_TABLE": "no",
    }


# Several at once


def test_threads_may_append_the_same_facts_at_once(history: History) -> None:
    answers: list[Appended] = []

    def append() -> None:
        for first in range(0, 400, 20):
            answers.extend(history.append_facts([fact(number) for number in range(first, first + 30)]))

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(answer.is_new for answer in answers) == 410
    assert len(history.read(0, 1000)) == 410


def test_a_reader_passes_over_nothing_while_processes_append(store_url: str) -> None:
    history = open_history(store_url)
    seen: list[Entry] = []
    with (
        appender(store_url, "one", 3000, 30) as first,
        appender(store_url, "other", 3000, 20) as second,
        appender(store_url, "one", 3000, 25) as third,
    ):
        deadline = time.monotonic() + PATIENCE
        while len(seen) < 6000 and time.monotonic() < deadline:
            seen += history.read(seen[-1].position if seen else 0, 500)
        answers = [[int(answer.split()[0]) for answer in lines(program)] for program in (first, second, third)]
    assert len(seen) == len(set(streams(seen))) == 6000
    assert seen == history.read(0, 10_000)
    assert sum(answers[0]) + sum(answers[2]) == 3000
    assert sum(answers[1]) == 3000
    history.close()


def test_processes_may_create_the_store_at_once(store_url: str) -> None:
    with (
        appender(store_url, "one", 1, 1) as first,
        appender(store_url, "two", 1, 1) as second,
        appender(store_url, "three", 1, 1) as third,
    ):
        for program in (first, second, third):
            assert lines(program)[0].startswith("1 ")


def test_a_process_killed_while_appending_leaves_whole_batches(store_url: str) -> None:
    with appender(store_url, "one", 1_000_000, 50) as program:
        promised = [int(line(program).split()[1]) for _ in range(20)]
        program.kill()
    history = open_history(store_url)
    entries = history.read(0, 1_000_000)
    assert len(entries) % 50 == 0
    assert set(promised) <= {entry.position for entry in entries}
    assert streams(entries) == [UUID(bytes=one.key) for one in facts("one", 0, len(entries))]
    assert sum(answer.is_new for answer in history.append_facts(facts("one", 0, len(entries) + 10))) == 10
    if store_url.startswith("sqlite"):
        with history.database.connect() as reads:
            assert reads.query("PRAGMA integrity_check") == [("ok",)]
    history.close()


# What goes wrong outside


def test_a_full_disk_is_unavailable_and_leaves_the_store_whole(sqlite_url: str) -> None:
    history = open_history(sqlite_url)
    history.append_facts([fact(1)])
    with history.database.connect() as reads:
        ((pages,),) = reads.query("PRAGMA page_count")
        reads.execute(f"PRAGMA max_page_count = {pages + 10}")
    with pytest.raises(Unavailable, match="disk is full"):
        history.append_facts([fact(number, b"x" * 4000) for number in range(100)])
    with pytest.raises(Unavailable, match="disk is full"):
        history.save(Thing("a" * 100_000))
    check_whole_with(history, 1)


def test_a_disk_that_fails_in_the_middle_leaves_the_store_whole(sqlite_url: str) -> None:
    history = open_history(sqlite_url)
    history.append_facts([fact(1)])
    with files_limited_to(200_000), pytest.raises(Unavailable, match="disk"):
        history.append_facts([fact(number, b"x" * 4000) for number in range(100)])
    check_whole_with(history, 1)


def check_whole_with(history: History, count: int) -> None:
    assert len(history.read(0, 100)) == count
    with history.database.connect() as reads:
        assert reads.query("PRAGMA integrity_check") == [("ok",)]
        reads.execute("PRAGMA max_page_count = 1000000")
    history.append_facts([fact(number, b"x" * 4000) for number in range(100)])
    assert len(history.read(0, 1000)) == 100
    history.close()


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_store_that_another_program_keeps_is_unavailable(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(store_url)
    monkeypatch.setattr(sqlite_database, "BUSY_SECONDS", 1)
    monkeypatch.setattr(postgres_recorder, "BUSY_SECONDS", 1)
    history, other = open_history(store_url), open_database(store_url)
    with other.transaction() as writes:
        if store_url.startswith("postgresql"):
            writes.execute("LOCK TABLE stored_events IN EXCLUSIVE MODE")
        with pytest.raises(Unavailable, match="kept the store locked"):
            history.append_facts([fact(1)])
        assert history.read(0, 10) == []
    assert history.append_facts([fact(1)])[0].is_new
    history.close()
    other.close()


def test_a_store_of_a_newer_program_is_left_alone(store_url: str) -> None:
    assert prepare(store_url) == STORE_VERSION
    database = open_database(store_url)
    with database.transaction() as writes:
        writes.execute("UPDATE entente_store SET version = ?", [SEALING_VERSION + 1])
    with pytest.raises(StoreTooNew, match=f"version {SEALING_VERSION + 1}"):
        open_history(store_url)
    with pytest.raises(StoreTooNew):
        open_history(database)
    database.close()


def test_opening_creates_the_file_and_closing_lets_go_of_it(tmp_path: Path) -> None:
    file = tmp_path / "entente.db"
    open_history(f"sqlite:///{file}").close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["entente.db"]


def test_a_history_in_an_open_database_leaves_it_open(any_store_url: str) -> None:
    database = open_database(any_store_url)
    history = open_history(database)
    history.append_facts([fact(1)])
    history.close()
    with database.connect() as reads:
        assert reads.query("SELECT COUNT(*) FROM stored_events") == [(1,)]
    database.close()


def test_rare_topics_are_read_without_walking_through_the_events(sqlite_url: str) -> None:
    history = open_history(sqlite_url)
    statements: list[str] = []
    with history.database.connect() as reads:
        plan = reads.query(
            "EXPLAIN QUERY PLAN SELECT rowid, state FROM stored_events INDEXED BY stored_rare "
            f"WHERE topic <> '{EVENT}' AND topic IN (?, ?) AND rowid > ? ORDER BY rowid LIMIT ?",
            ["a", "b", 7, 10],
        )
    statements += [row[3] for row in plan]
    assert "SEARCH stored_events USING INDEX stored_rare (topic=? AND rowid>?)" in statements
    history.close()
