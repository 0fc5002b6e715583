"""The list of what presses this morning, of both sides: what is missing, down or out of date, and what is at risk; one's own first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest

from markupsafe import Markup

from dashboards.language import first_up
from dashboards.pages.figures.standings import Standing
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Item
from dashboards.standing import mark_of
from dashboards.words import key_words
from domain.kinds.faces import face
from services.figures.pressing_rows import limit_of
from services.figures.reading import read_pressing
from services.figures.rows import PressingRow

EACH, MOST = 3, 12
"""Lines of one commitment, of a list."""
A_NAME = 30
"""Letters of a name that no line should break."""


@dataclass(frozen=True)
class Pressing:
    """One thing that is missing, down or at risk. The least `order` stands first."""

    row: Standing
    one: PressingRow
    order: tuple[int, int]


@dataclass(frozen=True)
class Of:
    """What presses of one commitment, in its order. The least `rank` stands first."""

    row: Standing
    rank: int
    is_owed_by_reader: bool
    rows: Sequence[PressingRow]


class Lines:
    """What presses in one way, of several commitments: all of it is counted, and few of it listed. `sign`: 1 where the first limit
    stands first, -1 where the last does."""

    def __init__(self, found: Iterable[Of], sign: int):
        self.found, self._sign = tuple(one for one in found if one.rows), sign

    def __len__(self) -> int:
        return sum(len(of.rows) for of in self.found)

    def __iter__(self) -> Iterator[Pressing]:
        """In their order."""
        return iter(sorted(self._each(None), key=lambda it: it.order))

    def first(self) -> list[Pressing]:
        """The first ones, not too many of one commitment."""
        return nsmallest(MOST, self._each(EACH), key=lambda it: it.order)

    def only(self, ids: Collection[str]) -> Lines:
        """Those of these commitments."""
        return Lines((of for of in self.found if of.row.row.id in ids), self._sign)

    def that(self, holds: Callable[[Pressing], bool]) -> Lines:
        """Those of which it holds."""
        return Lines(
            (replace(of, rows=[it.one for it in self._of(of, None) if holds(it)]) for of in self.found), self._sign
        )

    def are_all_missing(self) -> bool:
        """Says whether nothing is down or out of date."""
        return all(mark_of(one) == "missing" for of in self.found for one in of.rows)

    def count(self, *, is_owed_by_reader: bool) -> int:
        return sum(len(of.rows) for of in self.found if of.is_owed_by_reader == is_owed_by_reader)

    def _each(self, most: int | None) -> Iterator[Pressing]:
        return (it for of in self.found for it in self._of(of, most))

    def _of(self, of: Of, most: int | None) -> Iterator[Pressing]:
        for one in of.rows[:most]:
            yield Pressing(of.row, one, (of.rank, self._sign * limit_of(one)))


@dataclass(frozen=True)
class Press:
    """What presses: what is late, and what is at risk."""

    late: Lines
    risk: Lines

    def of(self, rows: Iterable[Standing]) -> Press:
        """The part of it that is about these commitments."""
        ids = {row.row.id for row in rows}
        return Press(self.late.only(ids), self.risk.only(ids))

    def that(self, holds: Callable[[Pressing], bool]) -> Press:
        """The part of it of which that holds."""
        return Press(self.late.that(holds), self.risk.that(holds))

    def __len__(self) -> int:
        return len(self.late) + len(self.risk)


def press(view: View, rows: Sequence[Standing]) -> Press:
    """Everything that presses of these commitments, whoever owes them."""
    if view.known.watermark is None:
        return Press(Lines((), -1), Lines((), 1))
    found, who = read_pressing(view.seen, [row.row.id for row in rows]), view.who
    late, risk = [], []
    for row in rows:
        presses = found[row.row.id]
        if presses.late or presses.risk:
            rank, owes = rank_of(view, row), who.is_of(row.row.debtor)
            late.append(Of(row, rank, owes, presses.late))
            risk.append(Of(row, rank, owes, presses.risk))
    return Press(Lines(late, -1), Lines(risk, 1))


def rank_of(view: View, row: Standing) -> int:
    """One's own indicator first, then what one's service owes."""
    owner = row.row.criterion.owner
    if view.who.person is not None and view.who.person == owner:
        return 0
    return 1 if view.who.is_of(row.row.debtor) else 2


def items(view: View, found: Lines, make: Callable[[View, Pressing], Item], *, is_whole: bool) -> list[Item]:
    """The first lines, not too many of one commitment; or all of them."""
    return [make(view, one) for one in (found if is_whole else found.first())]


def late_item(view: View, it: Pressing) -> Item:
    """`For 23 min`, of what was awaited when; of a contract whose own time is ahead of ours, when alone."""
    language, clock = view.language, view.near(it.row.row.terms.timezone)
    late = (view.known.watermark or 0) - limit_of(it.one)
    awaited = language.text("today.awaited", moment=clock.moment(it.one.due or 0))
    if late < 0:
        return _item(view, it, first_up(awaited), "", "miss")
    since = first_up(language.text("today.since", span=language.span(late, seconds=False)))
    return _item(view, it, since, awaited, "miss")


def risk_item(view: View, it: Pressing) -> Item:
    """`17 min left, until 15:57`; once that is over, that it is, and not judged yet."""
    language, clock, limit = view.language, view.near(it.row.row.terms.timezone), limit_of(it.one)
    then = language.text("today.was_until", moment=clock.moment(limit))
    if limit <= view.now:
        return _item(view, it, language.text("today.over"), then, "late")
    left = language.text("today.within", span=language.span(limit - view.now, seconds=False))
    return _item(view, it, left, language.text("today.until", moment=clock.moment(limit)), "late", limit, then)


def _item(view: View, it: Pressing, since: str, more: str, tone: str, until: int | None = None, then: str = "") -> Item:
    row, one = it.row, it.one
    key = key_words(one.key, None, view.language) if face(row.row.criterion.indicator).has_limit else ""
    about = view.language.text("word.owes", debtor=row.debtor, creditor=row.creditor)
    return Item(
        mark_of(one),
        row.title,
        link(row.path, period=one.period, why=one.key) + "#why",
        Markup("{} · {}").format(about, _whole(key)) if key else about,
        since,
        more,
        view.language.text("today.look"),
        tone,
        until,
        then,
    )


def _whole(name: str) -> Markup:
    """On one line, if it is short."""
    return Markup('<span class="whole">{}</span>' if len(name) <= A_NAME else "{}").format(name)


# in words


def heading(view: View, shown: Press, everything: Press) -> list[tuple[str, str]]:
    """Parts with their tone: `2 are missing that you are owed, 1 that you owe, 3 are at risk`. What is chosen away is not passed
    over in silence: `4 more under Everything`."""
    parts = [*_sides(view, _late_words(shown.late), shown.late, "miss"), *_sides(view, "risk", shown.risk, "late")]
    if beyond := len(everything) - len(shown):
        parts.append((view.language.counted("today.elsewhere" if parts else "today.only_elsewhere", beyond), "late"))
    return parts


def _late_words(found: Lines) -> str:
    """The key of what they are called together: `missing`, unless something is down or out of date."""
    return "missing" if found.are_all_missing() else "down"


def _sides(view: View, what: str, found: Lines, tone: str) -> list[tuple[str, str]]:
    counted = view.language.counted
    owed, owe = (found.count(is_owed_by_reader=side) for side in (False, True))
    if view.who.sees_everything:
        return [(counted(f"today.{what}", owed), tone)] if owed else []
    parts = [(counted(f"today.{what}_owed", owed), tone)] if owed else []
    if owe:
        parts.append((counted("today.that_you_owe" if owed else f"today.{what}_owe", owe), tone))
    return parts
