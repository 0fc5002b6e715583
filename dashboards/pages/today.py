"""`/`: what needs somebody this morning: what is late, what is at risk, what waits for an answer; one's own first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from dashboards import charts
from dashboards.language import first_up
from dashboards.pages.breaches import cause_mark, name_of
from dashboards.pages.contracts import awaited, proposal
from dashboards.pages.dayline import day_line
from dashboards.pages.excuses import listed_excuses
from dashboards.pages.frame import Pages, View, link
from dashboards.pages.standings import Standing, standing, strip_or_trend
from dashboards.standing import exposure, is_on_track, mark_of
from dashboards.words import action_words, cause_words, key_words, period_words
from services.reading.rows import BreachRow, ContractRow, OccurrenceRow, ReviewRow

DAY = 24 * 3_600_000_000
LOOK_BACK = 14 * DAY
"""What is missing longer than this is the review's, no more this morning's."""
LOOK_AHEAD = 2 * DAY
EACH, MOST, EXPOSED, REVIEWS = 3, 12, 5, 4
"""Lines of one commitment, of a list; commitments and reviews at the side."""
MOST_READ = 60
"""Commitments, the most exposed first, whose week is drawn."""
WITH_MISSING = ("punctuality", "deadline", "turnaround")
ABOUT_TIME = (*WITH_MISSING, "availability", "freshness")
"""Kinds of which something can be late, down or out of date."""


@dataclass(frozen=True)
class Item:
    """One thing that needs somebody. `order` puts one's own first, then what is oldest or soonest."""

    mark: str
    title: str
    path: str
    about: str
    since: str
    more: str
    verb: str
    order: tuple[int, int]
    tone: str = ""


@dataclass(frozen=True)
class WeekDay:
    name: str
    marks: Markup
    count: int
    is_today: bool


def today_page(view: View, scope: str) -> Response:
    every = [standing(view, row) for row in sorted(view.commitments, key=exposure)]
    scopes = _scopes(view, every)
    chosen = scope if scope in scopes else "all"
    rows = scopes[chosen]
    seen = _occurrences(view, rows)
    late, risk = _late(view, rows, seen), _at_risk(view, rows, seen)
    answers = _answers(view, rows)
    now = view.known.watermark
    exposed = [row for row in rows if not is_on_track(row.disc)][:EXPOSED]
    return view.render(
        "today.html",
        heading=_heading(view, len(late), len(risk)),
        lede=_lede(view, rows, len(answers)),
        today=view.language.long_day(view.moments().local_date(now)) if now is not None else "",
        scope=chosen,
        scopes=[(name, len(found)) for name, found in scopes.items()] if len(scopes) > 1 else [],
        late=late[:MOST],
        late_more=max(0, len(late) - MOST),
        risk=risk[:MOST],
        risk_more=max(0, len(risk) - MOST),
        answers=answers[:MOST],
        answers_more=max(0, len(answers) - MOST),
        line=day_line(view, rows, seen, WITH_MISSING),
        week=_week(view, rows, seen),
        exposed=[(row, strip_or_trend(view, row)) for row in exposed],
        total=len(rows),
        reviews=_reviews(view),
        is_empty=not every and not answers,
    )


def _scopes(view: View, every: list[Standing]) -> dict[str, list[Standing]]:
    """Whose commitments are shown: those whose indicator the reader owns, those that the reader's service owes (and those), all;
    a narrower one where it holds some and fewer than the next."""
    own = [row for row in every if _rank(view, row) == 0]
    mine = [row for row in every if _rank(view, row) < 2]
    found = {"all": every}
    if mine and len(mine) < len(every):
        found = {"mine": mine, **found}
    if own and len(own) < len(mine):
        found = {"own": own, **found}
    return found


def _rank(view: View, row: Standing) -> int:
    """One's own indicator first, then what one's service owes."""
    owner = row.row.criterion.owner
    if view.who.person is not None and view.who.person == owner:
        return 0
    return 1 if view.who.role == "member" and view.who.acts_for(row.row.debtor) else 2


def _occurrences(view: View, rows: Sequence[Standing]) -> dict[str, list[OccurrenceRow]]:
    """Of each commitment those that this morning is about."""
    now = view.known.watermark
    if now is None:
        return {}
    wanted = [row.row.id for row in rows[:MOST_READ] if row.row.criterion.indicator.kind in ABOUT_TIME]
    return view.reading.occurrences_between(view.who, wanted, now - LOOK_BACK, now + LOOK_BACK)


def _late(view: View, rows: Sequence[Standing], seen: dict[str, list[OccurrenceRow]]) -> list[Item]:
    """What did not come and is still awaited, and what is down or out of date now."""
    items = []
    for row in rows:
        found = [one for one in seen.get(row.row.id, ()) if _is_late_now(row, one)]
        found.sort(key=lambda one: -(one.due or 0))
        items += [_late_item(view, row, one) for one in found[:EACH]]
    return sorted(items, key=lambda item: item.order)


