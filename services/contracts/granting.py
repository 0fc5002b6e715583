"""Applying the access file: who is let in, and as what. Names and addresses go to the directory, and not into the history."""

from __future__ import annotations

from datetime import date

from domain.access import ACCESS, Access
from domain.saying import Said, said
from domain.times import Clock, local_date, zone
from services.access import Principal, Right
from services.contract_files import AccessTerms, Admitted, Document, access_of, access_terms
from services.contract_files.to_terms import canonical_text, tree_from_canonical, without_names
from services.contracts.applied import Applied, Applying
from services.contracts.knowing import Directories, unknown_services
from services.directory.names import Directory, PersonNamed
from services.errors import NotAllowed, NotFound
from services.history.history import History
from services.roles.following import KnownPerson, Roles, last_administrator
from services.sign_in.of_heads import ending


class Granting:
    """Raises NotAllowed for who may not let in those that the file lets in, DocumentInvalid, Refused for who signed in and would leave
    no administrator."""

    def __init__(self, history: History, now: Clock, known: Directories):
        self._history = history
        self._now = now
        self._known = known
        self._names = Directory(history)
        self._roles = Roles(history)

    def grant(self, who: Principal, document: Document, how: Applying) -> Applied:
        """The one access file of the organisation: another one takes the place of the one before."""
        terms = access_terms(document)
        text, id = canonical_text(without_names(document.tree)), str(document.tree["access"])
        try:
            found = self._history.get(ACCESS, Access)
        except NotFound:
            found = Access()
        if not who.may(Right.ADMIT, ""):
            self._require_own(
                who, access_of(tree_from_canonical(found.document)) if found.document else AccessTerms(), terms
            )
        self._names.require_free(_named(terms))
        changes = how.changes(found.document or None, text)
        left = self._without_administrator(found.document, terms)
        if left and who.granted is not None:  # whoever keeps the server can let somebody in again
            raise last_administrator()
        warnings = (
            *unknown_services(_services(terms), self._known(who).beside(how.beside)),
            *left,
            *self._ending(found.document, terms),
        )
        is_same = found.document == text and not self._names.differing(_named(terms))
        if how.dry_run or is_same:
            return Applied("access", id, "unchanged" if is_same else "described", 1, changes, warnings=warnings)
        self._names.learn(_named(terms))
        position = 0
        if found.document != text:
            found.describe(text, by=who.by(Right.ADMIT, *_services(terms)), at=self._now())
            position = self._history.save(found)
        return Applied("access", id, "described", 1, changes, position=position, warnings=warnings)

    def _without_administrator(self, before: str, after: AccessTerms) -> list[Said]:
        """A warning where somebody was administrator, and nobody is by the new file, or who is was suspended, or is it on other days
        alone."""
        day = local_date(self._now(), zone("UTC"))
        had, has = (
            any(not self._roles.is_suspended(one.person) for one in terms.people if _is_administrator(one, day))
            for terms in (access_of(tree_from_canonical(before)) if before else AccessTerms(), after)
        )
        if not had or has:
            return []
        return [said("it leaves nobody who is administrator: then only who keeps the server lets people in everywhere")]

    def _ending(self, before: str, after: AccessTerms) -> list[Said]:
        """Says whose way in ends by what the file gives them: one that a head gave who may not give that."""
        old = {one.person: one for one in access_of(tree_from_canonical(before)).people} if before else {}
        given = [one for one in after.people if _given(one) != _given(old.get(one.person))]
        people = [KnownPerson(one.person, one.roles, one) for one in given]
        return ending(self._history.database, self._roles, people)

    def _require_own(self, who: Principal, before: AccessTerms, after: AccessTerms) -> None:
        """A head lets in, renames and lets out who holds no role outside the own services, and no office; and renames, and lets in
        again, nobody who ever did. Raises NotAllowed."""
        old, new = ({one.person: one for one in terms.people} for terms in (before, after))
        touched = {one for one in {*old, *new} if _given(old.get(one)) != _given(new.get(one))}
        touched |= {one.person for one in _named(after)}
        renamed = {one.person for one in self._names.differing(_named(after))}
        everything = {one.person: one for one in self._roles.people()}
        for person in sorted(touched):
            known = everything.get(person)
            roles = [*(known.roles if known is not None else ()), *(new[person].roles if person in new else ())]
            is_in_office = any(one.offices for one in (old.get(person), new.get(person)) if one is not None)
            has_nothing_yet = known is not None and not known.roles  # a group of the provider may give it something
            was_elsewhere = (known is None or person in renamed) and self._roles.is_of_others(who, person)
            is_more = has_nothing_yet or is_in_office or was_elsewhere
            if is_more or not all(who.may(Right.ADMIT, role.service) for role in roles):
                raise NotAllowed(
                    said("somebody holds, or would hold, a role that is not yours to give"),
                    mend=said("ask the administrator"),
                )
        if (before.groups or {}) != (after.groups or {}) or not who.may(Right.ADMIT):
            raise NotAllowed(
                said("letting people in everywhere is for the administrator to do, not for {who}", who=who)
            )


def _is_administrator(one: Admitted, day: date) -> bool:
    return any(given.office == "administrator" and given.days.hold(day) for given in one.offices)


def _given(one: Admitted | None) -> object:
    return None if one is None else (set(one.roles), set(one.offices))


def _named(terms: AccessTerms) -> list[PersonNamed]:
    return [PersonNamed(one.person, one.name, one.email) for one in terms.people if one.name or one.email]


def _services(terms: AccessTerms) -> list[str]:
    roles = [role for one in terms.people for role in one.roles]
    roles += [role for given in (terms.groups or {}).values() for role in given]
    return list(dict.fromkeys(role.service for role in roles))
