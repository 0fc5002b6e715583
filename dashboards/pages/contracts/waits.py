"""The versions that wait for the reader's signature, as *Today* shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dashboards.pages.contracts.page import awaited, may_refuse, proposal
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Item, Verb, Waiting
from services.access import Right
from services.contracts.rows import ContractRow, VersionRow
from services.figures.rows import CommitmentRow


def waits(view: View, among: Mapping[str, CommitmentRow]) -> list[Waiting]:
    """Of all contracts, whatever is chosen."""
    items: list[Waiting] = []
    for contract in view.contracts.values():
        version = proposal(contract)
        waiting = [one for one in awaited(contract, version) if view.who.may(Right.BIND, one)] if version else []
        if version is not None and waiting:
            making = partial(_proposal, view, contract, version)
            items.append(Waiting(making, f"version:{contract.id}/{version.number}", waiting[0]))
    return items


def _proposal(view: View, contract: ContractRow, version: VersionRow) -> Item:
    language = view.language
    path = link(f"/contracts/{contract.id}/versions/{version.number}")
    return Item(
        "pending",
        view.to(contract.title),
        path,
        _about(view, contract, version),
        language.text("today.sign"),
        language.text("today.effect", day=view.near(contract.timezone).of_day(version.effective)),
        language.text("contract.read_and_sign"),
        others=(Verb(language.text("version.refuse"), f"{path}#f-refuse"),)
        if may_refuse(view, contract, version)
        else (),
    )


def _about(view: View, contract: ContractRow, version: VersionRow) -> str:
    """The words for what is to be signed: who owes what in a new contract, what changes in one that is agreed."""
    if version.number == 1:
        owed = [view.to(one.title) for one in version.terms.deliverables]
        return view.language.text(
            "today.proposal_new",
            supplier=view.service(contract.supplier),
            client=view.service(contract.client),
            owed=view.language.listing([*owed[:3], *(["…"] if len(owed) > 3 else [])]),
        )
    changed = view.language.apart(view.changes(version)[:2]) or view.language.text("version.no_change")
    return view.language.text("today.proposal", number=str(version.number), change=changed)
