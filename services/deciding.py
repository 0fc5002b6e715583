"""The steps that all use cases share: what people may give, how an aggregate refuses, how it is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final

from eventsourcing.domain import Aggregate

from domain.decisions import DecisionRefused
from domain.saying import said, said_by
from domain.times import FIRST_DAY, LAST_DAY
from domain.unseen import without_unseen
from services.errors import Invalid, Refused
from services.history.history import History


def within_bounds(day: date, place: str | None = None) -> date:
    """The day itself: somebody unrolls dates up to it, and a calendar ends somewhere. Raises Invalid where it lies outside FIRST_DAY
    to LAST_DAY."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Invalid(
            said(
                "{day} lies outside {first_day} to {last_day}",
                day=day,
                first_day=FIRST_DAY.year,
                last_day=LAST_DAY.year,
            ),
            place=place,
            mend=said("a day of these years"),
        )
    return day


LONGEST_TEXT: Final = 10_000
"""Characters of what somebody says."""


def words_of(text: str, otherwise: str | None = None) -> str:
    """Gives what was said, without the blanks around it and letters that nobody sees, such as those that turn the direction of
    writing; `otherwise` where nothing need be said. Raises Invalid."""
    text = without_unseen(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text and otherwise is None:
        raise Invalid(said("nothing was said"), mend=said("a text of at least one word"), slug="text-missing")
    if len(text) > LONGEST_TEXT:
        raise Invalid(
            said("the text is too long"),
            mend=said("at most {longest_text:,} characters", longest_text=LONGEST_TEXT),
            slug="text-too-long",
        )
    return text or (otherwise or "")


LONGEST_TITLE: Final = 200
"""Letters of what something is called."""


def title_of(text: str) -> str:
    """Gives what something is to be called, on one line. Raises Invalid."""
    words = " ".join(words_of(text).split())
    if len(words) > LONGEST_TITLE:
        raise Invalid(
            said("the title is longer than {most} letters", most=LONGEST_TITLE),
            mend=said("shorten it"),
            slug="title-too-long",
        )
    return words


@contextmanager
def refusing(place: str | None = None) -> Iterator[None]:
    """For decisions of aggregates. Raises Refused, which names `place`, for what their state does not allow."""
    try:
        yield
    except DecisionRefused as error:
        raise Refused(said_by(error), place=place) from error


def saved(
    history: History,
    found: Aggregate,
    decide: Callable[[], None],
    place: str | None = None,
    *,
    besides: Iterable[Aggregate] = (),
) -> int:
    """Decides as `refusing`, and saves it with what comes of it `besides`: the position of the last entry."""
    with refusing(place):
        decide()
    return history.save(found, *besides)
