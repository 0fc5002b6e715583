"""The steps of a ladder in the order of their days, and why one came before its limit (MEETING §6)."""

from __future__ import annotations

from services.actions.laddering import Rung, by_day


def test_what_came_at_once_stands_before_what_was_skipped_and_what_nobody_can_date_last() -> None:
    first, second = Rung(1, ("owner",), 700, None), Rung(2, ("client",), 900, 300)
    never = Rung(3, ("arbiter",), None, None)
    assert by_day([first, second, never]) == [second, first, never]
    assert [one.is_at_once for one in (first, second, never)] == [False, True, False]
    assert not Rung(1, ("owner",), 700, 700).is_at_once
