"""The page on which a draft is read before it is proposed: the sentences that both will sign, its next dates, what it would have made
of the past, and who will be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from fastapi import Response

from dashboards.language import first_up
from dashboards.pages.contracts.based import based, day_of, editor_address, today
from dashboards.pages.contracts.checking import Checked
from dashboards.pages.contracts.next_dates import next_dates
from dashboards.pages.contracts.page import facts_of
from dashboards.pages.contracts.sheet import Sheet
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.proposals import proposal_words
from dashboards.standing import beside, disc, disc_words, figure_words
from dashboards.words import period_words, rule_sentence
from domain.terms import ContractTerms
from services.access import Right
from services.contract_files import contract_terms
from services.contracts.rows import ContractRow
from services.errors import DocumentInvalid, EntenteError
from services.figures.rows import FigureRow
from services.trying.beside import Compared
from services.trying.drafting import try_draft
from services.trying.proposing import Proposal

MOST_TRIED: Final = 60
LOOK_BACK: Final = timedelta(days=90)
READING: Final = ("read", "try")
"""The verbs of the form that lead to this page, where the draft is right."""


class Tries(NamedTuple):
    """What a draft comes to on the past, beside what really was, and what that suggests."""

    compared: list[Compared]
    suggested: list[Proposal]


@dataclass(frozen=True)
class TriedLine:
    title: str
    period: str
    draft: FigureRow
    draft_disc: str
    draft_words: str
    real_disc: str
    real_words: str
    note: str


@dataclass(frozen=True)
class Asked:
    """A service that will be asked to sign, and those of its people who may; nobody where that is not known here."""

    service: str
    people: Sequence[str]


def days_tried(view: View, contract: ContractRow | None) -> tuple[str, str]:
    """As they were typed, else the last ninety before today."""
    last = today(view, contract) - timedelta(days=1)
    first = last - LOOK_BACK + timedelta(days=1)
    return view.typed.get("first") or first.isoformat(), view.typed.get("last") or last.isoformat()


def tried_as_asked(view: View, contract: ContractRow | None, sheet: Sheet) -> Tries | None:
    """What the draft that was sent comes to on the past, where it can be said; a refusal is kept for the page. It takes long: nothing
    of the store is held meanwhile."""
    try:
        with view.state():
            first, last = days_tried(view, contract)
        return Tries(*try_draft(view.pages.store.seeing, view.who, sheet.file, day_of(first), day_of(last)))
    except DocumentInvalid:
        return None  # the check says what is wrong, and where
    except EntenteError as error:
        if contract is not None and error.status in (403, 404):
            raise
        view.keep(editor_address(contract), error)
        return None


def before_page(
    view: View, contract: ContractRow | None, sheet: Sheet, found: Checked, tried: Tries | None
) -> Response:
    """Of a draft that is right."""
    assert sheet.document is not None
    terms = contract_terms(sheet.document)
    first, last = days_tried(view, contract)
    titles = _titles(view, terms)
    return view.render(
        "contracts/before.html",
        contract=contract,
        title=view.to(terms.title),
        address=editor_address(contract),
        sheet=sheet,
        terms=terms,
        facts=facts_of(view, terms),
        sides=[
            (terms.supplier, terms.client, _clauses(view, terms, "supplier")),
            (terms.client, terms.supplier, _clauses(view, terms, "client")),
        ],
        dates=next_dates(view, sheet.tree),
        found=found,
        asked=_asked(view, terms),
        tried=[_tried_line(view, titles, one) for one in tried.compared[:MOST_TRIED]] if tried is not None else None,
        suggested=[proposal_words(one, view.language) for one in tried.suggested] if tried is not None else [],
        **based(view, contract),
        opened_at=view.typed.get("opened_at", ""),
        first=first,
        last=last,
    )


def _clauses(view: View, terms: ContractTerms, party: str) -> list[tuple[str, list[str], list[tuple[str, str]]]]:
    """Of each deliverable that a party owes: its title, what it needs, and the sentences of its criteria."""
    titles = {one.id: view.to(one.title) for one in terms.deliverables}
    return [
        (
            view.to(owed.title),
            [titles.get(one, one) for one in owed.depends_on],
            [(view.to(one.title), rule_sentence(one, terms, view.language)) for one in owed.criteria],
        )
        for owed in terms.deliverables
        if owed.owed_by == party
    ]


def _asked(view: View, terms: ContractTerms) -> list[Asked]:
    """Both parties sign; the names are those of people whom the reader may see, where people sign in."""
    sign_in = view.pages.sign_in
    found = []
    for service in (terms.supplier, terms.client):
        people: list[str] = []
        if sign_in is not None:
            day = sign_in.today()
            for person in sorted(sign_in.roles.ever_of({service})):
                who = sign_in.roles.principal(person, day)
                if who is not None and who.may(Right.BIND, service) and person in view.people:
                    people.append(view.person(person))
        found.append(Asked(service, people))
    return found


def _titles(view: View, terms: ContractTerms) -> dict[str, str]:
    """By the id of the commitment: what the draft calls it."""
    return {f"{terms.id}/{d.id}/{c.id}": title(view, d, c) for d in terms.deliverables for c in d.criteria}


def _tried_line(view: View, titles: Mapping[str, str], one: Compared) -> TriedLine:
    return TriedLine(
        titles.get(one.draft.commitment, one.draft.commitment),
        first_up(period_words(one.draft.period, view.language)),
        one.draft,
        disc(one.draft),
        _with_state(view, one.draft),
        disc(one.real) if one.real is not None else "",
        _with_state(view, one.real) if one.real is not None else "—",
        view.language.text("tried.partly") if one.is_cut else "",
    )


def _with_state(view: View, figure: FigureRow) -> str:
    """`94.4 % · met`: one share may keep one target and not the other."""
    said, state = figure_words(figure, view.language), disc_words(figure, view.language)
    return said if said == state else beside(said, state)
