"""`/history`: what was received and decided around a moment, what was known then, and what has changed since.

The moment is said by a slider over the weeks, by date and time, or by a position; each is a form that works without JavaScript.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from dashboards import charts
from dashboards.explanations import sealed_words
from dashboards.language import first_up
from dashboards.messages import messages
from dashboards.moments import Moments
from dashboards.naming import occurrence_name, said_of_misses
from dashboards.pages.causes.called import called
from dashboards.pages.figures.standings import commitment_path, title
from dashboards.pages.house.frame import OF_THE_PROGRAM, View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.templates import link
from dashboards.standing import disc, figure_words
from dashboards.words import period_words
from domain.breach import BreachFile
from domain.saying import said
from domain.times import from_local
from services.auditing.history_rows import (
    KINDS,
    TOLD,
    HistoryRow,
    Week,
    history_after,
    history_at,
    history_before,
    history_position,
    history_weeks,
)
from services.auditing.reading import figures_believed_at
from services.checkpoints.making import newest
from services.contracts.rows import ContractRow
from services.errors import Invalid
from services.figures.reading import read_figures
from services.figures.rows import CommitmentRow, FigureRow

AFTER, BEFORE, FOUND, MOST_CAUSES = 6, 24, 40, 4
"""Entries that are listed: later than the moment, up to it, found by text, as what changed a figure."""
ALL = "all"
"""The kind of an address that leaves nothing out; without one the steps of time are left out."""
LATE = 6 * 3_600_000_000
"""Microseconds: an event that was told later than this after it happened carries how much later."""
LAST = 2**63 - 1


@dataclass(frozen=True)
class Line:
    row: HistoryRow
    position: str
    received: str
    happened: str
    later: str
    kind: str
    what: str
    more: str
    links: tuple[tuple[str, str], ...]
    source: str


@dataclass(frozen=True)
class Changed:
    """A figure that was another one then."""

    title: str
    path: str
    period: str
    before: FigureRow
    before_disc: str
    before_words: str
    now: FigureRow
    now_disc: str
    now_words: str
    causes: tuple[tuple[int, str], ...]
    """The positions of what changed it, and what that was, where the reader sees it."""


@dataclass(frozen=True)
class Asked:
    """The part of the history that the address asks for; `position` is None for now."""

    position: int | None
    day: date
    at: time


def _checkpointed(view: View, clock: Moments) -> str:
    """Up to where it would be noticed that something was altered."""
    language, last = view.language, newest(view.seen.reads)
    if last is None:
        return language.text("history.not_checkpointed")
    moment = clock.moment(last.made * 1_000_000)
    return language.text("history.checkpointed", position=language.number(last.position), moment=moment)


def _proof(view: View, position: int) -> str:
    """Where it is proved that the entry there is in a signed state; empty before one covers it."""
    last = newest(view.seen.reads)
    return link("/v1/proof", position=position) if last is not None and position <= last.position else ""


def _export(view: View) -> str:
    """The command that writes a bundle of what one sees here."""
    who = "auditor" if view.who.sees_everything else next(iter(sorted(view.who.services)), "auditor")
    return f"entente --as {who} export bundle.zip"


def history_page(
    view: View, day: str, hour: str, position: str, step: str, kind: str, text: str, contract: str
) -> Response:
    clock, last = view.moments(), view.known.position
    weeks = history_weeks(view.seen, view.pages.zone)
    asked = _asked(view, clock, weeks, day, hour, position, step)
    here = min(asked.position if asked.position is not None else last, LAST)
    wanted = kind if kind in (ALL, *KINDS) else ""
    commitments = {row.id: row for row in view.commitments}
    lines = _Lines(view, clock, commitments)
    later: list[HistoryRow] = []
    if asked.position is not None and not text:
        later = history_after(view.seen, here, AFTER, wanted or TOLD)
    found, back = history_before(view.seen, here, FOUND if text else BEFORE, wanted or TOLD, text.strip()[:200])
    then = view.contracts.get(contract)
    query = {"q": text, "contract": contract}
    first_day = clock.local_date(weeks[0].start) if weeks else asked.day
    now = view.known.watermark
    last_day = clock.local_date(now) if now is not None else asked.day
    moment = datetime.combine(asked.day, asked.at)
    return view.render(
        "auditing/history.html",
        checkpointed=_checkpointed(view, clock),
        export=_export(view),
        proof=_proof(view, here) if any(row.position == here for row in found) else "",
        pages_then=link(f"/contracts/{contract}" if then is not None else "/", at=here),
        is_past=asked.position is not None,
        moment=view.language.moment(moment, year=True),
        position=here,
        last=last,
        day=asked.day.isoformat(),
        hour=asked.at.strftime("%H:%M"),
        steps=max(0, (last_day - first_day).days),
        step=max(0, min((asked.day - first_day).days, (last_day - first_day).days)),
        bars=_bars(view, weeks, here, clock),
        kind=wanted,
        kinds=("", *KINDS, ALL),
        tab=lambda one: link("/history", position=here if asked.position is not None else "", kind=one, **query),
        text=text,
        later=[lines.of(row) for row in later],
        found=[lines.of(row) for row in found],
        older=link("/history", position=back, kind=wanted, **query) if back > 0 else "",
        searched_to=back,
        contracts=sorted(view.contracts.values(), key=lambda row: view.to(row.title)),
        contract=contract if then is not None else "",
        changed=_changed(view, lines, then, here, commitments) if then is not None and here < last else None,
    )


def _asked(view: View, clock: Moments, weeks: Sequence[Week], day: str, hour: str, position: str, step: str) -> Asked:
    """A position before a date, a date before the slider. Raises Invalid for what is none of these."""
    now = view.known.watermark or 0
    if digits := "".join(position.split()):
        if not (digits.isascii() and digits.isdecimal() and int(digits) <= LAST):
            raise Invalid(
                said("“{position}” is no position", position=position),
                mend=said("a whole number"),
                slug="address-invalid",
            )
        known = history_before(view.seen, int(digits), 1, "", "")[0]
        local = clock.local(known[0].received or now if known else now)
        return Asked(int(digits) if int(digits) < view.known.position else None, local.date(), local.time())
    if not day and step and weeks:
        if not step.isdecimal() or len(step) > 5:
            raise Invalid(
                said("“{step}” is no day of the slider", step=step), mend=said("a whole number"), slug="address-invalid"
            )
        day, hour = str(clock.local_date(weeks[0].start) + timedelta(days=int(step))), "23:59"
    if not day:
        local = clock.local(now)
        return Asked(None, local.date(), local.time())
    try:
        on, at = date.fromisoformat(day.strip()), time.fromisoformat(hour.strip() or "23:59")
        moment = from_local(datetime.combine(on, at.replace(tzinfo=None)), clock.zone)
    except (ValueError, OverflowError):
        raise Invalid(
            said("the moment is no date and time"), mend=said("2026-10-06 and 09:00"), slug="date-unclear"
        ) from None
    reached = history_position(view.seen, moment)
    return Asked(reached if reached < view.known.position else None, on, at)


class _Lines:
    """Entries in words."""

    def __init__(self, view: View, clock: Moments, commitments: dict[str, CommitmentRow]):
        self._view = view
        self._clock = clock
        self._commitments = commitments

    def of(self, row: HistoryRow) -> Line:
        view, language = self._view, self._view.language
        later = row.received - row.happened if row.received is not None and row.happened is not None else 0
        is_late = row.kind == "events" and later > LATE
        return Line(
            row,
            language.number(row.position),
            self._moment(row.received),
            self._moment(row.happened),
            language.text("history.later", span=language.span(later, seconds=False)) if is_late else "",
            language.text(f"history.kind.{row.kind}"),
            self._what(row),
            self._more(row),
            tuple(self._links(row)),
            row.source or view.person(row.by),
        )

    def _moment(self, at: int | None) -> str:
        return self._clock.moment(at) if at is not None else "—"

    def _more(self, row: HistoryRow) -> str:
        """The words that were said with the entry: by people as they said them, by the program in the reader's
        language, with titles for ids."""
        if row.topic == "entente.event":
            return sealed_words(row.sealed, self._clock) if row.sealed is not None else ""
        if row.topic == "entente.quarantined":
            return messages(self._view.language.code).say(row.text)
        if row.topic == "entente.rules":
            numbers = dict(part.split(" ", 1) for part in row.text.split(", ") if " " in part)
            shown = [self._view.language.text(f"history.rules.{name}", number=one) for name, one in numbers.items()]
            return ", ".join(shown)
        if row.topic == BreachFile.Attributed.TOPIC:
            return called(self._view, row.text)
        return said_of_misses(row.text, self._title, self._clock) if row.by in OF_THE_PROGRAM else row.text

    def _title(self, id: str) -> str | None:
        commitment = self._commitments.get(id)
        return title(self._view, commitment.deliverable, commitment.criterion) if commitment is not None else None

    def _what(self, row: HistoryRow) -> str:
        language = self._view.language
        if row.topic == "entente.event":
            return f"{row.type}, {row.subject}" if row.subject else row.type
        if row.topic == "entente.time":
            if row.happened is None:
                return language.text("history.what.time-beyond")
            return language.text("history.what.time", moment=self._moment(row.happened))
        key = f"history.what.{row.topic.removeprefix('entente.').replace('.', '-')}"
        words = language.text(key) if language.has(key) else row.topic
        contract = self._view.contracts.get(row.contract or "")
        if contract is None:
            return words
        return language.text("history.what_of", what=words, contract=self._view.to(contract.title))

    def _links(self, row: HistoryRow) -> list[tuple[str, str]]:
        found = []
        for id, key in row.about:
            commitment = self._commitments.get(id)
            if commitment is None:
                continue
            words = title(self._view, commitment.deliverable, commitment.criterion)
            if key is None:
                found.append((commitment_path(id), words))
                continue
            name = occurrence_name(key, commitment.criterion.indicator.kind, row.happened, self._clock).words
            found.append((link(f"/commitments/{id}/explain", key=key), f"{words}, {name}"))
        paths = self._view.pages.things
        sort, thing = row.thing or ("", "")
        if sort in paths and thing:
            seen = row.contract is None or row.contract in self._view.contracts
            if seen:
                words = self._view.language.text(f"history.thing.{sort}")
                found.append((link(paths[sort] + thing), words))
        return found


def _changed(
    view: View, lines: _Lines, contract: ContractRow, position: int, commitments: dict[str, CommitmentRow]
) -> list[Changed]:
    """The figures that were others then: those of closed periods first."""
    then = {
        (one.commitment, one.target_index, one.period): one
        for one in figures_believed_at(view.seen, contract.id, position)
    }
    found = []
    for now in read_figures(view.seen, contract=contract.id):
        before = then.get((now.commitment, now.target_index, now.period))
        commitment = commitments.get(now.commitment)
        if before is None or commitment is None or _is_same(before, now):
            continue
        found.append(
            Changed(
                title(view, commitment.deliverable, commitment.criterion),
                link(f"/commitments/{now.commitment}", period=now.period),
                first_up(period_words(now.period, view.language)),
                before,
                disc(before),
                figure_words(before, view.language),
                now,
                disc(now),
                figure_words(now, view.language),
                _named(view, lines, now.causes[:MOST_CAUSES]),
            )
        )
    found.sort(key=lambda one: (one.now.state != "restated", one.before.state == "open", -one.now.start))
    return found


def _named(view: View, lines: _Lines, causes: Sequence[int]) -> tuple[tuple[int, str], ...]:
    rows = {row.position: lines.of(row) for row in history_at(view.seen, causes)}
    return tuple((one, rows[one].what if one in rows else "") for one in causes)


def _is_same(before: FigureRow, now: FigureRow) -> bool:
    return (before.adjusted, before.raw, before.value, before.status) == (now.adjusted, now.raw, now.value, now.status)


def _bars(view: View, weeks: Sequence[Week], position: int, clock: Moments) -> Markup:
    """How much was received, week by week; what came later is pale."""
    columns = [(week.entries, week.last > position) for week in weeks]
    labels = [(at, clock.local_date(week.start)) for at, week in enumerate(weeks)]
    name = view.language.text("history.bars", n=sum(week.entries for week in weeks), weeks=len(weeks))
    return charts.week_bars(columns, labels, view.language, name)


def add_history(router: APIRouter, pages: Pages) -> None:
    @router.get("/history")
    def history(
        request: Request,
        date: Annotated[str, Query(max_length=40)] = "",
        time: Annotated[str, Query(max_length=40)] = "",
        position: Annotated[str, Query(max_length=40)] = "",
        step: Annotated[str, Query(max_length=40)] = "",
        kind: Annotated[str, Query(max_length=40)] = "",
        q: Annotated[str, Query(max_length=200)] = "",
        contract: Annotated[str, Query(max_length=80)] = "",
    ) -> Response:
        return history_page(View(pages, request), date, time, position, step, kind, q, contract)
