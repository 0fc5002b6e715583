"""The terms of a service file, as values."""

from __future__ import annotations

from dataclasses import dataclass

from domain.durations import Duration, parse_duration
from domain.personal import Personal
from domain.terms import Text
from services.contract_files.access_terms import heads_of
from services.contract_files.documents import Tree
from services.contract_files.tree_reading import text_of


@dataclass(frozen=True, slots=True)
class Person:
    """`name`, `email`: None where the file does not say them, for the directory has them."""

    id: str
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A tool of the service; `expected_every` is how often it should send, where that is known. `by_files`: its events come in
    files, and time waits for the next one. `personal`: what is sealed of its events, for as long as `retention` says (`P24M`; None:
    without end). `stored_in`: the country in which the tool keeps its own data. `shown_to`: the services whose contracts may take its
    events, beside those of the service itself; None: all."""

    source: str
    expected_every: Duration | None = None
    by_files: bool = False
    personal: Personal | None = None
    retention: str | None = None
    stored_in: str | None = None
    shown_to: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    id: str
    title: Text
    external: bool = False
    part_of: str | None = None
    people: tuple[Person, ...] = ()
    sources: tuple[Source, ...] = ()
    heads: tuple[str, ...] = ()


def service_of(tree: Tree) -> ServiceTerms:
    """The terms of a service of good form."""
    return ServiceTerms(
        id=tree["service"],
        title=text_of(tree.get("title"), tree["service"]),
        external=bool(tree.get("external", False)),
        part_of=tree.get("part_of"),
        people=tuple(Person(one["id"], one.get("name"), one.get("email")) for one in tree.get("people", ())),
        sources=tuple(_source(one) for one in tree.get("sources", ())),
        heads=tuple(heads_of(tree)),
    )


def _source(tree: Tree) -> Source:
    expected = tree.get("expected_every")
    every = None if expected is None else parse_duration(expected)
    return Source(
        tree["source"],
        every,
        by_files=tree.get("by") == "files",
        personal=_personal(tree),
        retention=tree.get("retention"),
        stored_in=tree.get("stored_in"),
        shown_to=_shown_to(tree),
    )


def _shown_to(tree: Tree) -> tuple[str, ...] | None:
    stated = tree.get("shown_to", ())
    return None if stated == "everybody" else tuple(stated)


def _personal(tree: Tree) -> Personal | None:
    stated = tree.get("personal")
    if stated is None:
        return None
    return Personal(stated["subject"], tuple(stated["values"]), hides_names=tree.get("subject") == "personal")
