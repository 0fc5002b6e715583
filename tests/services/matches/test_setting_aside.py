"""Unmatched events that belong nowhere: put aside by who settles them, and taken back (MEANING §3 "Put aside")."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from services.access import ADMINISTRATOR, AUDITOR, Principal, Right, principal
from services.errors import Invalid, NotAllowed, NotFound, Refused
from services.history.entries import event_stream
from services.matches.matching import Matching
from services.matches.reading import count_unmatched, read_unmatched
from services.matches.setting_aside import SettingAside
from tests.given import conformity, contract, criterion, deadline, event, punctuality
from tests.services.excused import LAB, WARD
from tests.services.judged import Life, living


@contextmanager
def stray(url: str = "sqlite://:memory:") -> Iterator[Life]:
    """Mondays; a report of the 9th bears a name that nobody can read."""
    with living(url) as opened:
        opened.sign(contract(criterion(punctuality()), late_data="2 days"))
        opened.happen(event("report", "03-09 10:00", id="b", date="a test of the tool"))
        opened.advance("03-10")
        yield opened


@pytest.fixture
def life() -> Iterator[Life]:
    with stray() as opened:
        yield opened


def position(life: Life, id: str = "b") -> int:
    entry = life.store.history.find(event_stream("tool", id))
    assert entry is not None
    return entry.position


def put(life: Life, who: Principal = LAB, text: str = "a test of the tool", id: str = "b") -> None:
    life.store.use(SettingAside).put(who, position(life, id), text)
    life.judge()


def waiting(life: Life, who: Principal = ADMINISTRATOR, *, aside: bool = False) -> list[str]:
    return [one.id for one in life.store.read(who, read_unmatched, aside=aside)]


def test_what_belongs_nowhere_waits_no_more_and_says_who_put_it_aside_and_why(store_url: str) -> None:
    with stray(store_url) as life:
        check_put_aside(life)


def check_put_aside(life: Life) -> None:
    put(life)
    store = life.store
    assert (waiting(life), waiting(life, aside=True)) == ([], ["b"])
    assert (store.read(WARD, count_unmatched), store.read(WARD, count_unmatched, aside=True)) == (0, 1)
    [row] = store.read(WARD, read_unmatched, aside=True)
    [aside] = row.asides
    assert (aside.commitment, aside.by, aside.text) == ("c/d/on-time", str(LAB), "a test of the tool")
    assert life.verdicts()["2026-03-09"] == "missing"
    assert life.judged_again() == life.judged_again(1) == life.dump()


def test_taken_back_it_waits_again_and_may_be_matched(life: Life) -> None:
    put(life)
    where = (position(life), "c/d/on-time", "2026-03-09")
    with pytest.raises(Refused, match=r"is put aside \(entente unmatched take-back") as refused:
        life.store.use(Matching).match(LAB, *where)
    assert refused.value.slug == "set-aside"
    life.store.use(SettingAside).take_back(LAB, position(life))
    life.judge()
    assert (waiting(life), waiting(life, aside=True)) == (["b"], [])
    life.store.use(Matching).match(LAB, *where)
    life.judge()
    assert (life.verdicts()["2026-03-09"], waiting(life), waiting(life, aside=True)) == ("met", [], [])


def test_it_is_put_aside_and_taken_back_as_often_as_one_likes_but_each_once(life: Life) -> None:
    for _ in range(2):
        put(life)
        with pytest.raises(Refused, match="put aside already"):
            life.store.use(SettingAside).put(LAB, position(life), "again")
        life.store.use(SettingAside).take_back(LAB, position(life), "it is ours")
        life.judge()
        with pytest.raises(Refused, match="not put aside"):
            life.store.use(SettingAside).take_back(LAB, position(life))
    assert life.judged_again() == life.dump()


@pytest.mark.parametrize(
    ("who", "error"),
    [(WARD, NotAllowed), (AUDITOR, NotAllowed), (principal("press"), NotFound)],
)
def test_only_who_settles_what_is_unmatched_puts_it_aside(life: Life, who: Principal, error: type[Exception]) -> None:
    with pytest.raises(error):
        life.store.use(SettingAside).put(who, position(life), "not ours")
    put(life)
    with pytest.raises(error):
        life.store.use(SettingAside).take_back(who, position(life))


def test_why_has_to_be_said_and_what_waits_for_nobody_cannot_be_put_aside(life: Life) -> None:
    with pytest.raises(Invalid, match="nothing was said"):
        life.store.use(SettingAside).put(LAB, position(life), "  ")
    life.happen(event("report", "03-02 09:00", id="good", date="2026-03-02"))
    for where in (position(life, "good"), 1, 2**70):
        with pytest.raises(NotFound, match=r"no event at position .* is unmatched"):
            life.store.use(SettingAside).put(LAB, where, "why")


def test_what_was_asked_already_is_not_put_aside_and_names_its_match(life: Life) -> None:
    life.advance("04-10")
    match, _ = life.store.use(Matching).match(LAB, position(life), "c/d/on-time", "2026-03-09")
    life.judge()
    [row] = life.store.read(LAB, read_unmatched)
    assert row.asked == (match,)
    with pytest.raises(Refused, match=r"asked to match .*take that back first"):
        put(life)
    life.store.use(Matching).unmatch(LAB, match)
    life.judge()
    put(life)
    assert (waiting(life), life.store.read(LAB, read_unmatched)) == ([], [])


def test_each_contract_puts_aside_for_itself(life: Life) -> None:
    life.sign(contract(criterion(punctuality()), id="e", client="press"))
    put(life, principal("lab"))
    assert (waiting(life), waiting(life, aside=True)) == ([], ["b"])
    life.sign(contract(criterion(punctuality()), id="f", supplier="press", client="ward"))
    [row] = life.store.read(ADMINISTRATOR, read_unmatched)
    assert row.commitments == ("f/d/on-time",)
    with pytest.raises(NotAllowed):
        life.store.use(SettingAside).put(LAB if LAB.may(Right.SETTLE, "ward") else WARD, position(life), "not ours")
    put(life, principal("press"))
    assert waiting(life) == []
    assert life.judged_again() == life.dump()


def test_where_nothing_can_be_matched_it_can_be_put_aside(life: Life) -> None:
    life.sign(contract(criterion(deadline()), criterion(conformity(), "good"), id="e"))
    life.happen(event("closed", "03-02", "1", id="stray"))
    put(life, id="stray")
    assert waiting(life) == ["b"]
