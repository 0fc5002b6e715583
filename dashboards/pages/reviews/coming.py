"""Who comes to a review, on its page: those who are to be there, what they answered, and what the reader may answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.pages.house.frame import View
from dashboards.pages.reviews.inviting import invitation_file
from domain.review import MOST_ANSWERS
from services.access import Right
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.reviews.inviting import names_present, place_of
from services.reviews.reading import read_review
from services.reviews.rows import ReviewRow


@dataclass(frozen=True)
class Coming:
    """`people`: their name, the service that they are of (empty where no file says), and their answer. `may_answer`: the reader may;
    `has_answered_enough`: they can say it no other way any more.
    `answer`: what they said last. `place`: empty where none is named."""

    place: str
    people: Sequence[tuple[str, str, str]]
    may_answer: bool
    has_answered_enough: bool
    answer: str


def coming(view: View, row: ReviewRow, contract: ContractRow) -> Coming | None:
    """None once its hour has come, where attendance says who was there."""
    in_force = view.seen.catalogue.contracts.get(row.contract)
    if in_force is None or row.state != "planned":
        return None
    named = {person: service for service, people in names_present(in_force, row).items() for person in people}
    others = {one.person: "" for one in row.answers if one.person not in named and row.answer_of(one.person)}
    place = place_of(in_force, row)
    reader = view.who.person or ""
    return Coming(
        view.to(place) if place is not None else "",
        [
            (view.person(person), service and view.service(service), row.answer_of(person) or "silent")
            for person, service in {**named, **others}.items()
        ],
        bool(reader) and view.who.may(Right.TAKE_PART, contract.supplier, contract.client),
        sum(one.person == reader for one in row.answers) >= MOST_ANSWERS,
        row.answer_of(reader) or "",
    )


def invitation_of(view: View, id: str) -> bytes:
    """The meeting for a calendar, in which nobody is asked anything: one answers on the page. Raises NotFound."""
    row = read_review(view.seen, id)
    contract, in_force = read_contract(view.seen, row.contract), view.seen.catalogue.contracts[row.contract]
    stamp = view.known.of(row.contract).watermark or 0
    return invitation_file(view.language, contract, in_force, row, organisation=view.pages.organisation, stamp=stamp)
