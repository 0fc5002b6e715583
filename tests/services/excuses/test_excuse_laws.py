"""Laws of excuses: neither their place among the events nor the size of batches changes what comes out, and what is
underneath stays what it would be without them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import OperationalEvent
from domain.excuse import Excuse
from services.access import ADMINISTRATOR
from services.figures.reading import read_figures
from services.seeing.past import replay
from tests.given import OFFICE, Tree, at
from tests.services.judged import Life, living
from tests.services.test_judging_laws import (
    AMENDED,
    END,
    Steps,
    advancing,
    agreement,
    histories,
    receiving,
    shown,
    signing,
)

COMMITMENTS = ("report", "case", "speed", "item")
WORKING: Tree = {**agreement(), "calendar": {"timezone": "Europe/Paris", **OFFICE}}
WORKING["deliverables"][0]["criteria"][2]["indicator"]["within"] = "20 working hours"
REWORDED: Tree = {**deepcopy(AMENDED), "calendar": WORKING["calendar"]}
REWORDED["deliverables"][0]["criteria"][2]["indicator"]["within"] = "30 working hours"


@st.composite
def excuses(draw: st.DrawFn) -> Excuse:
    """Of keys, of an interval, or a closure; of a commitment, the deliverable or the contract."""
    scope = draw(st.sampled_from(["c", "c/d", *(f"c/d/{one}" for one in COMMITMENTS)]))
    keys: list[str] = []
    since = until = None
    if scope.count("/") == 2 and draw(st.booleans()):
        keys = draw(st.lists(st.sampled_from([*"abcd", "2026-01-12", "2026-02-16"]), min_size=1, unique=True))
    else:
        since = at("2026-01-01") + draw(st.integers(0, 100 * 24)) * 3_600_000_000
        until = since + draw(st.integers(1, 20 * 24)) * 3_600_000_000
    category = "agreed-closure" if not keys and draw(st.booleans()) else "other"
    return Excuse(str(uuid4()), scope, keys, since, until, category, "x", [], "supplier", "lab/ann", 1)


def accepting(excuse: Excuse) -> Callable[[Life], object]:
    def step(life: Life) -> None:
        life.store.history.save(_again(excuse))
        life.judge()

    return step


def _again(excuse: Excuse) -> Excuse:
    """The same, asked and accepted anew: aggregates are saved once."""
    names = ("scope", "keys", "since", "until", "category", "text", "evidence", "party", "by")
    made = Excuse(str(uuid4()), **{name: getattr(excuse, name) for name in names}, at=1)
    made.accept("", party="client", by="ward/bob", at=2)
    return made


@settings(max_examples=30)
@given(histories(), st.lists(excuses(), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_an_excuse_accepted_at_any_time_gives_the_same_verdicts_and_figures(
    events: list[OperationalEvent], agreed: list[Excuse], chance: random.Random
) -> None:
    with living() as life:
        first = [signing(WORKING), signing(REWORDED), *map(accepting, agreed), receiving(events), advancing(END)]
        before = shown(Steps(first).lived(life))
    with living() as life:
        steps = [receiving([one]) for one in chance.sample(events, len(events))]
        for time in ("2026-02-08", "2026-03-20"):
            steps.insert(chance.randint(0, len(steps)), advancing(at(time)))
        place = chance.randint(0, len(steps))
        steps.insert(place, signing(WORKING))
        steps.insert(chance.randint(place + 1, len(steps)), signing(REWORDED))
        for one in agreed:
            steps.insert(chance.randint(place + 1, len(steps)), accepting(one))
        assert shown(Steps([*steps, advancing(END)]).lived(life)) == before
        live = life.dump()
        for limit in (1, 3, 5_000):
            assert life.judged_again(limit) == live
        assert replay(life.store.history, life.store.history.database).is_same


@settings(max_examples=30)
@given(histories(), st.lists(excuses().filter(lambda one: one.category == "other"), min_size=1, max_size=3))
def test_an_excuse_hides_a_verdict_without_replacing_it(
    events: list[OperationalEvent], agreed: Sequence[Excuse]
) -> None:
    steps = [signing(WORKING), receiving(events), advancing(END)]
    with living() as life:
        Steps(steps).lived(life)
        plain = {one: life.occurrences(f"c/d/{one}") for one in COMMITMENTS}
        raw = [one.raw for one in life.store.read(ADMINISTRATOR, read_figures)]
    with living() as life:
        Steps([*steps, *map(accepting, agreed)]).lived(life)
        for name in COMMITMENTS:
            for key, row in life.occurrences(f"c/d/{name}").items():
                assert (row.underlying or row.verdict) == plain[name][key].verdict
                assert replace(row, verdict="", underlying=None, at_risk=False, flags=()) == replace(
                    plain[name][key], verdict="", at_risk=False, flags=()
                )
        assert [one.raw for one in life.store.read(ADMINISTRATOR, read_figures)] == raw
