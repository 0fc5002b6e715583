"""Publishing and withdrawing what a shared service offers (SHARED §1)."""

from __future__ import annotations

from typing import Final

from domain.decisions import stream_of
from domain.offers.offer import Offer
from domain.saying import said
from domain.times import Clock
from services.access import Principal, Right
from services.contract_files import Document, canonical, offer_from_canonical, offer_terms
from services.contracts.applied import Applied, Applying
from services.deciding import saved, words_of
from services.errors import DocumentInvalid, NotFound, Refused
from services.history.history import History
from services.offers.reading import no_offer, read_offer
from services.seeing.seen import Seeing

KIND: Final = "offer"


class Offering:
    """Use cases of the supplier: get, decide, save. Raises NotAllowed for who cannot bind it, Refused for an id that is another's."""

    def __init__(self, history: History, seeing: Seeing, now: Clock):
        self._history = history
        self._seeing = seeing
        self._now = now

    def apply_file(self, who: Principal, document: Document, how: Applying) -> Applied:
        """Publishes what the file says as the next version. Raises DocumentInvalid."""
        terms, text = offer_terms(document), canonical(document)
        who.require(Right.BIND, terms.supplier, said("publishing {offer}", offer=terms.id))
        found = self.find(terms.id)
        if found is not None and found.supplier != terms.supplier:
            what = said("the id {offer} is taken", offer=terms.id)
            raise Refused(what, place=terms.id, mend=said("give the offer another id"))
        found = found or Offer(offer=terms.id, supplier=terms.supplier)
        before = found.versions[-1].document if found.versions else None
        if before == text and found.withdrawn_at is None:
            return Applied(KIND, terms.id, "unchanged", len(found.versions))
        if before is not None and (was := offer_from_canonical(before).currency) != terms.currency:
            what = said("its money was in {currency}, and is not converted", currency=was)
            raise DocumentInvalid([document.problem(("currency",), what, said("another offer, under another id"))])
        changed, version = how.changes(before, text), len(found.versions) + 1
        if how.dry_run:
            return Applied(KIND, terms.id, "published", version, changed, is_first=before is None)
        found.publish(text, by=who.by(Right.BIND, terms.supplier), at=self._now())
        return Applied(KIND, terms.id, "published", version, changed, (), self._history.save(found), before is None)

    def withdraw(self, who: Principal, offer: str, reason: str) -> int:
        """Nothing new is agreed of it; what is agreed stays. The position of its entry. Raises NotFound."""
        found, words = self.find(offer), words_of(reason)
        if found is None:
            raise no_offer(offer)
        if not who.sees(found.supplier):
            with self._seeing.seen(who) as seen:
                read_offer(seen, offer)  # whose clients see it
        who.require(Right.BIND, found.supplier, said("withdrawing {offer}", offer=offer))
        by, at = who.by(Right.BIND, found.supplier), self._now()
        return saved(self._history, found, lambda: found.withdraw(words, by=by, at=at), offer)

    def find(self, offer: str) -> Offer | None:
        """None where nothing of that id was ever published."""
        try:
            return self._history.get(stream_of(KIND, offer), Offer)
        except NotFound:
            return None
