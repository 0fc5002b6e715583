"""Sources that belong to somebody else: a contract may name one only where its events are for a party (TRUST §3 "Whose event")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from domain.contract import Contract
from domain.saying import said
from domain.selecting import is_shown, selectors_of
from domain.terms import ContractTerms
from services.contract_files import Document, terms_from_canonical
from services.contract_files.documents import Problem, by_place
from services.errors import DocumentInvalid, Refused, some

FOREIGN_SOURCE: Final = "foreign-source"

ShownTo = Mapping[str, tuple[str, ...]]
"""The services whose contracts may take the events of a source, by source; one that is not among them is shown to all."""


def require_shown(document: Document, terms: ContractTerms, shown_to: ShownTo) -> None:
    """Raises DocumentInvalid where a selector names a source whose events are for neither party. It does not say whose it is; and
    what a selector takes that names none is not looked at."""
    problems = by_place(_problems(document, terms, shown_to))
    if problems:
        raise DocumentInvalid(problems, slug=FOREIGN_SOURCE)


def require_shown_still(contract: Contract, shown_to: ShownTo) -> None:
    """Raises Refused where the wording that waits for signatures names a source whose events are for neither party by now."""
    if contract.pending is None:
        return
    if named := foreign_sources(terms_from_canonical(contract.pending.document), shown_to):
        raise Refused(
            said("{sources} of another service: neither party is shown it", sources=some(named)),
            place=contract.contract,
            mend=said("the service that declares it says `shown_to`; or propose another wording"),
            slug=FOREIGN_SOURCE,
        )


def foreign_sources(terms: ContractTerms, shown_to: ShownTo) -> list[str]:
    """The sources that a contract names and whose events are for neither party: nothing of them counts in it."""
    return list(dict.fromkeys(source for _, source in _foreign(terms, shown_to)))


def _problems(document: Document, terms: ContractTerms, shown_to: ShownTo) -> Iterator[Problem]:
    for where, source in _foreign(terms, shown_to):
        yield document.problem(
            where,
            said("“{source}” is a source of another service, and neither party is shown it", source=source),
            said("a source of a party, or let the service that declares this one say `shown_to`"),
        )


def _foreign(terms: ContractTerms, shown_to: ShownTo) -> Iterator[tuple[tuple[str | int, ...], str]]:
    parties = (terms.supplier, terms.client)
    for owed, deliverable in enumerate(terms.deliverables):
        for number, criterion in enumerate(deliverable.criteria):
            for name, selector in selectors_of(criterion.indicator):
                at = ("deliverables", owed, "criteria", number, "indicator", name, "source")
                yield from ((at, one) for one in selector.sources if not is_shown(shown_to.get(one), parties))
