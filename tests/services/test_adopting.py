"""A store follows the rules that its history names; newer ones are adopted by a decision, and what they change in final figures
is restated with that cause (DESIGN §3.16, MEANING §7)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from services.access import ADMINISTRATOR, AUDITOR
from services.adopting import Rules, adopt, adopted_rules, own_rules
from services.errors import NotAllowed
from services.history.entries import RULES, pack, rules_stream
from services.history.history import Fact, open_history
from services.seeing.past import replay
from tests.given import contract, criterion, event, punctuality
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
