"""Checks of a document of good form for what it still may not say: what is impossible, and what could never be judged.

Each answers problems as lines with their place, in the order of the file; none means that it may be applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from domain.offers.terms import OfferTerms
from domain.saying import said
from domain.terms import CalendarTerms
from services.access import RESERVED
from services.contract_files.access_terms import OFFICES, heads_of
from services.contract_files.calendar_checks import calendar_problems
from services.contract_files.contract_checks import contract_problems
from services.contract_files.documents import Document, Problem, Tree, by_place
from services.contract_files.mapping_checks import mapping_problems
from services.contract_files.models import form_problems, kind_of
from services.contract_files.offer_checks import charter_problems, charter_problems_with, offer_problems
from services.contract_files.plan_reading import plan_problems
from services.contract_files.reserved import reserved_problems
from services.contract_files.suggesting import shown


def check(document: Document, calendars: Mapping[str, CalendarTerms] | None = None) -> list[str]:
    """All problems of a document of any kind."""
    kind = kind_of(document)
    if kind == "contract":
        return check_contract(document, calendars)
    return form_problems(document) or (by_place(_CHECKS[kind](document)) if kind else [])


def check_contract(document: Document, calendars: Mapping[str, CalendarTerms] | None = None) -> list[str]:
    """All problems of a contract. With `calendars`, by name, one that is not among them is refused, and rules are
    expanded with the one that is; without, what depends on a named calendar is not looked at."""
    return form_problems(document, "contract") or by_place(contract_problems(document, calendars))


def check_calendar(document: Document) -> list[str]:
    return form_problems(document, "calendar") or by_place(_calendar(document))


def check_service(document: Document) -> list[str]:
    return form_problems(document, "service") or by_place(_service(document))


def check_access(document: Document) -> list[str]:
    return form_problems(document, "access") or by_place(_access(document))


def check_causes(document: Document) -> list[str]:
    return form_problems(document, "causes") or by_place(_causes(document))


def check_offer(document: Document) -> list[str]:
    return form_problems(document, "offer") or by_place(offer_problems(document))


def check_charter(document: Document) -> list[str]:
    """All problems of a charter by itself."""
    return form_problems(document, "charter") or by_place(charter_problems(document))


def check_charter_with(document: Document, offer: OfferTerms, *, is_first: bool) -> list[str]:
    """All problems of a charter of good form with the offer that it names; `is_first`: nothing is agreed of it yet."""
    return by_place(charter_problems_with(document, offer, is_first=is_first))


def check_mapping(document: Document) -> list[str]:
    return form_problems(document, "mapping") or by_place(mapping_problems(document))


def _calendar(document: Document) -> Iterator[Problem]:
    return calendar_problems(document, document.tree, ())


def _causes(document: Document) -> Iterator[Problem]:
    return _said_twice(document, "list", "id")


def _service(document: Document) -> Iterator[Problem]:
    yield from reserved_problems(document, "service", "part_of")
    if document.tree.get("part_of") == document.tree["service"]:
        yield document.problem(
            ("part_of",), said("a service is not a part of itself"), said("another service, or leave it out")
        )
    yield from _said_twice(document, "people", "id")
    yield from _said_twice(document, "sources", "source")
    yield from _backwards(document, "people")
    yield from _unknown_heads(document)
    for index, one in enumerate(document.tree.get("sources", ())):
        if "by" in one and "expected_every" not in one:
            what = said("time cannot wait for files of which nobody knows when they come")
            mend = said("expected_every: 1 week, or how often a file comes")
            yield document.problem(("sources", index, "by"), what, mend)
        yield from _personal(document, index, one)


def _personal(document: Document, index: int, source: Tree) -> Iterator[Problem]:
    """Problems of what one source says of persons."""
    at = ("sources", index)
    personal = source.get("personal")
    if personal is None:
        for name in ("subject", "retention"):
            if name in source:
                what = said("it says {name}, but nothing of it is personal", name=name)
                mend = said("add personal: {subject: data.requester.id, values: [data.requester]}")
                yield document.problem((*at, name), what, mend)
        return
    if personal["subject"] == "subject" and "subject" not in source:
        what = said("whom an event is about would stand in the history for ever")
        yield document.problem((*at, "personal", "subject"), what, said("say of the source `subject: personal`, too"))


def _unknown_heads(document: Document) -> Iterator[Problem]:
    people = {one["id"] for one in document.tree.get("people", ())}
    for head in heads_of(document.tree):
        if people and head not in people:
            what = said("{head} is none of the people named here", head=shown(head))
            yield document.problem(("head",), what, said("name them among the people, too"))


def _access(document: Document) -> Iterator[Problem]:
    """Who is let in twice, whose time ends before it begins, and roles in what no service may be called."""
    yield from _said_twice(document, "people", "person")
    yield from _said_twice(document, "groups", "group")
    yield from _backwards(document, "people")
    for items in ("people", "groups"):
        for index, one in enumerate(document.tree.get(items, ())):
            for service, role in one.get("services", {}).items():
                place = (items, index, "services", service)
                if service in RESERVED:
                    what = said("the name “{tree}” is reserved", tree=service)
                    yield document.problem(place, what, said("a service; what is for all stands beside it"))
                if isinstance(role, dict):
                    yield from _spell_backwards(document, role, place)
                    if role.get("for") is not None and role["for"] == one.get("person"):
                        what = said("nobody is their own deputy")
                        yield document.problem((*place, "for"), what, said("whose deputy it is, or leave it out"))


def _backwards(document: Document, items: str) -> Iterator[Problem]:
    for index, one in enumerate(document.tree.get(items, ())):
        for key, held in (("", one), *((key, one[key]) for key in OFFICES if isinstance(one.get(key), dict))):
            yield from _spell_backwards(document, held, (items, index, key) if key else (items, index))


def _spell_backwards(document: Document, spell: Tree, place: tuple[str | int, ...]) -> Iterator[Problem]:
    since, until = spell.get("from"), spell.get("until")
    if since is not None and until is not None and str(until) < str(since):
        what = said("it ends on {until}, before it begins on {since}", until=until, since=since)
        yield document.problem((*place, "until"), what, said("{since} or later", since=since))


def _said_twice(document: Document, items: str, key: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, one in enumerate(document.tree.get(items, ())):
        if one[key] in seen:
            yield document.problem(
                (items, index, key), said("{one} is described already", one=shown(one[key])), said("each once")
            )
        seen.add(one[key])


_CHECKS: dict[str, Callable[[Document], Iterator[Problem]]] = {
    "calendar": _calendar,
    "service": _service,
    "access": _access,
    "causes": _causes,
    "action": plan_problems,
    "offer": offer_problems,
    "charter": charter_problems,
    "mapping": mapping_problems,
}