def _is_late_now(row: Standing, one: OccurrenceRow) -> bool:
    kind = row.row.criterion.indicator.kind
    if kind in WITH_MISSING:
        return one.verdict == "missing"
    return kind in ("availability", "freshness") and one.verdict in ("failed", "pending") and one.closed is None


def _late_item(view: View, row: Standing, one: OccurrenceRow) -> Item:
    language, clock, now = view.language, view.moments(row.row.terms.timezone), view.known.watermark or 0
    assert one.due is not None
    since = language.span(now - (one.limit or one.due), seconds=False)
    return _item(
        view,
        row,
        one,
        first_up(language.text("today.since", span=since)),
        language.text("today.awaited", moment=clock.moment(one.due)),
        "miss",
        -(one.limit or one.due),
    )


def _at_risk(view: View, rows: Sequence[Standing], seen: dict[str, list[OccurrenceRow]]) -> list[Item]:
    language, now, items = view.language, view.known.watermark or 0, []
    for row in rows:
        clock = view.moments(row.row.terms.timezone)
        found = [one for one in seen.get(row.row.id, ()) if mark_of(one) == "at-risk"]
        near = [one for one in found if one.due is not None and (one.limit or one.due) < now + LOOK_AHEAD]
        for one in near[:EACH]:
            assert one.due is not None
            left = language.span((one.limit or one.due) - now, seconds=False)
            until = language.text("today.until", moment=clock.moment(one.limit or one.due))
            items.append(_item(view, row, one, language.text("today.within", span=left), until, "late", one.due))
    return sorted(items, key=lambda item: item.order)


def _item(view: View, row: Standing, one: OccurrenceRow, since: str, more: str, tone: str, when: int) -> Item:
    key = key_words(one.key, None, view.language) if row.row.criterion.indicator.kind in WITH_MISSING else ""
    about = view.language.text("word.owes", debtor=row.debtor, creditor=row.creditor)
    return Item(
        mark_of(one),
        row.title,
        link(row.path, period=one.period, why=one.key) + "#why",
        f"{about} · {key}" if key else about,
        since,
        more,
        view.language.text("today.look"),
        (_rank(view, row), when),
        tone,
    )


# to sign, to answer


def _answers(view: View, rows: Sequence[Standing]) -> list[Item]:
    by_id = {row.row.id: row for row in rows}
    items = [*_proposals(view), *_excuses(view), *_unexplained(view, by_id), *_overdue(view, by_id), *_unsigned(view)]
    return items if view.who.role != "auditor" else []


def _proposals(view: View) -> list[Item]:
    language, items = view.language, []
    for contract in view.contracts.values():
        version = proposal(contract)
        waiting = [one for one in awaited(contract, version) if view.who.acts_for(one)] if version else []
        if version is None or not waiting:
            continue
        changes = view.changes(version)
        items.append(
            Item(
                "pending",
                view.to(contract.title),
                link(f"/contracts/{contract.id}/versions/{version.number}"),
                language.text("today.proposal", number=str(version.number), change="; ".join(changes[:2]) or "—"),
                language.text("today.sign"),
                language.text("today.effect", day=language.short_date(version.effective)),
                language.text("contract.read_and_sign"),
                (0, version.proposed_at),
            )
        )
    return items


def shortened(text: str, most: int = 110) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _excuses(view: View) -> list[Item]:
    language = view.language
    waiting = [
        one
        for state in ("asked", "disputed")
        for one in view.reading.excuses(view.who, state=state)
        if one.waits_for is not None and (one.waits_for == "administrator" or view.who.acts_for(one.waits_for))
    ]
    return [
        Item(
            "excused",
            one.title,
            one.path,
            f"{language.text('today.excuse', extent=one.extent)} · {shortened(one.text)}",
            language.text("today.answer"),
            one.reason,
            language.text("today.examine"),
            (0, one.row.asked_at),
        )
        for one in listed_excuses(view, waiting)
    ]


