"""`/contracts` and `/contracts/{id}`: both sides of what was agreed, and the versions with their signatures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from dashboards.language import first_up
from dashboards.messages import messages
from dashboards.pages.contracts.drafts import draft_address, drafts_of
from dashboards.pages.contracts.listing import CONTRACTS, shown_contracts
from dashboards.pages.contracts.next_dates import NextDate, next_dates
from dashboards.pages.excuses.asking import asking
from dashboards.pages.excuses.page import listed_excuses
from dashboards.pages.figures.scoring import score_lines
from dashboards.pages.figures.standings import Standing, standing, strip_or_trend
from dashboards.pages.figures.timelines import Ahead, ahead, due_dates, version_bar
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import asks
from dashboards.pages.house.posting import party_named, required
from dashboards.pages.house.sending import Fields, Lasting, Typed, decided
from dashboards.pages.house.templates import link
from dashboards.pages.house.waiting import waiting_for_files
from dashboards.standing import EXPOSURE
from dashboards.words import late_data_words, review_words, rule_sentence
from domain.saying import said
from domain.terms import CalendarTerms, ContractTerms, Criterion, Party
from services.access import Principal, Right
from services.breaches.reading import read_breaches
from services.breaches.rows import BreachRow
from services.contract_files import tree_from_canonical
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow, SignatureRow, VersionRow
from services.errors import Invalid, NotFound
from services.excuses.reading import read_excuses
from services.figures.reading import read_commitments

MOST_EXCUSES = 6


@dataclass(frozen=True)
class Clause:
    """One criterion on a side. `standing` is None while the contract is not in force."""

    criterion: Criterion
    title: str
    rule: str
    standing: Standing | None
    strip: Markup
    breaches: tuple[BreachRow, ...]


@dataclass(frozen=True)
class Side:
    party: str
    debtor: str
    creditor: str
    deliverables: tuple[tuple[str, tuple[str, ...], tuple[Clause, ...]], ...]
    summary: str


def side(
    view: View, contract: ContractRow, party: str, rows: dict[str, Standing], breaches: Sequence[BreachRow]
) -> Side:
    terms = contract.terms
    owed = [deliverable for deliverable in terms.deliverables if deliverable.owed_by == party]
    titles = {deliverable.id: view.to(deliverable.title) for deliverable in terms.deliverables}
    listed = tuple(
        (
            view.to(deliverable.title),
            tuple(titles.get(id, id) for id in deliverable.depends_on),
            tuple(
                clause(view, contract, criterion, rows.get(f"{contract.id}/{deliverable.id}/{criterion.id}"), breaches)
                for criterion in deliverable.criteria
            ),
        )
        for deliverable in owed
    )
    debtor, creditor = (terms.supplier, terms.client) if party == "supplier" else (terms.client, terms.supplier)
    mine = [row for row in rows.values() if row.row.deliverable.owed_by == party]
    return Side(party, view.service(debtor), view.service(creditor), listed, _summary(view, mine))


def _summary(view: View, rows: Sequence[Standing]) -> str:
    counts = Counter(row.disc for row in rows)
    names = [name for name in reversed(EXPOSURE) if counts[name]]
    return ", ".join(f"{counts[name]} {view.language.text(f'disc.{name}')}" for name in names)


def clause(
    view: View, contract: ContractRow, criterion: Criterion, row: Standing | None, breaches: Sequence[BreachRow]
) -> Clause:
    strip = strip_or_trend(view, row) if row else Markup("")
    mine = tuple(breach for breach in breaches if row and breach.commitment == row.row.id)
    return Clause(
        criterion, view.to(criterion.title), rule_sentence(criterion, contract.terms, view.language), row, strip, mine
    )


def proposal(contract: ContractRow) -> VersionRow | None:
    return next((version for version in reversed(contract.versions) if version.state == "proposed"), None)


def awaited(contract: ContractRow, version: VersionRow) -> list[str]:
    """The services that have yet to sign."""
    signed = {signature.party for signature in version.signatures}
    parties = {"supplier": contract.supplier, "client": contract.client}
    return [service for party, service in parties.items() if party not in signed]


def facts(view: View, contract: ContractRow) -> list[tuple[str, str]]:
    language, terms = view.language, contract.terms
    number = next((v.number for v in contract.versions if v.terms is terms or v.state == "in force"), 1)
    force = language.text("contract.version_in_force", version=str(number), day=language.short_date(terms.effective))
    if contract.valid_until:
        force += " " + language.text("contract.until", day=language.short_date(contract.valid_until))
    shown = (
        force if contract.state == "in force" else language.text(f"contract_state.{contract.state.replace(' ', '_')}")
    )
    name = language.text("contract.fact_state" if contract.state == "in force" else "contract.fact_standing")
    return [(name, shown), *facts_of(view, terms)]


def facts_of(view: View, terms: ContractTerms) -> list[tuple[str, str]]:
    """What a wording says of the whole contract."""
    language = view.language
    is_own = isinstance(terms.calendar, CalendarTerms)
    calendar = language.text("editor.calendar.own") if is_own else getattr(terms.calendar, "name", "")
    review = review_words(terms.review, language) if terms.review else language.text("contract.no_review")
    hours = calendar or language.text("contract.always_open")
    zone = language.text("word.time_of", city=view.moments(terms.timezone).city)
    readers = [(language.text("contract.fact_shown_to"), language.text("contract.shown_to_parts"))]
    return [
        (language.text("contract.fact_calendar"), f"{hours} · {zone}"),
        (language.text("contract.fact_review"), review),
        (language.text("contract.fact_late_data"), late_data_words(terms.late_data, language)),
        *(readers if terms.shown_to == "parts" else ()),
    ]


def contract_page(view: View, contract: ContractRow) -> Response:
    rows = [standing(view, row) for row in read_commitments(view.seen, contract.id)]
    by_id = {row.row.id: row for row in rows}
    breaches = read_breaches(view.seen, contract=contract.id, state="open")
    clock = view.moments(contract.timezone)
    dues: list[Ahead] = ahead(view, rows)
    proposed = proposal(contract)
    excuses = sorted(read_excuses(view.seen, contract=contract.id), key=lambda row: row.waits_for is None)
    return view.render(
        "contracts/contract.html",
        contract=contract,
        title=view.to(contract.terms.title),
        lede=_lede(view, contract),
        facts=facts(view, contract),
        files_awaited=waiting_for_files(view, contract.id),
        proposed=proposed,
        later=[one for one in contract.versions if one.state == "signed"],
        awaited=awaited(contract, proposed) if proposed else [],
        sides=[side(view, contract, party, by_id, breaches) for party in ("supplier", "client")],
        scores=score_lines(view, contract.id, contract.supplier, contract.client, by_id),
        dues=dues[:12],
        is_agreed=is_agreed(contract),
        dates=_dates(view, proposed) if proposed and not is_agreed(contract) else [],
        due_chart=due_dates(view, dues, clock, contract),
        clock=clock,
        version_bar=version_bar(view, contract, clock),
        comments=[(version, comment) for version in contract.versions for comment in version.comments],
        clause_words=lambda clause: clause_words(view, contract.terms, clause),
        excuses=listed_excuses(view, excuses[:MOST_EXCUSES]),
        excuses_more=max(0, len(excuses) - MOST_EXCUSES),
        ask=asking(view, contract, None),
        may_amend=contract.state != "terminated",
        may_terminate=contract.state in ("in force", "signed"),
    )


def is_agreed(contract: ContractRow) -> bool:
    """Says whether both parties ever signed a wording of it."""
    return any(one.state in ("signed", "in force", "past") for one in contract.versions)


def _dates(view: View, proposed: VersionRow) -> list[NextDate]:
    return next_dates(view, tree_from_canonical(proposed.document))


def _lede(view: View, contract: ContractRow) -> str:
    listed = {
        party: [view.to(d.title) for d in contract.terms.deliverables if d.owed_by == party]
        for party in ("supplier", "client")
    }
    names = {"supplier": view.service(contract.supplier), "client": view.service(contract.client)}
    key = "contract.lede_both" if listed["client"] else "contract.lede"
    return view.language.text(
        key,
        **names,
        owed=view.language.counted("contract.deliverables", len(listed["supplier"])),
        returned=view.language.counted("contract.deliverables", len(listed["client"])),
    )


def clause_words(view: View, terms: ContractTerms, clause: str) -> str:
    """The clause by its titles, where the path is one of a criterion."""
    for owed in terms.deliverables:
        for one in owed.criteria:
            if clause in (f"deliverables.{owed.id}.{one.id}", f"{owed.id}/{one.id}"):
                return f"{view.to(owed.title)} · {view.to(one.title)}"
    return clause


def numbered(contract: ContractRow, number: int) -> VersionRow:
    """The newest wording of that number: a counter-proposal has the number of what it replaces. Raises NotFound."""
    found = [one for one in contract.versions if one.number == number]
    if not found:
        raise NotFound(said("{contract} has no version {number}", contract=contract.id, number=number))
    return max(found, key=lambda one: one.position)


def for_whom(who: Principal, contract: ContractRow, signatures: Sequence[SignatureRow]) -> list[tuple[Party, str]]:
    """The parties, and their services, for which one may sign what has those signatures."""
    signed = {one.party for one in signatures}
    parties: list[tuple[Party, str]] = [("supplier", contract.supplier), ("client", contract.client)]
    return [(party, service) for party, service in parties if party not in signed and who.may(Right.BIND, service)]


def _of(contract: ContractRow, version: VersionRow, *, is_own: bool) -> str:
    """The service that proposed the version, or the other one, which answers."""
    return contract.supplier if (version.party == "supplier") == is_own else contract.client


def may_refuse(view: View, contract: ContractRow, version: VersionRow) -> bool:
    return version.state == "proposed" and view.who.may(Right.BIND, _of(contract, version, is_own=False))


def version_page(view: View, contract: ContractRow, number: int) -> Response:
    version = numbered(contract, number)
    waiting = awaited(contract, version) if version.state == "proposed" else []
    signing = for_whom(view.who, contract, version.signatures) if version.state == "proposed" else []
    return view.render(
        "contracts/version.html",
        contract=contract,
        version=version,
        title=view.to(version.terms.title),
        clock=view.moments(contract.timezone),
        awaited=waiting,
        signing=signing,
        hints={
            party: view.language.text(
                "version.sign_hint",
                services=view.service(service),
                day=view.language.short_date(version.effective),
            )
            for party, service in signing
        },
        begun=view.pages.store.use(Contracting).begun(contract.id) if version.state == "proposed" else [],
        may_refuse=may_refuse(view, contract, version),
        may_withdraw=version.state == "proposed" and view.who.may(Right.BIND, _of(contract, version, is_own=True)),
        may_comment=view.who.may(Right.TAKE_PART, contract.supplier, contract.client),
        clauses=[
            (
                view.to(d.title),
                view.service(version.terms.debtor(d)),
                view.to(c.title),
                rule_sentence(c, version.terms, view.language),
            )
            for d in version.terms.deliverables
            for c in d.criteria
        ],
        clause_words=lambda clause: clause_words(view, version.terms, clause),
    )


def add_contracts(router: APIRouter, pages: Pages) -> None:
    @router.get("/contracts", dependencies=[asks(CONTRACTS)])
    def contracts(request: Request) -> Response:
        view = View(pages, request)
        shown = shown_contracts(view)
        service = shown.wanted.value("service")
        return view.render(
            "contracts/contracts.html",
            list=shown,
            rows=[(one.row, one.discs, proposal(one.row)) for one in shown.rows],
            is_empty=not view.contracts,
            service=service if service in view.services else "",
            may_write=view.who.may(Right.BIND),
            drafts=[(one, draft_address(one)) for one in drafts_of(view)],
        )

    @router.get("/contracts/{id}")
    def contract(request: Request, id: str) -> Response:
        view = View(pages, request)
        return contract_page(view, read_contract(view.seen, id))

    @router.get("/contracts/{id}/versions/{number}")
    def version(request: Request, id: str, number: int) -> Response:
        view = View(pages, request)
        return version_page(view, read_contract(view.seen, id), number)

    _add_decisions(router, pages)


def _add_decisions(router: APIRouter, pages: Pages) -> None:
    @router.post("/contracts/{id}/versions/{number}/{verb}")
    def decide(
        request: Request,
        id: str,
        number: int,
        verb: str,
        fields: Fields,
        text: Typed = "",
        clause: Typed = "",
        party: Typed = "",
        proposal: Typed = "",
        ticket: Typed = "",
    ) -> Response:
        view = View(pages, request, {"text": text, "clause": clause, "verb": verb, "id": party, "party": party})
        who, contracting = view.who, pages.store.use(Contracting)
        side = party_named(party)

        def read() -> int:
            """Which wording was read: the form says so, for the address says only its number, which a counter-proposal takes over."""
            if not proposal.isdecimal() or len(proposal) > 9:
                raise Invalid(said("it is not said what was read"), mend=said("open the page here and send it again"))
            return int(proposal)

        verbs = {
            "sign": lambda: contracting.sign(who, id, side, proposal=read()),
            "refuse": lambda: contracting.refuse(who, id, required(text, said("the reason")), proposal=read()),
            "withdraw": lambda: contracting.withdraw(who, id, proposal=read()),
            "comment": lambda: contracting.comment(
                who, id, clause.strip(), required(text, said("the comment")), proposal=read() if proposal else None
            ),
        }
        if verb not in verbs:
            raise NotFound(said("a contract has no verb {verb}", verb=verb))

        def again() -> Response:
            return version_page(view, read_contract(view.seen, id), number)

        def needs() -> None:
            if verb == "refuse":
                required(text, said("the reason"))

        here = link(f"/contracts/{id}/versions/{number}")
        then = here if verb == "comment" else link(f"/contracts/{id}")
        final = (
            None
            if verb == "comment"
            else Lasting(f"{verb}_version", fields, lambda: _numbered(view, id, number), needs)
        )
        return decided(view, ticket, verbs[verb], then=then, again=again, page=here, final=final)


def _numbered(view: View, id: str, number: int) -> str:
    """What a version is called. Raises NotFound."""
    contract = read_contract(view.seen, id)
    version = numbered(contract, number)
    called = f"{view.to(version.terms.title)} · {view.language.text('th.version')} {number}"
    begun = view.pages.store.use(Contracting).begun(id) if version.state == "proposed" else []
    return ". ".join([called, *(first_up(messages(view.language.code).say(one)) for one in begun)])
