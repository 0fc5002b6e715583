"""A judge that another one overtakes between reading a batch and writing it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from services.history.history import Entry, History
from services.judging.judge import Judge, Overtaken
from tests.given import conformity, contract, criterion, event, structured
from tests.services.judged import Life, living

ITEMS = contract(criterion(conformity()))


class Overtaking(Judge):
    """Lets another judge write whatever it has just read itself, once."""

    def __init__(self, life: Life):
        super().__init__(life.store.history, life.store.history.database)
        self.history = _Interrupted(life)


class _Interrupted(History):
    def __init__(self, life: Life):
        self.__dict__.update(life.store.history.__dict__)
        self._others = [Judge(life.store.history, life.store.history.database)]

    def read(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Entry]:
        batch = super().read(after, limit, topics)
        while self._others:
            self._others.pop().catch_up()
        return batch


def test_an_overtaken_judge_writes_nothing(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(ITEMS)
        slow = Overtaking(life)
        life.append([structured(event("item", "01-10 09:00", None, errors=0))])
        with pytest.raises(Overtaken):
            slow.run()
        assert life.figure("2026-01").adjusted == (1, 1)
        assert life.dump() == life.judged_again()


def test_a_command_that_is_overtaken_goes_on_behind_the_other_judge(store_url: str) -> None:
    with living(store_url) as life:
        life.sign(ITEMS)
        life.store.judging._seats[0].judge = Overtaking(life)
        life.append([structured(event("item", "01-10 09:00", None, errors=0))])
        life.judge()
        assert life.figure("2026-01").adjusted == (1, 1)