def _unexplained(view: View, rows: dict[str, Standing]) -> list[Item]:
    """Open breaches of the reader's own that nobody has explained: the newest of each commitment."""
    newest: dict[str, BreachRow] = {}
    counts: dict[str, int] = {}
    for breach in sorted(view.reading.breaches(view.who, state="open"), key=lambda one: one.opened_position):
        if breach.commitment in rows and not breach.explanations and view.who.acts_for(breach.debtor):
            newest[breach.commitment] = breach
            counts[breach.commitment] = counts.get(breach.commitment, 0) + 1
    language, items = view.language, []
    for id, breach in newest.items():
        row = rows[id]
        about = name_of(view, breach, row.row).words or period_words(breach.period, language)
        others = counts[id] - 1
        cause = f"{first_up(cause_words(breach.cause, language))}, {about}"
        items.append(
            Item(
                cause_mark(breach),
                row.title,
                link(f"/breaches/{breach.id}"),
                f"{cause} · {language.counted('commitment.more_open', others)}" if others else cause,
                language.text("today.explain"),
                view.moments(row.row.terms.timezone).day(breach.opened_at) if breach.opened_at is not None else "",
                language.text("breach.explain"),
                (0, -breach.opened_position),
            )
        )
    return sorted(items, key=lambda item: item.order)


def _overdue(view: View, rows: dict[str, Standing]) -> list[Item]:
    language, items = view.language, []
    for action in view.reading.actions(view.who, state="open"):
        if not action.is_overdue or action.commitment not in rows or not view.who.acts_for(action.owner):
            continue
        due = language.short_date(action.due) if action.due else ""
        items.append(
            Item(
                "late",
                action_words(action.text, action.cause, language),
                link(f"/actions/{action.id}"),
                rows[action.commitment].title,
                first_up(language.text("action.overdue")),
                language.text("today.was_due", day=due),
                language.text("today.follow"),
                (0, 0),
                "miss",
            )
        )
    return items


def _unsigned(view: View) -> list[Item]:
    language, contracts, items = view.language, view.contracts, []
    waiting = [
        one
        for one in view.reading.reviews(view.who)
        if one.state == "held" and _awaits(view, one, contracts[one.contract])
    ]
    for review in waiting[-MOST:]:
        contract = contracts[review.contract]
        day = view.moments(contract.timezone).day(review.starts)
        items.append(
            Item(
                "pending",
                language.text("review.title", contract=view.to(contract.title)),
                link(f"/reviews/{review.id}"),
                language.text("review.state_held"),
                language.text("today.sign"),
                day,
                language.text("review.sign"),
                (0, review.starts),
            )
        )
    return items


def _awaits(view: View, review: ReviewRow, contract: ContractRow) -> bool:
    """Whether the reader may sign it for a party that has not."""
    signed = {one.party for one in review.signatures}
    parties = (("supplier", contract.supplier), ("client", contract.client))
    return any(party not in signed and view.who.acts_for(service) for party, service in parties)


# the words at the top, and the side


def _heading(view: View, late: int, risk: int) -> list[tuple[str, str]]:
    """Parts with their tone: `Three are missing, two at risk.`"""
    language = view.language
    parts = []
    if late:
        parts.append((language.counted("today.missing", late), "miss"))
    if risk:
        parts.append((language.counted("today.risk", risk), "late"))
    return parts


def _lede(view: View, rows: Sequence[Standing], answers: int) -> str:
    language = view.language
    good = sum(is_on_track(row.disc) for row in rows)
    first = language.counted("today.waiting", answers) + " " if answers else ""
    return first + language.counted("today.on_track", good, total=len(rows))


def _week(view: View, rows: Sequence[Standing], seen: dict[str, list[OccurrenceRow]]) -> list[WeekDay]:
    """What falls due on each day of this week."""
    now = view.known.watermark
    if now is None:
        return []
    clock = view.moments()
    today = clock.local_date(now)
    monday = today - timedelta(days=today.weekday())
    days: dict[date, list[tuple[int, str]]] = {monday + timedelta(days=n): [] for n in range(7)}
    for row in rows:
        if row.row.criterion.indicator.kind not in WITH_MISSING:
            continue
        for one in seen.get(row.row.id, ()):
            if one.due is not None and (day := clock.local_date(one.due)) in days:
                days[day].append((one.due, mark_of(one)))
    shown = []
    for day, marks in days.items():
        if not marks and day.weekday() >= 5:
            continue
        names = [name for _, name in sorted(marks)]
        drawn = charts.cells(names[:48], view.language, a_row=12) if names else Markup("")
        shown.append(WeekDay(view.language.day(day), drawn, len(names), day == today))
    return shown


def _reviews(view: View) -> list[tuple[str, str, str]]:
    now = view.known.watermark or 0
    contracts = view.contracts
    coming = sorted((row for row in view.reading.reviews(view.who) if row.ends >= now), key=lambda row: row.starts)
    return [
        (
            view.to(contracts[row.contract].title),
            link(f"/reviews/{row.id}"),
            first_up(view.moments(contracts[row.contract].timezone).moment(row.starts)),
        )
        for row in coming[:REVIEWS]
    ]


def add_today(router: APIRouter, pages: Pages) -> None:
    @router.get("/")
    def today(request: Request, scope: str = "") -> Response:
        view = View(pages, request)
        return today_page(view, scope or "mine")
