"""The comparisons that a contract made in an event, and those that it could not make, in words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from dashboards.language import Language
from dashboards.words import asked_words, path_words
from domain.faults import Fault, Wanted
from services.arrivals.comparing import Compared, Stands, could_not_be_read, kind_of, shown


def fault_words(found: Iterable[Compared], language: Language) -> str:
    """`temperature is the text “66.8”, and the contract compares with a number: …`; empty where nothing is faulty. A path
    is named once."""
    by_path = {one.path: one for one in found if could_not_be_read(one)}
    return language.apart(_fault(one, language) for one in by_path.values())


def compared_words(one: Compared, language: Language) -> str:
    """`temperature ≥ 63 instead of 61`, or what could not be compared."""
    if isinstance(one, Fault):
        return _fault(one, language)
    asked = asked_words(one.path, one.condition, language)
    return language.text("change.good", asked=asked, found=_found_words(one, language))


def _found_words(one: Compared, language: Language) -> str:
    match kind_of(one.found):
        case "absent":
            return language.text("found.absent")
        case "number":
            return language.decimal(Decimal(shown(one.found)))
        case "truth":
            return language.text("word.yes" if one.found is True else "word.no")
        case _:
            return shown(one.found)


def _fault(one: Compared, language: Language) -> str:
    path, kind = path_words(one.path), kind_of(one.found)
    if kind == "absent":
        return language.text("fault.absent", path=path)
    found = language.text(f"found.{kind}", found=_found_words(one, language))
    asked, mend = language.text(f"wanted.{one.wants}"), _mend(kind, one.wants, path, language)
    return language.text("fault.mistyped", path=path, found=found, wants=asked, mend=mend)


def _mend(kind: Stands, wants: Wanted, path: str, language: Language) -> str:
    """How a mapping gives the field as it is wanted; empty for a list or an object, of which that cannot be said in one line."""
    return language.text(f"mend.{wants}", path=path) if kind in ("text", "number") else ""
