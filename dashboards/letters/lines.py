"""A notice as a line of a letter: what it is about, in words and colours, and the page where it is answered.

Each is written from what its person sees now; of what is gone, or is not shown to them, there is no line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from dashboards.language import first_up
from dashboards.pages.breaches.page import cause_mark, name_of
from dashboards.pages.contracts.page import awaited, numbered
from dashboards.pages.errands.waits import path_of, scope_words
from dashboards.pages.excuses.page import asker, listed_excuses
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.reviews.inviting import title_of, when_and_where
from dashboards.plain import shortened
from dashboards.words import action_words, cause_words, key_words, period_words
from services.access import Right
from services.actions.escalated import EscalatedRow, read_escalated_action
from services.arrivals.reading import read_quarantined
from services.breaches.reading import read_action, read_breach
from services.breaches.rows import ActionRow
from services.by import by_of
from services.contracts.reading import read_contract
from services.directory.reading import read_sources
from services.errands.mentions import name_of_text, read_mention
from services.errors import NotFound
from services.excuses.reading import read_excuse
from services.notices.telling import NoticeRow
from services.reminders.reading import read_reminder
from services.reviews.answer_links import AnswerLinks, Asked
from services.reviews.reading import read_review
from services.reviews.rows import WAITS_FOR_SIGNATURES


@dataclass(frozen=True)
class Line:
    """`mark` names a mark of the pages, `tone` its colour (`miss`, `late` or none); `path` is within the pages."""

    mark: str
    title: str
    about: str
    says: str
    verb: str
    path: str
    tone: str = ""
    quotes: str = ""
    """The name of the text that it quotes (`name_of_text`), or would."""


def line_of(view: View, notice: NoticeRow) -> Line | None:
    """Raises nothing for what is gone: that is no line."""
    sort, _, id = notice.subject.partition(":")
    write = LINES.get(sort)
    try:
        return write(view, id, notice) if write is not None else None
    except NotFound:
        return None


def _breach(view: View, id: str, notice: NoticeRow) -> Line | None:
    breach = read_breach(view.seen, id)
    row = next((one for one in view.commitments if one.id == breach.commitment), None)
    if row is None or breach.state != "open":
        return None
    about = str(name_of(view, breach, row).words or period_words(breach.period, view.language))
    says = f"{first_up(cause_words(breach.cause, view.language))}, {about}"
    owes = view.language.text("word.owes", debtor=view.service(row.debtor), creditor=view.service(row.creditor))
    verb = "letter.explain" if view.who.may(Right.TAKE_PART, row.debtor) else "letter.look"
    name = title(view, row.deliverable, row.criterion)
    return Line(cause_mark(breach), name, owes, says, view.language.text(verb), link(f"/breaches/{id}"), "miss")


def _excuse(view: View, id: str, notice: NoticeRow) -> Line | None:
    row = read_excuse(view.seen, id)
    [one] = listed_excuses(view, [row])
    is_answered = notice.transition.startswith("answered")
    if not is_answered and row.state != notice.transition:
        return None
    says = view.language.text(f"letter.excuse_{row.state}" if is_answered else "letter.excuse_waits", extent=one.extent)
    verb = view.language.text("letter.look" if is_answered else "letter.answer")
    last = row.answers[-1] if row.answers else None
    by, at, words = (last.by, last.at, last.text) if last is not None else (row.asked_by, row.asked_at, one.text)
    quoted = (
        view.language.text("mention.says", who=asker(view, by), text=shortened(words)) if words else asker(view, by)
    )
    quotes = name_of_text("excuse", id, at)
    return Line("excused", one.title, f"{one.reason} · {quoted}", says, verb, one.path, quotes=quotes)


def _version(view: View, id: str, notice: NoticeRow) -> Line | None:
    contract_id, _, number = id.rpartition("/")
    contract = read_contract(view.seen, contract_id)
    version = numbered(contract, int(number))
    if version.state != "proposed" or not any(view.who.may(Right.BIND, one) for one in awaited(contract, version)):
        return None
    language = view.language
    about = language.text(
        "letter.between", supplier=view.service(contract.supplier), client=view.service(contract.client)
    )
    says = language.text("today.effect", day=language.short_date(version.effective))
    path = link(f"/contracts/{contract.id}/versions/{version.number}")
    return Line("pending", view.to(version.terms.title), about, says, language.text("contract.read_and_sign"), path)


def _refused(view: View, id: str, notice: NoticeRow) -> Line | None:
    contract_id, _, proposal = id.rpartition("/")
    contract = read_contract(view.seen, contract_id)
    version = next((one for one in contract.versions if str(one.position) == proposal), None)
    if version is None:
        return None
    number, text = str(version.number), view.language.text
    says = text("refused.version", version=number)
    about = text("mention.says", who=view.person(version.refused_by), text=shortened(version.refusal or ""))
    path = link(f"/contracts/{contract.id}/versions/{number}")
    quotes = name_of_text("contract", contract.id, version.refused_at or 0)
    return Line("pending", view.to(version.terms.title), about, says, text("mention.read"), path, "miss", quotes)


def _review(view: View, id: str, notice: NoticeRow) -> Line | None:
    row = read_review(view.seen, id)
    contract = view.contracts[row.contract]
    signed = {one.service for one in row.signatures}
    left = [one for one in (contract.supplier, contract.client) if one not in signed]
    if row.state not in WAITS_FOR_SIGNATURES or not any(view.who.may(Right.BIND, one) for one in left):
        return None
    name = view.language.text("review.title", contract=view.to(contract.title))
    says = view.language.text("review.state_held")
    day = view.moments(contract.timezone).day(row.starts)
    return Line("pending", name, day, says, view.language.text("review.sign"), link(f"/reviews/{id}"))


def _invitation(view: View, id: str, notice: NoticeRow) -> Line | None:
    row = read_review(view.seen, id)
    contract, text = read_contract(view.seen, row.contract), view.language.text
    sequence = notice.transition.partition(":")[2]
    if int(sequence) != row.sequence or row.position is not None:
        return None
    name = title_of(view.language, contract, row)
    about = when_and_where(view.language, contract, view.seen.catalogue.contracts.get(row.contract), row)
    if row.cancelled is not None:
        by, _, why = row.cancelled
        says = text("mention.says", who=view.person(by), text=shortened(why))
        return Line("pending", name, about, says, text("letter.look"), link(f"/reviews/{id}"), "late")
    asked = Asked(id, len(row.moves), view.who.person or "")
    says = text("invitation.moved") if row.moves else ""
    path = AnswerLinks(view.seen.history.database).path(asked)
    return Line("pending", name, about, says, text("letter.answer"), path, "late" if says else "")


def _pack(view: View, id: str, notice: NoticeRow) -> Line | None:
    row = read_review(view.seen, id)
    contract = read_contract(view.seen, row.contract)
    if row.cancelled is not None:
        return None
    about = when_and_where(view.language, contract, view.seen.catalogue.contracts.get(row.contract), row)
    is_issued = notice.transition.startswith("issued")
    path = link(f"/reviews/{id}/pack", **({"issued": "true"} if is_issued else {}))
    name = title_of(view.language, contract, row)
    return Line("pending", name, about, "", view.language.text("review.read_pack"), path)


def _refusals(view: View, id: str, notice: NoticeRow) -> Line | None:
    """For an arbiter, who is told which review it is, whether or not it is shown to them."""
    contract = view.seen.catalogue.contracts.get(id.partition("@")[0])
    if contract is None:
        return None
    text, terms = view.language.text, contract.newest.terms
    about = text("letter.between", supplier=view.service(contract.supplier), client=view.service(contract.client))
    sees = view.seen.sees_contract(contract.id, contract.supplier, contract.client)
    name = text("review.title", contract=view.to(terms.title))
    says = text("letter.refused_again", day=id.partition("@")[2])
    return Line("pending", name, about, says, text("letter.look"), link(f"/reviews/{id}") if sees else "/", "late")


def _action_seen(view: View, id: str) -> tuple[ActionRow | EscalatedRow, str]:
    """An action, and what it is about; to an arbiter of no party, of which contract. Raises NotFound."""
    try:
        row = read_action(view.seen, id)
    except NotFound:
        escalated = read_escalated_action(view.seen, id)
        return escalated, view.to(escalated.contract_title)
    commitment = next((one for one in view.commitments if one.id == row.commitment), None)
    return row, title(view, commitment.deliverable, commitment.criterion) if commitment is not None else ""


def _action(view: View, id: str, notice: NoticeRow) -> Line | None:
    row, about = _action_seen(view, id)
    if row.state != "open" or row.due is None:
        return None
    kind, day, *_ = notice.transition.split(":")
    shown = view.language.short_date(date.fromisoformat(day))
    key = f"letter.action_{'due' if kind == 'remind' else kind}"
    says = view.language.text(key, day=shown)
    name = action_words(row.text, row.cause, view.language)
    return Line("late", name, about, says, view.language.text("today.follow"), link(f"/actions/{id}"), "late")


def _source(view: View, id: str, notice: NoticeRow) -> Line | None:
    row = next((one for one in read_sources(view.seen) if one.source == id and one.is_silent), None)
    if row is None or row.service is None or row.last is None:
        return None
    says = view.language.text("letter.silent_since", moment=view.moments().moment(row.last))
    return Line(
        "unknown", id, view.service(row.service), says, view.language.text("letter.look"), "/quarantine", "late"
    )


def _item(view: View, id: str, notice: NoticeRow) -> Line | None:
    row = read_quarantined(view.seen, id)
    if row.state != "waiting":
        return None
    says = view.moments().moment(row.received)
    about = view.service(by_of(row.by).service)
    look = view.language.text("letter.look")
    return Line("unknown", view.language.text("letter.set_aside"), about, says, look, "/quarantine", "late")


def _reminder(view: View, id: str, notice: NoticeRow) -> Line | None:
    row = read_reminder(view.seen, id)
    commitment = next((one for one in view.commitments if one.id == row.commitment), None)
    if row.is_answered or commitment is None:
        return None
    name = title(view, commitment.deliverable, commitment.criterion)
    says = view.language.text("letter.reminds", service=view.service(row.service))
    by, at, words = row.reminded[-1]
    quoted = view.language.text("mention.says", who=view.person(by), text=shortened(words)) if words else ""
    about = " · ".join(one for one in (key_words(row.key, None, view.language), quoted) if one)
    quotes, verb = name_of_text("reminder", id, at), view.language.text("letter.answer")
    return Line("missing", name, about, says, verb, link(f"/reminders/{id}"), "miss", quotes)


def _answer(view: View, id: str, notice: NoticeRow) -> Line | None:
    row = read_reminder(view.seen, id)
    commitment = next((one for one in view.commitments if one.id == row.commitment), None)
    if commitment is None or not row.answers or notice.transition != f"answered:{row.answered_at}":
        return None
    by, at, words = row.answers[-1]
    text = view.language.text
    quoted = text("mention.says", who=view.person(by), text=shortened(words))
    about = f"{key_words(row.key, None, view.language)} · {quoted}"
    says = text("letter.answers_reminder", service=view.service(row.debtor))
    name = title(view, commitment.deliverable, commitment.criterion)
    return Line(
        "pending",
        name,
        about,
        says,
        text("letter.look"),
        link(f"/reminders/{id}"),
        quotes=name_of_text("reminder", id, at),
    )


def _mention(view: View, id: str, notice: NoticeRow) -> Line | None:
    row = read_mention(view.seen, f"mention:{id}")
    if row.person != view.who.person:
        return None
    text, who = view.language.text, view.person(row.by)
    about = text("mention.says", who=who, text=shortened(row.text))
    says = text("letter.mentions", who=who)
    return Line(
        "pending", scope_words(view, row.scope), about, says, text("mention.read"), path_of(row), quotes=row.says
    )


Writing = Callable[[View, str, NoticeRow], Line | None]
LINES: Final[Mapping[str, Writing]] = {
    "breach": _breach,
    "excuse": _excuse,
    "version": _version,
    "refused": _refused,
    "review": _review,
    "invitation": _invitation,
    "pack": _pack,
    "refusals": _refusals,
    "action": _action,
    "source": _source,
    "item": _item,
    "reminder": _reminder,
    "answer": _answer,
    "mention": _mention,
}
"""By the first word of a subject (services/notices/news.py)."""
