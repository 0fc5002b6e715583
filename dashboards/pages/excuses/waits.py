"""The excuses that wait for the reader's answer, and the refusals of what was asked, as *Today* shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dashboards.pages.excuses.page import listed_excuses
from dashboards.pages.house.frame import View
from dashboards.pages.part import Item, Verb, Waiting
from dashboards.plain import shortened
from domain.durations import HOUR
from services.access import Right
from services.errands.mentions import name_of_text
from services.excuses.reading import read_excuses
from services.excuses.rows import ExcuseRow
from services.figures.rows import CommitmentRow

TOLD = 30 * 24 * HOUR
"""Microseconds for which a refusal is shown to who asked, unless somebody has seen it."""


def waits(view: View, among: Mapping[str, CommitmentRow]) -> list[Waiting]:
    """Of all commitments, whatever is chosen."""
    waiting = [
        Waiting(
            partial(_asked, view, one),
            f"excuse:{one.id}",
            one.waits_for if one.state == "asked" else "",
            says=name_of_text("excuse", one.id, one.asked_at),
        )
        for state in ("asked", "disputed")
        for one in read_excuses(view.seen, state=state)
        if one.waits_for is not None and _is_to_answer(view, one, one.waits_for)
    ]
    waiting += [
        Waiting(
            partial(_refused, view, one),
            f"refusal:{one.id}",
            asking(one),
            says=name_of_text("excuse", one.id, one.answers[-1].at),
        )
        for one in read_excuses(view.seen, state="refused")
        if view.who.is_of(asking(one)) and view.who.may(Right.TAKE_PART, asking(one)) and _is_news(view, one)
    ]
    return waiting


def asking(row: ExcuseRow) -> str:
    """The service that asked."""
    return row.supplier if row.party == "supplier" else row.client


def _is_news(view: View, row: ExcuseRow) -> bool:
    return bool(row.answers) and view.now - row.answers[-1].at < TOLD


def _is_to_answer(view: View, row: ExcuseRow, by: str) -> bool:
    """Says whether the reader answers it: what waits for the arbiter waits for no party, whose page offers no answer, nor for an
    arbiter of a party."""
    if by != "administrator":
        return view.who.may(Right.BIND, by)
    return view.who.may(Right.ARBITRATE) and not view.who.is_of(row.supplier, row.client)


def _asked(view: View, row: ExcuseRow) -> Item:
    language, [one] = view.language, listed_excuses(view, [row])
    return Item(
        "excused",
        one.title,
        one.path,
        f"{language.text('today.excuse', extent=one.extent)} · {shortened(one.text)}",
        language.text("today.answer"),
        one.reason,
        language.text("today.examine"),
        others=(
            Verb(language.text("excuses.accept"), f"{one.path}#f-accept"),
            Verb(language.text("excuses.refuse"), f"{one.path}#f-refuse"),
        ),
    )


def _refused(view: View, row: ExcuseRow) -> Item:
    """What the other party, or the arbiter, said no to; it is contested, or seen."""
    language, [one], answer = view.language, listed_excuses(view, [row]), row.answers[-1]
    text = language.text
    return Item(
        "excused",
        one.title,
        one.path,
        f"{text('today.excuse_refused', extent=one.extent)} · {shortened(answer.text)}",
        text("today.refused"),
        view.near().day(answer.at),
        text("excuses.dispute" if one.may_dispute else "today.look"),
        "miss",
        way=f"{one.path}#f-dispute" if one.may_dispute else "",
        others=(Verb(text("errands.seen"), "/errands/seen", {"thing": f"refusal:{row.id}"}),),
    )
