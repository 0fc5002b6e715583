"""Pages of breaches and actions: each order holds each row once, on SQLite and on PostgreSQL, for whoever sees some of them alone."""

from __future__ import annotations

from itertools import pairwise

import pytest

from services.access import ADMINISTRATOR, principal
from services.breaches.action_pages import read_action_lines, read_named_actions
from services.breaches.breach_pages import Narrowed, read_breach_counts, read_breach_page
from services.breaches.reading import read_actions, read_breaches
from services.seeing.seen import Seen
from tests.services.api_case import opened

ORDERS = ("since", "period", "cause", "handling", "action")


def every(seen: Seen, narrowed: Narrowed, order: str, *, is_down: bool) -> list[str]:
    """The ids of all pages of two rows."""
    found: list[str] = []
    while rows := read_breach_page(seen, narrowed, order, 2, len(found), is_down=is_down):
        found += [row.id for row in rows]
    return found


def test_the_pages_of_a_list_hold_each_breach_once_in_the_order_that_is_asked_for(store_url: str) -> None:
    with opened(store_url) as case:
        case.lived()
        for who in (ADMINISTRATOR, principal("finance")):
            with case.store.seeing.seen(who) as seen:
                there = {row.id: row for row in read_breaches(seen)}
                counts = read_breach_counts(seen)
                assert sum(one.rows for one in counts) == len(there) > 0
                mine = frozenset(one.commitment for one in counts)
                for order in ORDERS:
                    for is_down in (False, True):
                        found = every(seen, Narrowed(commitments=mine), order, is_down=is_down)
                        assert (sorted(found), len(found)) == (sorted(there), len(there))
                for one, two in pairwise(every(seen, Narrowed(commitments=mine), "since", is_down=True)):
                    assert (there[one].opened_at or 0) >= (there[two].opened_at or 0)
                first = counts[0]
                part = Narrowed(first.state, first.period, first.cause, frozenset({first.commitment}))
                ranks = [(first.commitment, first.rows)]
                assert len(read_breach_page(seen, part, "commitment", 40, 0, ranks=ranks)) >= first.rows
                lines = read_action_lines(seen)
                assert {one.id for one in lines} == {row.id for row in read_actions(seen)}
                named = read_named_actions(seen, [one.id for one in lines])
                assert [row.id for row in named] == [one.id for one in lines]


@pytest.mark.parametrize("order", ORDERS)
def test_nothing_of_others_is_on_a_page_whatever_is_asked_for(order: str) -> None:
    with opened("sqlite://:memory:") as case:
        case.lived()
        with case.store.seeing.seen(principal("finance")) as seen:
            mine = {row.id for row in read_breaches(seen)}
            assert {row.id for row in read_breach_page(seen, Narrowed(), order, 40, 0)} <= mine
