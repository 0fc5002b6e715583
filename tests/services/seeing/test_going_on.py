"""A look that goes on from the one before shows what one from the beginning shows (MEANING §6)."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import OperationalEvent
from domain.times import Instant
from services.history.entries import ERASED, pack
from services.history.history import Fact
from services.judging.views import dump
from services.seeing.going_on import KeptPasts
from services.seeing.past import seeing_at
from services.seeing.seen import Seeing
from tests.given import structured
from tests.services.judged import Life, living
from tests.services.test_leaps import BEGUN, DAY, END, agreement, histories

KEPT_AS = (1, "rules")


def shown(opened: Seeing) -> list[str]:
    with opened.database.connect() as reads:
        return list(dump(reads))


def looked(life: Life, kept: KeptPasts, as_of: Instant, position: int) -> list[str]:
    store = life.store
    with kept.seeing_at(
        store.history, KEPT_AS, as_of, position, contract="c", documents=store.history.database
    ) as opened:
        return shown(opened)


def from_the_beginning(life: Life, as_of: Instant, position: int) -> list[str]:
    history = life.store.history
    with seeing_at(history, as_of=as_of, position=position, contract="c", documents=history.database) as opened:
        return shown(opened)


@settings(max_examples=4)
@given(
    histories,
    histories,
    st.lists(st.tuples(st.integers(-3, 110), st.integers(0, 100)), min_size=2, max_size=4),
    st.sampled_from([1, 7, 500]),
)
def test_looks_in_any_order_show_what_looks_from_the_beginning_show(
    events: list[OperationalEvent], later: list[OperationalEvent], looks: list[tuple[int, int]], at_once: int
) -> None:  # fmt: skip
    kept = KeptPasts(at_once=at_once)
    with living() as life:
        life.sign(agreement())
        life.advance(BEGUN)
        life.append([structured(one) for one in events])
        for day in range(10, 60, 7):
            life.advance(BEGUN + day * DAY)
        life.append([structured(one) for one in later])
        life.advance(END)
        last = life.store.history.last_position()
        for days, share in looks:
            as_of, position = BEGUN + days * DAY, last * share // 100
            assert looked(life, kept, as_of, position) == from_the_beginning(life, as_of, position)


def test_what_is_kept_is_bounded_and_what_is_too_large_is_not_kept() -> None:
    with living() as life:
        life.sign(agreement())
        life.advance(END)
        last = life.store.history.last_position()
        kept, small = KeptPasts(), KeptPasts(most=1_000)
        for one in (kept, small):
            looked(life, one, BEGUN + 30 * DAY, last)
        assert kept.held() > 1_000
        assert small.held() == 0


def test_what_was_judged_before_somebody_was_forgotten_is_judged_anew() -> None:
    with living() as life:
        life.sign(agreement())
        life.advance(END)
        kept, last, history = KeptPasts(), life.store.history.last_position(), life.store.history
        looked(life, kept, BEGUN + 30 * DAY, last)
        assert kept._begun(history, (*KEPT_AS, "c"), BEGUN + 30 * DAY, last) is not None
        history.append_facts([Fact(uuid4(), ERASED, pack({}, b""))])
        assert kept._begun(history, (*KEPT_AS, "c"), BEGUN + 30 * DAY, last) is None
