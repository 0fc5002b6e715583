"""Who lives in the demo, and as what: one table, of which the access file is made by which mails are sent, and the people whom one
may be at the top of every page have what that file and the service files give them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from dashboards.pages import Choice, Choices
from domain.terms import Text
from domain.times import Clock, local_date, zone
from entente.wiring import Program
from services.access import ADMINISTRATOR, AUDITOR, Office, Principal
from services.contract_files import read_documents
from services.contracts.contracting import Contracting
from services.roles.following import Roles

PARIS: Final = zone("Europe/Paris")
SERVICES: Final = {
    "digital-syndicate": ("Digital syndicate (supplier)", "Syndicat numérique (fournisseur)"),
    "education": ("Education (client)", "Éducation (client)"),
    "human-resources": ("Human resources (client)", "Ressources humaines (client)"),
}
"""Those that one may be as a whole: a supplier and two of its clients."""


class Inhabitant(NamedTuple):
    """Somebody by name. `grades` and `offices` are given by the access file; whom a service file names has that besides."""

    person: str
    english: str
    french: str
    grades: Mapping[str, str] = {}
    offices: tuple[Office, ...] = ()

    def admitted(self) -> dict[str, Any]:
        """Their part of the access file."""
        name = self.english.partition(",")[0]
        known = {"person": self.person, "name": name, "email": f"{self.person}@example.org"}
        services = {"services": dict(self.grades)} if self.grades else {}
        return {**known, **services, **dict.fromkeys(self.offices, True)}


INHABITANTS: Final = (
    Inhabitant("karim.benali", "Karim Benali, head of IT", "Karim Benali, chef du numérique"),
    Inhabitant("sofia.garcia", "Sofia Garcia, of IT", "Sofia Garcia, du numérique"),
    Inhabitant("claire.dubois", "Claire Dubois, head of education", "Claire Dubois, cheffe de l’éducation"),
    Inhabitant("marc.leroy", "Marc Leroy, of education", "Marc Leroy, de l’éducation"),
    Inhabitant(
        "julie.morin",
        "Julie Morin, reads for education",
        "Julie Morin, lectrice à l’éducation",
        {"education": "reader"},
    ),
    Inhabitant("nadia.faure", "Nadia Faure, head of HR", "Nadia Faure, cheffe des RH"),
    Inhabitant("helene.roux", "Hélène Roux, arbiter", "Hélène Roux, arbitre", offices=("arbiter",)),
    Inhabitant("paul.durand", "Paul Durand, auditor", "Paul Durand, auditeur", offices=("auditor",)),
    Inhabitant("ines.morel", "Inès Morel, administrator", "Inès Morel, administratrice", offices=("administrator",)),
)
"""The heads and members are named by the service files of the samples."""


def let_in(program: Program) -> None:
    """Gives people what the table says; nothing where they have it."""
    people = [one.admitted() for one in INHABITANTS if one.grades or one.offices]
    text = json.dumps({"entente": 1, "access": "valmoray", "people": people}, ensure_ascii=False)
    for document in read_documents(text, "access.yaml"):
        program.store.use(Contracting).apply(ADMINISTRATOR, document)


def choices(program: Program, clock: Clock) -> Choices:
    """Whom one can be in the demo: who may do everything, a supplier, two of its clients, an auditor; and nine people by name, with
    what each of them sees and may do where people sign in, which is what their mails go by."""
    roles = Roles(program.store.history)
    offered = [
        Choice("administrator", _text("Administrator", "Administration"), ADMINISTRATOR),
        *(Choice(id, _text(*names), Principal("member", frozenset({id}))) for id, names in SERVICES.items()),
        Choice("auditor", _text("Auditor", "Auditeur"), AUDITOR),
    ]
    return Choices(lambda: [*offered, *_named(roles, local_date(clock(), PARIS))])


def _named(roles: Roles, today: date) -> Iterator[Choice]:
    for one in INHABITANTS:
        who = roles.principal(one.person, today)
        if who is not None:
            yield Choice(one.person, _text(one.english, one.french), who)


def _text(english: str, french: str) -> Text:
    return Text((("en", english), ("fr", french)))
