"""What is personal is read by no contract: neither may one begin to read it, nor may what one reads become personal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from domain.contract import Contract
from domain.personal import Personal, Reading, readings
from domain.saying import said
from domain.selecting import is_shown
from domain.terms import ContractTerms
from domain.times import Instant, local_date, zone
from services.access import Principal
from services.contract_files import Document, terms_from_canonical
from services.contract_files.documents import Problem, by_place
from services.directory.declaring import Declared
from services.errors import DocumentInvalid, Refused
from services.history.history import History

PERSONAL_PATH: Final = "personal-path"
_A_PAGE: Final = 1_000


class OfSources(NamedTuple):
    """What services declare of their sources, by source: what is personal, and for whose contracts the events are (`shown_to`; a
    source that is not among those is shown to all)."""

    personal: Mapping[str, Personal]
    shown_to: Mapping[str, tuple[str, ...]]

    def of(self, parties: Sequence[str]) -> dict[str, Personal]:
        """What is personal of the sources whose events reach a contract of these parties; of others it reads nothing, and is not
        told that there is anything."""
        return {source: one for source, one in self.personal.items() if is_shown(self.shown_to.get(source), parties)}


def declared_by_all(declared: Declared) -> OfSources:
    personal = {source: one.personal for source, one in declared.personal().items() if one.personal is not None}
    return OfSources(personal, declared.shown_to())


def require_not_personal(document: Document, terms: ContractTerms, declared: OfSources) -> None:
    """Raises DocumentInvalid where the contract reads what a source declares personal."""
    problems = by_place(_of_contract(document, terms, declared))
    if problems:
        raise DocumentInvalid(problems, slug=PERSONAL_PATH)


def require_signable(contract: Contract, declared: OfSources) -> None:
    """Raises Refused where the wording that waits for signatures reads what was declared personal after it was proposed."""
    if contract.pending is None:
        return
    mine = declared.of((contract.supplier, contract.client))
    for reading in readings(terms_from_canonical(contract.pending.document)):
        for source, path in _read_of(reading, mine):
            raise Refused(
                said("“{path}” is personal in events of {source}", path=path, source=source),
                place=contract.contract,
                mend=said("propose another wording: what is personal is sealed before it is judged"),
                slug=PERSONAL_PATH,
            )


def require_unread(
    document: Document, service: str, declared: OfSources, who: Principal, history: History, now: Instant
) -> None:
    """Raises DocumentInvalid where what is agreed or in force, or proposed and signed by `service` itself, reads something that its
    file declares personal: what others merely propose keeps nobody from it, and is refused when it is signed. The history is asked,
    and not what is judged of it, which may lie behind."""
    problems = by_place(_of_service(document, service, declared, who, history, now)) if declared.personal else []
    if problems:
        raise DocumentInvalid(problems, slug=PERSONAL_PATH)


def _of_contract(document: Document, terms: ContractTerms, declared: OfSources) -> Iterator[Problem]:
    mine = declared.of((terms.supplier, terms.client))
    for reading in readings(terms):
        for source, personal in _read_of(reading, mine):
            what = said("“{path}” is personal in events of {source}", path=personal, source=source)
            mend = (
                said("another path: what is personal is sealed before it is judged")
                if reading.sources
                else said("another path, or `source:` with others than {source}", source=source)
            )
            yield document.problem(reading.where, what, mend)


def _of_service(
    document: Document, service: str, declared: OfSources, who: Principal, history: History, now: Instant
) -> Iterator[Problem]:
    places = {str(one["source"]): index for index, one in enumerate(document.tree.get("sources", ()))}
    for contract in _contracts(history):
        mine = declared.of((contract.supplier, contract.client))
        is_seen = who.sees(contract.supplier, contract.client)
        name = contract.contract if is_seen else said("a contract that you do not see")
        for terms in _standing(contract, service, now) if mine else ():
            for reading in readings(terms):
                for source, path in _read_of(reading, mine):
                    what = said("{contract} reads “{path}”", contract=name, path=reading.path if is_seen else path)
                    mend = said("amend it first, or leave {path} out", path=path)
                    yield document.problem(("sources", places[source], "personal"), what, mend)


def _contracts(history: History) -> Iterator[Contract]:
    after = 0
    while page := history.read(after, _A_PAGE, [Contract.Created.TOPIC]):
        for entry in page:
            yield history.get(entry.stream, Contract)
        after = page[-1].position


def _standing(contract: Contract, service: str, now: Instant) -> Iterator[ContractTerms]:
    """The wordings that wait and that `service` has signed, and those by which what happens from now on is judged."""
    for one in contract.proposals:
        if one.state == "proposed" and any(each.service == service for each in one.signatures):
            yield terms_from_canonical(one.document)
    agreed = sorted((terms_from_canonical(one.document) for one in contract.agreed), key=lambda terms: terms.effective)
    for index, terms in enumerate(agreed):
        today = local_date(now, zone(terms.timezone))
        ends = [day for day in (terms.valid_until, _terminated(contract)) if day is not None]
        is_replaced = index + 1 < len(agreed) and agreed[index + 1].effective <= today
        if not is_replaced and all(day >= today for day in ends):
            yield terms


def _terminated(contract: Contract) -> date | None:
    return date.fromisoformat(contract.until) if contract.until is not None else None


def _read_of(reading: Reading, declared: Mapping[str, Personal]) -> Iterator[tuple[str, str]]:
    """The sources of which it reads something personal, each with the declared path."""
    for source, personal in declared.items():
        path = personal.covering(reading.path)
        if path is not None and (not reading.sources or source in reading.sources):
            yield source, path
