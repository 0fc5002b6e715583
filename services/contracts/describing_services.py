"""Describing services: their people, the sources that they declare. It stands here, and not in directory, since a service is a file
that is applied as contracts and calendars are, and answered alike."""

from __future__ import annotations

from collections.abc import Sequence

from domain.decisions import stream_of
from domain.saying import Said, said
from domain.service import Service
from domain.times import Clock
from services.access import Principal, Right
from services.contract_files import Document, Tree, roles_of_service, service_terms
from services.contract_files.service_terms import ServiceTerms
from services.contract_files.to_terms import canonical_text, tree_from_canonical, without_names
from services.contracts.applied import Applied, Applying
from services.contracts.knowing import Directories, unknown_services
from services.contracts.personal_paths import OfSources, require_unread
from services.directory.declaring import Declared, Declaring
from services.directory.names import Directory, PersonNamed
from services.errors import NotAllowed, NotFound, some
from services.history.history import History
from services.roles.following import KnownPerson, Roles
from services.sign_in.of_heads import ending
from services.tables.declared import shown_to


class Describing:
    """Raises NotAllowed for who is not of the service, DocumentInvalid for sources of others."""

    def __init__(self, history: History, now: Clock, known: Directories):
        self._history = history
        self._now = now
        self._known = known
        self._declared = Declared(history)
        self._declaring = Declaring(history, self._declared)
        self._names = Directory(history)
        self._roles = Roles(history)

    def describe(self, who: Principal, document: Document, how: Applying) -> Applied:
        terms, text = service_terms(document), canonical_text(without_names(document.tree))
        named = self._own(who, [PersonNamed(one.id, one.name, one.email) for one in terms.people])
        who.require(Right.DESCRIBE, terms.id, f"describing {terms.id}")
        try:
            found = self._history.get(stream_of("service", terms.id), Service)
        except NotFound:
            found = Service(service=terms.id)
        if _same(found.document, text) and not self._names.differing(named):
            return Applied("service", terms.id, "unchanged", 1)
        self._require_own(who, document, found.document)
        self._names.require_free(named)
        claims = self._declaring.claims(who, terms.id, document, found.document, self._now())
        declared = self._of_sources(terms)
        require_unread(document, terms.id, declared, who, self._history, self._now())
        opened = [id for one in terms.sources for id in one.shown_to or ()]
        others = list(dict.fromkeys([*([terms.part_of] if terms.part_of else []), *opened]))
        warnings = (
            *unknown_services(others, self._known(who).beside(how.beside)),
            *self._ending(document),
        )
        if how.dry_run:
            return Applied("service", terms.id, "described", 1, warnings=warnings)
        self._names.learn(named)
        if _same(found.document, text):
            return Applied("service", terms.id, "described", 1, warnings=warnings)
        if declared.personal:
            self._history.begin_sealing()
        found.describe(text, by=who.by(Right.DESCRIBE, terms.id), at=self._now())
        position = self._history.save(*claims, found)
        return Applied("service", terms.id, "described", 1, position=position, warnings=warnings)

    def _of_sources(self, terms: ServiceTerms) -> OfSources:
        """What the file declares of its sources, as it will be."""
        above = {**self._declared.above(), terms.id: terms.part_of}
        shown = {one.source: shown_to(terms.id, one.shown_to, above) for one in terms.sources}
        personal = {one.source: one.personal for one in terms.sources if one.personal is not None}
        return OfSources(personal, {source: services for source, services in shown.items() if services is not None})

    def _ending(self, document: Document) -> list[Said]:
        """Says whose way in ends by what the file gives them: one that a head of another service gave."""
        given = [KnownPerson(one, tuple(roles)) for one, roles in roles_of_service(document.tree).items()]
        return ending(self._history.database, self._roles, given)

    def _require_own(self, who: Principal, document: Document, before: str) -> None:
        """A head who has signed in names as people of the service nobody who holds an office or a role elsewhere, or held one before
        no file named them any more, and makes it a part of no service but an own one: else others would act in its name, or it in
        theirs. Raises NotAllowed."""
        if who.granted is None or who.may(Right.ADMIT, ""):
            return
        old: Tree = tree_from_canonical(before) if before else {}
        named = roles_of_service(document.tree).keys() - (roles_of_service(old).keys() if old else set())
        known = {one.person: one for one in self._roles.people()}
        others = sorted(
            one
            for one in named
            if (not _is_nobody_elses(who, known[one]) if one in known else self._roles.is_of_others(who, one))
        )
        if others:
            raise NotAllowed(
                said("{people} hold or held a role elsewhere, or an office", people=some(others)),
                mend=said("ask the administrator"),
            )
        above = document.tree.get("part_of")
        if above is not None and above != old.get("part_of") and not who.may(Right.DESCRIBE, above):
            raise NotAllowed(
                said("making it a part of {service} is for {service} to allow, not for {who}", service=above, who=who),
                mend=said("ask the administrator"),
            )

    def _own(self, who: Principal, named: Sequence[PersonNamed]) -> list[PersonNamed]:
        """Those whom `who` may name: of somebody who holds or held an office, or a role in a service of others, the directory keeps
        what it says, else a head could take the address of an administrator, or rename who signed for others."""
        return [one for one in named if not self._roles.is_of_others(who, one.person)]


def _is_nobody_elses(who: Principal, person: KnownPerson) -> bool:
    has_office = person.admitted is not None and bool(person.admitted.offices)
    return not has_office and all(who.may(Right.ADMIT, role.service) for role in person.roles)


def _same(stored: str, text: str) -> bool:
    """Says whether a service is described so already; those that were stored with the names of people say the same without."""
    return stored == text or (bool(stored) and canonical_text(without_names(tree_from_canonical(stored))) == text)
