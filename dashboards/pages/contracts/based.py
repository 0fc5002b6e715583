"""What a draft begins with and is based on: the newest wording, the next month, and the proposal that its writer has read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from domain.saying import said
from services.contract_files import as_file, tree_from_canonical
from services.contracts.rows import ContractRow, VersionRow
from services.errors import Invalid, Refused

NEW: Final = "/new-contract"
FIRST_DAY: Final = date(2026, 1, 1)
"""Stands in drafts where the program knows no date yet: it has no clock, and nothing was received."""


def editor_address(contract: ContractRow | None) -> str:
    return link(f"/contracts/{contract.id}/edit") if contract else NEW


def start_file(view: View, contract: ContractRow) -> str:
    """The newest wording, from a date that lies ahead, and not before its own: what is agreed for later does not begin sooner."""
    newest = _newest(contract)
    tree = {name: value for name, value in tree_from_canonical(newest.document).items() if name != "rebaseline"}
    if any(one.state in ("in force", "signed", "past") for one in contract.versions):
        tree["effective"] = max(next_month(view, contract), newest.effective).isoformat()
    return as_file(tree)


def _newest(contract: ContractRow) -> VersionRow:
    """The newest wording that nobody took back or refused."""
    standing = [one for one in contract.versions if one.state in ("proposed", "signed", "in force", "past")]
    return standing[-1] if standing else contract.versions[-1]


def renewed_file(view: View, contract: ContractRow) -> str:
    """The newest wording for as long again: its last day moves on by the time that it was agreed on for."""
    tree = tree_from_canonical(_newest(contract).document)
    terms = _newest(contract).terms
    tree.pop("rebaseline", None)
    if terms.valid_until is not None:
        until = terms.valid_until + (terms.valid_until - terms.effective) + timedelta(days=1)
        begins = max(terms.valid_until + timedelta(days=1), next_month(view, contract))
        tree |= {"valid": {**tree["valid"], "until": until.isoformat()}, "effective": min(begins, until).isoformat()}
    return as_file(tree)


def next_month(view: View, contract: ContractRow | None) -> date:
    return (today(view, contract).replace(day=1) + timedelta(days=32)).replace(day=1)


def today(view: View, contract: ContractRow | None) -> date:
    """By the watermark; before there is one, the first day of the contract."""
    now = view.known.watermark
    if now is None:
        return contract.valid_from if contract else FIRST_DAY
    return view.moments(contract.timezone if contract else None).local_date(now)


def last_proposal(contract: ContractRow) -> str:
    """Names the proposal that an editor is based on: the number of the newest version, and which of all proposals it is. A
    counter-proposal has the number of the one that it replaces."""
    newest = max(contract.versions, key=lambda one: one.position)
    return f"{newest.number}-{newest.position}"


def based(view: View, contract: ContractRow | None) -> dict[str, Any]:
    """What pages of a draft say of the proposal that it is based on."""
    last = last_proposal(contract) if contract else ""
    based_on = view.typed.get("based_on") or last
    return {"based_on": based_on, "newest": last, "newer": newer_proposal(contract, based_on)}


def newer_proposal(contract: ContractRow | None, based_on: str) -> VersionRow | None:
    """What somebody else proposed since the proposal that the editor is based on; None where nobody did."""
    if contract is None:
        return None
    newest = max(contract.versions, key=lambda one: one.position)
    number, _, position = based_on.partition("-")
    is_newer = (number.isdecimal() and int(number[:9]) < newest.number) or (
        position.isdecimal() and int(position[:9]) < newest.position
    )
    return newest if is_newer else None


def require_last(contract: ContractRow, based_on: str, has_read: str) -> None:
    """Raises Refused where somebody else proposed meanwhile, until the writer says to have read that (`has_read`: which proposal):
    nobody's wording is replaced unseen."""
    newest = newer_proposal(contract, based_on)
    if newest is not None and has_read != last_proposal(contract):
        mend = said("read version {number}, then propose yours again", number=newest.number)
        raise Refused(
            said("version {number} was proposed while you were writing", number=newest.number),
            mend=mend,
            slug="edited-meanwhile",
        )


def day_of(text: str) -> date:
    """Raises Invalid."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            said("“{text}” is no date", text=text), mend=said("a date such as 2026-11-16"), slug="date-unclear"
        ) from None
