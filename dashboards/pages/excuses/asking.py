"""The form that asks for an excuse: for one occurrence, or for what is due between two days of a commitment or a contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.naming import Name, occurrence_name
from dashboards.pages.figures.standings import commitment_path, title
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.posting import digest, required
from dashboards.pages.house.sending import Fields, Lasting, Typed, decided
from dashboards.pages.house.templates import link
from dashboards.standing import mark_of
from dashboards.words import excuse_words
from domain.excuses import CATEGORIES, CLOSURE, feels_closures
from domain.saying import Said, said
from domain.terms import Deliverable, Party
from domain.times import day_start, zone
from services.access import Right
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.errors import Invalid, NotFound, Refused
from services.excuses.excusing import Excusing
from services.excuses.reading import is_grantable
from services.explaining.occurrences import explain_occurrence
from services.figures.reading import read_commitment
from services.figures.rows import CommitmentRow

DOUBTED = "nothing-owed"
SIDES: tuple[Party, Party] = ("supplier", "client")


@dataclass(frozen=True)
class Asking:
    """The subject of the form that asks for an excuse, and what it may ask. `key` is empty where it asks for days."""

    scope: str
    key: str
    what: str
    name: Name
    reasons: tuple[tuple[str, str], ...]
    sides: tuple[tuple[str, str], ...]
    """Both parties where the reader acts for both, else none: on whose behalf is then plain."""
    answering: str
    may_grant: bool = False
    """The reader's service is owed it, and may excuse it alone."""
    sure: str = ""
    """The word that is sent with the days by who says that they are right; empty where they are not in doubt."""

    @property
    def is_of_commitment(self) -> bool:
        """Says whether the form is about a commitment, of which one occurrence can be named."""
        return self.scope.count("/") == 2


def asking(
    view: View,
    contract: ContractRow,
    commitment: CommitmentRow | None,
    key: str = "",
    due: int | None = None,
    *,
    deliverable: Deliverable | None = None,
) -> Asking | None:
    """The form for that occurrence, commitment, deliverable or contract; None for who is no party of a contract in force."""
    services = dict(zip(SIDES, (contract.supplier, contract.client), strict=True))
    mine = [one for one, service in services.items() if view.who.may(Right.TAKE_PART, service)]
    if not mine or not any(version.state in ("in force", "past") for version in contract.versions):
        return None
    clock = view.moments(contract.timezone)
    name = Name("")
    if commitment is not None and key:
        name = occurrence_name(key, commitment.criterion.indicator.kind, due, clock)
    closes = not key and _knows_closed_time(contract, commitment)
    others = [service for side, service in services.items() if side not in mine]
    scope = commitment.id if commitment is not None else contract.id
    scope = f"{contract.id}/{deliverable.id}" if deliverable is not None else scope
    return Asking(
        scope,
        key,
        _what(view, contract, commitment, deliverable),
        name,
        tuple((one, excuse_words(one, view.language)) for one in CATEGORIES if one != CLOSURE or closes),
        tuple((side, view.service(service)) for side, service in services.items()) if len(mine) > 1 else (),
        view.service(others[0]) if others else "",
        commitment is not None and bool(key) and may_grant(view, commitment, key),
        _days_named(view, scope) if view.problem is not None and view.problem.slug == DOUBTED else "",
    )


def may_grant(view: View, commitment: CommitmentRow, key: str) -> bool:
    """Says whether the reader excuses that alone: it was owed to a service that he answers for, and was missed."""
    is_only_owed = view.who.may(Right.BIND, commitment.creditor) and not view.who.may(Right.BIND, commitment.debtor)
    return is_only_owed and is_grantable(view.seen, commitment.id, key)


def _what(view: View, contract: ContractRow, commitment: CommitmentRow | None, deliverable: Deliverable | None) -> str:
    if commitment is not None:
        return title(view, commitment.deliverable, commitment.criterion)
    return view.to(contract.title if deliverable is None else deliverable.title)


def _deliverable(contract: ContractRow, scope: str) -> Deliverable | None:
    """The one that the scope names, if it names one. Raises NotFound."""
    if scope.count("/") != 1:
        return None
    for one in contract.terms.deliverables:
        if f"{contract.id}/{one.id}" == scope:
            return one
    raise NotFound(said("there is no commitment “{scope}”", scope=scope))


def _knows_closed_time(contract: ContractRow, commitment: CommitmentRow | None) -> bool:
    """Says whether an agreed closure would change anything there, by any version that was signed."""
    agreed = [one.terms for one in contract.versions if one.state in ("signed", "in force", "past")]
    asked = (commitment.deliverable.id, commitment.criterion.id) if commitment else None
    named = [
        ((owed.id, one.id), one.indicator) for terms in agreed for owed in terms.deliverables for one in owed.criteria
    ]
    return any(feels_closures(one) for name, one in named if asked in (None, name))


def ask_page(view: View, scope: str, key: str) -> Response:
    contract = read_contract(view.seen, scope.partition("/")[0])
    commitment = read_commitment(view.seen, scope) if scope.count("/") == 2 else None
    deliverable = _deliverable(contract, scope)
    mark, due = "", None
    if commitment is not None and key:
        found = explain_occurrence(view.seen, scope, key).occurrence
        mark, due = mark_of(found), found.due
    return view.render(
        "excuses/ask.html",
        ask=asking(view, contract, commitment, key, due, deliverable=deliverable),
        contract=contract,
        contract_title=view.to(contract.title),
        what=_what(view, contract, commitment, deliverable),
        mark_name=mark,
        back=_place(scope, key),
    )


