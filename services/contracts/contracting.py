"""Contracts, calendars and services: proposed, commented, signed, terminated (DESIGN §1, MEANING §7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.calendar import PublishedCalendar
from domain.calendars import Calendar, CalendarEnded, compose
from domain.contract import Contract
from domain.decisions import stream_of
from domain.saying import Said, said
from domain.service import Service
from domain.terms import CalendarReference, CalendarTerms, ContractTerms, Party
from domain.times import Instant, local_date, zone
from services.access import Principal, Right, require_own_id
from services.contract_files import (
    Document,
    by_place,
    calendar_terms,
    canonical,
    check_contract,
    contract_terms,
    differences,
    far_circles,
    kind_changes,
    kind_of,
    publish_calendar,
    read_published_calendar,
    says_effective,
    sentences,
    service_terms,
    terms_from_canonical,
    too_many_dates,
    tree_from_canonical,
)
from services.contracts.knowing import Beside, Directories, unknown_names, unknown_services
from services.deciding import refusing, saved, within_bounds
from services.directory.declaring import Declared, Declaring
from services.errors import DocumentInvalid, NotAllowed, NotFound, Refused
from services.history.history import History
from services.seeing.seen import Seeing
from services.timekeeping import Timekeeping

Clock = Callable[[], Instant]
_JUDGED_DAYS = 20 * 366
"""How far back a new version of a calendar is compared with those before it."""
PARTIES: tuple[Party, Party] = ("supplier", "client")


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying one document did, or would do. `outcome`: proposed, unchanged, published, described. `changes` are what
    differs from the wording before, or the whole wording where nothing was before (`is_first`)."""

    kind: str
    id: str
    outcome: str
    version: int
    changes: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    position: int = 0
    is_first: bool = False
    warnings: tuple[Said, ...] = ()
    """Names that nobody knows who may have been meant (services/contracts/knowing.py)."""


