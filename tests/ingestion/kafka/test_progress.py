"""Where a partition goes on, from what the store has and what the broker still has; when that is refused."""

from __future__ import annotations

import pytest

from ingestion.kafka.progress import Progress
from services.errors import Refused
from services.history.history import History, Offset


class Topic:
    """A topic of one partition that the broker has from `first` to before `end`."""

    name = "events"

    def __init__(self, first: int = 0, end: int = 10, id: str = "a"):
        self.first, self.end, self._id = first, end, id

    def id(self) -> str:
        return self._id

    def ends(self) -> dict[int, int]:
        return {0: self.end}

    def reach(self, partition: int) -> tuple[int, int]:
        return self.first, self.end

    def make_anew(self) -> None:
        self._id += "a"


def store(history: History, last: int, id: str = "a") -> None:
    history.append_facts([], offset=Offset(f"kafka/events/{id}/0", last, None))


def refused(history: History, topic: Topic) -> str | None:
    with pytest.raises(Refused) as error:
        Progress(history, topic).start(0)
    return error.value.slug


def test_what_was_never_stored_begins_at_the_oldest_record(history: History) -> None:
    assert Progress(history, Topic(first=4)).start(0) == (4, 0)


def test_what_was_stored_goes_on_behind_it(history: History) -> None:
    store(history, 6)
    assert Progress(history, Topic(end=7)).start(0) == (7, 7)


def test_records_that_are_gone_are_passed_over_only_where_that_is_said(history: History) -> None:
    store(history, 3)
    assert Progress(history, Topic(first=4)).start(0) == (4, 4)
    assert refused(history, Topic(first=5)) == "records-lost"
    assert Progress(history, Topic(first=5), begins_anew=True).start(0) == (5, 4)


def test_a_log_that_ends_before_what_is_stored_has_lost_some(history: History) -> None:
    store(history, 9)
    assert Progress(history, Topic(end=10)).start(0) == (10, 10)
    assert refused(history, Topic(end=9)) == "offset-regressed"


def test_a_topic_that_was_created_again_is_another_one(history: History) -> None:
    store(history, 3)
    assert refused(history, Topic(id="b")) == "topic-recreated"
    assert Progress(history, Topic(id="b"), begins_anew=True).start(0) == (0, 0)
    topic = Topic()
    progress = Progress(history, topic)
    topic.make_anew()
    with pytest.raises(Refused, match="created again"):
        progress.lags()


def test_a_partition_is_drained_when_everything_that_the_broker_has_is_stored(history: History) -> None:
    progress = Progress(history, Topic(end=5))
    assert (progress.lags(), progress.is_drained()) == ({0: 5}, False)
    store(history, 4)
    assert (progress.lags(), progress.all_stored(), progress.is_drained()) == ({0: 0}, {0: 4}, True)
