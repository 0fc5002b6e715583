"""A store follows the rules that its history names; newer ones are adopted by a decision, and what they change in final figures
is restated with that cause (DESIGN §3.16, MEANING §7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.events import OperationalEvent
from domain.times import instant
from services.access import ADMINISTRATOR, AUDITOR
from services.adopting import Rules, adopt, adopted_rules, own_rules
from services.errors import NotAllowed
from services.history.entries import RULES, contracts_named, header_of, pack, rules_stream
from services.history.history import Fact, open_history
from services.matches.matching import Matching
from services.matches.reading import read_unmatched
from services.seeing.past import replay
from tests.given import contract, criterion, event, punctuality, structured
from tests.services.judged import NOW, Life, living

OLDER = Rules(0, "2020a")


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A store that an older program made, by whose rules March came to 4 of 5."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    history = open_history(url)
    header = {"judging": OLDER.judging, "tzdata": OLDER.tzdata, "received": NOW, "by": "entente"}
    history.append_facts([Fact(rules_stream(str(OLDER.judging), OLDER.tzdata), RULES, pack(header, b""))])
    history.close()
    with living(url) as alive:
        alive.sign(contract(criterion(punctuality(), targets=[{"at_least": "90 %", "per": "month"}])))
        days = ("02", "09", "16", "23", "30")
        alive.happen(*(event("report", f"03-{day} 09:00", date=f"2026-03-{day}") for day in days))
        alive.advance("04-30 00:00")
        _as_the_older_rules_had_it(alive)
        yield alive


def _moved_west(url: str, monkeypatch: pytest.MonkeyPatch, *events: OperationalEvent, **indicator: Any) -> None:
    """A store that follows the rules of a program by which a date that two zones name stood twice; what it judged of a weekly
    report that goes from Lord Howe to Santiago on 11 January."""
    history = open_history(url)
    header = {"judging": 4, "tzdata": OLDER.tzdata, "received": NOW, "by": "entente"}
    history.append_facts([Fact(rules_stream("4", OLDER.tzdata), RULES, pack(header, b""))])
    history.close()
    report = {"kind": "punctuality", "delivered": {"type": "report"}, **indicator}
    weekly = criterion(report | {"due": {"every": "FREQ=WEEKLY", "at": "10:00"}})
    first = contract(weekly, timezone="Australia/Lord_Howe", valid={"from": "2026-01-04"})
    with monkeypatch.context() as older, living(url) as life:
        older.setattr("domain.schedule._of_the_later_wording", lambda dues: dues)
        life.sign(first)
        life.sign({**first, "timezone": "America/Santiago", "effective": "2026-01-11"})
        life.happen(*events)


def test_what_older_rules_put_elsewhere_is_taken_out_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    wrong = event("report", instant("2026-01-10T22:30:00Z"), id="wrong")
    right = event("report", instant("2026-01-11T12:30:00Z"), id="right")
    _moved_west(url, monkeypatch, wrong, right, early="1 h")
    with living(url) as life:
        assert life.occurrences()["2026-01-11"].closed == wrong.time
        life.receive([structured(replace(event("note", "01-12 09:00", None), voids="wrong"))])
        assert life.occurrences()["2026-01-11"].closed == right.time


def test_what_older_rules_had_no_use_for_can_be_matched_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    report = event("report", instant("2026-01-11T12:30:00Z"), week="2026-W02")
    _moved_west(url, monkeypatch, report, key="data.week")
    with living(url) as life:
        [found] = life.store.read(ADMINISTRATOR, read_unmatched)
        assert found.reason == "key-names-several-due-dates"
        life.store.use(Matching).match(ADMINISTRATOR, found.position, "c/d/on-time", "2026-01-11")
        life.judge()
        assert life.occurrences()["2026-01-11"].closed == report.time


def _as_the_older_rules_had_it(life: Life) -> None:
    with life.store.history.database.transaction() as writes:
        sql = "SELECT final FROM view_period WHERE period = '2026-03'"
        kept = msgspec.json.decode(writes.query(sql)[0][0]) | {"good": 4, "value": "0.8000", "status": "breached"}
        writes.execute(
            "UPDATE view_period SET final = ? WHERE period = '2026-03'", [msgspec.json.encode(kept).decode()]
        )


def test_a_newer_program_starts_and_serves_what_was(life: Life) -> None:
    assert adopted_rules(life.store.history) == OLDER
    assert own_rules() != OLDER
    assert not replay(life.store.history, life.store.history.database).is_same


def test_trying_shows_what_would_be_restated_and_changes_nothing(life: Life) -> None:
    before = life.dump()
    [restated] = adopt(life.store.history, ADMINISTRATOR, lambda: NOW, dry_run=True)
    assert (restated.commitment, restated.period) == ("c/d/on-time", "2026-03")
    assert (restated.before, restated.after) == ("4/5", "5/5")
    assert (life.dump(), adopted_rules(life.store.history)) == (before, OLDER)


def test_what_newer_rules_change_is_restated_with_that_cause_and_replays_to_the_same(life: Life) -> None:
    assert len(adopt(life.store.history, ADMINISTRATOR, lambda: NOW)) == 1
    life.judge()
    figure = life.figure("2026-03")
    assert adopted_rules(life.store.history) == own_rules()
    assert (figure.state, figure.adjusted, figure.status) == ("restated", (5, 5), "met")
    assert figure.final is not None
    assert (figure.final["good"], figure.final["total"]) == (4, 5)
    [cause] = figure.causes
    entry = life.store.history.at(cause)
    assert entry is not None
    assert entry.topic == RULES
    _, for_all, of_contract = life.store.history.read(0, 1_000, [RULES])
    assert (of_contract, contracts_named(header_of(of_contract.state))) == (entry, {"c"})
    assert contracts_named(header_of(for_all.state)) == set()
    assert life.figure("2026-02").state == "final"
    assert replay(life.store.history, life.store.history.database).is_same
    assert life.judged_again(3) == life.dump()
    assert adopt(life.store.history, ADMINISTRATOR, lambda: NOW) == []


def test_only_the_administrator_adopts_rules(life: Life) -> None:
    with pytest.raises(NotAllowed):
        adopt(life.store.history, AUDITOR, lambda: NOW)


def test_a_new_store_begins_with_the_rules_of_its_program() -> None:
    with living() as alive:
        assert adopted_rules(alive.store.history) == own_rules()
