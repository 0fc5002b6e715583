"""`/excuses`: what one party asks not to be counted, and what the other, or the arbiter, answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from dashboards.explanations import by_version
from dashboards.naming import Name, occurrence_name, said_of_misses
from dashboards.pages.excuses.listing import EXCUSES, shown_excuses
from dashboards.pages.figures.standings import commitment_path, title
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.posting import required
from dashboards.pages.house.sending import Fields, Lasting, Typed, decided
from dashboards.pages.house.templates import link
from dashboards.standing import mark_of
from dashboards.words import excuse_words, path_words
from domain.events import OperationalEvent
from domain.kinds.faces import face
from domain.saying import said
from services.access import PLATFORM_NAME, Right
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.errors import NotFound
from services.excuses.excusing import Excusing
from services.excuses.reading import excuse_touches_final, excused_by, read_excuse
from services.excuses.rows import ExcuseRow
from services.excuses.settling import behind, read_evidence
from services.excuses.shown import event_data
from services.figures.reading import read_commitments
from services.figures.rows import CommitmentRow, OccurrenceRow

MOST = 60
"""How many occurrences that an excuse covers a page lists."""


@dataclass(frozen=True)
class Listed:
    """An excuse with the names of what it is about."""

    row: ExcuseRow
    path: str
    title: str
    extent: str
    reason: str
    text: str
    waits_for: str
    may_accept: bool
    may_refuse: bool
    may_dispute: bool


def listed_excuses(view: View, rows: Sequence[ExcuseRow]) -> list[Listed]:
    commitments = {row.id: row for row in view.commitments} if rows else {}
    return [_listed_of(view, row, commitments) for row in rows]


def _listed_of(view: View, row: ExcuseRow, commitments: Mapping[str, CommitmentRow]) -> Listed:
    """Whoever only settles the dispute has neither the contract nor its commitments: their names are read for that."""
    if row.contract in view.contracts:
        return _listed(view, row, view.contracts[row.contract], commitments.get(row.scope))
    whole = behind(view.seen, row)
    named = next((one for one in read_commitments(whole, row.contract) if one.id == row.scope), None)
    return _listed(view, row, read_contract(whole, row.contract), named)


def _listed(view: View, row: ExcuseRow, contract: ContractRow, commitment: CommitmentRow | None) -> Listed:
    names = view.to(contract.title)
    if commitment is not None:
        names = title(view, commitment.deliverable, commitment.criterion)
    elif "/" in row.scope:
        names = f"{names} · {row.scope.partition('/')[2]}"
    if row.since is not None and row.until is not None:
        clock = view.moments(contract.timezone)
        first, last = clock.extent(row.since, row.until)
        extent = view.language.from_to(first, last)
    else:
        extent = view.language.listing(_names(view, row, contract, commitment))
    waits_for = asker(view, row.waits_for) if row.waits_for is not None else ""
    return Listed(
        row,
        link(f"/excuses/{row.id}"),
        names,
        extent,
        excuse_words(row.reason, view.language),
        why_asked(view, row, contract),
        waits_for,
        *_verbs(view, row),
    )


def _names(view: View, row: ExcuseRow, contract: ContractRow, commitment: CommitmentRow | None) -> list[str]:
    """The occurrences as people call them: those that are named after an event are named by when it happened."""
    kind = commitment.criterion.indicator.kind if commitment else ""
    clock = view.moments(contract.timezone)
    is_about_times = commitment is not None and face(commitment.criterion.indicator).named_after in ("event", "start")
    dues = {one.key: one.due for one in excused_by(view.seen, row.id)} if is_about_times else {}
    return [occurrence_name(key, kind, dues.get(key), clock).words for key in row.keys]


def why_asked(view: View, row: ExcuseRow, contract: ContractRow) -> str:
    """Why, in the words of who asked; of what the platform proposes, with titles and dates for the ids it wrote."""
    if row.asked_by != PLATFORM_NAME:
        return row.text
    titles = {
        one.id: title(view, one.deliverable, one.criterion)
        for one in read_commitments(behind(view.seen, row), row.contract)
    }
    return said_of_misses(row.text, titles.get, view.moments(contract.timezone))


def _verbs(view: View, row: ExcuseRow) -> tuple[bool, bool, bool]:
    """Says whether the reader may accept the excuse, refuse it, dispute it."""
    services = {"supplier": row.supplier, "client": row.client}
    asking = services[row.party]
    answering = services["client" if row.party == "supplier" else "supplier"]
    is_settled = row.state == "accepted" or any(one.party == "arbiter" for one in row.answers)
    is_arbiter = row.state == "disputed" and view.who.may(Right.ARBITRATE)
    is_barred = is_arbiter and view.who.is_of(row.supplier, row.client)
    may_answer = (is_arbiter or view.who.may(Right.BIND, answering)) and not is_settled and not is_barred
    is_open = row.state == "asked" or is_arbiter
    return (
        may_answer and not (is_arbiter and excuse_touches_final(view.seen, row)),
        may_answer and is_open,
        view.who.may(Right.TAKE_PART, asking) and row.state == "refused" and not is_settled,
    )


def asker(view: View, by: str) -> str:
    """Who asked or answers: the platform and the arbiter are no people of a service."""
    if by in (PLATFORM_NAME, "administrator"):
        return view.language.text(f"excuses.{by}")
    return view.person(by) if "/" in by else view.service(by)


def excuse_page(view: View, id: str) -> Response:
    row = read_excuse(view.seen, id)
    whole = behind(view.seen, row)
    contract = read_contract(whole, row.contract)
    commitments = {one.id: one for one in read_commitments(whole, row.contract)}
    covered = excused_by(view.seen, id)
    is_party = whole is view.seen
    events = read_evidence(view.seen, row, covered[:MOST])
    return view.render(
        "excuses/excuse.html",
        item=_listed(view, row, contract, commitments.get(row.scope)),
        row=row,
        asked_by=asker(view, row.asked_by),
        answers=[(one, asker(view, one.by)) for one in row.answers],
        clock=view.moments(contract.timezone),
        contract=contract,
        contract_title=view.to(contract.title),
        commitment_path=commitment_path(row.scope) if row.scope in commitments and is_party else "",
        is_party=is_party,
        events=[(one, event_said(one), one.position in row.evidence) for one in events],
        rules=rules_of(view, covered[:MOST], contract),
        is_disputed=row.state == "disputed",
        covered=[
            (
                mark_of(one),
                link(f"/commitments/{one.commitment}/explain", key=one.key) if is_party else "",
                name_of(view, one, commitments[one.commitment]),
                one,
            )
            for one in covered[:MOST]
        ],
        covered_total=len(covered),
        people=view.people_of(contract.supplier, contract.client),
    )


def rules_of(view: View, covered: Sequence[OccurrenceRow], contract: ContractRow) -> list[str]:
    """By which rules those were judged that it covers, each once."""
    found = [by_version(one.version, one.commitment, contract, view.language) for one in covered]
    return list(dict.fromkeys(found))


def event_said(event: OperationalEvent) -> str:
    """What an event says: `temperature: 55 · missing meals: 0`; as JSON where a field holds more than one value."""
    said = event.data
    if not isinstance(said, Mapping) or any(isinstance(value, Mapping | list | tuple) for value in said.values()):
        return event_data(event)
    fields = {path_words(name): value for name, value in sorted(said.items())}
    return " · ".join(
        f"{name}: {value if isinstance(value, str) else json.dumps(value)}" for name, value in fields.items()
    )


def name_of(view: View, one: OccurrenceRow, commitment: CommitmentRow) -> Name:
    clock = view.moments(commitment.terms.timezone)
    return occurrence_name(one.key, commitment.criterion.indicator.kind, one.due, clock)


def add_excuses(router: APIRouter, pages: Pages) -> None:
    @router.get("/excuses", dependencies=[asks(EXCUSES)])
    def excuses(request: Request) -> Response:
        view = View(pages, request)
        shown = shown_excuses(view)
        contract = shown.wanted.value("contract")
        about = view.contracts.get(contract)
        return view.render(
            "excuses/excuses.html",
            list=shown,
            rows=listed_excuses(view, shown.rows),
            about=view.to(about.title) if about else "",
            about_path=link(f"/contracts/{contract}"),
        )

    @router.get("/excuses/{id}")
    def excuse(request: Request, id: str) -> Response:
        return excuse_page(View(pages, request), id)

    @router.post("/excuses/{id}/{verb}")
    def decide(request: Request, id: str, verb: str, fields: Fields, text: Typed = "", ticket: Typed = "") -> Response:
        view = View(pages, request, {"text": text, "verb": verb})
        verbs = {
            "accept": lambda: pages.store.use(Excusing).accept(view.who, id, text.strip()),
            "refuse": lambda: pages.store.use(Excusing).refuse(view.who, id, required(text, said("the reason"))),
            "dispute": lambda: pages.store.use(Excusing).dispute(view.who, id, required(text, said("the reason"))),
        }
        if verb not in verbs:
            raise NotFound(said("an excuse has no verb {verb}", verb=verb))

        def again() -> Response:
            return excuse_page(view, id)

        with view.state():
            row = read_excuse(view.seen, id)
        is_partys = view.who.sees(row.supplier, row.client)  # an arbiter sees nothing of it once it is settled
        final = Lasting("accept_excuse", fields, lambda: _called(view, id)) if verb == "accept" else None
        then = link(f"/excuses/{id}") if is_partys else "/"
        return decided(view, ticket, verbs[verb], then=then, again=again, page=link(f"/excuses/{id}"), final=final)


def _called(view: View, id: str) -> str:
    """What an excuse is called. Raises NotFound."""
    [one] = listed_excuses(view, [read_excuse(view.seen, id)])
    return f"{one.title}, {one.extent}"
