"""The amendments that the parties of the demo negotiate: one agreed in mid-quarter; of two that wait for a signature one was refused
at first, and proposed again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from domain.terms import Party
from entente.demo_people import leader
from entente.samples import samples
from entente.wiring import Program
from services.access import Principal
from services.contract_files import kind_of, read_documents
from services.contracts.contracting import Contracting


@dataclass(frozen=True, slots=True)
class Amendment:
    """`day` counts from the start of the history; `in_force` days after it the new wording would hold."""

    day: int
    contract: str
    changes: tuple[tuple[str, str], ...]
    in_force: int
    proposed_by: Party
    comment: tuple[str, str] = ("", "")
    is_agreed: bool = True
    refusal: str = ""
    """Why the other party refuses it."""


AMENDMENTS = (
    Amendment(
        160,
        "canteen-deliveries",
        (("tolerance: 10 min", "tolerance: 15 min"), ("at_least: 95 %", "at_least: 90 %")),
        25,
        "supplier",
        ("lunches-jules-ferry/on-time", "La rue de l’école est en travaux jusqu’à l’été."),
    ),
    Amendment(
        352,
        "sales-to-marketing",
        (
            ('due: {every: monday, at: "10:00"}', 'due: {every: monday, at: "09:30"}'),
            ("at_least: 90 %", "at_least: 95 %"),
        ),
        50,
        "client",
        ("weekly-sales/on-time", "Half an hour earlier only if the promotions reach us on Wednesday."),
        is_agreed=False,
    ),
    Amendment(
        344,
        "it-support-education",
        (("else: 5 working days", "else: 3 working days"),),
        60,
        "client",
        ("tickets/solved", "Trois jours ne suffisent pas pour une pièce à commander."),
        is_agreed=False,
        refusal="D’accord pour aller plus vite, pas pour les pièces à commander : proposez quatre jours.",
    ),
    Amendment(
        351,
        "it-support-education",
        (("else: 5 working days", "else: 4 working days"),),
        60,
        "client",
        ("tickets/solved", "Quatre jours nous vont, @claire.dubois ; signature après le comité de lundi."),
        is_agreed=False,
    ),
)


def amend(program: Program, first: date, today: date) -> None:
    """Proposes, comments and signs what is due on that day of the demo's history."""
    for amendment in AMENDMENTS:
        if today == first + timedelta(days=amendment.day):
            _propose(program, amendment, first, today)


def _propose(program: Program, amendment: Amendment, first: date, today: date) -> None:
    text = next(text for _, text in samples(first) if f"\ncontract: {amendment.contract}\n" in text)
    for old, new in amendment.changes:
        assert old in text, f"{amendment.contract} no longer says “{old}”"
        text = text.replace(old, new)
    effective = today + timedelta(days=amendment.in_force)
    text = text.replace("\nvalid:", f"\neffective: {effective.isoformat()}\nvalid:", 1)
    [document] = [one for one in read_documents(text, amendment.contract) if kind_of(one) == "contract"]
    sides: dict[Party, Principal] = {
        "supplier": leader(program, document.tree["supplier"]),
        "client": leader(program, document.tree["client"]),
    }
    other: Party = "client" if amendment.proposed_by == "supplier" else "supplier"
    contracting = program.store.use(Contracting)
    contracting.apply(sides[amendment.proposed_by], document, sign=(amendment.proposed_by,))
    clause, said = amendment.comment
    contracting.comment(sides[other], amendment.contract, clause, said)
    if amendment.is_agreed:
        contracting.sign(sides[other], amendment.contract)
    if amendment.refusal:
        contracting.refuse(sides[other], amendment.contract, amendment.refusal)
