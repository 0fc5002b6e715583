"""The list of what presses this morning, of both sides: what is missing, down or out of date, and what is at risk; one's own first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboards.language import first_up
from dashboards.pages.figures.standings import Standing
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Item
from dashboards.standing import mark_of
from dashboards.words import key_words
from domain.kinds.faces import face
from services.figures.reading import read_pressing
from services.figures.rows import PressingRow

DAY = 24 * 3_600_000_000
LOOK_BACK = 14 * DAY
"""Microseconds: what has been missing for longer is for the review, no more for this morning."""
LOOK_AHEAD = 2 * DAY
"""Microseconds: what is at risk for its debtor's lateness alone is so at all times, and is shown when it is this near."""
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
    is_owed_by_reader: bool


@dataclass(frozen=True)
class Press:
    """The lines that press, in their order: all of them are counted, the first ones are listed."""

    late: tuple[Pressing, ...]
    risk: tuple[Pressing, ...]

    def of(self, rows: Iterable[Standing]) -> Press:
        """The part of it that is about these commitments."""
        ids = {row.row.id for row in rows}
        return Press(*(tuple(one for one in found if one.row.row.id in ids) for found in (self.late, self.risk)))

    def __len__(self) -> int:
        return len(self.late) + len(self.risk)


def press(view: View, rows: Sequence[Standing]) -> Press:
    """Everything that presses of these commitments, whoever owes them."""
    now = view.known.watermark
    if now is None:
        return Press((), ())
    by_id = {row.row.id: row for row in rows}
    found = read_pressing(view.seen, list(by_id), missing_since=now - LOOK_BACK, due_before=now + LOOK_AHEAD)
    late, risk, who = [], [], view.who
    for id, some in found.items():
        row = by_id[id]
        rank, owes = rank_of(view, row), who.is_of(row.row.debtor)
        late += [Pressing(row, one, (rank, -_limit(one)), owes) for one in some if mark_of(one) != "at-risk"]
        risk += [Pressing(row, one, (rank, _limit(one)), owes) for one in some if mark_of(one) == "at-risk"]
    return Press(*(tuple(sorted(some, key=lambda one: one.order)) for some in (late, risk)))


def rank_of(view: View, row: Standing) -> int:
    """One's own indicator first, then what one's service owes."""
    owner = row.row.criterion.owner
    if view.who.person is not None and view.who.person == owner:
        return 0
    return 1 if view.who.is_of(row.row.debtor) else 2


def _limit(one: PressingRow) -> int:
    return one.limit or one.due or 0


def items(
    view: View, found: Sequence[Pressing], make: Callable[[View, Pressing], Item], *, is_whole: bool
) -> list[Item]:
    """The first lines, not too many of one commitment; or all of them."""
    return [make(view, one) for one in (found if is_whole else first_of_each(found))]


def first_of_each(found: Sequence[Pressing]) -> list[Pressing]:
    """The first ones, not too many of one commitment."""
    shown: list[Pressing] = []
    of_each: Counter[str] = Counter()
    for one in found:
        of_each[one.row.row.id] += 1
        if of_each[one.row.row.id] <= EACH and len(shown) < MOST:
            shown.append(one)
    return shown


def late_item(view: View, it: Pressing) -> Item:
    """`For 23 min`, of what was awaited when; of a contract whose own time is ahead of ours, when alone."""
    language, clock = view.language, view.near(it.row.row.terms.timezone)
    late = (view.known.watermark or 0) - _limit(it.one)
    awaited = language.text("today.awaited", moment=clock.moment(it.one.due or 0))
    if late < 0:
        return _item(view, it, first_up(awaited), "", "miss")
    since = first_up(language.text("today.since", span=language.span(late, seconds=False)))
    return _item(view, it, since, awaited, "miss")


def risk_item(view: View, it: Pressing) -> Item:
    """`17 min left, until 15:57`; once that is over, that it is, and not judged yet."""
    language, clock, limit = view.language, view.near(it.row.row.terms.timezone), _limit(it.one)
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


def _late_words(found: Iterable[Pressing]) -> str:
    """The key of what they are called together: `missing`, unless something is down or out of date."""
    return "missing" if all(mark_of(one.one) == "missing" for one in found) else "down"


def _sides(view: View, what: str, found: Collection[Pressing], tone: str) -> list[tuple[str, str]]:
    counted = view.language.counted
    owed, owe = (sum(one.is_owed_by_reader == side for one in found) for side in (False, True))
    if view.who.sees_everything:
        return [(counted(f"today.{what}", owed), tone)] if owed else []
    parts = [(counted(f"today.{what}_owed", owed), tone)] if owed else []
    if owe:
        parts.append((counted("today.that_you_owe" if owed else f"today.{what}_owe", owe), tone))
    return parts
