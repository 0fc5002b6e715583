"""`/reviews/{id}/together`: the reviews that are held together, one after the other, and signed by one form, an act each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import Response

from dashboards.pages.contracts.page import for_whom
from dashboards.pages.house.frame import View
from dashboards.pages.house.sending import Lasting, Texts
from dashboards.pages.house.templates import link
from dashboards.pages.house.together import together
from dashboards.pages.reviews.meeting import MeetingShown, decisions_shown, grouped_fingerprint, meeting_shown
from domain.saying import said
from domain.terms import Party
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.errors import Invalid, NotFound
from services.reviews.reading import read_beside, read_review
from services.reviews.reviewing import Reviewing
from services.reviews.rows import ReviewRow, TakenRow

MOST: Final = 12
"""Reviews that the page shows whole; others are linked."""
VERB: Final = "sign-review"


@dataclass(frozen=True)
class Beside:
    """One of the reviews that are held together. `signing`: the services for which the reader may sign it."""

    row: ReviewRow
    contract: ContractRow
    title: str
    meeting: MeetingShown | None
    decisions: Sequence[tuple[TakenRow, str]]
    signing: Sequence[str]

    @property
    def fingerprint(self) -> str:
        """Of what lies before both, as it is to be stated."""
        submission = self.row.submission
        return submission.fingerprint or "" if submission is not None else ""

    @property
    def shown_fingerprint(self) -> str:
        return grouped_fingerprint(self.meeting)


def together_page(view: View, id: str) -> Response:
    row = read_review(view.seen, id)
    contract = read_contract(view.seen, row.contract)
    rows = read_beside(view.seen, row)
    shown = [_beside(view, one) for one in rows[:MOST]]
    return view.render(
        "reviews/together.html",
        row=row,
        contract=contract,
        clock=view.moments(contract.timezone),
        shown=shown,
        left=[(one.id, _title(view, one)) for one in rows[MOST:]],
        services=sorted({service for one in shown for service in one.signing}),
        called=lambda id: _called(view, id),
    )


def sign_together(view: View, reviewing: Reviewing, id: str, fields: Texts, ticket: str) -> Response:
    """Signs each that was chosen for one service, as its own form does; says which were signed, and which not and why."""
    typed = dict(fields)
    service, chosen = typed.get("service", ""), [value for name, value in fields if name == "row"]
    view.typed = {**view.typed, "verb": VERB}
    with view.state():
        row = read_review(view.seen, id)
        beside = {one.id: read_contract(view.seen, one.contract) for one in read_beside(view.seen, row)}

    def sign(review: str) -> object:
        if review not in beside:
            raise NotFound(said("no such review is held together with this one"))
        entries = typed.get(f"seen-{review}", "")
        if not entries.isdecimal() or len(entries) > 9:
            raise Invalid(said("it is not said what was read"), mend=said("open the page here and send it again"))
        return reviewing.sign_review(
            view.who,
            review,
            _party(beside[review], service),
            seen=int(entries),
            fingerprint=typed.get(f"fingerprint-{review}") or None,
            must_state=True,
        )

    def about() -> str:
        return "; ".join(words for one in chosen if one in beside for words, _ in [_called(view, one)])

    then = link(f"/reviews/{id}/together")
    final = Lasting("sign_review", fields, about)
    return together(view, ticket, chosen, sign, then=then, again=lambda: together_page(view, id), final=final)


def _beside(view: View, row: ReviewRow) -> Beside:
    contract = read_contract(view.seen, row.contract)
    meeting = meeting_shown(view, row, contract)
    can_sign = row.position is not None and meeting is not None and meeting.may_sign
    signing = [service for _, service in for_whom(view.who, contract, row.signatures)] if can_sign else []
    words = decisions_shown(view, row)
    decisions = [(one, words[one.decision]) for one in row.taken]
    return Beside(row, contract, _title(view, row), meeting, decisions, signing)


def _title(view: View, row: ReviewRow) -> str:
    contract = read_contract(view.seen, row.contract)
    return view.to(contract.title_on(view.moments(contract.timezone).local_date(row.starts)))


def _called(view: View, id: str) -> tuple[str, str | None]:
    """What a review is called, and where its own page is; its id where it is none of those."""
    try:
        return _title(view, read_review(view.seen, id)), link(f"/reviews/{id}")
    except NotFound:
        return id, None


def _party(contract: ContractRow, service: str) -> Party:
    """The one that the service is. Raises Invalid."""
    if service not in (contract.supplier, contract.client):
        raise Invalid(said("it is not said for which party"), mend=said("say supplier or client"))
    return "supplier" if service == contract.supplier else "client"
