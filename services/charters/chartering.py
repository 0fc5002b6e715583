"""Proposing what a charter file says, and what the two parties decide of it (SHARED §1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from hashlib import sha256
from typing import Final

from domain.contract import Contract
from domain.decisions import stream_of
from domain.offers.charter import Charter, CharterState
from domain.offers.offer import Offer
from domain.offers.terms import CharterTerms, OfferTerms
from domain.saying import said
from domain.terms import Party
from domain.times import Clock, local_date, zone
from services.access import Principal, Right, not_theirs
from services.charters.reading import no_charter
from services.contract_files import (
    Document,
    canonical,
    charter_terms,
    offer_from_canonical,
    offer_named,
    offer_terms,
    require_charter,
)
from services.contracts.applied import Applied, Applying, Outcome
from services.deciding import refusing, saved, within_bounds, words_of
from services.directory.declaring import Declared
from services.errors import DocumentInvalid, NotAllowed, NotFound, Refused
from services.history.history import History
from services.offers.offering import Offering
from services.offers.reading import read_offers
from services.seeing.seen import Seeing
from services.timekeeping import Timekeeping

KIND: Final = "charter"
PARTIES: Final[tuple[Party, Party]] = ("supplier", "client")


class Chartering:
    """Use cases: get, decide, save; each decision gives the position of its entry. Raises NotAllowed for who is no party, Refused for
    what the state does not allow, NotFound for what is not there or not to be seen."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now
        self._time = Timekeeping(history, now)
        self._offering = Offering(history, seeing, now)
        self._declared = Declared(history)

    def apply_file(self, who: Principal, document: Document, how: Applying) -> Applied:
        """Proposes what the file says. Raises DocumentInvalid."""
        require_charter(document)
        offer, of_text = self._offered(who, document, how)
        of = offer_from_canonical(of_text)
        party = self._party(who, document, of, how.sign)
        found = self._find(document.tree["charter"])
        terms = charter_terms(document, of, is_first=found is None or not found.agreed)
        self._require_of_these(document, terms, of)
        found = self._same_parties(who, found, terms, of)
        self._require_to_come(document, terms, found, of)
        self._require_offered(offer, found)
        text, number = canonical(document), len(offer.versions) if offer is not None else 1
        standing = _standing(found, text, number)
        before = next((one.document for one in reversed(found.agreed or found.proposals)), None)
        version = len(found.agreed) + (0 if standing == "signed" else 1)
        changed = how.changes(before, text)
        if how.dry_run:
            outcome: Outcome = "proposed" if standing is None else "unchanged"
            return Applied(KIND, terms.id, outcome, version, changed, is_first=before is None)
        with refusing(terms.id):
            if standing is None:
                by, at = who.by(Right.BIND, found.service_of(party)), self._now()
                day, print_ = terms.effective.isoformat(), sha256(of_text.encode()).hexdigest()
                found.propose(text, day, number, print_, party=party, by=by, at=at)
            signed = self._sign_for(who, found, how.sign)
        outcome = "proposed" if standing is None or signed else "unchanged"
        position = self._history.save(found)
        return Applied(KIND, terms.id, outcome, version, changed, signed, position, before is None)

    def sign(self, who: Principal, charter: str, party: Party | None = None, *, proposal: int | None = None) -> int:
        """The second signature makes it a version. `proposal`, here and below: which wording was read, by its number; where another
        waits it is refused (`proposal-moved`)."""
        found = self._read(who, charter, proposal)
        waiting = found.pending

        def sign(side: Party) -> None:
            offer = self._offering.find(found.offer)
            if waiting is not None and offer is not None and waiting.offer_version != len(offer.versions):
                what = said("the offer has a newer version than the one that this wording was proposed on")
                raise Refused(what, place=charter, mend=said("propose it again"), slug="offer-moved")
            self._require_offered(offer, found)
            by, reached = who.by(Right.BIND, found.service_of(side)), self._time.watermark()
            found.sign(party=side, by=by, at=self._now(), reached=reached)

        return self._decide(who, found, party, sign)

    def refuse(
        self, who: Principal, charter: str, reason: str, party: Party | None = None, *, proposal: int | None = None
    ) -> int:
        found, words = self._read(who, charter, proposal), words_of(reason)
        if party is None and found.pending is not None and len(self._sides(who, found)) > 1:
            party = "client" if found.pending.party == "supplier" else "supplier"

        def refuse(side: Party) -> None:
            found.refuse(words, party=side, by=who.by(Right.BIND, found.service_of(side)), at=self._now())

        return self._decide(who, found, party, refuse)

    def withdraw(self, who: Principal, charter: str, *, proposal: int | None = None) -> int:
        found = self._read(who, charter, proposal)
        own = (
            found.pending.party
            if found.pending is not None and found.pending.party in self._sides(who, found)
            else None
        )

        def withdraw(side: Party) -> None:
            found.withdraw(party=side, by=who.by(Right.BIND, found.service_of(side)), at=self._now())

        return self._decide(who, found, own, withdraw)

    def terminate(self, who: Principal, charter: str, until: date, party: Party | None = None) -> int:
        """`until` is its last day; it may not lie before the day that time has reached."""
        within_bounds(until, "until")
        found = self._read(who, charter, None)
        offer, watermark = self._offering.find(found.offer), self._time.watermark()
        assert offer is not None
        here = zone(offer_from_canonical(offer.versions[-1].document).timezone)
        if found.agreed and watermark is not None and until < (today := local_date(watermark, here)):
            what = said("time has passed {until}: what was used since is charged", until=until)
            raise Refused(what, place=charter, mend=said("{watermark} or later", watermark=today))

        def terminate(side: Party) -> None:
            day, by = until.isoformat(), who.by(Right.BIND, found.service_of(side))
            found.terminate(day, party=side, by=by, at=self._now())

        if party is None and len(self._sides(who, found)) > 1:
            party = "supplier"
        return self._decide(who, found, party, terminate)

    def _decide(self, who: Principal, found: Charter, party: Party | None, decide: Callable[[Party], None]) -> int:
        sides = [party] if party is not None else self._sides(who, found)
        if not sides or not all(who.may(Right.BIND, found.service_of(one)) for one in sides):
            raise not_theirs(who, found.charter, found.supplier, found.client)
        if len(sides) > 1:
            raise Refused(said("it is not said for which party"), mend=said("say supplier or client"))
        return saved(self._history, found, lambda: decide(sides[0]), found.charter)

    def _sides(self, who: Principal, found: Charter) -> list[Party]:
        return [one for one in PARTIES if who.may(Right.BIND, found.service_of(one))]

    def _sign_for(self, who: Principal, found: Charter, sign: Sequence[Party]) -> tuple[str, ...]:
        if who.granted is not None and len(sign) > 1:
            what = said("two parties that are one person sign twice, by two acts")
            raise NotAllowed(what, mend=said("sign for one, then for the other"))
        signed = []
        for party in sign:
            service = found.service_of(party)
            who.require(Right.BIND, service, said("signing as {party}", party=party))
            if found.pending is not None and all(one.party != party for one in found.pending.signatures):
                by, reached = who.by(Right.BIND, service), self._time.watermark()
                found.sign(party=party, by=by, at=self._now(), reached=reached)
                signed.append(party)
        return tuple(signed)

    def _offered(self, who: Principal, document: Document, how: Applying) -> tuple[Offer | None, str]:
        """The offer that a charter names, and the text that it would be priced by: the last version, or that of a file beside it,
        where it is only looked at. Raises DocumentInvalid where there is none that who asks may see: what one proposes opens nothing
        (TRUST §4)."""
        name = offer_named(document.tree)
        offer = self._offering.find(name)
        if how.dry_run and (beside := how.beside.offers.get(name)) is not None:
            offer_terms(beside)
            return offer, canonical(beside)
        if offer is None or not self._is_seen(who, offer):
            what = said("no offer “{name}” is published", name=name)
            raise DocumentInvalid([document.problem(("offer",), what, said("publish it first (`entente apply`)"))])
        return offer, offer.versions[-1].document

    def _is_seen(self, who: Principal, offer: Offer) -> bool:
        if who.sees(offer.supplier):
            return True
        with self._seeing.seen(who) as seen:
            return offer.offer in {one.id for one in read_offers(seen)}

    def _party(self, who: Principal, document: Document, offer: OfferTerms, sign: Sequence[Party]) -> Party:
        """The side that proposes. Raises NotAllowed for who binds none."""
        client = document.tree["client"]
        sides = [one for one in PARTIES if who.may(Right.BIND, offer.supplier if one == "supplier" else client)]
        if not sides:
            raise not_theirs(who, document.tree["charter"], offer.supplier, client)
        return sign[0] if sign and sign[0] in sides else sides[0]

    def _same_parties(self, who: Principal, found: Charter | None, terms: CharterTerms, offer: OfferTerms) -> Charter:
        if found is None:
            return Charter(charter=terms.id, offer=offer.id, supplier=offer.supplier, client=terms.client)
        if not who.sees(found.supplier, found.client):
            what = said("the id {charter} is taken", charter=terms.id)
            raise Refused(what, place=terms.id, mend=said("give the charter another id"))
        if (found.offer, found.client) != (offer.id, terms.client):
            what = said("{charter} is of another offer or client, and a version does not change them", charter=terms.id)
            raise Refused(what, mend=said("give the new charter another id"))
        return found

    def _require_of_these(self, document: Document, terms: CharterTerms, offer: OfferTerms) -> None:
        """Raises DocumentInvalid for a contract that is not of these two, and for a client that is counted in another one already."""
        problems: list[str] = []
        if terms.contract is not None:
            try:
                contract = self._history.get(stream_of("contract", terms.contract), Contract)
            except NotFound:
                contract = None
            if contract is None or {contract.supplier, contract.client} != {offer.supplier, terms.client}:
                what = said(
                    "{contract} is no contract of {supplier} and {client}",
                    contract=terms.contract,
                    supplier=offer.supplier,
                    client=terms.client,
                )
                problems.append(document.problem(("contract",), what, said("the contract of these two, or none")))
        if offer.clients == "top" and (other := self._counted_in(terms, offer)) is not None:
            what = said("what {client} uses is counted as use of {other}", client=terms.client, other=other)
            mend = said("a charter of {other}, or `clients: service` in the offer", other=other)
            problems.append(document.problem(("client",), what, mend))
        if problems:
            raise DocumentInvalid(problems)

    def _counted_in(self, terms: CharterTerms, offer: OfferTerms) -> str | None:
        """The service at the top that a client is part of, where it is none itself."""
        above, top = self._declared.above(), terms.client
        seen = {top}
        while (higher := above.get(top)) is not None and higher not in seen:
            seen.add(higher)
            top = higher
        return top if top != terms.client else None

    def _require_to_come(self, document: Document, terms: CharterTerms, found: Charter, offer: OfferTerms) -> None:
        """Raises DocumentInvalid for a later version that begins before the charter does, or, unless it says why, on a day that has
        passed."""
        text, watermark = canonical(document), self._time.watermark()
        if not found.agreed or any(one.document == text for one in found.agreed):
            return
        first = date.fromisoformat(found.agreed[0].effective)
        if terms.effective < first:
            what = said("the charter begins on {day}", day=first)
            raise DocumentInvalid([document.problem(("effective",), what, said("that day or later"))])
        if terms.rebaseline is not None or watermark is None:
            return
        if terms.effective <= local_date(watermark, zone(offer.timezone)):
            what = said("{effective} has passed: what was used since was charged", effective=terms.effective)
            mend = said("a later date, or `rebaseline: {reason: …}`")
            raise DocumentInvalid([document.problem(("effective",), what, mend)])

    def _require_offered(self, offer: Offer | None, found: Charter) -> None:
        """Raises Refused where nothing new is agreed of the offer any more."""
        if offer is not None and offer.withdrawn_at is not None and not found.agreed:
            what = said("the offer {offer} was withdrawn", offer=offer.offer)
            raise Refused(what, place=offer.offer, mend=said("another offer"), slug="offer-withdrawn")

    def _find(self, charter: str) -> Charter | None:
        try:
            return self._history.get(stream_of(KIND, charter), Charter)
        except NotFound:
            return None

    def _read(self, who: Principal, charter: str, proposal: int | None) -> Charter:
        found = self._find(charter)
        if found is None or not who.sees(found.supplier, found.client):
            raise no_charter(charter)
        waiting = found.pending
        if proposal is not None and waiting is not None and waiting.number != proposal:
            what = said("another wording waits now than the one that was read")
            raise Refused(what, place=charter, mend=said("read it, then decide"), slug="proposal-moved")
        return found


def _standing(found: Charter, text: str, offer_version: int) -> CharterState | None:
    """The state of the last wording, where it is this one: signed, or waiting and of the same version of the offer."""
    last = found.proposals[-1] if found.proposals else None
    if last is None or last.document != text:
        return None
    is_same = last.state == "signed" or (last.state == "proposed" and last.offer_version == offer_version)
    return last.state if is_same else None
