"""Two time lines of a contract: the due dates ahead, one side above and the other below; its versions on the years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from dashboards.marks import Drawing, number, picture, rule, words
from dashboards.moments import Moments
from dashboards.pages.figures.standings import Standing
from dashboards.pages.house.frame import View
from dashboards.standing import mark_of
from services.contracts.rows import ContractRow
from services.figures.reading import read_occurrences

WEEKS = 5
MOST_PER_COMMITMENT = 30
WIDTH = 1152


@dataclass(frozen=True)
class Ahead:
    """One thing that is still to come."""

    due: int
    mark: str
    standing: Standing
    key: str


def ahead(view: View, rows: Sequence[Standing]) -> list[Ahead]:
    """The dues to come within five weeks of the watermark, soonest first."""
    now = view.known.watermark
    end = None if now is None else now + WEEKS * 7 * 24 * 3_600_000_000
    found = []
    for row in rows:
        if row.row.pending == 0 and row.row.next_due is None:
            continue
        pending = read_occurrences(view.seen, row.row.id, verdict="pending", limit=MOST_PER_COMMITMENT)
        found += [
            Ahead(one.due, mark_of(one), row, one.key)
            for one in pending
            if one.due is not None and (end is None or one.due < end)
        ]
    return sorted(found, key=lambda one: (one.due, one.standing.row.id, one.key))


def due_dates(view: View, dues: Sequence[Ahead], clock: Moments, contract: ContractRow) -> Markup:
    """Five weeks, the supplier's side above the line and the client's below; the first of a series carries its name."""
    now = view.known.watermark
    if now is None or not dues:
        return Markup("")
    monday = clock.local_date(now) - timedelta(days=clock.local_date(now).weekday())
    scale = WIDTH / (WEEKS * 7 + 7)

    def x(instant: int) -> float:
        local = clock.local(instant)
        return ((local.date() - monday).days + local.hour / 24) * scale

    parts = [_weekend(week, scale) for week in range(WEEKS + 1)]
    parts += [
        words(view.language.day(monday + timedelta(weeks=week)), week * 7 * scale, 166) for week in range(WEEKS + 1)
    ]
    parts.append(rule(0, 84, WIDTH, 84, "axis"))
    parts.append(rule(x(now), 66, x(now), 102, "now"))
    if contract.next_review is not None and 0 <= x(contract.next_review) < WIDTH - 120:
        parts += _review(view, x(contract.next_review), clock, contract.next_review)
    drawing = Drawing()
    for is_above in (True, False):
        mine = [one for one in dues if (one.standing.row.deliverable.owed_by == "supplier") == is_above]
        parts += _due_side(mine, x, drawing, is_above)
    name = view.language.counted("contract.due_chart", len(dues))
    return picture(WIDTH, 172, Markup("").join(parts) + drawing.markup(), css="wide", name=name)


def _weekend(week: int, scale: float) -> Markup:
    x = (week * 7 + 5) * scale
    return Markup('<rect class="weekend" x="{}" y="66" width="{}" height="36"/>').format(number(x), number(2 * scale))


def _review(view: View, x: float, clock: Moments, at: int) -> list[Markup]:
    text = view.language.text("contract.review_post", time=clock.time(at))
    post = Markup('<path class="post" d="M{} 79h10v10h-10z"/>').format(number(x - 5))
    return [post, rule(x, 14, x, 84, "axis"), words(text, x + 6, 22, css="strong")]


def _due_side(dues: Sequence[Ahead], x: object, drawing: Drawing, is_above: bool) -> list[Markup]:
    assert callable(x)
    parts: list[Markup] = []
    named: set[str] = set()
    free = [0.0, 0.0]
    last = -99.0
    for one in dues:
        place = float(x(one.due))
        if place - last >= 8:
            drawing.place(one.mark, place - 6, 69 if is_above else 87, 12)
            last = place
        if one.standing.row.id in named:
            continue
        text = one.standing.title
        row = next((row for row in (0, 1) if place >= free[row] and place + len(text) * 6.2 < WIDTH), None)
        if row is None:
            continue
        named.add(one.standing.row.id)
        free[row] = place + len(text) * 6.4 + 16
        y = (54 - row * 18) if is_above else (122 + row * 18)
        parts.append(words(text, place - 5, y))
        parts.append(rule(place, y + 4 if is_above else y - 12, place, 68 if is_above else 100, "grid"))
    return parts


def version_bar(view: View, contract: ContractRow, clock: Moments) -> Markup:
    """One bar a version, from its date to the next one's."""
    versions = [one for one in contract.versions if one.state in ("past", "in force", "signed", "proposed")]
    today = clock.local_date(view.known.watermark) if view.known.watermark is not None else None
    if len(versions) < 2:
        return Markup("")
    starts = sorted(versions, key=lambda version: version.effective)
    first = starts[0].effective
    last = contract.valid_until or max(starts[-1].effective, today or first) + timedelta(days=90)
    days = max(1, (last - first).days)

    def x(day: date) -> float:
        return min(WIDTH, max(0, (day - first).days / days * WIDTH))

    parts, free = [], 0.0
    for index, version in enumerate(starts):
        end = starts[index + 1].effective if index + 1 < len(starts) else last
        left, width = x(version.effective), max(3, x(end) - x(version.effective) - 2)
        kind = {"in force": "force", "proposed": "draft", "signed": "draft"}.get(version.state, "past")
        place = Markup('x="{}" y="20" width="{}" height="8"').format(number(left), number(width))
        parts.append(Markup('<rect class="v-{}" {}/>').format(kind, place))
        label = view.language.text(f"version.{version.state.replace(' ', '_')}_label", version=str(version.number))
        at_end = left + len(label) * 7 > WIDTH
        start = WIDTH - len(label) * 6.6 if at_end else left
        if start >= free:
            css = "strong" if kind == "force" else ""
            parts.append(words(label, WIDTH if at_end else left, 12, css=css, anchor="end" if at_end else "start"))
            free = start + len(label) * 7 + 8
        parts.append(words(view.language.short_date(version.effective), left, 46) if width > 80 else Markup(""))
    if today and first <= today <= last:
        parts.append(rule(x(today), 14, x(today), 34, "now"))
    return picture(WIDTH, 52, Markup("").join(parts), css="wide", name=view.language.text("contract.versions"))
