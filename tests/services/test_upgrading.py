"""Two versions of the program on one store, while it is being upgraded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.action import Action
from services import adopting
from services.access import ADMINISTRATOR, PLATFORM_NAME
from services.errors import Invalid, StoreTooNew
from services.judging import judge, views
from services.judging.judge import Judge
from services.opening import open_store
from services.seeing import past
from services.tables.every import BY_NAME
from tests.given import contract, criterion, event, punctuality
from tests.services.judged import Life, living

SHAPE = "10:26267fc40d5893cc"


def test_the_number_of_the_shape_is_raised_with_every_change_of_it() -> None:
    assert views.shape() == SHAPE, "raise RELEASE in services/tables/every.py, and say the new shape here"


def newer(monkeypatch: pytest.MonkeyPatch, by: int = 1) -> None:
    """From here on the program is another version, which has a column more."""
    monkeypatch.setattr(views, "RELEASE", views.RELEASE + by)
    table = BY_NAME["view_service"]
    monkeypatch.setitem(BY_NAME, "view_service", replace(table, sql=f"{table.sql}, note {{text}}"))


@pytest.fixture
def life(store_url: str) -> Iterator[Life]:
    """A judged contract."""
    with living(store_url) as life:
        life.sign(contract(criterion(punctuality())))
        life.advance("2026-02-01")
        yield life


def test_an_older_program_does_not_open_the_store_of_a_newer_one(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as changed:
        newer(changed)
        open_store(life.store.url).close()
    with pytest.raises(StoreTooNew, match="read models are those of a newer program"):
        open_store(life.store.url)


def test_a_judge_that_runs_stops_when_a_newer_program_has_replaced_its_tables(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = Judge(life.store.history, life.store.history.database)
    judge.catch_up()
    with monkeypatch.context() as changed:
        newer(changed)
        with closing(open_store(life.store.url)) as upgraded:
            upgraded.judging.catch_up()
    life.append_time("2026-03-01")
    for _ in range(2):  # it does not take up anything by itself
        with pytest.raises(StoreTooNew):
            judge.run()
    with monkeypatch.context() as changed:
        newer(changed)
        with closing(open_store(life.store.url)) as upgraded:
            upgraded.judging.catch_up()
            assert life.verdicts()["2026-02-23"] == "missing"


def test_a_newer_program_judges_anew_what_an_older_one_left(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    life.happen(event("report", "01-05 09:00", date="2026-01-05"))
    shown = life.verdicts()
    newer(monkeypatch)
    with closing(open_store(life.store.url)) as upgraded:
        assert upgraded.judging.position() == 0
        upgraded.judging.catch_up()
    assert life.verdicts() == shown


def test_who_only_looks_replaces_nothing(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, position = life.verdicts(), life.store.judging.position()
    with monkeypatch.context() as changed:
        newer(changed)
        with pytest.raises(Invalid, match=r"those of an older program.*entente migrate"):
            open_store(life.store.url, renews=False)
    assert (life.verdicts(), life.store.judging.position()) == (shown, position)
    open_store(life.store.url, renews=False).close()


def by_newer_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the program judges by rules that have a number more."""
    for module in (adopting, past, judge):
        monkeypatch.setattr(module, "JUDGING", views.JUDGING + 1)


def test_a_program_does_not_judge_by_older_rules_than_the_store_follows(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that judges already stops too: it would go on to act by them."""
    running = Judge(life.store.history, life.store.history.database)
    with monkeypatch.context() as changed:
        by_newer_rules(changed)
        adopting.adopt(life.store.history, ADMINISTRATOR, life.store.clock)
    with pytest.raises(StoreTooNew, match="follows judging rules"):
        running.catch_up()
    with monkeypatch.context() as changed:
        by_newer_rules(changed)
        life.judge()
    with pytest.raises(StoreTooNew, match="follows judging rules"):
        Judge(life.store.history, life.store.history.database)


def test_what_the_platform_did_by_earlier_rules_is_no_difference_of_a_replay(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules of then asked for it; those of now did not."""
    life.store.history.save(
        Action(
            action=str(uuid4()), commitment="c/d/on-time", period="2026-01", cause="late", text="", owner="lab", person=None,
            due=None, by=PLATFORM_NAME, at=0,
        )
    )  # fmt: skip
    life.judge()
    database = life.store.history.database
    assert [one.partition(":")[0] for one in past.replay(life.store.history, database).differences] == ["not asked for"]
    by_newer_rules(monkeypatch)
    assert past.replay(life.store.history, database).is_same  # the store follows the rules of then
    adopting.adopt(life.store.history, ADMINISTRATOR, life.store.clock)
    life.judge()
    found = past.replay(life.store.history, database)
    assert (found.differences, found.of_others) == ((), 1)
