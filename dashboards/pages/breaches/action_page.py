"""`/actions/{id}`: what somebody does about a breach: the plan, its steps, what it takes and what proves it, each with its verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from dashboards.effects import effect_groups
from dashboards.language import first_up, typeset
from dashboards.messages import messages
from dashboards.pages.breaches.opening import day_typed
from dashboards.pages.breaches.page import listed_one, name_of
from dashboards.pages.breaches.planning import add_planning
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import required
from dashboards.pages.house.sending import Fields, decided
from dashboards.pages.house.templates import link
from dashboards.words import action_words, period_words
from domain.money import show_amount
from domain.references import Reference, parse_reference
from domain.saying import said
from services.access import PLATFORM_NAME, Right
from services.actions.acting import Acting, is_too_late_to_reopen, other_party
from services.actions.citing import Cited, read_grounds
from services.actions.escalated import read_escalated_action
from services.actions.laddering import Rung, by_day, read_ladder
from services.actions.shown import YearOfMoney, money_of
from services.breaches.effect_words import effect_remarks, effect_sentence
from services.breaches.effects import read_effect
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_action, read_breaches
from services.breaches.rows import ActionRow
from services.breaches.ruling import rules_now
from services.errors import Invalid, NotFound
from services.figures.reading import read_commitment
from services.figures.rows import CommitmentRow
from services.reviews.things_called import reference_called

UNDONE: Final = "undone_"
"""What the fields begin with that say why a step is not done; its id follows."""
PATHS: Final[Mapping[str, str]] = {
    "breach": "/breaches/",
    "action": "/actions/",
    "excuse": "/excuses/",
    "review": "/reviews/",
}


@dataclass(frozen=True)
class GroundShown:
    """`words`: what is cited; `path`: its page, where it has one; `state`: what has become of it, in words."""

    words: str
    path: str
    state: str
    url: str = ""
    host: str = ""


@dataclass(frozen=True)
class StepShown:
    id: str
    text: str
    weight: int
    due: str
    done: str
    """Who did it and when; empty: it is not done."""


def action_page(view: View, id: str) -> Response:
    row = read_action(view.seen, id)
    commitment = read_commitment(view.seen, row.commitment)
    owners = view.pages.store.use(FollowingUp).owners(view.seen, row.owner) or []
    clock = view.moments(commitment.terms.timezone)
    takes_part = row.state == "open" and view.who.may(Right.TAKE_PART, commitment.debtor, commitment.creditor)
    return view.render(
        "breaches/action.html",
        item=listed_one(view, row, commitment),
        row=row,
        clock=clock,
        may=view.who.may(Right.TAKE_PART, row.owner) and row.state == "open",
        may_comment=takes_part,
        people=view.people_of(commitment.debtor, commitment.creditor),
        ladder=_ladder(view, row, commitment),
        effect=_effect(view, id, commitment.terms.timezone),
        owners=[*owners, *([row.person] if row.person and row.person not in owners else ())],
        parties=(commitment.debtor, commitment.creditor),
        may_reopen=row.state == "closed"
        and view.who.may(Right.TAKE_PART, other_party(commitment, row.owner))
        and not is_too_late_to_reopen(row.closed_at, view.now),
        may_give=view.who.may(Right.BIND, row.owner),
        needs_evidence=rules_now(view.seen, row.commitment, row.opened_at).needs_evidence,
        helps_from=date.fromisoformat(row.effective_from) if row.effective_from else None,
        steps=_steps(view, row, clock.moment),
        weight_all=sum(one["weight"] for one in row.plan["steps"]),
        weight_done=sum(one["weight"] for one in row.plan["steps"] if one["id"] in row.steps_done),
        amount=lambda one: (
            f"{view.language.decimal(Decimal(show_amount(one['amount'], one['currency'])))} {one['currency']}"
        ),
        host=_host,
        money=[_money(view, one) for one in money_of(row)],
        grounds=[_ground(view, one) for one in read_grounds(view.seen, row.grounds)],
        changes=[_change(view, one) for one in row.changes],
        breaches=[
            (one, name_of(view, one, commitment).words or period_words(one.period, view.language))
            for one in read_breaches(view.seen, commitment=row.commitment)
            if one.action == row.id
        ],
    )


def _ladder(view: View, row: ActionRow, commitment: CommitmentRow) -> list[tuple[Rung, list[str]]]:
    """The steps in the order of their days, with whom each tells."""
    steps = by_day(read_ladder(view.seen, row))
    return [(one, [_told(view, commitment, to) for to in one.to]) for one in steps]


def _told(view: View, commitment: CommitmentRow, to: str) -> str:
    """Whom a step of the ladder tells."""
    if to in ("supplier", "client"):
        return view.service(commitment.terms.supplier if to == "supplier" else commitment.terms.client)
    return view.language.text(f"action.to_{to}")


def _steps(view: View, row: ActionRow, moment: Callable[[int], str]) -> list[StepShown]:
    found = []
    for one in row.plan["steps"]:
        done = row.steps_done.get(one["id"])
        found.append(
            StepShown(
                one["id"],
                one["text"],
                one["weight"],
                view.language.text("action.step_due", day=view.language.day(date.fromisoformat(one["due"])))
                if one["due"]
                else "",
                f"{view.person(done['by'])} · {moment(done['at'])}" if done else "",
            )
        )
    return found


def _money(view: View, one: YearOfMoney) -> tuple[int, str, str, str]:
    """The year, the currency, what was planned and what was spent."""

    def words(minor: int) -> str:
        return view.language.decimal(Decimal(show_amount(minor, one.currency)))

    return one.year, one.currency, words(one.planned), words(one.spent)


def _ground(view: View, one: Cited) -> GroundShown:
    if not one.is_shown:
        return GroundShown(view.language.text("action.not_shown"), "", "")
    document = one.ground["document"]
    if document is not None:
        url = document.get("url", "")
        more = ", ".join(document[name] for name in ("date", "page") if name in document)
        return GroundShown(f"{document['title']}{f' ({more})' if more else ''}", "", "", url, _host(url))
    reference = parse_reference(str(one.ground["ref"]))
    base = PATHS.get(reference.kind)
    path = link(f"{base}{reference.id}") if base else link(f"/commitments/{reference.id}")
    if reference.kind == "occurrence":
        path = link(f"/commitments/{reference.id}/explain", key=reference.part)
    code = view.language.code
    what = typeset(reference_called(view.seen, reference)[code], code)
    return GroundShown(
        what,
        path if one.state != "gone" or one.now is not None else "",
        view.language.text(f"action.ground_{one.state}") if one.state else "",
    )


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition("?")[0][:100]


def _change(view: View, one: Any) -> tuple[str, int, str]:
    """Who, when, and what was changed from what to what, with the reason."""
    language = view.language
    parts = []
    was, due = one.get("due", (None, None))
    if was != due:
        old, new = (
            language.day(date.fromisoformat(day), year=True) if day else language.text("action.no_due")
            for day in (was, due)
        )
        parts.append(language.text("action.changed_due", old=old, new=new))
    if "check" in one:
        parts.append(language.text("action.reopened"))
    before, owner = one.get("owner", (None, None))
    if before != owner:
        parts.append(language.text("action.changed_owner", old=view.service(before), new=view.service(owner)))
    nobody = language.text("action.nobody")
    former, person = one.get("person", (None, None))
    if former != person:
        old, new = (view.person(id) if id else nobody for id in (former, person))
        parts.append(language.text("action.changed_person", old=old, new=new))
    is_ours = one["by"] == PLATFORM_NAME
    text = f"{first_up(messages(language.code).say(one['text']))}." if is_ours else one["text"]
    return one["by"], one["at"], f"{'. '.join(parts)}. {text}"


def _action_title(view: View, id: str) -> str:
    code = view.language.code
    return typeset(reference_called(view.seen, Reference("action", id))[code], code)


def _effect(view: View, action: str, zone_name: str) -> dict[str, Any] | None:
    """Whether it helped, in words and squares; None of what was never closed."""
    row = read_effect(view.seen, action)
    if row is None:
        return None
    told = messages(view.language.code).html
    return {
        "sentence": told(effect_sentence(row)),
        "remarks": [told(one) for one in effect_remarks(row)],
        "beside": [(link(f"/actions/{one}"), _action_title(view, one)) for one in row.shared_with],
        "groups": effect_groups(row, zone_name, view.language),
    }


def escalated_page(view: View, id: str) -> Response:
    """What an arbiter of no party sees of it. Raises NotFound."""
    row = read_escalated_action(view.seen, id)
    return view.render("breaches/escalated.html", row=row, name=action_words(row.text, row.cause, view.language))


def add_action_page(router: APIRouter, pages: Pages) -> None:
    add_planning(router, pages)

    @router.get("/actions/{id:path}")
    def action(request: Request, id: str) -> Response:
        view = View(pages, request)
        try:
            return action_page(view, id)
        except NotFound:
            return escalated_page(view, id)

    @router.post("/actions/{id:path}/{verb}")
    def decide(request: Request, id: str, verb: str, fields: Fields) -> Response:
        sent = dict(fields)
        view = View(pages, request, {**sent, "verb": verb, "to": sent.get("person", "")})
        act = _verbs(view, id, sent).get(verb)
        if act is None:
            raise NotFound(said("an action has no verb {verb}", verb=verb))

        def again() -> Response:
            return action_page(view, id)

        return decided(view, sent.get("ticket", ""), act, then=link(f"/actions/{id}"), again=again)


def _verbs(view: View, id: str, sent: Mapping[str, str]) -> dict[str, Callable[[], object]]:
    """What each verb of the page does."""
    who, acting = view.who, view.pages.store.use(Acting)
    following_up = view.pages.store.use(FollowingUp)

    def given(name: str) -> str:
        return sent.get(name, "").strip()

    def text(what: str) -> str:
        return required(sent.get("text", ""), what)

    return {
        "comment": lambda: following_up.comment(who, id, text(said("the comment"))),
        "name": lambda: following_up.name_action(who, id, text(said("the title")), given("person") or None),
        "progress": lambda: following_up.progress(who, id, text(said("the progress"))),
        "close": lambda: following_up.close(
            who,
            id,
            text(said("what was done")),
            effective_from=day_typed(given("effective_from")),
            undone=_undone(sent),
        ),
        "step": lambda: acting.do_step(who, id, given("step")),
        "unstep": lambda: acting.undo_step(who, id, given("step"), text(said("the reason"))),
        "spend": lambda: acting.spend(
            who,
            id,
            given("amount").replace(",", "."),
            given("currency").upper(),
            _year(given("year")),
            text(said("what for")),
        ),
        "evidence": lambda: acting.show_evidence(
            who,
            id,
            positions=_positions(given("positions")),
            title=given("title") or None,
            sha=given("sha256") or None,
            url=given("url") or None,
        ),
        "reschedule": lambda: acting.reschedule(who, id, _day(given("due")), text(said("the reason"))),
        "reassign": lambda: acting.reassign(
            who, id, text(said("the reason")), owner=given("owner") or None, person=given("person") or None
        ),
        "reopen": lambda: acting.reopen(who, id, text(said("the reason")), due=day_typed(given("due"))),
        "ground": lambda: acting.ground(who, id, required(sent.get("references", ""), said("what is cited")).split()),
    }


def _undone(sent: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(UNDONE): value for name, value in sent.items() if name.startswith(UNDONE) and value.strip()
    }


def _day(text: str) -> date:
    found = day_typed(text)
    if found is None:
        raise Invalid(said("the day is missing"), place="due", slug="text-missing")
    return found


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) == 4):
        raise Invalid(said("“{text}” is no year", text=text[:20]), mend=said("four digits"), place="year")
    return int(text)


def _positions(text: str) -> Sequence[int]:
    words = text.replace(",", " ").split()
    if any(not (one.isascii() and one.isdecimal() and len(one) < 16) for one in words):
        raise Invalid(
            said("“{text}” names no entries", text=text[:60]), mend=said("numbers such as 12 15"), place="positions"
        )
    return [int(one) for one in words]
