"""Files that stand, to be changed on pages: what a service, a calendar says now, and the next version of it."""

from __future__ import annotations

from domain.calendar import PublishedCalendar
from domain.causes import Causes
from domain.decisions import stream_of
from domain.saying import said
from domain.service import Service
from services.access import Principal, Right
from services.contract_files import Tree, as_file, read_bytes, tree_from_canonical
from services.contracts.applied import Applied
from services.contracts.contracting import Contracting
from services.directory.names import Directory, PersonNamed
from services.errors import NotFound
from services.store import Store


def service_tree(store: Store, who: Principal, service: str) -> Tree | None:
    """The file of a service with the names that the directory has of its people; None where nobody has described it yet. Raises
    NotAllowed for who may not describe it."""
    who.require(Right.DESCRIBE, service, str(said("describing {service}", service=service)))
    try:
        document = store.history.get(stream_of("service", service), Service).document
    except NotFound:
        return None
    tree = tree_from_canonical(document)
    if "people" not in tree:
        return tree
    known = Directory(store.history).names()
    return {**tree, "people": [_named(one, known.get(one["id"])) for one in tree["people"]]}


def undescribed(service: str) -> Tree:
    """The file of a service that says nothing but its id."""
    return {"entente": 1, "service": service}


def _named(person: Tree, known: PersonNamed | None) -> Tree:
    found = {"name": (known and known.name) or person["id"], "email": known and known.email}
    return {**person, **{key: value for key, value in found.items() if value}}


def calendar_tree(store: Store, calendar: str) -> Tree | None:
    """The newest version of a calendar that is published; None where none is."""
    try:
        found = store.history.get(stream_of("calendar", calendar), PublishedCalendar)
    except NotFound:
        return None
    return tree_from_canonical(found.versions[-1].document) if found.versions else None


def causes_tree(store: Store, causes: str) -> Tree | None:
    """The list of root causes of that name as it stands; None where there is none."""
    try:
        return tree_from_canonical(store.history.get(stream_of("causes", causes), Causes).document)
    except NotFound:
        return None


def apply_tree(
    store: Store, who: Principal, tree: Tree, name: str, *, dry_run: bool = False, language: str = "en"
) -> Applied:
    """Applies what a page made of a file, as if somebody had written it. Raises DocumentInvalid, NotAllowed, Refused."""
    [document] = read_bytes(as_file(tree).encode(), name)
    return store.use(Contracting).apply(who, document, dry_run=dry_run, language=language)
