"""Checks of a document of good form for what it still may not say: what is impossible, and what could never be judged.

Each answers problems as lines with their place, in the order of the file; none means that it may be applied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from domain.saying import said
from domain.terms import CalendarTerms
from services.contract_files.calendar_checks import calendar_problems
from services.contract_files.contract_checks import contract_problems
from services.contract_files.documents import Document, Problem, Tree, by_place
from services.contract_files.mapping_checks import mapping_problems
from services.contract_files.models import form_problems, kind_of
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


def check_mapping(document: Document) -> list[str]:
    return form_problems(document, "mapping") or by_place(mapping_problems(document))


def _calendar(document: Document) -> Iterator[Problem]:
    return calendar_problems(document, document.tree, ())


def _service(document: Document) -> Iterator[Problem]:
    yield from reserved_problems(document, "service", "part_of")
    if document.tree.get("part_of") == document.tree["service"]:
        yield document.problem(
            ("part_of",), said("a service is not a part of itself"), said("another service, or leave it out")
        )
    yield from _said_twice(document, "people", "id")
    yield from _said_twice(document, "sources", "source")
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
    "mapping": mapping_problems,
}
