"""Documents → terms and canonical texts. What is stored is the canonical text: JSON with sorted keys, lists in the
author's order, holidays copied in. Reading one back converts its structure and checks nothing, so that what was once
signed stays readable."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache

import msgspec

from domain.offers.terms import CharterTerms, OfferTerms
from domain.terms import CalendarTerms, ContractTerms
from services.contract_files.access_terms import AccessTerms, access_of
from services.contract_files.calendar_reading import calendar_of, with_holidays
from services.contract_files.causes_terms import CausesTerms, causes_of
from services.contract_files.checks import (
    check,
    check_access,
    check_calendar,
    check_causes,
    check_charter,
    check_charter_with,
    check_contract,
    check_mapping,
    check_offer,
    check_service,
)
from services.contract_files.contract_reading import contract_of
from services.contract_files.documents import Document, Tree
from services.contract_files.mapping_reading import mapping_of
from services.contract_files.mapping_terms import MappingTerms
from services.contract_files.offer_terms import charter_of, offer_of
from services.contract_files.service_terms import ServiceTerms, service_of
from services.errors import DocumentInvalid

_ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")


def contract_terms(document: Document) -> ContractTerms:
    """Raises DocumentInvalid with all that `check_contract` finds without calendars."""
    return contract_of(_checked(document, check_contract))


def calendar_terms(document: Document) -> CalendarTerms:
    """The holidays are those copied in, else those of the library. Raises DocumentInvalid."""
    return _calendar(_checked(document, check_calendar))


def service_terms(document: Document) -> ServiceTerms:
    """Raises DocumentInvalid."""
    return service_of(_checked(document, check_service))


def access_terms(document: Document) -> AccessTerms:
    """Raises DocumentInvalid."""
    return access_of(_checked(document, check_access))


def causes_terms(document: Document) -> CausesTerms:
    """Raises DocumentInvalid."""
    return causes_of(_checked(document, check_causes))


def offer_terms(document: Document) -> OfferTerms:
    """Raises DocumentInvalid."""
    return offer_of(_checked(document, check_offer))


def charter_terms(document: Document, offer: OfferTerms, *, is_first: bool) -> CharterTerms:
    """Raises DocumentInvalid with all that is wrong with it by itself, else with its offer."""
    tree = _checked(document, check_charter)
    if problems := check_charter_with(document, offer, is_first=is_first):
        raise DocumentInvalid(problems)
    return charter_of(tree, offer.currency)


def require_charter(document: Document) -> None:
    """Raises DocumentInvalid with all that is wrong with a charter by itself."""
    _checked(document, check_charter)


def mapping_terms(document: Document) -> MappingTerms:
    """Raises DocumentInvalid."""
    return mapping_of(_checked(document, check_mapping))


def require_sound(documents: Iterable[Document]) -> None:
    """Raises DocumentInvalid with all problems of all of them, as far as each can be looked at by itself."""
    problems = [problem for document in documents for problem in check(document)]
    if problems:
        raise DocumentInvalid(problems)


def canonical(document: Document) -> str:
    """The text to be stored of a document that was checked; the holidays of a calendar, also of one inside a contract,
    are copied into it. The same document gives the same text."""
    return canonical_text(published_tree(document.tree))


def canonical_text(tree: Tree) -> str:
    return _ENCODER.encode(tree).decode()


def without_names(tree: Tree) -> Tree:
    """The tree of a service or access file without the names and addresses of its people: the directory has these."""
    if "people" not in tree:
        return tree
    people = [{key: value for key, value in one.items() if key not in ("name", "email")} for one in tree["people"]]
    return {**tree, "people": people}


def published_tree(tree: Tree) -> Tree:
    """The tree with the holidays of its calendar copied in."""
    if "charter" in tree:
        return tree  # its calendar is a name
    if "contract" not in tree:
        return with_holidays(tree) if "calendar" in tree else tree
    calendar = tree.get("calendar")
    return {**tree, "calendar": with_holidays(calendar)} if isinstance(calendar, dict) else tree


def tree_from_canonical(text: str) -> Tree:
    tree: Tree = json.loads(text, parse_float=Decimal)
    return tree


@lru_cache(maxsize=2_000)
def terms_from_canonical(text: str) -> ContractTerms:
    """The terms of a stored contract. The same ones for the same text: judging, reads and lists ask in turn."""
    return contract_of(tree_from_canonical(text))


def publish_calendar(document: Document) -> str:
    """The text to be stored of a calendar, with its holidays. Raises DocumentInvalid."""
    _checked(document, check_calendar)
    return canonical(document)


def read_published_calendar(text: str) -> CalendarTerms:
    """The terms of a stored calendar."""
    return _calendar(tree_from_canonical(text))


def service_from_canonical(text: str) -> ServiceTerms:
    """The terms of a stored service."""
    return service_of(tree_from_canonical(text))


def causes_from_canonical(text: str) -> CausesTerms:
    """The terms of a stored list of root causes."""
    return causes_of(tree_from_canonical(text))


def says_effective(document: Document) -> bool:
    """Says whether a contract names the day from which it is in force: later versions must."""
    return "effective" in document.tree


def _calendar(tree: Tree) -> CalendarTerms:
    return calendar_of(tree, tree["calendar"], tree["timezone"])


def _checked(document: Document, check: Callable[[Document], list[str]]) -> Tree:
    problems = check(document)
    if problems:
        raise DocumentInvalid(problems)
    return document.tree


@lru_cache(maxsize=500)
def offer_from_canonical(text: str) -> OfferTerms:
    """The terms of a stored offer; the same ones for the same text."""
    return offer_of(tree_from_canonical(text))


@lru_cache(maxsize=2_000)
def charter_from_canonical(text: str, currency: str) -> CharterTerms:
    """The terms of a stored charter, whose offer has that currency; the same ones for the same text."""
    return charter_of(tree_from_canonical(text), currency)
