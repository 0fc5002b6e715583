"""Letting in single people, by forms and commands: the access file is written anew, as if somebody had edited it."""

from __future__ import annotations

import secrets
from string import ascii_lowercase

from domain.access import ACCESS, Access
from domain.saying import said
from domain.unseen import without_unseen
from services.access import ADMINISTRATOR, Principal
from services.contract_files import Tree, tree_from_canonical
from services.contracts.applied import Applied
from services.contracts.standing import apply_tree
from services.directory.names import Directory
from services.errors import NotFound
from services.store import Store

NAME = "people"
"""What the access file is called that nobody wrote by hand."""


def access_tree(store: Store) -> Tree:
    """The access file as it is, without names and addresses, to be changed; one that lets nobody in where there is none."""
    try:
        found = store.history.get(ACCESS, Access).document
    except NotFound:
        found = ""
    return tree_from_canonical(found) if found else {"entente": 1, "access": NAME, "people": []}


def apply_access(store: Store, who: Principal, tree: Tree, *, dry_run: bool = False) -> Applied:
    """Applies the access file. Raises DocumentInvalid, NotAllowed."""
    return apply_tree(store, who, tree, str(said("the access file")), dry_run=dry_run)


def admit(store: Store, who: Principal, person: str, given: Tree, *, dry_run: bool = False) -> Applied:
    """Lets somebody in with exactly what is given, instead of what they had by the access file; nothing: lets them out of it."""
    tree = access_tree(store)
    others = [one for one in tree.get("people", ()) if one["person"] != person]
    people = [*others, *([{**given, "person": person}] if given else [])]
    return apply_access(store, who, {**tree, "people": people}, dry_run=dry_run)


def admit_to(store: Store, who: Principal, person: str, given: Tree, *, dry_run: bool = False) -> Applied:
    """Gives somebody a role or an office, besides those that they have."""
    people = access_tree(store).get("people", ())
    before: Tree = next((one for one in people if one["person"] == person), {})
    services = {**before.get("services", {}), **given.get("services", {})}
    all_of_it = {**before, **given, **({"services": services} if services else {})}
    return admit(store, who, person, all_of_it, dry_run=dry_run)


def admit_administrator(store: Store, who: Principal, person: str) -> Applied:
    """Makes somebody an administrator, besides what they are."""
    return admit_to(store, who, person, {"administrator": True})


def admit_unknown(store: Store, name: str, email: str) -> str:
    """Makes somebody whom the identity provider knows a person, whose roles its groups give; the id, which says nothing of who it is
    and was never anybody's: eighty random bits."""
    person = f"p-{''.join(secrets.choice(ascii_lowercase) for _ in range(17))}"
    known = {one.email.casefold() for one in Directory(store.history).names().values() if one.email}
    is_theirs = "@" in email and email.casefold() not in known  # somebody else's is not shared
    given = {"name": " ".join(without_unseen(name).split()) or person, **({"email": email} if is_theirs else {})}
    admit(store, ADMINISTRATOR, person, given)
    return person
