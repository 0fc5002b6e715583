"""The excuses that wait for the reader's answer, as *Today* shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dashboards.pages.excuses.page import listed_excuses
from dashboards.pages.house.frame import View
from dashboards.pages.part import Item, Making
from dashboards.plain import shortened
from services.access import Right
from services.excuses.reading import read_excuses
from services.excuses.rows import ExcuseRow
from services.figures.rows import CommitmentRow


def waits(view: View, among: Mapping[str, CommitmentRow], most: int) -> tuple[list[Making], int]:
    """Of all commitments, whatever is chosen."""
    waiting = [
        one
        for state in ("asked", "disputed")
        for one in read_excuses(view.seen, state=state)
        if one.waits_for is not None and _is_to_answer(view, one, one.waits_for)
    ]
    return [partial(_excuse, view, one) for one in waiting], len(waiting)


def _is_to_answer(view: View, row: ExcuseRow, by: str) -> bool:
    """Says whether the reader answers it: what waits for the arbiter waits for no party, whose page offers no answer, nor for an
    arbiter of a party."""
    if by != "administrator":
        return view.who.may(Right.BIND, by)
    return view.who.may(Right.ARBITRATE) and not view.who.is_of(row.supplier, row.client)


def _excuse(view: View, row: ExcuseRow) -> Item:
    language, [one] = view.language, listed_excuses(view, [row])
    return Item(
        "excused",
        one.title,
        one.path,
        f"{language.text('today.excuse', extent=one.extent)} · {shortened(one.text)}",
        language.text("today.answer"),
        one.reason,
        language.text("today.examine"),
    )