class Contracting:
    """Use cases: get, decide, save. Every one raises Refused for what the state does not allow, NotAllowed for what is not
    the caller's to do, NotFound for what is not there or not to be seen."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._now = now
        self._time = Timekeeping(history, now)
        self._known = Directories(seeing)
        self._declaring = Declaring(history, Declared(history))

    def apply(
        self,
        who: Principal,
        document: Document,
        *,
        sign: tuple[Party, ...] = (),
        dry_run: bool = False,
        language: str = "en",
        backfill: bool = False,
        beside: Sequence[Document] | Beside = (),
    ) -> Applied:
        """Proposes what a file says, and signs it on behalf of the parties named. `backfill`: the time of a new contract waits
        at the start of its validity until `Timekeeping.advance` lets it go on. `beside`: files that are applied with it, whose names
        are known, and whose calendars would be published (`dry_run`). Raises DocumentInvalid."""
        beside = beside if isinstance(beside, Beside) else Beside(beside)
        match kind_of(document):
            case "calendar":
                return self._publish(who, document, dry_run, language)
            case "service":
                return self._describe(who, document, dry_run, beside)
            case "contract":
                return self._propose(who, document, sign, dry_run, language, backfill, beside)
        raise DocumentInvalid(
            [
                document.problem(
                    (), said("no contract, calendar or service"), said("the key `contract:`, `calendar:` or `service:`")
                )
            ]
        )

    def sign(self, who: Principal, contract: str, party: Party | None = None, *, proposal: int | None = None) -> int:
        """`proposal`, here and below: which one was read, by its number; another is refused."""
        found = self._read(who, contract, proposal)
        return self._decide(
            found, lambda side: found.sign(party=side, by=str(who), at=self._now()), who, party, "signing"
        )

    def refuse(
        self, who: Principal, contract: str, reason: str, party: Party | None = None, *, proposal: int | None = None
    ) -> int:
        found = self._read(who, contract, proposal)
        if (
            party is None
            and found.pending is not None
            and len([one for one in PARTIES if who.may(Right.BIND, found.service_of(one))]) > 1
        ):
            party = "client" if found.pending.party == "supplier" else "supplier"
        return self._decide(
            found, lambda side: found.refuse(reason, party=side, by=str(who), at=self._now()), who, party, "refusing"
        )

    def withdraw(self, who: Principal, contract: str, *, proposal: int | None = None) -> int:
        found = self._read(who, contract, proposal)
        own = found.pending is not None and who.may(Right.BIND, found.service_of(_side(found.pending.party)))
        party = _side(found.pending.party) if found.pending is not None and own else None
        return self._decide(
            found, lambda side: found.withdraw(party=side, by=str(who), at=self._now()), who, party, "withdrawing"
        )

    def comment(self, who: Principal, contract: str, clause: str, text: str, *, proposal: int | None = None) -> int:
        found = self._read(who, contract, proposal)
        if not who.may(Right.TAKE_PART, found.supplier, found.client):
            raise NotAllowed(said("{who} is no party of {contract}", who=who, contract=contract))
        return self._save(found, lambda: found.comment(clause, text, by=str(who), at=self._now()))

    def terminate(self, who: Principal, contract: str, until: date, party: Party | None = None) -> int:
        """`until` is the last local day; it may not lie before what is already judged, by the contract's own time."""
        within_bounds(until, "until")
        found = self._get(who, contract)
        watermark = self._time.time_of(found)
        if found.agreed and watermark is not None:
            here = zone(terms_from_canonical(found.agreed[-1].document).timezone)
            if until < local_date(watermark, here):
                raise Refused(
                    said("time has passed {until}: what happened since was owed", until=until),
                    mend=said("{watermark} or later", watermark=local_date(watermark, here)),
                )
        return self._decide(
            found,
            lambda side: found.terminate(until.isoformat(), party=side, by=str(who), at=self._now()),
            who,
            party or ("supplier" if who.may(Right.ADMINISTER) else None),
            "terminating",
        )

    def _decide(
        self, found: Contract, decide: Callable[[Party], None], who: Principal, party: Party | None, what: str
    ) -> int:
        sides = [party] if party is not None else [one for one in PARTIES if who.may(Right.BIND, found.service_of(one))]
        if not sides or not all(who.may(Right.BIND, found.service_of(one)) for one in sides):
            raise NotAllowed(
                said(
                    "{what} is for {supplier} or {client} to do, not for {who}",
                    what=what,
                    supplier=found.supplier,
                    client=found.client,
                    who=who,
                )
            )
        if len(sides) > 1:
            raise Refused(said("it is not said for which party"), mend=said("say supplier or client"))
        return self._save(found, lambda: decide(sides[0]))

    def _save(self, found: Contract, decide: Callable[[], None]) -> int:
        return saved(self._history, found, decide, found.contract)

    def _get(self, who: Principal, contract: str) -> Contract:
        found = self._find(contract)
        if found is None or not who.sees(found.supplier, found.client):
            raise NotFound(
                said("there is no contract “{contract}”", contract=contract), mend=said("entente contracts list")
            )
        return found

    def _read(self, who: Principal, contract: str, proposal: int | None) -> Contract:
        found = self._get(who, contract)
        if proposal is not None and found.pending is not None and found.pending.number != proposal:
            what = said("another wording waits now than the one that was read")
            raise Refused(what, place=contract, mend=said("read it, then decide"), slug="proposal-moved")
        return found

    def _find(self, contract: str) -> Contract | None:
        try:
            return self._history.get(stream_of("contract", contract), Contract)
        except NotFound:
            return None

    def _propose(
        self,
        who: Principal,
        document: Document,
        sign: tuple[Party, ...],
        dry_run: bool,
        language: str,
        backfill: bool,
        beside: Beside,
    ) -> Applied:
        calendars = self._calendars(document, beside.calendars if dry_run else {})
        if problems := check_contract(document, calendars):
            raise DocumentInvalid(problems)
        if circles := by_place(far_circles(document, lambda name: self._needs(who, name))):
            raise DocumentInvalid(circles)
        terms, text = contract_terms(document), canonical(document)
        if problems := too_many_dates(document, terms, _calendar_in(terms, calendars), self._reached(terms)):
            raise DocumentInvalid(problems)
        party = self._proposing_party(who, terms, sign)
        found = self._find(terms.id)
        if found is not None:
            require_own_id(who, terms.id, found.supplier, found.client)
        if found is None:
            found = Contract(contract=terms.id, supplier=terms.supplier, client=terms.client)
        self._check_amendment(found, document, terms)
        before = next((one.document for one in reversed(found.agreed or found.proposals)), None)
        changed = tuple(
            sentences(differences(tree_from_canonical(before) if before else None, tree_from_canonical(text)), language)
        )
        standing = terms_from_canonical(found.agreed[-1].document) if found.agreed else None
        warnings = unknown_names(terms, standing, self._known(who).beside(beside))
        last = found.proposals[-1] if found.proposals else None
        is_same = last is not None and last.document == text and last.state in ("proposed", "signed")
        version = len(found.agreed) + (0 if is_same and last is not None and last.state == "signed" else 1)
        if dry_run:
            outcome = "unchanged" if is_same else "proposed"
            return Applied("contract", terms.id, outcome, version, changed, is_first=before is None, warnings=warnings)
        by, at = str(who), self._now()
        with refusing(terms.id):
            if not is_same:
                number = self._calendar_version(terms)
                found.propose(text, terms.effective.isoformat(), number, party=party, by=by, at=at, backfill=backfill)
            signed = self._sign_for(who, found, sign)
        position = self._history.save(found)
        outcome = "unchanged" if is_same and not signed else "proposed"
        return Applied("contract", terms.id, outcome, version, changed, signed, position, before is None, warnings)

    def _reached(self, terms: ContractTerms) -> date:
        """The local day that time has reached, or will have when the past has been imported."""
        return local_date(max(self._now(), self._time.watermark() or 0), zone(terms.timezone))

    def _needs(self, who: Principal, name: str) -> list[str]:
        """What a deliverable of another contract, `contract/deliverable`, depends on by its last wording that stands; nothing of a
        contract that one does not see."""
        contract, _, deliverable = name.partition("/")
        found = self._find(contract)
        if found is not None and not who.sees(found.supplier, found.client):
            return []
        standing = [one for one in found.proposals if one.state in ("proposed", "signed")] if found is not None else []
        if not standing:
            return []
        terms = terms_from_canonical(standing[-1].document)
        needed = [need for one in terms.deliverables if one.id == deliverable for need in one.depends_on]
        return [need if "/" in need else f"{contract}/{need}" for need in needed]

    def _sign_for(self, who: Principal, found: Contract, sign: tuple[Party, ...]) -> tuple[str, ...]:
        signed = []
        for party in sign:
            who.require(Right.BIND, found.service_of(party), said("signing as {party}", party=party))
            if found.pending is not None and all(one.party != party for one in found.pending.signatures):
                found.sign(party=party, by=str(who), at=self._now())
                signed.append(party)
        return tuple(signed)

    def _proposing_party(self, who: Principal, terms: ContractTerms, sign: tuple[Party, ...]) -> Party:
        sides = [one for one in PARTIES if who.may(Right.BIND, terms.supplier if one == "supplier" else terms.client)]
        if not sides:
            raise NotAllowed(
                said("{who} is no party of {terms}", who=who, terms=terms.id),
                mend=said("act as {supplier} or {client}", supplier=terms.supplier, client=terms.client),
            )
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
        found = self._published(name)
        if found is None:
            mend = said("publish it first (`entente apply`), or write the calendar into the contract")
            raise DocumentInvalid(
                [document.problem(("calendar",), said("no calendar “{name}” is published", name=name), mend)]
            )
        return {name: read_published_calendar(found.versions[-1].document)}

    def _calendar_version(self, terms: ContractTerms) -> int | None:
        if not isinstance(terms.calendar, CalendarReference) or terms.calendar.follow:
            return None
        found = self._published(terms.calendar.name)
        return len(found.versions) if found is not None else None

    def _published(self, calendar: str) -> PublishedCalendar | None:
        try:
            return self._history.get(stream_of("calendar", calendar), PublishedCalendar)
        except NotFound:
            return None

    def _publish(self, who: Principal, document: Document, dry_run: bool, language: str) -> Applied:
        text = publish_calendar(document)
        id = str(document.tree["calendar"])
        if not who.may(Right.ADMINISTER):
            raise NotAllowed(said("calendars are published by the administrator"), mend=said("act as administrator"))
        found = self._published(id) or PublishedCalendar(calendar=id)
        before = found.versions[-1].document if found.versions else None
        if before == text:
            return Applied("calendar", id, "unchanged", len(found.versions))
        if "rebaseline" not in document.tree:
            self._check_days_to_come(document, [read_published_calendar(one.document) for one in found.versions])
        changed = tuple(
            sentences(differences(tree_from_canonical(before) if before else None, tree_from_canonical(text)), language)
        )
        version = len(found.versions) + 1
        if dry_run:
            return Applied("calendar", id, "published", version, changed, is_first=before is None)
        found.publish(text, by=str(who), at=self._now())
        position = self._history.save(found)
        return Applied("calendar", id, "published", version, changed, (), position, before is None)

    def _check_days_to_come(self, document: Document, published: list[CalendarTerms]) -> None:
        """A new version changes only days after the watermark: what fell due before was judged by the old ones."""
        watermark = self._time.watermark()
        if not published or watermark is None:
            return
        terms = calendar_terms(document)
        before, after = compose(published), compose([*published, terms])
        today = local_date(watermark, zone(terms.timezone))
        for day in (today - timedelta(days=number) for number in range(_JUDGED_DAYS)):
            if _hours(before, day) != _hours(after, day):
                what = said("it changes {day}, which has passed: what fell due then was judged", day=day)
                mend = said(
                    "`from: {today}` or later; what is past needs `rebaseline: {reason: …}`",
                    today=today + timedelta(days=1),
                )
                raise DocumentInvalid([document.problem(("from",), what, mend)])

    def _describe(self, who: Principal, document: Document, dry_run: bool, beside: Beside) -> Applied:
        terms, text = service_terms(document), canonical(document)
        who.require(Right.DESCRIBE, terms.id, f"describing {terms.id}")
        try:
            found = self._history.get(stream_of("service", terms.id), Service)
        except NotFound:
            found = Service(service=terms.id)
        if found.document == text:
            return Applied("service", terms.id, "unchanged", 1)
        claims = self._declaring.claims(who, terms.id, document, found.document, self._now())
        above = [terms.part_of] if terms.part_of else []
        warnings = tuple(unknown_services(above, self._known(who).beside(beside)))
        if dry_run:
            return Applied("service", terms.id, "described", 1, warnings=warnings)
        found.describe(text, by=str(who), at=self._now())
        position = self._history.save(*claims, found)
        return Applied("service", terms.id, "described", 1, position=position, warnings=warnings)


def _calendar_in(terms: ContractTerms, published: Mapping[str, CalendarTerms]) -> CalendarTerms | None:
    if isinstance(terms.calendar, CalendarReference):
        return published.get(terms.calendar.name)
    return terms.calendar


def _hours(calendar: Calendar, day: date) -> tuple[tuple[Instant, Instant], ...] | None:
    try:
        return calendar.spans(day)
    except CalendarEnded:
        return None


def _side(text: str) -> Party:
    return "supplier" if text == "supplier" else "client"
