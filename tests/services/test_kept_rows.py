"""What a reader keeps of the rows of commitments, contracts and reviews is what one says who reads for the first time: after every
step of a store's life, whatever it changes, and at every moment that time reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st

from domain.times import Instant
from services.access import ADMINISTRATOR, principal
from services.breaches.following_up import FollowingUp
from services.breaches.reading import (
    read_actions,
    read_breaches,
    read_newest_unexplained,
    read_overdue,
    read_unexplained,
)
from services.contracts.reading import read_contracts
from services.excuses.excusing import Excusing
from services.figures.commitment_rows import current_figures
from services.figures.figure_rows import current_figures_of, figures_of
from services.figures.reading import read_commitment, read_commitments, read_pressing
from services.judging.views import SHAPE
from services.reviews.reading import read_reviews
from services.reviews.reviewing import Reviewing
from services.seeing.seen import Seeing
from tests.given import (
    at,
    availability,
    conformity,
    contract,
    criterion,
    deadline,
    event,
    measure,
    punctuality,
    turnaround,
)
from tests.oracle.generating import BUILT_KINDS, streams
from tests.oracle.living import GivesNoDate, Lived
from tests.services.judged import Life, living

MOST = 12
STREAMS = 4
"""Of each kind, and of all together."""


TOUCHING = tuple(f"view_{one} " for one in ("occurrence", "tally", "period", "signal", "breach", "action"))
_ABOUT, _SAID = re.compile(r" commitment='([^']*)'"), re.compile(r" (document|is_explained)=.*")


@dataclass
class Looked:
    """A reader who has looked after every step."""

    life: Life
    position: int = 0
    kept: list[Seeing] = field(default_factory=list)

    def __post_init__(self) -> None:
        store = self.life.store
        self.kept = [store.seeing, Seeing(store.history, keeps=True)]

    def judge(self) -> None:
        """Whatever is written of a commitment is said to be touched by it. And looks."""
        before = self._written()
        self.life.judge()
        after = self._written()
        with self.life.store.history.database.connect() as reads:
            touched = {
                id for (id,) in reads.query("SELECT commitment FROM view_touched WHERE position > ?", [self.position])
            }
        assert {id for id, _ in before ^ after} <= touched
        self.position = self.kept[0].known().position
        self.look()

    def _written(self) -> set[tuple[str, str]]:
        """Commitments with the rows that stand of them, but for what people said of a breach."""
        rows = ((line, _ABOUT.search(line)) for line in self.life.dump() if line.startswith(TOUCHING))
        return {(found[1], _SAID.sub("", line)) for line, found in rows if found}

    def look(self) -> None:
        store = self.life.store
        fresh = shown(Seeing(store.history, store.history.database))
        for seeing in self.kept:
            for name, rows in shown(seeing).items():
                assert rows == fresh[name], name
        require_one_by_one(Seeing(store.history, store.history.database))


def shown(seeing: Seeing) -> dict[str, Any]:
    """What the first pages are made of."""
    commitments = seeing.read(ADMINISTRATOR, read_commitments)
    ids = {row.id for row in commitments}
    return {
        "commitments": commitments,
        "pressing": seeing.read(ADMINISTRATOR, read_pressing, sorted(ids)),
        "one by one": [seeing.read(ADMINISTRATOR, read_commitment, id) for id in sorted(ids)],
        "contracts": seeing.read(ADMINISTRATOR, read_contracts),
        "reviews": seeing.read(ADMINISTRATOR, read_reviews),
        "unexplained": seeing.read(ADMINISTRATOR, read_unexplained, ids),
        "overdue": seeing.read(ADMINISTRATOR, read_overdue, ids),
    }


def require_one_by_one(seeing: Seeing) -> None:
    """The current figures of all in a few queries are those of each by itself, and the short lists are the long ones, cut."""
    with seeing.database.snapshot(SHAPE) as reads:
        known, commitments = seeing.known(), list(seeing.catalogue().commitments.values())
        together = current_figures_of(reads, commitments, known)
        for one in commitments:
            alone = [row for row, _ in figures_of(reads, one, known, only_current=True)]
            found = current_figures([row for row, _ in together[one.id]], known.about(one.id))
            assert found == current_figures(alone, known.about(one.id))
            # and of all periods that have one
            listed = [row for row, _ in figures_of(reads, one, known)]
            assert found == current_figures(listed, known.about(one.id))
    ids = {one.id for one in commitments}
    breaches = [row for row in seeing.read(ADMINISTRATOR, read_breaches, state="open") if not row.explanations]
    unexplained = seeing.read(ADMINISTRATOR, read_unexplained, ids)
    assert sum(it.breaches for it in unexplained) == len(breaches)
    assert {it.commitment for it in unexplained} == {row.commitment for row in breaches}
    for row in (seeing.read(ADMINISTRATOR, read_newest_unexplained, it) for it in unexplained):
        assert row == max((one for one in breaches if one.commitment == row.commitment), key=_opened)
    overdue = [row for row in seeing.read(ADMINISTRATOR, read_actions, state="open") if row.is_overdue]
    assert [one.id for one in seeing.read(ADMINISTRATOR, read_overdue, ids)] == [row.id for row in overdue]


def _opened(row: Any) -> tuple[int, str]:
    return row.opened_position, row.id


class Looking(Lived):
    """Looks after each step, and while time passes."""

    def __init__(self, life: Life):
        super().__init__(life)
        self.looked = Looked(life)

    def _take(self, verb: str, what: Any) -> None:
        super()._take(verb, what)
        self.looked.judge()


@pytest.mark.parametrize("kinds", [*((kind,) for kind in BUILT_KINDS), BUILT_KINDS], ids=",".join)
def test_whatever_happens_what_is_kept_is_what_is_read(kinds: tuple[str, ...]) -> None:
    @seed(1)
    @settings(max_examples=STREAMS, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        with living() as life:
            try:
                Looking(life).through(data.draw(streams(kinds)), True)
            except GivesNoDate:
                reject()

    tried()


HOUR = 3_600_000_000


@pytest.fixture
def looked(store_url: str) -> Iterator[Looked]:
    """Five kinds in one contract, each with another target; another contract has nothing to do with it."""
    monthly = {"at_least": "90 %", "per": "month"}
    with living(store_url) as life:
        terms = contract(
            criterion(
                punctuality(tolerance="1 h"), each_miss="breach", targets=[monthly, {"max_misses": 1, "per": "week"}]
            ),
            criterion(turnaround(), "answered", target={"at_least": "80 %", "per": "quarter"}),
            criterion(deadline(warn="2 h"), "in-time", target={"max_consecutive_misses": 1, "per": "28 days"}),
            criterion(measure(), "length", target={"at_most": 5, "per": "month"}),
            criterion(availability(), "up", target={"at_least": "99 %", "per": "month"}),
            review={"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h"},
        )
        life.sign(terms)
        life.sign(contract(criterion(conformity()), id="other"))
        found = Looked(life)
        found.look()
        yield found


def test_at_every_hour_that_passes_what_is_kept_is_what_is_read(looked: Looked) -> None:
    """Times to warn, dues, limits, ends of periods, days of actions, reviews: nothing but time passes between two looks."""
    life = looked.life
    life.advance("2026-01-04 20:00")
    opened = [event("opened", f"01-05 0{hour}:30", f"case {hour}") for hour in (6, 7, 8)]
    life.happen(*opened, event("opened", "01-05 05:00", "dated", due="2026-01-05T12:00:00+01:00"))
    life.happen(event("down", "01-05 03:00", "site"), event("call", "01-05 04:00", minutes=3))
    life.happen(
        event("report", "01-04 19:00", date="2026-01-12")
    )  # early: what it says of its debtor counts from its due on
    for moment in hours("2026-01-05 00:00", 36):
        life.append_time(moment)
        looked.judge()
    for first in ("2026-01-19 06:00", "2026-01-31 20:00"):  # what was missing is so for two weeks, a month ends
        for moment in hours(first, 8):
            life.append_time(moment)
            looked.judge()


def test_what_presses_for_its_debtors_lateness_alone_does_so_from_two_days_before_until_that_is_better() -> None:
    """Five of the last twenty reports were late; what comes early says so of its debtor from its due on."""
    every_day = {"every": "day", "at": "10:00"}
    late = (6, 10, 14, 18, 22)
    with living() as life:
        life.sign(contract(criterion(punctuality(due=every_day, tolerance="1 h"))))
        looked = Looked(life)
        for day in range(5, 25):
            hour = 14 if day in late else 9
            life.happen(event("report", f"01-{day:02} {hour:02}:00", date=f"2026-01-{day:02}"))
        life.happen(*(event("report", "01-24 12:00", date=f"2026-01-{day}") for day in (25, 26)))
        found = {}
        for moment in hours("2026-01-24 20:00", 44):
            life.append_time(moment)
            looked.judge()
            [presses] = looked.kept[1].read(ADMINISTRATOR, read_pressing, ["c/d/on-time"]).values()
            found[moment] = [one.key for one in presses.risk]
    at_risk = [moment for moment, keys in found.items() if "2026-01-27" in keys]
    assert (at_risk[0], at_risk[-1]) == (at("2026-01-25 11:00"), at("2026-01-26 09:00"))
    assert len(at_risk) == 23


def hours(first: str, count: int) -> list[Instant]:
    return [at(first) + number * HOUR for number in range(count)]


def test_whatever_is_decided_what_is_kept_is_what_is_read(looked: Looked) -> None:
    life, store = looked.life, looked.life.store
    lab, ward = principal("lab/ann"), principal("ward/bob")
    life.advance("2026-02-20")
    looked.look()
    breach = life.breaches()[0]
    action = life.actions()[0]
    review = next(one for one in store.read(ADMINISTRATOR, read_reviews) if one.position is not None)
    asked = ""

    def ask() -> None:
        nonlocal asked
        asked, _ = store.use(Excusing).ask(lab, "c/d/on-time", reason="force-majeure", text="so", keys=["2026-01-05"])

    for decide in (
        lambda: store.use(FollowingUp).acknowledge(lab, breach.id),
        lambda: store.use(FollowingUp).explain_breach(lab, breach.id, "a pipe"),
        lambda: store.use(FollowingUp).progress(lab, action.id, "half"),
        lambda: store.use(FollowingUp).close(lab, action.id, "done"),
        lambda: store.use(Reviewing).minutes(lab, review.id, "said"),
        lambda: store.use(Reviewing).sign_review(lab, review.id),
        lambda: store.use(Reviewing).sign_review(ward, review.id),
        ask,
        lambda: store.use(Excusing).accept(ward, asked),
        lambda: life.happen(event("report", "01-12 09:00", date="2026-01-12")),
        lambda: life.happen(event("opened", "01-20 09:00", "late news"), event("call", "02-19 04:00", minutes=30)),
        lambda: life.sign(contract(criterion(conformity(), owner="eve"), id="other", effective="2026-02-21")),
        lambda: life.terminate("2026-02-22"),
        lambda: life.advance("2026-02-24"),
    ):
        decide()
        looked.judge()


def test_what_is_judged_anew_from_the_start_is_shown_at_each_place_that_it_reaches(looked: Looked) -> None:
    life = looked.life
    life.happen(event("report", "01-05 09:00", date="2026-01-05"), event("call", "01-05 04:00", minutes=3))
    life.advance("2026-02-20")
    looked.look()
    life.drop_views()
    looked.look()
    judged = Seeing(life.store.history, life.store.history.database).known().position
    assert judged == 0
    looked.judge()


def test_a_commitment_that_nothing_touched_is_not_read_again(looked: Looked) -> None:
    life = looked.life
    life.advance("2026-01-04 20:00")
    seeing = Seeing(life.store.history)
    before = {row.id: row for row in seeing.read(ADMINISTRATOR, read_commitments)}
    life.happen(event("opened", "01-04 19:00", "one"))
    after = {row.id: row for row in seeing.read(ADMINISTRATOR, read_commitments)}
    same = {id for id, row in after.items() if row.current and row.current[0].counts is before[id].current[0].counts}
    assert "c/d/on-time" in same
    assert "other/d/on-time" in same
    assert "c/d/answered" not in same
    assert {row.current[0].position for row in after.values()} == {seeing.known().position}


def test_what_shards_judge_is_shown_as_each_knows_it(postgres_url: str) -> None:
    with living(postgres_url) as life:
        life.sign(contract(criterion(punctuality()), criterion(turnaround(), "answered")))
        looked = Looked(life)
        life.advance("2026-02-01")
        looked.look()
        for shards in (3, 2, 1):
            life.store.judging.divide(shards)
            looked.look()
            life.happen(event("opened", "02-01 09:00", f"case {shards}"))
            looked.look()
            life.advance(f"2026-02-0{5 - shards}")
            looked.look()
