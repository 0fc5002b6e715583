"""The names of a contract that are known to who writes it: services, people, deliverables of other contracts (DESIGN §3.15).

A name that is not may be a slip of the pen (`educationn`), or new. It is warned of and refused to nobody. What one may not see
is as unknown as what is not there. Where nobody is described and nothing is agreed yet, there is nothing to compare with.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from domain.saying import Said, said
from domain.terms import ContractTerms
from services.access import Principal
from services.contract_files import Document, kind_of
from services.contract_files.suggesting import did_you_mean
from services.contracts.reading import read_contracts
from services.directory.reading import read_services
from services.directory.service_rows import undescribed
from services.errors import some
from services.seeing.seen import Seeing, Seen

_AGREED: Final = frozenset({"signed", "in force", "past"})
_KEPT: Final = 8
"""Directories of as many who ask."""


@dataclass(frozen=True, slots=True)
class Directory:
    """`people` by the services that are described, or a party of what both have signed; `deliverables` as `contract/deliverable`.
    `untold`: the services whose people are not for who asks."""

    people: Mapping[str, Collection[str]]
    deliverables: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()

    def beside(self, files: FilesTogether) -> Directory:
        """Gives a directory that knows what these files tell, too."""
        return Directory({**self.people, **files.people}, self.deliverables | files.deliverables, self.untold)


class FilesTogether:
    """Files that are applied together: what one of them names another may tell."""

    def __init__(self, documents: Iterable[Document] = ()):
        self.calendars: dict[str, Document] = {}
        self.people: dict[str, list[str]] = {}
        self.causes: dict[str, Document] = {}
        self.offers: dict[str, Document] = {}
        found: list[str] = []
        for one in documents:
            match kind_of(one):
                case "calendar":
                    self.calendars.setdefault(str(one.tree["calendar"]), one)
                case "causes":
                    self.causes.setdefault(str(one.tree["causes"]), one)
                case "offer":
                    self.offers.setdefault(str(one.tree.get("offer")), one)
                case "service":
                    self.people[str(one.tree["service"])] = list(_ids(one, "people"))
                case "contract":
                    found += [f"{one.tree['contract']}/{id}" for id in _ids(one, "deliverables")]
        self.deliverables = frozenset(found)


def _ids(document: Document, name: str) -> Iterator[str]:
    """Gives the ids of the things in a list, in a file that is not checked yet."""
    held = document.tree.get(name)
    for one in held if isinstance(held, list) else []:
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            yield one["id"]


class Directories:
    """The directories of those who ask: what each of them knows, as far as is judged."""

    def __init__(self, seeing: Seeing):
        self._seeing = seeing
        self._made: OrderedDict[tuple[int, Principal], Directory] = OrderedDict()

    def __call__(self, who: Principal) -> Directory:
        with self._seeing.seen(who) as seen:
            key = seen.known.position, who
            made = self._made.get(key) or _directory(seen)
        self._made[key] = made
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)
        return made


def _directory(seen: Seen) -> Directory:
    contracts = read_contracts(seen)
    agreed = [row for row in contracts if any(one.state in _AGREED for one in row.versions)]
    parties = {service for row in agreed for service in (row.supplier, row.client)}
    services = read_services(seen)
    return Directory(
        {
            id: [person for person, _, _ in row.people]
            for id, row in services.items()
            if id in parties or replace(row, is_whole=True) != undescribed(id)
        },
        frozenset(f"{row.id}/{one.id}" for row in contracts for one in row.terms.deliverables),
        frozenset(id for id, row in services.items() if not row.is_whole),
    )


def unknown_names(terms: ContractTerms, before: ContractTerms | None, known: Directory) -> tuple[Said, ...]:
    """A warning for each name that is not known and that the wording `before` did not have."""
    parties = (terms.supplier, terms.client)
    return (
        *unknown_services(parties, known),
        *_unknown_owners(terms, _owners(before) if before else {}, known),
        *_unknown_needs(terms, known),
    )


def unknown_services(ids: Sequence[str], known: Directory) -> Iterator[Said]:
    for id in ids:
        if known.people and id not in known.people:
            meant = did_you_mean(id, known.people) or said("right only if it is new")
            yield said("“{service}” is no service that you know of ({meant})", service=id, meant=meant)


def unknown_person(person: str, parties: Sequence[str], known: Directory) -> Said | None:
    """Doubts a person's name that neither party knows; None where one of them does, where nobody anywhere is
    described, so that anybody may be meant, and where the people of one of them are not told."""
    people = [one for party in parties for one in known.people.get(party, ())]
    if person in people or not any(known.people.values()) or not known.untold.isdisjoint(parties):
        return None
    supplier, client = parties
    elsewhere = [service for service, named in known.people.items() if person in named]
    if elsewhere:
        return said(
            "“{person}” is of {service}, and of neither {supplier} nor {client}",
            person=person,
            service=some(elsewhere, 3),
            supplier=supplier,
            client=client,
        )
    meant = did_you_mean(person, people) or said("right only if nobody has named that person yet")
    return said(
        "“{person}” is nobody that {supplier} or {client} name among their people ({meant})",
        person=person,
        supplier=supplier,
        client=client,
        meant=meant,
    )


def _owners(terms: ContractTerms) -> dict[tuple[str, str], str]:
    found = ((owed.id, one) for owed in terms.deliverables for one in owed.criteria)
    return {(owed, one.id): one.owner for owed, one in found if one.owner}


def _unknown_owners(terms: ContractTerms, before: Mapping[tuple[str, str], str], known: Directory) -> Iterator[Said]:
    """Each person once, with the first that is to be owned."""
    said_of: set[str] = set()
    for (owed, criterion), person in _owners(terms).items():
        if person in said_of or before.get((owed, criterion)) == person:
            continue
        if (what := unknown_person(person, (terms.supplier, terms.client), known)) is not None:
            said_of.add(person)
            yield said("owner of {commitment}: {what}", commitment=f"{owed}/{criterion}", what=what)


def _unknown_needs(terms: ContractTerms, known: Directory) -> Iterator[Said]:
    """Doubts deliverables of other contracts; those of its own are checked with the file."""
    for name in dict.fromkeys(need for owed in terms.deliverables for need in owed.depends_on if "/" in need):
        if name not in known.deliverables and not name.startswith(f"{terms.id}/"):
            meant = did_you_mean(name, known.deliverables) or said("as it stands nothing follows from it")
            yield said(
                "depends_on: “{deliverable}” is no deliverable that you know of ({meant})",
                deliverable=name,
                meant=meant,
            )