def _place(scope: str, key: str) -> str:
    if scope.count("/") != 2:
        return link(f"/contracts/{scope.partition('/')[0]}")
    return link(f"/commitments/{scope}/explain", key=key) if key else commitment_path(scope)


def _check_is_chosen(reason: str) -> None:
    """Raises Invalid where the list of reasons was left as it was."""
    if not reason:
        raise Invalid(said("no reason is chosen"), mend=said("choose one from the list"), slug="reason-unknown")


def _require_sure(view: View, scope: str, doubts: Sequence[Said]) -> None:
    """Raises Refused where nothing is owed of what is asked, until who asks has said that these days are right."""
    if doubts and view.typed.get("sure") != _days_named(view, scope):
        raise Refused(doubts[0], mend=said("choose other days, or say that they are right"), slug=DOUBTED)


def _days_named(view: View, scope: str) -> str:
    """A digest of the days that somebody says to be right: other days ask again."""
    return digest("\n".join([scope, *(view.typed.get(name, "") for name in ("first", "last", "one"))]))


def _instant(text: str, where: str, *, is_end: bool = False) -> int:
    """The instant at which the local date begins; with `is_end` the one at which it is over. Raises Invalid for what is no date."""
    if not text.strip():
        raise Invalid(
            said("one of the two days is missing"), mend=said("write both, or a single due date"), slug="date-unclear"
        )
    try:
        day = date.fromisoformat(text.strip()) + timedelta(days=is_end)
    except (ValueError, OverflowError):
        raise Invalid(
            said("“{text}” is no date", text=text), mend=said("a date such as 2026-11-16"), slug="date-unclear"
        ) from None
    return day_start(day, zone(where))


def add_asking(router: APIRouter, pages: Pages) -> None:
    @router.get("/excuses/ask")
    def form(request: Request, scope: str = "", key: str = "") -> Response:
        if not scope:  # the address alone, as a browser shows it after a refusal
            return RedirectResponse("/contracts", 303)
        return ask_page(View(pages, request), scope, key)

    _add_sending(router, pages)


def _add_sending(router: APIRouter, pages: Pages) -> None:
    @router.post("/excuses/ask")
    def ask(
        request: Request,
        fields: Fields,
        scope: Typed = "",
        key: Typed = "",
        verb: Typed = "ask",
        first: Typed = "",
        last: Typed = "",
        one: Typed = "",
        reason: Typed = "",
        text: Typed = "",
        party: Typed = "",
        sure: Typed = "",
        ticket: Typed = "",
    ) -> Response:
        typed = {
            "sure": sure,
            "text": text,
            "verb": "grant" if verb == "grant" else "ask",
            "first": first,
            "last": last,
            "one": one,
            "reason": reason,
            "party": party,
        }
        view = View(pages, request, typed)
        contract = view.look(read_contract, scope.partition("/")[0])

        def decide() -> object:
            return _grant(view, scope, key) if verb == "grant" else _ask(view, contract, scope, key)

        def again() -> Response:
            return ask_page(view, scope, key)

        found = lambda id: link(f"/excuses/{id}")  # noqa: E731
        page = link("/excuses/ask", scope=scope, key=key)
        final = Lasting("accept_excuse", fields, lambda: _asked_of(view, scope, key), lambda: _needs(view))
        return decided(
            view,
            ticket,
            decide,
            then=_place(scope, key),
            again=again,
            page=page,
            found=found,
            final=final if verb == "grant" else None,
        )


def _needs(view: View) -> str:
    """Raises Invalid where no reason is chosen, or no text typed."""
    _check_is_chosen(view.typed["reason"])
    return required(view.typed["text"], said("the text"))


def _asked_of(view: View, scope: str, key: str) -> str:
    """Of a commitment and its occurrence: what they are called. Raises NotFound."""
    found = read_commitment(view.seen, scope)
    one = explain_occurrence(view.seen, scope, key).occurrence
    clock = view.moments(found.terms.timezone)
    name = occurrence_name(key, found.criterion.indicator.kind, one.due, clock)
    return f"{title(view, found.deliverable, found.criterion)} · {name.words}"


def _grant(view: View, scope: str, key: str) -> str:
    """Excuses what was typed about, for who is owed it. Gives its id."""
    text = _needs(view)
    id, _ = view.pages.store.use(Excusing).grant(view.who, scope, key, reason=view.typed["reason"], text=text)
    return id


def _ask(view: View, contract: ContractRow, scope: str, key: str) -> str:
    """Asks for the excuse that was typed: for one occurrence where one is named, else for the days. Gives its id. Raises Invalid or
    Refused."""
    typed, excusing = view.typed, view.pages.store.use(Excusing)
    reason, party = typed["reason"], typed["party"]
    since = until = None
    named = key or typed["one"].strip()
    _check_is_chosen(reason)
    if not named:
        since = _instant(typed["first"], contract.timezone)
        until = _instant(typed["last"], contract.timezone, is_end=True)
    words, keys = required(typed["text"], said("the text")), [named] if named else []
    doubts = excusing.doubts(view.who, scope, reason=reason, keys=keys, since=since, until=until)
    _require_sure(view, scope, doubts)
    id, _ = excusing.ask(
        view.who,
        scope,
        reason=reason,
        text=words,
        keys=keys,
        since=since,
        until=until,
        party=party if party in SIDES else None,
    )
    return id
