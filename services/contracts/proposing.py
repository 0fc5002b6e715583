"""Proposing what a contract file says: a contract, or an amendment of it (MEANING §7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from domain.contract import Contract
from domain.decisions import stream_of
from domain.saying import Said, said
from domain.terms import CalendarReference, CalendarTerms, ContractTerms, Party, deliverable_of
from domain.times import Clock, local_date, zone
from services.access import Principal, Right, not_theirs, require_own_id
from services.contract_files import (
    Document,
    by_place,
    canonical,
    check_contract,
    contract_terms,
    far_circles,
    kind_changes,
    publish_calendar,
    read_published_calendar,
    says_effective,
    terms_from_canonical,
    too_many_dates,
)
from services.contracts.applied import Applied, Applying, Outcome
from services.contracts.foreign_sources import require_shown, require_shown_still
from services.contracts.knowing import Directories, unknown_names
from services.contracts.personal_paths import declared_by_all, require_not_personal, require_signable
from services.contracts.publishing import Publishing
from services.deciding import refusing
from services.directory.declaring import Declared
from services.errors import DocumentInvalid, NotAllowed, NotFound, Refused
from services.history.history import History
from services.roles.following import Roles
from services.timekeeping import Timekeeping

PARTIES: tuple[Party, Party] = ("supplier", "client")


class Proposing:
    """Raises DocumentInvalid, Refused for what was agreed, NotAllowed for who is no party."""

    def __init__(self, history: History, now: Clock, time: Timekeeping, publishing: Publishing, known: Directories):
        self._history = history
        self._now = now
        self._time = time
        self._publishing = publishing
        self._known = known
        self._declared = Declared(history)
        self._roles = Roles(history)

    def find(self, contract: str) -> Contract | None:
        """None where nothing of that id was ever proposed."""
        try:
            return self._history.get(stream_of("contract", contract), Contract)
        except NotFound:
            return None

    def propose(self, who: Principal, document: Document, how: Applying) -> Applied:
        terms = self._checked(who, document, how)
        party = self._proposing_party(who, terms, how.sign)
        found = self.find(terms.id)
        if found is not None:
            require_own_id(who, terms.id, found.supplier, found.client)
        if found is None:
            found = Contract(contract=terms.id, supplier=terms.supplier, client=terms.client)
        self._check_amendment(found, document, terms)
        text = canonical(document)
        before = next((one.document for one in reversed(found.agreed or found.proposals)), None)
        last = found.proposals[-1] if found.proposals else None
        is_same = last is not None and last.document == text and last.state in ("proposed", "signed")
        is_agreed = is_same and last is not None and last.state == "signed"
        standing = terms_from_canonical(found.agreed[-1].document) if found.agreed else None
        applied = Applied(
            "contract",
            terms.id,
            "unchanged" if is_same else "proposed",
            len(found.agreed) + (0 if is_agreed else 1),
            how.changes(before, text),
            is_first=before is None,
            warnings=(
                *unknown_names(terms, standing, self._known(who).beside(how.beside)),
                *self._no_arbiter(terms),
                *self._begun(found, terms, is_backfilled=how.backfill),
            ),
        )
        if how.dry_run:
            return applied
        with refusing(terms.id):
            if not is_same:
                self._propose(who, found, party, text, terms, how)
            signed = self._sign_for(who, found, how.sign)
        outcome: Outcome = "unchanged" if is_same and not signed else "proposed"
        return replace(applied, outcome=outcome, signed=signed, position=self._history.save(found))

    def _checked(self, who: Principal, document: Document, how: Applying) -> ContractTerms:
        """Its terms. Raises DocumentInvalid with everything that is wrong by itself, and with what is around it."""
        calendars = self._calendars(document, how.beside.calendars if how.dry_run else {})
        if problems := check_contract(document, calendars):
            raise DocumentInvalid(problems)
        if circles := by_place(far_circles(document, lambda name: self._needs(who, name))):
            raise DocumentInvalid(circles)
        terms = contract_terms(document)
        require_shown(document, terms, self._declared.shown_to())
        self._require_arbiter(document, terms)
        require_not_personal(document, terms, declared_by_all(self._declared))
        if problems := too_many_dates(document, terms, _calendar_in(terms, calendars), self._reached(terms)):
            raise DocumentInvalid(problems)
        return terms

    def _no_arbiter(self, terms: ContractTerms) -> list[Said]:
        """A warning where a step of the ladder tells the arbiter, and nobody is let in yet who could be one."""
        return [said("it tells the arbiter, and nobody is arbiter")] if self._lacks_arbiter(terms) else []

    def begun(self, id: str) -> list[Said]:
        """The same warning of the proposal that waits to be signed."""
        found = self.find(id)
        if found is None or found.pending is None:
            return []
        return self._begun(found, terms_from_canonical(found.pending.document), is_backfilled=found.pending.backfill)

    def _begun(self, found: Contract, terms: ContractTerms, *, is_backfilled: bool) -> list[Said]:
        """A warning where nothing is agreed of it yet, its past is not to be imported, and time has passed its first day."""
        watermark = self._time.watermark()
        if found.agreed or is_backfilled or watermark is None:
            return []
        if terms.effective >= local_date(watermark, zone(terms.timezone)):
            return []
        text = said(
            "its first day, {day}, has passed: once both have signed it is judged from that day on, "
            "and what did not come is missing",
            day=terms.effective,
        )
        return [text]

    def _lacks_arbiter(self, terms: ContractTerms) -> bool:
        is_asked = any("arbiter" in one.to for one in terms.actions.escalation)
        return is_asked and not self._roles.holders("arbiter", local_date(self._now(), zone("UTC")))

    def _require_arbiter(self, document: Document, terms: ContractTerms) -> None:
        """Raises DocumentInvalid for a step of the ladder that tells the arbiter, where people are let in and none of them is one."""
        if self._roles.is_organised() and self._lacks_arbiter(terms):
            rungs = terms.actions.escalation
            at = next(number for number, one in enumerate(rungs) if "arbiter" in one.to)
            what, mend = said("it tells the arbiter, and nobody is arbiter"), said("the access file says who is")
            raise DocumentInvalid([document.problem(("actions", "escalation", at, "to"), what, mend)])

    def _propose(
        self, who: Principal, found: Contract, party: Party, text: str, terms: ContractTerms, how: Applying
    ) -> None:
        number, at, by = self._calendar_version(terms), self._now(), who.by(Right.BIND, found.service_of(party))
        found.propose(text, terms.effective.isoformat(), number, party=party, by=by, at=at, backfill=how.backfill)

    def _reached(self, terms: ContractTerms) -> date:
        """The local day that time has reached, or will have when the past has been imported."""
        return local_date(max(self._now(), self._time.watermark() or 0), zone(terms.timezone))

    def _needs(self, who: Principal, name: str) -> list[str]:
        """What a deliverable of another contract, `contract/deliverable`, depends on by its last wording that stands; nothing of a
        contract that one does not see."""
        contract, _, deliverable = name.partition("/")
        found = self.find(contract)
        if found is not None and not who.sees(found.supplier, found.client):
            return []
        standing = [one for one in found.proposals if one.state in ("proposed", "signed")] if found is not None else []
        if not standing:
            return []
        terms = terms_from_canonical(standing[-1].document)
        needed = [need for one in terms.deliverables if one.id == deliverable for need in one.depends_on]
        return [deliverable_of(need, contract) for need in needed]

    def require_signable(self, found: Contract) -> None:
        """Raises Refused where services have declared things of their sources since, under which the wording that waits could not be
        proposed any more."""
        require_shown_still(found, self._declared.shown_to())
        require_signable(found, declared_by_all(self._declared))

    def _sign_for(self, who: Principal, found: Contract, sign: Sequence[Party]) -> tuple[str, ...]:
        if who.granted is not None and len(sign) > 1:
            raise NotAllowed(
                said("two parties that are one person sign twice, by two acts"),
                mend=said("sign for one, then for the other"),
            )
        signed = []
        for party in sign:
            who.require(Right.BIND, found.service_of(party), said("signing as {party}", party=party))
            if found.pending is not None and all(one.party != party for one in found.pending.signatures):
                self.require_signable(found)
                found.sign(party=party, by=who.by(Right.BIND, found.service_of(party)), at=self._now())
                signed.append(party)
        return tuple(signed)

    def _proposing_party(self, who: Principal, terms: ContractTerms, sign: Sequence[Party]) -> Party:
        sides = [one for one in PARTIES if who.may(Right.BIND, terms.supplier if one == "supplier" else terms.client)]
        if not sides:
            raise not_theirs(who, terms.id, terms.supplier, terms.client)
        return sign[0] if sign and sign[0] in sides else sides[0]

    def _check_amendment(self, found: Contract, document: Document, terms: ContractTerms) -> None:
        if (found.supplier, found.client) != (terms.supplier, terms.client):
            raise Refused(
                said("{terms} is a contract of other parties, and an amendment does not change them", terms=terms.id),
                mend=said("give the new agreement another id"),
            )
        if not found.agreed:
            return
        is_repeat = any(one.document == canonical(document) for one in found.agreed)
        if not says_effective(document) and not is_repeat:
            raise DocumentInvalid(
                [document.problem((), said("an amendment needs `effective:`"), said("effective: YYYY-MM-DD"))]
            )
        agreed = [terms_from_canonical(one.document) for one in found.agreed]
        if problems := kind_changes(document, terms, agreed):
            raise DocumentInvalid(problems)
        watermark = self._time.time_of(found)
        passed = watermark is not None and terms.effective <= local_date(watermark, zone(terms.timezone))
        if passed and terms.rebaseline is None and not is_repeat:
            raise DocumentInvalid(
                [
                    document.problem(
                        ("effective",),
                        said("{effective} has passed: what happened since was judged", effective=terms.effective),
                        said("a later date, or `rebaseline: {reason: …}`"),
                    )
                ]
            )

    def _calendars(self, document: Document, beside: Mapping[str, Document]) -> dict[str, CalendarTerms]:
        """The published calendar that the contract names, if it names one; or one that stands `beside` it."""
        named = document.tree.get("calendar")
        name = named.get("name") if isinstance(named, dict) else named
        if not isinstance(name, str):
            return {}
        if name in beside:
            return {name: read_published_calendar(publish_calendar(beside[name]))}
        found = self._publishing.published(name)
        if found is None:
            mend = said("publish it first (`entente apply`), or write the calendar into the contract")
            raise DocumentInvalid(
                [document.problem(("calendar",), said("no calendar “{name}” is published", name=name), mend)]
            )
        return {name: read_published_calendar(found.versions[-1].document)}

    def _calendar_version(self, terms: ContractTerms) -> int | None:
        if not isinstance(terms.calendar, CalendarReference) or terms.calendar.follow:
            return None
        found = self._publishing.published(terms.calendar.name)
        return len(found.versions) if found is not None else None


def _calendar_in(terms: ContractTerms, published: Mapping[str, CalendarTerms]) -> CalendarTerms | None:
    if isinstance(terms.calendar, CalendarReference):
        return published.get(terms.calendar.name)
    return terms.calendar
