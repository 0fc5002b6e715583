"""What stands at the side: the week, what one waits for from others, the reviews to come, and what waits in every service."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from markupsafe import Markup

from dashboards import charts
from dashboards.language import first_up
from dashboards.pages.contracts.page import awaited, proposal
from dashboards.pages.excuses.page import listed_excuses
from dashboards.pages.excuses.waits import asking
from dashboards.pages.figures.standings import Standing, title
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.reminders.page import named
from dashboards.standing import mark_of
from domain.kinds.faces import face
from services.access import ADMINISTRATOR
from services.breaches.breach_rows import unexplained
from services.breaches.reading import overdue_of_all
from services.directory.reading import read_services
from services.excuses.reading import read_excuses
from services.figures.pressing_rows import LOOK_BACK
from services.figures.reading import verdicts_between
from services.figures.rows import OccurrenceRow
from services.reminders.reading import read_waiting_reminders
from services.reviews.reading import read_reviews

OPEN = ("pending", "missing", "failed")
"""Verdicts that this morning is about, whenever they were due."""
MOST_READ = 60
"""Commitments, the most exposed first, whose week is drawn."""
AWAITED, REVIEWS = 6, 4
"""Lines at the side."""


@dataclass(frozen=True)
class WeekDay:
    name: str
    marks: Markup
    count: int
    is_today: bool


@dataclass(frozen=True)
class Awaited:
    """Something that the reader waits for from others."""

    title: str
    path: str
    about: str


def week(view: View, rows: Sequence[Standing], seen: Mapping[str, Sequence[OccurrenceRow]]) -> list[WeekDay]:
    """The days of this week, each with what falls due on it; of its weekend those on which something does."""
    now = view.known.watermark
    if now is None:
        return []
    clock, near = view.moments(), view.near()
    today = clock.local_date(now)
    monday = today - timedelta(days=today.weekday())
    spans = {day: clock.span(day) for day in (monday + timedelta(days=n) for n in range(7))}
    shown = []
    for day, marks in _by_day(view, rows, seen, spans).items():
        if not marks and day.weekday() >= 5:
            continue
        names = [name for _, name in sorted(marks)]
        drawn = charts.cells(names[:48], view.language, a_row=12) if names else Markup("")
        shown.append(WeekDay(near.in_week(day), drawn, len(names), day == today))
    return shown


def _by_day(
    view: View,
    rows: Sequence[Standing],
    seen: Mapping[str, Sequence[OccurrenceRow]],
    spans: Mapping[date, tuple[int, int]],
) -> dict[date, list[tuple[int, str]]]:
    """What falls due on each of these days, as (due, mark)."""
    ordered = list(spans)
    starts = [start for start, _ in spans.values()]
    (first, _), (_, last) = spans[ordered[0]], spans[ordered[-1]]
    ids = [row.row.id for row in rows[:MOST_READ] if face(row.row.criterion.indicator).has_limit]
    found = verdicts_between(view.seen, ids, first, last, opened_since=(view.known.watermark or 0) - LOOK_BACK)
    for id in ids:
        found += [(one.due, mark_of(one)) for one in seen.get(id, ()) if one.due is not None and one.verdict in OPEN]
    days: dict[date, list[tuple[int, str]]] = {day: [] for day in ordered}
    for due, mark in found:
        if first <= due < last:
            days[ordered[bisect_right(starts, due) - 1]].append((due, mark))
    return days


def coming_reviews(view: View) -> list[tuple[str, str, str, str, str]]:
    now = view.known.watermark or 0
    contracts = view.contracts
    coming = islice((row for row in read_reviews(view.seen) if row.ends >= now), REVIEWS)
    return [
        (
            view.to(contracts[row.contract].title),
            link(f"/reviews/{row.id}"),
            first_up(view.near(contracts[row.contract].timezone).moment(row.starts)),
            link(f"/reviews/{row.id}/pack"),
            view.language.text("review.draft_pack" if row.position is None else "review.pack"),
        )
        for row in coming
    ]


def awaited_of_others(view: View) -> list[Awaited]:
    """Reminders without an answer, excuses that were asked, versions that were proposed: by the reader's services."""
    if not view.who.services or view.who.person is None:
        return []
    return list(islice((*_reminders(view), *_excuses(view), *_versions(view)), AWAITED))


def _reminders(view: View) -> Iterator[Awaited]:
    commitments = {row.id: row for row in view.commitments}
    for row, one in read_waiting_reminders(view.seen):
        if view.who.is_of(row.service) and (of := commitments.get(row.commitment)) is not None:
            when = view.near(of.terms.timezone).moment(row.last_at)
            sent = view.language.text("reminders.sent", debtor=view.service(row.debtor))
            unanswered = view.language.text("reminders.unanswered", when=when)
            about = (title(view, of.deliverable, of.criterion), named(view, of, one).words, unanswered)
            yield Awaited(sent, link(f"/reminders/{row.id}"), " · ".join(part for part in about if part))


def _excuses(view: View) -> Iterator[Awaited]:
    for row in read_excuses(view.seen, state="asked"):
        if view.who.is_of(asking(row)) and row.waits_for is not None and not view.who.is_of(row.waits_for):
            [one] = listed_excuses(view, [row])
            about = f"{one.title} · {view.language.text('excuses.waits_for', who=one.waits_for)}"
            yield Awaited(view.language.text("today.excuse", extent=one.extent), one.path, about)


def _versions(view: View) -> Iterator[Awaited]:
    for contract in view.contracts.values():
        version = proposal(contract)
        waiting = awaited(contract, version) if version is not None else []
        if version is None or not waiting or not view.who.is_of(contract.supplier, contract.client):
            continue
        if not view.who.is_of(*waiting):
            about = view.language.text("excuses.waits_for", who=view.service(waiting[0]))
            path = link(f"/contracts/{contract.id}/versions/{version.number}")
            yield Awaited(view.to(contract.title), path, about)


@dataclass(frozen=True)
class OfService:
    """What waits in one service, in counts."""

    name: str
    explain: int
    answer: int
    act: int


def of_all_services(view: View) -> list[OfService]:
    """For the administrator, who sees no contract by that: how much waits in which service; the most first."""
    if not view.who.holds("administrator"):
        return []
    every = view.seen.by(ADMINISTRATOR)
    found: dict[str, Counter[str]] = {}
    for id, (count, _) in unexplained(every.reads).items():
        if (owed := every.catalogue.commitments.get(id)) is not None:
            found.setdefault(owed.newest.debtor, Counter())["explain"] += count
    for action in overdue_of_all(every):
        found.setdefault(action.owner, Counter())["act"] += 1
    for row in read_excuses(every, state="asked"):
        if row.waits_for is not None:
            found.setdefault(row.waits_for, Counter())["answer"] += 1
    ordered = sorted(found, key=lambda id: (-found[id].total(), id))
    titles = {id: view.to(row.title) for id, row in read_services(view.seen.by(ADMINISTRATOR)).items()}
    return [
        OfService(titles.get(id, id), *(found[id][name] for name in ("explain", "answer", "act"))) for id in ordered
    ]
