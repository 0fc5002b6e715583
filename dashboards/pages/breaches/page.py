"""`/breaches` and `/actions`: what was not kept, and what somebody does about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, cast

from fastapi import APIRouter, Form, Request, Response

from dashboards.naming import Name, occurrence_name
from dashboards.pages.breaches.action_listing import ACTIONS, shown_actions
from dashboards.pages.breaches.listing import BREACHES, shown_breaches
from dashboards.pages.breaches.root_causes import attribute, require_chosen, root_causes
from dashboards.pages.causes.called import called, choices
from dashboards.pages.excuses.asking import asking
from dashboards.pages.excuses.page import listed_excuses
from dashboards.pages.figures.standings import commitment_path, title
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.posting import instant_typed, required
from dashboards.pages.house.sending import decided
from dashboards.pages.house.templates import breakable, link
from dashboards.pages.house.together import Rows, together
from dashboards.words import action_words, cause_words, period_words
from domain.saying import said
from services.access import Right
from services.actions.escalated import read_escalated
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_action, read_breach
from services.breaches.rows import OF_BREACH, ActionRow, BreachRow, OfBreach
from services.breaches.taking_back import own_words
from services.contracts.reading import read_contract
from services.errors import NotFound
from services.excuses.reading import read_excuses
from services.excuses.rows import ExcuseRow
from services.figures.reading import read_commitment, read_commitments
from services.figures.rows import CommitmentRow

Typed = Annotated[str, Form()]
CAUSE_MARKS = {
    "late": "late",
    "missing": "missing",
    "failed": "failed",
    "no-data": "no-data",
    "opened-by-hand": "pending",
}


@dataclass(frozen=True)
class Listed:
    """A breach or an action with the names of what it is about."""

    row: BreachRow | ActionRow
    title: str
    parties: str
    contract: str
    path: str
    mark: str
    period: str
    key: Name
    cause: str
    action: str
    zone: str | None


def cause_mark(row: BreachRow | ActionRow) -> str:
    return CAUSE_MARKS.get(row.cause, "breached")


def name_of(view: View, row: BreachRow, commitment: CommitmentRow | None) -> Name:
    """The occurrence that a breach is about; else its period."""
    if row.key is None:
        return Name("")
    kind = commitment.criterion.indicator.kind if commitment else ""
    return occurrence_name(row.key, kind, row.due, view.moments(commitment.terms.timezone if commitment else None))


def listed(view: View, rows: Sequence[BreachRow | ActionRow]) -> list[Listed]:
    known = {row.id: row for row in read_commitments(view.seen)} if rows else {}
    return [listed_one(view, row, known.get(row.commitment)) for row in rows]


def listed_one(view: View, row: BreachRow | ActionRow, commitment: CommitmentRow | None) -> Listed:
    """A breach or an action with the names of what it is about."""
    words = row.commitment
    parties = contract = ""
    if commitment is not None:
        words = title(view, commitment.deliverable, commitment.criterion)
        debtor, creditor = view.service(commitment.debtor), view.service(commitment.creditor)
        parties = view.language.text("word.owes", debtor=debtor, creditor=creditor)
        contract = commitment.contract
    return Listed(
        row,
        words,
        parties,
        contract,
        commitment_path(row.commitment),
        cause_mark(row),
        period_words(row.period, view.language) if row.period else "",
        name_of(view, row, commitment) if isinstance(row, BreachRow) else Name(""),
        cause_words(row.cause, view.language),
        breakable(action_words(row.text, row.cause, view.language)) if isinstance(row, ActionRow) else "",
        commitment.terms.timezone if commitment else None,
    )


def _of_one(view: View, commitment: str) -> dict[str, Any]:
    """The values for a list that is about one commitment, or about all where none is named. Raises NotFound."""
    one = read_commitment(view.seen, commitment) if commitment else None
    return {
        "commitment": commitment,
        "about": title(view, one.deliverable, one.criterion) if one else "",
        "about_path": commitment_path(commitment),
    }


def breaches_page(view: View) -> Response:
    shown = shown_breaches(view)
    items = listed(view, shown.rows)
    answered = {row.id: row for row in view.commitments}
    picks = {one.row.id for one in items if _may_answer(view, one.row, answered.get(one.row.commitment))}
    owed = {answered[one.row.commitment].debtor for one in items if one.row.id in picks}
    return view.render(
        "breaches/breaches.html",
        list=shown,
        rows=items,
        picks=picks,
        may_acknowledge=any(view.who.may(Right.TAKE_PART, debtor) for debtor in owed),
        called=partial(_called, view),
        root_called=partial(called, view),
        offers=choices(view),
        **_of_one(view, shown.wanted.value("commitment")),
    )


def _may_answer(view: View, row: BreachRow | ActionRow, commitment: CommitmentRow | None) -> bool:
    """Says whether there is anything that the reader may say of a breach."""
    parties = () if commitment is None else (commitment.debtor, commitment.creditor)
    return isinstance(row, BreachRow) and row.waits and bool(parties) and view.who.may(Right.TAKE_PART, *parties)


def _called(view: View, id: str) -> tuple[str, str]:
    """What a breach is called, and its page; its id alone where it is not there, or not theirs to see."""
    try:
        row = read_breach(view.seen, id)
    except NotFound:
        return id, ""
    [item] = listed(view, [row])
    return f"{item.title}, {item.key.words or item.period}", link(f"/breaches/{id}")


def breach_page(view: View, id: str) -> Response:
    row = read_breach(view.seen, id)
    commitment = read_commitment(view.seen, row.commitment)
    action = read_action(view.seen, row.action) if row.action else None
    contract = read_contract(view.seen, commitment.contract)
    may = view.who.may(Right.TAKE_PART, commitment.debtor, commitment.creditor)
    return view.render(
        "breaches/breach.html",
        item=listed_one(view, row, commitment),
        row=row,
        action=listed_one(view, action, commitment) if action else None,
        debtor=view.service(commitment.debtor),
        creditor=view.service(commitment.creditor),
        clock=view.moments(commitment.terms.timezone),
        may=may and row.waits,
        may_acknowledge=row.waits and view.who.may(Right.TAKE_PART, commitment.debtor),
        own=own_words(view.seen, row),
        people=view.people_of(commitment.debtor, commitment.creditor),
        causes=root_causes(view, row, commitment),
        excuses=listed_excuses(view, _excuses(view, row)),
        ask=asking(view, contract, commitment, row.key, row.due) if row.key else None,
        key_path=link(f"/commitments/{row.commitment}/explain", key=row.key) if row.key else "",
    )


def _excuses(view: View, row: BreachRow) -> list[ExcuseRow]:
    """The excuses that name the occurrence of the breach; none for a breach of a whole period."""
    found = read_excuses(view.seen, commitment=row.commitment) if row.key else []
    return [one for one in found if row.key in one.keys]


def add_breaches(router: APIRouter, pages: Pages) -> None:
    @router.get("/breaches", dependencies=[asks(BREACHES)])
    def breaches(request: Request) -> Response:
        return breaches_page(View(pages, request))

    @router.post("/breaches", dependencies=[asks(BREACHES)])
    def decide_together(
        request: Request, verb: Typed = "", row: Rows = (), text: Typed = "", cause: Typed = "", ticket: Typed = ""
    ) -> Response:
        """Does the same to several of them."""
        view = View(pages, request, {"text": text, "verb": verb, "cause": cause})
        with view.state():
            then = shown_breaches(view).here
        act = _verb(view, verb, text)

        needs = partial(_require_typed, view, verb, text)
        return together(view, ticket, row, act, then=then, again=lambda: breaches_page(view), needs=needs)

    _add_one(router, pages)


def _require_typed(view: View, verb: str, text: str) -> None:
    """Raises Invalid without what the verb needs."""
    if verb == "explain":
        required(text, said("the explanation"))
    elif verb == "attribute":
        require_chosen(view)


def _add_one(router: APIRouter, pages: Pages) -> None:
    @router.get("/breaches/{id:path}")
    def breach(request: Request, id: str) -> Response:
        return breach_page(View(pages, request), id)

    @router.post("/breaches/{id:path}/{verb}")
    def decide(
        request: Request,
        id: str,
        verb: str,
        text: Typed = "",
        what: Typed = "",
        at: Typed = "",
        cause: Typed = "",
        party: Typed = "",
        back: Typed = "",
        ticket: Typed = "",
    ) -> Response:
        """`back`: to *Today*, where that is where it was sent from."""
        typed = {"text": text, "verb": verb, "what": what, "at": at, "cause": cause, "party": party}
        view = View(pages, request, typed)
        act = _verb(view, verb, text)
        here, about = link(f"/breaches/{id}"), ""
        if back == "/":
            with view.state():
                about, _ = _called(view, id)
        then = back if back == "/" else here

        def again() -> Response:
            return breach_page(view, id)

        return decided(view, ticket, lambda: act(id), then=then, again=again, page=here, about=about)


def _verb(view: View, verb: str, text: str) -> Callable[[str], object]:
    """What a verb does to the breach of an id. Raises NotFound."""
    following_up = view.pages.store.use(FollowingUp)
    verbs: dict[str, Callable[[str], object]] = {
        "acknowledge": lambda id: following_up.acknowledge(view.who, id),
        "explain": lambda id: following_up.explain_breach(view.who, id, required(text, said("the explanation"))),
        "attribute": lambda id: attribute(view, id),
        "take-back": lambda id: _taken_back(view, id),
    }
    if verb not in verbs:
        raise NotFound(said("a breach has no verb {verb}", verb=verb))
    return verbs[verb]


def _taken_back(view: View, id: str) -> object:
    typed = view.typed.get("what", "")
    what: OfBreach = cast("OfBreach", typed) if typed in OF_BREACH else "acknowledgement"
    return view.pages.store.use(FollowingUp).take_back(view.who, id, what, instant_typed(view.typed.get("at", "")))


def _escalated(view: View) -> list[tuple[str, str, str]]:
    """Actions of others that were escalated to the reader: where each is, what it is, and of which contract."""
    found = [one for one in read_escalated(view.seen) if not view.seen.sees_commitment(f"{one.contract}/")]
    return [
        (link(f"/actions/{one.id}"), action_words(one.text, one.cause, view.language), view.to(one.contract_title))
        for one in found
    ]


def add_actions(router: APIRouter, pages: Pages) -> None:
    @router.get("/actions", dependencies=[asks(ACTIONS)])
    def actions(request: Request) -> Response:
        view = View(pages, request)
        shown = shown_actions(view)
        return view.render(
            "breaches/actions.html",
            list=shown,
            rows=listed(view, shown.rows),
            escalated=_escalated(view),
            **_of_one(view, shown.wanted.value("commitment")),
        )
